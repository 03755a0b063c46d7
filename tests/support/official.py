"""The official files, full size, for all Comuni of ``data/comuni.csv``: invented, always the same.

What to ask for::

    places() -> tuple[Place, ...]                 the Comuni of the register, in its order
    changed_places() -> tuple[Place, ...]         the same after 2025: Sardinia recoded, one merger
    pec(place) -> str | None                      the address an import must choose; None: there is none
    mayor(place) -> Person, commissioners(place) -> tuple[Person, ...]  (most Comuni have none)

    write_ipa_csv(path, places=None, *, others=15_500, numbered=True) -> Path     IPA's enti, CSV dump
    write_ipa_xlsx(path, places=None, *, others=15_500) -> Path                   the same, zeros lost
    write_amministrazioni(path, places=None, *, others=100) -> Path               IPA before 2020, TSV
    write_classic(path, places=None, *, layout=2024) -> Path                      ISTAT: 2016|2020|2024
    write_situas(path, places=None) -> Path                                       ISTAT after 2025
    write_posas(path, places=None, *, year=2025, ages=2) -> Path                  real size: ages=101
    write_dimensioni_json(path, places=None) -> Path, write_dimensioni_csv(path, places=None) -> Path
    write_mayors(path, places=None, *, encoding="utf-8") -> Path                  sindaciincarica
    write_commissioners(path, places=None) -> Path                                organistraordinari…
    write_maggiororgano(path, places=None) -> Path                                both in one
    zipped(path) -> Path                                                          path + ".zip"

    official_files                                fixture, once per session, also under xdist:
                                                  OfficialFiles(ipa_csv, ipa_xlsx, amministrazioni,
                                                  classic_2016, classic_2020, classic_2024, situas,
                                                  posas, dimensioni_json, dimensioni_csv, mayors,
                                                  commissioners, maggiororgano) of paths; do not change
                                                  them. ``places=None`` is ``places()``, for
                                                  ``write_situas`` ``changed_places()``.

To use the fixture, import it into the test module or its conftest. What is odd in IPA's file goes
by ``oddity(place)``; nearly all Comuni have none.
"""

import csv
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import Enum, auto
from functools import cache
from pathlib import Path
from random import Random

import pytest
from filelock import FileLock

from coalizione_mailer.registry.names import normal

_REGISTER = Path(__file__).parents[2] / "data" / "comuni.csv"

UPDATED = date(2026, 9, 14)
"""The newest row of IPA's file, and the day of the ministry's."""

_SYLLABLES = (
    "ba be bo ca co da di fa fo ga la le li ma me mo na no pa pe ra ri ro sa ta te to va vi"
)
_ENDINGS = "ntini rdelli sconi ldi ssoni ttari nchi rvesi gnolo zzari"
_WOMEN = [
    "Anna",
    "Lucia",
    "Chiara",
    "Elena",
    "Marta",
    "Noè-Maria",
    "Teresa",
    "Ilaria",
    "Zoe",
    "Agnese",
]
_MEN = [
    "Andrea",
    "Luca",
    "Paolo",
    "Niccolò",
    "Pietro",
    "Gian",
    "Piero",
    "Carlo",
    "Nicola",
    "Dario",
    "Ugo",
]
# Family names that a title case would spoil.
_DELICATE = ("Nisticò", "D'Amico", "De Andreis", "Dalla Chiesa", "Lo Turco", "Dell'Orto")


