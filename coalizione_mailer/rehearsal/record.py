"""What a server truly took, whether or not its answer ever arrived."""

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Taken:
    """A message that the server has: envelope, bytes, and when and over which connection."""

    sender: str
    recipient: str
    content: bytes
    at: float
    connection: int
    secure: bool
    user: str | None
    mail_options: tuple[str, ...] = ()
    rcpt_options: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Return the hash that the freeze knows the message by."""
        return hashlib.sha256(self.content).hexdigest()


def copies(record: Iterable[Taken]) -> Counter[str]:
    """Count how often each message was taken, by its hash."""
    return Counter(taken.sha256 for taken in record)


def most_in_a_window(moments: Iterable[float], seconds: float) -> int:
    """Count what the fullest window of this length holds; what is a whole length apart is not."""
    ordered = sorted(moments)
    ends = (bisect_left(ordered, moment + seconds) for moment in ordered)
    return max((end - begin for begin, end in enumerate(ends)), default=0)
