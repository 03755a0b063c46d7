"""The course of the sending: how many letters had left, arrived, come back at each moment.

Points and ticks of the chart, computed here and drawn by the page; all in Italian time.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from coalizione_mailer.hours import ROME
from coalizione_mailer.ledger.figures import Moments

_SAMPLES = 240
_MOST_TICKS = 7
_SHORTEST = timedelta(minutes=10)
_STEPS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)
)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one day in Italy, in letters."""

    day: date
    sent: int
    delivered: int
    returned: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the line of time: where (0 to 1), when, and whether the hour matters."""

    at: float
    when: datetime
    hours: bool


@dataclass(frozen=True, slots=True)
class Course:
    """The curves: for each sample, how many letters until then; ``start`` and ``end`` frame them.

    ``top`` is the end of the scale, ``scale`` its marks.
    """

    start: datetime
    end: datetime
    sent: tuple[int, ...]
    delivered: tuple[int, ...]
    returned: tuple[int, ...]
    ticks: tuple[Tick, ...]
    scale: tuple[int, ...]
    days: tuple[Day, ...]

    @property
    def top(self) -> int:
        """The number at the upper edge."""
        return self.scale[-1]


def course(moments: Moments) -> Course | None:
    """Compute the curves; None where nothing has left yet."""
    every = [*moments.sent, *moments.delivered, *moments.returned]
    if not every:
        return None
    first, last = min(every), max(every)
    last = max(last, first + _SHORTEST.total_seconds())
    samples = [first + (last - first) * step / _SAMPLES for step in range(_SAMPLES + 1)]
    curves = [
        tuple(bisect_right(moment, sample + 1e-6) for sample in samples)
        for moment in (moments.sent, moments.delivered, moments.returned)
    ]
    start, end = (datetime.fromtimestamp(at, ROME) for at in (first, last))
    return Course(
        start=start,
        end=end,
        sent=curves[0],
        delivered=curves[1],
        returned=curves[2],
        ticks=tuple(_ticks(start, end, timedelta(seconds=last - first))),
        scale=scale(max(map(max, curves))),
        days=days(moments),
    )


def days(moments: Moments) -> tuple[Day, ...]:
    """Count letters by day in Italy; days on which nothing happened are left out."""
    counts = [
        Counter(datetime.fromtimestamp(at, ROME).date() for at in moment)
        for moment in (moments.sent, moments.delivered, moments.returned)
    ]
    every = sorted(set().union(*counts))
    return tuple(Day(day, *(count[day] for count in counts)) for day in every)


def scale(most: int) -> tuple[int, ...]:
    """Return round numbers from zero to one that is not less than ``most``."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            marks = -(-most // (step * factor))
            if marks <= 5:  # noqa: PLR2004  as many lines as a small chart bears
                return tuple(range(0, max(marks, 1) * step * factor + 1, step * factor))
        step *= 10


def _ticks(start: datetime, end: datetime, span: timedelta) -> Sequence[Tick]:
    """Mark round hours or days, a few of them; ``span`` is the time that truly passes."""
    for step in _STEPS:
        if span / step <= _MOST_TICKS:
            return [_tick(when, start, span, hours=True) for when in _hours(start, end, step)]
    every = max(1, -(-span // (_DAY * _MOST_TICKS)))
    first = start.date() + _DAY
    midnights = [
        datetime(day.year, day.month, day.day, tzinfo=ROME)
        for day in (first + _DAY * every * number for number in range(_MOST_TICKS + 1))
    ]
    return [_tick(when, start, span, hours=False) for when in midnights if when <= end]


def _hours(start: datetime, end: datetime, step: timedelta) -> list[datetime]:
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = -(-(start - midnight) // step)
    found = []
    while (when := midnight + step * first) <= end:
        found.append(when)
        first += 1
    return found


def _tick(when: datetime, start: datetime, span: timedelta, *, hours: bool) -> Tick:
    # In UTC: subtracting times of one zone ignores the night on which the clocks change.
    passed = when.timestamp() - start.timestamp()
    return Tick(passed / span.total_seconds(), when, hours)
