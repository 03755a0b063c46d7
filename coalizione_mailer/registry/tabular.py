"""Tables as people make them: any separator and encoding, columns in any order, lines kept.

RFC 4180 with what spreadsheets do to it. Every cell comes out as trimmed text, nothing is
converted: ``NA`` stays Napoli and ``001001`` keeps its zeros.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from coalizione_mailer.errors import Code, Problem, ProblemsError

if TYPE_CHECKING:
    import pandas as pd

MAX_BYTES = 100 * 2**20

# How programs and people write that there is nothing.
NOT_AVAILABLE = ("", "-", "\u2013", ".", "na", "nan", "n.a.", "n.d.", "nd", "n/d", "null", "none")

# How much of a wrong cell is told.
_SHOWN = 80

_SEPARATORS = (",", ";", "\t")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# Two bytes of UTF-8 for an accented letter; cp1252 has no reason to write "Ã¨".
_UTF8_LETTER = re.compile(rb"\xc3[\x80-\xbf]")
# Excel's own first line, which names the separator.
_SEPARATOR_LINE = re.compile(r'"?sep=([,;|\t])"?\s*', re.IGNORECASE)
MARK = "\ufeff"
"""Before a text of UTF-8: Excel takes what has none for cp1252."""
INVISIBLE = "\ufeff\u200b\u200e\u200f"
"""What cells may hold unseen, and lose."""
_INVISIBLE = str.maketrans("", "", INVISIBLE)


_Rows: TypeAlias = Iterator[tuple[int, list[str] | csv.Error]]


@dataclass(frozen=True, slots=True)
class Table:
    """The wanted columns of a file as text; the index of ``frame`` is the line of each row.

    ``header`` has every column of the file, by its plain name; ``problems`` are the rows that
    could not be told apart into cells and are not in ``frame``.
    """

    file: str
    header: tuple[str, ...]
    header_line: int
    frame: "pd.DataFrame"
    problems: tuple[Problem, ...] = ()

    def require(self, columns: Iterable[str]) -> list[Problem]:
        """Return one problem per column that is not there; ``expected`` has all of them."""
        expected = tuple(columns)
        found = ", ".join(self.header)
        return [
            Problem(
                Code.COLUMN_MISSING,
                file=self.file,
                line=self.header_line,
                key=column,
                found=found,
                expected=expected,
            )
            for column in expected
            if column not in self.header
        ]

    def wrong(
        self,
        column: str,
        rows: "pd.Series[bool] | list[bool]",
        code: Code = Code.ROW_WRONG,
        expected: Sequence[str] = (),
    ) -> list[Problem]:
        """Return one problem per marked row, with what its cell holds."""
        return [
            Problem(
                code,
                file=self.file,
                line=int(str(line)),
                key=column,
                found=str(found)[:_SHOWN],
                expected=tuple(expected),
            )
            for line, found in self.frame.loc[rows, column].items()
        ]


def missing(cells: "pd.Series[str]") -> "pd.Series[bool]":
    """Mark the cells that say there is nothing."""
    return cells.str.lower().isin(NOT_AVAILABLE)


def plain(name: str) -> str:
    """Bring the name of a column to the form used here: ``Codice ISTAT`` is ``codice_istat``."""
    return re.sub(r"\W+", "_", name.translate(_INVISIBLE).strip().casefold()).strip("_")


def read_table(path: Path, wanted: Collection[str]) -> Table:
    """Read the wanted columns of a table; columns that are not there come out empty.

    Raises ProblemsError when there is no such file, or it is no text, or too large, or a
    wanted column is there twice.
    """
    import pandas as pd

    file = str(path)
    raw = read_bytes(path)
    text = _Text(raw, encoding_of(raw, file))
    separator = text.named_separator() or max(_SEPARATORS, key=partial(_fitness, text, wanted))
    rows = text.rows(separator)
    header_line, header = _header(rows)
    _refuse_twice(header, wanted, file, header_line)
    places = {column: header.index(column) for column in wanted if column in header}
    cells = _Columns(places, len(header), file)
    for line, row in rows:
        cells.add(line, row)
    frame = pd.DataFrame(cells.columns, index=cells.lines, columns=list(wanted), dtype="str")
    return Table(file, header, header_line, frame.fillna(""), tuple(cells.problems))


class _Columns:
    """Rows on their way into columns; those that do not fit become problems."""

    def __init__(self, places: dict[str, int], width: int, file: str) -> None:
        self.lines: list[int] = []
        self.columns: dict[str, list[str]] = {column: [] for column in places}
        self.problems: list[Problem] = []
        self._targets = [(self.columns[column].append, place) for column, place in places.items()]
        self._width = width
        self._file = file

    def add(self, line: int, row: list[str] | csv.Error) -> None:
        """Put a row into the columns; spreadsheets leave out empty cells at its end."""
        if isinstance(row, csv.Error):
            self._refuse(line, str(row))
            return
        cells = [
            cell.strip() if cell.isascii() else cell.translate(_INVISIBLE).strip() for cell in row
        ]
        if not any(cells):
            return
        if any(cells[self._width :]):
            self._refuse(line, str(len(cells)), str(self._width))
            return
        cells += [""] * (self._width - len(cells))
        self.lines.append(line)
        for append, place in self._targets:
            append(cells[place])

    def _refuse(self, line: int, found: str, *expected: str) -> None:
        self.problems.append(
            Problem(Code.ROW_WRONG, file=self._file, line=line, found=found, expected=expected)
        )


def read_bytes(path: Path) -> bytes:
    """Read a whole file of at most ``MAX_BYTES``.

    Raises ProblemsError with FILE_MISSING or FILE_UNREADABLE.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ProblemsError(
                [
                    Problem(
                        Code.FILE_UNREADABLE,
                        file=str(path),
                        found=str(size),
                        expected=(str(MAX_BYTES),),
                    )
                ]
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise ProblemsError([Problem(Code.FILE_MISSING, file=str(path))]) from None
    except OSError as error:
        raise ProblemsError(
            [Problem(Code.FILE_UNREADABLE, file=str(path), found=error.strerror)]
        ) from error


def encoding_of(raw: bytes, file: str) -> str:
    """Say how a file is written: UTF-8, UTF-16 with its mark, or else Windows's cp1252.

    Raises ProblemsError for UTF-8 that was damaged, with the damaged lines: read as cp1252 it
    would pass, and put "ForlÃ¬" on an envelope.
    """
    encoding = "utf-16" if raw.startswith(_UTF16_MARKS) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        if _UTF8_LETTER.search(raw):
            raise ProblemsError(list(_damaged_lines(raw, file))) from None
        text = raw.decode(encoding := "cp1252", errors="replace")
    # Faster to find in bytes; those of UTF-16 are full of it.
    if "\0" in text if encoding == "utf-16" else b"\0" in raw:
        raise ProblemsError([Problem(Code.FILE_UNREADABLE, file=file, found="NUL")])
    return encoding


def _damaged_lines(raw: bytes, file: str) -> Iterator[Problem]:
    for line, content in enumerate(raw.splitlines(), start=1):
        text = content.decode("utf-8", errors="replace")
        if "\ufffd" in text:
            yield Problem(
                Code.ROW_WRONG, file=file, line=line, found=text[:_SHOWN], expected=("UTF-8",)
            )


class _Text:
    """The text of a file, told apart into rows as it is read: never in memory as a whole."""

    def __init__(self, raw: bytes, encoding: str) -> None:
        self._raw = raw
        self._encoding = encoding

    def named_separator(self) -> str | None:
        """Return the separator the first line names, as Excel has it: ``sep=;``."""
        named = _SEPARATOR_LINE.fullmatch(next(self._lines(), ""))
        return named[1] if named else None

    def rows(self, separator: str) -> _Rows:
        """Give each row with the line it begins on; a broken row as its error, and go on."""
        lines = self._lines()
        skipped = 0
        if self.named_separator():
            next(lines)
            skipped = 1
        reader = csv.reader(lines, delimiter=separator, strict=True)
        while True:
            line = reader.line_num + 1 + skipped
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, error
            else:
                if row:
                    yield line, row

    def _lines(self) -> Iterator[str]:
        # Line ends as they are: the csv module needs them inside quotes.
        stream = io.BytesIO(self._raw)
        return io.TextIOWrapper(stream, self._encoding, errors="replace", newline="")


def _fitness(text: _Text, wanted: Collection[str], separator: str) -> tuple[int, int]:
    """Say how well a separator fits the header: the wanted columns it finds, then all of them."""
    _line, names = _header(text.rows(separator))
    return sum(name in wanted for name in names), len(names)


def _header(rows: _Rows) -> tuple[int, tuple[str, ...]]:
    """Take the names of the columns off the rows; none from an empty file or a broken row."""
    line, names = next(rows, (1, []))
    return line, () if isinstance(names, csv.Error) else tuple(plain(name) for name in names)


def _refuse_twice(header: Sequence[str], wanted: Collection[str], file: str, line: int) -> None:
    """Refuse a wanted column that is there twice: nobody can say which is meant."""
    twice = [column for column in wanted if header.count(column) > 1]
    if twice:
        raise ProblemsError(
            [Problem(Code.COLUMN_DUPLICATE, file=file, line=line, key=column) for column in twice]
        )
