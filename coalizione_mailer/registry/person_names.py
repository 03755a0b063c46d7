"""Names of persons out of the capitals of official files: NISTICO' is Nisticò, D'AMICO D'Amico.

A name that is not of a known pattern is never printed: a letter without it is right, a letter with
a wrong one is not.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_words = re.compile(r"\w+").findall

_LONGEST = 60
"""Characters; a longer name is a note."""

# Every sign that people type for an apostrophe, and the quotes that files lose their places of.
_APOSTROPHES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u02b9\u02bb\u2032\u00b4`\u201b", "'")
    | dict.fromkeys('"\u201c\u201d\u201e\u00ab\u00bb', " ")
    | dict.fromkeys("\u2010\u2011\u2212", "-")
)
_TITLE = re.compile(
    r"\b(?:(?:dott|dr|prof|sig)\.?\s?(?:ssa|ra)\b\.?\s*"
    r"|(?:dott|dr|prof|avv|ing|arch|geom|rag|on|sen|cav|comm|sig|gen|col|p\.\s?i)\.\s*"
    r"|(?:dottoressa|dottor|professoressa|professor|avvocato|ingegner|architetto)\s+)+",
    re.IGNORECASE,
)
# Letters of Italian, German, Ladin, French, Slovene and Croatian names. No "Ã" and no "Â": they
# are what is left of UTF-8 read as cp1252.
_WORD = re.compile(r"[A-Za-zÀÁÇÈÉÊËÌÍÎÏÑÒÓÔÖÙÚÛÜŠŽČĆĐŐŰÄßŒàáçèéêëìíîïñòóôöùúûüšžčćđőűäâœ']+")

_ELIDED = frozenset(
    _words("d l dell dall degl dagl nell sull all coll sant bell quell mezz cent o")
)
# Words that say that the cell holds no name, or more than a name.
_NO_NAME = frozenset(
    _words(
        "indicare indicato indicata definire nominare designare vacante nessuno nessuna "
        "sconosciuto disponibile assente null nullo none nan nd na np non xx xxx prova test "
        "commissario commissaria commissione sindaco sindaca vicesindaco prefettizio "
        "straordinario straordinaria facente funzioni reggente comune detto detta alias in ved "
        "vedova nata nato coniugata fu jr junior sr senior ii iii iv van der den ten ter af"
    )
)
# Written small before a German name, capital before an Italian one.
_SMALL = frozenset({"von", "zu", "zum", "zur"})
# A word of these alone is no family name yet.
_PARTICLES = _SMALL | frozenset(
    _words("de di da del della dello dei degli delle dal dalla dalle dagli dai lo la li le du des")
)
_TRUNCATED = frozenset({"de", "ca"})  # De' Rossi, Ca' Zorzi: "dei", "casa"

_GRAVE = {"a": "à", "e": "è", "i": "ì", "o": "ò", "u": "ù"}
# Final E' is è in Italian names and é in French and Spanish ones; elsewhere nobody can say.
_OPEN = frozenset(
    _words(
        "noe zoe mose giosue gesue salome mule scime tome cosme ale care fe bartolome zanre iose "
        "raffae calabre male pele giuffre nore"
    )
)
_CLOSED = frozenset(_words("jose andre rene aime honore desire desiree barnabe ande"))
# Given names that end in an accent; behind another one an apostrophe is a slip.
_ACCENTED_GIVEN = frozenset(_words("nicolo niccolo giosue gesue noe mose esau artu salome zoe"))
_MAC = frozenset(
    _words("macdonald macleod macgregor maclean macarthur macmillan macintyre mackenzie mackay")
)
# "ROSSi": half in capitals, by a slip.
_SHOUTED = re.compile(r"[A-ZÀ-ÖØ-ÞŠŽČĆĐ]{2}")
_CONSONANTS = frozenset("bcdfghjklmnpqrstvwxzčćšžđçñß")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A given name and a family name; only where ``sure`` may they be printed.

    Where it is not, both are as they were found.
    """

    given: str
    family: str
    sure: bool

    @property
    def text(self) -> str:
        """The name as a letter has it, given name first; nothing where it is not sure."""
        return f"{self.given} {self.family}" if self.sure else ""


@lru_cache(maxsize=4096)
def person_name(given: str, family: str) -> PersonName:
    """Return the name of a person as it is written, whether it was found in capitals or not."""
    found = _clean(given), _clean(family)
    first = _written(_TITLE.sub("", found[0]), given=True)
    last = _written(_TITLE.sub("", found[1]), given=False)
    if first is None or last is None or len(first) + len(last) >= _LONGEST:
        return PersonName(*found, sure=False)
    return PersonName(first, last, sure=True)