@dataclass(frozen=True, slots=True)
class Place:
    """A Comune of the register; ``residents`` in 2025, ``legal`` in 2011, invented where missing."""

    number: int
    istat: str
    catastale: str
    name: str
    other: str
    provincia: str
    sigla: str
    regione: str
    ripartizione: str
    legal: int
    residents: int

    @property
    def both(self) -> str:
        """The name as on the road signs: ``Bolzano/Bozen``."""
        return f"{self.name}/{self.other}" if self.other else self.name

    @property
    def domain(self) -> str:
        """The Comune's own domain; the cadastral code tells homonyms apart."""
        return f"{normal(self.name).replace(' ', '')}-{self.catastale.lower()}.example"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone invented, spelled with care; ``sex`` is M or F."""

    given: str
    family: str
    sex: str
    office: str
    elected: date
    in_office: date


class Oddity(Enum):
    """What is odd about a Comune's row in IPA's file."""

    NONE = auto()
    NO_PEC = auto()
    """Ordinary addresses only."""
    PLACEHOLDER_FIRST = auto()
    """``da_indicare`` typed as PEC stands before the right address."""
    ORDINARY_FIRST = auto()
    ELECTORAL_FIRST = auto()
    """The electoral office's PEC stands before the protocol's."""
    WRONG_SYNTAX = auto()
    """The only PEC is no address."""
    DEVIATING_CODE = auto()
    """``Codice_IPA`` is not ``c_`` and the cadastral code."""
    UPPER_CASE = auto()
    NO_HEAD = auto()
    """A placeholder instead of the mayor."""


_ODDITIES = {
    5: Oddity.NO_PEC,
    11: Oddity.PLACEHOLDER_FIRST,
    23: Oddity.ORDINARY_FIRST,
    31: Oddity.ELECTORAL_FIRST,
    43: Oddity.WRONG_SYNTAX,
    59: Oddity.DEVIATING_CODE,
    67: Oddity.UPPER_CASE,
    79: Oddity.NO_HEAD,
}
_CYCLE = 211


def oddity(place: Place) -> Oddity:
    """Return what is odd about a Comune's row: for each oddity some 37 Comuni."""
    return _ODDITIES.get(place.number % _CYCLE, Oddity.NONE)


@cache
def places() -> tuple[Place, ...]:
    """Return the Comuni of the register, in its order."""
    with _REGISTER.open(encoding="utf-8", newline="") as stream:
        return tuple(_place(number, row) for number, row in enumerate(csv.DictReader(stream)))


def _place(number: int, row: dict[str, str]) -> Place:
    legal = int(row["popolazione_legale_2011"] or row["popolazione_2023"] or 1500)
    return Place(
        number,
        row["codice_istat"],
        row["codice_catastale"],
        row["denominazione"],
        row["denominazione_altra_lingua"],
        row["provincia"],
        row["sigla"],
        row["regione"],
        row["ripartizione"],
        legal,
        max(30, int(row["popolazione_2023"] or legal) + number % 41 - 20),
    )


# Of each old province the new ones, which share its Comuni by turns; SU changes its meaning.
_SARDINIA = {
    "SS": (("312", "112", "Sassari", "SS"), ("113", "113", "Gallura Nord-Est Sardegna", "GA")),
    "NU": (("114", "114", "Nuoro", "NU"), ("116", "116", "Ogliastra", "OG")),
    "OR": (("115", "115", "Oristano", "OR"),),
    "SU": (("117", "117", "Medio Campidano", "MD"), ("119", "119", "Sulcis Iglesiente", "SU")),
    "CA": (("318", "118", "Cagliari", "CA"),),
}
_MERGED = ("C056", "F838")


@cache
def changed_places() -> tuple[Place, ...]:
    """Return the Comuni after 2025: Sardinia's with new codes, Castegnero and Nanto as one."""
    counted: dict[str, int] = {}
    result = []
    for place in places():
        if place.catastale in _MERGED:
            if place.catastale == _MERGED[0]:
                result.append(_merger(place))
        elif place.regione == "Sardegna":
            shares = _SARDINIA[place.sigla]
            _uts, code, name, sigla = shares[place.number % len(shares)]
            counted[code] = counted.get(code, 0) + 1
            istat = f"{code}{counted[code]:03}"
            result.append(replace(place, istat=istat, provincia=name, sigla=sigla))
        else:
            result.append(place)
    return tuple(result)


