"""Whose letter a message speaks of: by our Message-ID, the provider's id, an address, a number.

Only an id ties strongly. The local part of our Message-ID is unique: providers may rewrite its
domain. An address or a protocol number is a hint for whoever looks, and settles nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from coalizione_mailer.ledger.addressees import Addressee
from coalizione_mailer.lifecycle import Strength
from coalizione_mailer.mailbox.reading import Kind, Reading


@unique
class By(StrEnum):
    """What a message was tied by."""

    MESSAGE_ID = "message-id"
    PROVIDER_ID = "provider-id"
    REFERENCE = "reference"  # a reply's In-Reply-To or References
    ADDRESS = "address"
    PROTOCOL = "protocol"
    SUBJECT = "subject"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """To which delivery, how surely, by what; a weak tie may know the campaign and no delivery."""

    delivery_id: int | None = None
    strength: Strength = Strength.NONE
    by: By = By.NOTHING


NONE = Tie()

ONE_RECIPIENT = frozenset(
    {Kind.PEC_DELIVERY, Kind.PEC_DELIVERY_ERROR, Kind.PEC_DELIVERY_WARNING, Kind.PEC_VIRUS}
)
"""Receipts that speak of one recipient each, ``consegna`` (RFC 6109, section 4.4)."""

PEC_RECEIPTS = ONE_RECIPIENT | {
    Kind.PEC_ACCEPTANCE,
    Kind.PEC_NON_ACCEPTANCE,
    Kind.PEC_TAKEN_IN_CHARGE,
}


ANSWERS = frozenset({Kind.REPLY, Kind.AUTO_REPLY, Kind.PROTOCOL_ACK})
"""What people and their programs write back."""


class Index:
    """Every delivery of every round, to be found by what the world outside knows of it."""

    def __init__(
        self,
        addressees: Iterable[Addressee],
        provider_ids: Mapping[str, int],
        protocols: Iterable[str] = (),
        subject: str = "",
    ) -> None:
        self._by_id: dict[str, Addressee] = {}
        self._by_delivery: dict[int, Addressee] = {}
        self._by_address: dict[str, dict[str, Addressee]] = {}
        for one in addressees:
            self._by_id[local_part(one.message_id)] = one
            self._by_delivery[one.delivery_id] = one
            # A later round takes the place of an earlier one.
            self._by_address.setdefault(one.address.lower(), {})[one.codice_catastale] = one
        self._provider_ids = provider_ids
        self._protocols = [_protocol_pattern(protocol) for protocol in protocols]
        self._subject = _plain(subject)

    def by_id(self, message_id: str) -> Addressee | None:
        """Find a delivery by our Message-ID, whatever its domain became."""
        return self._by_id.get(local_part(message_id)) if message_id else None

    def by_provider(self, provider_id: str) -> Addressee | None:
        """Find a delivery by what the provider called it."""
        delivery = self._provider_ids.get(bare(provider_id)) if provider_id else None
        return self._by_delivery.get(delivery) if delivery is not None else None

    def by_address(self, addresses: Iterable[str]) -> Addressee | None:
        """Find the one Comune that has one of these addresses; None when there are several."""
        found: dict[str, Addressee] = {}
        for address in addresses:
            found |= self._by_address.get(address.strip().lower(), {})
        return next(iter(found.values())) if len(found) == 1 else None

    def names_protocol(self, subject: str) -> bool:
        """Tell whether a subject names the letter's protocol number."""
        return any(pattern.search(subject) for pattern in self._protocols)

    def names_subject(self, subject: str) -> bool:
        """Tell whether a subject holds that of the letter."""
        return bool(self._subject) and self._subject in _plain(subject)


def tie(reading: Reading, index: Index) -> Tie:
    """Say whose letter a message speaks of."""
    found = _by_ids(reading, index)
    if found is None:
        return NONE if is_of_another(reading) else _weak(reading, index)
    one, by = found
    if reading.kind in ONE_RECIPIENT and not _names(reading, one):
        return Tie(one.delivery_id, Strength.WEAK, by)
    return Tie(one.delivery_id, Strength.STRONG, by)


def is_of_another(reading: Reading) -> bool:
    """Tell whether a PEC receipt names a message, asked when that is none of ours."""
    return reading.kind in PEC_RECEIPTS and bool(reading.message_id)


def local_part(message_id: str) -> str:
    """Return the part of a Message-ID that is ours alone."""
    return bare(message_id).partition("@")[0]


def bare(message_id: str) -> str:
    """Return an id without brackets and blanks, in one case: some programs change it."""
    return message_id.strip(" \t\r\n<>").lower()


def _by_ids(reading: Reading, index: Index) -> tuple[Addressee, By] | None:
    if one := index.by_id(reading.message_id):
        return one, By.MESSAGE_ID
    if reading.message_id and reading.kind in PEC_RECEIPTS:
        return None
    # What comes back may give back the envelope, under the name that the provider gave it.
    if one := index.by_provider(reading.pec_id) or index.by_provider(reading.message_id):
        return one, By.PROVIDER_ID
    for reference in reading.references:
        if one := index.by_id(reference) or index.by_provider(reference):
            return one, By.REFERENCE
    return None


def _weak(reading: Reading, index: Index) -> Tie:
    if one := index.by_address((*reading.recipients, reading.sender)):
        return Tie(one.delivery_id, Strength.WEAK, By.ADDRESS)
    if index.names_protocol(reading.subject):
        return Tie(None, Strength.WEAK, By.PROTOCOL)
    if index.names_subject(reading.subject):
        return Tie(None, Strength.WEAK, By.SUBJECT)
    return NONE


def _names(reading: Reading, one: Addressee) -> bool:
    return one.address.lower() in {name.strip().lower() for name in reading.recipients}


def _protocol_pattern(protocol: str) -> re.Pattern[str]:
    """Match 166/2017 and 166/17, alone or after ``prot.``; never as part of another number."""
    number, _slash, year = protocol.partition("/")
    return re.compile(
        rf"(?<![\d/]){re.escape(number)}\s*/\s*(?:{re.escape(year)}|{re.escape(year[-2:])})(?!\d)"
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
