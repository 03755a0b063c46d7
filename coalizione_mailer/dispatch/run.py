"""One run of ``send``: workers take letters from the ledger to the server, under the limits.

Each worker: wait for its turn, have a session, claim, deliver, settle. A claim is on the disk
before the first byte leaves, the outcome before the next claim or with it. What a run cannot
finish stays in the ledger for the next.
"""

import asyncio
from collections.abc import Awaitable, Collection
from functools import partial

from coalizione_mailer import pace
from coalizione_mailer.dispatch.brake import Brake
from coalizione_mailer.dispatch.connections import Connections
from coalizione_mailer.dispatch.desk import Desk, Job
from coalizione_mailer.dispatch.orders import Clock, Ending, Observer, Orders, Result
from coalizione_mailer.dispatch.pacer import Pacer
from coalizione_mailer.errors import ServerUnavailableError
from coalizione_mailer.ledger import deliveries
from coalizione_mailer.ledger.clock import follow
from coalizione_mailer.ledger.deliveries import Choice, Settlement
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import Event, Outcome, Retry, retry
from coalizione_mailer.model import Envelope
from coalizione_mailer.transport import Session, Transport

LONGEST_WAIT = 900.0
"""Seconds a run waits for a turn; beyond that it ends and says when to run again."""

_IDLE = 20.0
_POLL = 0.25
_NOTICED = 2.0


