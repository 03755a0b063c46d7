"""Addresses that look wrong, though they could exist."""

from collections.abc import Iterable, Iterator

from coalizione_mailer.errors import Code, Problem, Severity
from coalizione_mailer.examination.domains import ORDINARY, meant, other_office
from coalizione_mailer.model import Channel, Recipient


def addresses(recipients: Iterable[Recipient], book: str) -> list[Problem]:
    """Name mistyped domains, ordinary mail where PEC is meant, and offices without a protocol."""
    return [problem for recipient in recipients for problem in _of(recipient, book)]


def _of(recipient: Recipient, book: str) -> Iterator[Problem]:
    address = recipient.address.address
    local, _, domain = address.rpartition("@")
    comune = recipient.comune.codice_istat
    if guess := meant(domain.lower()):
        right, certain = guess
        yield Problem(
            Code.ADDRESS_MISTYPED,
            Severity.ERROR if certain else Severity.WARNING,
            file=book,
            found=address,
            expected=(f"{local}@{right}",),
            comune=comune,
        )
    elif recipient.address.channel is Channel.PEC and domain.lower() in ORDINARY:
        yield Problem(
            Code.ADDRESS_ORDINARY, Severity.WARNING, file=book, found=address, comune=comune
        )
    if other_office(local):
        yield Problem(
            Code.ADDRESS_OFFICE, Severity.WARNING, file=book, found=address, comune=comune
        )
