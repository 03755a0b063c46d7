"""The operator's word on other addresses: from a spreadsheet, or asked one by one."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from coalizione_mailer.cli.arrivals import cause_in_words
from coalizione_mailer.cli.console import command, interactive, number, say
from coalizione_mailer.cli.finding import label
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.resent import proposed
from coalizione_mailer.errors import Code, ExitCode, Problem, UsageError
from coalizione_mailer.files import replacing
from coalizione_mailer.resend.consent import Consent, proposals_csv, read_consents
from coalizione_mailer.resend.proposals import Source

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.resend import Held, Wishes

_NOTE = 200
"""Characters of a file's name that are kept."""


@dataclass(frozen=True, slots=True)
class Word:
    """How the operator gives her word: a file to write, one to read, or else one by one."""

    proposals: Path | None
    approved: Path | None
    ask: bool


def approve(ledger: "Ledger", campaign: "Campaign", wishes: "Wishes", word: Word) -> int:
    """Propose other addresses, or take the operator's word on them."""
    if word.proposals is not None:
        return _write_proposals(ledger, campaign, wishes, word.proposals)
    if word.approved is not None:
        return _take_approved(ledger, campaign, wishes, word.approved)
    return _ask_each(ledger, campaign, wishes, ask=word.ask)


def _write_proposals(ledger: "Ledger", campaign: "Campaign", wishes: "Wishes", file: Path) -> int:
    """Write all proposals into a file for Excel."""
    held = _proposing(ledger, campaign, wishes)
    if not held:
        return _nothing()
    with replacing(file) as path:
        path.write_bytes(proposals_csv(held))
    say(
        ngettext(
            "Written: {file}, with the other addresses of {n} Comune.",
            "Written: {file}, with the other addresses of {n} Comuni.",
            len(held),
        ).format(file=file, n=number(len(held)))
    )
    say(_("Open it with Excel, write sì under approva where you agree, and save it."))
    _next(campaign, f"resend --approved {file}")
    return ExitCode.DONE


def _take_approved(ledger: "Ledger", campaign: "Campaign", wishes: "Wishes", file: Path) -> int:
    """Take the operator's word from a file; raises ProblemsError, and then nothing is taken."""
    # All channels: the file itself says which the office agreed to.
    fresh = replace(wishes, afresh=True, other_channel=True)
    consents = read_consents(file, _proposing(ledger, campaign, fresh))
    if not consents:
        say(_("Nothing is approved in {file}: write sì under approva.").format(file=file))
        return ExitCode.NOTHING_TO_DO
    return _written(ledger, campaign, consents, file.name[:_NOTE])


def _ask_each(ledger: "Ledger", campaign: "Campaign", wishes: "Wishes", *, ask: bool) -> int:
    """Ask about each proposal, one key each; anything but a yes leaves it."""
    if not (ask and interactive()):
        raise UsageError(
            [Problem(Code.OPTION_ALONE, key="--review", expected=("--proposals, --approved",))]
        )
    held = _proposing(ledger, campaign, wishes)
    if not held:
        return _nothing()
    consents = _asked(held)
    if not consents:
        say(_("Nothing was approved."))
        return ExitCode.NOTHING_TO_DO
    return _written(ledger, campaign, consents, "--review")


def _proposing(ledger: "Ledger", campaign: "Campaign", wishes: "Wishes") -> "list[Held]":
    from coalizione_mailer.resend import outlook

    return [one for one in outlook(ledger, campaign, wishes).held if one.proposals]


def _nothing() -> int:
    say(_("There is no other address to try for what came back."))
    return ExitCode.NOTHING_TO_DO


def _asked(held: "Sequence[Held]") -> list[Consent]:
    """Show each Comune and its proposals in turn; one key: yes, no, or enough."""
    yes, enough = _("y yes").split()[0], _("q quit").split()[0]
    say(
        _("For each: {yes} approves, {quit} ends, any other key goes on.").format(
            yes=yes, quit=enough
        ),
        "bold",
    )
    consents: list[Consent] = []
    for place, one in enumerate(held, start=1):
        say()
        counted = f"{number(place)}/{number(len(held))}"
        say(f"{label(one.case.letter)}: {one.case.letter.address}", word=counted)
        say(f"  {cause_in_words(one.case.cause)}: {one.case.words}".rstrip(": "))
        for proposal in one.proposals:
            say(f"  {proposed(proposal)} ?")
            key = typer.getchar().lower()
            if key == enough:
                return consents
            if key == yes:
                say("  " + _("approved"), "green")
                consents.append(Consent(one, proposal))
                break
    return consents


def _written(
    ledger: "Ledger", campaign: "Campaign", consents: "Sequence[Consent]", note: str
) -> int:
    """Put consents on record, and new addresses among the office's corrections."""
    from coalizione_mailer.ledger import approvals
    from coalizione_mailer.ledger.approvals import Approval

    now = time.time()
    corrected = _correct(campaign, consents, note)
    with ledger.writing() as connection:
        approvals.approve(
            connection,
            [
                Approval(
                    one.held.case.letter.delivery_id,
                    now,
                    one.proposal.address.channel,
                    one.proposal.address.address,
                    str(one.proposal.source),
                    note,
                )
                for one in consents
            ],
        )
    say(
        ngettext("{n} address is approved.", "{n} addresses are approved.", len(consents)).format(
            n=number(len(consents))
        )
    )
    if corrected is not None:
        say(_("Written: {file}").format(file=corrected))
    _next(campaign, "resend --bounced --dry-run")
    return ExitCode.DONE


def _correct(campaign: "Campaign", consents: "Iterable[Consent]", note: str) -> Path | None:
    """Write addresses that no book has as the office's own, so that they last; return the file."""
    from coalizione_mailer.freeze import archive
    from coalizione_mailer.ledger.lock import sole_sender
    from coalizione_mailer.plan import atlas_of, register_of
    from coalizione_mailer.registry.corrections import (
        SOURCE,
        book_csv,
        read_corrections,
        rekeyed,
        with_correction,
    )
    from coalizione_mailer.updates import Written, write

    lasting = [one for one in consents if one.proposal.source is Source.SEEN]
    if not lasting:
        return None
    target = campaign.configuration.recipients.corrections
    atlas = atlas_of(register_of(campaign))
    today = datetime.now().astimezone()
    with sole_sender(archive(campaign), since=today):
        book = rekeyed(read_corrections(campaign.path(target)), atlas)
        for one in lasting:
            found = atlas.comune(one.held.case.codice_catastale)
            if found is not None:
                former = one.held.case.letter.address
                why = f"{former} è tornato indietro; approvato: {note}"
                address = replace(
                    one.proposal.address, source=SOURCE, seen=today.date(), note=why, office=None
                )
                book = with_correction(book, found[0], address)
        write(campaign.root, [Written(target, book_csv(book, atlas))])
    return campaign.path(target)


def _next(campaign: "Campaign", words: str) -> None:
    say(_("Next: {command}").format(command=command(campaign.root, words)))
