"""Misbehaviour that follows from what went before, or from chance: greylisting, quotas, bad luck.

All of it is a function of the occasion and of a seed, so that every rehearsal can be had again.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from coalizione_mailer.rehearsal.faults import Fault, Occasion, Step


@dataclass
class Greylist:
    """Puts off whoever writes to an address for the first time (RFC 6647)."""

    seconds: float = 300.0
    _until: dict[str, float] = field(default_factory=dict)

    def fault(self, occasion: Occasion) -> Fault | None:
        """Refuse for now until the delay has passed since the first try."""
        if occasion.step is not Step.RCPT:
            return None
        until = self._until.setdefault(occasion.recipient, occasion.at + self.seconds)
        if occasion.at >= until:
            return None
        return Fault(Step.RCPT, b"451 4.7.1 Greylisted, try again later")


@dataclass(frozen=True)
class Quota:
    """Takes so many messages in any window of so many seconds, and puts off the others."""

    count: int
    seconds: float

    def fault(self, occasion: Occasion) -> Fault | None:
        """Refuse for now once the window is full."""
        if occasion.step is not Step.MAIL:
            return None
        if len(occasion.record) < self.count:
            return None
        if occasion.at - occasion.record[-self.count].at >= self.seconds:
            return None
        return Fault(Step.MAIL, b"450 4.7.1 Too much traffic")


@dataclass
class Chance:
    """Picks one of these faults in a share of all occasions; the seed decides which and when."""

    seed: int
    share: float
    faults: Sequence[Fault]
    _met: Counter[tuple[Step, str]] = field(default_factory=Counter)

    def fault(self, occasion: Occasion) -> Fault | None:
        """Draw a lot that depends on the step, the recipient and how often they met, not on time.

        So the same letters meet the same faults over any number of connections, from RCPT on.
        """
        possible = [fault for fault in self.faults if fault.fits(occasion)]
        if not possible:
            return None
        met = (occasion.step, occasion.recipient)
        self._met[met] += 1
        lot = random.Random(f"{self.seed} {occasion.step} {occasion.recipient} {self._met[met]}")  # noqa: S311  nothing secret
        return lot.choice(possible) if lot.random() < self.share else None
