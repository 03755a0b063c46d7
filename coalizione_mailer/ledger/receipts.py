"""What came back, kept byte for byte under its SHA-256, with an index: what it is and of whom."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import Connection, delete, func, insert, select, update

from coalizione_mailer.ledger import schema
from coalizione_mailer.ledger.rounds import insert_new
from coalizione_mailer.lifecycle import Event, State, Strength

_TABLE = schema.receipts
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Receipt:
    """One message that came back; times are seconds since the epoch, UTC.

    ``event`` is what it says of its delivery, None where it does not count; ``tied_by`` names how
    it was tied; ``origin`` is where it was read, to be shown and never to be opened.
    """

    sha256: str
    identity: str
    size: int
    kind: str
    received_at: float
    origin: str = ""
    delivery_id: int | None = None
    strength: Strength = Strength.NONE
    tied_by: str = ""
    event: Event | None = None
    final: bool = False
    verified: bool | None = None
    signer: str = ""
    outcome: str | None = None
    cause: str | None = None
    status: str = ""
    diagnostic: str = ""
    recipients: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    message_id: str = ""
    pec_id: str = ""
    own_id: str = ""
    sender: str = ""
    subject: str = ""
    protocol: str = ""
    note: str = ""
    occurred_at: float | None = None
    id: int = 0


_LISTS = ("recipients", "refs")
_COLUMNS = [_TABLE.c[field.name] for field in fields(Receipt)]


def identity(raw: bytes) -> str:
    """Return what tells a message from every other, whatever its line ends became on the way."""
    return hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest()


def known(connection: Connection, identities: Collection[str]) -> set[str]:
    """Return which of these messages are kept already."""
    found: set[str] = set()
    wanted = sorted(identities)
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        found.update(
            connection.scalars(select(_TABLE.c.identity).where(_TABLE.c.identity.in_(chunk)))
        )
    return found


def keep(connection: Connection, kept: Sequence[tuple[Receipt, bytes]]) -> None:
    """Write messages that came back, with their bytes; one that is there already stays as it is."""
    if not kept:
        return
    connection.execute(
        insert_new(connection, schema.blobs),
        [{"sha256": receipt.sha256, "content": raw} for receipt, raw in kept],
    )
    connection.execute(insert_new(connection, _TABLE), [_row(receipt) for receipt, _raw in kept])


def retie(connection: Connection, receipts: Iterable[Receipt]) -> None:
    """Write what became known of receipts since they were kept.

    That is whose they are, what they say, and whether their signature holds.
    """
    for receipt in receipts:
        connection.execute(
            update(_TABLE)
            .where(_TABLE.c.id == receipt.id)
            .values(
                delivery_id=receipt.delivery_id,
                strength=receipt.strength.value,
                tied_by=receipt.tied_by,
                event=receipt.event.value if receipt.event else None,
                verified=receipt.verified,
                signer=receipt.signer,
            )
        )


def signed(connection: Connection) -> list[Receipt]:
    """Return the receipts that bear a signature, whether it holds or not."""
    return _read(connection, _TABLE.c.verified.is_not(None))


def judged_by(connection: Connection) -> str | None:
    """Return by which authorities signatures were judged last, None where nobody noted it."""
    authorities: str | None = connection.scalar(select(schema.judged.c.authorities))
    return authorities


def note_judged(connection: Connection, authorities: str) -> None:
    """Note by which authorities signatures are judged from now on."""
    connection.execute(delete(schema.judged))
    connection.execute(insert(schema.judged).values(id=1, authorities=authorities))


def loose(connection: Connection) -> list[Receipt]:
    """Return the receipts that are not surely tied to a delivery, but might be by an id."""
    return _read(
        connection,
        _TABLE.c.strength != Strength.STRONG.value,
        (_TABLE.c.refs != "") | (_TABLE.c.pec_id != "") | (_TABLE.c.message_id != ""),
    )


def of_deliveries(connection: Connection, deliveries: Collection[int]) -> list[Receipt]:
    """Return all receipts of some deliveries, in the order of what they tell."""
    found: list[Receipt] = []
    wanted = sorted(deliveries)
    for start in range(0, len(wanted), _CHUNK):
        found += _read(connection, _TABLE.c.delivery_id.in_(wanted[start : start + _CHUNK]))
    return found


def of_nobody(connection: Connection) -> list[Receipt]:
    """Return what was kept and is tied to no delivery."""
    return _read(connection, _TABLE.c.delivery_id.is_(None))


def by_kind(connection: Connection) -> dict[str, int]:
    """Count all that came back, by kind."""
    rows = connection.execute(select(_TABLE.c.kind, func.count()).group_by(_TABLE.c.kind))
    return {kind: count for kind, count in rows}  # noqa: C416  a result is no mapping


def content(connection: Connection, sha256: str) -> bytes:
    """Return the bytes of a message as it was received."""
    blob: bytes = connection.execute(
        select(schema.blobs.c.content).where(schema.blobs.c.sha256 == sha256)
    ).scalar_one()
    return blob


def failures(connection: Connection, round_id: int | None = None) -> dict[int, Receipt]:
    """Return why each bounced delivery, perhaps of one round, came back: its latest failure.

    The same whatever order the receipts were read in.
    """
    deliveries = schema.deliveries.c
    bounced = select(deliveries.id).where(deliveries.state == State.BOUNCED.value)
    if round_id is not None:
        bounced = bounced.where(deliveries.round_id == round_id)
    found = _read(
        connection, _TABLE.c.delivery_id.in_(bounced), _TABLE.c.event == Event.FAILURE.value
    )
    return {receipt.delivery_id: receipt for receipt in found if receipt.delivery_id is not None}


def _read(connection: Connection, *conditions: object) -> list[Receipt]:
    statement = (
        select(*_COLUMNS)
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(func.coalesce(_TABLE.c.occurred_at, _TABLE.c.received_at), _TABLE.c.identity)
    )
    return [_receipt(row) for row in connection.execute(statement).mappings()]


def _row(receipt: Receipt) -> dict[str, object]:
    row = {field.name: getattr(receipt, field.name) for field in fields(Receipt)}
    del row["id"]
    for name in _LISTS:
        row[name] = "\n".join(row[name])
    row["strength"] = receipt.strength.value
    row["event"] = receipt.event.value if receipt.event else None
    return row


def _receipt(row: object) -> Receipt:
    values = dict(row)  # type: ignore[call-overload]
    for name in _LISTS:
        values[name] = tuple(values[name].split("\n")) if values[name] else ()
    values["strength"] = Strength(values["strength"])
    values["event"] = Event(values["event"]) if values["event"] else None
    return Receipt(**values)
