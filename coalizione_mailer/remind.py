"""The reminder: another, shorter letter to those who have the first one and have not answered.

It goes to the address at which the letter was delivered. Whoever has answered in any way, also
doubtfully, is never reminded; nor whoever may not have the letter.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum, unique

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.campaign.configuration import Configuration, Reminding
from coalizione_mailer.errors import Change, FrozenChangedError
from coalizione_mailer.ledger import answers, reports, rounds
from coalizione_mailer.ledger.reports import Standing
from coalizione_mailer.ledger.rounds import Kind, Round
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import State
from coalizione_mailer.model import Address, Channel, Recipient, Selection
from coalizione_mailer.plan import Plan, mayors_of, register_of


@unique
class Spared(StrEnum):
    """Why a Comune is not reminded."""

    ANSWERED = "answered"
    UNDELIVERED = "undelivered"  # nothing proves that it has the letter
    REMINDED = "reminded"


@dataclass(frozen=True, slots=True)
class Outlook:
    """Who is reminded, and how many are not, and why."""

    letters: tuple[Standing, ...]
    spared: Counter[Spared]


def reminding(ledger: Ledger, campaign: Campaign) -> Campaign:
    """Return the campaign as it is while it reminds: letter, subject, number, no attachments.

    Raises FrozenChangedError when the campaign file no longer names the letter that was sent.
    """
    with ledger.reading() as connection:
        first = rounds.every(connection)[0]
    if first.protocol != campaign.configuration.protocol.confirmation:
        raise FrozenChangedError([Change("campaign.toml [protocol]", "changed")], attempted=True)
    return replace(campaign, configuration=reminder_of(campaign.configuration))


def reminder_of(configuration: Configuration) -> Reminding:
    """Return what the campaign file says of the reminder, as the letters read it."""
    section, protocol = configuration.reminder, configuration.protocol
    subject = section.subject or f"Promemoria: {configuration.campaign.subject}"
    own = protocol
    if section.number is not None and section.date is not None:
        changed = {"number": section.number, "suffix": section.suffix, "date": section.date}
        own = protocol.model_copy(update=changed)
    values = {name: getattr(configuration, name) for name in type(configuration).model_fields} | {
        "campaign": configuration.campaign.model_copy(update={"subject": subject}),
        "letter": configuration.letter.model_copy(update={"template": section.template}),
        "attachments": (),
        "protocol": own,
        "invitation": protocol,
    }
    return Reminding.model_construct(**values)


def outlook(ledger: Ledger) -> Outlook:
    """Look at every Comune: reminded are those who have the letter and said nothing."""
    with ledger.reading() as connection:
        replied = answers.replied(connection)
        reminded = {
            letter.codice_catastale
            for opened in rounds.every(connection)
            if opened.kind is Kind.REMINDER
            for letter in reports.standings(connection, opened.id)
        }
        standing = reports.overall(connection)
    spared = {letter.delivery_id: _spared(letter, replied, reminded) for letter in standing}
    due = tuple(letter for letter in standing if spared[letter.delivery_id] is None)
    return Outlook(due, Counter(why for why in spared.values() if why is not None))


def _spared(letter: Standing, replied: set[str], reminded: set[str]) -> Spared | None:
    if letter.codice_catastale in replied:
        return Spared.ANSWERED
    if letter.state is not State.DELIVERED:
        return Spared.UNDELIVERED
    return Spared.REMINDED if letter.codice_catastale in reminded else None


def planned(campaign: Campaign, letters: Iterable[Standing]) -> Plan:
    """Plan the reminders, each to where the letter was delivered; raises ProblemsError."""
    register, mayors = register_of(campaign), mayors_of(campaign)
    recipients = []
    for letter in letters:
        for found in register.follow(letter.codice_catastale)[:1]:
            address = Address(Channel(letter.channel), letter.address)
            recipients.append(Recipient(found.comune, address, mayors.head_of(found.comune)))
    comuni = tuple(recipient.comune for recipient in recipients)
    return Plan(tuple(recipients), Selection(comuni), (), ())


def still_silent(ledger: Ledger, opened: Round) -> frozenset[str]:
    """Return who of a round of reminders has not answered since it was frozen (cadastral codes).

    Their reminders are all that may leave; those of the others, if never tried, are forgotten.
    """
    with ledger.writing() as connection:
        replied = answers.replied(connection)
        letters = {one.codice_catastale for one in reports.standings(connection, opened.id)}
        rounds.leave_out(connection, opened, letters & replied)
        return frozenset(letters - replied)
