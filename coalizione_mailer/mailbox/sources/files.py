"""Messages in files of their own: ``.eml`` files, folders of them, and Maildir."""

from collections.abc import Callable, Iterator
from pathlib import Path

from coalizione_mailer.mailbox.sources.protocol import LARGEST, Arrival

_MAILDIR = ("cur", "new")


class FileSource:
    """Files that hold one message each; ``listing`` says which there are now."""

    def __init__(self, listing: Callable[[], list[Path]], sleep: Callable[[float], None]) -> None:
        self._listing = listing
        self._sleep = sleep
        self._given: set[str] = set()

    def pending(self) -> int:
        """Count the files not given yet."""
        return len(self._new())

    def arrivals(self) -> Iterator[Arrival]:
        """Give each file not given yet, by name."""
        for path in self._new():
            self._given.add(_unique(path))
            yield read(path)

    def wait(self, seconds: float) -> None:
        """Wait: a folder does not call."""
        self._sleep(seconds)

    def close(self) -> None:
        """Nothing is open."""

    def _new(self) -> list[Path]:
        return [path for path in self._listing() if _unique(path) not in self._given]


def read(path: Path) -> Arrival:
    """Read one file; what cannot be read, or is too large, is named."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        return Arrival(None, str(path), trouble=error.strerror or str(error))
    return Arrival(raw if len(raw) <= LARGEST else None, str(path))


def is_maildir(path: Path) -> bool:
    """Tell whether a folder is a Maildir (cr.yp.to/proto/maildir.html)."""
    return all((path / name).is_dir() for name in _MAILDIR)


def in_maildir(path: Path) -> list[Path]:
    """List the messages of a Maildir: those seen by a mail program, and those not."""
    return sorted(
        file
        for name in _MAILDIR
        for file in (path / name).iterdir()
        if not file.name.startswith(".") and file.is_file()
    )


def in_folder(path: Path) -> list[Path]:
    """List the ``.eml`` files of a folder and those within."""
    return sorted(file for file in path.rglob("*") if file.suffix.lower() == ".eml")


def _unique(path: Path) -> str:
    """Return what stays when a mail program moves a message from ``new`` to ``cur``."""
    if path.parent.name in _MAILDIR:
        return str(path.parent.parent / path.name.partition(":")[0])
    return str(path)
