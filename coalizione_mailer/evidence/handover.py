"""Handing over: the evidence of one Comune into a folder, or of all into one zip.

Everything is read in one view of the ledger, Comune by Comune; bytes that are no longer those of
their hash are named, and never handed over as proof.
"""

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from enum import StrEnum, unique
from itertools import chain
from pathlib import Path

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.evidence import index
from coalizione_mailer.evidence.binder import (
    SUMS,
    Binder,
    FolderBinder,
    refuse_strangers,
    sums,
    zip_binder,
)
from coalizione_mailer.evidence.sheaf import Exhibit, Sheaf, loose, sheaves
from coalizione_mailer.evidence.vault import Vault
from coalizione_mailer.ledger import receipts
from coalizione_mailer.ledger.dossiers import Extent, dossiers, extent, sendings
from coalizione_mailer.ledger.store import Ledger, Transaction
from coalizione_mailer.registry.sheets import office_lines


@unique
class Part(StrEnum):
    """What takes its time: the letters one by one, then the index of them all."""

    LETTERS = "letters"
    INDEX = "index"


Progress = Callable[[Part, int], AbstractContextManager[Callable[[], None]]]
"""Shows how far a part is: told of how many steps it has, gives what is called for each."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed over, and where; ``damaged`` names what could not be."""

    path: Path
    extent: Extent
    files: int
    bytes: int
    damaged: tuple[str, ...]


def measure(ledger: Ledger) -> Extent:
    """Say how much there is in all."""
    with ledger.reading() as connection:
        return extent(connection)


def folder(ledger: Ledger, catastale: str, target: Path) -> Handed:
    """Hand over one Comune into a folder, new or of an earlier handing over of the same.

    Raises ProblemsError when the folder holds something else, or cannot be written.
    """
    with ledger.reading() as connection, sums() as listed:
        (sheaf,) = sheaves(dossiers(connection, [catastale]))
        names = {exhibit.name for exhibit in sheaf.exhibits()}
        refuse_strangers(target, names | {index.PAGE, index.SHEET, SUMS})
        binder = FolderBinder(target, listed)
        damaged = _exhibits(binder, Vault(connection), sheaf, "")
        rows = index.rows(sheaf, damaged)
        binder.add(index.PAGE, index.comune_page(sheaf, damaged, root=False), sheaf.latest)
        binder.add(index.SHEET, office_lines(index.HEADER, rows), sheaf.latest)
        binder.seal()
        measured = extent(connection, [catastale])
    return Handed(target, measured, listed.files, listed.bytes, tuple(damaged))


def archive(ledger: Ledger, target: Path, progress: Progress) -> Handed:
    """Hand over all Comuni as one zip, whole or not at all.

    Raises ProblemsError when it cannot be written, or has no room.
    """
    with ledger.reading() as connection, sums() as listed:
        measured = extent(connection)
        _need_room(target, measured)
        with zip_binder(target, listed) as binder:
            with progress(Part.LETTERS, measured.letters) as step:
                damaged, latest = _all(binder, connection, step)
            others = loose(receipts.of_nobody(connection))
            vault = Vault(connection)
            for exhibit in others:
                _put(binder, exhibit.name, vault.returned(exhibit), exhibit.at, damaged)
            (*_earlier, last) = sendings(connection)
            # The ledger is read again for each: what is in the index need not lie in memory.
            with progress(Part.INDEX, 2 * measured.letters) as step:
                every = _told(_every(connection), step)
                page = index.root_page(every, others, damaged, last, measured, latest)
                binder.add(index.PAGE, page, latest)
                every = _told(_every(connection), step)
                binder.add(index.SHEET, _sheet(every, others, damaged), latest)
            binder.seal(latest)
    return Handed(target, measured, listed.files, listed.bytes, tuple(damaged))


def _every(connection: Transaction) -> Iterator[Sheaf]:
    return sheaves(dossiers(connection))


def _told(every: Iterable[Sheaf], step: Callable[[], None]) -> Iterator[Sheaf]:
    """Call ``step`` once for each letter."""
    for sheaf in every:
        yield sheaf
        for _letter in sheaf.files:
            step()


def _sheet(
    every: Iterable[Sheaf], others: Iterable[Exhibit], damaged: Collection[str]
) -> Iterator[bytes]:
    ours = (row for one in every for row in index.rows(one, damaged, f"{one.folder}/"))
    return office_lines(index.HEADER, chain(ours, index.loose_rows(others, damaged)))


def _all(
    binder: Binder, connection: Transaction, seen: Callable[[], None]
) -> tuple[dict[str, None], float]:
    """Put in every Comune; return what is damaged, and when the ledger last learned something."""
    vault = Vault(connection)
    damaged: dict[str, None] = {}
    latest = 0.0
    for sheaf in _told(_every(connection), seen):
        place = f"{sheaf.folder}/"
        found = _exhibits(binder, vault, sheaf, place)
        page = index.comune_page(sheaf, found, root=True)
        binder.add(place + index.PAGE, page, sheaf.latest)
        damaged |= {place + name: None for name in found}
        latest = max(latest, sheaf.latest)
    return damaged, latest


def _exhibits(binder: Binder, vault: Vault, sheaf: Sheaf, place: str) -> dict[str, None]:
    """Put in the files of one Comune, and return the names of those that are damaged."""
    damaged: dict[str, None] = {}
    for file in sheaf.files:
        for exhibit, data in zip(file.own, vault.own(file), strict=True):
            if not _put(binder, place + exhibit.name, data, exhibit.at, {}):
                damaged[exhibit.name] = None
        for exhibit in file.returned:
            if not _put(binder, place + exhibit.name, vault.returned(exhibit), exhibit.at, {}):
                damaged[exhibit.name] = None
    return damaged


def _put(
    binder: Binder, name: str, data: bytes | None, at: float, damaged: dict[str, None]
) -> bool:
    """Put in a file; note its name instead where its bytes are not what they were."""
    if data is None:
        damaged[name] = None
        return False
    binder.add(name, (data,), at)
    return True


def _need_room(target: Path, measured: Extent) -> None:
    """Raise ProblemsError when the disk has no room for it."""
    place = next((one for one in target.absolute().parents if one.exists()), None)
    if place is None:
        return
    with suppress(OSError):
        free = shutil.disk_usage(place).free
        if free < measured.bytes:
            raise ProblemsError(
                [
                    Problem(
                        Code.DISK_SHORT,
                        file=str(place),
                        found=str(free),
                        expected=(str(measured.bytes),),
                    )
                ]
            )
