"""A campaign of small letters that were sent, and for which real receipts came back."""

from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

from coalizione_mailer.ledger import deliveries
from coalizione_mailer.ledger.deliveries import Choice, Settlement
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import Phase, judge
from coalizione_mailer.mailbox.classify import classify
from coalizione_mailer.mailbox.sources import Arrival
from coalizione_mailer.reconcile import Batch, Reconciler
from tests.support import came_back, campaign, letters

# A signature says when it was made: each receipt is signed once, and is the same ever after.
acceptance = cache(came_back.acceptance)
delivery = cache(came_back.delivery)
failure = cache(came_back.failure)
reply = cache(came_back.reply)

SENT_AT = letters.FROZEN_AT + 60
READ_AT = letters.FROZEN_AT + 86400
TAKEN = "2.0.0 <b>Ok</b>: queued"


def campaign_of(folder: Path, count: int, sent: int) -> Path:
    """Make a campaign of so many letters; the first of them were taken by the server."""
    campaign.written(folder, count, 1)
    ledger, opened = letters.frozen_ledger(folder, count)
    with closing(ledger), ledger.writing() as connection:
        claims = deliveries.claim(connection, Choice(opened.id), sent, now=SENT_AT)
        deliveries.settle(
            connection,
            [
                Settlement(
                    claimed.delivery_id,
                    claimed.attempt,
                    judge(Phase.END_OF_DATA, 250, TAKEN),
                    SENT_AT,
                )
                for claimed in claims
            ],
        )
    return folder


def came_in(folder: Path, raws: Sequence[bytes]) -> None:
    """Take in messages, as ``mailer receive`` does."""
    with closing(Ledger.open(letters.URL, folder, now=READ_AT)) as ledger:
        reconciler = Reconciler(ledger, classify, lambda: READ_AT, "Invito")
        reconciler.take(Batch(tuple(Arrival(raw, f"prova/{n}") for n, raw in enumerate(raws))))
