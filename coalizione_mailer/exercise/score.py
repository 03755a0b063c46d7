"""The ledger held against what truly happened, letter by letter and Comune by Comune."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

from coalizione_mailer.ledger import reports
from coalizione_mailer.ledger.reports import Standing
from coalizione_mailer.ledger.rounds import Round
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import State
from coalizione_mailer.rehearsal.truth import Truth

REACHED = frozenset({State.SENT, State.ACCEPTED, State.DELIVERED})
"""States that leave the office with nothing to do for a letter."""

UNSETTLED = frozenset({State.QUEUED, State.SENDING, State.IN_DOUBT})


@unique
class Wrong(StrEnum):
    """What must not happen."""

    LOST = "lost"  # nobody has the letter, or it was forgotten, and the ledger does not say so
    DOUBLED = "doubled"  # a Comune has it twice
    MISJUDGED = "misjudged"  # the ledger says of a letter what is not so


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that must not happen: of which letter, what the ledger says, what is true.

    Without ``comune`` it is a figure of the report, and ``address`` is its name.
    """

    wrong: Wrong
    comune: str
    address: str
    ledger: str
    truth: str


@dataclass(frozen=True, slots=True)
class Score:
    """How a campaign went, in letters; of a Comune written to again, the last letter counts.

    ``sent`` is how many Comuni the server took a letter for; ``recovered`` are those whose first
    letter came back and a later one did not. Of ``dead`` addresses ``corrected`` were known
    to be dead, looked up and written down. Answers entered the register by themselves, or were
    decided by a person; ``answers_wrong`` are its wrong rows.
    """

    letters: int
    sent: int
    delivered: int
    silent: int
    bounced: int
    recovered: int
    dead: int
    corrected: int
    refused: int
    doubts: int
    doubts_by_word: int
    receipts: int
    bounces: int
    forgeries: int
    people: int
    answers_by_itself: int
    answers_by_person: int
    answers_wrong: int
    days: int
    faults: tuple[Fault, ...] = ()

    def count(self, wrong: Wrong) -> int:
        """Count what must not happen."""
        return sum(fault.wrong is wrong for fault in self.faults)

    @property
    def perfect(self) -> bool:
        """Whether nothing was lost, doubled or misjudged."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Standings:
    """Where the letters of each round are, by cadastral code; the first round first."""

    rounds: Sequence[Mapping[str, Standing]]

    @classmethod
    def of(cls, ledger: Ledger, rounds: Sequence[Round]) -> "Standings":
        """Read them; raises LedgerError."""
        with ledger.reading() as reading:
            return cls(
                [
                    {one.codice_catastale: one for one in reports.standings(reading, opened.id)}
                    for opened in rounds
                ]
            )

    def every(self) -> Iterator[Standing]:
        """Give every letter of every round."""
        for letters in self.rounds:
            yield from letters.values()

    def of_comune(self, code: str) -> list[Standing]:
        """Return the letters of one Comune, the last one last."""
        return [letters[code] for letters in self.rounds if code in letters]


def faults(standings: Standings, truth: Truth, codes: Iterable[str]) -> Iterator[Fault]:
    """Find what must not be, in the letters of these Comuni; the truth is the world's alone."""
    for code in codes:
        written = standings.of_comune(code)
        if not written:
            yield Fault(Wrong.LOST, code, "", "nothing", "to be written to")
            continue
        copies = truth.arrived(one.message_id for one in written)
        if copies > 1:
            yield _fault(Wrong.DOUBLED, written[-1], f"{copies} copies")
        if _lost(end_of(written), truth, copies):
            yield _fault(Wrong.LOST, end_of(written), f"{copies} copies")
    for one in standings.every():
        true = true_state(one, truth)
        if one.state is not true and one.state not in UNSETTLED:
            yield _fault(Wrong.MISJUDGED, one, true.value)


def end_of(written: Sequence[Standing]) -> Standing:
    """Return the letter of a Comune that counts: the one delivered, else the last one."""
    return next((one for one in written if one.state is State.DELIVERED), written[-1])


def _lost(last: Standing, truth: Truth, copies: int) -> bool:
    """Tell whether nobody will look after a letter that nobody has.

    One that was accepted, and vanished, is shown as silent: that is not lost without notice.
    """
    if last.state in UNSETTLED:
        return True
    if last.state is State.DELIVERED:
        return not copies
    return last.state in REACHED and not truth.was_taken(last.message_id)


def true_state(one: Standing, truth: Truth) -> State:
    """Return what the ledger should say: what true words say, or that it was never taken."""
    passage = truth.passages.get(one.message_id)
    return passage.state if passage else State.REFUSED


def _fault(wrong: Wrong, one: Standing, truth: str) -> Fault:
    comune = f"{one.denominazione} ({one.sigla})"
    return Fault(wrong, comune, one.address, one.state.value, truth)
