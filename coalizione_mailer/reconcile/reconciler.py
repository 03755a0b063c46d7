"""Messages taken in, batch by batch: classified, tied, kept and settled in one transaction.

With the messages goes how far the mailbox was read: stopped anywhere, the next run goes on after
the last batch, and what it meets again is known by its bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from coalizione_mailer.errors import MailerError
from coalizione_mailer.ledger import addressees, cursors, held, receipts
from coalizione_mailer.ledger.cursors import Place
from coalizione_mailer.ledger.held import Held
from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.ledger.store import Ledger, Transaction
from coalizione_mailer.lifecycle import Strength
from coalizione_mailer.mailbox.reading import Kind, Reading
from coalizione_mailer.mailbox.sources import Arrival
from coalizione_mailer.reconcile import settling, ties, waiting
from coalizione_mailer.reconcile.relevance import concerns
from coalizione_mailer.reconcile.tally import Judged, Tally

READABLE = 64_000_000
"""Bytes: a larger message is kept, but nobody tries to understand it."""

_BATCH = 100
_BATCH_BYTES = 16_000_000

_Understood = tuple[Arrival, bytes, Reading]

TOO_LARGE = "too-large"
UNREADABLE = "unreadable"


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

    ``certified`` says that the letters leave through a PEC provider, which gives them its own ids;
    ``authorities`` is the fingerprint of those by which ``classify`` judges signatures.
    """

    def __init__(
        self,
        ledger: Ledger,
        classify: Callable[[bytes], Reading],
        now: Callable[[], float],
        subject: str = "",
        *,
        certified: bool = True,
        authorities: str = "",
    ) -> None:
        self._ledger = ledger
        self._classify = classify
        self._now = now
        self._subject = subject
        self._certified = certified
        self._authorities = authorities

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
            if any(settling.has_ids(receipt) for receipt, _raw in kept):
                touched |= settling.learn(connection, self._index(connection))
            tally.changed = settling.settle(connection, touched, now)
            cursors.advance(connection, _places(batch.arrivals))
        return tally

    def to_judge_again(self) -> int:
        """Count the receipts that were judged by other authorities than those of now."""
        with self._ledger.reading() as connection:
            if receipts.judged_by(connection) == self._authorities:
                return 0
            return len(receipts.signed(connection))

    def judge_again(self, seen: Callable[[], None] = lambda: None) -> Judged:
        """Judge the signatures of what is kept by the authorities of now; raises LedgerError.

        What counts now that did not before settles its letter. What no longer counts is named,
        and what it settled stays: the office may have acted on it. Stopped anywhere, it is begun
        again. ``seen`` is called once a receipt.
        """
        judged = Judged()
        with self._ledger.reading() as connection:
            same = receipts.judged_by(connection) == self._authorities
            todo = [] if same else receipts.signed(connection)
        for start in range(0, len(todo), _BATCH):
            some = todo[start : start + _BATCH]
            verdicts = [(one, self._understand(raw)) for one, raw in self._contents(some, seen)]
            self._rewrite(verdicts, judged)
        if not same:
            with self._ledger.writing() as connection:
                receipts.note_judged(connection, self._authorities)
        return judged

    def _contents(
        self, some: Sequence[Receipt], seen: Callable[[], None]
    ) -> Iterator[tuple[Receipt, bytes]]:
        for one in some:
            with self._ledger.reading() as connection:
                raw = receipts.content(connection, one.sha256)
            yield one, raw
            seen()

    def _rewrite(self, verdicts: Sequence[tuple[Receipt, Reading]], judged: Judged) -> None:
        """Write what is said of some receipts now."""
        now = self._now()
        with self._ledger.writing() as connection:
            index = self._index(connection)
            changed = []
            for before, reading in verdicts:
                after = settling.judged(before, reading, index)
                judged.receipts += 1
                if before.event is not None and after.event is None:
                    judged.fallen[before.delivery_id or 0] += 1
                elif after != before:
                    judged.risen += after.verified is True and not before.verified
                    changed.append(after)
            receipts.retie(connection, changed)
            tally = Tally()
            late = self._held_back(connection, (), tally, now) if changed else []
            touched = {one.delivery_id for one in changed}
            touched |= {receipt.delivery_id for receipt, _raw in late}
            if changed:
                touched |= settling.learn(connection, self._index(connection))
            tally.changed = settling.settle(connection, touched, now)
        judged.tally.add(tally)

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
                receipt = settling.tied(settling.noted(arrival, raw, reading, now), reading, tie)
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

    def _index(self, connection: Transaction) -> ties.Index:
        return settling.index_of(connection, self._subject)

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


def _count(tally: Tally, receipt: Receipt) -> None:
    tally.kept[receipt.kind] += 1
    if receipt.strength is Strength.WEAK:
        # An answer never settles a letter: whoever is in charge of the register looks at it.
        tally.weak += Kind(receipt.kind) not in ties.ANSWERS
    elif receipt.strength is Strength.STRONG and Kind(receipt.kind) in ties.PEC_RECEIPTS:
        tally.unproved += receipt.verified is not True


def _places(arrivals: Sequence[Arrival]) -> list[Place]:
    """Return the last mark of each folder."""
    last = {(one.mark.mailbox, one.mark.folder): one.mark for one in arrivals if one.mark}
    return [Place(mark.mailbox, mark.folder, mark.uidvalidity, mark.uid) for mark in last.values()]
