"""Which messages may answer a letter by an id that only a receipt still to be read can tell.

Whoever answers a certified letter cites the name that our provider gave its envelope, and an
answer may come from anywhere: only the acceptance says that it is ours. A mailbox is full of
letters on other matters, so no more is held back than can turn out to be an answer: what cites an
id that a PEC provider may have given, since the freeze, while an acceptance is still to be read.
It is forgotten as soon as none is, and in any case after ``DAYS`` (GDPR, article 5, 1 c and e).
"""

import re

from coalizione_mailer.mailbox.reading import Reading
from coalizione_mailer.reconcile.relevance import too_early
from coalizione_mailer.reconcile.ties import PEC_RECEIPTS, bare

DAYS = 90
MOST_BYTES = 40_000_000
"""Bytes: no PEC provider takes a larger message."""

_LONGEST = 320
# How providers name envelopes: opec275.…@pec.aruba.it, ….posta-certificata@legalmail.it, and by
# domains whose names say what they are.
_LOCAL = re.compile(r"^opec\d|posta-certificata")
_DOMAIN = re.compile(
    r"(?:^|[.-])(?:pec[^.]*|[^.]*pec|[^.]*cert|postacert[^.]*|legalmail|sicurezzapostale)(?:\.|$)"
)


def cited(reading: Reading) -> tuple[str, ...]:
    """Return the ids of others' messages that a message cites and a PEC provider may have given."""
    if reading.kind in PEC_RECEIPTS:
        return ()
    ids = map(bare, (*reading.references, reading.message_id))
    return tuple(dict.fromkeys(one for one in ids if _certified(one)))


def may_answer(reading: Reading, size: int, frozen_at: float) -> bool:
    """Tell whether to hold back a message of so many bytes, which nothing ties yet."""
    return size <= MOST_BYTES and not too_early(reading, frozen_at) and bool(cited(reading))


def _certified(identifier: str) -> bool:
    local, _at, domain = identifier[:_LONGEST].rpartition("@")
    return bool(local) and bool(_LOCAL.search(local) or _DOMAIN.search(domain))
