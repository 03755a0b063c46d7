"""Italian text as sentences of words: each word as it stands and as it is compared."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from coalizione_mailer.mailbox.reply.answer import Occasion
from coalizione_mailer.mailbox.reply.vocabulary import Cue, folded, several, vocabulary, word

MOST_TEXT = 12_000
"""Characters that are read by rule; nobody needs more to answer an invitation."""
MOST_WORDS = 400  # of one sentence
END = "@fine"
"""What patterns call the end of a sentence that has no stop: "ci sono", on a telephone."""
_SHORT_LINE = 52  # a line that ends before this ends because its writer ended it

_TOKEN = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+['\u2019\u02bc\u00b4`]?|\S")
_BULLET = re.compile(r"\s*(?:[-*\u2022\u25e6\u2013\u2014>\u00b7]\s|\d{1,2}[.)-]\s|[a-z]\)\s)")
_ABBREVIATIONS = frozenset(
    several(
        "dott dottssa dr avv ing arch geom rag prof sig sigra on sen cav comm gent gentmo "
        "gentma spett spettle egr preg ill prot n nr num art pv cm us cs vs ns tel cell "
        "fax p s es ass cons resp dir segr rif ecc st d r c v cap loc ca u il m a e f g l "
        "b t o fto dssa ssa ra pzza v co cas"
    )
)
_EVENTS = frozenset(
    several(
        "workshop evento incontro fiera convegno iniziativa laboratorio appuntamento "
        "seminario conferenza manifestazione meeting coalizione alizione tagung "
        "veranstaltung"
    )
)
# Between two commas they change nothing but the flow: "non ci consente, purtroppo, di".
_ASIDES = frozenset(
    {
        *several("purtroppo ahime quindi pertanto percio infatti naturalmente altresi ovviamente"),
        "come di consueto",
        "come di consuetudine",
        "come sempre",
        "come ogni anno",
        "in ogni caso",
        "nostro malgrado",
        "mio malgrado",
        "suo malgrado",
        "con piacere",
        "a malincuore",
        "con rammarico",
        "in quella data",
        "in tale data",
        "quel giorno",
        "per l occasione",
        "nell occasione",
    }
)
_MOST_ASIDE = 3  # words
_NUMBERS = {
    name: value
    for value, names in enumerate(
        ("", "uno una", "due zwei", "tre drei", "quattro vier", "cinque", "sei", "sette", "otto",
         "nove", "dieci", "undici", "dodici")
    )
    for name in names.split()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a sign at its place in the text."""

    text: str
    norm: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue that was found: which, and from which word to which (the end is not in it)."""

    cue: Cue
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words up to a full stop, a question mark or the end of a short line."""

    words: tuple[Word, ...]
    joined: str
    places: tuple[int, ...]

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return any(each.text == "?" for each in self.words[-3:])

    def hits(self) -> list[Hit]:
        """Find every cue in it."""
        found = []
        for cue in vocabulary().cues:
            for match in cue.pattern.finditer(self.joined):
                first = bisect_right(self.places, match.start()) - 1
                last = bisect_right(self.places, match.end() - 1)
                found.append(Hit(cue, first, min(last, len(self.words))))
        return sorted(found, key=lambda hit: (hit.start, -hit.end))


def number_of(norm: str) -> int | None:
    """Return the number a word is, between one and twelve in letters or 99 in figures."""
    if norm.isdigit() and norm.isascii() and len(norm) <= 2:  # noqa: PLR2004
        return int(norm)
    return _NUMBERS.get(norm)


def words_of(text: str) -> list[Word]:
    """Return the words and signs of a text."""
    return [
        Word(found[0], word(found[0]), found.start(), found.end())
        for found in _TOKEN.finditer(text[:MOST_TEXT])
    ]


def sentences_of(text: str, occasion: Occasion) -> list[Sentence]:
    """Return the sentences of a text."""
    return [_sentence(_flowing(words), occasion) for words in _parted(text[:MOST_TEXT])]


def _flowing(words: list[Word]) -> list[Word]:
    """Leave out the commas around an aside."""
    commas = [at for at, each in enumerate(words) if each.text == ","]
    around: set[int] = set()
    for first, last in pairwise(commas):
        inside = words[first + 1 : last]
        if len(inside) <= _MOST_ASIDE and " ".join(each.norm for each in inside) in _ASIDES:
            around |= {first, last}
    return [each for at, each in enumerate(words) if at not in around]


def _parted(text: str) -> Iterator[list[Word]]:
    words = words_of(text)
    current: list[Word] = []
    for place, each in enumerate(words):
        current.append(each)
        after = words[place + 1] if place + 1 < len(words) else None
        if after is None or _ends(text, each, after, current) or len(current) >= MOST_WORDS:
            yield current
            current = []


def _ends(text: str, each: Word, after: Word, current: list[Word]) -> bool:
    """Whether a sentence ends between these words."""
    between = text[each.end : after.start]
    if each.text in {"!", "?"}:
        return after.text not in {"!", "?", ")", '"'}
    if each.text == ";":
        return True
    if each.text == "." and between:
        before = current[-2].norm if len(current) > 1 else ""
        return not (before in _ABBREVIATIONS and "\n" not in between)
    return "\n" in between and _line_ends(text, each, after, between)


def _line_ends(text: str, each: Word, after: Word, between: str) -> bool:
    """Whether the end of this line is the end of a sentence."""
    if between.count("\n") > 1:
        return each.text != "," or after.capital
    start = text.rfind("\n", 0, each.end) + 1
    upcoming = text[after.start - (len(between) - between.rfind("\n") - 1) : after.start + 4]
    if (
        _BULLET.match(upcoming)
        or "  " in text[start : each.end].strip()
        or "|" in text[start : each.end]
    ):
        return True
    return (
        each.end - start < _SHORT_LINE
        and each.text != ","
        and (after.capital or not after.text.isalpha())
    )


def _sentence(words: list[Word], occasion: Occasion) -> Sentence:
    given = vocabulary().sets["given"]
    norms = []
    for place, each in enumerate(words):
        norm = each.norm
        beside = [words[at] for at in (place - 1, place + 1) if 0 <= at < len(words)]
        if norm in _EVENTS or norm in occasion.words:
            norm = "@evento"
        elif each.capital and norm in given and any(one.capital for one in beside):
            norm = "@nome"
        elif (number_of(norm) or 0) > 1:
            norm = "@numero"
        norms.append(_repaired(norm).replace(" ", ""))
    places = []
    at = 1
    for norm in norms:
        places.append(at)
        at += len(norm) + 1
    joined = f" {' '.join(norms)} {END} "
    return Sentence(tuple(words), joined, (*places, at))


@lru_cache(maxsize=4096)
def _repaired(norm: str) -> str:
    """Undo one slip of the fingers in a word that decides: two letters changed about, one lost."""
    keys = vocabulary().sets["keys"]
    if len(norm) < 7 or norm in keys or not norm.isalpha():  # noqa: PLR2004
        return norm
    for key in _near(norm):
        if key in keys:
            return key
    return norm


def _near(norm: str) -> Iterator[str]:
    """Give what is one slip away: neighbours swapped, a letter twice or one lost."""
    for at in range(1, len(norm) - 1):
        yield norm[:at] + norm[at + 1] + norm[at] + norm[at + 2 :]
        yield norm[:at] + norm[at + 1 :]
    for at in range(1, len(norm)):
        for letter in "aeiorntspcdlmvz":
            yield norm[:at] + letter + norm[at:]


__all__ = ["Hit", "Sentence", "Word", "folded", "number_of", "sentences_of", "words_of"]
