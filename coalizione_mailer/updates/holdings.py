"""What a campaign has before an import: its register, its codes, its addresses, its record."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.model import Comune
from coalizione_mailer.plan import atlas_of, register_of, selection_of
from coalizione_mailer.registry import history
from coalizione_mailer.registry.corrections import Atlas
from coalizione_mailer.registry.official.values import Source
from coalizione_mailer.registry.reader import read_register
from coalizione_mailer.registry.register import Register
from coalizione_mailer.registry.sheets import Sheet, read_sheet
from coalizione_mailer.updates.sources import Record, read_records
from coalizione_mailer.updates.update import Change, Topic

SUMMED = "popolazione_sommata"


@dataclass(frozen=True)
class Holdings:
    """The data of a campaign as they lie there now; read on demand, and once.

    Every property raises ProblemsError for a file that cannot be read.
    """

    campaign: Campaign

    @cached_property
    def register(self) -> Register:
        """The register with the campaign's own population column."""
        return register_of(self.campaign)

    @cached_property
    def atlas(self) -> Atlas:
        """Any code's Comune of today."""
        return atlas_of(self.register)

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """What was imported before."""
        return read_records(self.campaign.root)

    @property
    def register_file(self) -> Path:
        """Where the register is, from the campaign's folder."""
        return self.campaign.configuration.recipients.comuni

    @property
    def history_file(self) -> Path:
        """Where the changes of codes are, from the campaign's folder."""
        return self.register_file.with_name(history.FILE)

    @cached_property
    def sheet(self) -> Sheet:
        """The register's file as it is, with all its columns."""
        return read_sheet(self.campaign.path(self.register_file))

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        """The register's rows with all their columns; its codes as they should be."""
        rows = list(self.sheet.records())
        for row, comune in zip(rows, self.register.comuni, strict=True):
            row["codice_istat"] = comune.codice_istat
            row["codice_catastale"] = comune.codice_catastale
            row["sigla"] = comune.sigla
        return rows

    def figures(self, column: str) -> dict[str, int | None]:
        """Return the residents of one population column, by cadastral code."""
        register = read_register(self.campaign.path(self.register_file), column)
        return {comune.codice_catastale: comune.popolazione for comune in register.comuni}

    def chosen(self, register: Register) -> dict[str, Comune]:
        """Return the campaign's selection from a register, by cadastral code."""
        selection = selection_of(self.campaign, register)
        return {comune.codice_catastale: comune for comune in selection.comuni}


def read_back(data: bytes, population: str, source: str) -> Register:
    """Read a register that is about to be written: what cannot be read is not written.

    Raises ProblemsError; its problems name the official file, not the one that is not there yet.
    """
    with tempfile.TemporaryDirectory(prefix="mailer-") as folder:
        path = Path(folder) / "comuni.csv"
        path.write_bytes(data)
        try:
            return read_register(path, population)
        except ProblemsError as error:
            raise ProblemsError(
                [replace(problem, file=source, line=None) for problem in error.problems]
            ) from None


def moved(held: Holdings, after: Register) -> list[Change]:
    """Say who comes into the campaign's selection and who leaves it, with both figures.

    Raises ProblemsError when the campaign file names Comuni that are not there any more.
    """
    was, now = held.chosen(held.register), held.chosen(after)
    into = [(Topic.BAND_IN, one) for code, one in now.items() if code not in was]
    out = [(Topic.BAND_OUT, one) for code, one in was.items() if code not in now]
    return [
        Change(
            topic,
            f"{one.denominazione} ({one.sigla})",
            one.codice_catastale,
            *(_residents(register, one) for register in (held.register, after)),
        )
        for topic, one in (*into, *out)
    ]


def _residents(register: Register, comune: Comune) -> str:
    known = register.by_catastale.get(comune.codice_catastale)
    return "" if known is None or known.popolazione is None else str(known.popolazione)


def older(records: Iterable[Record], sources: Iterable[Source]) -> list[Problem]:
    """Name the official files that speak of an earlier day than what is in use."""
    problems = []
    for source in sources:
        days = [r.aggiornato_al for r in records if r.tipo == source.kind and r.aggiornato_al]
        if source.vintage and days and source.vintage.isoformat() < max(days):
            problems.append(
                Problem(
                    Code.IMPORT_OLDER,
                    file=source.file,
                    found=source.vintage.isoformat(),
                    expected=(max(days),),
                )
            )
    return problems
