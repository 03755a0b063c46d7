"""The pace: limits read, kept in any weather, and used."""

import heapq
import itertools
import math
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coalizione_mailer import pace
from coalizione_mailer.dispatch.pacer import Pacer
from coalizione_mailer.pace import Limit

# The pace computes with times of day in floating point: this is less than it can tell apart.
TICK = 1e-6


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("60/minute", Limit(60, 60)),
        ("1/second", Limit(1, 1)),
        (" 2000 / day ", Limit(2000, 86400)),
        ("9999999/hour", Limit(9999999, 3600)),
    ],
)
def test_a_limit_is_read_and_written(text: str, limit: Limit) -> None:
    assert Limit.parse(text) == limit
    assert Limit.parse(str(limit)) == limit
    assert str(limit) == text.replace(" ", "")


@pytest.mark.parametrize(
    "text",
    [
        *("", "60", "/minute", "0/minute", "-1/minute", "1.5/minute", "060/minute", "1e3/day"),
        *("60/minuto", "60/minutes", "60/2 minutes", "60 per minute", "60/minute, 2000/day"),
        *("10000000/day", "60/minute\n60/minute", "٦٠/minute", "60/MINUTE"),
    ],
)
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        Limit.parse(text)


LIMITS = st.builds(Limit, st.integers(1, 12), st.sampled_from([1, 60, 3600, 86400])) | st.just(
    Limit(60, 60)
)


@dataclass(frozen=True)
class Attempt:
    """One try as a worker saw it."""

    start: float
    end: float


def sent(
    pacer: Pacer,
    *,
    workers: int,
    messages: int,
    latency: Callable[[int], float],
    begin: float = 0.0,
    late: float = 0.0,
) -> list[Attempt]:
    """Send in virtual time over so many connections; timers may fire ``late``."""
    now = begin
    made: list[Attempt] = []
    ends: list[tuple[float, float]] = []
    while len(made) < messages or ends:
        while len(made) < messages and len(ends) < workers and pacer.wait(now) <= 0.0:
            pacer.start(now)
            end = now + latency(len(made))
            heapq.heappush(ends, (end, now))
            made.append(Attempt(now, end))
        seconds = math.inf
        if len(made) < messages and len(ends) < workers:
            seconds = pacer.wait(now)
        if ends and ends[0][0] <= now + seconds:
            now, _ = heapq.heappop(ends)
            pacer.end(now)
        else:
            assert math.isfinite(seconds), "nobody will ever send again"
            now += seconds + late + TICK
    return made


def most_in_a_window(moments: Sequence[float], seconds: float) -> int:
    """Count what the fullest window of a record holds."""
    ordered = sorted(moments)
    return max(
        (bisect_left(ordered, moment + seconds - TICK) - index)
        for index, moment in enumerate(ordered)
    )


@settings(deadline=None)
@given(
    limits=st.lists(LIMITS, max_size=3),
    workers=st.integers(1, 6),
    latencies=st.lists(st.floats(0, 200), min_size=1, max_size=10),
    recorded=st.lists(st.floats(0, 1), min_size=1, max_size=7),
    late=st.sampled_from([0.0, 0.003, 2.0]),
    begin=st.sampled_from([0.0, 1_505_700_000.0]),
)
@example([Limit(2, 60)], 3, [59.0, 1.0], [0, 1], 0.0, 0.0)
def test_no_window_of_the_servers_record_ever_holds_more_than_the_limit(
    limits: list[Limit],
    workers: int,
    latencies: list[float],
    recorded: list[float],
    late: float,
    begin: float,
) -> None:
    attempts = sent(
        Pacer(limits, []),
        workers=workers,
        messages=60,
        latency=lambda number: latencies[number % len(latencies)],
        late=late,
        begin=begin,
    )
    # The server counts each at any instant between its start and its end.
    parts = itertools.cycle(recorded)
    record = [try_.start + next(parts) * (try_.end - try_.start) for try_ in attempts]
    for limit in limits:
        assert most_in_a_window(record, limit.seconds) <= limit.count


@settings(deadline=None)
@given(
    limits=st.lists(LIMITS, min_size=1, max_size=2),
    before=st.integers(1, 40),
    pause=st.floats(0, 100),
    latencies=st.lists(st.floats(0, 20), min_size=1, max_size=5),
)
def test_a_restart_knows_from_the_ledger_what_was_sent(
    limits: list[Limit], before: int, pause: float, latencies: list[float]
) -> None:
    def latency(number: int) -> float:
        return latencies[number % len(latencies)]

    first = sent(Pacer(limits, []), workers=3, messages=before, latency=latency)
    begin = max(attempt.end for attempt in first) + pause
    # What the ledger hands over: the latest ends, as many and as old as they can ever matter.
    count, seconds = pace.history_needed(limits)
    ends = sorted(attempt.end for attempt in first if attempt.end >= begin - seconds)[-count:]
    again = sent(Pacer(limits, ends), workers=3, messages=40, latency=latency, begin=begin)
    for limit in limits:
        moments = [attempt.end for attempt in first] + [attempt.start for attempt in again]
        assert most_in_a_window(moments, limit.seconds) <= limit.count

    whole = sorted(attempt.end for attempt in first)
    knowing_all = sent(Pacer(limits, whole), workers=3, messages=40, latency=latency, begin=begin)
    assert again == knowing_all


