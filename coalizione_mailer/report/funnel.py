"""How far the letter got, in Comuni: the figures of report, screen and spreadsheet alike."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from coalizione_mailer.ledger.figures import Fate
from coalizione_mailer.lifecycle import FAILED, State

_LEFT = frozenset({State.SENT, State.ACCEPTED, State.DELIVERED, State.BOUNCED})
_TAKEN = frozenset({State.ACCEPTED, State.DELIVERED})


@dataclass(frozen=True, slots=True)
class Journey:
    """How the letters of one Comune fared, over all rounds, and what it answered."""

    sent: bool = False
    accepted: bool = False
    delivered: bool = False
    bounced: bool = False
    recovered: bool = False
    answered: bool = False
    coming: bool = False

    @classmethod
    def of(cls, fates: Sequence[Fate], *, answered: bool = False, coming: bool = False) -> Self:
        """Add up the letters of a Comune, those of earlier rounds first."""
        states = [fate.state for fate in fates]
        failed = next((place for place, state in enumerate(states) if state in FAILED), None)
        return cls(
            sent=any(state in _LEFT for state in states),
            accepted=any(fate.accepted or fate.state in _TAKEN for fate in fates),
            delivered=State.DELIVERED in states,
            bounced=State.BOUNCED in states,
            recovered=failed is not None and State.DELIVERED in states[failed + 1 :],
            answered=answered,
            coming=coming,
        )


@dataclass(frozen=True, slots=True)
class Funnel:
    """Comuni that were written to, and how many of them got how far.

    ``bounced`` are those of whom any letter came back, ``recovered`` those of them (or of the
    refused) to whom a later one was delivered; ``coming`` have said yes.
    """

    selected: int = 0
    sent: int = 0
    accepted: int = 0
    delivered: int = 0
    bounced: int = 0
    recovered: int = 0
    answered: int = 0
    coming: int = 0

    @classmethod
    def of(cls, journeys: Iterable[Journey]) -> Self:
        """Count Comuni."""
        own = list(journeys)
        return cls(
            selected=len(own),
            sent=sum(one.sent for one in own),
            accepted=sum(one.accepted for one in own),
            delivered=sum(one.delivered for one in own),
            bounced=sum(one.bounced for one in own),
            recovered=sum(one.recovered for one in own),
            answered=sum(one.answered for one in own),
            coming=sum(one.coming for one in own),
        )


def journeys(
    fates: Iterable[Fate], answered: Collection[str] = (), coming: Collection[str] = ()
) -> dict[str, Journey]:
    """Follow every Comune (by cadastral code) through its letters and its answer."""
    letters: dict[str, list[Fate]] = {}
    for fate in fates:
        letters.setdefault(fate.codice_catastale, []).append(fate)
    return {
        code: Journey.of(own, answered=code in answered, coming=code in coming)
        for code, own in letters.items()
    }
