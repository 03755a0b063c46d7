"""Addresses that look wrong, though they could exist."""

from collections.abc import Iterable, Iterator

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.errors import Code, Problem, Severity
from coalizione_mailer.examination.domains import meant
from coalizione_mailer.model import Channel, Recipient
from coalizione_mailer.registry.mailboxes import ORDINARY, other_office

# What is told of an address at a provider of ordinary mail for consumers: small Comuni do use them.
_AT_CONSUMERS = {
    Channel.PEC: (Code.ADDRESS_ORDINARY, Severity.WARNING),
    Channel.EMAIL: (Code.ADDRESS_CONSUMER, Severity.INFO),
}


def addresses(recipients: Iterable[Recipient], book: str) -> list[Problem]:
    """Name mistyped domains, mailboxes of private providers, and offices without a protocol."""
    return [problem for recipient in recipients for problem in _of(recipient, book)]


def own_addresses(campaign: Campaign) -> list[Problem]:
    """Name mistyped domains of the sender: the answers of all the Comuni would be lost."""
    sender = campaign.configuration.sender
    problems = []
    for key, address in (("address", sender.address), ("reply_to", sender.reply_to)):
        local, _, domain = address.rpartition("@")
        if guess := meant(domain.lower()):
            problems.append(
                Problem(
                    Code.ADDRESS_MISTYPED,
                    Severity.ERROR if guess[1] else Severity.WARNING,
                    file="campaign.toml",
                    key=f"sender.{key}",
                    found=address,
                    expected=(f"{local}@{guess[0]}",),
                )
            )
    return problems


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
    elif domain.lower() in ORDINARY:
        code, severity = _AT_CONSUMERS[recipient.address.channel]
        yield Problem(code, severity, file=book, found=address, comune=comune)
    if other_office(local):
        yield Problem(
            Code.ADDRESS_OFFICE, Severity.WARNING, file=book, found=address, comune=comune
        )
