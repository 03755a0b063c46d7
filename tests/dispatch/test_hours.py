"""A run keeps to the working hours it was given: it waits for them, or ends and says when."""

from datetime import datetime
from pathlib import Path

import pytest

from coalizione_mailer.dispatch import Ending, Orders
from coalizione_mailer.hours import ROME, Opening, Span
from coalizione_mailer.lifecycle import Event, State
from coalizione_mailer.pace import Limit
from tests.dispatch.office import office
from tests.support import letters
from tests.support.in_loop import in_loop

MORNING = Opening(Span.parse("08:30-12:00"))


def at(text: str) -> float:
    return datetime.fromisoformat(f"2017-09-18 {text}").replace(tzinfo=ROME).timestamp()


@pytest.mark.parametrize(("now", "leaves"), [("08:20", "08:30"), ("08:30", "08:30")])
@in_loop
async def test_a_run_waits_for_an_opening_that_is_near(
    now: str, leaves: str, tmp_path: Path
) -> None:
    async with office(tmp_path, 3) as desk:
        desk.clock.time = at(now)
        result = await desk.go(Orders(letters.ROUND, next_open=MORNING.next_open))
        assert (result.ending, result.outcomes) == (Ending.DONE, {Event.TAKEN: 3})
        first = min(taken.at for taken in desk.server.record)
        assert at(leaves) <= first < at(leaves) + 30


@in_loop
async def test_a_run_ends_before_an_opening_that_is_far(tmp_path: Path) -> None:
    async with office(tmp_path, 3) as desk:
        desk.clock.time = at("06:00")
        result = await desk.go(Orders(letters.ROUND, next_open=MORNING.next_open))
        assert (result.ending, result.resume_at) == (Ending.LATER, at("08:30"))
        assert desk.server.record == []


@in_loop
async def test_what_the_day_has_no_room_for_is_left_for_the_next(tmp_path: Path) -> None:
    async with office(tmp_path, 5) as desk:
        desk.clock.time = at("11:57:30")
        result = await desk.go(
            Orders(letters.ROUND, (Limit(1, 60),), 1, next_open=MORNING.next_open)
        )
        assert (result.ending, result.resume_at) == (Ending.LATER, at("08:30") + 86400)
        assert desk.counts() == {State.SENT: 3, State.QUEUED: 2}
