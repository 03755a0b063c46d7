"""ISTAT's lists of Comuni: classic layouts and SITUAS."""

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.support.official.places import Place, changed_places, places

_UTS = "Unità territoriale sovracomunale \n(valida a fini statistici)"
_REGIONS = [
    "Piemonte",
    "Valle d'Aosta/Vallée d'Aoste",
    "Lombardia",
    "Trentino-Alto Adige/Südtirol",
    "Veneto",
    "Friuli-Venezia Giulia",
    "Liguria",
    "Emilia-Romagna",
    "Toscana",
    "Umbria",
    "Marche",
    "Lazio",
    "Abruzzo",
    "Molise",
    "Campania",
    "Puglia",
    "Basilicata",
    "Calabria",
    "Sicilia",
    "Sardegna",
]
_PARTS = ("Nord-ovest", "Nord-est", "Centro", "Sud", "Isole")
_Cells = tuple[tuple[str, Callable[[Place], str]], ...]


def region_code(place: Place) -> str:
    return f"{_REGIONS.index(place.regione) + 1:02}" if place.regione in _REGIONS else "00"


def part_code(place: Place) -> str:
    return str(_PARTS.index(place.ripartizione) + 1)


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _short(place: Place) -> str:
    return str(int(place.istat))


_LEGAL: _Cells = (("Popolazione legale 2011 (09/10/2011)", lambda p: _dotted(p.legal)),)


def _classic_start(*, padded: bool) -> _Cells:
    return (
        ("Codice Regione", region_code),
        (f"Codice dell'{_UTS}", lambda p: p.istat[:3]),
        ("Codice Provincia (Storico)(1)", lambda p: p.istat[:3]),
        ("Progressivo del Comune (2)", lambda p: f" {p.istat[3:]} " if padded else p.istat[3:]),
        ("Codice Comune formato alfanumerico", lambda p: p.istat),
        ("Denominazione (Italiana e straniera)", lambda p: p.both),
        ("Denominazione in italiano", lambda p: p.name),
        ("Denominazione altra lingua", lambda p: p.other),
        ("Codice Ripartizione Geografica", part_code),
        ("Ripartizione geografica", lambda p: p.ripartizione),
    )


def _classic_end(capital: str, *years: int) -> _Cells:
    numeric: list[tuple[str, Callable[[Place], str]]] = [
        (capital, lambda p: "1" if p.name == p.provincia else "0"),
        ("Sigla automobilistica", lambda p: p.sigla),
        ("Codice Comune formato numerico", _short),
    ]
    spans = {110: "2010 al 2016", 107: "2006 al 2009", 103: "1995 al 2005"}
    numeric += [
        (f"Codice Comune numerico con {n} province (dal {spans[n]})", _short) for n in years
    ]
    return (*numeric, ("Codice Catastale del comune", lambda p: p.catastale))


_FLAG = "Flag Comune capoluogo di provincia/città metropolitana/libero consorzio"
_LAYOUTS: dict[int, _Cells] = {
    2016: (
        ("Codice Regione", region_code),
        ("Codice Città Metropolitana", lambda _: "-"),
        ("Codice Provincia (1)", lambda p: p.istat[:3]),
        ("Progressivo del Comune (2)", lambda p: f" {p.istat[3:]} "),
        ("Codice Comune formato alfanumerico", lambda p: p.istat),
        ("Denominazione in italiano", lambda p: p.name),
        ("Denominazione in tedesco", lambda p: p.other if p.sigla == "BZ" else ""),
        ("Codice Ripartizione Geografica", part_code),
        ("Ripartizione geografica", lambda p: p.ripartizione),
        ("Denominazione regione", lambda p: p.regione),
        ("Denominazione Città metropolitana", lambda p: p.provincia if p.sigla == "TO" else "-"),
        ("Denominazione provincia", lambda p: "-" if p.sigla == "TO" else p.provincia),
        *_classic_end("Flag Comune capoluogo di provincia", 107, 103),
        *_LEGAL,
        ("Codice NUTS1 2010", lambda _: "ITC"),
        ("Codice NUTS2 2010 (3) ", lambda _: "ITC1"),
        ("", lambda _: ""),
    ),
    2020: (
        *_classic_start(padded=True),
        ("Denominazione regione", lambda p: p.regione),
        (f"Denominazione dell'{_UTS}", lambda p: p.provincia),
        *_classic_end(_FLAG, 110, 107, 103),
        *_LEGAL,
        ("NUTS1", lambda _: "ITC"),
        ("NUTS2(3) ", lambda _: "ITC1"),
        ("NUTS3", lambda _: "ITC11"),
    ),
    2024: (
        *_classic_start(padded=False),
        ("Denominazione Regione", lambda p: p.regione),
        (f"Denominazione dell'{_UTS}", lambda p: p.provincia),
        ("Tipologia di Unità territoriale sovracomunale ", lambda _: "1"),
        *_classic_end(_FLAG, 110, 107, 103),
        ("Codice NUTS1 2021", lambda _: "ITC"),
        ("Codice NUTS2 2021 (3) ", lambda _: "ITC1"),
        ("Codice NUTS1 2024", lambda _: "ITC"),
    ),
}
_SITUAS: _Cells = (
    ("Codice Ripartizione geografica", part_code),
    ("Codice Regione", region_code),
    ("Codice Provincia (Storico)", lambda p: p.istat[:3]),
    ("Codice Provincia/Uts", lambda p: p.istat[:3]),
    ("Codice Comune (alfanumerico)", lambda p: p.istat),
    ("Codice Comune (numerico)", _short),
    ("Comune", lambda p: p.both),
    ("Comune (dizione italiana)", lambda p: p.name),
    ("Comune (dizione straniera)", lambda p: p.other),
    ("Ripartizione geografica", lambda p: p.ripartizione),
    ("Regione", lambda p: p.regione),
    ("Provincia/Uts", lambda p: p.provincia),
    ("Tipologia Provincia/Uts", lambda _: "1"),
    ("Capoluogo di regione", lambda _: "0"),
    ("Capoluogo di provincia/uts", lambda p: "1" if p.name == p.provincia else "0"),
    ("Sigla automobilistica", lambda p: p.sigla),
    ("Codice catasto", lambda p: p.catastale),
    ("Codice fiscale", lambda p: f"{80000000000 + p.number:011}"),
    ("Codice NUTS1 2024", lambda _: "ITC"),
)


def _listed(path: Path, known: Iterable[Place], cells: _Cells, encoding: str) -> Path:
    # As ISTAT does with the Slovenian letters that its encoding has not: "So?i".
    with path.open("w", encoding=encoding, errors="replace", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(name for name, _cell in cells)
        writer.writerows([cell(place) for _name, cell in cells] for place in known)
    return path


def write_classic(path: Path, chosen: Sequence[Place] | None = None, *, layout: int = 2024) -> Path:
    """Write ISTAT's classic list: cp1252, semicolons, line feeds inside two names of columns."""
    return _listed(path, places() if chosen is None else chosen, _LAYOUTS[layout], "cp1252")


def write_situas(path: Path, chosen: Sequence[Place] | None = None) -> Path:
    """Write ISTAT's list as SITUAS exports it: UTF-8 with BOM, other names of columns."""
    return _listed(path, changed_places() if chosen is None else chosen, _SITUAS, "utf-8-sig")
