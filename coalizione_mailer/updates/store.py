"""Writing what was shown: all files or, whatever happens, each one old or new and never half.

Copies are made first, then the record of the import, then the files one by one (``os.replace``),
the campaign file last. Killed anywhere, every file is readable, and the same import run again
finds what is left to do.
"""

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from coalizione_mailer.files import explained, sync
from coalizione_mailer.updates.sources import (
    FILE,
    Record,
    read_records,
    recorded,
    records_csv,
    sha256,
)
from coalizione_mailer.updates.update import Update, Written

PREVIOUS = Path("data/precedenti")

_ASIDE = ".importing-"


def apply(root: Path, update: Update, now: datetime) -> tuple[Record, ...]:
    """Write an update into a campaign's folder and its record; return what was recorded.

    Raises ProblemsError with FILE_BUSY or FILE_UNWRITABLE; then nothing was changed, or, where a
    file could not be replaced after another was, the import can be run again.
    """
    moment = now.astimezone(UTC)
    # Never two of one name: imports of one campaign wait for each other, and take longer.
    stamp = f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03}Z"
    known = read_records(root)
    new = _records(root, update, stamp, known)
    copies = [copy for one in update.files for copy in _copies(root, one, stamp, known)]
    record = Written(FILE, records_csv((*known, *new)))
    write(root, [*copies, record, *update.files])
    return new


def write(root: Path, files: Iterable[Written]) -> None:
    """Replace files of a campaign, in order, once all of them are on the disk under other names.

    Raises ProblemsError when a file or its folder cannot be written.
    """
    aside: list[tuple[Path, Path]] = []
    files = list(files)
    for folder in {(root / written.path).parent for written in files}:
        for left in folder.glob(f"{_ASIDE}*"):
            # Of an import that was killed; nobody else writes here now.
            with suppress(OSError):
                left.unlink()
    try:
        for written in files:
            target = root / written.path
            with explained(target):
                aside.append((_beside(target, written.data), target))
        for made, target in aside:
            with explained(target, replacing=True):
                made.replace(target)
                sync(target.parent)
    finally:
        for made, _target in aside:
            with suppress(OSError):
                made.unlink()


def _records(root: Path, update: Update, stamp: str, known: Iterable[Record]) -> tuple[Record, ...]:
    """Make one record for each official file and each file made from it."""
    known = tuple(known)
    made = [written for written in update.files if written.official]
    return tuple(
        recorded(
            source,
            day=stamp,
            written=written.path.as_posix(),
            digest=sha256(written.data),
            kept=_kept(stamp, written, "importato").as_posix(),
            before=_before(root, written, stamp, known),
        )
        for source in update.sources
        for written in made
    )


def _kept(stamp: str, written: Written, what: str) -> Path:
    return PREVIOUS / f"{stamp}-{what}-{written.path.name}"


def _before(root: Path, written: Written, stamp: str, known: Iterable[Record]) -> str:
    """Say where what stands there now will be found; nothing where nothing stands."""
    path = root / written.path
    if not path.exists():
        return ""
    digest = sha256(path.read_bytes())
    for record in reversed(tuple(known)):
        if record.sha256_scritto == digest and (root / record.copia).is_file():
            return record.copia
    return _kept(stamp, written, "prima").as_posix()


def _copies(root: Path, written: Written, stamp: str, known: tuple[Record, ...]) -> list[Written]:
    """Make the copy of what is imported, and of what stands there now where no copy has it."""
    copies = []
    path = root / written.path
    if written.official:
        copies.append(Written(_kept(stamp, written, "importato"), written.data))
    before = _before(root, written, stamp, known)
    if before == _kept(stamp, written, "prima").as_posix():
        copies.append(Written(Path(before), path.read_bytes()))
    return copies


def _beside(target: Path, data: bytes) -> Path:
    """Put the bytes on the disk in the target's folder, under a name nobody reads."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=_ASIDE)
    made = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes it the owner's alone; a campaign may be shared with colleagues.
        like = target if target.exists() else target.parent
        made.chmod(like.stat().st_mode & 0o666)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    return made
