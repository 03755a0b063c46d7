"""Proposals as a spreadsheet, and the operator's consent read back from it.

One row a proposal: the Comune, the address its letter came back from and why, the one proposed and
where it is known from, and a column to say yes in. What comes back from Excel is held against what
is known now: a row that does not fit any more is refused, and then nothing is taken.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.mailbox.reading import Cause
from coalizione_mailer.registry.names import normal
from coalizione_mailer.registry.sheets import office_csv
from coalizione_mailer.registry.tabular import Table, read_table
from coalizione_mailer.resend.decision import Held
from coalizione_mailer.resend.proposals import Proposal

COLUMNS = (
    "codice_istat",
    "comune",
    "provincia",
    "indirizzo_tornato",
    "causa",
    "risposta",
    "indirizzo_proposto",
    "canale",
    "fonte",
    "data",
    "motivo",
    "approva",
)
REQUIRED = ("codice_istat", "indirizzo_tornato", "indirizzo_proposto", "approva")

YES = ("sì", "si", "s", "x", "1", "y", "yes", "ok", "vero", "true")
NO = ("", "no", "n", "0", "-", "falso", "false")

CAUSES = MappingProxyType(
    {
        Cause.DEAD: "indirizzo inesistente",
        Cause.FULL: "casella piena",
        Cause.CONTENT: "contenuto rifiutato",
        Cause.CLOSED: "chiusa alla posta ordinaria",
        Cause.TEMPORARY: "temporaneo",
        Cause.UNKNOWN: "non noto",
    }
)
"""The causes in the words of the office's spreadsheet."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The operator's yes to one proposal for a letter that came back."""

    held: Held
    proposal: Proposal


@dataclass(slots=True)
class _Read:
    """Consents on their way out of a file, and what is wrong with it."""

    consents: dict[str, Consent] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def proposals_csv(held: Iterable[Held]) -> bytes:
    """Write every proposal for the office, the best of each Comune first."""
    return office_csv(COLUMNS, _rows(held))


def read_consents(path: Path, held: Iterable[Held]) -> list[Consent]:
    """Read which proposals were consented to, as saved by whatever spreadsheet.

    Raises ProblemsError with all that is wrong, each with its line: COLUMN_MISSING, ROW_WRONG for
    a word that is neither yes nor no, PROPOSAL_UNKNOWN for a row that fits nothing that could be
    sent again now, PROPOSAL_TWICE for a second yes to the same Comune.
    """
    table = read_table(path, COLUMNS)
    if problems := [*table.require(REQUIRED), *table.problems]:
        raise ProblemsError(problems)
    by_code = {one.case.letter.codice_istat: one for one in held}
    found = _Read()
    for line, cells in _cells(table):
        _take(found, table.file, line, cells, by_code.get(cells["codice_istat"].zfill(6)))
    if found.problems:
        raise ProblemsError(found.problems)
    return list(found.consents.values())


def _rows(held: Iterable[Held]) -> Iterator[tuple[object, ...]]:
    for one in held:
        letter = one.case.letter
        for proposal in one.proposals:
            address = proposal.address
            yield (
                letter.codice_istat,
                letter.denominazione,
                letter.sigla,
                letter.address,
                CAUSES[one.case.cause],
                one.case.words,
                address.address,
                address.channel.value,
                " ".join(filter(None, (str(proposal.source), address.source))),
                f"{address.seen:%d/%m/%Y}" if address.seen else "",
                proposal.why,
                "",
            )


def _cells(table: Table) -> Iterator[tuple[int, dict[str, str]]]:
    columns = (table.frame[name].tolist() for name in COLUMNS)
    for line, row in zip(table.frame.index, zip(*columns, strict=True), strict=True):
        # What Excel would have run as a formula has an apostrophe before it.
        yield (
            int(line),
            {name: cell.removeprefix("'") for name, cell in zip(COLUMNS, row, strict=True)},
        )


def _take(found: _Read, file: str, line: int, cells: dict[str, str], held: Held | None) -> None:
    """Take a row in, or say what is wrong with it."""
    said = cells["approva"].casefold()
    if said in NO:
        return

    def wrong(code: Code, key: str, value: str, *expected: str) -> None:
        found.problems.append(
            Problem(code, file=file, line=line, key=key, found=value, expected=expected)
        )

    if said not in YES:
        wrong(Code.ROW_WRONG, "approva", cells["approva"], "sì", "no")
    elif held is None:
        wrong(Code.PROPOSAL_UNKNOWN, "codice_istat", cells["codice_istat"])
    elif misfit := next(_misfits(cells, held), None):
        column, *expected = misfit
        wrong(Code.PROPOSAL_UNKNOWN, column, cells[column], *expected)
    elif held.case.codice_catastale in found.consents:
        wrong(Code.PROPOSAL_TWICE, "approva", held.case.letter.denominazione)
    else:
        for proposal in _proposed(held, cells["indirizzo_proposto"]):
            found.consents[held.case.codice_catastale] = Consent(held, proposal)


def _misfits(cells: dict[str, str], held: Held) -> Iterator[tuple[str, ...]]:
    """Name the columns of a row that do not speak of this letter, with what would."""
    letter = held.case.letter
    if normal(cells["comune"]) not in {"", normal(letter.denominazione)}:
        yield "comune", letter.denominazione
    if letter.address.casefold() != cells["indirizzo_tornato"].casefold():
        yield "indirizzo_tornato", letter.address
    if not _proposed(held, cells["indirizzo_proposto"]):
        yield "indirizzo_proposto", *(one.address.address for one in held.proposals)


def _proposed(held: Held, address: str) -> list[Proposal]:
    same = address.casefold()
    return [one for one in held.proposals if one.address.address.casefold() == same][:1]
