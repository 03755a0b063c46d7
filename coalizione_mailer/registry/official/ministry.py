"""The Interior Ministry's mayors and commissioners (DAIT), as written: upper case, own codes."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from coalizione_mailer.registry.official.cells import day, figure, picker, something
from coalizione_mailer.registry.official.formats import ORGANI
from coalizione_mailer.registry.official.grid import Grid, warned
from coalizione_mailer.registry.official.tables import read_grid
from coalizione_mailer.registry.official.values import HeadRow, Heads, Kind

_UPDATED = re.compile(r"aggiornat\w*\s+al\W*(\d\d?/\d\d?/\d{4})", re.IGNORECASE)
_FIELDS = (
    "name",
    "sigla",
    "given",
    "family",
    "sex",
    "office",
    "elected",
    "in_office",
    "population",
)
_SEXES = ("M", "F")


def read_heads(path: Path) -> Heads:
    """Read sindaciincarica, organistraordinariincarica or maggiororgano.

    ``extraordinary`` is true of the second only; in the third ``HeadRow.office`` tells.
    ``warnings`` are rows passed over, and days that are none (ROW_WRONG). Raises ProblemsError
    as ``read_grid`` does.
    """
    grid = read_grid(path, Kind.MAYORS)
    rows = tuple(_rows(grid))
    source = grid.source(len(rows), _updated(grid))
    return Heads(source, grid.format is ORGANI, rows, warned(grid.oddities))


def _updated(grid: Grid) -> date | None:
    written = (_UPDATED.search(title) for title in grid.titles)
    return next((day(found[1]) for found in written if found), None)


def _rows(grid: Grid) -> Iterator[HeadRow]:
    fields = picker(grid.places, *_FIELDS)
    for line, row in grid.rows():
        cells = dict(zip(_FIELDS, map(str.strip, fields([*row, ""])), strict=True))
        if not cells["name"] or not cells["office"]:
            grid.note(line, cells["name"], key="name" if cells["office"] else "office")
            continue
        sex = cells["sex"].upper()[:1]
        yield HeadRow(
            name=cells["name"],
            sigla=cells["sigla"].upper(),
            given_name=something(cells["given"]),
            family_name=something(cells["family"]),
            sex=sex if sex in _SEXES else "",
            office=cells["office"],
            elected=_day(grid, line, "elected", cells),
            in_office=_day(grid, line, "in_office", cells),
            population=figure(cells["population"]),
            line=line,
        )


def _day(grid: Grid, line: int, column: str, cells: dict[str, str]) -> date | None:
    """Read a day; what is written there and is none is noted."""
    written = something(cells[column])
    found = day(written)
    if written and not found:
        grid.note(line, written, key=column)
    return found
