"""What an office does in a campaign, by the use cases of the product, in time of its own."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, unique
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from coalizione_mailer import resend
from coalizione_mailer.dispatch import Clock, Ending, Orders, Result, Run
from coalizione_mailer.dispatch.desk import Job
from coalizione_mailer.exercise.stage import Stage
from coalizione_mailer.freeze import archive, freeze
from coalizione_mailer.ledger import deliveries, reports
from coalizione_mailer.ledger.deliveries import Choice, Settlement
from coalizione_mailer.ledger.lock import sole_sender
from coalizione_mailer.ledger.reports import Standing
from coalizione_mailer.ledger.rounds import Round
from coalizione_mailer.ledger.store import Ledger, Transaction
from coalizione_mailer.lifecycle import Event, State
from coalizione_mailer.mailbox import authorities
from coalizione_mailer.mailbox.classify import classify
from coalizione_mailer.mailbox.reading import Cause
from coalizione_mailer.mailbox.sources import Source, paths
from coalizione_mailer.model import Address, Channel
from coalizione_mailer.plan import atlas_of, register_of
from coalizione_mailer.reconcile import Batch, Reconciler, Tally
from coalizione_mailer.registry.corrections import (
    SOURCE,
    book_csv,
    read_corrections,
    rekeyed,
    with_correction,
)
from coalizione_mailer.rehearsal.clock import VirtualClock
from coalizione_mailer.rehearsal.course import ROME
from coalizione_mailer.rehearsal.provider import World
from coalizione_mailer.rehearsal.smtp import HOST, SmtpServer
from coalizione_mailer.rehearsal.trouble import script
from coalizione_mailer.resend import Opening, cases, open_round, outlook
from coalizione_mailer.transport.smtp import Server, SmtpTransport
from coalizione_mailer.updates import Written, write

T = TypeVar("T")

_DAY = 86_400.0
_HALF_A_DAY = 43_200.0
_MOMENT = 300.0
_TIMEOUT = 60.0


@unique
class Act(StrEnum):
    """What is going on."""

    FREEZE = "freeze"
    SEND = "send"
    RECEIVE = "receive"
    RESEND = "resend"
    AGAIN = "again"  # the mailbox read from the start once more
    ANSWERS = "answers"  # what was answered, entered into the register


class Onlooker(Protocol):
    """Whoever watches: told what is going on, on which day of the play, and of each step."""

    def watch(self, act: Act, day: int, total: int) -> AbstractContextManager[Callable[[], None]]:
        """Watch an act; what the context gives is called once for each thing done."""
        ...


@dataclass(slots=True)
class Doubts:
    """How many letters were ever in doubt, and what settled them."""

    arisen: int = 0
    by_word: int = 0


class Office:
    """An office with its ledger and its mailbox, a server, and the world behind it."""

    def __init__(
        self, stage: Stage, world: World, seed: int, clock: VirtualClock, onlooker: Onlooker
    ) -> None:
        self.stage = stage
        self.world = world
        self.clock = clock
        self.rounds: list[Round] = []
        self.doubts = Doubts()
        self.corrected: dict[str, str] = {}
        self.onlooker = onlooker
        self._begun = clock.now()
        url = stage.campaign.configuration.ledger.url
        self.ledger = Ledger.open(url, stage.campaign.root, now=clock.now())
        self._server = SmtpServer(
            script=script(seed, sorted(stage.towns)), clock=clock.now, sleep=clock.sleep
        )
        self._forwarded = 0
        self._maildir = _maildir(stage.campaign.root / "posta")
        self._source = self._mailbox()

    @property
    def day(self) -> int:
        """Which day of the play it is, from 1."""
        return 1 + int((self.clock.now() - self._begun) // _DAY)

    def freeze(self, jobs: int) -> None:
        """Fix every letter."""
        recipients = self.stage.recipients
        with self.onlooker.watch(Act.FREEZE, self.day, len(recipients)) as step:
            self.rounds.append(
                freeze(
                    self.ledger,
                    self.stage.campaign,
                    recipients,
                    jobs=jobs,
                    now=self.clock.now(),
                    seen=lambda _prepared: step(),
                )
            )

    def send(self) -> None:
        """Send until nothing is queued; what came back is read whenever a run has ended."""
        choice = Choice(self.rounds[-1].id)
        while waiting := self._asked(lambda reading: deliveries.waiting(reading, choice)):
            with self.onlooker.watch(Act.SEND, self.day, waiting) as step:
                result = asyncio.run(self._sent(step))
            self._forward()
            self.receive()
            self.clock.time = max(self.clock.time, result.resume_at or 0.0)
            if result.ending is Ending.UNAVAILABLE:
                self.clock.time += _MOMENT

    def receive(self) -> Tally:
        """Read what has arrived by now."""
        for number, file in enumerate(self.world.arrivals(self.clock.now())):
            file.replace(self._maildir / "new" / f"{self.clock.now():.0f}.{number:06}.{file.stem}")
        return self._read(Act.RECEIVE)

    def read_again(self) -> Tally:
        """Read the whole mailbox from its start, as if nothing had been read."""
        self._source = self._mailbox()
        return self._read(Act.AGAIN)

    def wait_for_post(self) -> None:
        """Let time pass, and look into the mailbox twice a day, until nothing is on its way."""
        while self.world.last is not None:
            self.clock.time += _HALF_A_DAY
            self.receive()

    def in_doubt(self) -> list[Standing]:
        """List the letters in doubt."""
        return self._standings(State.IN_DOUBT)

    def settle_doubts(self) -> int:
        """Ask whoever runs the server about the letters in doubt; return how many leave again."""
        doubtful = self.in_doubt()
        words = {
            letter.delivery_id: Event.OPERATOR_SENT
            if self.world.truth.was_taken(letter.message_id)
            else Event.OPERATOR_QUEUE
            for letter in doubtful
        }
        with self.ledger.writing() as connection:
            for word in (Event.OPERATOR_SENT, Event.OPERATOR_QUEUE):
                ids = [delivery for delivery, given in words.items() if given is word]
                self.doubts.by_word += deliveries.resolve(
                    connection, ids, word, now=self.clock.now(), note="prova"
                )
        return sum(word is Event.OPERATOR_QUEUE for word in words.values())

    def dead(self) -> list[Standing]:
        """List the letters that failed, whose address is dead as far as the product understood."""
        return [case.letter for case in self._asked(cases) if case.cause is Cause.DEAD]

    def correct(self) -> int:
        """Look the dead addresses up and write down those that are other ones now."""
        campaign = self.stage.campaign
        atlas = atlas_of(register_of(campaign))
        target = campaign.configuration.recipients.corrections
        book = rekeyed(read_corrections(campaign.path(target)), atlas)
        now = datetime.fromtimestamp(self.clock.now(), tz=ROME)
        for letter in self.dead():
            new = self.world.looked_up(letter.address)
            found = atlas.comune(letter.codice_catastale)
            if new is None or found is None:
                continue
            address = Address(Channel(letter.channel), new, SOURCE, now.date(), "prova")
            book = with_correction(book, found[0], address)
            self.corrected[letter.codice_catastale] = new
        if self.corrected:
            with sole_sender(archive(campaign), since=now):
                write(campaign.root, [Written(target, book_csv(book, atlas))])
        return len(self.corrected)

    def resend(self, jobs: int) -> bool:
        """Open a round for what came back and can be sent again, now or later; False for none."""
        campaign = self.stage.campaign
        seen = outlook(self.ledger, campaign, resend.Wishes(now=self.clock.now()))
        waiting = [held.until for held in seen.held if held.until is not None]
        if waiting:
            self.clock.time = max(*waiting, self.clock.time)
            seen = outlook(self.ledger, campaign, resend.Wishes(now=self.clock.now()))
        if not seen.sendings:
            return False
        with self.onlooker.watch(Act.RESEND, self.day, len(seen.sendings)) as step:
            opening = Opening(self.clock.now(), jobs, seen=lambda _again: step())
            opened = open_round(self.ledger, campaign, seen.sendings, opening)
        if opened is not None:
            self.rounds.append(opened)
        return opened is not None

    def close(self) -> None:
        """Let go of the ledger."""
        self._source.close()
        self.ledger.close()

    async def _sent(self, step: Callable[[], None]) -> Result:
        """Run ``send`` once, in the world's own time."""
        smtp = self.stage.campaign.configuration.smtp
        orders = Orders(self.rounds[-1], smtp.limits, smtp.connections)
        async with self._server.running() as server, self.clock.passing():
            transport = SmtpTransport(Server(HOST, server.port, "none", timeout=_TIMEOUT))
            clock = Clock(self.clock.now, self.clock.sleep)
            return await Run(self.ledger, transport, orders, clock, _Eye(self, step)).go()

    def settled(self, settlement: Settlement) -> None:
        """Note how an attempt ended, and let go what the server has taken by now."""
        self.doubts.arisen += settlement.event is Event.UNANSWERED
        self._forward()

    def _forward(self) -> None:
        """Hand to the world what the server took; of the bytes one copy is enough."""
        record = self._server.record
        for number in range(self._forwarded, len(record)):
            self.world.takes(record[number])
            record[number] = replace(record[number], content=b"")
        self._forwarded = len(record)

    def _read(self, act: Act) -> Tally:
        campaign = self.stage.campaign
        trusted = authorities.Authorities(tuple(authorities.read(self.world.authority)))
        reconciler = Reconciler(
            self.ledger,
            partial(classify, authorities=trusted),
            self.clock.now,
            campaign.configuration.campaign.subject,
        )
        whole = Tally()
        if pending := self._source.pending():
            with self.onlooker.watch(act, self.day, pending) as step:
                for batch in Batch.cut(self._source.arrivals()):
                    whole.add(reconciler.take(batch, seen=step))
        return whole

    def _mailbox(self) -> Source:
        (source,) = paths.sources([self._maildir], _no_sleep)
        return source

    def _standings(self, state: State) -> list[Standing]:
        return self._asked(
            lambda reading: list(reports.standings(reading, self.rounds[-1].id, state))
        )

    def _asked(self, question: Callable[[Transaction], T]) -> T:
        with self.ledger.reading() as reading:
            return question(reading)


class _Eye:
    """What a run shows: the office looks at each letter, the onlooker at those that are done."""

    def __init__(self, office: Office, step: Callable[[], None]) -> None:
        self._office = office
        self._step = step

    def settled(self, _job: Job, settlement: Settlement) -> None:
        """See how one attempt ended."""
        self._office.settled(settlement)
        if settlement.event is not Event.DEFERRED:
            self._step()

    def waits(self, seconds: float) -> None:
        """See that nothing leaves for a while: time passes by itself."""


def _maildir(folder: Path) -> Path:
    """Make an empty Maildir (cr.yp.to/proto/maildir.html)."""
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    return folder


def _no_sleep(_seconds: float) -> None:
    """Nobody waits for post here: time is put forward."""
