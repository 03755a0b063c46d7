"""Residents by Comune: ISTAT's POSAS, SITUAS's dimensions, the legal population of the list."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.registry.codes import ISTAT
from coalizione_mailer.registry.official.cells import figure, istat_code, picker
from coalizione_mailer.registry.official.comune_list import listed
from coalizione_mailer.registry.official.formats import CLASSIC, DIMENSIONS, POSAS, SITUAS
from coalizione_mailer.registry.official.grid import Grid, warned
from coalizione_mailer.registry.official.look import Look, refuse
from coalizione_mailer.registry.official.tables import read_grid
from coalizione_mailer.registry.official.values import Figures, Kind

# The row that is the sum of all ages.
_TOTAL = 999
_MAX_AGE = 130
_YEAR = re.compile(r"(?:19|20)\d\d")
_FIRST_OF_JANUARY = re.compile(r"1\W{0,3}gennaio\s+((?:19|20)\d\d)", re.IGNORECASE)
_ISTAT = re.compile(ISTAT)


def read_figures(path: Path) -> Figures:
    """Read the figures of one population column, named by the file's own year.

    ``popolazione_2025`` from POSAS, ``popolazione_legale_2011`` from the classic list,
    ``popolazione_legale_2021`` from SITUAS's dimensions. Raises ProblemsError as ``read_grid``
    does, and with all that is wrong: ROW_WRONG, COMUNE_DUPLICATE, TOTAL_WRONG (the ages do not
    give the total), TOTAL_MISSING; FILE_OTHER_KIND for a list without figures.
    """
    grid = read_grid(path, Kind.POPULATION, also=(CLASSIC, SITUAS))
    if grid.format is POSAS:
        return _posas(grid)
    if grid.format is DIMENSIONS:
        return _dimensions(grid)
    return _list(grid)


# -------------------------------------------------------------------------------------- POSAS


class _Ages:
    """The sums of the ages and the totals of POSAS, by ISTAT code."""

    def __init__(self, grid: Grid) -> None:
        self.sums: dict[str, int] = {}
        self.totals: dict[str, int] = {}
        self.lines: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.problems: list[Problem] = []
        self._grid = grid

    def add(self, line: int, code: str, age: str, count: int) -> None:
        """Add a row."""
        years = int(age) if age.isascii() and age.isdigit() and len(age) <= len("999") else -1
        if years == _TOTAL:
            if code in self.totals:
                self._wrong(line, code, str(self.lines[code]), code=Code.COMUNE_DUPLICATE)
            self.totals[code] = count
            self.lines[code] = line
        elif 0 <= years <= _MAX_AGE:
            self.sums[code] = self.sums.get(code, 0) + count
        else:
            self.problems.append(self._grid.problem(line, age, key="age"))

    def check(self) -> None:
        """Hold every total against its ages."""
        for code, total in self.totals.items():
            ages = self.sums.get(code, total)
            if ages != total:
                self._wrong(self.lines[code], str(total), str(ages), code=Code.TOTAL_WRONG)
        for code in sorted(self.sums.keys() - self.totals.keys()):
            name = f"{self.names[code]} ({code})"
            self._wrong(None, name, code=Code.TOTAL_MISSING)

    def _wrong(self, line: int | None, found: str, *expected: str, code: Code) -> None:
        self.problems.append(self._grid.problem(line, found, *expected, code=code))


def _posas(grid: Grid) -> Figures:
    year = _year(grid)
    ages = _Ages(grid)
    fields = picker(grid.places, "istat", "name", "age")
    counted = _counter(grid)
    rows = 0
    known: dict[str, str] = {}
    for line, row in grid.rows():
        rows += 1
        row.append("")
        written, name, age = fields(row)
        code = known.get(written)
        if code is None:
            code = known[written] = istat_code(written)
            ages.names[code] = name.strip()
            if not _ISTAT.fullmatch(code):
                ages.problems.append(grid.problem(line, written, key="istat"))
        count = counted(row)
        if count is None:
            ages.problems.append(grid.problem(line, _written(grid, row), key="total"))
        else:
            ages.add(line, code, age.strip(), count)
    ages.check()
    grid.refuse_rows(ages.problems)
    source = grid.source(rows, date(year, 1, 1))
    column = f"popolazione_{year}"
    return Figures(source, column, ages.totals, {}, ages.names, warned(grid.oddities))


def _counter(grid: Grid) -> Callable[[list[str]], int | None]:
    """Return what counts a row's residents: its total, or men and women in the years without."""
    total = grid.places.get("total")
    if total is not None:
        return lambda row: figure(row[total])
    men, women = (grid.places.get(column, -1) for column in ("men", "women"))

    def both(row: list[str]) -> int | None:
        parts = (figure(row[men]), figure(row[women]))
        return None if None in parts else sum(part or 0 for part in parts)

    return both


