"""Files written whole or not at all: beside their place first, then renamed (``os.replace``)."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from coalizione_mailer.errors import Code, Problem, ProblemsError

ASIDE = ".mailer-"
"""How the names of files begin that are being written; what a killed program left, too."""


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a path to write to, which takes the place of the target at the end.

    Raises ProblemsError with FILE_BUSY or FILE_UNWRITABLE; whatever happens, the target is old
    or new, and never half.
    """
    with explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        prefix = f"{ASIDE}{target.name}-"
        _clear(target.parent, prefix)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=prefix)
        os.close(descriptor)
    made = Path(name)
    try:
        with explained(target):
            # mkstemp makes it the owner's alone; what is handed over is for others to read.
            like = target if target.exists() else target.parent
            made.chmod(like.stat().st_mode & 0o666)
            yield made
            with made.open("rb+") as stream:
                os.fsync(stream.fileno())
        with explained(target, replacing=True):
            made.replace(target)
            sync(target.parent)
    finally:
        with suppress(OSError):
            made.unlink()


def _clear(folder: Path, prefix: str) -> None:
    """Remove what killed runs left; whoever still writes there fails, and harms nothing."""
    for left in folder.iterdir():
        if left.name.startswith(prefix):
            with suppress(OSError):
                left.unlink()


def sync(folder: Path) -> None:
    """Have the new names on the disk too, where a folder can be opened (not on Windows)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def explained(target: Path, *, replacing: bool = False) -> Iterator[None]:
    """Turn what the system refuses into a problem of the file; raises ProblemsError."""
    try:
        yield
    except OSError as error:
        # So Windows refuses to replace a file that Excel holds open.
        busy = replacing and isinstance(error, PermissionError)
        code = Code.FILE_BUSY if busy else Code.FILE_UNWRITABLE
        found = error.strerror or type(error).__name__
        raise ProblemsError([Problem(code, file=str(target), found=found)]) from error
