"""Name badges, eight to an A4 page: 90 x 60 mm, the size of common badge holders.

A name is as large as it can be on two lines; where nobody gave one there is a line to write on.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from coalizione_mailer.ledger.words import Person, Word
from coalizione_mailer.letter.document import Pdf, PdfSettings
from coalizione_mailer.letter.italian import tipografico
from coalizione_mailer.letter.pdf import render_pdfs
from coalizione_mailer.pages import page

PER_PAGE = 8

_VARIANT = "pdf/a-2a"  # tagged, and archived as the letters are
_WIDTH = 78.0  # mm that a line of a badge has
_MM_PER_POINT = 0.3528
# How wide the font's letters are, in parts of its size; on the safe side.
_SMALL, _CAPITAL = 0.53, 0.72
_NAME_SIZES = (25, 22, 19, 17, 15, 13, 11)
_ROLE_SIZES = (11, 9.5, 8.5, 7.5)
_COMUNE_SIZES = (14, 12, 10.5, 9)
_LONGEST_ROLE = 110


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text and the size in which it fits, in points."""

    testo: str
    corpo: float


@dataclass(frozen=True, slots=True)
class Badge:
    """One badge as the template sees it."""

    nome: Fitted
    ruolo: Fitted
    comune: Fitted


def badge(word: Word, person: Person) -> Badge:
    """Return the badge of somebody who comes for a Comune."""
    comune = f"Comune di {word.comune.denominazione} ({word.comune.sigla})" if word.comune else ""
    role = textwrap.shorten(person.role, _LONGEST_ROLE, placeholder="\N{HORIZONTAL ELLIPSIS}")
    return Badge(
        fitted(person.name, _NAME_SIZES, lines=2),
        fitted(role[:1].upper() + role[1:], _ROLE_SIZES, lines=2),
        fitted(comune, _COMUNE_SIZES, lines=2),
    )


def fitted(text: str, sizes: Sequence[float], lines: int) -> Fitted:
    """Choose the largest size in which a text fits on so many lines, else the smallest."""
    words = [(word, _width(word)) for word in text.split()]
    for size in sizes:
        room = _WIDTH / (size * _MM_PER_POINT)
        if _lines(words, room) <= lines:
            return Fitted(tipografico(text), size)
    return Fitted(tipografico(text), sizes[-1])


def badges(coming: Sequence[tuple[Word, Person]], title: str, place: str, day: date) -> Pdf:
    """Set the badges of everybody who comes, in the order given.

    Raises ProblemsError if Pango is missing.
    """
    cards = [badge(word, person) for word, person in coming]
    sheets = [cards[start : start + PER_PAGE] for start in range(0, len(cards), PER_PAGE)]
    filled = page(
        "cartellini.html", fogli=sheets, titolo=title, luogo=place, persone=str(len(cards))
    )
    # The template is this package's own and reads no file.
    nowhere = Path(__file__).parent
    settings = PdfSettings(nowhere, nowhere, _VARIANT, day)
    (pdf,) = render_pdfs([b"".join(filled).decode()], settings, jobs=1)
    return pdf


def _lines(words: Sequence[tuple[str, float]], room: float) -> int:
    """Count the lines that words of these widths take; too many if one alone is too wide."""
    count, used = 1, 0.0
    for _word, width in words:
        if width > room:
            return len(words) + count + PER_PAGE
        if used and used + width + _SMALL / 2 > room:
            count, used = count + 1, 0.0
        used += width + (_SMALL / 2 if used else 0.0)
    return count


def _width(word: str) -> float:
    return sum(_CAPITAL if sign.isupper() else _SMALL for sign in word)
