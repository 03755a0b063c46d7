"""A server that fails letter after letter: how long it is asked, and what is left."""

import asyncio
from pathlib import Path

from coalizione_mailer.dispatch import Ending, Orders
from coalizione_mailer.lifecycle import Event, State
from coalizione_mailer.transport.smtp import Server, SmtpTransport
from tests.dispatch.office import ROUND, office
from tests.support import letters
from tests.support.in_loop import in_loop
from tests.support.smtp_server import HOST, Fault, SmtpServer, Step


@in_loop
async def test_a_server_that_puts_off_everything_is_left_in_peace(tmp_path: Path) -> None:
    async with office(tmp_path, 90) as desk:
        begin = desk.clock.now()
        desk.server.will(*[Fault(Step.MAIL, b"451 4.3.2 overloaded")] * 200)
        result = await desk.go(Orders(ROUND, connections=4))
        assert result.ending is Ending.LATER
        assert result.resume_at is not None
        assert result.resume_at > desk.clock.now()
        # Not all 90, and with ever longer rests between them.
        assert desk.attempts() <= 50 + 3
        assert desk.clock.now() - begin >= 60 + 120 + 180 + 240
        assert desk.counts() == {State.QUEUED: 90}


@in_loop
async def test_a_server_that_refuses_everything_is_asked_ten_times_only(tmp_path: Path) -> None:
    async with office(tmp_path, 40) as desk:
        desk.server.will(*[Fault(Step.MAIL, b"550 5.7.1 daily quota exceeded")] * 40)
        result = await desk.go(Orders(ROUND, connections=2))
        assert result.ending is Ending.REFUSING
        refused = desk.counts()[State.REFUSED]
        assert 10 <= refused <= 11
        assert desk.counts()[State.QUEUED] == 40 - refused


@in_loop
async def test_refusals_between_letters_that_are_taken_stop_nothing(tmp_path: Path) -> None:
    async with office(tmp_path, 40) as desk:
        no = b"550 5.1.1 no such user"
        wrong = [number for number in range(40) if number % 10]
        desk.server.will(*(Fault(Step.RCPT, no, recipient=letters.address(n)) for n in wrong))
        result = await desk.go(Orders(ROUND, connections=1))
        assert result.ending is Ending.DONE
        assert desk.counts() == {State.REFUSED: 36, State.SENT: 4}


@in_loop
async def test_a_server_that_recovers_gets_all_letters_after_a_rest(tmp_path: Path) -> None:
    async with office(tmp_path, 20) as desk:
        desk.server.will(*[Fault(Step.MAIL, b"451 4.3.2 overloaded")] * 12)
        result = await desk.go(Orders(ROUND, connections=2))
        assert (result.ending, result.outcomes[Event.TAKEN]) == (Ending.DONE, 20)
        assert desk.each_has_one(range(20))


@in_loop
async def test_a_server_that_dies_on_the_way_loses_nothing(tmp_path: Path) -> None:
    async with office(tmp_path, 30) as desk:
        dying = SmtpServer(clock=desk.clock.now)
        async with dying.running():
            desk.transport = SmtpTransport(Server(HOST, dying.port, "none"))
            enough = asyncio.Event()
            dying.at_step = lambda *_: enough.set() if len(dying.record) >= 10 else None
            running = asyncio.create_task(desk.go(Orders(ROUND, connections=3)))
            await enough.wait()
        result = await running
        assert result.ending is Ending.UNAVAILABLE
        counts = desk.counts()
        assert sum(counts.values()) == 30
        assert counts.keys() <= {State.SENT, State.QUEUED, State.IN_DOUBT}
        taken = set(dying.recipients)
        assert len(taken) == len(dying.record)
        for number in range(30):
            state = desk.standing(number).state
            if state is not State.IN_DOUBT:
                assert (letters.address(number) in taken) is (state is State.SENT)

        # Another server goes on where this one was.
        desk.transport = None
        result = await desk.go()
        assert result.ending is Ending.DONE
        assert not taken & set(desk.server.recipients)
        assert desk.counts().get(State.QUEUED, 0) == 0
