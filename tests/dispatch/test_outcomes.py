"""What becomes of each letter in a run over a real ledger and a real server."""

from pathlib import Path

import pytest

from coalizione_mailer.dispatch import Ending, Orders
from coalizione_mailer.dispatch.run import LONGEST_WAIT
from coalizione_mailer.lifecycle import RETRY_DELAYS, Event, State
from tests.dispatch.office import ROUND, office
from tests.support import letters
from tests.support.in_loop import in_loop
from tests.support.smtp_server import Fault, Step, Then


@pytest.mark.parametrize("connections", [1, 4, 9])
@in_loop
async def test_every_comune_gets_its_letter_once(connections: int, tmp_path: Path) -> None:
    async with office(tmp_path, 25) as desk:
        result = await desk.go(Orders(ROUND, connections=connections))
        assert (result.ending, result.outcomes) == (Ending.DONE, {Event.TAKEN: 25})
        assert desk.each_has_one(range(25))
        assert desk.counts() == {State.SENT: 25}
        assert desk.server.connections <= connections
        assert {settled.event for _, settled in desk.onlooker.seen} == {Event.TAKEN}
        assert len(desk.onlooker.seen) == 25

        again = await desk.go()
        assert (again.ending, again.outcomes) == (Ending.DONE, {})
        assert desk.each_has_one(range(25))


@in_loop
async def test_after_a_bad_address_the_others_get_theirs(tmp_path: Path) -> None:
    async with office(tmp_path, 12) as desk:
        bad = {3: b"550 5.1.1 No such user", 7: b"551 5.1.6 Has moved", 11: b"553 5.1.3 What?"}
        desk.server.will(
            *(Fault(Step.RCPT, no, recipient=letters.address(n)) for n, no in bad.items())
        )
        result = await desk.go(Orders(ROUND, connections=2))
        assert (result.ending, result.outcomes) == (
            Ending.DONE,
            {Event.TAKEN: 9, Event.REJECTED: 3},
        )
        assert desk.counts() == {State.SENT: 9, State.REFUSED: 3}
        assert [
            (desk.standing(n).state, desk.standing(n).code, desk.standing(n).answer) for n in bad
        ] == [
            (State.REFUSED, 550, "5.1.1 No such user"),
            (State.REFUSED, 551, "5.1.6 Has moved"),
            (State.REFUSED, 553, "5.1.3 What?"),
        ]


@in_loop
async def test_a_letter_put_off_is_tried_again_when_its_time_has_come(tmp_path: Path) -> None:
    async with office(tmp_path, 5) as desk:
        begin = desk.clock.now()
        desk.server.will(Fault(Step.RCPT, b"450 4.2.0 later", recipient=letters.address(2)))
        result = await desk.go()
        assert (result.ending, result.outcomes) == (
            Ending.DONE,
            {Event.TAKEN: 5, Event.DEFERRED: 1},
        )
        assert desk.each_has_one(range(5))
        last = desk.server.record[-1]
        assert last.recipient == letters.address(2)
        assert last.at >= begin + RETRY_DELAYS[0]
        assert desk.standing(2).attempts == 2


@in_loop
async def test_a_letter_put_off_for_long_is_left_for_another_run_and_at_last_given_up(
    tmp_path: Path,
) -> None:
    async with office(tmp_path, 3) as desk:
        tries = len(RETRY_DELAYS) + 1
        desk.server.will(
            *[Fault(Step.RCPT, b"450 4.2.0 later", recipient=letters.address(1))] * tries
        )
        result = await desk.go()
        runs = 1
        while result.ending is Ending.LATER:
            assert result.resume_at is not None
            assert result.resume_at > desk.clock.now() + LONGEST_WAIT
            assert desk.counts() == {State.SENT: 2, State.QUEUED: 1}
            desk.clock.time = result.resume_at
            result = await desk.go()
            runs += 1
        assert result.ending is Ending.DONE
        assert runs == 1 + sum(delay > LONGEST_WAIT for delay in RETRY_DELAYS)
        assert desk.counts() == {State.SENT: 2, State.REFUSED: 1}
        assert desk.standing(1).attempts == tries
        assert desk.server.unused == []


@pytest.mark.parametrize("step", [Step.MAIL, Step.RCPT, Step.DATA, Step.BODY])
@in_loop
async def test_a_letter_whose_connection_was_lost_in_time_is_sent_over_another(
    step: Step, tmp_path: Path
) -> None:
    async with office(tmp_path, 8) as desk:
        # Small messages leave at once: at BODY the end may be out already, and then it is doubt.
        letter = Fault(step, b"421 4.3.2 bye" if step is Step.BODY else b"", Then.CLOSE)
        desk.server.will(letter, letter)
        result = await desk.go(Orders(ROUND, connections=2))
        assert (result.ending, result.outcomes) == (
            Ending.DONE,
            {Event.TAKEN: 8, Event.DEFERRED: 2},
        )
        assert desk.each_has_one(range(8))
        assert desk.counts() == {State.SENT: 8}


@pytest.mark.parametrize("takes", [True, False])
@in_loop
async def test_a_letter_without_an_answer_is_in_doubt_and_not_sent_again(
    tmp_path: Path, *, takes: bool
) -> None:
    async with office(tmp_path, 6) as desk:
        desk.server.will(Fault(Step.END, then=Then.CLOSE, takes=takes))
        for _ in range(2):
            result = await desk.go(Orders(ROUND, connections=2))
            assert result.ending is Ending.DONE
            assert desk.counts() == {State.SENT: 5, State.IN_DOUBT: 1}
        assert len(desk.server.record) == 5 + takes
        assert len(set(desk.server.recipients)) == 5 + takes


@pytest.mark.parametrize("connections", [1, 4])
@in_loop
async def test_no_more_than_asked_for_are_sent(connections: int, tmp_path: Path) -> None:
    async with office(tmp_path, 20) as desk:
        for done in (7, 14):
            result = await desk.go(Orders(ROUND, connections=connections, at_most=7))
            assert result.ending is Ending.DONE
            assert desk.counts() == {State.SENT: done, State.QUEUED: 20 - done}
        await desk.go(Orders(ROUND, connections=connections, at_most=7))
        assert desk.each_has_one(range(20))


@in_loop
async def test_only_the_named_comuni_are_sent(tmp_path: Path) -> None:
    async with office(tmp_path, 10) as desk:
        only = frozenset(letters.comune(number).codice_catastale for number in (4, 5))
        result = await desk.go(Orders(ROUND, only=only))
        assert (result.ending, result.outcomes) == (Ending.DONE, {Event.TAKEN: 2})
        assert desk.each_has_one(range(4, 6))
        assert desk.counts() == {State.SENT: 2, State.QUEUED: 8}
