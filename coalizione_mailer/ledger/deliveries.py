"""Deliveries on their way: claimed, settled, found again after a crash (design, 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    insert,
    select,
    update,
)

from coalizione_mailer.ledger.schema import attempts, blobs, deliveries, history, rounds
from coalizione_mailer.lifecycle import FAILED, Event, Outcome, State, after


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery given to one worker, with the parts of its message; the attempt is on record.

    ``head`` and ``letter`` are as they are kept now, their hashes as they were at the freeze.
    """

    delivery_id: int
    attempt: int
    codice_catastale: str
    denominazione: str
    sigla: str
    address: str
    message_id: str
    message_sha256: str
    message_size: int
    head_sha256: str
    letter_sha256: str
    head: bytes
    letter: bytes


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a claimed delivery ended: the attempt's outcome, and what follows for the delivery.

    ``due`` is when a deferred delivery has its next turn, None when it is given up.
    """

    delivery_id: int
    attempt: int
    outcome: Outcome
    at: float
    due: float | None = None

    @property
    def event(self) -> Event:
        """What the outcome means for the delivery."""
        if self.outcome.event is Event.DEFERRED and self.due is None:
            return Event.REJECTED
        return self.outcome.event


@dataclass(frozen=True, slots=True)
class Choice:
    """Which deliveries a run may claim: of one round, perhaps of some Comuni only."""

    round_id: int
    only: frozenset[str] = frozenset()


def settle(connection: Connection, settlements: Sequence[Settlement]) -> None:
    """Write down how attempts ended; settling one that has ended already changes nothing."""
    if not settlements:
        return
    connection.execute(
        _SETTLED,
        [
            {
                "b_id": settled.delivery_id,
                "b_no": settled.attempt,
                "b_state": after(State.SENDING, settled.event).value,
                "b_due": settled.due if settled.due is not None else settled.at,
                "b_changed": settled.at,
            }
            for settled in settlements
        ],
    )
    connection.execute(
        _ENDED,
        [
            {
                "b_id": settled.delivery_id,
                "b_no": settled.attempt,
                "b_ended_at": settled.at,
                "b_event": settled.outcome.event.value,
                "b_phase": settled.outcome.phase.value,
                "b_code": settled.outcome.code,
                "b_answer": settled.outcome.text,
            }
            for settled in settlements
        ],
    )


def claim(connection: Connection, choice: Choice, count: int, *, now: float) -> list[Claim]:
    """Claim up to ``count`` deliveries whose turn has come, writing their attempts."""
    found = connection.execute(_turns(choice), {"b_now": now, "b_count": count})
    claims = [Claim(*row) for row in found]
    if not claims:
        return []
    connection.execute(
        _CLAIMED, [{"b_id": claimed.delivery_id, "b_changed": now} for claimed in claims]
    )
    connection.execute(
        _STARTED,
        [
            {"delivery_id": claimed.delivery_id, "number": claimed.attempt, "started_at": now}
            for claimed in claims
        ],
    )
    return claims


def next_due(connection: Connection, choice: Choice) -> float | None:
    """Return when the next queued delivery has its turn, None when none is queued."""
    due: float | None = connection.scalar(select(func.min(deliveries.c.due)).where(*_turn(choice)))
    return due


def waiting(connection: Connection, choice: Choice) -> int:
    """Count the deliveries still queued."""
    return connection.execute(
        select(func.count()).select_from(deliveries).where(*_turn(choice))
    ).scalar_one()


def doubt_leftovers(connection: Connection, *, now: float) -> int:
    """Put in doubt what a killed process left in the middle, and return how many.

    Only for the holder of the sender's lock: nobody else may be sending.
    """
    # Those too whose delivery a receipt has settled meanwhile: the pace must know of them.
    connection.execute(
        update(attempts)
        .where(attempts.c.ended_at.is_(None))
        .values(ended_at=now, event=Event.UNANSWERED.value)
    )
    result = connection.execute(
        update(deliveries)
        .where(deliveries.c.state == State.SENDING.value)
        .values(state=after(State.SENDING, Event.UNANSWERED).value, changed_at=now)
    )
    return result.rowcount


def resolve(
    connection: Connection, ids: Sequence[int], word: Event, *, now: float, note: str
) -> int:
    """Take the operator's word on letters in doubt and return how many it settled."""
    state = after(State.IN_DOUBT, word)
    changed = 0
    for delivery_id in ids:
        result = connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery_id, deliveries.c.state == State.IN_DOUBT.value)
            .values(state=state.value, due=now, changed_at=now)
        )
        if result.rowcount:
            changed += 1
            connection.execute(
                insert(history).values(
                    delivery_id=delivery_id, at=now, event=word.value, state=state.value, note=note
                )
            )
    return changed


