"""The ledger opened: connections, transactions, and the driver's errors turned into ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from coalizione_mailer.errors import LedgerError
from coalizione_mailer.ledger.migrations import is_current, migrate

Transaction = Connection
"""What ``reading`` and ``writing`` give, for those who may not know the database's library."""

_BUSY_SECONDS = 30

# The words SQLite uses for what can go wrong (sqlite.org/rescode.html), and ours.
_REASONS = (
    ("database is locked", "locked"),
    ("disk is full", "full"),
    ("disk i/o error", "io"),
    ("readonly database", "readonly"),
    ("unable to open", "unopenable"),
    ("malformed", "damaged"),
    ("not a database", "damaged"),
)


class Ledger:
    """An open ledger; use ``reading`` and ``writing`` for its transactions."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._reader = engine.execution_options(ledger_begin="BEGIN")
        self._writer = engine.execution_options(ledger_begin="BEGIN IMMEDIATE")
        self._engine = engine
        self.name = name

    @classmethod
    def open(cls, url: str, root: Path, *, now: float) -> "Ledger":
        """Open or make the ledger of a campaign folder; raises LedgerError when it cannot be used.

        A relative SQLite path starts at ``root``.
        """
        location, engine = _engine(url, root)
        ledger = cls(engine, location)
        try:
            with ledger.reading() as connection:
                current = is_current(connection)
            if not current:
                with ledger.writing() as connection:
                    migrate(connection, now=now)
        except LedgerError:
            ledger.close()
            raise
        return ledger

    @classmethod
    def open_existing(cls, url: str, root: Path, *, now: float) -> "Ledger | None":
        """Open the ledger if there is one; never makes a file."""
        path = sqlite_path(url, root)
        if path is not None and not path.exists():
            return None
        return cls.open(url, root, now=now)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give one consistent view of the ledger; raises LedgerError."""
        with self._translated(), self._reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give the one writing transaction, committed whole or not at all; raises LedgerError."""
        with self._translated(), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            detail = str(error.orig)
            raise LedgerError(self.name, _reason(detail), detail) from error


def sqlite_path(url: str, root: Path) -> Path | None:
    """Return the file of a SQLite URL, None for a database server; raises LedgerError."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise LedgerError(url, "url", str(error)) from error
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise LedgerError(url, "url")
    return root / parsed.database


def _engine(url: str, root: Path) -> tuple[str, Engine]:
    path = sqlite_path(url, root)
    name = str(path) if path else make_url(url).render_as_string(hide_password=True)
    try:
        if path is None:
            return name, create_engine(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS})
    except (ImportError, ArgumentError, OSError) as error:
        raise LedgerError(name, "unopenable", str(error)) from error
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return name, engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Set the mode that survives power loss: WAL, each commit on the disk before it returns."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-8000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Begin by ourselves: the driver's own BEGIN comes too late for a claim."""
    connection.exec_driver_sql(connection.get_execution_options().get("ledger_begin", "BEGIN"))


def _reason(detail: str) -> str:
    lowered = detail.lower()
    return next((ours for theirs, ours in _REASONS if theirs in lowered), "database")
