"""What became of codes: Comuni recoded, renamed, merged, incorporated, split, and the way on.

``data/variazioni.csv`` has one row per change. Cadastral codes are the thread: an ISTAT code, old
or newer than the register, leads to the cadastral code it was given with; the cadastral code of a
suppressed Comune leads to its successor, over as many steps as it takes.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum, unique
from pathlib import Path

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.model import Comune
from coalizione_mailer.registry.codes import CATASTALE, ISTAT, catastale_codes, istat_codes
from coalizione_mailer.registry.dialect import anything, matching, read_strictly
from coalizione_mailer.registry.names import normal
from coalizione_mailer.registry.tabular import Table, read_table

FILE = "variazioni.csv"
"""Its name, beside the register."""


@unique
class Event(StrEnum):
    """What happened to a Comune, in the words of the file."""

    RECODED = "ricodificato"  # another ISTAT code, the same Comune
    RENAMED = "ridenominato"  # another name, the same Comune
    MERGED = "fuso"  # suppressed, and with others a new Comune
    INCORPORATED = "incorporato"  # suppressed into a Comune that goes on
    SPLIT = "scorporato"  # the new Comune was part of the former one, which goes on


SAME_BODY = frozenset({Event.RECODED, Event.RENAMED})
"""After these the Comune is the body it was: what was its address still is."""


@dataclass(frozen=True, slots=True)
class Variation:
    """One change, from what was before to what came of it; field names are the file's columns.

    ISTAT codes are empty where no source has them. ``data`` is the first day of the new state.
    """

    codice_istat_precedente: str
    codice_catastale_precedente: str
    denominazione_precedente: str
    evento: Event
    data: date | None
    codice_istat: str
    codice_catastale: str
    denominazione: str


COLUMNS = tuple(column.name for column in fields(Variation))
_ISO_LENGTH = len("2017-09-18")


@dataclass(frozen=True, slots=True)
class Found:
    """A Comune of the register that a code leads to, and the changes on the way (none: its own)."""

    comune: Comune
    steps: tuple[Variation, ...] = ()

    @property
    def same_body(self) -> bool:
        """Whether the code was the Comune's own, and not that of one it was made of."""
        return all(step.evento in SAME_BODY for step in self.steps)