def _merger(first: Place) -> Place:
    second = next(place for place in places() if place.catastale == _MERGED[1])
    return replace(
        first,
        istat="024129",
        catastale="M439",
        name="Castegnero Nanto",
        legal=first.legal + second.legal,
        residents=first.residents + second.residents,
    )


def pec(place: Place) -> str | None:
    """Return the address that an import of IPA must choose for a Comune."""
    if oddity(place) in {Oddity.NO_PEC, Oddity.WRONG_SYNTAX}:
        return None
    return f"protocollo@pec.{place.domain}"


def mayor(place: Place) -> Person:
    """Return a Comune's mayor; one in five hundred was elected more than five years ago."""
    elected = date(2019, 5, 26) if place.number % 500 == 7 else date(2024, 6, 9)
    return _person(f"mayor {place.catastale}", "Sindaco", elected, elected + timedelta(days=1))


def commissioners(place: Place) -> tuple[Person, ...]:
    """Return who governs a Comune that has no mayor: one, with a sub-commissioner, or three."""
    offices = {
        17: ("Commissario Prefettizio",),
        61: ("Commissario Straordinario", "Sub commissario Straordinario"),
        113: ("Commissione straordinaria",) * 3,
    }.get(place.number % 331, ())
    return tuple(
        _person(f"{turn} {place.catastale}", office, date(2024, 6, 9), date(2026, 3, 2))
        for turn, office in enumerate(offices)
    )


def _person(seed: str, office: str, elected: date, in_office: date) -> Person:
    random = Random(seed)
    sex = random.choice("MF")
    given = random.choice(_MEN if sex == "M" else _WOMEN)
    syllables = random.choices(_SYLLABLES.split(), k=2)
    family = "".join([*syllables, random.choice(_ENDINGS.split())]).capitalize()
    if random.random() < 0.05:
        family = random.choice(_DELICATE)
    return Person(given, family, sex, office, elected, in_office)


# ---------------------------------------------------------------------------------------- IPA

_IPA = [
    "Codice_IPA",
    "Denominazione_ente",
    "Codice_fiscale_ente",
    "Tipologia",
    "Codice_Categoria",
    "Codice_natura",
    "Codice_ateco",
    "Ente_in_liquidazione",
    "Codice_MIUR",
    "Codice_ISTAT",
    "Acronimo",
    "Nome_responsabile",
    "Cognome_responsabile",
    "Titolo_responsabile",
    "Codice_comune_ISTAT",
    "Codice_catastale_comune",
    "CAP",
    "Indirizzo",
    "Mail1",
    "Tipo_Mail1",
    "Mail2",
    "Tipo_Mail2",
    "Mail3",
    "Tipo_Mail3",
    "Mail4",
    "Tipo_Mail4",
    "Mail5",
    "Tipo_Mail5",
    "Sito_istituzionale",
    "Url_facebook",
    "Url_linkedin",
    "Url_twitter",
    "Url_youtube",
    "Data_aggiornamento",
]
_PEC_TYPES = ("Pec", "pec", "PEC", "Pec")


def _mails(place: Place) -> list[tuple[str, str]]:
    right = f"protocollo@pec.{place.domain}"
    kind = _PEC_TYPES[place.number % len(_PEC_TYPES)]
    ordinary = (f"info@comune.{place.domain}", "Altro")
    match oddity(place):
        case Oddity.NO_PEC:
            return [ordinary, (f"sindaco@comune.{place.domain}", "altro")]
        case Oddity.PLACEHOLDER_FIRST:
            return [("da_indicare", kind), (right, kind)]
        case Oddity.ORDINARY_FIRST:
            return [ordinary, (right, kind)]
        case Oddity.ELECTORAL_FIRST:
            return [(f"elettorale@pec.{place.domain}", kind), (right, kind), ordinary]
        case Oddity.WRONG_SYNTAX:
            return [(f"protocollo@@pec.{place.domain}", kind), ordinary]
        case Oddity.UPPER_CASE:
            return [(right.upper(), kind)]
        case _:
            extra = [(f"anagrafe@pec.{place.domain}", kind)] if place.number % 3 == 0 else []
            return [(right, kind), *extra, *([ordinary] if place.number % 2 else [])]


