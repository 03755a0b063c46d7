"""Messages taken in, batch by batch: classified, tied, kept and settled in one transaction.

With the messages goes how far the mailbox was read: stopped anywhere, the next run goes on after
the last batch, and what it meets again is known by its bytes.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from coalizione_mailer.errors import MailerError
from coalizione_mailer.ledger import addressees, cursors, deliveries, held, receipts
from coalizione_mailer.ledger.cursors import Place
from coalizione_mailer.ledger.held import Held
from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.ledger.store import Ledger, Transaction
from coalizione_mailer.lifecycle import Event, State, Strength
from coalizione_mailer.mailbox.reading import Kind, Reading, Signature, SignatureState
from coalizione_mailer.mailbox.sources import Arrival
from coalizione_mailer.reconcile import ties, verdict, waiting
from coalizione_mailer.reconcile.relevance import concerns, moment

READABLE = 64_000_000
"""Bytes: a larger message is kept, but nobody tries to understand it."""

_BATCH = 100
_BATCH_BYTES = 16_000_000

_Understood = tuple[Arrival, bytes, Reading]

TOO_LARGE = "too-large"
UNREADABLE = "unreadable"


@dataclass(slots=True)
class Tally:
    """What reading brought: how many were seen, known, kept or none of ours, and what changed.

    ``held`` wait for a receipt that tells whose they are; for ``unheld`` there was no room.
    """

    seen: int = 0
    known: int = 0
    foreign: int = 0
    held: int = 0
    unheld: int = 0
    kept: Counter[str] = field(default_factory=Counter)
    weak: int = 0
    unproved: int = 0
    unreadable: list[Arrival] = field(default_factory=list)
    changed: dict[int, State] = field(default_factory=dict)

    @property
    def states(self) -> Counter[State]:
        """Count the letters whose state changed, by where they are now."""
        return Counter(self.changed.values())

    def add(self, other: "Tally") -> None:
        """Take in what another batch brought."""
        self.seen += other.seen
        self.known += other.known
        self.foreign += other.foreign
        self.held = max(0, self.held + other.held)
        self.unheld += other.unheld
        self.kept += other.kept
        self.weak += other.weak
        self.unproved += other.unproved
        self.unreadable += other.unreadable
        self.changed |= other.changed


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that are taken in together."""

    arrivals: tuple[Arrival, ...]

    @classmethod
    def cut(cls, arrivals: Iterable[Arrival]) -> Iterator["Batch"]:
        """Cut what arrives into batches, bounded by number and by bytes.

        When the source breaks off, what it has given is the last batch: it will not give it again.
        """
        waiting: list[Arrival] = []
        size = 0
        broken: MailerError | None = None
        try:
            for arrival in arrivals:
                waiting.append(arrival)
                size += len(arrival.raw or b"")
                if len(waiting) >= _BATCH or size >= _BATCH_BYTES:
                    yield cls(tuple(waiting))
                    waiting, size = [], 0
        except MailerError as error:
            broken = error
        if waiting:
            yield cls(tuple(waiting))
        if broken is not None:
            raise broken


