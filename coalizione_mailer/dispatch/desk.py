"""The desk between the workers and the ledger: many requests, one commit (group commit).

Every claim and every outcome is on the disk before its worker goes on. Requests that arrive while
a commit is under way share the next one, so that ten connections do not pay for ten commits.

The attachments are made ready once; of each letter only what is its own is touched. What leaves is
proved part by part: every part is kept under its SHA-256, and must still have it. That head and
letter are those of this Comune, its Message-ID vouches for.
"""

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from coalizione_mailer.errors import LedgerError
from coalizione_mailer.ledger import deliveries, rounds
from coalizione_mailer.ledger.deliveries import Choice, Claim, Settlement
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.letter.message import base64_lines, is_head_of, key_of, unique_id
from coalizione_mailer.lifecycle import Event, Outcome, Phase
from coalizione_mailer.transport.wire import Wire, dot_stuffed


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed delivery and its message, whose parts are proved to be those of the freeze."""

    claim: Claim
    message: Wire


@dataclass(slots=True)
class _Batch:
    """What waits for the next commit."""

    settlements: list[Settlement] = field(default_factory=list)
    settled: list["asyncio.Future[None]"] = field(default_factory=list)
    wanted: list["asyncio.Future[Job | None]"] = field(default_factory=list)

    @property
    def claims(self) -> int:
        """How many claims are still waited for."""
        return sum(not wanted.done() for wanted in self.wanted)

    def answer(self, jobs: list[Job]) -> None:
        """Tell everyone that the commit is on the disk; jobs are handed out from the end."""
        for settled in self.settled:
            if not settled.done():
                settled.set_result(None)
        for wanted in self.wanted:
            if not wanted.done():
                wanted.set_result(jobs.pop() if jobs else None)

    def refuse(self, error: Exception) -> None:
        """Tell those who want a job that there is none to be had."""
        for wanted in self.wanted:
            if not wanted.done():
                wanted.set_exception(error)

    def fail(self, error: Exception) -> None:
        """Tell those who settled that nothing of it was written."""
        for settled in self.settled:
            if not settled.done():
                settled.set_exception(error)


class Desk:
    """Takes claims and outcomes to the ledger, in a thread of its own."""

    def __init__(self, ledger: Ledger, opened: rounds.Round, choice: Choice) -> None:
        self._ledger = ledger
        self._round = opened
        self._domain = opened.sender.rpartition("@")[2]
        self._choice = choice
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._batch = _Batch()
        self._pump: asyncio.Task[None] | None = None
        self._broken: Exception | None = None
        with ledger.reading() as connection:
            frame = rounds.frame(connection, opened)
            name = rounds.frame_sha256(connection, opened)
        self._prove(frame, name, opened.protocol)
        self._frame = frame
        self._stuffed_frame = dot_stuffed(frame)

    async def claim(self, clock: Callable[[], float]) -> Job | None:
        """Claim the next delivery whose turn has come; None when there is none now."""
        future: asyncio.Future[Job | None] = asyncio.get_running_loop().create_future()
        self._batch.wanted.append(future)
        self._wake(clock)
        return await future

    def settle(self, settlement: Settlement, clock: Callable[[], float]) -> "asyncio.Future[None]":
        """Write down how an attempt ended; the future is done when that is on the disk.

        Who claims without waiting for it has both in one commit, and is given nothing where the
        outcome cannot be written.
        """
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._batch.settlements.append(settlement)
        self._batch.settled.append(future)
        self._wake(clock)
        return future

    async def next_due(self) -> float | None:
        """Return when the next queued delivery has its turn, None when none is queued."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._next_due)

    async def close(self) -> None:
        """Wait for what is under way, then end the thread."""
        if self._pump is not None:
            await asyncio.wait({self._pump})
        self._thread.shutdown(wait=True)

    def _wake(self, clock: Callable[[], float]) -> None:
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._work_off(clock))

    async def _work_off(self, clock: Callable[[], float]) -> None:
        """Commit batch after batch until nothing waits."""
        while self._batch.settlements or self._batch.wanted:
            batch, self._batch = self._batch, _Batch()
            if self._broken is not None:
                batch.refuse(self._broken)
            try:
                jobs = await self._committed(batch.settlements, batch.claims, clock())
            except Exception as error:  # noqa: BLE001  handed to whoever asked
                batch.refuse(error)
                await self._settled_alone(batch, clock())
            else:
                batch.answer(jobs)
                self._put_back(jobs, clock())

    async def _settled_alone(self, batch: _Batch, now: float) -> None:
        """Write outcomes whose commit failed over the claims: they must not be lost with them."""
        try:
            await self._committed(batch.settlements, 0, now)
        except Exception as error:  # noqa: BLE001  handed to whoever asked
            self._broken = error
            batch.fail(error)
        else:
            batch.answer([])

    def _put_back(self, jobs: list[Job], now: float) -> None:
        """Settle what was claimed for somebody who was cancelled meanwhile: it never left."""
        outcome = Outcome(Event.DEFERRED, Phase.CONNECT)
        self._batch.settlements += [
            Settlement(job.claim.delivery_id, job.claim.attempt, outcome, now, due=now)
            for job in jobs
        ]

    async def _committed(self, settlements: list[Settlement], claims: int, now: float) -> list[Job]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._commit, settlements, claims, now)

    def _commit(self, settlements: list[Settlement], count: int, now: float) -> list[Job]:
        """Write outcomes and claims in one transaction; last claimed comes first in the list."""
        with self._ledger.writing() as connection:
            deliveries.settle(connection, settlements)
            claims = deliveries.claim(connection, self._choice, count, now=now) if count else []
            # Before the commit, so that a damaged message is claimed by nobody.
            return [self._job(claimed) for claimed in reversed(claims)]

    def _job(self, claimed: Claim) -> Job:
        """Put the message together, having held its parts against the hashes of the freeze."""
        whose = f"{claimed.denominazione} ({claimed.sigla}), {claimed.message_id}"
        self._prove(claimed.head, claimed.head_sha256, whose)
        self._prove(claimed.letter, claimed.letter_sha256, whose)
        letter = base64_lines(claimed.letter)
        if not self._belong_together(claimed, letter):
            raise LedgerError(self._ledger.name, "damaged", whose)
        # No line of base64 begins with a dot.
        return Job(claimed, Wire((dot_stuffed(claimed.head), letter, self._stuffed_frame)))

    def _belong_together(self, claimed: Claim, letter: bytes) -> bool:
        """Tell whether head and letter are those that were frozen together, for this Comune.

        The head has the Message-ID beside the address, and the Message-ID comes from Comune and
        letter. Where it was made before it did, the whole message is held against its hash.
        """
        opened = self._round
        size = len(claimed.head) + len(letter) + len(self._frame)
        if size != claimed.message_size:
            return False
        if not is_head_of(claimed.head, claimed.message_id, claimed.address):
            return False
        key = key_of(opened.number, claimed.codice_catastale)
        vouching = unique_id(opened.identity, key, self._domain, claimed.letter_sha256)
        if claimed.message_id == vouching:
            return True
        whole = hashlib.sha256(claimed.head)
        whole.update(letter)
        whole.update(self._frame)
        return whole.hexdigest() == claimed.message_sha256

    def _prove(self, part: bytes, name: str, whose: str) -> None:
        """Raise LedgerError where a part is not what was frozen."""
        if rounds.sha256(part) != name:
            raise LedgerError(self._ledger.name, "damaged", whose)

    def _next_due(self) -> float | None:
        with self._ledger.reading() as connection:
            return deliveries.next_due(connection, self._choice)
