"""Where evidence is put: a folder, or one zip; each with the hashes of all that is in it.

The same record gives the same bytes: moments come from the record, and the zip packs nothing,
since two versions of a packer need not give the same.
"""

import hashlib
import tempfile
import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.files import ASIDE, explained, replacing
from coalizione_mailer.pages.times import in_rome

SUMS = "SHA256SUMS"

_SHOWN = 3
# What a zip can say of a date (APPNOTE.TXT, 4.4.6), in years.
_FIRST_YEAR, _LAST_YEAR = 1980, 2107
_READABLE = 0o100644 << 16
_UNIX = 3
_PIECE = 2**20


class Binder(Protocol):
    """Takes files one after the other."""

    def add(self, name: str, pieces: Iterable[bytes], at: float) -> None:
        """Put in a file of this moment (epoch seconds)."""
        ...


class Sums:
    """The hashes of what was put in, in the form of ``sha256sum``; kept on the disk meanwhile."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool
        self.files = 0
        self.bytes = 0

    def counted(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Hand on the pieces of a file, and note its hash at the end."""
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
            self.bytes += len(piece)
            yield piece
        self.files += 1
        self._spool.write(f"{digest.hexdigest()}  {name}\n".encode())

    def lines(self) -> Iterator[bytes]:
        """Give the list."""
        self._spool.seek(0)
        while piece := self._spool.read(_PIECE):
            yield piece


@contextmanager
def sums() -> Iterator[Sums]:
    """Open a list of hashes."""
    with tempfile.TemporaryFile() as spool:
        yield Sums(spool)


class ZipBinder:
    """Puts files into an open zip."""

    def __init__(self, archive: zipfile.ZipFile, sums: Sums) -> None:
        self._archive = archive
        self._sums = sums

    def add(self, name: str, pieces: Iterable[bytes], at: float) -> None:
        """Put in a file, piece by piece."""
        self._write(name, self._sums.counted(name, pieces), at)

    def seal(self, at: float) -> None:
        """Put in the list of hashes; nothing comes after it."""
        self._write(SUMS, self._sums.lines(), at)

    def _write(self, name: str, pieces: Iterable[bytes], at: float) -> None:
        info = zipfile.ZipInfo(name, _dos_time(at))
        info.external_attr = _READABLE
        info.create_system = _UNIX
        with self._archive.open(info, "w", force_zip64=True) as entry:
            for piece in pieces:
                entry.write(piece)


@contextmanager
def zip_binder(target: Path, sums: Sums) -> Iterator[ZipBinder]:
    """Open a zip that appears under its name when it is whole; raises ProblemsError."""
    with (
        replacing(target) as made,
        zipfile.ZipFile(made, "w", zipfile.ZIP_STORED, allowZip64=True) as archive,
    ):
        yield ZipBinder(archive, sums)


class FolderBinder:
    """Puts files into a folder; what lies there already with the same bytes stays as it is."""

    def __init__(self, folder: Path, sums: Sums) -> None:
        self._folder = folder
        self._sums = sums

    def add(self, name: str, pieces: Iterable[bytes], at: float) -> None:  # noqa: ARG002  a folder dates by itself
        """Put in a file."""
        self._write(name, self._sums.counted(name, pieces))

    def seal(self) -> None:
        """Put in the list of hashes."""
        self._write(SUMS, self._sums.lines())

    def _write(self, name: str, pieces: Iterable[bytes]) -> None:
        data = b"".join(pieces)
        target = self._folder / name
        with suppress(OSError):
            if target.read_bytes() == data:
                return
        with replacing(target) as made:
            made.write_bytes(data)


def refuse_strangers(folder: Path, ours: Collection[str]) -> None:
    """Raise ProblemsError for a folder that holds anything else than what is about to be written.

    So a folder is new, or an earlier handing over of the same: that one is completed.
    """
    with explained(folder):
        if not folder.exists():
            return
        there = sorted(path.name for path in folder.iterdir())
    for name in there:
        # Of a run that was killed.
        if name.startswith(ASIDE):
            with suppress(OSError):
                (folder / name).unlink()
    strangers = [name for name in there if name not in ours and not name.startswith(".")]
    if strangers:
        found = ", ".join(strangers[:_SHOWN])
        raise ProblemsError([Problem(Code.FOLDER_NOT_EMPTY, file=str(folder), found=found)])


def _dos_time(at: float) -> tuple[int, int, int, int, int, int]:
    moment = in_rome(at)
    if moment is None or moment.year < _FIRST_YEAR:
        return (_FIRST_YEAR, 1, 1, 0, 0, 0)
    if moment.year > _LAST_YEAR:
        return (_LAST_YEAR, 12, 31, 23, 59, 58)
    return (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
