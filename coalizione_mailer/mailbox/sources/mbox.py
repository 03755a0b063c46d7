"""Messages one after the other in a file (RFC 4155), read without touching it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from coalizione_mailer.mailbox.sources.protocol import LARGEST, Arrival

_FROM = b"From "


class MboxSource:
    """One mbox file; asked again, it gives what was written behind."""

    def __init__(self, path: Path, sleep: Callable[[float], None]) -> None:
        self._path = path
        self._sleep = sleep
        self._given = 0

    def pending(self) -> int:
        """Count the messages not given yet."""
        with self._path.open("rb") as file:
            return max(sum(1 for _ in _messages(file, keep=False)) - self._given, 0)

    def arrivals(self) -> Iterator[Arrival]:
        """Give the messages not given yet."""
        with self._path.open("rb") as file:
            for number, raw in enumerate(_messages(file, keep=True), 1):
                if number > self._given:
                    self._given = number
                    yield Arrival(raw, f"{self._path}#{number}")

    def wait(self, seconds: float) -> None:
        """Wait: a file does not call."""
        self._sleep(seconds)

    def close(self) -> None:
        """Nothing is open."""


def is_mbox(path: Path) -> bool:
    """Tell whether a file begins as an mbox does."""
    with path.open("rb") as file:
        return file.read(len(_FROM)) == _FROM


def _messages(file: BinaryIO, *, keep: bool) -> Iterator[bytes | None]:
    """Split at lines that begin with ``From`` after an empty one; None for what is too large.

    Lines that a mail program quoted as ``>From`` stay as they are: which program it was, and so
    what it did to lines quoted already, nobody knows.
    """
    lines: list[bytes] = []
    size, empty, begun = 0, True, False
    for line in file:
        if empty and line.startswith(_FROM):
            if begun:
                yield _whole(lines, size)
            lines, size, begun = [], 0, True
        elif begun:
            size += len(line)
            if keep and size <= LARGEST:
                lines.append(line)
        empty = line in (b"\n", b"\r\n")
    if begun:
        yield _whole(lines, size)


def _whole(lines: list[bytes], size: int) -> bytes | None:
    """Return a message without the empty line that only parts it from the next."""
    if size > LARGEST:
        return None
    if lines and lines[-1] in (b"\n", b"\r\n"):
        lines = lines[:-1]
    return b"".join(lines)
