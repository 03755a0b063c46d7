"""A run over a real ledger and a real server: who gets a letter, and what is left."""

import asyncio
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from coalizione_mailer.dispatch import Ending, Orders
from coalizione_mailer.dispatch.desk import Job
from coalizione_mailer.dispatch.run import LONGEST_WAIT
from coalizione_mailer.errors import LedgerError, ServerUnavailableError
from coalizione_mailer.ledger import deliveries, rounds, schema
from coalizione_mailer.ledger.deliveries import Claim, Settlement
from coalizione_mailer.ledger.rounds import Round
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import RETRY_DELAYS, Event, State
from coalizione_mailer.pace import Limit
from coalizione_mailer.transport.smtp import Server, SmtpSession, SmtpTransport
from tests.dispatch.office import office
from tests.support import letters
from tests.support.in_loop import in_loop
from tests.support.smtp_server import HOST, Fault, SmtpServer, Step, Then

ROUND: Round = letters.ROUND


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
async def test_without_a_server_everything_stays_queued(tmp_path: Path) -> None:
    async with SmtpServer().running() as gone:
        pass
    async with office(tmp_path, 10) as desk:
        desk.transport = SmtpTransport(Server(HOST, gone.port, "none"))
        begin = desk.clock.now()
        result = await desk.go(Orders(ROUND, connections=3))
        assert result.ending is Ending.UNAVAILABLE
        assert result.error is not None
        assert (result.error.stage, result.error.permanent) == ("connect", False)
        assert desk.counts() == {State.QUEUED: 10}
        assert desk.attempts() == 0
        # It tried for a while.
        assert desk.clock.now() - begin >= 8


@in_loop
async def test_a_login_that_is_refused_ends_the_run_at_once(tmp_path: Path) -> None:
    async with office(tmp_path, 4) as desk:
        # This server offers no login without protection.
        server = Server(HOST, desk.server.port, "none", username="a", password="b")
        desk.transport = SmtpTransport(server)
        begin = desk.clock.now()
        result = await desk.go(Orders(ROUND, connections=3))
        assert result.ending is Ending.UNAVAILABLE
        assert result.error is not None
        assert (result.error.stage, result.error.permanent) == ("login", True)
        assert desk.counts() == {State.QUEUED: 4}
        assert desk.clock.now() - begin < 8


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


@in_loop
async def test_a_server_with_few_connections_gets_all_letters_over_those(tmp_path: Path) -> None:
    async with office(tmp_path, 40, SmtpServer(most_connections=2)) as desk:
        result = await desk.go(Orders(ROUND, connections=5))
        assert (result.ending, result.outcomes) == (Ending.DONE, {Event.TAKEN: 40})
        assert desk.each_has_one(range(40))


@in_loop
async def test_one_connection_refused_for_good_does_not_end_the_others(tmp_path: Path) -> None:
    class Picky(SmtpTransport):
        """As a server that allows two logins, and says so as if the password were wrong."""

        made = 0

        async def connect(self) -> SmtpSession:
            Picky.made += 1
            if Picky.made == 2:
                raise ServerUnavailableError(HOST, 1, "login", "535 too many", permanent=True)
            return await super().connect()

    async with office(tmp_path, 40) as desk:
        desk.transport = Picky(Server(HOST, desk.server.port, "none"))
        result = await desk.go(Orders(ROUND, connections=3))
        assert (result.ending, result.outcomes) == (Ending.DONE, {Event.TAKEN: 40})


@in_loop
async def test_a_session_closed_by_the_server_is_opened_again(tmp_path: Path) -> None:
    async with office(tmp_path, 10) as desk:
        for number in range(3):
            desk.server.will(Fault(Step.MAIL, b"421 4.4.2 %d bye" % number, Then.CLOSE))
        result = await desk.go(Orders(ROUND, connections=1))
        assert (result.ending, result.outcomes) == (
            Ending.DONE,
            {Event.TAKEN: 10, Event.DEFERRED: 3},
        )
        assert desk.each_has_one(range(10))
        assert desk.server.connections == 4


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


def spoil(ledger: Ledger, part: bytes, content: bytes) -> None:
    """Change a part of a message in the ledger, under the name it was kept by."""
    with ledger.writing() as connection:
        blobs = schema.blobs
        statement = blobs.update().where(blobs.c.sha256 == rounds.sha256(part))
        assert connection.execute(statement.values(content=content)).rowcount == 1


@pytest.mark.parametrize("place", [0, 1, -1])
@pytest.mark.parametrize("part", ["head", "letter", "frame"])
@in_loop
async def test_a_message_with_a_byte_changed_is_not_sent_and_stops_the_run(
    part: str, place: int, tmp_path: Path
) -> None:
    async with office(tmp_path, 3) as desk:
        frozen = [letters.frozen(number) for number in range(3)]
        parts = {
            "head": [one.head for one in frozen],
            "letter": [one.letter for one in frozen],
            "frame": [letters.composer().frame],
        }
        for kept in parts[part]:
            changed = bytearray(kept)
            changed[place] ^= 1
            spoil(desk.ledger, kept, bytes(changed))
        with pytest.raises(LedgerError) as caught:
            await desk.go()
        assert (caught.value.reason, caught.value.path) == ("damaged", desk.ledger.name)
        assert desk.server.record == []
        assert desk.counts() == {State.QUEUED: 3}
        assert desk.attempts() == 0


