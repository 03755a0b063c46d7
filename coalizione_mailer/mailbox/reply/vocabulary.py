"""The words of ``vocabulary.toml``, read once, and the one form in which words are compared."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc\u00b4`\u2032", "''''''")
# Told apart by their accent alone: "è" and "e", "sì" and "si", "né" and "ne".
_ACCENTED = {"è": "è", "é": "è", "e'": "è", "sì": "sì", "si'": "sì", "né": "né", "nè": "né",
             "ne'": "né"}  # fmt: skip
_TYPED_ACCENT = re.compile(r"([aeiou])'(?![a-z])")  # "e' piu'"
_MACRO = re.compile(r"<([a-z-]+)>")
_PIECE = re.compile(r"\.\.\.?|[()\[\]|]|[^\s()\[\]|]+")
_GAPS = {"..": 3, "...": 7}  # words
_WORD_BETWEEN = r"(?:(?!(?:non|né|nicht|nessun[oa]?|ma|pero) )[^ .;:!?|]+ )"


@lru_cache(maxsize=8192)
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
    sets["given"] |= _compounds(sets["given"])
    return Vocabulary(cues, lists, sets)


def _compounds(given: frozenset[str]) -> frozenset[str]:
    """Return names made of two: "Pierpaolo", "Gianmario", "Marialuce"."""
    firsts = several("pier piero gian giam giovan maria mari anna rosa carlo fran lucia emma")
    return frozenset(first + name for first in firsts for name in given if len(name) > 2)  # noqa: PLR2004


def _compiled(patterns: list[str], macros: dict[str, str]) -> re.Pattern[str]:
    """Make one expression of all patterns of a cue: gaps are bounded, so the time is linear."""
    return re.compile("|".join(f"(?:{_expression(pattern, macros)})" for pattern in patterns))


def _expression(pattern: str, macros: dict[str, str]) -> str:
    """Translate the notation explained at the head of the table; ValueError: it does not close."""
    for _ in range(3):  # macros in macros
        pattern = _MACRO.sub(lambda found: f"({macros[found[1]]})", pattern)
    pieces = _PIECE.findall(pattern)[::-1]
    expression = _sequence(pieces)
    if pieces:
        raise ValueError(pattern)
    return "(?<= )" + expression


def _sequence(pieces: list[str]) -> str:
    """Translate words, gaps and groups up to the end or to the sign that closes a group."""
    found: list[str] = []
    while pieces and pieces[-1] not in {")", "]"}:
        piece = pieces.pop()
        if piece in {"(", "["}:
            inner = _sequence(pieces)
            found.append(f"(?:{inner})" + "?" * (piece == "["))
            pieces.pop()
        elif piece == "|":
            found.append("|")
        elif piece in _GAPS:
            found.append(f"{_WORD_BETWEEN}{{0,{_GAPS[piece]}}}?")
        else:
            found.append(_word(piece))
    return "".join(found)


def _word(piece: str) -> str:
    """Translate a word; ``*`` ends it with anything."""
    return re.escape(piece.removesuffix("*")) + ("[^ ]* " if piece.endswith("*") else " ")
