"""A file's table, whatever it is written in: text, spreadsheet or JSON, into a ``Grid``."""

import csv
import io
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from coalizione_mailer.errors import Code, ProblemsError
from coalizione_mailer.registry.official.container import Content, read_content
from coalizione_mailer.registry.official.formats import Format, Quoting, names
from coalizione_mailer.registry.official.grid import (
    BLOCK,
    TITLES,
    Blocks,
    Grid,
    Numbered,
    blocks,
    find,
)
from coalizione_mailer.registry.official.look import HEAD, UTF16, Look, refuse
from coalizione_mailer.registry.official.values import Kind
from coalizione_mailer.registry.official.workbook import sheets, text
from coalizione_mailer.registry.tabular import encoding_of

_SEPARATORS = (";", ",", "\t", "|")
# A separator between cells that are quoted or empty, whatever quotes are inside them.
_BETWEEN = re.compile(r"""(?<=[";]);(?=[";]|$)""")

_Broken = list[tuple[int, str]]


def read_grid(path: Path, kind: Kind, *, also: Collection[Format] = ()) -> Grid:
    """Find the table of a kind, or of the formats that are also good, in a file.

    Raises ProblemsError: FILE_OTHER_KIND where it is another command's file (``expected`` has
    its kind), FILE_NOT_OFFICIAL where it is none (``found`` is a ``Look``), and what
    ``read_content`` raises.
    """
    try:
        content = read_content(path)
    except ProblemsError as error:
        raise _expecting(error, kind) from None
    match content.look:
        case Look.JSON:
            grid = _from_json(content)
        case Look.XLSX:
            grid = _from_workbook(content)
        case _:
            grid = _from_text(content)
    if grid is None:
        refuse(Code.FILE_NOT_OFFICIAL, content.file, Look.TABLE, *names(kind))
    if grid.format.kind is not kind and grid.format not in also:
        refuse(Code.FILE_OTHER_KIND, content.file, grid.format.name, grid.format.kind)
    return grid


def _expecting(error: ProblemsError, kind: Kind) -> ProblemsError:
    """Say of a file that is no table at all what was expected."""
    return ProblemsError(
        [
            replace(problem, expected=names(kind))
            if problem.code is Code.FILE_NOT_OFFICIAL and not problem.expected
            else problem
            for problem in error.problems
        ]
    )


def _from_workbook(content: Content) -> Grid | None:
    found = (find(content, blocks(rows)) for rows in sheets(content))
    return next((grid for grid in found if grid), None)


def _from_json(content: Content) -> Grid | None:
    """Take the records of SITUAS (``resultset``) or of CKAN (``result.records``)."""
    try:
        value = json.loads(content.raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        refuse(Code.FILE_TRUNCATED, content.file, Look.JSON)
    for key in ("resultset", "result", "records"):
        if isinstance(value, dict):
            value = value.get(key, value)
    records = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    if not records:
        return None
    columns = tuple(records[0])
    grid = find(content, iter([([0], [list(columns)])]))
    if grid:
        grid.lines = blocks(
            (line, ["" if record.get(c) is None else text(record[c]) for c in columns])
            for line, record in enumerate(records, start=1)
        )
    return grid


def _from_text(content: Content) -> Grid | None:
    """Recognise the format in the first lines, then read all of them as that format writes."""
    head = _stream(content.raw[:HEAD], "utf-16" if content.raw.startswith(UTF16) else "utf-8-sig")
    for separator in _SEPARATORS:
        head.seek(0)
        first = find(content, _rfc4180(head, separator, []))
        if first is None:
            continue
        raw, encoding = _encoded(content, first.format)
        broken: _Broken = []
        grid = find(content, _lines(_stream(raw, encoding), separator, first, broken))
        if grid:
            grid.broken = broken
            grid.unfinished = not raw.rstrip(b"\0").endswith((b"\n", b"\r"))
        return grid
    return None


def _stream(raw: bytes, encoding: str) -> TextIO:
    """Read bytes as text, never whole, with line ends as they are: the csv module needs them."""
    return io.TextIOWrapper(io.BytesIO(raw), encoding, errors="replace", newline="")


def _encoded(content: Content, format_: Format) -> tuple[bytes, str]:
    """Return a text and its encoding; where the ministry mixes two, each line is told apart."""
    raw = content.raw
    if format_.quoting is Quoting.LINES and not raw.startswith(UTF16):
        return b"".join(map(_line, raw.splitlines(keepends=True))), "utf-8-sig"
    return raw, encoding_of(raw, content.file)


def _line(raw: bytes) -> bytes:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace").encode()
    return raw


def _lines(stream: TextIO, separator: str, first: Grid, broken: _Broken) -> Blocks:
    match first.format.quoting:
        case Quoting.RFC4180:
            return _rfc4180(stream, separator, broken)
        case Quoting.LINES:
            return blocks(_by_lines(stream, separator, len(first.header)))
        case Quoting.NONE:
            return blocks(_unquoted(stream, separator))


def _rfc4180(stream: Iterator[str], separator: str, broken: _Broken) -> Blocks:
    """Read some lines at a time while each is one row, as nearly all are; others row by row."""
    start, size = 1, TITLES
    while lines := list(islice(stream, size)):
        numbers: Sequence[int] = range(start, start + len(lines))
        rows = _row_each(lines, separator)
        if rows is None:
            # The last row may take more lines than were asked for, and never fewer.
            more = chain(lines, stream)
            numbers, rows, start = _row_by_row(more, separator, broken, numbers)
        else:
            start += len(lines)
        yield numbers, rows
        size = BLOCK


def _row_each(lines: list[str], separator: str) -> list[list[str]] | None:
    """Return the rows of lines if each is one row and says something."""
    try:
        rows = list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error:
        return None
    return rows if len(rows) == len(lines) and all(rows) else None


def _row_by_row(
    lines: Iterator[str], separator: str, broken: _Broken, wanted: Sequence[int]
) -> tuple[list[int], list[list[str]], int]:
    """Return rows until all wanted lines are read, their lines, and the line that comes next."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    numbers: list[int] = []
    rows: list[list[str]] = []
    line = wanted[0]
    while line <= wanted[-1]:
        try:
            row = next(reader, None)
        except csv.Error as error:
            broken.append((line, str(error)))
        else:
            if row is None:
                break
            if row:
                numbers.append(line)
                rows.append(row)
        line = wanted[0] + reader.line_num
    return numbers, rows, line


def _by_lines(stream: TextIO, separator: str, width: int) -> Numbered:
    """Read row by row what has quotation marks that were never doubled."""
    for line, end in enumerate(stream, start=1):
        words = end.strip("\r\n")
        try:
            row = next(csv.reader([words], delimiter=separator), [])
        except csv.Error:
            row = []
        if len(row) != width and len(cells := _BETWEEN.split(words)) == width:
            row = [cell.removeprefix('"').removesuffix('"') for cell in cells]
        if words:
            yield line, row


def _unquoted(stream: TextIO, separator: str) -> Numbered:
    for line, end in enumerate(stream, start=1):
        if words := end.strip("\r\n"):
            yield line, words.split(separator)
