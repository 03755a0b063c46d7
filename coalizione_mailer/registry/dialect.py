"""Tables in our own dialects, as this program writes them: read without pandas, or not at all.

Importing pandas takes longer than reading the register. A file in a dialect (UTF-8, without a mark
and with commas or, for the office, with a mark and semicolons; plain names, trimmed cells, every
row as long as the header) whose cells all look as they should needs no repair; any other is left
to ``tabular``, which repairs, or says what is wrong.
"""

import csv
import io
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from coalizione_mailer.errors import ProblemsError
from coalizione_mailer.registry.tabular import INVISIBLE, MARK, plain, read_bytes

Columns = Mapping[str, list[str]]
"""Cells by column, in the order of the file."""

Check = Callable[[str], object]
"""Says of a cell whether it is as it should be."""


def matching(pattern: str, *, empty: bool = False, never: re.Pattern[str] | None = None) -> Check:
    """Return the check that a cell matches a pattern whole, and has none of another in it."""
    wanted = re.compile(rf"(?:{pattern})?" if empty else pattern)
    if never is None:
        return wanted.fullmatch
    return lambda cell: wanted.fullmatch(cell) and not never.search(cell)


def anything(_cell: str) -> bool:
    """Take any cell."""
    return True


def read_strictly(
    path: Path, checks: Mapping[str, Check], required: Collection[str]
) -> tuple[tuple[str, ...], Columns] | None:
    """Return the header and the wanted columns of a table; None if it is not in the dialect.

    Columns that are not required, and not there, come out empty.
    """
    read = _read(path)
    if read is None:
        return None
    header, rows = read
    if not set(required) <= set(header):
        return None
    cells = dict(zip(header, map(list, zip(*rows, strict=True)), strict=False))
    columns = {name: cells.get(name, [""] * len(rows)) for name in checks}
    for name, check in checks.items():
        different = set(cells.get(name, ()))
        if different != set(map(str.strip, different)) or not all(map(check, different)):
            return None
    return header, columns


def read_plainly(path: Path) -> tuple[tuple[str, ...], list[list[str]]] | None:
    """Return header and rows of a table with trimmed cells; None if it is not in a dialect."""
    read = _read(path)
    if read is None or not all(map(any, read[1])):
        return None
    return None if any(cell.strip() != cell for row in read[1] for cell in row) else read


def _read(path: Path) -> tuple[tuple[str, ...], list[list[str]]] | None:
    """Return header and rows, all as long; None where text or header are written otherwise."""
    try:
        text = read_bytes(path).decode("utf-8")
        separator = ";" if text.startswith(MARK) else ","
        lines = io.StringIO(text := text.removeprefix(MARK), newline="")
        header, *rows = csv.reader(lines, delimiter=separator, strict=True)
    except (ProblemsError, ValueError, csv.Error):
        return None
    if "\0" in text or any(character in text for character in INVISIBLE):
        return None
    if {len(header)} != {*map(len, rows), len(header)} or not header:
        return None
    if len(set(header)) < len(header) or any(plain(name) != name or not name for name in header):
        return None
    return tuple(header), rows
