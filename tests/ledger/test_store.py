"""The file of the ledger: made, opened, brought up to date, and refused when it cannot be used."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, inspect, select

from coalizione_mailer.errors import LedgerError
from coalizione_mailer.ledger import deliveries, migrations, schema, store
from coalizione_mailer.ledger.deliveries import Choice
from coalizione_mailer.ledger.rounds import Round
from coalizione_mailer.ledger.store import Ledger, sqlite_path
from coalizione_mailer.lifecycle import Event, State
from tests.support import letters

Freezer = Callable[[int], tuple[Ledger, Round]]
Opener = Callable[[], Ledger]
NOW = letters.FROZEN_AT


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the ledger of this test's folder is, or would be."""
    path = sqlite_path(letters.URL, tmp_path)
    assert path is not None
    return path


def refusal(folder: Path, url: str = letters.URL) -> LedgerError:
    """Fail to open a ledger, and return why."""
    with pytest.raises(LedgerError) as caught:
        Ledger.open(url, folder, now=NOW)
    return caught.value


def versions(ledger: Ledger) -> list[tuple[int, float]]:
    with ledger.reading() as connection:
        return [tuple(row) for row in connection.execute(select(schema.schema_version))]


def test_an_empty_folder_gets_a_ledger_of_this_version(reopened: Opener, file: Path) -> None:
    ledger = reopened()
    assert ledger.name == str(file)
    assert versions(ledger) == [(schema.VERSION, NOW)]
    with ledger.reading() as connection:
        assert set(inspect(connection).get_table_names()) == set(schema.metadata.tables)


def test_asking_for_a_ledger_that_is_not_there_makes_none(tmp_path: Path) -> None:
    assert Ledger.open_existing(letters.URL, tmp_path, now=NOW) is None
    assert list(tmp_path.iterdir()) == []


def test_opening_again_changes_nothing(frozen: Freezer, tmp_path: Path, stack: ExitStack) -> None:
    frozen(2)
    ledger = Ledger.open_existing(letters.URL, tmp_path, now=NOW + 99)
    assert ledger is not None
    stack.callback(ledger.close)
    assert versions(ledger) == [(schema.VERSION, NOW)]
    with ledger.reading() as connection:
        assert deliveries.waiting(connection, Choice(1)) == 2


def test_every_connection_survives_a_loss_of_power(reopened: Opener) -> None:
    ledger = reopened()

    def pragma(connection: Connection, name: str) -> object:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()

    with ledger.reading() as first, ledger.reading() as second, ledger.writing() as third:
        for connection in (first, second, third):
            assert pragma(connection, "journal_mode") == "wal"
            assert pragma(connection, "synchronous") == 2  # FULL
            assert pragma(connection, "foreign_keys") == 1


def test_a_reader_sees_one_moment_and_waits_for_nobody(frozen: Freezer, reopened: Opener) -> None:
    ledger, opened = frozen(3)
    other = reopened()
    choice = Choice(opened.id)
    with ledger.reading() as reader:
        assert deliveries.waiting(reader, choice) == 3
        with other.writing() as writer:
            deliveries.claim(writer, choice, 2, now=NOW)
            assert deliveries.waiting(reader, choice) == 3
        assert deliveries.waiting(reader, choice) == 3
    with ledger.reading() as reader:
        assert deliveries.waiting(reader, choice) == 1