@dataclass(frozen=True, slots=True)
class CodeHistory:
    """All changes known; empty where the file is missing."""

    variations: tuple[Variation, ...] = ()
    _by_istat: Mapping[str, tuple[Variation, ...]] = field(init=False, repr=False, compare=False)
    _onward: Mapping[str, tuple[Variation, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_istat: dict[str, list[Variation]] = {}
        onward: dict[str, list[Variation]] = {}
        for change in self.variations:
            for code in {change.codice_istat_precedente, change.codice_istat} - {""}:
                by_istat.setdefault(code, []).append(change)
            if change.evento is not Event.SPLIT and _leads_on(change):
                onward.setdefault(change.codice_catastale_precedente, []).append(change)
        object.__setattr__(self, "_by_istat", {key: tuple(all_) for key, all_ in by_istat.items()})
        object.__setattr__(self, "_onward", {key: tuple(all_) for key, all_ in onward.items()})

    def find(
        self, code: str, by_istat: Mapping[str, Comune], by_catastale: Mapping[str, Comune]
    ) -> tuple[Found, ...]:
        """Return the Comuni of a register that an ISTAT or cadastral code leads to.

        None: nobody knows the code. One: that is it; without steps when it is its code today. More:
        the code was given twice or its Comune was divided; whoever bears it today comes first.
        """
        own = by_istat.get(code) or by_catastale.get(code)
        found = {own.codice_catastale: Found(own)} if own else {}
        if own is None or code in self._by_istat:
            for start, first in self._starts(code):
                for comune, steps in self._walk(start, first, by_catastale):
                    found.setdefault(comune.codice_catastale, Found(comune, steps))
        return tuple(found.values())

    def former(self, name: str) -> tuple[Variation, ...]:
        """Return the changes after which a name was no longer that of a Comune."""
        wanted = normal(name)
        return tuple(
            change
            for change in self.variations
            if normal(change.denominazione_precedente) == wanted
            and normal(change.denominazione) != wanted
        )

    def _starts(self, code: str) -> Iterator[tuple[str, tuple[Variation, ...]]]:
        """Give the cadastral codes a code stood for, each with the change that says so."""
        if code in self._onward:
            yield code, ()
        for change in self._by_istat.get(code, ()):
            if code == change.codice_istat_precedente:
                # A change of the cadastral code is a step of the walk, and told there.
                told = () if _leads_on(change) and change.evento is not Event.SPLIT else (change,)
                yield change.codice_catastale_precedente, told
            else:
                yield change.codice_catastale, (change,)

    def _walk(
        self, code: str, steps: tuple[Variation, ...], by_catastale: Mapping[str, Comune]
    ) -> Iterator[tuple[Comune, tuple[Variation, ...]]]:
        """Follow a cadastral code to the register; a circle, if a file had one, ends there."""
        waiting, seen = [(code, steps)], {code}
        while waiting:
            code, steps = waiting.pop()
            if code in by_catastale:
                yield by_catastale[code], steps
                continue
            for change in self._onward.get(code, ()):
                if change.codice_catastale not in seen:
                    seen.add(change.codice_catastale)
                    waiting.append((change.codice_catastale, (*steps, change)))


def read_history(path: Path) -> CodeHistory:
    """Read the changes; a campaign without the file has none.

    Raises ProblemsError with all that is wrong, each with its line: COLUMN_MISSING, ROW_WRONG (a
    suppressed Comune that comes back to itself is one too).
    """
    if not path.exists():
        return CodeHistory()
    return _read_strictly(path) or _read_carefully(path)


def _read_strictly(path: Path) -> CodeHistory | None:
    """Read changes that need no repair; None for any others."""
    istat, catastale = matching(ISTAT, empty=True), matching(CATASTALE)
    checks = dict.fromkeys(COLUMNS, anything) | {
        "codice_istat_precedente": istat,
        "codice_catastale_precedente": catastale,
        "evento": set(Event).__contains__,
        "data": lambda text: text == "" or _iso(text),
        "codice_istat": istat,
        "codice_catastale": catastale,
    }
    read = read_strictly(path, checks, COLUMNS)
    if read is None:
        return None
    cells = zip(*(read[1][column] for column in COLUMNS), strict=True)
    rows = [_variation(row, _iso) for row in cells]
    history = CodeHistory(tuple(rows))
    return None if _circles(rows, range(len(rows)), str(path)) else history


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == _ISO_LENGTH else None
    except ValueError:
        return None


def _read_carefully(path: Path) -> CodeHistory:
    """Read the changes as people write them, repairing what can be repaired."""
    from coalizione_mailer.registry.official.cells import day

    table = read_table(path, COLUMNS)
    if problems := [*table.require(COLUMNS), *table.problems]:
        raise ProblemsError(problems)
    table = _repaired(table)
    if problems := _wrong_cells(table):
        raise ProblemsError(sorted(problems, key=lambda problem: problem.line or 0))
    rows = [
        _variation(row, day)
        for row in zip(*(table.frame[c].tolist() for c in COLUMNS), strict=True)
    ]
    if problems := _circles(rows, [int(line) for line in table.frame.index], table.file):
        raise ProblemsError(problems)
    return CodeHistory(tuple(rows))


def history_text(history: CodeHistory) -> str:
    """Write the changes as the file has them: commas, line feeds, as ordered."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for change in history.variations:
        writer.writerow(["" if (cell := getattr(change, c)) is None else cell for c in COLUMNS])
    return stream.getvalue()


def _leads_on(change: Variation) -> bool:
    return change.codice_catastale_precedente != change.codice_catastale


def _repaired(table: Table) -> Table:
    frame = table.frame.copy()
    for column in ("codice_istat_precedente", "codice_istat"):
        frame[column] = istat_codes(frame[column])
    for column in ("codice_catastale_precedente", "codice_catastale"):
        frame[column] = catastale_codes(frame[column])
    return replace(table, frame=frame)


def _wrong_cells(table: Table) -> list[Problem]:
    from coalizione_mailer.registry.official.cells import day

    frame = table.frame
    problems = table.wrong("evento", ~frame["evento"].isin(list(Event)), expected=tuple(Event))
    for column in ("codice_catastale_precedente", "codice_catastale"):
        problems += table.wrong(column, ~frame[column].str.fullmatch(CATASTALE))
    for column in ("codice_istat_precedente", "codice_istat"):
        cells = frame[column]
        problems += table.wrong(column, (cells != "") & ~cells.str.fullmatch(ISTAT))
    days = [text != "" and day(text) is None for text in frame["data"].tolist()]
    return problems + table.wrong("data", days, expected=("2017-09-18",))


def _variation(row: tuple[str, ...], day: Callable[[str], date | None]) -> Variation:
    istat_before, catastale_before, name_before, event, when, istat, catastale, name = row
    return Variation(
        istat_before, catastale_before, name_before, Event(event), day(when), istat, catastale, name
    )


def _circles(rows: list[Variation], lines: Iterable[int], file: str) -> list[Problem]:
    """Name each row by which a suppressed Comune would become itself again."""
    history = CodeHistory(tuple(rows))
    return [
        Problem(Code.ROW_WRONG, file=file, line=line, key="codice_catastale", found=code)
        for line, change in zip(lines, rows, strict=True)
        if change.evento is not Event.SPLIT
        and _leads_on(change)
        and (code := change.codice_catastale_precedente) in _reached(history, change)
    ]


def _reached(history: CodeHistory, change: Variation) -> set[str]:
    reached, waiting = set(), [change.codice_catastale]
    while waiting:
        code = waiting.pop()
        if code not in reached:
            reached.add(code)
            waiting += [c.codice_catastale for c in history._onward.get(code, ())]  # noqa: SLF001
    return reached
