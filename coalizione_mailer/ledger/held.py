"""What is held back: messages that may answer a letter whose acceptance was not read yet.

They are other people's letters until that is known: no evidence, bounded in number, bytes and time.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from coalizione_mailer.ledger.addressees import provider_ids
from coalizione_mailer.ledger.rounds import insert_new
from coalizione_mailer.ledger.schema import attempts, deliveries, held
from coalizione_mailer.lifecycle import Event

MOST = 500
MOST_BYTES = 200_000_000

_NEVER_LEFT = (Event.DEFERRED.value, Event.REJECTED.value)


@dataclass(frozen=True, slots=True)
class Held:
    """One message, whole; ``refs`` are the ids it answers, ``received_at`` is when it was read."""

    identity: str
    content: bytes
    refs: tuple[str, ...]
    origin: str
    received_at: float


def awaited(connection: Connection) -> bool:
    """Tell whether a provider's id of a letter is still to be learned.

    A letter has as many as it had attempts that may have reached the provider, and at least one.
    """
    known: dict[int, int] = {}
    for delivery in provider_ids(connection).values():
        known[delivery] = known.get(delivery, 0) + 1
    tried = (
        select(attempts.c.delivery_id, func.count().label("times"))
        .where(attempts.c.event.is_(None) | attempts.c.event.not_in(_NEVER_LEFT))
        .group_by(attempts.c.delivery_id)
        .subquery()
    )
    rows = connection.execute(
        select(deliveries.c.id, func.coalesce(tried.c.times, 0)).outerjoin(
            tried, tried.c.delivery_id == deliveries.c.id
        )
    )
    return any(known.get(delivery, 0) < max(1, times) for delivery, times in rows)


def hold(connection: Connection, messages: Iterable[Held]) -> int:
    """Hold messages back while there is room; return for how many there was none."""
    kept = select(func.count(), func.coalesce(func.sum(held.c.size), 0))
    refused = 0
    for message in messages:
        count, size = connection.execute(kept).one()
        if count >= MOST or size + len(message.content) > MOST_BYTES:
            refused += 1
            continue
        connection.execute(
            insert_new(connection, held).values(
                identity=message.identity,
                content=message.content,
                size=len(message.content),
                refs="\n".join(message.refs),
                origin=message.origin,
                received_at=message.received_at,
            )
        )
    return refused


def known(connection: Connection) -> set[str]:
    """Return the identities of all that is held back."""
    return set(connection.scalars(select(held.c.identity)))


def answering(connection: Connection, ids: Collection[str]) -> Iterator[Held]:
    """Give the messages that answer one of these ids, one at a time."""
    rows = connection.execute(select(held.c.identity, held.c.refs)).all()
    for identity, refs in rows:
        if any(ref in ids for ref in refs.split("\n")):
            row = connection.execute(select(held).where(held.c.identity == identity)).one()
            yield Held(
                row.identity, row.content, tuple(refs.split("\n")), row.origin, row.received_at
            )


def release(connection: Connection, identities: Collection[str]) -> None:
    """Forget messages, being kept elsewhere now."""
    for identity in identities:
        connection.execute(delete(held).where(held.c.identity == identity))


def forget(connection: Connection, before: float | None = None) -> None:
    """Forget all that is held back, or what was read before a moment (epoch seconds)."""
    old = delete(held)
    connection.execute(old if before is None else old.where(held.c.received_at < before))
