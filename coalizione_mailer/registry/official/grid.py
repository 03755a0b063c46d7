"""The table in a file: its format recognised, titles before the header kept, rows one by one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NoReturn

from coalizione_mailer.errors import Code, Problem, ProblemsError, Severity
from coalizione_mailer.registry.official.container import Content
from coalizione_mailer.registry.official.formats import Format, recognise
from coalizione_mailer.registry.official.look import refuse
from coalizione_mailer.registry.official.values import Kind, Source
from coalizione_mailer.registry.tabular import plain

# How many rows may stand before the header.
_TITLES = 20
_SHOWN = 80
# How many broken rows are told.
_TOLD = 1000
# The csv module's words for an end of file inside quotation marks.
_CUT = "unexpected end of data"

Numbered = Iterator[tuple[int, list[str]]]


@dataclass(slots=True)
class Grid:
    """A recognised table; ``oddities`` are rows passed over, filled as ``rows`` is read.

    ``places`` says where our columns stand in a row, ``titles`` is what stood before the header.
    ``broken`` are rows that could not be told apart into cells; an ``unfinished`` text does not
    end with the end of a line.
    """

    content: Content
    format: Format
    header: tuple[str, ...]
    titles: tuple[str, ...]
    places: dict[str, int]
    lines: Numbered
    broken: list[tuple[int, str]] = field(default_factory=list)
    unfinished: bool = False
    oddities: list[Problem] = field(default_factory=list)

    def rows(self) -> Numbered:
        """Give the rows that say something, as wide as the header, each with its line.

        Raises ProblemsError: FILE_TOO_LARGE, and FILE_TRUNCATED where the last row is cut off.
        """
        width, most = len(self.header), self.format.max_rows
        missing = count = 0
        for item in self.lines:
            line, row = item
            missing = width - len(row)
            if missing:
                if not self._fits(line, row, width):
                    continue
                row.extend([""] * missing)
            count += 1
            if count > most:
                self._refuse(Code.FILE_TOO_LARGE, "rows", str(most))
            yield item
        if self.unfinished and missing > 0:
            self._refuse(Code.FILE_TRUNCATED, self.content.look)
        for line, words in self.broken:
            if words == _CUT:
                self._refuse(Code.FILE_TRUNCATED, self.content.look)
            self.note(line, words)

    def _refuse(self, code: Code, found: str, *expected: str) -> NoReturn:
        refuse(code, self.content.file, found, *expected)

    def _fits(self, line: int, row: list[str], width: int) -> bool:
        """Tell whether a row of another width says something; note the one that cannot be told."""
        if sum(map(bool, row)) < 2:  # noqa: PLR2004  a note below the table is one cell
            return False
        if not any(cell.strip() for cell in row[width:]):
            # Spreadsheets leave out empty cells at the end of a row, or add some.
            del row[width:]
            return True
        self.note(line, str(len(row)), str(width))
        return False

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
    """Return problems as warnings."""
    return tuple(replace(problem, severity=Severity.WARNING) for problem in problems)


def find(content: Content, lines: Numbered) -> Grid | None:
    """Look for a known header in the first rows; the rows after it are the table."""
    before: list[str] = []
    for _line, row in islice(lines, _TITLES):
        header = tuple(map(plain, row))
        if format_ := recognise(header):
            places = format_.places(header)
            return Grid(content, format_, header, tuple(before), places, lines)
        before += [cell for cell in row if cell]
    return None
