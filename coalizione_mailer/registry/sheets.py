"""Tables as they are written: for the office's spreadsheet, or in the register's own dialect.

The office's open in an Italian Excel by a double click (UTF-8 with its mark, semicolons, CRLF);
``tabular.read_table`` takes both back, also after Excel saved them in its own way.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

from coalizione_mailer.errors import ProblemsError
from coalizione_mailer.registry.dialect import read_plainly
from coalizione_mailer.registry.tabular import MARK, read_table

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_SIGNS = frozenset(FORMULA)
# Lines written at a time: so few that one with a quotation mark costs its neighbours little.
_BLOCK = 100


@dataclass(frozen=True, slots=True)
class Sheet:
    """All columns of a file as text: names as in ``plain``, rows as wide as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def records(self) -> Iterator[dict[str, str]]:
        """Give each row by the names of its columns."""
        for row in self.rows:
            yield dict(zip(self.header, row, strict=True))


def read_sheet(path: Path) -> Sheet:
    """Read every column of a table; raises ProblemsError, also for rows that do not fit."""
    if plainly := read_plainly(path):
        header, rows = plainly
        return Sheet(header, tuple(map(tuple, rows)))
    # The names first: which separator fits is found out by the names that are wanted.
    header = tuple(dict.fromkeys(name for name in read_table(path, ()).header if name))
    table = read_table(path, header)
    if table.problems:
        raise ProblemsError(table.problems)
    columns = [table.frame[name].tolist() for name in header]
    return Sheet(header, tuple(zip(*columns, strict=True)))


def office_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a table for the office; a cell that would run as a formula is made text."""
    return b"".join(office_lines(header, rows))


def office_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Write the same some lines at a time, for tables that do not fit in memory."""
    yield MARK.encode()
    waiting = chain([header], rows)
    while block := list(islice(waiting, _BLOCK)):
        yield (_joined(block) or _quoted(block)).encode()


def _joined(block: Sequence[Sequence[object]]) -> str | None:
    """Write rows in which no cell needs quotes or an apostrophe; None for any others.

    So it is with nearly all, and it takes a third of the time.
    """
    try:
        # Cells that are no text are found out by it.
        lines = [";".join(row) for row in block]  # type: ignore[arg-type]
        signs = {row[0][:1] for row in block}  # type: ignore[index]
    except (TypeError, IndexError):
        return None
    text = "\r\n".join([*lines, ""])
    count = len(block)
    plain = (
        '"' not in text
        and text.count(";") == sum(map(len, block)) - count
        and text.count("\r") == text.count("\n") == count
        and _SIGNS.isdisjoint(signs)
        # A sign that is nowhere takes no time.
        and not any(sign in text and f";{sign}" in text for sign in _SIGNS - {"\r", "\n"})
        and "" not in lines
    )
    return text if plain else None


def _quoted(block: Sequence[Sequence[object]]) -> str:
    """Write any rows."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(
        [
            cell if isinstance(cell, str) and cell[:1] not in _SIGNS else harmless(cell)
            for cell in row
        ]
        for row in block
    )
    return text.getvalue()


@lru_cache
def iso(day: date | None) -> str:
    """Write a day, or nothing; a table has ten thousand rows and few days."""
    return day.isoformat() if day else ""


def register_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a table as the register that ships is written: commas, line feeds, no mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def harmless(cell: object) -> str:
    """Put an apostrophe before text that Excel would take for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(FORMULA) else text