class Reconciler:
    """Takes batches into the ledger; ``classify`` understands a message, ``now`` is the clock.

    ``certified`` says that the letters leave through a PEC provider, which gives them its own ids.
    """

    def __init__(
        self,
        ledger: Ledger,
        classify: Callable[[bytes], Reading],
        now: Callable[[], float],
        subject: str = "",
        *,
        certified: bool = True,
    ) -> None:
        self._ledger = ledger
        self._classify = classify
        self._now = now
        self._subject = subject
        self._certified = certified

    def take(self, batch: Batch, seen: Callable[[], None] = lambda: None) -> Tally:
        """Take in a batch, whole or not at all; raises LedgerError.

        ``seen`` is called once a message, when it is understood.
        """
        tally = Tally(seen=len(batch.arrivals))
        tally.unreadable = [arrival for arrival in batch.arrivals if arrival.raw is None]
        new = self._new(batch.arrivals, tally)
        for _known in range(tally.seen - len(new)):
            seen()
        understood: list[_Understood] = []
        for arrival, raw in new:
            understood.append((arrival, raw, self._understand(raw)))
            seen()
        now = self._now()
        with self._ledger.writing() as connection:
            kept, foreign = self._ours(connection, understood, tally, now)
            receipts.keep(connection, kept)
            late = self._held_back(connection, foreign, tally, now)
            touched = {receipt.delivery_id for receipt, _raw in kept + late}
            if any(_ids(receipt) for receipt, _raw in kept):
                touched |= self._learn(connection)
            tally.changed = _settle(connection, touched, now)
            cursors.advance(connection, _places(batch.arrivals))
        return tally

    def _ours(
        self,
        connection: Transaction,
        understood: Sequence[_Understood],
        tally: Tally,
        now: float,
    ) -> tuple[list[tuple[Receipt, bytes]], list[_Understood]]:
        """Tie messages, and part those that do not concern the campaign from the others."""
        index = self._index(connection)
        frozen_at = addressees.first_frozen(connection) or now
        kept, foreign = [], []
        for arrival, raw, reading in understood:
            tie = ties.tie(reading, index)
            if concerns(reading, tie, frozen_at):
                receipt = _tied(_receipt(arrival, raw, reading, now), reading, tie)
                _count(tally, receipt)
                kept.append((receipt, raw))
            else:
                foreign.append((arrival, raw, reading))
        return kept, foreign

    def _held_back(
        self, connection: Transaction, foreign: Sequence[_Understood], tally: Tally, now: float
    ) -> list[tuple[Receipt, bytes]]:
        """Hold back what may be an answer to us; keep what is one, now that its id is known."""
        before = held.known(connection)
        tally.unheld = self._hold(connection, foreign, now)
        among = held.known(connection)
        kept = self._claimed(connection, tally) if among else []
        if among and not held.awaited(connection):
            held.forget(connection)
        after = held.known(connection)
        tally.held = len(after) - len(before)
        claimed = {receipt.identity for receipt, _raw in kept}
        tally.foreign = len({receipts.identity(raw) for _, raw, _ in foreign} - after - claimed)
        return kept

    def _hold(self, connection: Transaction, foreign: Sequence[_Understood], now: float) -> int:
        """Hold back what may be an answer; return for how many messages there was no room."""
        frozen_at = addressees.first_frozen(connection) or now
        perhaps = [
            Held(receipts.identity(raw), raw, waiting.cited(reading), arrival.origin, now)
            for arrival, raw, reading in foreign
            if waiting.may_answer(reading, len(raw), frozen_at)
        ]
        held.forget(connection, now - waiting.DAYS * 86400)
        if not perhaps or not self._certified or not held.awaited(connection):
            return 0
        return held.hold(connection, perhaps)

    def _claimed(self, connection: Transaction, tally: Tally) -> list[tuple[Receipt, bytes]]:
        """Keep what was held back and answers an id that is known now."""
        kept: list[tuple[Receipt, bytes]] = []
        for one in held.answering(connection, addressees.provider_ids(connection).keys()):
            found = (Arrival(one.content, one.origin), one.content, self._understand(one.content))
            ours, _others = self._ours(connection, [found], tally, one.received_at)
            kept += ours
        receipts.keep(connection, kept)
        held.release(connection, {receipt.identity for receipt, _raw in kept})
        return kept

    def _new(self, arrivals: Sequence[Arrival], tally: Tally) -> list[tuple[Arrival, bytes]]:
        """Leave out what is kept already, and what is twice in the batch."""
        found = {receipts.identity(one.raw): (one, one.raw) for one in arrivals if one.raw}
        with self._ledger.reading() as connection:
            known = receipts.known(connection, found.keys()) | held.known(connection)
        new = [one for identity, one in found.items() if identity not in known]
        tally.known = len(arrivals) - len(tally.unreadable) - len(new)
        return new

    def _understand(self, raw: bytes) -> Reading:
        """Classify a message; one that breaks the classifier must not stop all others."""
        if len(raw) > READABLE:
            return Reading(Kind.OTHER, note=TOO_LARGE)
        try:
            return self._classify(raw)
        except Exception:  # noqa: BLE001  what comes from outside is hostile: kept, and shown
            return Reading(Kind.OTHER, note=UNREADABLE)

    def _index(self, connection: Transaction) -> ties.Index:
        return ties.Index(
            addressees.addressees(connection),
            addressees.provider_ids(connection),
            addressees.protocols(connection),
            self._subject,
        )

    def _learn(self, connection: Transaction) -> set[int | None]:
        """Tie again what could not be tied before a receipt told the provider's ids."""
        index = self._index(connection)
        retied = []
        for receipt in receipts.loose(connection):
            reading = _reading(receipt)
            tie = ties.tie(reading, index)
            if tie.strength is Strength.STRONG:
                retied.append(_tied(receipt, reading, tie))
        receipts.retie(connection, retied)
        return {receipt.delivery_id for receipt in retied}


