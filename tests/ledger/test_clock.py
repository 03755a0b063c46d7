"""A clock that was put back: the pace is kept, and nobody waits for a future that will not come."""

from collections.abc import Callable

from sqlalchemy import Connection, select

from coalizione_mailer.dispatch import Clock, Ending, Orders, Result, Run
from coalizione_mailer.dispatch.desk import Job
from coalizione_mailer.ledger import clock, deliveries
from coalizione_mailer.ledger.deliveries import Choice, Settlement
from coalizione_mailer.ledger.rounds import Round
from coalizione_mailer.ledger.schema import attempts
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import Outcome, Phase, judge
from coalizione_mailer.model import Envelope
from coalizione_mailer.pace import Limit
from coalizione_mailer.transport import Wire
from tests.support import letters
from tests.support.in_loop import in_loop

YEAR, DAY = 365 * 86400.0, 86400.0
TRUE = letters.FROZEN_AT
WRONG = TRUE + YEAR

Freezer = Callable[[int], tuple[Ledger, Round]]


def settled(connection: Connection, opened: Round, phase: Phase, code: int, at: float) -> None:
    """Claim a letter and settle it; deferred, it is due after 300 seconds."""
    (claim,) = deliveries.claim(connection, Choice(opened.id), 1, now=at)
    due = at + 300 if code // 100 == 4 else None
    outcome = judge(phase, code)
    deliveries.settle(connection, [Settlement(claim.delivery_id, claim.attempt, outcome, at, due)])


def test_what_ended_in_the_future_ended_now_and_only_once(frozen: Freezer) -> None:
    ledger, opened = frozen(3)
    with ledger.writing() as connection:
        settled(connection, opened, Phase.END_OF_DATA, 250, TRUE + 1)
        settled(connection, opened, Phase.END_OF_DATA, 250, WRONG)
        assert clock.follow(connection, now=TRUE + 60) == 1
        assert deliveries.past_attempts(connection, 9, 0.0) == [TRUE + 1, TRUE + 60]
        assert clock.follow(connection, now=TRUE + 90) == 0
        assert deliveries.past_attempts(connection, 9, 0.0) == [TRUE + 1, TRUE + 60]
        # When it began is told as it was written.
        assert list(
            connection.scalars(select(attempts.c.started_at).order_by(attempts.c.started_at))
        ) == [TRUE + 1, WRONG]


def test_a_letter_put_off_in_the_future_has_its_delay_from_now_on(frozen: Freezer) -> None:
    ledger, opened = frozen(1)
    with ledger.writing() as connection:
        settled(connection, opened, Phase.RCPT, 451, WRONG)
        clock.follow(connection, now=TRUE + 60)
        assert deliveries.next_due(connection, Choice(opened.id)) == TRUE + 360
        clock.follow(connection, now=TRUE + 120)
        assert deliveries.next_due(connection, Choice(opened.id)) == TRUE + 360


def test_letters_frozen_in_the_future_have_their_turn_now(frozen: Freezer) -> None:
    ledger, opened = frozen(2)
    with ledger.writing() as connection:
        before = TRUE - YEAR
        assert deliveries.claim(connection, Choice(opened.id), 2, now=before) == []
        clock.follow(connection, now=before)
        assert len(deliveries.claim(connection, Choice(opened.id), 2, now=before)) == 2


def test_a_clock_that_was_not_put_back_changes_nothing(frozen: Freezer) -> None:
    ledger, opened = frozen(2)
    with ledger.writing() as connection:
        settled(connection, opened, Phase.RCPT, 451, TRUE + 1)
        settled(connection, opened, Phase.END_OF_DATA, 250, TRUE + 2)
        assert clock.follow(connection, now=TRUE + 2) == 0
        assert deliveries.next_due(connection, Choice(opened.id)) == TRUE + 301
        assert deliveries.past_attempts(connection, 9, 0.0) == [TRUE + 1, TRUE + 2]


class TestRuns:
    """Runs over a ledger that was written by a clock a year ahead."""

    class Taker:
        """A transport and a session that take everything, and note when."""

        def __init__(self, now: Callable[[], float]) -> None:
            self.taken: list[float] = []
            self.alive = True
            self._now = now

        async def connect(self) -> "TestRuns.Taker":
            return self

        async def deliver(self, _envelope: Envelope, _message: Wire) -> Outcome:
            self.taken.append(self._now())
            return judge(Phase.END_OF_DATA, 250)

        async def close(self) -> None:
            pass

        def settled(self, _job: Job, _settlement: Settlement) -> None:
            pass

        def waits(self, _seconds: float) -> None:
            pass

    @in_loop
    async def test_a_days_limit_set_right_once_is_over_in_a_day(self, frozen: Freezer) -> None:
        ledger, opened = frozen(6)
        time = WRONG
        taker = self.Taker(lambda: time)

        async def run() -> Result:
            orders = Orders(opened, limits=[Limit(3, 86400)], connections=1)
            return await Run(ledger, taker, orders, Clock(lambda: time), taker).go()

        assert (await run()).ending is Ending.LATER
        assert len(taker.taken) == 3
        for hours in (0.0, 7.0, 23.0):
            time = TRUE + 100 + hours * 3600
            result = await run()
            assert (result.ending, result.resume_at) == (Ending.LATER, TRUE + 100 + DAY)
        time = TRUE + 101 + DAY
        assert (await run()).ending is Ending.DONE
        assert len(taker.taken) == 6
