"""What leaves is what was frozen, for that Comune: sound parts that were exchanged stay."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from coalizione_mailer.errors import LedgerError
from coalizione_mailer.ledger import rounds, schema
from coalizione_mailer.ledger.rounds import Frozen
from coalizione_mailer.letter.message import join, key_of, message_id
from coalizione_mailer.lifecycle import State
from tests.dispatch.office import Office, office
from tests.support import letters
from tests.support.in_loop import in_loop


def exchange(connection: Connection, *columns: str) -> None:
    """Give two deliveries what the other has in some columns."""
    table = schema.deliveries
    one, other = connection.execute(table.select().order_by(table.c.id)).all()[:2]
    for row, its in ((one, other), (other, one)):
        values = {column: getattr(its, column) for column in columns}
        connection.execute(update(table).where(table.c.id == row.id).values(values))


def as_frozen_before(desk: Office) -> None:
    """Make the letters ones whose Message-IDs do not vouch yet for what goes with them."""

    def older(number: int) -> Frozen:
        new = letters.frozen(number)
        key = key_of(1, new.recipient.comune.codice_catastale)
        own_id = message_id(letters.stationery(), key)
        head = new.head.replace(new.message_id.encode(), own_id.encode())
        whole = join(head, new.letter, letters.composer().frame)
        return replace(
            new,
            head=head,
            message_id=own_id,
            message_sha256=rounds.sha256(whole),
        )

    with desk.ledger.writing() as connection:
        rounds.discard(connection, desk.round)
        frame, inputs = letters.composer().frame, {"campaign.toml": "0" * 64}
        rounds.write(connection, letters.ROUND, frame, inputs, map(older, range(3)))
        opened = rounds.current(connection)
    assert opened is not None
    desk.round = opened


def as_frozen_now(desk: Office) -> None:
    """Leave them as they are."""
    assert desk.round.number == 1


@pytest.mark.parametrize("made", [as_frozen_now, as_frozen_before])
@in_loop
async def test_letters_whose_parts_are_their_own_leave(
    made: Callable[[Office], None], tmp_path: Path
) -> None:
    async with office(tmp_path, 3) as desk:
        made(desk)
        await desk.go()
        assert desk.counts() == {State.SENT: 3}


@pytest.mark.parametrize("made", [as_frozen_now, as_frozen_before])
@pytest.mark.parametrize(
    "columns",
    [
        ("letter_sha256",),
        ("letter_sha256", "message_sha256"),
        ("head_sha256",),
        ("address",),
    ],
)
@in_loop
async def test_of_letters_that_somebody_exchanged_none_leaves(
    columns: tuple[str, ...], made: Callable[[Office], None], tmp_path: Path
) -> None:
    async with office(tmp_path, 3) as desk:
        made(desk)
        with desk.ledger.writing() as connection:
            exchange(connection, *columns)
        with pytest.raises(LedgerError) as caught:
            await desk.go()
        assert (caught.value.reason, caught.value.path) == ("damaged", desk.ledger.name)
        assert desk.server.record == []
        assert desk.counts() == {State.QUEUED: 3}
        assert desk.attempts() == 0
