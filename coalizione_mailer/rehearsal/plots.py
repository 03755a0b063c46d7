"""What can become of a letter once it is taken, and to whom it happens; a table, and a lot.

Seconds are counted from when the provider took the letter.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

_MINUTE, _HOUR = 60.0, 3600.0


@unique
class Word(StrEnum):
    """One thing that is said of a letter, by somebody who knows."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    TWELVE_HOURS = "not yet delivered after 12 hours"
    TWENTY_FOUR_HOURS = "not delivered in 24 hours"
    NO_USER = "no such mailbox"
    NO_DOMAIN = "no such domain"
    FULL = "mailbox full"
    VIRUS = "virus found on delivery"
    NOT_ACCEPTED = "not accepted"
    BOUNCED = "bounced by ordinary mail"
    DELAYED = "delayed by ordinary mail"


FAILURES = frozenset(
    {
        Word.TWENTY_FOUR_HOURS,
        Word.NO_USER,
        Word.NO_DOMAIN,
        Word.FULL,
        Word.VIRUS,
        Word.NOT_ACCEPTED,
        Word.BOUNCED,
    }
)
"""Words that say: it will not arrive."""


@dataclass(frozen=True, slots=True)
class Saying:
    """A word said at a moment between two (seconds), so many times."""

    word: Word
    earliest: float
    latest: float
    times: int = 1


_ACCEPTED = Saying(Word.ACCEPTED, 2.0, 2 * _MINUTE)


@unique
class Plot(StrEnum):
    """What becomes of a letter."""

    # to a PEC mailbox
    DELIVERED = "delivered"
    OUT_OF_ORDER = "delivered, said before the acceptance"
    REPEATED = "delivered, every receipt several times"
    WITHOUT_ACCEPTANCE = "delivered, the acceptance never came"
    LATE = "delivered after the 12 hours' warning"
    TOO_LATE = "delivered after it was given up"
    DEAD = "no such mailbox"
    NO_DOMAIN = "no such domain"
    FULL = "mailbox full, for some days"
    TIMED_OUT = "given up after 24 hours"
    VIRUS = "taken for a virus on delivery"
    NOT_ACCEPTED = "taken for a virus on acceptance"
    SILENT = "accepted, then never a word, and there"
    VANISHED = "accepted, then never a word, and gone"
    # to an ordinary mailbox
    ARRIVED = "arrived, and ordinary mail says nothing"
    DELAYED = "delayed, then arrived"
    BOUNCED = "came back"
    DELAYED_AND_BOUNCED = "delayed, then came back"


SAYINGS: Mapping[Plot, tuple[Saying, ...]] = {
    Plot.DELIVERED: (_ACCEPTED, Saying(Word.DELIVERED, 10.0, 20 * _MINUTE)),
    Plot.OUT_OF_ORDER: (
        Saying(Word.ACCEPTED, 10 * _MINUTE, _HOUR),
        Saying(Word.DELIVERED, 5.0, 5 * _MINUTE),
    ),
    Plot.REPEATED: (
        Saying(Word.ACCEPTED, 2.0, 2 * _HOUR, 2),
        Saying(Word.DELIVERED, 10.0, 3 * _HOUR, 3),
    ),
    Plot.WITHOUT_ACCEPTANCE: (Saying(Word.DELIVERED, 10.0, _HOUR),),
    Plot.LATE: (
        _ACCEPTED,
        Saying(Word.TWELVE_HOURS, 12 * _HOUR, 12.2 * _HOUR),
        Saying(Word.DELIVERED, 13 * _HOUR, 23 * _HOUR),
    ),
    Plot.TOO_LATE: (
        _ACCEPTED,
        Saying(Word.TWELVE_HOURS, 12 * _HOUR, 12.2 * _HOUR),
        Saying(Word.TWENTY_FOUR_HOURS, 24 * _HOUR, 24.2 * _HOUR),
        Saying(Word.DELIVERED, 25 * _HOUR, 30 * _HOUR),
    ),
    Plot.DEAD: (_ACCEPTED, Saying(Word.NO_USER, 10.0, _HOUR)),
    Plot.NO_DOMAIN: (_ACCEPTED, Saying(Word.NO_DOMAIN, 10.0, _HOUR)),
    Plot.FULL: (_ACCEPTED, Saying(Word.FULL, 10.0, _HOUR, 2)),
    Plot.TIMED_OUT: (
        _ACCEPTED,
        Saying(Word.TWELVE_HOURS, 12 * _HOUR, 12.2 * _HOUR),
        Saying(Word.TWENTY_FOUR_HOURS, 24 * _HOUR, 24.2 * _HOUR),
    ),
    Plot.VIRUS: (_ACCEPTED, Saying(Word.VIRUS, 10.0, _HOUR)),
    Plot.NOT_ACCEPTED: (Saying(Word.NOT_ACCEPTED, 2.0, 10 * _MINUTE),),
    Plot.SILENT: (_ACCEPTED,),
    Plot.VANISHED: (_ACCEPTED,),
    Plot.ARRIVED: (_ACCEPTED,),
    Plot.DELAYED: (_ACCEPTED, Saying(Word.DELAYED, 4 * _HOUR, 5 * _HOUR)),
    Plot.BOUNCED: (_ACCEPTED, Saying(Word.BOUNCED, 5.0, 2 * _HOUR)),
    Plot.DELAYED_AND_BOUNCED: (
        _ACCEPTED,
        Saying(Word.DELAYED, 4 * _HOUR, 5 * _HOUR),
        Saying(Word.BOUNCED, 40 * _HOUR, 48 * _HOUR),
    ),
}

ARRIVES = frozenset(
    {
        *(plot for plot, said in SAYINGS.items() if any(s.word is Word.DELIVERED for s in said)),
        Plot.SILENT,
        Plot.ARRIVED,
        Plot.DELAYED,
    }
)
"""Plots at whose end the letter lies in the mailbox, whether or not anybody says so."""

CERTIFIED: Mapping[Plot, int] = {
    Plot.DELIVERED: 830,
    Plot.OUT_OF_ORDER: 20,
    Plot.REPEATED: 20,
    Plot.WITHOUT_ACCEPTANCE: 8,
    Plot.LATE: 15,
    Plot.TOO_LATE: 4,
    Plot.DEAD: 45,
    Plot.NO_DOMAIN: 12,
    Plot.FULL: 15,
    Plot.TIMED_OUT: 10,
    Plot.VIRUS: 4,
    Plot.NOT_ACCEPTED: 4,
    Plot.SILENT: 8,
    Plot.VANISHED: 5,
}
"""How often, of a thousand letters to PEC mailboxes."""

ORDINARY: Mapping[Plot, int] = {
    Plot.ARRIVED: 830,
    Plot.DELAYED: 30,
    Plot.BOUNCED: 110,
    Plot.DELAYED_AND_BOUNCED: 30,
}
"""How often, of a thousand letters to ordinary mailboxes."""


def cast(seed: int, addresses: Sequence[str], shares: Mapping[Plot, int]) -> dict[str, Plot]:
    """Give each address its plot; each plot has its address before one has a second.

    So that even a small rehearsal has seen everything; but half of the letters just arrive.
    """
    lot = random.Random(f"{seed} cast")  # noqa: S311  nothing secret
    order = sorted(addresses)
    lot.shuffle(order)
    certain = list(shares)[: len(order) // 2]
    drawn = lot.choices(list(shares), list(shares.values()), k=len(order) - len(certain))
    return dict(zip(order, (*certain, *drawn), strict=True))