def _written(grid: Grid, row: list[str]) -> str:
    return row[grid.places.get("total", grid.places.get("men", -1))]


def _year(grid: Grid) -> int:
    """Return the year of POSAS's title, or of its file's name."""
    for title in grid.titles:
        if written := _FIRST_OF_JANUARY.search(title) or _YEAR.search(title):
            return int(written[written.lastindex or 0])
    for name in (grid.content.name, Path(grid.content.file).name):
        if written := _YEAR.search(name):
            return int(written[0])
    problem = Problem(Code.FILE_NOT_OFFICIAL, file=grid.content.file, found=Look.YEARLESS)
    raise ProblemsError([problem])


# ----------------------------------------------------------------------- dimensions, legal


def _dimensions(grid: Grid) -> Figures:
    fields = picker(grid.places, "istat", "name", "legal", "census")
    figures: dict[str, int] = {}
    names: dict[str, str] = {}
    problems: list[Problem] = []
    years: set[str] = set()
    rows = 0
    for line, row in grid.rows():
        rows += 1
        code, name, legal, census = map(str.strip, fields(row))
        code = istat_code(code)
        count = figure(legal)
        if not _ISTAT.fullmatch(code):
            problems.append(grid.problem(line, code, key="istat"))
        if count is None:
            problems.append(grid.problem(line, legal, key="legal"))
        if code in figures:
            problems.append(grid.problem(line, code, key="istat", code=Code.COMUNE_DUPLICATE))
        if not _YEAR.fullmatch(census) or years - {census}:
            problems.append(grid.problem(line, census, *sorted(years), key="census"))
        years.add(census)
        figures[code], names[code] = count or 0, name
    grid.refuse_rows(problems)
    if not years:
        refuse(Code.FILE_NOT_OFFICIAL, grid.content.file, Look.YEARLESS)
    source = grid.source(rows, None)
    column = f"popolazione_legale_{min(years)}"
    return Figures(source, column, figures, {}, names, warned(grid.oddities))


def _list(grid: Grid) -> Figures:
    """Take the legal population of 2011 from a list of Comuni that still has it."""
    place = grid.places.get("legal")
    if place is None:
        refuse(Code.FILE_OTHER_KIND, grid.content.file, grid.format.name, Kind.ISTAT)
    year = _YEAR.search(grid.header[place])
    assert year is not None
    problems: list[Problem] = []
    by_istat: dict[str, int] = {}
    by_catastale: dict[str, int] = {}
    names: dict[str, str] = {}
    rows = 0
    for comune, legal in listed(grid, problems):
        rows += 1
        names[comune.codice_istat] = comune.denominazione
        if legal is not None:
            by_istat[comune.codice_istat] = by_catastale[comune.codice_catastale] = legal
    grid.refuse_rows(problems)
    source = grid.source(rows, None, Kind.POPULATION)
    column = f"popolazione_legale_{year[0]}"
    return Figures(source, column, by_istat, by_catastale, names, warned(grid.oddities))
