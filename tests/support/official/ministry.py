"""The Interior Ministry's mayors and commissioners."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.support.official.istat import region_code
from tests.support.official.places import UPDATED, Person, Place, commissioners, mayor, places

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
        "codice_regione": region_code(place),
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