def _body(place: Place) -> dict[str, str]:
    """Return a Comune's row of IPA's file."""
    person = mayor(place)
    code = f"c_{place.catastale.lower()}"
    row = {
        "Codice_IPA": f"UF{place.number:06}" if oddity(place) is Oddity.DEVIATING_CODE else code,
        "Denominazione_ente": f"Comune di {place.name}",
        "Codice_fiscale_ente": f"{80000000000 + place.number:011}",
        "Tipologia": "Pubbliche Amministrazioni",
        "Codice_Categoria": "L6",
        "Codice_natura": "2430",
        "Codice_ateco": "84.11.10",
        "Ente_in_liquidazione": "N",
        "Nome_responsabile": person.given,
        "Cognome_responsabile": person.family,
        "Titolo_responsabile": "Sindaco",
        **_seat(place),
        "Sito_istituzionale": f"www.comune.{place.domain}",
        "Data_aggiornamento": (UPDATED - timedelta(days=place.number % 900)).isoformat(),
    }
    if oddity(place) is Oddity.NO_HEAD:
        row |= {"Nome_responsabile": "da_indicare", "Cognome_responsabile": "n.d."}
    return row | _mail_cells(_mails(place))


def _seat(place: Place) -> dict[str, str]:
    return {
        "Codice_comune_ISTAT": place.istat,
        "Codice_catastale_comune": place.catastale,
        "CAP": f"{place.number % 98000 + 10:05}",
        "Indirizzo": f"Piazza dell'Esempio, {place.number % 40 + 1}",
    }


def _mail_cells(mails: Sequence[tuple[str, str]]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for position, (address, kind) in enumerate(mails, start=1):
        cells |= {f"Mail{position}": address, f"Tipo_Mail{position}": kind}
    return cells


_OTHERS = (
    ("L33", "Istituto comprensivo statale", "Dirigente scolastico"),
    ("L7", "Azienda sanitaria locale", "Direttore generale"),
    ("L18", "Unione dei Comuni", "Presidente"),
    ("SAG", "Società in house", "Amministratore delegato"),
    ("L6", "Consorzio dei Comuni di", "Presidente"),
)


def _other(number: int, place: Place) -> dict[str, str]:
    """Return a school's, a health body's, a consortium's row, with its seat in a Comune."""
    # Consortia are in the Comuni's own category, and rare.
    category, name, title = _OTHERS[number % 4 if number % 40 else 4]
    domain = f"ente{number}.example"
    person = _person(f"other {number}", title, UPDATED, UPDATED)
    return {
        "Codice_IPA": f"ente_{number}",
        "Denominazione_ente": f'{name} "{place.name}"'
        if category == "L33"
        else f"{name} {place.name}",
        "Codice_fiscale_ente": f"{90000000000 + number:011}",
        "Tipologia": "Gestori di Pubblici Servizi"
        if category == "SAG"
        else "Pubbliche Amministrazioni",
        "Codice_Categoria": category,
        "Ente_in_liquidazione": "N",
        "Nome_responsabile": person.given,
        "Cognome_responsabile": person.family,
        "Titolo_responsabile": title,
        **_seat(place),
        **_mail_cells([(f"ente@pec.{domain}", "Pec"), (f"info@{domain}", "Altro")]),
        "Sito_istituzionale": f"www.{domain}",
        "Data_aggiornamento": "2024-02-29",
    }


def _bodies(chosen: Sequence[Place] | None, others: int) -> list[dict[str, str]]:
    """Return the rows of IPA's file in no order that means something: by fiscal code's digits."""
    known = places() if chosen is None else chosen
    rows = [_body(place) for place in known]
    rows += [_other(number, known[number * 7 % len(known)]) for number in range(others)]
    Random(4).shuffle(rows)
    return rows


def write_ipa_csv(
    path: Path,
    chosen: Sequence[Place] | None = None,
    *,
    others: int = 15_500,
    numbered: bool = True,
) -> Path:
    """Write IPA's enti as its CSV dump: UTF-8 with BOM, commas, ``_id`` first where numbered."""
    header = ["_id", *_IPA] if numbered else _IPA
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, header, restval="", extrasaction="ignore")
        writer.writeheader()
        for number, row in enumerate(_bodies(chosen, others), start=1):
            writer.writerow({"_id": number, **row})
    return path


