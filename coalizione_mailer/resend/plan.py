"""The plan of a resend: every letter that came back, and what becomes of it. Nothing is written."""

from dataclasses import dataclass

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.errors import Problem
from coalizione_mailer.ledger import approvals
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.model import Channel
from coalizione_mailer.plan import atlas_of, register_of
from coalizione_mailer.registry import seen
from coalizione_mailer.registry.addresses import AddressBook, read_addresses
from coalizione_mailer.registry.corrections import Atlas, corrected, read_corrections
from coalizione_mailer.resend.cases import Case, cases
from coalizione_mailer.resend.decision import Decision, Held, Sending, Wishes, decide
from coalizione_mailer.resend.proposals import Knowledge, channels, proposals


@dataclass(frozen=True, slots=True)
class Outlook:
    """What becomes of every letter that came back, by region and name."""

    decisions: tuple[Decision, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def sendings(self) -> tuple[Sending, ...]:
        """Those that go again."""
        return tuple(one for one in self.decisions if isinstance(one, Sending))

    @property
    def held(self) -> tuple[Held, ...]:
        """Those that stay."""
        return tuple(one for one in self.decisions if isinstance(one, Held))


def outlook(ledger: Ledger, campaign: Campaign, wishes: Wishes) -> Outlook:
    """Look at every letter that came back; raises ProblemsError where the books cannot be read."""
    with ledger.reading() as connection:
        found: list[Case] = cases(connection)
        approved = {} if wishes.afresh else approvals.latest(connection)
    if not found:
        return Outlook(())
    known = _knowledge(campaign, other_channel=wishes.other_channel)
    decisions = tuple(
        decide(case, proposals(case, known), approved.get(case.letter.delivery_id), wishes)
        for case in found
        if not wishes.only or case.codice_catastale in wishes.only
    )
    return Outlook(decisions)


def _knowledge(campaign: Campaign, *, other_channel: bool) -> Knowledge:
    """Read every address that is known now; raises ProblemsError."""
    wanted = campaign.configuration.recipients
    atlas = atlas_of(register_of(campaign))
    allowed, others = channels(wanted.channel, other=other_channel)
    return Knowledge(
        corrections=_today(read_corrections(campaign.path(wanted.corrections)), atlas),
        book=_today(read_addresses(campaign.path(wanted.addresses)), atlas),
        seen=seen.read_seen(campaign.path(wanted.comuni).with_name(seen.FILE)),
        channels=allowed,
        other_channels=others,
    )


def _today(book: AddressBook, atlas: Atlas) -> AddressBook:
    """Bring a book to the codes of today, as it is when letters are planned."""
    return corrected(book, AddressBook(book.file, {channel: {} for channel in Channel}), atlas)
