"""Brings a ledger up to this program's schema; the change and its record are one transaction."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, func, insert, inspect, select

from coalizione_mailer.errors import LedgerError
from coalizione_mailer.ledger.schema import VERSION, cursors, metadata, receipts, schema_version


def _receipts(connection: Connection) -> None:
    """Make room for what comes back; a version that changes these tables freezes them here."""
    metadata.create_all(connection, tables=[receipts, cursors])


STEPS: Mapping[int, Callable[[Connection], None]] = {2: _receipts}
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
