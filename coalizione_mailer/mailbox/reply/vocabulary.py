"""The words of ``vocabulary.toml``, read once, and the one form in which words are compared."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc\u00b4`\u2032", "''''''")
# Told apart by their accent alone: "è" and "e", "sì" and "si", "né" and "ne".
_ACCENTED = {"è": "è", "é": "è", "e'": "è", "sì": "sì", "si'": "sì", "né": "né", "nè": "né",
             "ne'": "né"}  # fmt: skip
_TYPED_ACCENT = re.compile(r"([aeiou])'(?![a-z])")  # "e' piu'"
_MACRO = re.compile(r"<([a-z-]+)>")
_PIECE = re.compile(r"\((?P<any>[^()]+)\)|\[(?P<maybe>[^\[\]]+)\]|(?P<gap>\.\.\.?)|(?P<word>\S+)")
_WORD_BETWEEN = r"(?:(?!(?:non|né|nessun[oa]?|ma|pero) )[^ .;:!?|]+ )"


def word(text: str) -> str:
    """Return one word as it is compared: small, its accents off unless they tell it apart."""
    low = text.lower().translate(_APOSTROPHES)
    if low in _ACCENTED:
        return _ACCENTED[low]
    if not low.isascii():
        low = "".join(c for c in unicodedata.normalize("NFD", low) if not unicodedata.combining(c))
    return low.strip("'")


def several(text: str) -> list[str]:
    """Return the words of a list that is written as a sentence."""
    return text.split()


def folded(text: str) -> str:
    """Return a text as it is searched: small, without accents, blanks collapsed."""
    low = text.lower().translate(_APOSTROPHES)
    low = "".join(c for c in unicodedata.normalize("NFD", low) if not unicodedata.combining(c))
    return " ".join(_TYPED_ACCENT.sub(r"\1", low).split())


@dataclass(frozen=True, slots=True)
class Cue:
    """Patterns that mean the same: ``says`` is what, ``pattern`` finds them in folded words."""

    name: str
    says: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The whole table: cues in their order, and lists and sets of words by name."""

    cues: tuple[Cue, ...]
    lists: dict[str, tuple[str, ...]]
    sets: dict[str, frozenset[str]]


@cache
def vocabulary() -> Vocabulary:
    """Read the table that is shipped with the program."""
    text = files("coalizione_mailer.mailbox.reply").joinpath("vocabulary.toml").read_text("utf-8")
    table = tomllib.loads(text)
    macros = {name: " ".join(value.split()) for name, value in table["macros"].items()}
    cues = tuple(
        Cue(row["name"], row["says"], _compiled(row["patterns"], macros)) for row in table["cue"]
    )
    lists = {
        name: tuple(folded(each) for each in row["words"]) for name, row in table["list"].items()
    }
    sets = {
        name: frozenset(word(each) for each in row["words"].split())
        for name, row in table["set"].items()
    }
    return Vocabulary(cues, lists, sets)


def _compiled(patterns: list[str], macros: dict[str, str]) -> re.Pattern[str]:
    """Make one expression of all patterns of a cue: gaps are bounded, so the time is linear."""
    return re.compile("|".join(f"(?:{_expression(pattern, macros)})" for pattern in patterns))


def _expression(pattern: str, macros: dict[str, str]) -> str:
    """Translate the notation explained at the head of the table."""
    for _ in range(3):  # macros in macros
        pattern = _MACRO.sub(lambda found: macros[found[1]], pattern)
    pieces = ["(?<= )"]
    for found in _PIECE.finditer(pattern):
        if found["any"]:
            pieces.append(_alternatives(found["any"]))
        elif found["maybe"]:
            pieces.append(_alternatives(found["maybe"]) + "?")
        elif found["gap"]:
            pieces.append(f"{_WORD_BETWEEN}{{0,{3 if found['gap'] == '..' else 7}}}?")
        else:
            pieces.append(_words(found["word"]))
    return "".join(pieces)


def _alternatives(text: str) -> str:
    options = (" ".join(option.split()) for option in text.split("|"))
    return "(?:" + "|".join(_words(option) for option in options if option) + ")"


def _words(text: str) -> str:
    """Translate words in a row; ``*`` ends one of them with anything."""
    return "".join(
        re.escape(each.removesuffix("*")) + ("[^ ]* " if each.endswith("*") else " ")
        for each in text.split()
    )
