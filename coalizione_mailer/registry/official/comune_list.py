"""ISTAT's list of Comuni: the classic Elenco-comuni-italiani of any year, and SITUAS's export."""

import re
from collections.abc import Iterator
from pathlib import Path

from coalizione_mailer.errors import Code, Problem
from coalizione_mailer.registry.codes import CATASTALE, ISTAT
from coalizione_mailer.registry.official.cells import figure, istat_code, picker, something
from coalizione_mailer.registry.official.grid import Grid, warned
from coalizione_mailer.registry.official.tables import read_grid
from coalizione_mailer.registry.official.values import ComuneList, Kind, ListedComune

_FIELDS = (
    "istat",
    "catastale",
    "name",
    "other",
    "provincia",
    "metropolitan",
    "sigla",
    "regione",
    "ripartizione",
    "legal",
)
_RULES = {
    "istat": re.compile(ISTAT),
    "catastale": re.compile(CATASTALE),
    "name": re.compile(r"(?=.*[^\W\d_])[^?\ufffd\x00-\x1f]+"),
    "provincia": re.compile(r"(?=.*[^\W\d_])[^\x00-\x1f]+"),
    "sigla": re.compile(r"[A-Z]{2}"),
    "regione": re.compile(r"(?=.*[^\W\d_])[^\x00-\x1f]+"),
}
# ISTAT's encoding has no room for some Slovenian letters: "So?i".
_LOST_LETTER = re.compile(r"[?\ufffd]")
_CENSUS_2011 = "2011"


def read_comune_list(path: Path) -> ComuneList:
    """Read ISTAT's list; a Comune's figure is its legal population of 2011, where there.

    ``warnings``: names in another language that lost letters (VALUE_WRONG), left empty. Raises
    ProblemsError as ``read_grid`` does, and with every row that is wrong: ROW_WRONG,
    COMUNE_DUPLICATE (``expected`` has the line of the first).
    """
    grid = read_grid(path, Kind.ISTAT)
    problems: list[Problem] = []
    comuni = [comune for comune, _legal in listed(grid, problems)]
    grid.refuse_rows(problems)
    source = grid.source(len(comuni), None)
    return ComuneList(source, tuple(comuni), warned(grid.oddities))


def listed(grid: Grid, problems: list[Problem]) -> Iterator[tuple[ListedComune, int | None]]:
    """Give the Comuni of a list with their legal population, of whichever census.

    What is wrong with a row is added to ``problems``.
    """
    fields = picker(grid.places, *_FIELDS)
    census = _census(grid)
    first: dict[str, int] = {}
    for line, row in grid.rows():
        cells = dict(zip(_FIELDS, map(str.strip, fields([*row, ""])), strict=True))
        cells["istat"] = istat_code(cells["istat"])
        cells["catastale"] = cells["catastale"].upper()
        cells["provincia"] = something(cells["provincia"]) or cells["metropolitan"]
        wrong = list(_wrong(grid, line, cells, first))
        legal = figure(cells["legal"])
        if something(cells["legal"]) and legal is None:
            wrong.append(grid.problem(line, cells["legal"], key="legal"))
        problems += wrong
        if not wrong:
            yield _comune(grid, line, cells, legal if census == _CENSUS_2011 else None), legal


def _census(grid: Grid) -> str:
    place = grid.places.get("legal")
    found = re.search(r"\d{4}", grid.header[place]) if place is not None else None
    return found[0] if found else ""


def _wrong(
    grid: Grid, line: int, cells: dict[str, str], first: dict[str, int]
) -> Iterator[Problem]:
    for column, rule in _RULES.items():
        if not rule.fullmatch(cells[column]):
            yield grid.problem(line, cells[column], key=column)
    for column in ("istat", "catastale"):
        code = cells[column]
        if code and first.setdefault(code, line) != line:
            known = str(first[code])
            yield grid.problem(line, code, known, key=column, code=Code.COMUNE_DUPLICATE)


def _comune(grid: Grid, line: int, cells: dict[str, str], legal: int | None) -> ListedComune:
    other = something(cells["other"])
    if _LOST_LETTER.search(other):
        grid.note(line, other, key="other", code=Code.VALUE_WRONG)
        other = ""
    return ListedComune(
        codice_istat=cells["istat"],
        codice_catastale=cells["catastale"],
        denominazione=cells["name"],
        denominazione_altra_lingua=other,
        provincia=cells["provincia"],
        sigla=cells["sigla"],
        regione=cells["regione"],
        ripartizione=something(cells["ripartizione"]),
        popolazione_legale_2011=legal,
    )
