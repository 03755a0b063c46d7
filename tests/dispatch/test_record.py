"""A run and its record: nothing damaged leaves, nothing ends before it is written down."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from coalizione_mailer.dispatch import Ending, Orders
from coalizione_mailer.dispatch.desk import Job
from coalizione_mailer.errors import LedgerError
from coalizione_mailer.ledger import deliveries, rounds, schema
from coalizione_mailer.ledger.deliveries import Settlement
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import Event, State
from tests.dispatch.office import ROUND, office
from tests.support import letters
from tests.support.in_loop import in_loop
from tests.support.smtp_server import Fault, Step, Then


def spoil(ledger: Ledger, part: bytes, content: bytes) -> None:
    """Change a part of a message in the ledger, under the name it was kept by."""
    with ledger.writing() as connection:
        blobs = schema.blobs
        statement = blobs.update().where(blobs.c.sha256 == rounds.sha256(part))
        assert connection.execute(statement.values(content=content)).rowcount == 1


@pytest.mark.parametrize("place", [0, 1, -1])
@pytest.mark.parametrize("part", ["head", "letter", "frame"])
@in_loop
async def test_a_message_with_a_byte_changed_is_not_sent_and_stops_the_run(
    part: str, place: int, tmp_path: Path
) -> None:
    async with office(tmp_path, 3) as desk:
        frozen = [letters.frozen(number) for number in range(3)]
        parts = {
            "head": [one.head for one in frozen],
            "letter": [one.letter for one in frozen],
            "frame": [letters.composer().frame],
        }
        for kept in parts[part]:
            changed = bytearray(kept)
            changed[place] ^= 1
            spoil(desk.ledger, kept, bytes(changed))
        with pytest.raises(LedgerError) as caught:
            await desk.go()
        assert (caught.value.reason, caught.value.path) == ("damaged", desk.ledger.name)
        assert desk.server.record == []
        assert desk.counts() == {State.QUEUED: 3}
        assert desk.attempts() == 0


@pytest.mark.parametrize("column", ["head_sha256", "letter_sha256"])
@in_loop
async def test_parts_that_are_sound_and_do_not_belong_together_are_not_sent(
    column: str, tmp_path: Path
) -> None:
    async with office(tmp_path, 1) as desk:
        other = letters.frozen(1, letter=b"a longer letter, whose base64 is longer too")
        part = other.head if column == "head_sha256" else other.letter
        with desk.ledger.writing() as connection:
            blob = {"sha256": rounds.sha256(part), "content": part}
            connection.execute(schema.blobs.insert(), blob)
            connection.execute(schema.deliveries.update().values({column: rounds.sha256(part)}))
        with pytest.raises(LedgerError) as caught:
            await desk.go()
        assert caught.value.reason == "damaged"
        assert desk.server.record == []
        assert desk.counts() == {State.QUEUED: 1}


@in_loop
async def test_an_outcome_and_the_next_claim_share_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path, 20) as desk:
        run = desk.run(Orders(ROUND, connections=1))
        commits = 0
        writing = desk.ledger.writing

        def counted() -> Any:
            nonlocal commits
            commits += 1
            return writing()

        monkeypatch.setattr(desk.ledger, "writing", counted)
        await run.go()
        assert desk.each_has_one(range(20))
        # The first claim, each outcome with the claim that follows; no more.
        assert commits == 21


@in_loop
async def test_who_watches_and_fails_ends_the_run_with_what_was_sent_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path, 20) as desk:

        def full(_job: Job, _settlement: Settlement) -> None:
            raise OSError("no space left for the log")

        monkeypatch.setattr(desk.onlooker, "settled", full)
        with pytest.raises(OSError, match="no space"):
            await desk.go(Orders(ROUND, connections=2))
        sent = len(desk.server.record)
        assert 1 <= sent <= 4
        assert desk.counts() == {State.SENT: sent, State.QUEUED: 20 - sent}


@pytest.mark.parametrize("connections", [1, 4])
@in_loop
async def test_letters_in_flight_beside_a_damaged_one_end_well_and_are_on_record(
    connections: int, tmp_path: Path
) -> None:
    async with office(tmp_path, 30) as desk:
        letter = letters.frozen(12).letter
        spoil(desk.ledger, letter, letter[:-1] + b"?")
        with pytest.raises(LedgerError):
            await desk.go(Orders(ROUND, connections=connections))
        sent = len(desk.server.record)
        assert sent <= 29
        assert letters.address(12) not in desk.server.recipients
        assert desk.counts() == {State.SENT: sent, State.QUEUED: 30 - sent}


@in_loop
async def test_an_outcome_that_cannot_be_written_ends_the_run_and_leaves_the_letter_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path, 10) as desk:

        def full(connection: object, settlements: Sequence[Settlement]) -> None:
            if settlements and len(desk.server.record) >= 3:
                raise LedgerError(desk.ledger.name, "full")
            settle(connection, settlements)  # type: ignore[arg-type]

        settle = deliveries.settle
        monkeypatch.setattr(deliveries, "settle", full)
        with pytest.raises(LedgerError) as caught:
            await desk.go(Orders(ROUND, connections=1))
        assert caught.value.reason == "full"
        assert desk.counts() == {State.SENT: 2, State.SENDING: 1, State.QUEUED: 7}
        monkeypatch.undo()
        # There is room again: the third is in doubt, and rightly.
        assert desk.doubt_leftovers() == 1
        assert (await desk.go()).ending is Ending.DONE
        assert desk.each_has_one(range(10))
        assert desk.counts() == {State.SENT: 9, State.IN_DOUBT: 1}


@in_loop
async def test_the_last_letter_is_waited_for_though_its_outcome_is_long_in_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path, 1) as desk:
        desk.clock.patient = False

        def slow(*args: Any, **kwargs: Any) -> None:
            if args[1]:
                time.sleep(0.05)  # noqa: TID251  a slow disk
            settle(*args, **kwargs)

        settle = deliveries.settle
        monkeypatch.setattr(deliveries, "settle", slow)
        desk.server.will(*[Fault(Step.MAIL, then=Then.CLOSE)] * 8)
        result = await desk.go(Orders(ROUND, connections=4))
        assert (result.ending, result.outcomes) == (
            Ending.DONE,
            {Event.TAKEN: 1, Event.DEFERRED: 8},
        )
