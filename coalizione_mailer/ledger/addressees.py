"""Who was written to, in every round: what a message that comes back can be tied by."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from coalizione_mailer.ledger.schema import deliveries, receipts, rounds


@dataclass(frozen=True, slots=True)
class Addressee:
    """One delivery as the world outside knows it."""

    delivery_id: int
    round_number: int
    codice_catastale: str
    address: str
    message_id: str


def addressees(connection: Connection) -> list[Addressee]:
    """List the deliveries of every round, the earliest first."""
    table = deliveries.c
    rows = connection.execute(
        select(table.id, rounds.c.number, table.codice_catastale, table.address, table.message_id)
        .join(rounds, rounds.c.id == table.round_id)
        .order_by(rounds.c.number, table.id)
    )
    return [Addressee(*row) for row in rows]


def provider_ids(connection: Connection) -> dict[str, int]:
    """Return what the provider called our letters (``identificativo``), as signed receipts say."""
    table = receipts.c
    rows = connection.execute(
        select(table.pec_id, table.delivery_id).where(
            table.event.is_not(None),
            table.verified.is_(True),
            table.pec_id != "",
            table.delivery_id.is_not(None),
        )
    )
    return {pec_id: delivery for pec_id, delivery in rows if delivery is not None}


def first_frozen(connection: Connection) -> float | None:
    """Return when the first round was frozen (epoch seconds), None before it."""
    at: float | None = connection.scalar(select(func.min(rounds.c.frozen_at)))
    return at


def protocols(connection: Connection) -> set[str]:
    """Return the protocol numbers of all rounds, as number/year."""
    return set(connection.scalars(select(rounds.c.protocol)))
