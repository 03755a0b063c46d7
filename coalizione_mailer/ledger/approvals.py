"""The operator's consent to other addresses for letters that came back."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from coalizione_mailer.ledger.schema import approvals
from coalizione_mailer.model import Channel


@dataclass(frozen=True, slots=True)
class Approval:
    """Consent to send the letter of a delivery that came back to another address.

    ``source`` is where the address comes from, ``note`` how consent was given: from which file, or
    at the screen. ``at`` is in seconds since the epoch, UTC.
    """

    delivery_id: int
    at: float
    channel: Channel
    address: str
    source: str
    note: str


def approve(connection: Connection, given: Iterable[Approval]) -> None:
    """Write consents down; the same one twice is written once."""
    standing = latest(connection)
    rows = [
        {
            "delivery_id": one.delivery_id,
            "at": one.at,
            "channel": one.channel.value,
            "address": one.address,
            "source": one.source,
            "note": one.note,
        }
        for one in given
        if not _same(standing.get(one.delivery_id), one)
    ]
    if rows:
        connection.execute(insert(approvals), rows)


def latest(
    connection: Connection, deliveries: Collection[int] | None = None
) -> dict[int, Approval]:
    """Return the latest consent for each delivery, perhaps of some only."""
    table = approvals.c
    statement = select(
        table.delivery_id, table.at, table.channel, table.address, table.source, table.note
    ).order_by(table.at, table.id)
    if deliveries is not None:
        statement = statement.where(table.delivery_id.in_(sorted(deliveries)))
    return {
        row.delivery_id: Approval(
            row.delivery_id, row.at, Channel(row.channel), row.address, row.source, row.note
        )
        for row in connection.execute(statement)
    }


def _same(standing: Approval | None, given: Approval) -> bool:
    return standing is not None and (standing.channel, standing.address) == (
        given.channel,
        given.address,
    )