def told(connection: Connection, said: Mapping[int, Event], *, now: float) -> dict[int, State]:
    """Let receipts settle deliveries; return those whose state changed, with the new one."""
    found = connection.execute(
        select(deliveries.c.id, deliveries.c.state).where(deliveries.c.id.in_(sorted(said)))
    )
    changed: dict[int, State] = {}
    for delivery_id, state in found.all():
        new = after(State(state), said[delivery_id])
        if new is not State(state):
            changed[delivery_id] = new
    for new in set(changed.values()):
        ids = [delivery_id for delivery_id, state in changed.items() if state is new]
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(ids))
            .values(state=new.value, changed_at=now)
        )
    return changed


def past_attempts(connection: Connection, count: int, since: float) -> list[float]:
    """Return the ends of the latest attempts, ascending; the pace is computed from them."""
    ends = connection.scalars(
        select(attempts.c.ended_at)
        .where(attempts.c.ended_at >= since)
        .order_by(attempts.c.ended_at.desc())
        .limit(count)
    ).all()
    return sorted(end for end in ends if end is not None)


def _turn(choice: Choice) -> list[ColumnElement[bool]]:
    """Say which queued deliveries a run may take.

    Never one whose Comune has, or may have, the same letter from another round: that may have come
    to light after this round was opened. A reminder is another letter.
    """
    other = deliveries.alias("other")
    reminders = select(rounds.c.id).where(rounds.c.kind == "reminder").scalar_subquery()
    reached = (
        select(other.c.id)
        .where(
            other.c.codice_catastale == deliveries.c.codice_catastale,
            other.c.id != deliveries.c.id,
            *(other.c.state != state.value for state in sorted(FAILED)),
            other.c.round_id.not_in(reminders),
        )
        .exists()
    )
    conditions: list[ColumnElement[bool]] = [
        deliveries.c.state == State.QUEUED.value,
        deliveries.c.round_id == choice.round_id,
        deliveries.c.round_id.in_(reminders) | ~reached,
    ]
    if choice.only:
        conditions.append(deliveries.c.codice_catastale.in_(sorted(choice.only)))
    return conditions


@lru_cache(maxsize=4)
def _turns(choice: Choice) -> Select[Any]:
    """Select what a run may claim: the columns of a Claim, in its order.

    Made once for many claims, as the statements below: making one costs more than running it.
    """
    letters = blobs.alias("letters")
    made = (
        select(func.count())
        .select_from(attempts)
        .where(attempts.c.delivery_id == deliveries.c.id)
        .scalar_subquery()
    )
    return (
        select(
            deliveries.c.id,
            made + 1,
            deliveries.c.codice_catastale,
            deliveries.c.denominazione,
            deliveries.c.sigla,
            deliveries.c.address,
            deliveries.c.message_id,
            deliveries.c.message_sha256,
            deliveries.c.message_size,
            deliveries.c.head_sha256,
            deliveries.c.letter_sha256,
            blobs.c.content,
            letters.c.content,
        )
        .join(blobs, blobs.c.sha256 == deliveries.c.head_sha256)
        .join(letters, letters.c.sha256 == deliveries.c.letter_sha256)
        .where(*_turn(choice), deliveries.c.due <= bindparam("b_now"))
        .order_by(deliveries.c.due, deliveries.c.id)
        .limit(bindparam("b_count"))
    )


_OPEN_ATTEMPT = and_(attempts.c.number == bindparam("b_no"), attempts.c.ended_at.is_(None))

_SETTLED = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("b_id"),
        deliveries.c.state == State.SENDING.value,
        select(attempts.c.number)
        .where(attempts.c.delivery_id == deliveries.c.id, _OPEN_ATTEMPT)
        .exists(),
    )
    .values(state=bindparam("b_state"), due=bindparam("b_due"), changed_at=bindparam("b_changed"))
)

_ENDED = (
    update(attempts)
    .where(attempts.c.delivery_id == bindparam("b_id"), _OPEN_ATTEMPT)
    .values(
        {name: bindparam(f"b_{name}") for name in ("ended_at", "event", "phase", "code", "answer")}
    )
)

_CLAIMED = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("b_id"))
    .values(state=after(State.QUEUED, Event.CLAIM).value, changed_at=bindparam("b_changed"))
)

_STARTED = insert(attempts)
