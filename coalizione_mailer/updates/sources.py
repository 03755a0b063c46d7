"""``data/fonti.csv``: which official file each part of the campaign's data came from, and when."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from coalizione_mailer.registry.official.values import Source
from coalizione_mailer.registry.sheets import office_csv, read_sheet

FILE = Path("data/fonti.csv")


@dataclass(frozen=True, slots=True)
class Record:
    """One official file, and the file of the campaign that was made from it.

    Field names are the columns. ``importato`` is the stamp of its copies, in UTC. ``copia`` is
    the file as it was written, kept so that what somebody changes in it later can be told from
    what was imported; ``precedente`` is what stood there before.
    """

    tipo: str
    formato: str
    file_ufficiale: str
    sha256_ufficiale: str
    byte: str
    righe: str
    aggiornato_al: str
    importato: str
    file_scritto: str
    sha256_scritto: str
    copia: str
    precedente: str


COLUMNS = tuple(field.name for field in fields(Record))


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_records(root: Path) -> tuple[Record, ...]:
    """Read the record of imports of a campaign; none where nothing was imported yet.

    Raises ProblemsError for a file that cannot be read.
    """
    path = root / FILE
    if not path.exists():
        return ()
    return tuple(
        Record(**{name: row.get(name, "") for name in COLUMNS})
        for row in read_sheet(path).records()
    )


def records_csv(records: Iterable[Record]) -> bytes:
    """Write the record of imports."""
    return office_csv(COLUMNS, ([getattr(one, name) for name in COLUMNS] for one in records))


def recorded(
    source: Source, *, day: str, written: str, digest: str, kept: str, before: str
) -> Record:
    """Make the record of one import."""
    return Record(
        tipo=source.kind.value,
        formato=source.format,
        file_ufficiale=source.file,
        sha256_ufficiale=source.sha256,
        byte=str(source.size),
        righe=str(source.rows),
        aggiornato_al=source.vintage.isoformat() if source.vintage else "",
        importato=day,
        file_scritto=written,
        sha256_scritto=digest,
        copia=kept,
        precedente=before,
    )


def copies_of(records: Iterable[Record], file: Path) -> list[str]:
    """Return where the versions of a file as imported are kept, the newest first."""
    name = file.as_posix()
    return [one.copia for one in reversed(list(records)) if one.file_scritto == name and one.copia]


def as_imported(records: Iterable[Record], file: Path, data: bytes) -> bool:
    """Tell whether a file is byte for byte what some import wrote."""
    digest, name = sha256(data), file.as_posix()
    return any(one.file_scritto == name and one.sha256_scritto == digest for one in records)
