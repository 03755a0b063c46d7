"""The pace of a run, kept over connections, runs and days."""

from pathlib import Path

import pytest

from coalizione_mailer.dispatch import Ending, Orders
from coalizione_mailer.dispatch.run import LONGEST_WAIT
from coalizione_mailer.lifecycle import Event
from coalizione_mailer.pace import Limit
from tests.dispatch.office import ROUND, office
from tests.support.in_loop import in_loop


@in_loop
async def test_several_connections_together_keep_the_limit_over_runs(tmp_path: Path) -> None:
    limits = [Limit(5, 60), Limit(12, 3600)]
    async with office(tmp_path, 20) as desk:
        for _ in range(3):
            orders = Orders(ROUND, limits=limits, connections=4, at_most=6)
            result = await desk.go(orders)
            while result.ending is Ending.LATER:
                assert result.resume_at is not None
                assert result.resume_at > desk.clock.now() + LONGEST_WAIT
                desk.clock.time = result.resume_at
                result = await desk.go(orders)
            assert result.ending is Ending.DONE
        moments = sorted(taken.at for taken in desk.server.record)
        assert len(moments) == 18
        for limit in limits:
            fullest = max(
                sum(begin <= moment < begin + limit.seconds for moment in moments)
                for begin in moments
            )
            assert fullest == limit.count


@in_loop
async def test_a_clock_put_back_makes_nobody_wait_for_longer_than_a_window(tmp_path: Path) -> None:
    async with office(tmp_path, 6) as desk:
        orders = Orders(ROUND, limits=[Limit(3, 600)], at_most=3)
        desk.clock.time += 365 * 86400
        await desk.go(orders)
        desk.clock.time -= 365 * 86400
        begin = desk.clock.now()
        assert (await desk.go(orders)).ending is Ending.DONE
        assert desk.each_has_one(range(6))
        assert 600 <= desk.clock.now() - begin < 700


@in_loop
async def test_a_day_that_is_full_with_the_last_letter_ends_the_run(tmp_path: Path) -> None:
    async with office(tmp_path, 6) as desk:
        result = await desk.go(Orders(ROUND, limits=[Limit(6, 86400)], connections=3))
        assert (result.ending, result.outcomes) == (Ending.DONE, {Event.TAKEN: 6})


@in_loop
async def test_what_is_left_over_from_a_full_day_has_its_turn_tomorrow(tmp_path: Path) -> None:
    async with office(tmp_path, 8) as desk:
        orders = Orders(ROUND, limits=[Limit(6, 86400)], connections=3)
        result = await desk.go(orders)
        assert (result.ending, result.outcomes) == (Ending.LATER, {Event.TAKEN: 6})
        assert result.resume_at is not None
        assert result.resume_at - desk.clock.now() == pytest.approx(86400, abs=600)
        desk.clock.time = result.resume_at
        assert (await desk.go(orders)).ending is Ending.DONE
        assert desk.each_has_one(range(8))


@in_loop
async def test_over_a_long_wait_the_connection_is_given_up_and_taken_up_again(
    tmp_path: Path,
) -> None:
    async with office(tmp_path, 3) as desk:
        begin = desk.clock.now()
        result = await desk.go(Orders(ROUND, limits=[Limit(1, 60)], connections=1))
        assert (result.ending, result.outcomes) == (Ending.DONE, {Event.TAKEN: 3})
        # And after the last letter nobody waits any more.
        assert desk.clock.now() - begin < 3 * 60
        assert desk.server.connections == 3
        assert max(desk.onlooker.waited) > 20
