"""What a freeze fixes is kept whole, once, and comes back byte for byte."""

import hashlib
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select

from coalizione_mailer.errors import Change, LedgerError
from coalizione_mailer.ledger import deliveries, reports, rounds, schema
from coalizione_mailer.ledger.deliveries import Choice
from coalizione_mailer.ledger.rounds import Frozen, Round
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.letter.message import join
from coalizione_mailer.lifecycle import State
from tests.support import letters

Freezer = Callable[[int], tuple[Ledger, Round]]
Opener = Callable[[], Ledger]


def blobs_in(ledger: Ledger) -> dict[str, bytes]:
    with ledger.reading() as connection:
        return {row.sha256: row.content for row in connection.execute(select(schema.blobs))}


def rows_in(ledger: Ledger) -> dict[str, int]:
    """Count the rows of every table."""
    with ledger.reading() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in schema.metadata.tables.items()
        }


def write(ledger: Ledger, frozen: Iterator[Frozen], opened: Round = letters.ROUND) -> int:
    with ledger.writing() as connection:
        inputs = {"campaign.toml [letter]": "a" * 64, "data/comuni.csv": "b" * 64}
        return rounds.write(connection, opened, letters.composer().frame, inputs, frozen)


def test_before_the_first_freeze_there_is_no_round(reopened: Opener) -> None:
    with reopened().reading() as connection:
        assert rounds.current(connection) is None


def test_a_round_comes_back_as_it_was_written(frozen: Freezer, reopened: Opener) -> None:
    _, opened = frozen(3)
    with reopened().reading() as connection:
        assert rounds.current(connection) == opened
        assert rounds.frame(connection, opened) == letters.composer().frame
        assert not rounds.attempted(connection, opened)
        counts = reports.counts(connection, opened.id)
        standings = list(reports.standings(connection, opened.id))
    assert counts == dict.fromkeys(State, 0) | {State.QUEUED: 3}
    assert [
        (s.codice_catastale, s.codice_istat, s.denominazione, s.sigla, s.address, s.message_id)
        for s in standings
    ] == [
        (
            letters.comune(n).codice_catastale,
            letters.comune(n).codice_istat,
            f"Borgo {n}",
            "VI",
            letters.address(n),
            letters.frozen(n).message_id,
        )
        for n in range(3)
    ]
    assert {(s.state, s.attempts, s.started_at, s.code, s.answer) for s in standings} == {
        (State.QUEUED, 0, None, None, "")
    }


def test_every_message_can_be_made_again_from_its_parts(frozen: Freezer) -> None:
    ledger, opened = frozen(5)
    with ledger.writing() as connection:
        frame = rounds.frame(connection, opened)
        claims = deliveries.claim(connection, Choice(opened.id), 5, now=letters.FROZEN_AT)
    for number, claim in enumerate(claims):
        message = join(claim.head, claim.letter, frame)
        assert hashlib.sha256(message).hexdigest() == claim.message_sha256
        assert claim.message_sha256 == letters.frozen(number).message_sha256


def test_the_same_bytes_are_kept_once_under_their_hash(reopened: Opener) -> None:
    ledger = reopened()
    circular = (letters.frozen(number, letter=b"the same for all") for number in range(450))
    assert write(ledger, circular) == 450
    kept = blobs_in(ledger)
    assert {hashlib.sha256(content).hexdigest() for content in kept.values()} == kept.keys()
    # A head each, one letter, one frame.
    assert len(kept) == 450 + 1 + 1


def test_a_freeze_that_fails_on_the_way_leaves_nothing(reopened: Opener) -> None:
    ledger = reopened()
    before = rows_in(ledger)

    def broken() -> Iterator[Frozen]:
        for number in range(300):
            yield letters.frozen(number)
        raise OSError("the disk of the templates is gone")

    with pytest.raises(OSError, match="gone"):
        write(ledger, broken())
    assert rows_in(ledger) == before


def test_a_comune_is_written_to_once_in_a_round(reopened: Opener) -> None:
    ledger = reopened()
    before = rows_in(ledger)
    with pytest.raises(LedgerError):
        write(ledger, map(letters.frozen, [1, 2, 1]))
    assert rows_in(ledger) == before


def test_a_round_is_written_once(frozen: Freezer) -> None:
    ledger, _ = frozen(2)
    before = rows_in(ledger)
    with pytest.raises(LedgerError):
        write(ledger, map(letters.frozen, [3]))
    assert rows_in(ledger) == before


def test_changes_are_named_with_their_kind(reopened: Opener) -> None:
    ledger = reopened()
    write(ledger, map(letters.frozen, range(1)))
    with ledger.reading() as connection:
        opened = rounds.current(connection)
        assert opened is not None
        same = {"campaign.toml [letter]": "a" * 64, "data/comuni.csv": "b" * 64}
        assert rounds.changes(connection, opened, same) == []
        now = {"campaign.toml [letter]": "c" * 64, "templates/new.css": "d" * 64}
        assert rounds.changes(connection, opened, now) == [
            Change("campaign.toml [letter]", "changed"),
            Change("data/comuni.csv", "removed"),
            Change("templates/new.css", "added"),
        ]


def test_a_round_of_which_nothing_left_can_be_forgotten(frozen: Freezer) -> None:
    ledger, opened = frozen(4)
    with ledger.writing() as connection:
        rounds.discard(connection, opened)
    empty = dict.fromkeys(schema.metadata.tables, 0) | {"schema_version": 1}
    assert rows_in(ledger) == empty
    assert write(ledger, map(letters.frozen, range(4))) == 4


def test_forgetting_a_round_keeps_what_another_needs(frozen: Freezer) -> None:
    ledger, first = frozen(3)
    second = Round(2, "prova", "166/2017", letters.SENDER, "0ther", letters.FROZEN_AT)
    again = (
        Frozen(f.recipient, f"<second.{n}@x>", f.head, f.letter, f.message_sha256, f.message_size)
        for n, f in enumerate(map(letters.frozen, range(4)))
    )
    write(ledger, again, second)
    with ledger.writing() as connection:
        newest = rounds.current(connection)
        assert newest is not None
        assert newest.number == 2
        rounds.discard(connection, newest)
    with ledger.writing() as connection:
        assert rounds.current(connection) == first
        claims = deliveries.claim(connection, Choice(first.id), 9, now=letters.FROZEN_AT)
        frame = rounds.frame(connection, first)
    assert [
        hashlib.sha256(join(c.head, c.letter, frame)).hexdigest() == c.message_sha256
        for c in claims
    ] == [True] * 3
    # The fourth head and letter were the second round's alone.
    assert len(blobs_in(ledger)) == 3 + 3 + 1


def test_once_a_letter_was_claimed_the_round_counts_as_attempted(frozen: Freezer) -> None:
    ledger, opened = frozen(2)
    with ledger.writing() as connection:
        deliveries.claim(connection, Choice(opened.id), 1, now=letters.FROZEN_AT)
        assert rounds.attempted(connection, opened)
    with pytest.raises(LedgerError), ledger.writing() as connection:
        rounds.discard(connection, opened)
