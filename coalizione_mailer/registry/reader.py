"""The register file (``data/comuni.csv``, or what people made of it) read into a Register."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.model import Comune
from coalizione_mailer.registry.codes import CATASTALE, ISTAT, catastale_codes, istat_codes
from coalizione_mailer.registry.dialect import Columns, anything, matching, read_strictly
from coalizione_mailer.registry.figures import PLAIN_DEGREES, PLAIN_RESIDENTS, degrees, residents
from coalizione_mailer.registry.history import FILE, read_history
from coalizione_mailer.registry.register import Register
from coalizione_mailer.registry.tabular import Table, plain, read_table

if TYPE_CHECKING:
    import pandas as pd

REQUIRED = ("codice_istat", "denominazione", "provincia", "sigla", "regione", "codice_catastale")
OPTIONAL = (
    "denominazione_altra_lingua",
    "ripartizione",
    "popolazione_sommata",
    "latitudine",
    "longitudine",
)

_SUMMED = "popolazione_sommata"
_CODES = ("codice_istat", "codice_catastale")
_MAX_LATITUDE, _MAX_LONGITUDE = 90, 180
_SIGLA = r"[A-Z]{2}"
# Naples, for whoever's program read its sigla as "not available".
_NAPOLI_PREFIX, _NAPOLI_SIGLA = "063", "NA"

# At least one letter of any script; digits too, for the bodies that count their members.
_NAME = r"(?=.*[^\W\d_])[^\W_](?:[^\W_]|[ .,&'\u2019/()-])*"
# Letters that no name of a Comune has: UTF-8 read as cp1252 ("ForlÃ¬"), the Macintosh's or
# MS-DOS's letters ("AgliŠ": where Slovenian has it only at the beginning).
_MOJIBAKE = re.compile(r"[ÃÂ\u02c6]|[a-z]Š")


class _Rule(NamedTuple):
    """What the cells of a column look like, once trimmed."""

    pattern: str
    empty: bool = False

    def fits(self, text: str) -> bool:
        """Tell whether a cell looks like it, and was not read in a wrong encoding."""
        if not text:
            return self.empty
        return bool(re.fullmatch(self.pattern, text)) and not _MOJIBAKE.search(text)


_RULES = {
    "codice_istat": _Rule(ISTAT),
    "codice_catastale": _Rule(CATASTALE),
    "denominazione": _Rule(_NAME),
    "denominazione_altra_lingua": _Rule(_NAME, empty=True),
    "provincia": _Rule(_NAME),
    "sigla": _Rule(_SIGLA),
    "regione": _Rule(_NAME),
    "ripartizione": _Rule(_NAME, empty=True),
}
# The columns of the rules are also the text fields of a Comune, in its order.
_TEXTS = tuple(_RULES)


def read_register(path: Path, population: str) -> Register:
    """Read the register with the figures of one population column, in residents.

    The history of codes lies beside it (``variazioni.csv``), or there is none.

    Takes a byte order mark or none, comma, semicolon or tab, UTF-8 or cp1252, columns in any
    order and codes that lost their zeros. Raises ProblemsError with all that is wrong, each with
    its line: COLUMN_MISSING, POPULATION_UNKNOWN (``expected`` has the population columns),
    ROW_WRONG, COMUNE_DUPLICATE (``expected`` has the line of the first).
    """
    chosen = plain(population)
    return _read_strictly(path, chosen) or _read_carefully(path, population)


def _read_strictly(path: Path, chosen: str) -> Register | None:
    """Read a register that needs no repair; None for any other."""
    checks = {
        **{
            column: matching(rule.pattern, empty=rule.empty, never=_MOJIBAKE)
            for column, rule in _RULES.items()
        },
        _SUMMED: anything,
        "latitudine": matching(PLAIN_DEGREES, empty=True),
        "longitudine": matching(PLAIN_DEGREES, empty=True),
    }
    if chosen in checks:
        return None
    read = read_strictly(
        path, checks | {chosen: matching(PLAIN_RESIDENTS, empty=True)}, (*REQUIRED, chosen)
    )
    if read is None:
        return None
    header, columns = read
    if any(len(set(columns[code])) < len(columns[code]) for code in _CODES):
        return None
    latitudes, longitudes = (
        [float(cell) if cell else None for cell in columns[name]]
        for name in ("latitudine", "longitudine")
    )
    if any(abs(latitude or 0) > _MAX_LATITUDE for latitude in latitudes):
        return None
    if any(abs(longitude or 0) > _MAX_LONGITUDE for longitude in longitudes):
        return None
    figures = [int(cell) if cell else None for cell in columns[chosen]]
    comuni = tuple(_comuni(columns, chosen, figures, zip(latitudes, longitudes, strict=True)))
    history = read_history(path.with_name(FILE))
    return Register(comuni, chosen, _populations(header), history)


def _populations(header: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in header if name.startswith("popolazione") and name != _SUMMED)


def _read_carefully(path: Path, population: str) -> Register:
    """Read a register as people make them, repairing what can be repaired."""
    chosen = plain(population)
    table = read_table(path, dict.fromkeys((*REQUIRED, *OPTIONAL, chosen)))
    populations = _populations(table.header)
    problems = table.require(REQUIRED)
    if chosen not in table.header or chosen in (*REQUIRED, *OPTIONAL):
        problems.append(
            Problem(Code.POPULATION_UNKNOWN, file=str(path), found=population, expected=populations)
        )
    if problems:
        raise ProblemsError([*problems, *table.problems])
    _repair(table.frame)
    figures = residents(table.frame[chosen])
    latitudes = degrees(table.frame["latitudine"], limit=_MAX_LATITUDE)
    longitudes = degrees(table.frame["longitudine"], limit=_MAX_LONGITUDE)
    problems = [
        *table.problems,
        *_wrong_texts(table),
        *table.wrong(chosen, figures.wrong),
        *table.wrong("latitudine", latitudes.wrong),
        *table.wrong("longitudine", longitudes.wrong),
        *_duplicates(table),
    ]
    if problems:
        raise ProblemsError(sorted(problems, key=lambda problem: problem.line or 0))
    places = zip(latitudes.found, longitudes.found, strict=True)
    columns = {name: table.frame[name].tolist() for name in (*_TEXTS, _SUMMED)}
    comuni = tuple(_comuni(columns, chosen, figures.found, places))
    return Register(comuni, chosen, populations, read_history(path.with_name(FILE)))


def _repair(frame: "pd.DataFrame") -> None:
    """Undo, in place, what spreadsheets and programs do to codes."""
    frame["codice_istat"] = istat_codes(frame["codice_istat"])
    frame["codice_catastale"] = catastale_codes(frame["codice_catastale"])
    sigla = frame["sigla"].mask(
        frame["sigla"].str.fullmatch(_SIGLA, case=False), frame["sigla"].str.upper()
    )
    eaten = frame["codice_istat"].str.startswith(_NAPOLI_PREFIX) & sigla.isin(["", "nan", "NaN"])
    frame["sigla"] = sigla.mask(eaten, _NAPOLI_SIGLA)


def _wrong_texts(table: Table) -> list[Problem]:
    problems = []
    for column, rule in _RULES.items():
        cells = table.frame[column]
        # Each text once: there are a hundred provinces, and twenty regions.
        wrong = [text for text in set(cells.tolist()) if not rule.fits(text)]
        if wrong:
            problems += table.wrong(column, cells.isin(wrong))
    return problems


def _duplicates(table: Table) -> list[Problem]:
    """Name every row whose code another row before it has, with the line of that one."""
    problems = []
    for column in _CODES:
        cells = table.frame[column]
        again = cells[cells.duplicated() & (cells != "")]
        if again.empty:
            continue
        known = cells[cells.isin(again)].drop_duplicates()
        first = {str(code): str(line) for line, code in known.items()}
        problems += [
            Problem(
                Code.COMUNE_DUPLICATE,
                file=table.file,
                line=int(str(line)),
                key=column,
                found=str(code),
                expected=(first[str(code)],),
            )
            for line, code in again.items()
        ]
    return problems


def _comuni(
    columns: Columns,
    population: str,
    figures: Iterable[int | None],
    places: Iterable[tuple[float | None, float | None]],
) -> Iterator[Comune]:
    """Build the Comuni; provinces and regions are one string each, not one per row."""
    one: dict[str, str] = {}
    texts = zip(*(columns[column] for column in _TEXTS), strict=True)
    rows = zip(texts, columns[_SUMMED], figures, places, strict=True)
    for (istat, catastale, name, other, *where), summed, figure, place in rows:
        provincia, sigla, regione, ripartizione = (one.setdefault(text, text) for text in where)
        yield Comune(
            codice_istat=istat,
            codice_catastale=catastale,
            denominazione=name,
            denominazione_altra_lingua=other,
            provincia=provincia,
            sigla=sigla,
            regione=regione,
            ripartizione=ripartizione,
            popolazione=figure,
            popolazione_sommata=bool(summed) and population in re.split(r"[\s;,|]+", summed),
            latitudine=place[0],
            longitudine=place[1],
        )
