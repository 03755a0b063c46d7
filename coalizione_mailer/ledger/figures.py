"""Questions of a report to the ledger: the whole campaign at once, over every round.

Reminders are letters of another kind and are not counted. Times are seconds since the epoch, UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from coalizione_mailer.ledger.rounds import Kind
from coalizione_mailer.ledger.schema import attempts, deliveries, receipts, rounds
from coalizione_mailer.lifecycle import Event, State, Strength

_OF_THE_LETTER = select(deliveries.c.id).where(
    deliveries.c.round_id.in_(select(rounds.c.id).where(rounds.c.kind != Kind.REMINDER.value))
)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one letter; ``accepted`` tells that a receipt says a provider had it."""

    delivery_id: int
    codice_catastale: str
    state: State
    accepted: bool


@dataclass(frozen=True, slots=True)
class Moments:
    """When letters were taken by the server, arrived and came back, each list in order."""

    sent: tuple[float, ...] = ()
    delivered: tuple[float, ...] = ()
    returned: tuple[float, ...] = ()


def fates(connection: Connection) -> Iterator[Fate]:
    """Give every letter of every Comune, those of one in the order of their rounds."""
    accepted = set(
        connection.scalars(
            select(receipts.c.delivery_id).where(
                receipts.c.event == Event.ACCEPTANCE.value, receipts.c.delivery_id.is_not(None)
            )
        )
    )
    table = deliveries.c
    rows = connection.execute(
        select(table.id, table.codice_catastale, table.state)
        .join(rounds, rounds.c.id == table.round_id)
        .where(rounds.c.kind != Kind.REMINDER.value)
        .order_by(table.codice_catastale, rounds.c.number)
    )
    for row in rows:
        yield Fate(row.id, row.codice_catastale, State(row.state), row.id in accepted)


def moments(connection: Connection) -> Moments:
    """Return when letters left, arrived and came back; one that did so twice counts once."""
    taken = connection.scalars(
        select(func.min(attempts.c.ended_at))
        .where(
            attempts.c.event == Event.TAKEN.value,
            attempts.c.ended_at.is_not(None),
            attempts.c.delivery_id.in_(_OF_THE_LETTER),
        )
        .group_by(attempts.c.delivery_id)
    )
    return Moments(
        tuple(sorted(taken)),
        _said(connection, Event.DELIVERY),
        _said(connection, Event.FAILURE),
    )


def unsure(connection: Connection) -> int:
    """Count what came back that perhaps concerns a letter, and proves nothing."""
    return connection.execute(
        select(func.count()).where(receipts.c.strength == Strength.WEAK.value)
    ).scalar_one()


def _said(connection: Connection, event: Event) -> tuple[float, ...]:
    """Return when each letter was first said to have fared so, by a receipt that counts.

    Receipts may claim any time at all: none speaks of what came after it, or before the freeze.
    """
    table = receipts.c
    rows = connection.execute(
        select(table.delivery_id, table.occurred_at, table.received_at, rounds.c.frozen_at)
        .join(deliveries, deliveries.c.id == table.delivery_id)
        .join(rounds, rounds.c.id == deliveries.c.round_id)
        .where(table.event == event.value, rounds.c.kind != Kind.REMINDER.value)
    )
    first: dict[int, float] = {}
    for row in rows:
        claimed = row.received_at if row.occurred_at is None else row.occurred_at
        at = max(min(claimed, row.received_at), row.frozen_at)
        first[row.delivery_id] = min(at, first.get(row.delivery_id, at))
    return tuple(sorted(first.values()))
