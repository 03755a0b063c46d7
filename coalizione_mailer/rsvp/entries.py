"""Words entered into the register, and decided about by a person; each with its source.

Entering is idempotent: a message is known by its receipt, and after every change all words of the
Comuni concerned are settled anew, in the same transaction.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from coalizione_mailer.ledger import answers, receipts
from coalizione_mailer.ledger.store import Ledger, Transaction
from coalizione_mailer.ledger.words import (
    OPERATOR,
    Answer,
    Change,
    Deed,
    Doubt,
    Person,
    Status,
    Unread,
    Whose,
    Word,
)
from coalizione_mailer.lifecycle import Strength
from coalizione_mailer.rsvp.register import REPLY, settled

KINDS = (REPLY, "auto-reply", "protocol-ack", "other")
"""What kinds of messages are read for an answer: machines answer too, and people in odd ways."""

_BATCH = 50

Reader = Callable[[Unread, bytes], Word]
"""Says of a message what it means for the register; pure, and may raise on hostile bytes."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person says of a word; with ``aside`` that it is no answer at all."""

    answer: Answer | None
    comune: Whose | None
    people: int | None = None
    participants: tuple[Person, ...] = ()
    note: str = ""
    aside: bool = False


@dataclass(slots=True)
class Entered:
    """What reading brought: messages read, how many of them stand now or wait that did not."""

    read: int = 0
    standing: int = 0
    waiting: int = 0

    def add(self, other: "Entered") -> None:
        """Take in what another reading brought."""
        self.read += other.read
        self.standing += other.standing
        self.waiting += other.waiting


def pending(ledger: Ledger) -> int:
    """Count the messages that were not yet read for an answer."""
    with ledger.reading() as connection:
        return len(answers.unread(connection, KINDS))


def enter(
    ledger: Ledger,
    read: Reader,
    now: Callable[[], float],
    seen: Callable[[], None] = lambda: None,
) -> Entered:
    """Read what came back and was not read yet, and enter it; raises LedgerError.

    Stopped anywhere, the next run goes on. ``seen`` is called once a message.
    """
    done = Entered()
    with ledger.reading() as connection:
        todo = answers.unread(connection, KINDS)
    for start in range(0, len(todo), _BATCH):
        batch = todo[start : start + _BATCH]
        words = []
        for one, raw in _contents(ledger, batch):
            words.append(_understood(read, one, raw))
            seen()
        at = now()
        with ledger.writing() as connection:
            touched = answers.take(connection, [replace(word, taken_at=at) for word in words])
            after = resettle(connection, touched)
        before = {one.receipt_id: one.before for one in batch}
        # One that was read before, and is worth what it was, was told of then.
        status = [
            word.status
            for word in after
            if word.receipt_id in before and before[word.receipt_id] is not word.status
        ]
        done.read += len(batch)
        done.standing += status.count(Status.STANDING)
        done.waiting += status.count(Status.WAITING)
    return done


def resettle(connection: Transaction, codes: Collection[str]) -> list[Word]:
    """Settle all words of some Comuni anew; return them."""
    by_comune: dict[str, list[Word]] = {}
    for word in answers.of_comuni(connection, codes):
        # Of messages whose Comune nobody knows each stands for itself.
        key = word.comune.codice_catastale if word.comune else f"#{word.id}"
        by_comune.setdefault(key, []).append(word)
    after = [word for words in by_comune.values() for word in settled(words)]
    answers.settle(connection, after)
    return after


def decide(ledger: Ledger, word: Word, decision: Decision, *, who: str, now: float) -> Word:
    """Write what a person says of a word, and return it as it is then."""
    after = replace(
        word,
        answer=None if decision.aside else decision.answer,
        comune=decision.comune,
        people=decision.people,
        participants=decision.participants,
        note=decision.note,
        aside=decision.aside,
        decided_at=now,
        decided_by=who,
    )
    change = Change.ASIDE if decision.aside else Change.DECIDED
    return _written(ledger, word, after, Deed(change, who, now))


def undo(ledger: Ledger, word: Word, *, who: str, now: float) -> Word:
    """Bring a word back to what it was before it was decided about the last time."""
    with ledger.reading() as connection:
        last = answers.changes(connection, [word.id])[-1]
    assert last.before is not None
    before = replace(last.before, id=word.id)
    return _written(ledger, word, before, Deed(Change.UNDONE, who, now))


def tell(ledger: Ledger, decision: Decision, *, who: str, now: float) -> Word:
    """Enter what a person knows from elsewhere: a telephone call, a meeting."""
    word = Word(
        OPERATOR,
        said_at=now,
        taken_at=now,
        answer=decision.answer,
        people=decision.people,
        participants=decision.participants,
        comune=decision.comune,
        note=decision.note,
        decided_at=now,
        decided_by=who,
    )
    return _written(ledger, None, word, Deed(Change.SET, who, now))


def _written(ledger: Ledger, before: Word | None, after: Word, deed: Deed) -> Word:
    with ledger.writing() as connection:
        word_id, touched = answers.decide(connection, before, after, deed)
        return next(word for word in resettle(connection, touched) if word.id == word_id)


def _contents(ledger: Ledger, batch: Sequence[Unread]) -> list[tuple[Unread, bytes]]:
    with ledger.reading() as connection:
        return [(one, receipts.content(connection, one.sha256)) for one in batch]


def _understood(read: Reader, one: Unread, raw: bytes) -> Word:
    """Read a message; one that breaks the reader must not stop all others."""
    try:
        word = read(one, raw)
    except Exception:  # noqa: BLE001  what comes from outside is hostile: a person looks at it
        word = Word(
            one.kind,
            one.said_at,
            one.said_at,
            comune=one.delivery if one.strength is Strength.STRONG else None,
            doubtful=True,
            why=(Doubt.UNREADABLE.value,),
        )
    return replace(word, said_at=one.said_at, receipt_id=one.receipt_id, tied=one.tied)