class Run:
    """One run over one round; ``stop`` ends it after the letters in flight."""

    def __init__(
        self, ledger: Ledger, transport: Transport, orders: Orders, clock: Clock, observer: Observer
    ) -> None:
        self._ledger = ledger
        self._orders = orders
        self._clock = clock
        self._observer = observer
        self._result = Result()
        self._claimed = 0
        self._in_hand = 0
        self._connections = Connections(transport, orders.connections)
        self._brake = Brake()
        self._ended = asyncio.Event()
        self._errors: list[BaseException] = []
        now = clock.now()
        count, seconds = pace.history_needed(orders.limits)
        with ledger.writing() as connection:
            follow(connection, now=now)
            past = deliveries.past_attempts(connection, count, now - seconds)
        self._pacer = Pacer(orders.limits, past)
        self._desk = Desk(ledger, orders.round, Choice(orders.round.id, orders.only))

    def stop(self) -> None:
        """Let the letters in flight end, then no more."""
        self._finish(Ending.STOPPED)

    async def go(self) -> Result:
        """Send what has its turn and return how it went; raises LedgerError.

        An error ends it as ``stop`` does. Cancelled, it leaves the letters in flight as they are
        in the ledger: in doubt.
        """
        workers = [asyncio.create_task(self._work()) for _ in range(self._orders.connections)]
        try:
            await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
            self._ended.set()
            await asyncio.wait(workers)
        finally:
            # For a worker whose cancellation was swallowed: it must not claim once more.
            self._ended.set()
            await _cancelled(workers)
            await self._desk.close()
        errors = [error for worker in workers if (error := worker.exception())] + self._errors
        if errors:
            raise errors[0]
        return self._result

    async def _work(self) -> None:
        """Carry letters over one connection until none is left."""
        session: Session | None = None
        entry: asyncio.Future[None] | None = None
        try:
            while await self._turn(session):
                if session is None or not session.alive:
                    session = await self._connected(session)
                    continue
                if job := await self._claim():
                    entry = await self._carry(job, session)
        finally:
            if session is not None:
                await self._connections.close(session)
        if entry is not None:
            await entry

    async def _turn(self, session: Session | None) -> bool:
        """Wait until a letter may leave; False when this run has no more to do."""
        while not self._ended.is_set():
            if self._orders.at_most is not None and self._claimed >= self._orders.at_most:
                return False
            now = self._clock.now()
            seconds = self._seconds_to_turn(now)
            if seconds <= 0.0:
                return True
            if seconds <= _NOTICED:
                await self._pause(seconds)
            elif self._in_hand:
                # The end of one of them may make room, or be the end of all.
                await self._pause(_POLL)
            else:
                await self._rest(now + seconds, session)
        return False

    def _seconds_to_turn(self, now: float) -> float:
        """Return how long no letter may leave; not above nought when one may."""
        closed = self._orders.next_open(now) - now
        return max(self._pacer.wait(now), self._brake.until - now, closed)

    async def _rest(self, until: float, session: Session | None) -> None:
        """Wait for a turn that is some time away; or end the run, if too long or for nobody."""
        if await self._nothing_left():
            return
        seconds = until - self._clock.now()
        if seconds > LONGEST_WAIT:
            self._finish(Ending.LATER, until)
            return
        if seconds > _IDLE and session is not None:
            await session.close()
        self._observer.waits(seconds)
        await self._pause(min(seconds, _IDLE))

    async def _nothing_left(self) -> bool:
        """End the run rather than wait for a turn that nobody needs."""
        in_hand = self._in_hand
        if in_hand or await self._desk.next_due() is not None or self._in_hand:
            return False
        self._finish(Ending.DONE)
        return True

    async def _claim(self) -> Job | None:
        """Claim a letter, or wait until one may have its turn."""
        now = self._clock.now()
        if self._pacer.wait(now) > 0.0 or self._ended.is_set():
            return None
        self._pacer.start(now)
        self._claimed += 1
        self._in_hand += 1
        job = None
        try:
            job = await self._desk.claim(self._clock.now)
        finally:
            if job is None:
                self._pacer.unstart()
                self._claimed -= 1
                self._in_hand -= 1
        if job is None:
            await self._wait_for_due()
        return job

    async def _wait_for_due(self) -> None:
        """Nothing has its turn now: wait for it, or end the run."""
        # Asked before and after: an outcome may reach the ledger behind the question's back.
        in_hand = self._in_hand
        due = await self._desk.next_due()
        now = self._clock.now()
        if due is not None and due - now <= LONGEST_WAIT:
            self._observer.waits(max(due - now, 0.0))
            await self._pause(min(max(due - now, 0.0), _IDLE))
        elif in_hand or self._in_hand:
            # One of them may yet be put back.
            await self._pause(_POLL)
        else:
            self._finish(Ending.DONE if due is None else Ending.LATER, due)

    async def _carry(self, job: Job, session: Session) -> "asyncio.Future[None]":
        """Deliver one message and have written down how that ended; the future is done then."""
        claim = job.claim
        envelope = Envelope(
            self._orders.round.sender, claim.address, claim.message_id.strip("<>").partition("@")[0]
        )
        outcome = await session.deliver(envelope, job.message)
        now = self._clock.now()
        self._pacer.end(now)
        settlement = Settlement(
            claim.delivery_id, claim.attempt, outcome, now, self._due(outcome, claim.attempt, now)
        )
        if ending := self._brake.heard(outcome.event, now):
            self._finish(ending, now + LONGEST_WAIT if ending is Ending.LATER else None)
        entry = self._desk.settle(settlement, self._clock.now)
        entry.add_done_callback(partial(self._entered, job, settlement))
        if not session.alive or self._seconds_to_turn(now) > 0.0:
            # No claim follows at once that could share its commit.
            await entry
        return entry

    def _entered(self, job: Job, settlement: Settlement, entry: "asyncio.Future[None]") -> None:
        """Count an outcome that is on record; where it could not be written, end the run."""
        if entry.cancelled() or entry.exception() is not None:
            self._ended.set()
            return
        self._in_hand -= 1
        self._result.outcomes[settlement.event] += 1
        try:
            self._observer.settled(job, settlement)
        except Exception as error:  # noqa: BLE001  raised by ``go``
            self._errors.append(error)
            self._ended.set()

    def _due(self, outcome: Outcome, attempt: int, now: float) -> float | None:
        """Say when a deferred letter has its next turn."""
        if outcome.event is not Event.DEFERRED:
            return None
        match retry(outcome, attempt):
            case Retry(seconds):
                return now + seconds
            case _:
                return None

    async def _connected(self, old: Session | None) -> Session | None:
        """Open a session in the place of one that is lost; None, after a while, if it cannot be."""
        if old is not None:
            await self._connections.close(old)
        try:
            return await self._connections.open()
        except ServerUnavailableError as error:
            await self._not_connected(error)
            return None

    async def _not_connected(self, error: ServerUnavailableError) -> None:
        """Wait before another try, longer each time, or end the run."""
        delay = self._connections.failed()
        if error.permanent:
            # Where others are let in, a refusal is of one connection too many.
            await self._first_of(self._connections.all_answered())
        if self._connections.hopeless(error):
            self._result.error = error
            self._finish(Ending.UNAVAILABLE)
        else:
            self._observer.waits(delay)
            await self._pause(delay)

    async def _pause(self, seconds: float) -> None:
        """Sleep, but wake when the run ends."""
        await self._first_of(self._clock.sleep(seconds))

    async def _first_of(self, wait: Awaitable[object]) -> None:
        """Wait for this or for the end of the run, whichever comes first."""
        waiting = asyncio.ensure_future(wait)
        ended = asyncio.ensure_future(self._ended.wait())
        await asyncio.wait({waiting, ended}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        ended.cancel()

    def _finish(self, ending: Ending, resume_at: float | None = None) -> None:
        if not self._ended.is_set():
            self._result.ending = ending
            self._result.resume_at = resume_at and self._orders.next_open(resume_at)
            self._ended.set()


async def _cancelled(workers: Collection["asyncio.Task[None]"]) -> None:
    """Cancel until it is done: in Python 3.11 ``wait_for`` can swallow a cancellation."""
    while left := [worker for worker in workers if not worker.done()]:
        for worker in left:
            worker.cancel()
        await asyncio.wait(left, timeout=_POLL)
