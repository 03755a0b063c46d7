"""What was chosen of all the addresses that were seen: taken and passed over, each with why.

Made by ``choosing``, kept in ``data/indirizzi-visti.csv`` (``seen``), told by ``explanation``.
Named tuples, as in ``official.values``: there are tens of thousands of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from types import MappingProxyType
from typing import NamedTuple

from coalizione_mailer.model import Address, Channel, Comune
from coalizione_mailer.registry.addresses import AddressBook


@unique
class Reason(StrEnum):
    """Why an address was passed over; also what is doubtful about one that had to be taken."""

    LATER = "successivo"  # nothing against it: an earlier one of the same body was taken
    CONSUMER = "provider-privato"
    SHARED = "condiviso"  # with another Comune, and not plainly this one's
    HOLDER = "della-carica"  # the mayor's, a councillor's
    ELECTORAL = "ufficio-elettorale"
    REGISTRY = "ufficio-anagrafe"
    TAX = "ufficio-tributi"
    POLICE = "polizia-locale"
    OFFICE = "altro-ufficio"
    PERSON = "personale"  # somebody's own
    NOT_CERTIFIED = "non-certificato"  # given as PEC, at a provider that gives none
    RESERVED = "dominio-riservato"  # .example and the like: it reaches nobody
    INVALID = "non-valido"
    HOMONYM = "omonimo"  # code against seat and name: perhaps another Comune's
    OTHER_BODY = "altro-ente"  # a consortium's, a union's, a company's
    PREDECESSOR = "comune-cessato"  # of a Comune that is no more
    GONE = "non-piu-pubblicato"


@unique
class Rule(StrEnum):
    """Why an address was taken."""

    FIRST = "primo"
    NEXT = "primo-adatto"  # those before it were passed over for a reason of their own
    NOTHING_BETTER = "unico-possibile"  # something speaks against it, and there is no better one


NEVER = frozenset(
    {
        Reason.INVALID,
        Reason.HOMONYM,
        Reason.OTHER_BODY,
        Reason.PREDECESSOR,
        Reason.GONE,
    }
)
"""With these an address is not taken, though there be no other."""


class Seen(NamedTuple):
    """One address, with where it was seen: body, place among its addresses, source, days.

    ``codice_catastale`` is the Comune it is told with; ``source`` names format and file.
    """

    codice_catastale: str
    channel: Channel
    address: str
    codice_ipa: str = ""
    ente: str = ""
    position: int = 0
    source: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def key(self) -> tuple[str, Channel, str]:
        """What makes two of them the same."""
        return self.codice_catastale, self.channel, self.address.casefold()


class Taken(NamedTuple):
    """The address of a channel, why, and what is doubtful about it (worst first)."""

    seen: Seen
    rule: Rule
    doubts: tuple[Reason, ...] = ()


class PassedOver(NamedTuple):
    """An address that was not taken; ``others`` are the cadastral codes of who shares it."""

    seen: Seen
    reason: Reason
    others: tuple[str, ...] = ()


class Choice(NamedTuple):
    """All that was seen of one Comune: what was taken, what was passed over (as numbered)."""

    taken: Mapping[Channel, Taken] = MappingProxyType({})
    passed: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """The choice of every Comune of which something was seen, by cadastral code."""

    by_catastale: Mapping[str, Choice]

    def of(self, comune: Comune) -> Choice:
        """Return the choice of a Comune; an empty one where nothing was seen."""
        return self.by_catastale.get(comune.codice_catastale, Choice())

    def seen(self) -> Iterator[Seen]:
        """Give every address."""
        for choice in self.by_catastale.values():
            yield from (taken.seen for taken in choice.taken.values())
            yield from (passed.seen for passed in choice.passed)

    def doubtful(self) -> Iterator[Taken]:
        """Give what was taken though something speaks against it."""
        for choice in self.by_catastale.values():
            yield from (taken for taken in choice.taken.values() if taken.doubts)

    def book(self, file: str) -> AddressBook:
        """Return what was taken as an address book, keyed by cadastral code."""
        entries: dict[Channel, dict[str, Address]] = {channel: {} for channel in Channel}
        for code, choice in self.by_catastale.items():
            for channel, taken in choice.taken.items():
                seen = taken.seen
                note = ", ".join(taken.doubts)
                entries[channel][code] = Address(
                    channel, seen.address, seen.source, seen.last, note
                )
        return AddressBook(file, entries)
