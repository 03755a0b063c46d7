"""The register of the sending as a file: a workbook for Excel, or CSV.

Three sheets: the register, what was counted while it was written, and from what it was made. The
same record gives the same bytes; written whole or not at all.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from coalizione_mailer import __version__
from coalizione_mailer.campaign import Campaign
from coalizione_mailer.files import replacing
from coalizione_mailer.ledger import schema
from coalizione_mailer.ledger.dossiers import Dossier, Sending, dossiers, sendings
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.mailbox.reading import Kind
from coalizione_mailer.pages import vocabulary
from coalizione_mailer.pages.spreadsheet import Cell, Column, Look, Sheet, workbook
from coalizione_mailer.pages.times import in_rome
from coalizione_mailer.registry.sheets import office_lines
from coalizione_mailer.report.register import COLUMNS, PRINTED, Entry, protocol_number

_COUNTED = (
    Column("Che cosa", 34),
    Column("Voce", 56, Look.WRAPPED),
    Column("Quante", 12, Look.NUMBER),
)
_SOURCES = (Column("Che cosa", 34), Column("Voce", 56, Look.WRAPPED), Column("Valore", 70))


@dataclass(slots=True)
class Count:
    """What was counted on the way, by group and by word; ``latest`` in epoch seconds."""

    letters: int = 0
    latest: float = 0.0
    found: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, dossier: Dossier) -> None:
        """Count one letter and what came back for it."""
        letter = dossier.letter
        self.letters += 1
        self.latest = max(self.latest, dossier.latest)
        self._one(f"Invio {letter.round_number}", vocabulary.STATES[letter.state])
        self._one("Canale", vocabulary.channel(letter.channel))
        for receipt in dossier.receipts:
            self._one("Ricevute e messaggi tornati", vocabulary.KINDS[Kind(receipt.kind)])
            if receipt.event:
                self._one("Ricevute che valgono", vocabulary.EVENTS[receipt.event])
        self._one("Regione", letter.regione)

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Give the rows of the sheet, the largest of each group first."""
        yield ("Lettere", "in tutto", self.letters)
        for group in sorted(self.found):
            counted = self.found[group]
            for word in sorted(counted, key=lambda word: (-counted[word], word)):
                yield (group, word, counted[word])

    def _one(self, group: str, word: str) -> None:
        self.found.setdefault(group, Counter())[word] += 1


def export(campaign: Campaign, ledger: Ledger, target: Path, seen: Callable[[], None]) -> int:
    """Write the register and return how many letters it has; ``seen`` is called once for each.

    CSV where the name ends so, a workbook otherwise. Raises ProblemsError when the file is open in
    Excel, or cannot be written.
    """
    with ledger.reading() as connection, replacing(target) as made:
        rounds = sendings(connection)
        count = Count()
        entries = _counted(dossiers(connection), _days(campaign, rounds), count, seen)
        if target.suffix.lower() == ".csv":
            _write_csv(made, entries)
        else:
            _write_workbook(made, entries, rounds, count)
    return count.letters


def _counted(
    found: Iterable[Dossier], days: dict[str, date], count: Count, seen: Callable[[], None]
) -> Iterator[Entry]:
    for dossier in found:
        count.add(dossier)
        yield Entry.of(dossier, days.get(dossier.letter.protocol))
        seen()


def _days(campaign: Campaign, rounds: Iterable[Sending]) -> dict[str, date]:
    """Return the days of the protocols, as far as the campaign file still has them."""
    protocol = campaign.configuration.protocol
    return {one.protocol: protocol.date for one in rounds if one.protocol == protocol.confirmation}


def _write_csv(path: Path, entries: Iterable[Entry]) -> None:
    header = [column.title for column in COLUMNS]
    rows = ([_text(cell) for cell in entry.cells()] for entry in entries)
    with path.open("wb") as stream:
        stream.writelines(office_lines(header, rows))


def _text(cell: Cell) -> object:
    match cell:
        case datetime():
            return f"{cell:%d/%m/%Y %H:%M:%S}"
        case date():
            return f"{cell:%d/%m/%Y}"
        case _:
            return cell


def _write_workbook(
    path: Path, entries: Iterable[Entry], rounds: list[Sending], count: Count
) -> None:
    (*_earlier, last) = rounds
    number = f"prot. n. {protocol_number(last.protocol)} ({last.protocol})"
    title = f"Registro degli invii, campagna {last.campaign}, {number}"
    with workbook(path) as book:
        register = Sheet("Registro", title, COLUMNS, len(PRINTED))
        book.write(register, (tuple(entry.cells()) for entry in entries))
        book.write(Sheet("Riepilogo", title, _COUNTED, len(_COUNTED)), count.rows())
        book.write(
            Sheet("Impronte e versioni", title, _SOURCES, len(_SOURCES)), _sources(rounds, count)
        )
        book.date(count.latest, title)


def _sources(rounds: Iterable[Sending], count: Count) -> Iterator[tuple[Cell, ...]]:
    """Say from what the register was made."""
    yield ("Programma", "coalizione-mailer", __version__)
    yield ("Registro della campagna", "versione dello schema", str(schema.VERSION))
    yield ("Registro della campagna", "ultimo aggiornamento", _written(count.latest))
    for one in rounds:
        name = f"Invio {one.number}"
        yield (name, "tipo", vocabulary.ROUNDS[one.kind])
        yield (name, "protocollo", one.protocol)
        yield (name, "mittente", one.sender)
        yield (name, "lettere congelate il", _written(one.frozen_at))
        yield (name, "SHA-256 degli allegati comuni", one.frame_sha256)
        for source, sha256 in one.inputs.items():
            yield (name, f"SHA-256 di {source}", sha256)


def _written(at: float) -> str:
    moment = in_rome(at)
    return f"{moment:%d/%m/%Y %H:%M:%S} (ora italiana)" if moment else ""