def write_ipa_xlsx(
    path: Path, chosen: Sequence[Place] | None = None, *, others: int = 15_500
) -> Path:
    """Write IPA's enti as a spreadsheet: codes of digits are numbers, dates are dates."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True, "in_memory": False}) as book:
        sheet = book.add_worksheet("enti")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, _IPA)
        numbers = {_IPA.index(n) for n in ("Codice_comune_ISTAT", "CAP", "Codice_fiscale_ente")}
        for line, row in enumerate(_bodies(chosen, others), start=1):
            for place, column in enumerate(_IPA):
                if not (cell := row.get(column, "")):
                    continue
                if place in numbers:
                    sheet.write_number(line, place, int(cell))
                elif column == "Data_aggiornamento":
                    sheet.write_datetime(line, place, date.fromisoformat(cell), day)
                else:
                    sheet.write_string(line, place, cell)
    return path


_OLD_IPA = [
    "cod_amm",
    "des_amm",
    "Comune",
    "nome_resp",
    "cogn_resp",
    "Cap",
    "Provincia",
    "Regione",
    "sito_istituzionale",
    "Indirizzo",
    "titolo_resp",
    "tipologia_istat",
    "tipologia_amm",
    "acronimo",
    "cf_validato",
    "Cf",
    "mail1",
    "tipo_mail1",
    "mail2",
    "tipo_mail2",
    "mail3",
    "tipo_mail3",
    "mail4",
    "tipo_mail4",
    "mail5",
    "tipo_mail5",
    "url_facebook",
    "url_twitter",
    "url_googleplus",
    "url_youtube",
    "liv_accessibili",
]


def write_amministrazioni(
    path: Path, chosen: Sequence[Place] | None = None, *, others: int = 100
) -> Path:
    """Write IPA's old amministrazioni.txt: tabs, no quotes, ``null`` where there is nothing."""
    known = places() if chosen is None else chosen
    lines = ["\t".join(_OLD_IPA)]
    lines += ["\t".join(_old_body(place, _body(place), comune=True)) for place in known]
    for number in range(others):
        place = known[number % len(known)]
        lines.append("\t".join(_old_body(place, _other(number, place), comune=False)))
    path.write_bytes("\n".join([*lines, ""]).encode())
    return path


def _old_body(place: Place, row: dict[str, str], *, comune: bool) -> Iterator[str]:
    kinds = "Comuni e loro Consorzi e Associazioni" if comune else "Aziende Sanitarie Locali"
    cells = {
        "cod_amm": row["Codice_IPA"],
        "des_amm": row["Denominazione_ente"],
        "Comune": place.name,
        "nome_resp": row["Nome_responsabile"],
        "cogn_resp": row["Cognome_responsabile"],
        "Cap": row["CAP"],
        "Provincia": place.sigla,
        "Regione": place.regione,
        "sito_istituzionale": row["Sito_istituzionale"],
        "Indirizzo": row["Indirizzo"],
        "titolo_resp": row["Titolo_responsabile"],
        "tipologia_istat": kinds,
        "tipologia_amm": row["Tipologia"],
        "cf_validato": "S",
        "Cf": row["Codice_fiscale_ente"],
    }
    for position in range(1, 6):
        cells[f"mail{position}"] = row.get(f"Mail{position}") or "null"
        cells[f"tipo_mail{position}"] = row.get(f"Tipo_Mail{position}", "null").lower()
    return (cells.get(column, "") for column in _OLD_IPA)


