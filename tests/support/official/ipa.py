"""IPA's enti as CSV and XLSX, and its amministrazioni.txt of old."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

import xlsxwriter

from tests.support.official.places import UPDATED, Oddity, Place, invented, mayor, oddity, places

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
    odd = {
        Oddity.NO_PEC: [ordinary, (f"sindaco@comune.{place.domain}", "altro")],
        Oddity.PLACEHOLDER_FIRST: [("da_indicare", kind), (right, kind)],
        Oddity.ORDINARY_FIRST: [ordinary, (right, kind)],
        Oddity.ELECTORAL_FIRST: [(f"elettorale@pec.{place.domain}", kind), (right, kind), ordinary],
        Oddity.WRONG_SYNTAX: [(f"protocollo@@pec.{place.domain}", kind), ordinary],
        Oddity.UPPER_CASE: [(right.upper(), kind)],
    }
    extra = [(f"anagrafe@pec.{place.domain}", kind)] if place.number % 3 == 0 else []
    usual = [(right, kind), *extra, *([ordinary] if place.number % 2 else [])]
    return odd.get(oddity(place), usual)


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
    person = invented(f"other {number}", title, UPDATED, UPDATED)
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