def _clean(text: str) -> str:
    """Bring spaces, apostrophes, quotes and hyphens to one form."""
    text = " ".join(unicodedata.normalize("NFC", text).translate(_APOSTROPHES).split())
    text = re.sub(r"'{2,}", "'", text)
    text = re.sub(r"\s+'(?=\s|$)", "'", text)
    text = re.sub(r"\s*-\s*", "-", text)
    elided = "|".join(sorted(_ELIDED))
    return re.sub(rf"\b({elided})'\s+(?=\w)", r"\1'", text, flags=re.IGNORECASE)


def _written(text: str, *, given: bool) -> str | None:
    """Return a given or family name as it is written, None where that is not sure."""
    words = text.split(" ")
    small = text.islower()
    if all(word.casefold() in _PARTICLES for word in words):
        return None
    written = []
    for place, word in enumerate(words):
        followed = place + 1 < len(words)
        parts = [
            _part(part, recase=small or _capitals(part), given=given, followed=followed)
            for part in word.split("-")
        ]
        if None in parts:
            return None
        written.append("-".join(part for part in parts if part))
    return " ".join(written)


def _part(part: str, *, recase: bool, given: bool, followed: bool) -> str | None:
    """Return what stands between spaces and hyphens as it is written, None where unsure."""
    low = part.casefold()
    plain = low.replace("'", "")
    if not _WORD.fullmatch(part) or len(plain) < 2 or low in _NO_NAME or _unspeakable(plain):  # noqa: PLR2004  one letter is an initial
        return None
    if not recase and _SHOUTED.search(part):
        return None
    if recase and low in _SMALL and followed and not given:
        return low
    head, apostrophe, tail = part.rpartition("'")
    if not apostrophe:
        return _cased(part) if recase else part
    if not tail:
        return _ending(head, recase=recase, given=given, followed=followed)
    return _elision(part.partition("'"), recase=recase, given=given, followed=followed)


def _elision(
    parts: tuple[str, str, str], *, recase: bool, given: bool, followed: bool
) -> str | None:
    """Return ``Dell'Aquila``: a known article or preposition, then a name of its own."""
    head, apostrophe, tail = parts
    if head.casefold() not in _ELIDED:
        return None
    name = _part(tail, recase=recase, given=given, followed=followed)
    if name is None:
        return None
    return (head.capitalize() if recase else head) + apostrophe + name


def _ending(head: str, *, recase: bool, given: bool, followed: bool) -> str | None:
    """Return a word with an apostrophe at its end: an accent, or a word cut short."""
    low = head.casefold()
    if len(low) < 2:  # noqa: PLR2004  "Dall'O'" may be Dall'Ò or Dall'Olio cut short
        return None
    if "'" in head:
        article, apostrophe, name = head.partition("'")
        ending = _ending(name, recase=recase, given=given, followed=followed)
        if ending is None or article.casefold() not in _ELIDED:
            return None
        return (article.capitalize() if recase else article) + apostrophe + ending
    written = _cased(head) if recase else head
    if low in _TRUNCATED and followed and not given:
        return f"{written}'"
    if low in _PARTICLES or low in _TRUNCATED or (given and low not in _ACCENTED_GIVEN | _CLOSED):
        return None
    accent = _accent(low)
    return written[:-1] + accent if accent else None


def _accent(low: str) -> str | None:
    """Return the accented vowel a word ends in, None where it takes none or either."""
    if low.endswith("e"):
        return "è" if low in _OPEN else "é" if low in _CLOSED else None
    return _GRAVE.get(low[-1:])


def _cased(word: str) -> str:
    """Give a word its capital; Scottish names have two."""
    low = word.lower()
    if low.startswith("mc") and len(low) > 3:  # noqa: PLR2004  Mc and a name
        return f"Mc{low[2:].capitalize()}"
    return f"Mac{low[3:].capitalize()}" if low in _MAC else low.capitalize()


def _capitals(part: str) -> bool:
    """Tell a word in capitals; the sharp s has none."""
    return part.replace("ß", "").isupper()


def _unspeakable(plain: str) -> bool:
    """Tell a word without vowels, or of one letter repeated: no name, or one cut short."""
    return all(char in _CONSONANTS for char in plain) or len(set(plain)) == 1
