"""The mailbox read while letters leave: two writers at one ledger, each with short transactions."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from coalizione_mailer.ledger import deliveries, reports, schema
from coalizione_mailer.ledger.deliveries import Choice, Settlement
from coalizione_mailer.lifecycle import Phase, State, judge
from coalizione_mailer.mailbox.reading import Kind, Reading
from coalizione_mailer.mailbox.sources import Arrival
from coalizione_mailer.reconcile import Batch, Reconciler
from tests.support import came_back, letters
from tests.support.patience import PATIENCE

COUNT = 60
NOW = letters.FROZEN_AT + 60


def delivered(raw: bytes) -> Reading:
    return came_back.reading(Kind.PEC_DELIVERY, int(raw))


def send(folder: Path) -> list[int]:
    """Send until nothing waits; return which letters left."""
    taken: list[int] = []
    with closing(letters.open_ledger(folder)) as ledger:
        while True:
            with ledger.writing() as connection:
                claims = deliveries.claim(connection, Choice(1), 1, now=NOW)
            if not claims:
                return taken
            (claimed,) = claims
            taken.append(claimed.delivery_id)
            outcome = judge(Phase.END_OF_DATA, 250)
            with ledger.writing() as connection:
                end = Settlement(claimed.delivery_id, claimed.attempt, outcome, NOW)
                deliveries.settle(connection, [end])


def receive(folder: Path) -> list[int]:
    """Read a receipt of every other letter, whether it has left, is leaving or waits."""
    with closing(letters.open_ledger(folder)) as ledger:
        told = Reconciler(ledger, delivered, lambda: NOW)
        for number in range(0, COUNT, 2):
            told.take(Batch((Arrival(b"%d" % number, "prova"),)))
    return []


def test_receipts_that_come_while_letters_leave_settle_them_and_none_leaves_twice(
    tmp_path: Path,
) -> None:
    ledger, opened = letters.frozen_ledger(tmp_path, COUNT)
    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(work, tmp_path) for work in (send, send, receive)]
        taken = [delivery for each in done for delivery in each.result(timeout=PATIENCE)]
    with closing(ledger), ledger.reading() as connection:
        counts = reports.counts(connection, opened.id)
        ended = connection.scalars(select(schema.attempts.c.event)).all()
    assert (counts[State.DELIVERED], counts[State.SENT]) == (COUNT // 2, COUNT // 2)
    assert max(Counter(taken).values()) == 1
    # What a receipt took out of the queue never left; all that left is on record.
    assert list(ended) == ["taken"] * len(taken)
