"""How far each folder of a mailbox was read, written together with what was read."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from coalizione_mailer.ledger import schema


@dataclass(frozen=True, slots=True)
class Place:
    """The last message read of a folder: its UID, and what UIDs hold under (RFC 3501, 2.3.1.1)."""

    mailbox: str
    folder: str
    uidvalidity: int
    uid: int


def places(connection: Connection, mailbox: str) -> dict[str, Place]:
    """Return how far the folders of a mailbox were read, by name."""
    table = schema.cursors
    rows = connection.execute(select(table).where(table.c.mailbox == mailbox))
    return {row.folder: Place(*row) for row in rows}


def advance(connection: Connection, read: Iterable[Place]) -> None:
    """Write how far folders were read; a place is never taken back but with a new UIDVALIDITY."""
    table = schema.cursors.c
    for place in read:
        before = places(connection, place.mailbox).get(place.folder)
        if before and before.uidvalidity == place.uidvalidity and before.uid >= place.uid:
            continue
        connection.execute(
            delete(schema.cursors).where(
                table.mailbox == place.mailbox, table.folder == place.folder
            )
        )
        connection.execute(
            insert(schema.cursors).values(
                mailbox=place.mailbox,
                folder=place.folder,
                uidvalidity=place.uidvalidity,
                uid=place.uid,
            )
        )
