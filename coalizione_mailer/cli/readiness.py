"""What ``mailer send`` looks at before it freezes, and before it asks."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import say
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.problems import print_problems
from coalizione_mailer.errors import Code, Problem, ProblemsError, Severity
from coalizione_mailer.lifecycle import State

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.ledger.rounds import Round
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.plan import Plan
    from coalizione_mailer.transport.smtp import SmtpTransport


def examined(campaign: "Campaign", planned: "Plan") -> "tuple[Problem, ...]":
    """Look at a plan as ``mailer check`` does; raises ProblemsError for what stands in the way."""
    from coalizione_mailer.examination import examine

    errors = []
    if not planned.recipients:
        errors.append(Problem(Code.NOBODY_CHOSEN, file="campaign.toml", key="recipients"))
    problems = examine(campaign, now=datetime.now().astimezone(), planned=planned).problems
    errors = [*(p for p in problems if p.severity is Severity.ERROR), *errors]
    if errors:
        raise ProblemsError(errors)
    return problems


def refuse_late(ledger: "Ledger", opened: "Round", campaign: "Campaign") -> None:
    """Refuse to go on with an event that is over by now; raises ProblemsError."""
    from coalizione_mailer.examination import standing_in_the_way
    from coalizione_mailer.ledger import reports

    with ledger.reading() as connection:
        left = reports.counts(connection, opened.id)[State.QUEUED]
    errors = standing_in_the_way(campaign, datetime.now().astimezone()) if left else []
    if errors:
        raise ProblemsError(errors)


def examine_server(
    campaign: "Campaign", transport: "SmtpTransport", ledger: "Ledger", opened: "Round"
) -> None:
    """Greet the server before the question; raises ServerUnavailableError, ProblemsError."""
    from coalizione_mailer.examination import greet
    from coalizione_mailer.ledger import reports

    with ledger.reading() as connection:
        largest = reports.largest(connection, opened.id)
    greeting = asyncio.run(greet(campaign, transport, largest))
    if greeting.refusal is not None or not greeting.clear:
        say(_("Nothing was sent: the letters are still here."))
    if greeting.refusal is not None:
        raise greeting.refusal
    if not greeting.clear:
        raise ProblemsError(greeting.problems)
    print_problems(greeting.problems, {})


def refuse_reserved(ledger: "Ledger", opened: "Round", campaign: "Campaign") -> None:
    """Refuse invented addresses that were frozen for a trial, now that the server is a real one.

    The server is no part of the freeze: it may be another one by now. Raises ProblemsError.
    """
    from coalizione_mailer.ledger import reports
    from coalizione_mailer.registry.addr_spec import RESERVED

    if campaign.configuration.smtp.loopback:
        return
    endings = tuple(f"{mark}{name}" for name in RESERVED for mark in (".", "@"))
    with ledger.reading() as connection:
        invented = sum(
            letter.address.lower().rstrip(".").endswith(endings)
            for letter in reports.standings(connection, opened.id, State.QUEUED)
        )
    if invented:
        book = str(campaign.configuration.recipients.addresses)
        raise ProblemsError([Problem(Code.ADDRESS_RESERVED, file=book, found=str(invented))])
