"""A run that is stopped or interrupted: what is on its way, and what another run makes of it."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from coalizione_mailer.dispatch import Ending, Orders
from coalizione_mailer.ledger import deliveries
from coalizione_mailer.ledger.deliveries import Claim
from coalizione_mailer.lifecycle import RETRY_DELAYS, State
from tests.dispatch.office import ROUND, office
from tests.support.in_loop import everyone_ready, in_loop
from tests.support.patience import PATIENCE
from tests.support.smtp_server import Fault, Step, Then


@in_loop
async def test_stopped_it_ends_the_letters_in_flight_and_takes_no_more(tmp_path: Path) -> None:
    async with office(tmp_path, 40) as desk:
        run = desk.run(Orders(ROUND, connections=4))
        desk.server.at_step = lambda *_: run.stop() if len(desk.server.record) == 10 else None
        result = await run.go()
        assert result.ending is Ending.STOPPED
        sent = len(desk.server.record)
        assert 10 <= sent <= 10 + 4
        assert desk.counts() == {State.SENT: sent, State.QUEUED: 40 - sent}
        desk.server.at_step = None
        assert (await desk.go()).ending is Ending.DONE
        assert desk.each_has_one(range(40))


@in_loop
async def test_stopped_while_it_waits_it_ends_at_once(tmp_path: Path) -> None:
    async with office(tmp_path, 3) as desk:
        desk.server.will(Fault(Step.RCPT, b"450 4.2.0 later"))
        run = desk.run(Orders(ROUND, connections=2))
        begin = desk.clock.now()
        waits = desk.onlooker.waits
        desk.onlooker.waits = lambda seconds: run.stop() if seconds > 60 else waits(seconds)  # type: ignore[method-assign]
        result = await run.go()
        assert result.ending is Ending.STOPPED
        assert desk.counts() == {State.SENT: 2, State.QUEUED: 1}
        assert desk.clock.now() - begin < RETRY_DELAYS[0]


@in_loop
async def test_interrupted_it_leaves_what_is_in_flight_as_it_is(tmp_path: Path) -> None:
    async with office(tmp_path, 20) as desk:
        await desk.go(Orders(ROUND, at_most=5))
        desk.server.will(*[Fault(Step.END, then=Then.SILENCE, takes=True)] * 3)
        stuck = asyncio.Event()
        silent: list[None] = []

        def counted() -> None:
            silent.append(None)
            if len(silent) == 3:
                stuck.set()

        desk.server.when_silent = counted
        running = asyncio.create_task(desk.go(Orders(ROUND, connections=3)))
        await stuck.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        taken = len(desk.server.record)
        assert desk.counts() == {State.SENT: taken - 3, State.SENDING: 3, State.QUEUED: 20 - taken}

        assert desk.doubt_leftovers() == 3
        assert (await desk.go()).ending is Ending.DONE
        assert desk.counts() == {State.SENT: 17, State.IN_DOUBT: 3}
        assert desk.each_has_one(range(20))


@in_loop
async def test_a_claim_for_somebody_who_was_interrupted_meanwhile_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path, 4) as desk:
        claiming, go_on = threading.Event(), threading.Event()

        def slow(*args: Any, **kwargs: Any) -> list[Claim]:
            claims = claim(*args, **kwargs)
            claiming.set()
            assert go_on.wait(PATIENCE)
            return claims

        claim = deliveries.claim
        monkeypatch.setattr(deliveries, "claim", slow)
        running = asyncio.create_task(desk.go(Orders(ROUND, connections=2)))
        assert await asyncio.to_thread(claiming.wait, PATIENCE)
        running.cancel()
        await everyone_ready()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await running
        monkeypatch.undo()
        assert desk.server.record == []
        assert desk.counts() == {State.QUEUED: 4}
        assert (await desk.go()).ending is Ending.DONE
        assert desk.each_has_one(range(4))