# -------------------------------------------------------------------------------------- ISTAT

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


def _region(place: Place) -> str:
    return f"{_REGIONS.index(place.regione) + 1:02}" if place.regione in _REGIONS else "00"


def _part(place: Place) -> str:
    return str(_PARTS.index(place.ripartizione) + 1)


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _short(place: Place) -> str:
    return str(int(place.istat))


_LEGAL: _Cells = (("Popolazione legale 2011 (09/10/2011)", lambda p: _dotted(p.legal)),)


def _classic_start(*, padded: bool) -> _Cells:
    return (
        ("Codice Regione", _region),
        (f"Codice dell'{_UTS}", lambda p: p.istat[:3]),
        ("Codice Provincia (Storico)(1)", lambda p: p.istat[:3]),
        ("Progressivo del Comune (2)", lambda p: f" {p.istat[3:]} " if padded else p.istat[3:]),
        ("Codice Comune formato alfanumerico", lambda p: p.istat),
        ("Denominazione (Italiana e straniera)", lambda p: p.both),
        ("Denominazione in italiano", lambda p: p.name),
        ("Denominazione altra lingua", lambda p: p.other),
        ("Codice Ripartizione Geografica", _part),
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
        ("Codice Regione", _region),
        ("Codice Città Metropolitana", lambda _: "-"),
        ("Codice Provincia (1)", lambda p: p.istat[:3]),
        ("Progressivo del Comune (2)", lambda p: f" {p.istat[3:]} "),
        ("Codice Comune formato alfanumerico", lambda p: p.istat),
        ("Denominazione in italiano", lambda p: p.name),
        ("Denominazione in tedesco", lambda p: p.other if p.sigla == "BZ" else ""),
        ("Codice Ripartizione Geografica", _part),
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
    ("Codice Ripartizione geografica", _part),
    ("Codice Regione", _region),
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


# ---------------------------------------------------------------------------------- population


def write_posas(
    path: Path, chosen: Sequence[Place] | None = None, *, year: int = 2025, ages: int = 2
) -> Path:
    """Write ISTAT's POSAS: a row for each age, then the total as age 999; a note at the end."""
    known = places() if chosen is None else chosen
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        stream.write(f'"Popolazione residente per età e sesso al 1° gennaio {year}"\n')
        stream.write('"Codice comune";"Comune";"Età";"Totale maschi";"Totale femmine";"Totale"\n')
        for place in known:
            stream.writelines(_ages(place, ages))
        stream.write('"Nota: lo stato civile è in corso di validazione."\n')
    return path


def _ages(place: Place, ages: int) -> Iterator[str]:
    start = f'"{place.istat}";"{place.name}"'
    share, rest = divmod(place.residents, ages)
    for age in range(ages):
        count = share + (age < rest)
        yield f"{start};{age};{count // 2};{count - count // 2};{count}\n"
    men = sum((share + (age < rest)) // 2 for age in range(ages))
    yield f"{start};999;{men};{place.residents - men};{place.residents}\n"


def _dimensions(place: Place) -> dict[str, str | int | None]:
    return {
        "COD_RIP": int(_part(place)),
        "COD_REG": _region(place),
        "COD_PROV_STORICO": place.istat[:3],
        "COD_UTS": int(place.istat[:3]),
        # SITUAS writes codes without leading zeros as numbers.
        "PRO_COM_T": place.istat if place.istat.startswith("0") else int(place.istat),
        "PRO_COM": int(place.istat),
        "COMUNE": place.name,
        "COMUNE_A": place.other or None,
        "SIGLA_AUTOMOBILISTICA": place.sigla,
        "POP_LEG": place.residents + 7,
        "ANNO_CENSIMENTO": 2021,
        "AREA_KMQ": "13,2851",
        "ANNO_AREA": 2024,
        "POP_RES": place.residents,
        "ANNO_POP_RES": 2022,
    }


def write_dimensioni_json(path: Path, chosen: Sequence[Place] | None = None) -> Path:
    """Write SITUAS's dimensions of the Comuni as JSON; the legal population is residents + 7."""
    rows = [_dimensions(place) for place in (places() if chosen is None else chosen)]
    path.write_text(json.dumps({"resultset": rows}, indent=1, ensure_ascii=False), encoding="utf-8")
    return path


def write_dimensioni_csv(path: Path, chosen: Sequence[Place] | None = None) -> Path:
    """Write the same as CSV."""
    rows = [_dimensions(place) for place in (places() if chosen is None else chosen)]
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


# ------------------------------------------------------------------------ the Interior Ministry

_ACCENTS = str.maketrans({"À": "A'", "È": "E'", "É": "E'", "Ì": "I'", "Ò": "O'", "Ù": "U'"})
_PLACE = [
    "codice_regione",
    "codice_provincia",
    "codice_comune",
    "denominazione_comune",
    "sigla_provincia",
    "popolazione_censita_alla_data_elezione",
    "cognome",
    "nome",
]
_MAYOR = [
    *_PLACE,
    *[
        "sesso",
        "data_nascita",
        "luogo_nascita",
        "livello_carica",
        "descrizione_carica",
        "data_elezione",
    ],
    *["data_entrata_in_carica", "lista_appartenenza/collegamento", "titolo_studio", "professione"],
]
_COMMISSIONER = [*_PLACE, "descrizione_carica", "data_elezione", "data_entrata_in_carica"]
_HIGHEST = [
    *_PLACE,
    *["sesso", "data_nascita", "luogo_nascita", "descrizione_carica", "incarico", "data_elezione"],
    *["data_entrata_in_carica", "lista_appartenenza/collegamento", "titolo_studio", "professione"],
]


def shouted(text: str) -> str:
    """Write as the ministry does: upper case, accents as apostrophes (NISTICO')."""
    return text.upper().translate(_ACCENTS)


def _office_row(place: Place, person: Person) -> dict[str, str]:
    return {
        "codice_regione": _region(place),
        "codice_provincia": f"{int(place.istat[:3]) + 1:03}",
        "codice_comune": f"{int(place.istat[3:]) * 10:04}",
        "denominazione_comune": shouted(place.both),
        "sigla_provincia": place.sigla,
        "popolazione_censita_alla_data_elezione": str(place.legal),
        "cognome": shouted(person.family),
        "nome": shouted(person.given),
        "sesso": person.sex,
        "data_nascita": "29/02/1972",
        "luogo_nascita": f"{shouted(place.name)} ({place.sigla})",
        "livello_carica": "10",
        "descrizione_carica": person.office,
        "data_elezione": f"{person.elected:%d/%m/%Y}",
        "data_entrata_in_carica": f"{person.in_office:%d/%m/%Y}",
        "lista_appartenenza/collegamento": "INSIEME PER L'ESEMPIO",
        "titolo_studio": "Laurea Magistrale",
        "professione": "IMPIEGATI  AMMINISTRATIVI NON ALTROVE CLASSIFICATI",
    }


def _ministry(
    path: Path,
    title: str,
    columns: Sequence[str],
    rows: Iterable[dict[str, str]],
    encoding: str = "utf-8",
) -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        stream.write(f'"{title} - elenco completo Italia"\n"Aggiornato al {UPDATED:%d/%m/%Y}"\n')
        writer = csv.DictWriter(
            stream,
            columns,
            delimiter=";",
            quoting=csv.QUOTE_ALL,
            lineterminator="\n",
            extrasaction="ignore",
        )
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_mayors(
    path: Path, chosen: Sequence[Place] | None = None, *, encoding: str = "utf-8"
) -> Path:
    """Write the ministry's sindaciincarica: whoever is governed by commissioners is not in it."""
    known = places() if chosen is None else chosen
    rows = (_office_row(place, mayor(place)) for place in known if not commissioners(place))
    return _ministry(path, "Sindaci", _MAYOR, rows, encoding)


def write_commissioners(path: Path, chosen: Sequence[Place] | None = None) -> Path:
    """Write the ministry's organistraordinariincarica: one row a person, no sex."""
    known = places() if chosen is None else chosen
    rows = (_office_row(place, person) for place in known for person in commissioners(place))
    return _ministry(path, "Organi straordinari di governo", _COMMISSIONER, rows)


def write_maggiororgano(path: Path, chosen: Sequence[Place] | None = None) -> Path:
    """Write the ministry's maggiororgano: mayors and commissioners in one."""
    known = places() if chosen is None else chosen
    rows = (
        _office_row(place, person)
        for place in known
        for person in commissioners(place) or (mayor(place),)
    )
    return _ministry(path, "Maggior organo in carica nei Comuni", _HIGHEST, rows)


# ------------------------------------------------------------------------------------ all files


def zipped(path: Path) -> Path:
    """Write a file's ZIP beside it, as ISTAT publishes POSAS."""
    target = path.with_name(f"{path.name}.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, path.name)
    return target


@dataclass(frozen=True, slots=True)
class OfficialFiles:
    """Every official file, full size; they are shared by all tests and never changed."""

    ipa_csv: Path
    ipa_xlsx: Path
    amministrazioni: Path
    classic_2016: Path
    classic_2020: Path
    classic_2024: Path
    situas: Path
    posas: Path
    dimensioni_json: Path
    dimensioni_csv: Path
    mayors: Path
    commissioners: Path
    maggiororgano: Path


_NAMES = OfficialFiles(
    *map(
        Path,
        (
            "enti.csv",
            "enti.xlsx",
            "amministrazioni.txt",
            "Elenco-comuni-italiani-2016.csv",
            "Elenco-comuni-italiani-2020.csv",
            "Elenco-comuni-italiani.csv",
            "Elenco-comuni-SITUAS.csv",
            "POSAS_2025_it_Comuni.csv",
            "dimensioni-comuni.json",
            "dimensioni-comuni.csv",
            "sindaciincarica.csv",
            "organistraordinariincarica.csv",
            "maggiororgano.csv",
        ),
    )
)


def write_all(folder: Path) -> OfficialFiles:
    """Write every official file into a folder; takes some seconds."""
    paths = (folder / getattr(_NAMES, field.name) for field in fields(OfficialFiles))
    files = OfficialFiles(*paths)
    write_ipa_csv(files.ipa_csv)
    write_ipa_xlsx(files.ipa_xlsx)
    write_amministrazioni(files.amministrazioni)
    write_classic(files.classic_2016, layout=2016)
    write_classic(files.classic_2020, layout=2020)
    write_classic(files.classic_2024)
    write_situas(files.situas)
    write_posas(files.posas)
    write_dimensioni_json(files.dimensioni_json)
    write_dimensioni_csv(files.dimensioni_csv)
    write_mayors(files.mayors)
    write_commissioners(files.commissioners)
    write_maggiororgano(files.maggiororgano)
    return files


@pytest.fixture(scope="session")
def official_files(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> OfficialFiles:
    """Write the official files once a session, whichever worker comes first."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    folder = shared / "official"
    with FileLock(shared / "official.lock"):
        if not (folder / "done").exists():
            folder.mkdir(exist_ok=True)
            write_all(folder)
            (folder / "done").touch()
    paths = (folder / getattr(_NAMES, field.name) for field in fields(OfficialFiles))
    return OfficialFiles(*paths)
