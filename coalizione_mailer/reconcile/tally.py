"""What a reading brought, in numbers, to be told to whoever asked for it."""

from collections import Counter
from dataclasses import dataclass, field

from coalizione_mailer.lifecycle import State
from coalizione_mailer.mailbox.sources import Arrival


@dataclass(slots=True)
class Tally:
    """What reading brought: how many were seen, known, kept or none of ours, and what changed.

    ``held`` wait for a receipt that tells whose they are; for ``unheld`` there was no room.
    """

    seen: int = 0
    known: int = 0
    foreign: int = 0
    held: int = 0
    unheld: int = 0
    kept: Counter[str] = field(default_factory=Counter)
    weak: int = 0
    unproved: int = 0
    unreadable: list[Arrival] = field(default_factory=list)
    changed: dict[int, State] = field(default_factory=dict)

    @property
    def states(self) -> Counter[State]:
        """Count the letters whose state changed, by where they are now."""
        return Counter(self.changed.values())

    def add(self, other: "Tally") -> None:
        """Take in what another batch brought."""
        self.seen += other.seen
        self.known += other.known
        self.foreign += other.foreign
        self.held = max(0, self.held + other.held)
        self.unheld += other.unheld
        self.kept += other.kept
        self.weak += other.weak
        self.unproved += other.unproved
        self.unreadable += other.unreadable
        self.changed |= other.changed


@dataclass(slots=True)
class Judged:
    """What judging again brought: how many receipts, how many hold now that did not, what changed.

    ``fallen`` counts, by delivery, those that settled it and would not be believed now.
    """

    receipts: int = 0
    risen: int = 0
    fallen: Counter[int] = field(default_factory=Counter)
    tally: Tally = field(default_factory=Tally)
