"""ISTAT's residents: POSAS, and SITUAS's dimensions of the Comuni."""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support.official.istat import part_code, region_code
from tests.support.official.places import Place, places


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
        "COD_RIP": int(part_code(place)),
        "COD_REG": region_code(place),
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
