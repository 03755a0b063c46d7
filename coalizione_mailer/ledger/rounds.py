"""Rounds written and read: what a freeze fixes, once and whole."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from coalizione_mailer.errors import Change
from coalizione_mailer.ledger import schema
from coalizione_mailer.lifecycle import State
from coalizione_mailer.model import Channel, Recipient

_CHUNK = 200


@unique
class Kind(StrEnum):
    """What a round is for."""

    FIRST = "first"  # the letter, to all
    RESEND = "resend"  # the same letter, to those from whom it came back
    REMINDER = "reminder"  # another letter, to those who have not answered


@dataclass(frozen=True, slots=True)
class Round:
    """One sending of one letter to many: round 1 is the first, a resend opens the next.

    ``frozen_at`` is in seconds since the epoch, UTC.
    """

    number: int
    campaign: str
    protocol: str
    sender: str
    identity: str
    frozen_at: float
    id: int = 0
    kind: Kind = Kind.FIRST


@dataclass(frozen=True, slots=True)
class Frozen:
    """One delivery as it will leave: the parts of its message and the hash of the whole.

    ``previous_id`` is the delivery that came back, of which this one is sent again.
    """

    recipient: Recipient
    message_id: str
    head: bytes
    letter: bytes
    message_sha256: str
    message_size: int
    previous_id: int | None = None


def sha256(content: bytes) -> str:
    """Return the name under which the ledger keeps these bytes."""
    return hashlib.sha256(content).hexdigest()


def write(
    connection: Connection,
    opened: Round,
    frame: bytes,
    inputs: Mapping[str, str],
    deliveries: Iterable[Frozen],
) -> int:
    """Write a round with all its deliveries and return how many; nothing is kept in memory."""
    keeper = _Blobs(connection)
    frame_sha256 = keeper.keep(frame)
    keeper.flush()
    (round_id,) = connection.execute(
        insert(schema.rounds).values(
            number=opened.number,
            campaign=opened.campaign,
            protocol=opened.protocol,
            sender=opened.sender,
            identity=opened.identity,
            frozen_at=opened.frozen_at,
            frame_sha256=frame_sha256,
            kind=opened.kind.value,
        )
    ).inserted_primary_key or (0,)
    if inputs:
        connection.execute(
            insert(schema.inputs),
            [{"round_id": round_id, "name": name, "sha256": each} for name, each in inputs.items()],
        )
    count = 0
    queue = iter(deliveries)
    while chunk := list(islice(queue, _CHUNK)):
        rows = [_row(frozen, round_id, opened.frozen_at, keeper) for frozen in chunk]
        keeper.flush()
        connection.execute(insert(schema.deliveries), rows)
        count += len(rows)
    return count


def current(connection: Connection) -> Round | None:
    """Return the latest round, None before the first freeze."""
    return next(reversed(every(connection)), None)


def every(connection: Connection) -> list[Round]:
    """Return all rounds, the first one first."""
    table = schema.rounds
    return [
        Round(
            number=row.number,
            campaign=row.campaign,
            protocol=row.protocol,
            sender=row.sender,
            identity=row.identity,
            frozen_at=row.frozen_at,
            id=row.id,
            kind=Kind(row.kind),
        )
        for row in connection.execute(select(table).order_by(table.c.number))
    ]


def frame(connection: Connection, opened: Round) -> bytes:
    """Return the part of the message that all deliveries of a round share."""
    content: bytes = connection.execute(
        select(schema.blobs.c.content)
        .join(schema.rounds, schema.rounds.c.frame_sha256 == schema.blobs.c.sha256)
        .where(schema.rounds.c.id == opened.id)
    ).scalar_one()
    return content


def frame_sha256(connection: Connection, opened: Round) -> str:
    """Return the hash under which the frame of a round was kept."""
    table = schema.rounds.c
    name: str = connection.execute(
        select(table.frame_sha256).where(table.id == opened.id)
    ).scalar_one()
    return name


def frozen_inputs(connection: Connection, opened: Round) -> dict[str, str]:
    """Return what the letters of a round came from, by name, with its SHA-256."""
    table = schema.inputs
    rows = connection.execute(select(table).where(table.c.round_id == opened.id))
    return {row.name: row.sha256 for row in rows}


def changes(connection: Connection, opened: Round, inputs: Mapping[str, str]) -> list[Change]:
    """Compare the inputs as they are now with what was frozen."""
    frozen = frozen_inputs(connection, opened)
    found = []
    for name in sorted(frozen.keys() | inputs.keys()):
        if name not in inputs:
            found.append(Change(name, "removed"))
        elif name not in frozen:
            found.append(Change(name, "added"))
        elif frozen[name] != inputs[name]:
            found.append(Change(name, "changed"))
    return found


@dataclass(frozen=True, slots=True)
class First:
    """The first letter to a Comune, as it was frozen: what every later one is made from."""

    delivery_id: int
    round: Round
    codice_catastale: str
    denominazione: str
    channel: Channel
    address: str
    message_id: str
    head: bytes
    letter: bytes


def firsts(connection: Connection, comuni: Collection[str]) -> dict[str, First]:
    """Return the first letters to some Comuni, by cadastral code."""
    opened = {one.id: one for one in every(connection) if one.kind is Kind.FIRST}
    letters = schema.blobs.alias("letters")
    table = schema.deliveries.c
    rows = connection.execute(
        select(
            table.id,
            table.round_id,
            table.codice_catastale,
            table.denominazione,
            table.channel,
            table.address,
            table.message_id,
            schema.blobs.c.content.label("head"),
            letters.c.content.label("letter"),
        )
        .join(schema.blobs, schema.blobs.c.sha256 == table.head_sha256)
        .join(letters, letters.c.sha256 == table.letter_sha256)
        .where(table.round_id.in_(opened), table.codice_catastale.in_(sorted(comuni)))
    )
    return {
        row.codice_catastale: First(
            row.id,
            opened[row.round_id],
            row.codice_catastale,
            row.denominazione,
            Channel(row.channel),
            row.address,
            row.message_id,
            row.head,
            row.letter,
        )
        for row in rows
    }


def attempted(connection: Connection, opened: Round) -> bool:
    """Tell whether any letter of the round was ever handed to the network."""
    statement = (
        select(func.count())
        .select_from(schema.attempts)
        .join(schema.deliveries)
        .where(schema.deliveries.c.round_id == opened.id)
    )
    return bool(connection.execute(statement).scalar_one())


def leave_out(connection: Connection, opened: Round, comuni: Collection[str]) -> None:
    """Forget the letters of a round to some Comuni (cadastral codes) that were never tried."""
    table, tried = schema.deliveries.c, select(schema.attempts.c.delivery_id)
    connection.execute(
        delete(schema.deliveries).where(
            table.round_id == opened.id,
            table.state == State.QUEUED.value,
            table.codice_catastale.in_(sorted(comuni)),
            table.id.not_in(tried),
        )
    )


def discard(connection: Connection, opened: Round) -> None:
    """Forget a round of which nothing was attempted; its inputs and deliveries go with it."""
    connection.execute(delete(schema.deliveries).where(schema.deliveries.c.round_id == opened.id))
    connection.execute(delete(schema.rounds).where(schema.rounds.c.id == opened.id))
    used = select(schema.deliveries.c.head_sha256).union(
        select(schema.deliveries.c.letter_sha256),
        select(schema.rounds.c.frame_sha256),
        select(schema.receipts.c.sha256),
    )
    connection.execute(delete(schema.blobs).where(schema.blobs.c.sha256.not_in(used)))


class _Blobs:
    """Writes each content once, in batches."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: dict[str, bytes] = {}
        self._statement = insert_new(connection, schema.blobs)
        self._written: set[str] = set()

    def keep(self, content: bytes) -> str:
        """Note bytes to be kept and return their name."""
        name = sha256(content)
        # The circular form hands over the same letter again and again.
        if name not in self._written:
            self._waiting[name] = content
        return name

    def flush(self) -> None:
        """Write what is waiting."""
        if self._waiting:
            rows = [{"sha256": name, "content": blob} for name, blob in self._waiting.items()]
            self._connection.execute(self._statement, rows)
            self._written = set(self._waiting)
            self._waiting.clear()


def insert_new(connection: Connection, table: Table) -> Any:
    """Return the statement that inserts what is not there yet, in the database's own dialect."""
    module = sqlite if connection.dialect.name == "sqlite" else postgresql
    return module.insert(table).on_conflict_do_nothing()


def _row(frozen: Frozen, round_id: int, at: float, keeper: _Blobs) -> dict[str, object]:
    comune, address = frozen.recipient.comune, frozen.recipient.address
    return {
        "round_id": round_id,
        "codice_catastale": comune.codice_catastale,
        "codice_istat": comune.codice_istat,
        "denominazione": comune.denominazione,
        "sigla": comune.sigla,
        "regione": comune.regione,
        "channel": address.channel.value,
        "address": address.address,
        "message_id": frozen.message_id,
        "head_sha256": keeper.keep(frozen.head),
        "letter_sha256": keeper.keep(frozen.letter),
        "message_sha256": frozen.message_sha256,
        "message_size": frozen.message_size,
        "state": State.QUEUED.value,
        "due": at,
        "changed_at": at,
        "previous_id": frozen.previous_id,
    }
