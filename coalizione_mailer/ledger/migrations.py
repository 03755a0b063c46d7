"""Brings a ledger up to this program's schema; the change and its record are one transaction."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, func, insert, inspect, select

from coalizione_mailer.errors import LedgerError
from coalizione_mailer.ledger.schema import (
    VERSION,
    answer_changes,
    answers,
    approvals,
    cursors,
    deliveries,
    held,
    judged,
    metadata,
    participants,
    receipts,
    schema_version,
)

_LATER_ROUNDS = (
    "ALTER TABLE rounds ADD COLUMN kind VARCHAR(8) DEFAULT 'first' NOT NULL",
    "ALTER TABLE deliveries ADD COLUMN previous_id INTEGER REFERENCES deliveries (id)",
)


def _back_and_again(connection: Connection) -> None:
    """Make room for what comes back, and for later rounds.

    A version that changes these tables freezes them here.
    """
    came = [receipts, cursors, approvals, answers, participants, answer_changes]
    metadata.create_all(connection, tables=came)
    for statement in _LATER_ROUNDS:
        connection.exec_driver_sql(statement)
    by_comune = next(one for one in deliveries.indexes if one.name == "deliveries_by_comune")
    by_comune.create(connection)


def _later_read(connection: Connection) -> None:
    """Make room for what is understood only when something read later tells how."""
    metadata.create_all(connection, tables=[held, judged])


STEPS: Mapping[int, Callable[[Connection], None]] = {2: _back_and_again, 3: _later_read}
"""What brings a ledger from the version before up to each version; none was released before 1."""


def is_current(connection: Connection) -> bool:
    """Tell whether a ledger needs nothing done; asked first, since reading waits for nobody."""
    return _version(connection) == VERSION


def migrate(connection: Connection, *, now: float) -> None:
    """Make an empty ledger whole, or an older one current; raises LedgerError for a newer one."""
    found = _version(connection)
    if found is None:
        metadata.create_all(connection)
        connection.execute(insert(schema_version).values(version=VERSION, applied_at=now))
        return
    if found > VERSION:
        raise LedgerError(str(connection.engine.url.database), "newer", f"{found} > {VERSION}")
    for version in range(found + 1, VERSION + 1):
        STEPS[version](connection)
        connection.execute(insert(schema_version).values(version=version, applied_at=now))


def _version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(schema_version.name):
        return None
    version: int | None = connection.scalar(select(func.max(schema_version.c.version)))
    return version
