"""An office for these tests: a ledger in a file, a server, a clock, and what became of it all."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from coalizione_mailer.dispatch import Clock, Orders, Result, Run
from coalizione_mailer.dispatch.desk import Job
from coalizione_mailer.ledger import deliveries, reports
from coalizione_mailer.ledger.deliveries import Settlement
from coalizione_mailer.ledger.reports import Standing
from coalizione_mailer.ledger.rounds import Round
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import State
from coalizione_mailer.transport import Transport
from coalizione_mailer.transport.smtp import Server, SmtpTransport
from tests.support import letters
from tests.support.smtp_server import HOST, SmtpServer
from tests.support.virtual_clock import Awaited, VirtualClock

ROUND = letters.ROUND


@dataclass
class Onlooker:
    """Somebody who watches a run."""

    seen: list[tuple[Job, Settlement]] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def settled(self, job: Job, settlement: Settlement) -> None:
        self.seen.append((job, settlement))

    def waits(self, seconds: float) -> None:
        self.waited.append(seconds)


@dataclass
class Office:
    """What a run needs, in virtual time; ``orders`` are for ``ROUND``, whatever its number."""

    ledger: Ledger
    round: Round
    server: SmtpServer
    clock: VirtualClock
    onlooker: Onlooker = field(default_factory=Onlooker)
    transport: Transport | None = None

    def run(self, orders: Orders | None = None) -> Run:
        """Make a run with these orders, whose round is this office's."""
        given = orders or Orders(self.round)
        transport = self.transport or SmtpTransport(Server(HOST, self.server.port, "none"))
        return Run(
            self.ledger,
            Awaited(transport, self.clock),
            replace(given, round=self.round),
            Clock(self.clock.now, self.clock.sleep),
            self.onlooker,
        )

    async def go(self, orders: Orders | None = None) -> Result:
        return await self.run(orders).go()

    def counts(self) -> dict[State, int]:
        """How many letters are in each state that has any."""
        with self.ledger.reading() as connection:
            counts = reports.counts(connection, self.round.id)
        return {state: count for state, count in counts.items() if count}

    def standing(self, number: int) -> Standing:
        with self.ledger.reading() as connection:
            return next(
                found
                for found in reports.standings(connection, self.round.id)
                if found.address == letters.address(number)
            )

    def attempts(self) -> int:
        with self.ledger.reading() as connection:
            return sum(found.attempts for found in reports.standings(connection, self.round.id))

    def doubt_leftovers(self) -> int:
        with self.ledger.writing() as connection:
            return deliveries.doubt_leftovers(connection, now=self.clock.now())

    def each_has_one(self, numbers: range) -> bool:
        """Tell whether these and no others have their own letter, byte for byte, once."""
        return Counter((taken.recipient, taken.sha256) for taken in self.server.record) == Counter(
            (letters.address(number), letters.frozen(number).message_sha256) for number in numbers
        )


@asynccontextmanager
async def office(
    folder: Path, count: int, server: SmtpServer | None = None
) -> AsyncIterator[Office]:
    """Freeze so many letters and open a server for them."""
    ledger, opened = letters.frozen_ledger(folder, count)
    clock = VirtualClock(letters.FROZEN_AT + 3600)
    server = server or SmtpServer()
    server.clock = clock.now
    try:
        with clock.standing_for_threads():
            async with server.running(), clock.passing():
                yield Office(ledger, opened, server, clock)
    finally:
        ledger.close()