def _settle(connection: Transaction, touched: set[int | None], now: float) -> dict[int, State]:
    """Let all receipts of some deliveries speak together."""
    ids = {delivery for delivery in touched if delivery is not None}
    by_delivery: dict[int, list[Receipt]] = {delivery: [] for delivery in ids}
    for receipt in receipts.of_deliveries(connection, ids):
        by_delivery[receipt.delivery_id or 0].append(receipt)
    said: dict[int, Event] = {}
    for delivery, told in by_delivery.items():
        if event := verdict.together(told):
            said[delivery] = event
    return deliveries.told(connection, said, now=now)


def _receipt(arrival: Arrival, raw: bytes, reading: Reading, now: float) -> Receipt:
    """Return what the ledger notes of a message, not yet tied."""
    signature = reading.signature
    return Receipt(
        sha256=hashlib.sha256(raw).hexdigest(),
        identity=receipts.identity(raw),
        size=len(raw),
        kind=reading.kind.value,
        received_at=now,
        origin=arrival.origin,
        final=reading.final,
        verified=reading.verified,
        signer=signature.signer if signature else "",
        outcome=reading.outcome.value if reading.outcome else None,
        cause=reading.cause.value if reading.cause else None,
        status=reading.status,
        diagnostic=reading.diagnostic,
        recipients=reading.recipients,
        refs=tuple(map(ties.bare, reading.references)),
        message_id=reading.message_id,
        pec_id=ties.bare(reading.pec_id),
        own_id=reading.own_id,
        sender=reading.sender,
        subject=reading.subject,
        protocol=reading.protocol,
        note=reading.note,
        occurred_at=moment(reading),
    )


def _tied(receipt: Receipt, reading: Reading, tie: ties.Tie) -> Receipt:
    return replace(
        receipt,
        delivery_id=tie.delivery_id,
        strength=tie.strength,
        tied_by=tie.by.value,
        event=verdict.event(reading, tie),
    )


def _reading(receipt: Receipt) -> Reading:
    """Return of a kept message what ties and settles it."""
    states = {True: SignatureState.GOOD, False: SignatureState.BAD, None: SignatureState.ABSENT}
    return Reading(
        Kind(receipt.kind),
        final=receipt.final,
        recipients=receipt.recipients,
        message_id=receipt.message_id,
        pec_id=receipt.pec_id,
        signature=Signature(states[receipt.verified]),
        sender=receipt.sender,
        subject=receipt.subject,
        references=receipt.refs,
    )


def _ids(receipt: Receipt) -> bool:
    """Tell whether a receipt brings an id, or may be tied by one."""
    return bool(receipt.refs or receipt.pec_id or receipt.message_id)


def _count(tally: Tally, receipt: Receipt) -> None:
    tally.kept[receipt.kind] += 1
    if receipt.strength is Strength.WEAK:
        tally.weak += 1
    elif receipt.strength is Strength.STRONG and Kind(receipt.kind) in ties.PEC_RECEIPTS:
        tally.unproved += receipt.verified is not True


def _places(arrivals: Sequence[Arrival]) -> list[Place]:
    """Return the last mark of each folder."""
    last = {(one.mark.mailbox, one.mark.folder): one.mark for one in arrivals if one.mark}
    return [Place(mark.mailbox, mark.folder, mark.uidvalidity, mark.uid) for mark in last.values()]