@settings(deadline=None)
@given(
    limits=st.lists(
        st.builds(Limit, st.integers(1, 200), st.sampled_from([60, 3600, 86400])),
        min_size=1,
        max_size=3,
    ),
    workers=st.integers(1, 8),
    part=st.floats(0, 0.01),
    data=st.data(),
)
def test_the_allowed_rate_is_used(
    limits: list[Limit], workers: int, part: float, data: st.DataObject
) -> None:
    rate = min(limit.count / limit.seconds for limit in limits)
    window = min(limit.seconds for limit in limits)
    # Small against the window, and no more than the workers can hide.
    slowest = min(part * window, workers / rate / 2)
    latencies = data.draw(st.lists(st.floats(0, slowest), min_size=1, max_size=6))
    # Timers fire late, which must not add up from one letter to the next.
    late = min(0.01 * window, 0.2 * pace.gap(limits))
    messages = 3 * max(limit.count for limit in limits) + 1
    attempts = sent(
        Pacer(limits, []),
        workers=workers,
        messages=messages,
        latency=lambda number: latencies[number % len(latencies)],
        late=late,
    )
    least = pace.duration(limits, messages)
    taken = attempts[-1].start - attempts[0].start
    assert taken >= least * (1 - 1e-9)
    assert taken <= least / 0.95 + 0.1


@given(
    limits=st.lists(LIMITS, max_size=3),
    ended=st.lists(st.floats(-1000, 0), max_size=30),
    in_flight=st.integers(0, 15),
)
def test_a_wait_ends_when_it_says_it_does(
    limits: list[Limit], ended: list[float], in_flight: int
) -> None:
    past = sorted(ended)
    seconds = pace.wait(limits, past, in_flight, now=0.0)
    if math.isinf(seconds):
        assert any(limit.count <= in_flight for limit in limits)
        return
    assert pace.wait(limits, past, in_flight, now=seconds + TICK) <= 0.0
    if seconds > TICK:
        assert pace.wait(limits, past, in_flight, now=seconds - TICK) > 0.0


def test_without_limits_nothing_waits() -> None:
    pacer = Pacer([], [])
    for _ in range(1000):
        assert pacer.wait(0.0) == 0.0
        pacer.start(0.0)
    assert pacer.in_flight == 1000


def test_a_short_window_is_spread_evenly_and_a_day_is_not() -> None:
    assert pace.gap([Limit(60, 60)]) == 1.0
    assert pace.gap([Limit(60, 60), Limit(2000, 86400)]) == 1.0
    assert pace.gap([Limit(10, 1)]) == 0.1
    assert pace.gap([Limit(2000, 86400)]) == pace.gap([Limit(1000, 60)]) == pace.gap([]) == 0.0
    attempts = sent(Pacer([Limit(60, 60)], []), workers=4, messages=120, latency=lambda _: 0.2)
    gaps = [b.start - a.start for a, b in itertools.pairwise(attempts)]
    assert min(gaps) >= 1.0 - 0.01


def test_a_start_that_came_to_nothing_leaves_room_for_another() -> None:
    pacer = Pacer([Limit(1, 86400)], [])
    pacer.start(0.0)
    assert math.isinf(pacer.wait(0.0))
    pacer.unstart()
    assert pacer.wait(0.0) == 0.0
    pacer.start(0.0)
    pacer.end(10.0)
    assert pacer.wait(10.0) == 86400.0


@pytest.mark.parametrize(
    ("limits", "messages", "seconds"),
    [
        ([], 2391, 0.0),
        (["60/minute"], 0, 0.0),
        (["60/minute"], 1, 0.0),
        (["60/minute"], 2391, 2390.0),
        (["60/minute", "2000/day"], 2391, 86400.0 + 390.0),
        (["1000/minute"], 2391, 120.0),
        (["2391/day"], 2391, 0.0),
        (["2390/day"], 2391, 86400.0),
        (["6/minute"], 2391, 23900.0),
    ],
)
def test_the_time_it_takes_is_known_beforehand(
    limits: list[str], messages: int, seconds: float
) -> None:
    assert pace.duration(map(Limit.parse, limits), messages) == seconds
    attempts = sent(
        Pacer([Limit.parse(limit) for limit in limits], []),
        workers=4,
        messages=messages,
        latency=lambda _: 0.0,
    )
    taken = attempts[-1].start - attempts[0].start if attempts else 0.0
    assert taken == pytest.approx(seconds, abs=0.1)
