"""What a source of messages does; whoever reads one needs no more."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

LARGEST = 200_000_000
"""Bytes: what is larger is named and left where it is. Aruba takes 100 MB, others less."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a folder of a mailbox was read: UIDVALIDITY and UID (RFC 3501, section 2.3.1.1)."""

    mailbox: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message found: its bytes, where it was, and the mark to keep once it is kept.

    ``raw`` is None where it could not be read; ``trouble`` then says why, in the system's words,
    or is empty where it is larger than LARGEST.
    """

    raw: bytes | None
    origin: str
    mark: Mark | None = None
    trouble: str = ""


class Source(Protocol):
    """Gives each message once; asked again, those that came since."""

    def pending(self) -> int:
        """Count what ``arrivals`` would give now; raises ServerUnavailableError, ProblemsError."""
        ...

    def arrivals(self) -> Iterator[Arrival]:
        """Give what was not given yet; raises ServerUnavailableError, ProblemsError."""
        ...

    def wait(self, seconds: float) -> None:
        """Return when there may be something new, or after so many seconds."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