@pytest.mark.parametrize("column", ["head_sha256", "letter_sha256"])
@in_loop
async def test_parts_that_are_sound_and_do_not_belong_together_are_not_sent(
    column: str, tmp_path: Path
) -> None:
    async with office(tmp_path, 1) as desk:
        other = letters.frozen(1, letter=b"a longer letter, whose base64 is longer too")
        part = other.head if column == "head_sha256" else other.letter
        with desk.ledger.writing() as connection:
            blob = {"sha256": rounds.sha256(part), "content": part}
            connection.execute(schema.blobs.insert(), blob)
            connection.execute(schema.deliveries.update().values({column: rounds.sha256(part)}))
        with pytest.raises(LedgerError) as caught:
            await desk.go()
        assert caught.value.reason == "damaged"
        assert desk.server.record == []
        assert desk.counts() == {State.QUEUED: 1}


@in_loop
async def test_an_outcome_and_the_next_claim_share_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path, 20) as desk:
        run = desk.run(Orders(ROUND, connections=1))
        commits = 0
        writing = desk.ledger.writing

        def counted() -> Any:
            nonlocal commits
            commits += 1
            return writing()

        monkeypatch.setattr(desk.ledger, "writing", counted)
        await run.go()
        assert desk.each_has_one(range(20))
        # The first claim, each outcome with the claim that follows; no more.
        assert commits == 21


@in_loop
async def test_who_watches_and_fails_ends_the_run_with_what_was_sent_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path, 20) as desk:

        def full(_job: Job, _settlement: Settlement) -> None:
            raise OSError("no space left for the log")

        monkeypatch.setattr(desk.onlooker, "settled", full)
        with pytest.raises(OSError, match="no space"):
            await desk.go(Orders(ROUND, connections=2))
        sent = len(desk.server.record)
        assert 1 <= sent <= 4
        assert desk.counts() == {State.SENT: sent, State.QUEUED: 20 - sent}


@pytest.mark.parametrize("connections", [1, 4])
@in_loop
async def test_letters_in_flight_beside_a_damaged_one_end_well_and_are_on_record(
    connections: int, tmp_path: Path
) -> None:
    async with office(tmp_path, 30) as desk:
        letter = letters.frozen(12).letter
        spoil(desk.ledger, letter, letter[:-1] + b"?")
        with pytest.raises(LedgerError):
            await desk.go(Orders(ROUND, connections=connections))
        sent = len(desk.server.record)
        assert sent <= 29
        assert letters.address(12) not in desk.server.recipients
        assert desk.counts() == {State.SENT: sent, State.QUEUED: 30 - sent}


@in_loop
async def test_an_outcome_that_cannot_be_written_ends_the_run_and_leaves_the_letter_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path, 10) as desk:

        def full(connection: object, settlements: Sequence[Settlement]) -> None:
            if settlements and len(desk.server.record) >= 3:
                raise LedgerError(desk.ledger.name, "full")
            settle(connection, settlements)  # type: ignore[arg-type]

        settle = deliveries.settle
        monkeypatch.setattr(deliveries, "settle", full)
        with pytest.raises(LedgerError) as caught:
            await desk.go(Orders(ROUND, connections=1))
        assert caught.value.reason == "full"
        assert desk.counts() == {State.SENT: 2, State.SENDING: 1, State.QUEUED: 7}
        monkeypatch.undo()
        # There is room again: the third is in doubt, and rightly.
        assert desk.doubt_leftovers() == 1
        assert (await desk.go()).ending is Ending.DONE
        assert desk.each_has_one(range(10))
        assert desk.counts() == {State.SENT: 9, State.IN_DOUBT: 1}


@in_loop
async def test_a_claim_for_somebody_who_was_interrupted_meanwhile_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path, 4) as desk:
        claiming, go_on = threading.Event(), threading.Event()

        def slow(*args: Any, **kwargs: Any) -> list[Claim]:
            claims = claim(*args, **kwargs)
            claiming.set()
            assert go_on.wait(30)
            return claims

        claim = deliveries.claim
        monkeypatch.setattr(deliveries, "claim", slow)
        running = asyncio.create_task(desk.go(Orders(ROUND, connections=2)))
        assert await asyncio.to_thread(claiming.wait, 30)
        running.cancel()
        await asyncio.sleep(0.01)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await running
        monkeypatch.undo()
        assert desk.server.record == []
        assert desk.counts() == {State.QUEUED: 4}
        assert (await desk.go()).ending is Ending.DONE
        assert desk.each_has_one(range(4))


@in_loop
async def test_the_last_letter_is_waited_for_though_its_outcome_is_long_in_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path, 1) as desk:

        def slow(*args: Any, **kwargs: Any) -> None:
            if args[1]:
                time.sleep(0.05)  # noqa: TID251  a slow disk
            settle(*args, **kwargs)

        settle = deliveries.settle
        monkeypatch.setattr(deliveries, "settle", slow)
        desk.server.will(*[Fault(Step.MAIL, then=Then.CLOSE)] * 8)
        result = await desk.go(Orders(ROUND, connections=4))
        assert (result.ending, result.outcomes) == (
            Ending.DONE,
            {Event.TAKEN: 1, Event.DEFERRED: 8},
        )
