"""``mailer send --to-self``: a test to the operator, on screen."""

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import command, number, say
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.server import transport_of
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.lifecycle import Event

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.trial import Tried


def try_out(campaign: "Campaign", address: str, only: Sequence[str], *, ask: bool) -> int:
    """Send the typical letters to the operator; nothing is put on record."""
    from coalizione_mailer.trial import hand_over, letters_to, own_address

    to = own_address(campaign, address)
    transport = transport_of(campaign, ask=ask)
    letters = letters_to(campaign, to, only=only, mark=_("[TEST]"), now=time.time())
    say(
        ngettext(
            "A test: {n} letter goes to {address}, as a Comune would get it. No Comune gets "
            "anything, and nothing is put on record.",
            "A test: {n} letters go to {address}, as the Comuni would get them. No Comune gets "
            "anything, and nothing is put on record.",
            len(letters),
        ).format(n=number(len(letters)), address=to)
    )
    tried = asyncio.run(hand_over(letters, campaign.configuration.sender.address, transport))
    for one in tried:
        _tell(one)
    code = _exit_code(tried)
    if code is ExitCode.DONE:
        say(_("Look at them in your mailbox."), "green")
        say(_("Next: {command}").format(command=command(campaign.root, "send")))
    return code


def _tell(tried: "Tried") -> None:
    """Say what the server said to one letter."""
    comune = tried.letter.recipient.comune
    name = f"{comune.denominazione} ({comune.sigla})"
    answer = f"{tried.outcome.code or ''} {tried.outcome.text}".strip()
    match tried.outcome.event:
        case Event.TAKEN:
            say(_("{comune}: sent").format(comune=name))
        case Event.REJECTED:
            say(_("{comune}: refused: {answer}").format(comune=name, answer=answer), "red")
        case _:
            say(_("{comune}: not sent now: {answer}").format(comune=name, answer=answer), "yellow")


def _exit_code(tried: "Sequence[Tried]") -> ExitCode:
    events = {one.outcome.event for one in tried}
    if Event.REJECTED in events:
        return ExitCode.SOME_FAILED
    return ExitCode.DONE if events <= {Event.TAKEN} else ExitCode.TEMPORARY
