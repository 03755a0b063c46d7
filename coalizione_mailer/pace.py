"""How fast letters may leave: sliding windows over the attempts already made, as pure functions.

An attempt fills its place in a window from its start until a whole window after its end, because
the server may have counted it at any moment between the two. So no window of the server's own
record ever holds more than the limit, across connections and restarts.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_LIMIT = re.compile(r"^\s*([1-9][0-9]{0,6})\s*/\s*(second|minute|hour|day)\s*$")

_SPREAD_UP_TO = 60
_SMALLEST_GAP = 0.1


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` messages in any ``seconds`` long window."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read ``60/minute``; raises ValueError for anything else."""
        match = _LIMIT.match(text)
        if match is None:
            raise ValueError(text)
        return cls(int(match[1]), _SECONDS[match[2]])

    def __str__(self) -> str:
        unit = next(name for name, seconds in _SECONDS.items() if seconds == self.seconds)
        return f"{self.count}/{unit}"


def wait(limits: Iterable[Limit], ended: Sequence[float], in_flight: int, *, now: float) -> float:
    """Return the seconds to wait before one more attempt may start; infinite while none may.

    ``ended`` are the ends of past attempts in ascending order (seconds, same clock as ``now``);
    ``in_flight`` attempts have started and not ended: when they alone fill a window, only the
    end of one of them can make room, and the answer is infinite.
    """
    longest = 0.0
    for limit in limits:
        room = limit.count - in_flight
        if room <= 0:
            return float("inf")
        if len(ended) >= room:
            longest = max(longest, ended[-room] + limit.seconds - now)
    return longest


def gap(limits: Iterable[Limit]) -> float:
    """Return the seconds between starts that spread a short window evenly, 0.0 where not worth it.

    A server that allows 60 a minute is offered one a second, not 60 at once; a day's limit is
    not spread, since the office wants to go home.
    """
    short = [limit for limit in limits if limit.seconds <= _SPREAD_UP_TO]
    widest = max((limit.seconds / limit.count for limit in short), default=0.0)
    return widest if widest >= _SMALLEST_GAP else 0.0


def history_needed(limits: Iterable[Limit]) -> tuple[int, int]:
    """Return how many past attempts, and how many seconds of them, ``wait`` can ever look at."""
    every = tuple(limits)
    return (
        max((limit.count for limit in every), default=0),
        max((limit.seconds for limit in every), default=0),
    )


def duration(
    limits: Iterable[Limit],
    messages: int,
    *,
    begin: float = 0.0,
    next_open: Callable[[float], float] = float,
) -> float:
    """Return the seconds that ``messages`` take when nothing but the limits holds them back.

    ``next_open`` says when letters may leave, from a moment on; ``begin`` is the first moment.
    """
    every = tuple(limits)
    spread = gap(every)
    starts = [next_open(begin)]
    for number in range(1, messages):
        earliest = [starts[number - e.count] + e.seconds for e in every if number >= e.count]
        starts.append(next_open(max(starts[-1] + spread, *earliest, begin)))
    return starts[-1] - begin
