"""The pace kept: what ``coalizione_mailer.pace`` decides, over the attempts of ledger and run."""

from collections import deque
from collections.abc import Iterable, Sequence

from coalizione_mailer import pace
from coalizione_mailer.pace import Limit


class Pacer:
    """Knows when the next attempt may start; shared by all connections of a run."""

    def __init__(self, limits: Sequence[Limit], ended: Iterable[float]) -> None:
        self._limits = limits
        most, _ = pace.history_needed(limits)
        self._ended = deque(ended, maxlen=most)
        self._in_flight = 0
        self._gap = pace.gap(limits)
        self._next_start = 0.0

    def wait(self, now: float) -> float:
        """Return the seconds until one more may start, infinite until one in flight has ended."""
        return max(
            pace.wait(self._limits, self._ended, self._in_flight, now=now),
            self._next_start - now,
            0.0,
        )

    def start(self, now: float) -> None:
        """Note that an attempt starts."""
        self._in_flight += 1
        # On the grid of the gap, so that late timers do not add up to a slower pace.
        self._next_start = max(self._next_start, now - self._gap) + self._gap

    def unstart(self) -> None:
        """Take a start back that came to nothing: no message left."""
        self._in_flight -= 1

    def end(self, now: float) -> None:
        """Note that an attempt has ended."""
        self._in_flight -= 1
        self._ended.append(now)

    @property
    def in_flight(self) -> int:
        """How many attempts have started and not ended."""
        return self._in_flight
