"""Tables as they are written: for the office's spreadsheet, or in the register's own dialect.

The office's open in an Italian Excel by a double click (UTF-8 with its mark, semicolons, CRLF);
``tabular.read_table`` takes both back, also after Excel saved them in its own way.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from coalizione_mailer.errors import ProblemsError
from coalizione_mailer.registry.tabular import read_table

_MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_SIGNS = frozenset(FORMULA)
# Lines written at a time.
_BLOCK = 1000


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
    yield _MARK.encode()
    waiting = chain([header], rows)
    while block := list(islice(waiting, _BLOCK)):
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(
            # Nearly all cells are text that no formula begins like.
            [
                cell if isinstance(cell, str) and cell[:1] not in _SIGNS else harmless(cell)
                for cell in row
            ]
            for row in block
        )
        yield text.getvalue().encode()


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
