"""Better addresses for letters that came back: where they are known from, and since when.

Pure: the books are read elsewhere. An address from which a letter of this Comune came back is never
proposed again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum, unique
from zoneinfo import ZoneInfo

from coalizione_mailer.campaign.configuration import ChannelChoice
from coalizione_mailer.model import Address, Channel
from coalizione_mailer.registry.addresses import ALLOWED, AddressBook
from coalizione_mailer.registry.choice import NEVER, Choices, Reason
from coalizione_mailer.resend.cases import Case

ROME = ZoneInfo("Europe/Rome")

_UNFIT = NEVER | {Reason.RESERVED, Reason.NOT_CERTIFIED, Reason.PERSON, Reason.SHARED}
"""Reasons for which an address that an import passed over is not proposed either."""


@unique
class Source(StrEnum):
    """Where an address is known from, the best first; the words of the office's spreadsheet."""

    CORRECTION = "correzioni"  # the office's own word
    BOOK = "ipa"  # the address book, imported anew since
    SEEN = "visti"  # another address of the same body, seen by an import
    CHANNEL = "altro-canale"  # ordinary mail instead of PEC, or the other way round


@dataclass(frozen=True, slots=True)
class Proposal:
    """One address that could be tried, with its source and date; ``why`` is a word of an import.

    ``certain`` is the office's own correction made after the letter came back: no consent needed.
    """

    address: Address
    source: Source
    why: str = ""
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All addresses that are known now, by the cadastral codes of today."""

    corrections: AddressBook
    book: AddressBook
    seen: Choices
    channels: tuple[Channel, ...]
    other_channels: tuple[Channel, ...] = ()


def channels(
    choice: ChannelChoice, *, other: bool
) -> tuple[tuple[Channel, ...], tuple[Channel, ...]]:
    """Return the channels a campaign writes on, and those beside them it may go over to."""
    rest = tuple(channel for channel in Channel if channel not in ALLOWED[choice])
    return ALLOWED[choice], rest if other else ()


def proposals(case: Case, known: Knowledge) -> list[Proposal]:
    """List what could be tried for a Comune, the best first, each address once."""
    found: dict[str, Proposal] = {}
    for proposal in _all(case, known):
        key = proposal.address.address.casefold()
        if not case.has_tried(key):
            found.setdefault(key, proposal)
    return list(found.values())


def _all(case: Case, known: Knowledge) -> Iterator[Proposal]:
    """Give every address that is known: on the letter's channel first, then on the others."""
    own = Channel(case.letter.channel)
    first = (own,) if own in {*known.channels, *known.other_channels} else ()
    rest = [one for one in (*known.channels, *known.other_channels) if one not in first]
    for channel in (*first, *rest):
        for proposal in _on(case, channel, known):
            yield proposal if channel is own else _elsewhere(proposal)


def _elsewhere(proposal: Proposal) -> Proposal:
    """Call an address of another channel what it is, unless the office itself gave it."""
    if proposal.source is Source.CORRECTION:
        return proposal
    return replace(proposal, source=Source.CHANNEL, why=proposal.why or str(proposal.source))


def _on(case: Case, channel: Channel, known: Knowledge) -> Iterator[Proposal]:
    code = case.codice_catastale
    if mine := known.corrections.entries[channel].get(code):
        yield Proposal(mine, Source.CORRECTION, mine.note, certain=_since(mine.seen, case.at))
    if listed := known.book.entries[channel].get(code):
        yield Proposal(listed, Source.BOOK)
    choice = known.seen.by_catastale.get(code)
    if choice is None:
        return
    if taken := choice.taken.get(channel):
        one = taken.seen
        yield Proposal(Address(channel, one.address, one.source, one.last), Source.SEEN, taken.rule)
    for passed in choice.passed:
        one = passed.seen
        if one.channel is channel and passed.reason not in _UNFIT:
            address = Address(channel, one.address, one.source, one.last)
            yield Proposal(address, Source.SEEN, passed.reason)


def _since(seen: date | None, at: float) -> bool:
    """Tell whether a correction was made on the day a letter came back, or later."""
    return seen is not None and seen >= datetime.fromtimestamp(at, tz=ROME).date()
