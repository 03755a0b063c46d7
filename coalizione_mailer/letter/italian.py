"""Italian forms for templates: dates, numbers, prepositions, lines; given as Jinja filters.

They only format; every other word for the reader stands in the templates.
"""

import re
import textwrap
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Literal

# What most letters share: formatted, or wrapped, once.
_SHARED = 256
_APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
_DASH = "\N{EN DASH}"
_VOWELS = frozenset("aeiouàèéìíòóùúâêîôûäëïöü")
# The article "lo", and so "dello", stands before these (s before a consonant apart).
_LO_STARTS = ("gn", "pn", "ps", "x", "y", "z")


def data(day: date) -> str:
    """Write a date in full: ``18 settembre 2017``, ``1° ottobre 2017``."""
    return _written(day, "d MMMM y")


def giorno(day: date) -> str:
    """Write the day of the week without the year: ``mercoledì 11 ottobre``."""
    return _written(day, "EEEE d MMMM")


def giorno_anno(day: date) -> str:
    """Write the day of the week with the year: ``mercoledì 11 ottobre 2017``."""
    return _written(day, "EEEE d MMMM y")


@lru_cache(_SHARED, typed=True)
def numero(number: float) -> str:
    """Write a number with Italian separators: ``5.000``."""
    from babel.numbers import format_decimal

    return format_decimal(number, locale="it")


def ora(time: str, separator: str = ".") -> str:
    """Write a time of day, ``HH:MM`` in the file, as Italian letters do: ``10.30``."""
    return time.replace(":", separator)


def pv(event: date, letter: date) -> str:
    """Return ``p.v.`` (prossimo venturo) where a day without its year is the next such day.

    That is from the day after the letter's to the same day of the next year, excluded; anywhere
    else it returns nothing, and the year has to be written.
    """
    same_day_next_year = (event.month, event.day) >= (letter.month, letter.day)
    within = event.year == letter.year or (event.year == letter.year + 1 and not same_day_next_year)
    return "p.v." if event > letter and within else ""


def di(name: str) -> str:
    """Put ``di`` before a name as official usage has it, never elided: ``di Aosta``."""
    return f"di {name}"


def d_(name: str) -> str:
    """Put ``di`` before a name, elided before a vowel as running text may: ``d'Aosta``."""
    return f"d{_APOSTROPHE}{name}" if _starts_with_vowel(name) else di(name)


def dell_(noun: str, gender: Literal["f", "m"] = "f") -> str:
    """Put ``di`` and the singular article before a noun: ``dell'Assemblea``, ``della Fiera``."""
    if _starts_with_vowel(noun):
        return f"dell{_APOSTROPHE}{noun}"
    if gender == "f":
        return f"della {noun}"
    return f"dello {noun}" if _wants_lo(noun) else f"del {noun}"


def tipografico(text: str) -> str:
    """Give typed text the apostrophe (U+2019) and, between spaces, the dash (U+2013) of print."""
    return text.replace("'", _APOSTROPHE).replace(" - ", f" {_DASH} ")


def capoversi(text: str, width: int = 76) -> str:
    """Wrap plain text to ``width`` columns, paragraph by paragraph; addresses are not broken."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(_wrapped(paragraph, width) for paragraph in paragraphs)


FILTERS: Mapping[str, Callable[..., Any]] = {
    filter_.__name__: filter_
    for filter_ in (
        *(data, giorno, giorno_anno, numero, ora, pv),
        *(di, d_, dell_, tipografico, capoversi),
    )
}
"""What the templates may put after ``|``."""


@lru_cache(_SHARED)
def _wrapped(paragraph: str, width: int) -> str:
    text = " ".join(paragraph.split())
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


@lru_cache(_SHARED)
def _written(day: date, pattern: str) -> str:
    """Format by a CLDR pattern; the first of the month is an ordinal in Italian."""
    from babel.dates import format_date

    # CLDR has no Italian ordinal day; quotes make the sign a literal of the pattern.
    ordinal = pattern.replace("d MMMM", "d'°' MMMM") if day.day == 1 else pattern
    return format_date(day, ordinal, locale="it")


def _starts_with_vowel(word: str) -> bool:
    return word[:1].lower() in _VOWELS


def _wants_lo(noun: str) -> bool:
    start = noun[:2].lower()
    impure_s = start[:1] == "s" and start[1:] != "" and start[1] not in _VOWELS
    return impure_s or start.startswith(_LO_STARTS)