def test_while_one_writes_others_can_open_and_read_but_not_write(
    frozen: Freezer, reopened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_BUSY_SECONDS", 0.05)
    ledger, opened = frozen(3)
    with ledger.writing() as writer:
        # As during a freeze, which takes minutes.
        deliveries.claim(writer, Choice(opened.id), 1, now=NOW)
        other = reopened()
        with other.reading() as reader:
            assert deliveries.waiting(reader, Choice(opened.id)) == 3
        with pytest.raises(LedgerError) as caught, other.writing():
            pass
        assert caught.value.reason == "locked"


def test_a_ledger_of_a_newer_version_is_refused_and_left_as_it_is(
    frozen: Freezer, tmp_path: Path, file: Path
) -> None:
    ledger, _ = frozen(1)
    with ledger.writing() as connection:
        connection.execute(schema.schema_version.insert().values(version=99, applied_at=NOW))
    ledger.close()
    before = file.read_bytes()
    error = refusal(tmp_path)
    assert (error.reason, error.path, error.detail) == (
        "newer",
        str(file),
        f"99 > {schema.VERSION}",
    )
    assert file.read_bytes() == before


def test_an_older_ledger_is_brought_up_step_by_step(
    frozen: Freezer, reopened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(name: str) -> Callable[[Connection], None]:
        return lambda connection: connection.exec_driver_sql(f"CREATE TABLE {name} (a)").close()

    ledger, opened = frozen(2)
    ledger.close()
    steps = {schema.VERSION + 1: add("first"), schema.VERSION + 2: add("second")}
    monkeypatch.setattr(migrations, "STEPS", steps)
    monkeypatch.setattr(migrations, "VERSION", schema.VERSION + 2)
    newer = reopened()
    assert [version for version, _ in versions(newer)] == [
        schema.VERSION + step for step in range(3)
    ]
    with newer.reading() as connection:
        assert {"first", "second"} <= set(inspect(connection).get_table_names())
        assert deliveries.waiting(connection, Choice(opened.id)) == 2


def test_a_ledger_of_version_1_is_brought_up_and_goes_on(
    tmp_path: Path, file: Path, stack: ExitStack
) -> None:
    """The file was made by the program of version 1, with letters sent, refused and waiting."""
    file.parent.mkdir()
    old = sqlite3.connect(file)
    old.executescript((Path(__file__).parent / "version-1.sql").read_text(encoding="utf-8"))
    before = old.execute("SELECT id, state, address FROM deliveries ORDER BY id").fetchall()
    old.close()
    ledger = letters.open_ledger(tmp_path, NOW + 99)
    stack.callback(ledger.close)
    later = [(version, NOW + 99) for version in range(2, schema.VERSION + 1)]
    assert versions(ledger) == [(1, NOW), *later]
    with ledger.writing() as connection:
        assert connection.exec_driver_sql(
            "SELECT id, state, address FROM deliveries ORDER BY id"
        ).all() == list(before)
        assert [state for _id, state, _address in before] == ["sent", "refused", "sent", "queued"]
        told = deliveries.told(connection, {1: Event.DELIVERY, 2: Event.FAILURE}, now=NOW)
        assert told == {1: State.DELIVERED, 2: State.BOUNCED}
    fresh = letters.open_ledger(tmp_path / "fresh")
    stack.callback(fresh.close)
    assert described(ledger) == described(fresh)


def described(ledger: Ledger) -> dict[str, list[str]]:
    """Return how every table was made, by name; in whatever order of columns."""
    with ledger.reading() as connection:
        seen = inspect(connection)
        return {
            name: sorted(
                repr(sorted(part.items(), key=lambda item: item[0]))
                for part in (
                    *seen.get_columns(name),
                    *seen.get_foreign_keys(name),
                    *seen.get_indexes(name),
                    *seen.get_unique_constraints(name),
                    *seen.get_check_constraints(name),
                )
            )
            for name in seen.get_table_names()
        }


def test_a_step_that_fails_leaves_the_older_ledger_whole(
    frozen: Freezer, reopened: Opener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def half(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE half (a)")
        connection.exec_driver_sql("CREATE TABLE half (a)")

    ledger, opened = frozen(2)
    ledger.close()
    with monkeypatch.context() as newer:
        newer.setattr(migrations, "STEPS", {schema.VERSION + 1: half})
        newer.setattr(migrations, "VERSION", schema.VERSION + 1)
        assert refusal(tmp_path).reason == "database"
    again = reopened()
    assert versions(again) == [(schema.VERSION, NOW)]
    with again.reading() as connection:
        assert set(inspect(connection).get_table_names()) == set(schema.metadata.tables)
        assert deliveries.waiting(connection, Choice(opened.id)) == 2


def test_a_file_that_is_no_database_is_damaged_and_left_as_it_is(
    tmp_path: Path, file: Path
) -> None:
    file.parent.mkdir()
    file.write_bytes(b"%PDF-1.7 not a ledger at all" * 999)
    error = refusal(tmp_path)
    assert (error.reason, error.path) == ("damaged", str(file))
    assert file.read_bytes() == b"%PDF-1.7 not a ledger at all" * 999


def test_a_database_with_a_hole_in_it_is_damaged(
    frozen: Freezer, tmp_path: Path, file: Path
) -> None:
    ledger, _ = frozen(50)
    ledger.close()
    content = bytearray(file.read_bytes())
    content[200:8192] = b"\xff" * (8192 - 200)
    file.write_bytes(content)
    assert refusal(tmp_path).reason == "damaged"


def test_a_place_where_no_file_can_be_is_unopenable(tmp_path: Path, file: Path) -> None:
    (tmp_path / "archive").write_text("a file", encoding="utf-8")
    assert refusal(tmp_path).reason == "unopenable"
    (tmp_path / "archive").unlink()
    file.mkdir(parents=True)
    assert refusal(tmp_path).reason == "unopenable"


def test_a_full_disk_is_said_so_and_nothing_is_lost(frozen: Freezer, reopened: Opener) -> None:
    ledger, opened = frozen(2)

    def fill() -> None:
        with ledger.writing() as connection:
            deliveries.claim(connection, Choice(opened.id), 1, now=NOW)
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            blob = {"sha256": "0" * 64, "content": bytes(10**6)}
            connection.execute(schema.blobs.insert().values(blob))

    with pytest.raises(LedgerError) as caught:
        fill()
    assert caught.value.reason == "full"
    with reopened().reading() as connection:
        assert deliveries.waiting(connection, Choice(opened.id)) == 2


def test_a_ledger_that_cannot_be_written_is_said_so(frozen: Freezer) -> None:
    ledger, opened = frozen(2)

    def write() -> None:
        with ledger.writing() as connection:
            connection.exec_driver_sql("PRAGMA query_only=ON")
            deliveries.claim(connection, Choice(opened.id), 1, now=NOW)

    with pytest.raises(LedgerError) as caught:
        write()
    assert caught.value.reason == "readonly"


def test_what_a_killed_writer_left_beside_the_file_is_taken_up(
    frozen: Freezer, tmp_path: Path, file: Path, stack: ExitStack
) -> None:
    ledger, opened = frozen(3)
    with ledger.writing() as connection:
        deliveries.claim(connection, Choice(opened.id), 1, now=NOW)
    # The files as they are with nobody having closed anything.
    assert file.with_name(file.name + "-wal").stat().st_size > 0
    shutil.copytree(file.parent, tmp_path / "copy" / "archive")
    copied = letters.open_ledger(tmp_path / "copy")
    stack.callback(copied.close)
    with copied.reading() as connection:
        assert deliveries.waiting(connection, Choice(opened.id)) == 2


@pytest.mark.parametrize("url", ["", "archive/ledger.sqlite", "sqlite://", "sqlite:///:memory:"])
def test_what_is_no_address_of_a_database_is_refused(url: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, url).reason == "url"
    assert list(tmp_path.iterdir()) == []


def test_a_path_may_be_relative_to_the_campaign_or_absolute(tmp_path: Path) -> None:
    assert sqlite_path("sqlite:///a/b.sqlite", tmp_path) == tmp_path / "a" / "b.sqlite"
    absolute = tmp_path / "c.sqlite"
    assert sqlite_path(f"sqlite:///{absolute}", Path("elsewhere")) == absolute


def test_a_database_server_has_no_file_and_its_password_is_never_told(tmp_path: Path) -> None:
    url = "postgresql+nothing://mailer:hunter2@db.ente.example/ledger"
    assert sqlite_path(url, tmp_path) is None
    error = refusal(tmp_path, url)
    assert error.reason == "unopenable"
    assert "db.ente.example" in error.path
    assert "hunter2" not in f"{error.path} {error.detail} {error!r}"


def test_letters_cannot_be_without_their_round(reopened: Opener) -> None:
    ledger = reopened()
    row = {
        "round_id": 7,
        "codice_catastale": "A001",
        "codice_istat": "000001",
        "denominazione": "x",
        "sigla": "VI",
        "regione": "x",
        "channel": "pec",
        "address": "a@b.example",
        "message_id": "<a@b>",
        "head_sha256": "x",
        "letter_sha256": "x",
        "message_sha256": "x",
        "message_size": 1,
        "state": "queued",
        "due": 0.0,
        "changed_at": 0.0,
    }
    with pytest.raises(LedgerError), ledger.writing() as connection:
        connection.execute(schema.deliveries.insert().values(row))
    with ledger.reading() as connection:
        count = connection.execute(select(func.count()).select_from(schema.deliveries))
        assert count.scalar_one() == 0


def test_the_file_is_a_plain_sqlite_database(frozen: Freezer, file: Path) -> None:
    ledger, _ = frozen(2)
    ledger.close()
    connection = sqlite3.connect(file)
    try:
        assert connection.execute(
            "SELECT state, count(*) FROM deliveries GROUP BY 1"
        ).fetchall() == [("queued", 2)]
    finally:
        connection.close()
