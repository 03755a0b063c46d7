"""The lists of who is coming as a workbook for Excel: at the door, by region, and the doubtful.

Nothing that somebody wrote can run in it (``pages.spreadsheet``); the same register gives the same
bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from coalizione_mailer.ledger.answers import by_name
from coalizione_mailer.ledger.words import Answer, Person, Word
from coalizione_mailer.pages import attendance, in_rome
from coalizione_mailer.pages.spreadsheet import Cell, Column, Look, Sheet, workbook

BOX = "\N{BALLOT BOX}"
UNNAMED = "(nome da indicare)"

_LONGEST = 700

Filled = tuple[Sheet, tuple[tuple[Cell, ...], ...]]


@dataclass(frozen=True, slots=True)
class Register:
    """What the workbook is made from; ``title`` and ``place`` stand at the head of every page."""

    title: str
    place: str
    standing: tuple[Word, ...]
    waiting: tuple[Word, ...]


def persons(word: Word) -> Iterator[Person]:
    """Give everybody who comes for a Comune, also those whose names are not known yet."""
    yield from word.participants
    for _unnamed in range(word.coming - len(word.participants)):
        yield Person()


def coming(register: Register) -> list[tuple[Word, Person]]:
    """Return everybody who comes, by name of the Comune."""
    words = [word for word in register.standing if word.answer is Answer.YES]
    return [(word, person) for word in sorted(words, key=by_name) for person in persons(word)]


def write(path: Path, register: Register) -> None:
    """Write the workbook to a path; raises OSError."""
    words = (*register.standing, *register.waiting)
    latest = max((word.decided_at or word.taken_at for word in words), default=0.0)
    with workbook(path) as book:
        for sheet, rows in (_door(register), _by_region(register), _doubtful(register)):
            book.write(sheet, rows)
        book.date(latest, register.title)


def _door(register: Register) -> Filled:
    columns = (
        Column(BOX, 5, Look.BOX),
        Column("Comune", 32, Look.WRAPPED),
        Column("Prov.", 7, Look.CENTRED),
        Column("Nome e cognome", 36, Look.WRAPPED),
        Column("Ruolo", 34, Look.WRAPPED),
        Column("Note", 26, Look.WRAPPED),
    )
    people = coming(register)
    rows = tuple(
        (BOX, *_comune(word)[:2], person.name or UNNAMED, person.role, "")
        for word, person in people
    )
    comuni = len({word.comune for word, _person in people})
    return _sheet(register, "Ingresso", columns, f"{_count(rows)} di {comuni} Comuni", 24), rows


def _by_region(register: Register) -> Filled:
    columns = (
        Column("Regione", 17),
        Column("Comune", 24, Look.WRAPPED),
        Column("Prov.", 7, Look.CENTRED),
        Column("Risposta", 14),
        Column("Persone", 9, Look.CENTRED),
        Column("Partecipanti", 36, Look.WRAPPED),
        Column("Data", 11, Look.DAY),
        Column("Da chi", 32, Look.WRAPPED),
        Column("Note", 14, Look.WRAPPED),
    )
    words = sorted(register.standing, key=lambda word: (_comune(word)[2], by_name(word)))
    rows = tuple(
        (
            *_placed(word),
            attendance.answer(word),
            word.coming,
            attendance.people(word),
            _day(word),
            attendance.source(word),
            word.note,
        )
        for word in words
    )
    summary = f"{len(rows)} Comuni hanno risposto"
    return _sheet(register, "Per regione", columns, summary), rows


def _doubtful(register: Register) -> Filled:
    """List what waits, and those who said perhaps: both are still to be asked."""
    columns = (
        Column("Comune", 20, Look.WRAPPED),
        Column("Prov.", 7, Look.CENTRED),
        Column("Regione", 13),
        Column("Perché", 26, Look.WRAPPED),
        Column("Proposta", 13),
        Column("Partecipanti", 20, Look.WRAPPED),
        Column("Testo della risposta", 46, Look.WRAPPED),
        Column("Data", 11, Look.DAY),
        Column("Da chi", 22, Look.WRAPPED),
    )
    perhaps = [word for word in register.standing if word.answer is Answer.MAYBE]
    words = sorted([*register.waiting, *perhaps], key=lambda word: (by_name(word), word.said_at))
    rows = tuple(
        (
            *_comune(word),
            attendance.doubts(word) or "la risposta registrata è «forse»",
            attendance.answer(word),
            attendance.people(word),
            _plain(word.own_text or word.note),
            _day(word),
            attendance.source(word),
        )
        for word in words
    )
    return _sheet(register, "Da decidere", columns, f"{len(rows)} da decidere"), rows


def _sheet(
    register: Register, name: str, columns: tuple[Column, ...], summary: str, height: float = 15
) -> Sheet:
    # Excel takes 255 signs above a page.
    heading = f"{register.title[:90]}\n{register.place[:90]}"
    return Sheet(name, heading, columns, len(columns), summary, height)


def _day(word: Word) -> date | None:
    moment = in_rome(word.said_at)
    return moment.date() if moment else None


def _comune(word: Word) -> tuple[str, str, str]:
    if word.comune is None:
        return "(non si sa)", "", ""
    return word.comune.denominazione, word.comune.sigla, word.comune.regione


def _placed(word: Word) -> tuple[str, str, str]:
    name, province, region = _comune(word)
    return region, name, province


def _count(rows: Sequence[object]) -> str:
    return "1 persona" if len(rows) == 1 else f"{len(rows)} persone"


def _plain(text: str) -> str:
    """Leave out what cannot be printed, and the end of what is too long to be read in a cell."""
    clean = "".join(sign for sign in text if sign.isprintable() or sign == "\n")
    return clean if len(clean) <= _LONGEST else clean[: _LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"
