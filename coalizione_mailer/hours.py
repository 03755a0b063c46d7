"""Working hours: when letters may leave, as pure functions of the time in Italy."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum, unique
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")

_SPAN = re.compile(r"^\s*(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)\s*$")


@unique
class Day(StrEnum):
    """A day of the week, as the campaign file writes it; in the order of ISO 8601."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


_WEEK = tuple(Day)


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a day: from ``opens``, included, to ``closes``, excluded."""

    opens: time
    closes: time

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Read ``08:30-18:00``; raises ValueError for anything else, and for an empty span."""
        match = _SPAN.match(text)
        if match is None:
            raise ValueError(text)
        hours = [int(part) for part in match.groups()]
        span = cls(time(hours[0], hours[1]), time(hours[2], hours[3]))
        if span.opens >= span.closes:
            raise ValueError(text)
        return span

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"


@dataclass(frozen=True, slots=True)
class Opening:
    """When letters may leave; without a span the whole day, without days the whole week."""

    span: Span | None = None
    days: tuple[Day, ...] = ()

    @property
    def always(self) -> bool:
        """Whether letters may leave at any time."""
        return self.span is None and not self.days

    def next_open(self, at: float) -> float:
        """Return the first moment from ``at`` on when letters may leave (epoch seconds)."""
        if self.always:
            return at
        moment = _in_rome(at)
        if self._is_open(moment):
            return at
        opens = self.span.opens if self.span else time()
        for ahead in range(len(_WEEK) + 2):
            start = _starts(moment.date() + timedelta(days=ahead), opens)
            if start >= at and self._is_open(_in_rome(start)):
                return start
        raise AssertionError(self)

    def _is_open(self, moment: datetime) -> bool:
        if self.days and _WEEK[moment.weekday()] not in self.days:
            return False
        return self.span is None or self.span.opens <= moment.time() < self.span.closes


def _in_rome(at: float) -> datetime:
    return datetime.fromtimestamp(at, tz=UTC).astimezone(ROME)


def _starts(day: date, opens: time) -> float:
    """Return when an hour comes; the later of two, where clocks go back or jump over it."""
    moment = datetime.combine(day, opens, tzinfo=ROME)
    return max(moment.replace(fold=fold).timestamp() for fold in (0, 1))
