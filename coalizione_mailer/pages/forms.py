"""Figures and strangers' words as an Italian page writes them; given to templates as filters."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from coalizione_mailer.letter.italian import data, giorno_anno, numero
from coalizione_mailer.pages.times import in_rome, written

_LONGEST = 300


def istante(at: float | datetime) -> str:
    """Write a moment (epoch seconds, or in Italian time) in full: ``18 settembre 2017, 10.30``."""
    when = at if isinstance(at, datetime) else in_rome(at)
    return f"{data(when.date())}, ore {when:%H.%M}" if when else ""


def percento(part: float, whole: float) -> str:
    """Write a share with one decimal: ``78,5 %``; of nothing there is none."""
    if not whole:
        return ""
    return f"{100 * part / whole:.1f}".replace(".", ",") + "\N{NO-BREAK SPACE}%"


def maiuscola(text: str) -> str:
    """Begin with a capital, and leave the others as they are."""
    return text[:1].upper() + text[1:]


def riga(text: str) -> str:
    """Put strangers' words on one line, without what cannot be printed, and not too many."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    cut = line[: _LONGEST - 1].rstrip()
    return line if len(line) <= _LONGEST else f"{cut}\N{HORIZONTAL ELLIPSIS}"


FORMS: Mapping[str, Callable[..., Any]] = {
    "momento": written,
    **{
        form.__name__: form
        for form in (data, giorno_anno, numero, istante, percento, maiuscola, riga)
    },
}
"""What our own templates may put after ``|``."""
