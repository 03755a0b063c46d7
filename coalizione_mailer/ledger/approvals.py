"""The operator's consent to other addresses for letters that came back."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, insert, select

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


def latest(connection: Connection) -> dict[int, Approval]:
    """Return the latest consent for each delivery."""
    return {one.delivery_id: one for one in _read(connection)}


def of_delivery(connection: Connection, delivery_id: int) -> list[Approval]:
    """Return all consents for one delivery, the earliest first."""
    return _read(connection, approvals.c.delivery_id == delivery_id)


def _read(connection: Connection, *conditions: ColumnElement[bool]) -> list[Approval]:
    table = approvals.c
    rows = connection.execute(
        select(table.delivery_id, table.at, table.channel, table.address, table.source, table.note)
        .where(*conditions)
        .order_by(table.at, table.id)
    )
    return [
        Approval(row.delivery_id, row.at, Channel(row.channel), row.address, row.source, row.note)
        for row in rows
    ]


def _same(standing: Approval | None, given: Approval) -> bool:
    return standing is not None and (standing.channel, standing.address) == (
        given.channel,
        given.address,
    )
