"""The table in a file: its format recognised, titles before the header kept, rows one by one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import NoReturn, TypeAlias

from coalizione_mailer.errors import Code, Problem, ProblemsError, Severity
from coalizione_mailer.registry.official.container import Content
from coalizione_mailer.registry.official.formats import Format, recognise
from coalizione_mailer.registry.official.look import refuse
from coalizione_mailer.registry.official.values import Kind, Source
from coalizione_mailer.registry.tabular import plain

# How many rows may stand before the header.
TITLES = 20
_SHOWN = 80
# How many broken rows are told.
_TOLD = 1000
# The csv module's words for an end of file inside quotation marks.
_CUT = "unexpected end of data"

# Rows read at a time, after those that may hold the header: they stay in the processor's cache.
BLOCK = 100

Numbered: TypeAlias = Iterator[tuple[int, list[str]]]
"""Rows, each with the line it begins on."""
Blocks: TypeAlias = Iterator[tuple[Sequence[int], list[list[str]]]]
"""Some rows at a time, after the lines they begin on: what is done for many at once is fast."""


@dataclass(slots=True)
class Grid:
    """A recognised table; ``oddities`` are rows passed over, filled as it is read.

    ``places`` says where our columns stand in a row, ``titles`` is what stood before the header.
    ``broken`` are rows that could not be told apart into cells; an ``unfinished`` text does not
    end with the end of a line.
    """

    content: Content
    format: Format
    header: tuple[str, ...]
    titles: tuple[str, ...]
    places: dict[str, int]
    lines: Blocks
    broken: list[tuple[int, str]] = field(default_factory=list)
    unfinished: bool = False
    oddities: list[Problem] = field(default_factory=list)

    def rows(self) -> Numbered:
        """Give the rows that say something, as wide as the header, each with its line.

        Raises ProblemsError: FILE_TOO_LARGE, and FILE_TRUNCATED where the last row is cut off.
        """
        for lines, rows in self.blocks():
            yield from zip(lines, rows, strict=True)

    def blocks(self) -> Blocks:
        """Give the same some rows at a time; raises as ``rows`` does."""
        width, most = len(self.header), self.format.max_rows
        last = width
        count = 0
        for lines, rows in self.lines:
            last = len(rows[-1]) if rows else last
            if any(map(width.__ne__, map(len, rows))):
                fitting = [item for item in zip(lines, rows, strict=True) if self._fits(*item)]
                lines, rows = [line for line, _ in fitting], [row for _, row in fitting]  # noqa: PLW2901  fewer
            count += len(rows)
            if count > most:
                self._refuse(Code.FILE_TOO_LARGE, "rows", str(most))
            yield lines, rows
        if self.unfinished and last < width:
            self._refuse(Code.FILE_TRUNCATED, self.content.look)
        for line, words in self.broken:
            if words == _CUT:
                self._refuse(Code.FILE_TRUNCATED, self.content.look)
            self.note(line, words)

    def _refuse(self, code: Code, found: str, *expected: str) -> NoReturn:
        refuse(code, self.content.file, found, *expected)

    def _fits(self, line: int, row: list[str]) -> bool:
        """Make a row as wide as the header; note the one that cannot be told.

        Spreadsheets leave out empty cells at the end of a row, or add some.
        """
        width = len(self.header)
        if len(row) == width:
            return True
        if sum(map(bool, row)) < 2:  # noqa: PLR2004  a note below the table is one cell
            return False
        if any(cell.strip() for cell in row[width:]):
            self.note(line, str(len(row)), str(width))
            return False
        row[width:] = [""] * (width - len(row))
        return True

    def refuse_rows(self, problems: Iterable[Problem]) -> None:
        """Refuse a file with wrong rows, once read: where each row counts, none is passed over.

        Raises ProblemsError, in the order of the lines.
        """
        lost = [odd for odd in self.oddities if odd.key is None and odd.code is Code.ROW_WRONG]
        if wrong := [*problems, *lost]:
            raise ProblemsError(sorted(wrong, key=lambda problem: problem.line or 0))

    def note(
        self,
        line: int,
        found: str,
        *expected: str,
        key: str | None = None,
        code: Code = Code.ROW_WRONG,
    ) -> None:
        """Take down an oddity of a row."""
        if len(self.oddities) < _TOLD:
            self.oddities.append(self.problem(line, found, *expected, key=key, code=code))

    def problem(
        self,
        line: int | None,
        found: str,
        *expected: str,
        key: str | None = None,
        code: Code = Code.ROW_WRONG,
    ) -> Problem:
        """Return a problem of a row; ``key`` is one of our names, told as the file's."""
        place = self.places.get(key) if key else None
        return Problem(
            code,
            file=self.content.file,
            line=line,
            key=self.header[place] if place is not None else key,
            found=found[:_SHOWN],
            expected=expected,
        )

    def source(self, rows: int, vintage: date | None, kind: Kind | None = None) -> Source:
        """Return what is known of the file; ``kind`` where it is not the format's first one."""
        content = self.content
        return Source(
            kind=kind or self.format.kind,
            format=self.format.name,
            file=Path(content.file).name,
            sha256=content.sha256,
            size=content.size,
            rows=rows,
            vintage=vintage,
        )


def warned(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems as warnings, in the order of their lines."""
    in_order = sorted(problems, key=lambda problem: problem.line or 0)
    return tuple(replace(problem, severity=Severity.WARNING) for problem in in_order)


def blocks(rows: Numbered) -> Blocks:
    """Put rows together into blocks."""
    size = TITLES
    while some := list(islice(rows, size)):
        yield [line for line, _row in some], [row for _line, row in some]
        size = BLOCK


def find(content: Content, lines: Blocks) -> Grid | None:
    """Look for a known header in the first rows; the rows after it are the table."""
    before: list[str] = []
    looked_at = 0
    for numbers, rows in lines:
        for place, row in enumerate(rows[: TITLES - looked_at], start=1):
            header = tuple(map(plain, row))
            if format_ := recognise(header):
                rest = chain([(numbers[place:], rows[place:])], lines)
                return Grid(content, format_, header, tuple(before), format_.places(header), rest)
            before += [cell for cell in row if cell]
        looked_at += len(rows)
        if looked_at >= TITLES:
            break
    return None
