"""All official files in one folder, written once a session."""

import zipfile
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from filelock import FileLock

from tests.support.official.ipa import write_amministrazioni, write_ipa_csv, write_ipa_xlsx
from tests.support.official.istat import write_classic, write_situas
from tests.support.official.ministry import write_commissioners, write_maggiororgano, write_mayors
from tests.support.official.population import (
    write_dimensioni_csv,
    write_dimensioni_json,
    write_posas,
)


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
