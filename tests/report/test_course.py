"""The course of the sending, in Italian time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.ledger.figures import Moments
from coalizione_mailer.report.course import Day, course, days, scale


def at(text: str) -> float:
    """A moment of Greenwich."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_nothing_sent_has_no_course() -> None:
    assert course(Moments()) is None


def test_days_are_those_of_italy() -> None:
    moments = Moments(sent=(at("2017-09-18T21:59:00"), at("2017-09-18T22:01:00")))
    assert days(moments) == (Day(date(2017, 9, 18), 1, 0, 0), Day(date(2017, 9, 19), 1, 0, 0))


def test_the_curves_end_with_all_there_is() -> None:
    start = at("2017-09-18T08:00:00")
    sent = tuple(start + 60 * number for number in range(100))
    found = course(Moments(sent, sent[:50], sent[:3]))
    assert found is not None
    assert (found.sent[-1], found.delivered[-1], found.returned[-1]) == (100, 50, 3)
    assert found.sent[0] == 1
    assert found.scale == (0, 20, 40, 60, 80, 100)


@pytest.mark.parametrize(
    ("hours", "first"),
    [(0.1, "10:00"), (5, "10:00"), (20, "12:00"), (100, "00:00"), (24 * 60, "00:00")],
)
def test_marks_stand_at_round_times(hours: float, first: str) -> None:
    start = at("2017-09-18T08:00:00")
    found = course(Moments(sent=(start, start + hours * 3600)))
    assert found is not None
    assert f"{found.ticks[0].when:%H:%M}" == first
    assert 2 <= len(found.ticks) <= 9


def test_the_night_the_clocks_change_has_an_hour_more() -> None:
    start, end = at("2017-10-28T12:00:00"), at("2017-10-29T12:00:00")
    found = course(Moments(sent=(start, end)))
    assert found is not None
    noon = next(tick for tick in found.ticks if f"{tick.when:%d %H}" == "29 12")
    assert noon.at == pytest.approx(23 / 24)


times = st.lists(st.floats(1_505_700_000, 1_508_000_000), max_size=30).map(sorted).map(tuple)


@given(times, times, times)
def test_curves_never_fall_and_marks_stay_inside(
    sent: tuple[float, ...], delivered: tuple[float, ...], returned: tuple[float, ...]
) -> None:
    found = course(Moments(sent, delivered, returned))
    if found is None:
        return
    for curve, moments in ((found.sent, sent), (found.delivered, delivered)):
        assert list(curve) == sorted(curve)
        assert curve[-1] == len(moments)
    assert found.top >= max(len(sent), len(delivered), len(returned))
    assert all(0 <= tick.at <= 1 for tick in found.ticks)
    assert sum(day.sent for day in found.days) == len(sent)
    assert found.end - found.start >= timedelta(minutes=10)


@given(st.integers(0, 10_000_000))
def test_a_scale_is_round_and_long_enough(most: int) -> None:
    marks = scale(most)
    assert marks[0] == 0
    assert marks[-1] >= most
    assert 2 <= len(marks) <= 6
    step = marks[1]
    assert str(step).rstrip("0") in {"1", "2", "5"}
