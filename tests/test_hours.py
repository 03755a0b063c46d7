"""Working hours: when letters may leave, by the clock in Italy."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer import pace
from coalizione_mailer.hours import ROME, Day, Opening, Span
from coalizione_mailer.pace import Limit

OFFICE = Opening(Span.parse("08:30-18:00"), (Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI))
MOMENTS = st.floats(0, 4e9, allow_nan=False)
SPANS = st.tuples(st.times(), st.times()).filter(lambda two: two[0] < two[1])
OPENINGS = st.builds(
    Opening,
    st.none() | SPANS.map(lambda two: Span(*two)),
    st.lists(st.sampled_from(Day), unique=True).map(tuple),
)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ROME).timestamp()


def is_open(opening: Opening, moment: float) -> bool:
    local = datetime.fromtimestamp(moment, tz=UTC).astimezone(ROME)
    span = opening.span or Span(time.min, time.max)
    on_day = not opening.days or tuple(Day)[local.weekday()] in opening.days
    return on_day and span.opens <= local.time() < span.closes


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2017-09-18 08:29:59", "2017-09-18 08:30:00"),  # Monday
        ("2017-09-18 08:30:00", "2017-09-18 08:30:00"),
        ("2017-09-18 17:59:59", "2017-09-18 17:59:59"),
        ("2017-09-18 18:00:00", "2017-09-19 08:30:00"),
        ("2017-09-22 18:00:00", "2017-09-25 08:30:00"),
        ("2017-09-23 12:00:00", "2017-09-25 08:30:00"),
        # The clocks go back in the night before this Monday.
        ("2017-10-27 20:00:00", "2017-10-30 08:30:00"),
    ],
)
def test_letters_leave_in_office_hours_only(now: str, opens: str) -> None:
    assert OFFICE.next_open(at(now)) == at(opens)


def test_days_alone_are_whole_days() -> None:
    monday = Opening(days=(Day.MON,))
    assert monday.next_open(at("2017-09-18 23:59:59")) == at("2017-09-18 23:59:59")
    assert monday.next_open(at("2017-09-19 00:00:00")) == at("2017-09-25 00:00:00")


def test_hours_alone_hold_on_every_day() -> None:
    assert Opening(Span.parse("09:00-10:00")).next_open(at("2017-09-23 10:00:00")) == at(
        "2017-09-24 09:00:00"
    )


@given(OPENINGS.filter(lambda opening: not opening.span), MOMENTS)
def test_the_next_opening_of_days_is_never_before_now_and_is_open(
    opening: Opening, now: float
) -> None:
    opens = opening.next_open(now)
    assert opens >= now
    assert opening.always or is_open(opening, opens)
    assert opening.next_open(opens) == opens


@given(MOMENTS, st.integers(4, 20), st.integers(1, 3), st.sets(st.sampled_from(Day), min_size=1))
def test_the_next_opening_is_the_first(now: float, hour: int, length: int, days: set[Day]) -> None:
    opening = Opening(Span(time(hour), time(hour + length)), tuple(days))
    opens = opening.next_open(now)
    assert opens >= now
    assert is_open(opening, opens)
    if opens > now:
        before = datetime.fromtimestamp(opens, tz=UTC) - timedelta(seconds=1)
        assert not is_open(opening, before.timestamp())
        assert not is_open(opening, now)


@pytest.mark.parametrize(
    "text", ["8:30-18:00", "18:00-08:30", "08:30-08:30", "08:30", "24:00-25:00", "", "08:60-09:00"]
)
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Span.parse(text)


def test_a_span_is_written_as_it_is_read() -> None:
    assert str(Span.parse(" 08:30 - 18:00 ")) == "08:30-18:00"


def test_the_time_a_sending_takes_counts_the_night() -> None:
    limits = (Limit.parse("60/minute"),)
    evening = at("2017-09-18 17:59:30")
    took = pace.duration(limits, 61, begin=evening, next_open=OFFICE.next_open)
    # Thirty leave this evening, at one a second; the others from half past eight.
    assert took == at("2017-09-19 08:30:30") - evening
