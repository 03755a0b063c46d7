"""Why a Comune's letter goes where it goes: all that is known of its addresses, each told once."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, unique

from coalizione_mailer.model import Address, Channel, Comune
from coalizione_mailer.registry.addresses import AddressBook
from coalizione_mailer.registry.choice import Choice, PassedOver, Seen, Taken


@unique
class Outcome(StrEnum):
    """What becomes of an address."""

    CORRECTION = "correction"  # used: the office's own word
    USED = "used"  # chosen by rule, and what the address book has
    BOOK = "book"  # used: it stands in the address book, and no import chose it
    OVERRULED = "overruled"  # chosen by rule, but the office or the book knows better
    PASSED_OVER = "passed-over"


IN_FORCE = frozenset({Outcome.CORRECTION, Outcome.USED, Outcome.BOOK})


@dataclass(frozen=True, slots=True)
class Told:
    """One address on one channel: what becomes of it, and what is known of it.

    ``address`` is the correction's or the book's, ``why`` what the choice says; either may be None.
    """

    channel: Channel
    text: str
    outcome: Outcome
    address: Address | None = None
    why: Taken | PassedOver | None = None

    @property
    def seen(self) -> Seen | None:
        """Where it was seen, if an import saw it."""
        return self.why.seen if self.why else None


def explain(
    comune: Comune, choice: Choice, book: AddressBook, corrections: AddressBook
) -> tuple[Told, ...]:
    """Tell of every address of a Comune, what is used first; both books by cadastral code."""
    told: list[Told] = []
    for channel in Channel:
        mine = corrections.entries.get(channel, {}).get(comune.codice_catastale)
        listed = book.entries.get(channel, {}).get(comune.codice_catastale)
        told += _channel(channel, choice, mine, listed)
    return tuple(told)


def _channel(
    channel: Channel, choice: Choice, mine: Address | None, listed: Address | None
) -> Iterator[Told]:
    whys: dict[str, Taken | PassedOver] = {
        one.seen.address.casefold(): one for one in choice.passed if one.seen.channel is channel
    }
    if taken := choice.taken.get(channel):
        whys[taken.seen.address.casefold()] = taken
    found: dict[str, Told] = {}
    for address, outcome in ((mine, Outcome.CORRECTION), (listed, Outcome.BOOK)):
        if address is None or (key := address.address.casefold()) in found:
            continue
        why = whys.get(key)
        if outcome is Outcome.BOOK:
            if mine is not None:
                outcome = Outcome.OVERRULED  # noqa: PLW2901  what it would have been
            elif isinstance(why, Taken):
                outcome = Outcome.USED  # noqa: PLW2901  what it would have been
        found[key] = Told(channel, address.address, outcome, address, why)
    for key, why in whys.items():
        outcome = Outcome.OVERRULED if isinstance(why, Taken) else Outcome.PASSED_OVER
        found.setdefault(key, Told(channel, why.seen.address, outcome, None, why))
    order = list(Outcome)
    yield from sorted(found.values(), key=lambda one: order.index(one.outcome))
