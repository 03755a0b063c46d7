"""IPA's index of public bodies: ``enti`` as CSV, XLSX or JSON, and the ``amministrazioni`` of old.

A body has up to five addresses, each with its type; Comuni and their consortia are category L6,
and most Comuni have ``c_`` and the cadastral code as their own code.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

from coalizione_mailer.errors import Code
from coalizione_mailer.registry.official.cells import day, istat_code, picker, something
from coalizione_mailer.registry.official.formats import ENTI
from coalizione_mailer.registry.official.grid import Grid, warned
from coalizione_mailer.registry.official.tables import read_grid
from coalizione_mailer.registry.official.values import Body, BodyIndex, Kind, Mail

_COMUNI = "L6"
_COMUNI_OF_OLD = "comuni"
_OWN_CODE = re.compile(r"c_([a-z][0-9]{3})", re.IGNORECASE)
_OWN_STARTS = ("c_", "C_")
_FIELDS = ("codice_ipa", "name", "category", "typology", "istat", "catastale")
_HEAD = ("given", "family", "title")
_POSITIONS = range(1, 6)


def read_body_index(path: Path) -> BodyIndex:
    """Read IPA's index; only bodies that can concern a Comune are kept.

    ``warnings`` are rows passed over: those that cannot be told apart into cells (ROW_WRONG), and
    a body that is there already (COMUNE_DUPLICATE). Raises ProblemsError as ``read_grid`` does.
    """
    grid = read_grid(path, Kind.IPA)
    counted = _Counted()
    bodies = tuple(_distinct(_bodies(grid, counted), grid))
    source = grid.source(counted.rows, counted.newest())
    return BodyIndex(source, bodies, warned(grid.oddities))


class _Counted:
    """How many rows were read, and on which days they were updated, as written."""

    def __init__(self) -> None:
        self.rows = 0
        self.days: set[str] = set()

    def newest(self) -> date | None:
        """Return the newest of the days."""
        return max(filter(None, map(day, self.days)), default=None)


def _bodies(grid: Grid, counted: _Counted) -> Iterator[Body]:
    """Read the rows that can concern a Comune; of the others only the day is taken."""
    concerns = _concerns(grid)
    stamp = grid.places.get("updated")
    body = _reader(grid.places)
    for lines, rows in grid.blocks():
        counted.rows += len(rows)
        if stamp is not None:
            counted.days.update([row[stamp] for row in rows])
        for line, row in zip(lines, rows, strict=True):
            if concerns(row):
                row.append("")
                yield body(row, line)


def _reader(places: dict[str, int]) -> Callable[[list[str], int], Body]:
    """Return what reads a row that ends in an empty cell, which is that of a missing column."""
    fields, head = picker(places, *_FIELDS), picker(places, *_HEAD)
    mails = [(places.get(f"mail{n}", -1), places.get(f"type{n}", -1), n) for n in _POSITIONS]
    stamp = places.get("updated", -1)

    def body(row: list[str], line: int) -> Body:
        code, name, category, typology, istat, catastale = map(str.strip, fields(row))
        given, family, title = map(_named, head(row))
        if not catastale and (own := _OWN_CODE.fullmatch(code)):
            catastale = own[1]
        istat = istat_code(istat)
        return Body(
            code,
            name,
            category or _COMUNI,
            typology,
            istat,
            catastale.upper(),
            (given, family, title),
            _mails(row, mails),
            day(row[stamp]),
            line,
        )

    return body


def _concerns(grid: Grid) -> Callable[[list[str]], bool]:
    """Return what tells a Comune's or a consortium's row from a school's."""
    code = grid.places["codice_ipa"]
    if grid.format is ENTI:
        category = grid.places["category"]
        return lambda row: (
            row[category] == _COMUNI or (row[code][:2] in _OWN_STARTS and _has_own_code(row[code]))
        )
    typology = grid.places["typology"]
    return lambda row: (
        row[typology].strip().lower().startswith(_COMUNI_OF_OLD) or _has_own_code(row[code])
    )


def _has_own_code(code: str) -> bool:
    return bool(_OWN_CODE.fullmatch(code))


def _mails(row: list[str], places: list[tuple[int, int, int]]) -> tuple[Mail, ...]:
    """Pair addresses with their types; placeholders are no addresses, but keep their places."""
    # A list first: it is filled faster than a tuple from a generator.
    return tuple(
        [
            Mail(address, _certified(row[kind]), position)
            for mail, kind, position in places
            if row[mail] and (address := something(row[mail]))
        ]
    )


# The same names and titles come again and again.
_named = lru_cache(maxsize=8192)(something)


@lru_cache(maxsize=64)
def _certified(kind: str) -> bool:
    return kind.strip().lower().startswith("pec")


def _distinct(bodies: Iterable[Body], grid: Grid) -> Iterator[Body]:
    """Pass over a body that is there already."""
    first: dict[str, int | None] = {}
    for body in bodies:
        key = body.codice_ipa.lower()
        if key in first:
            grid.note(
                body.line or 0,
                body.codice_ipa,
                str(first[key]),
                key="codice_ipa",
                code=Code.COMUNE_DUPLICATE,
            )
            continue
        first[key] = body.line
        yield body
