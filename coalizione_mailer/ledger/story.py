"""The story of one delivery: what was frozen, every attempt, and what came from outside."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from coalizione_mailer.ledger.approvals import Approval
from coalizione_mailer.ledger.approvals import of_delivery as approvals_of
from coalizione_mailer.ledger.receipts import Receipt, of_deliveries
from coalizione_mailer.ledger.schema import attempts, deliveries, history, rounds
from coalizione_mailer.lifecycle import Event, Phase, State


@dataclass(frozen=True, slots=True)
class Freeze:
    """When a letter was fixed, and as what."""

    at: float
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to hand a letter over; without an event it has not ended."""

    number: int
    started_at: float
    ended_at: float | None
    event: Event | None
    phase: Phase | None
    code: int | None
    answer: str


@dataclass(frozen=True, slots=True)
class Word:
    """What happened outside the attempts: the operator's word, a receipt; ``note`` says whose."""

    at: float
    event: Event
    state: State
    note: str


@dataclass(frozen=True, slots=True)
class Story:
    """All that the ledger knows of a delivery, each list in the order of time."""

    freeze: Freeze
    attempts: tuple[Attempt, ...]
    words: tuple[Word, ...]
    receipts: tuple[Receipt, ...] = ()
    approvals: tuple[Approval, ...] = ()


def story(connection: Connection, delivery_id: int) -> Story:
    """Tell the story of one delivery."""
    frozen = connection.execute(
        select(rounds.c.frozen_at, deliveries.c.message_size, deliveries.c.message_sha256)
        .join(rounds, rounds.c.id == deliveries.c.round_id)
        .where(deliveries.c.id == delivery_id)
    ).one()
    return Story(
        Freeze(*frozen),
        tuple(attempts_of(connection, [delivery_id])[delivery_id]),
        tuple(words_of(connection, [delivery_id])[delivery_id]),
        tuple(of_deliveries(connection, [delivery_id])),
        tuple(approvals_of(connection, delivery_id)),
    )


def attempts_of(connection: Connection, ids: Collection[int]) -> dict[int, list[Attempt]]:
    """Return the attempts of some deliveries, each list in its order."""
    table = attempts.c
    found: dict[int, list[Attempt]] = defaultdict(list)
    rows = connection.execute(
        select(attempts).where(table.delivery_id.in_(ids)).order_by(table.delivery_id, table.number)
    )
    for row in rows:
        found[row.delivery_id].append(
            Attempt(
                row.number,
                row.started_at,
                row.ended_at,
                Event(row.event) if row.event else None,
                Phase(row.phase) if row.phase else None,
                row.code,
                row.answer or "",
            )
        )
    return found


def words_of(connection: Connection, ids: Collection[int]) -> dict[int, list[Word]]:
    """Return what came from outside about some deliveries, each list in its order."""
    table = history.c
    found: dict[int, list[Word]] = defaultdict(list)
    rows = connection.execute(
        select(history).where(table.delivery_id.in_(ids)).order_by(table.at, table.id)
    )
    for row in rows:
        found[row.delivery_id].append(Word(row.at, Event(row.event), State(row.state), row.note))
    return found
