"""A sending carried out on screen: the round, a last look, the question, the run, how it ended."""

import asyncio
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coalizione_mailer.cli.announced import announce, tell_outdated
from coalizione_mailer.cli.confirmation import ask, refuse_unconfirmed
from coalizione_mailer.cli.console import command, number, say
from coalizione_mailer.cli.dry_run import tolerant
from coalizione_mailer.cli.errand import Errand
from coalizione_mailer.cli.finding import among
from coalizione_mailer.cli.freezing import freeze_plan
from coalizione_mailer.cli.language import ngettext
from coalizione_mailer.cli.outcome import close
from coalizione_mailer.cli.readiness import examine_server, refuse_late, refuse_reserved
from coalizione_mailer.cli.running import run
from coalizione_mailer.cli.server import transport_of
from coalizione_mailer.errors import (
    Code,
    FrozenTooLateError,
    NothingToDoError,
    Problem,
    ProblemsError,
)
from coalizione_mailer.lifecycle import State

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.ledger.deliveries import Choice
    from coalizione_mailer.ledger.rounds import Round
    from coalizione_mailer.ledger.store import Ledger

    Opening = Callable[[Ledger, Campaign, Errand], Round]


def carry_out(campaign: "Campaign", errand: Errand, opening: "Opening | None" = None) -> int:
    """Freeze if needed, ask, send; run again, it goes on where it was.

    ``opening`` gives the round that is to be sent; without it, it is the one that ``send`` freezes
    or finds. A round that sends again is taken back when nothing of it has left.
    """
    from coalizione_mailer.freeze import archive
    from coalizione_mailer.ledger.lock import sole_sender
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.resend import withdraw

    configuration = campaign.configuration
    refuse_unconfirmed(errand.protocol or configuration.protocol.confirmation, errand)
    with ExitStack() as stack:
        now = datetime.now().astimezone()
        stack.enter_context(sole_sender(archive(campaign), since=now))
        ledger = Ledger.open(configuration.ledger.url, campaign.root, now=now.timestamp())
        stack.callback(ledger.close)
        _tell_doubts(ledger)
        opened = (opening or _first)(ledger, campaign, errand)
        stack.callback(withdraw, ledger, opened)
        return _send(ledger, campaign, opened, errand)


def _send(ledger: "Ledger", campaign: "Campaign", opened: "Round", errand: Errand) -> int:
    """Look once more, ask, send a round, and say how that ended."""
    from coalizione_mailer.dispatch import Ending, Orders, Result
    from coalizione_mailer.ledger.deliveries import Choice
    from coalizione_mailer.resend import withdraw

    refuse_reserved(ledger, opened, campaign)
    refuse_late(ledger, opened, campaign)
    only = _spared(ledger, opened, _only(ledger, errand))
    waiting = _waiting(ledger, Choice(opened.id, only), campaign.root)
    letters = min(waiting, errand.limit or waiting)
    transport = transport_of(campaign, ask=errand.may_ask)
    examine_server(campaign, transport, ledger, opened)
    announce(campaign, opened, letters, waiting)
    if errand.confirm is None:
        ask(opened.protocol, letters)
    smtp = campaign.configuration.smtp
    next_open = smtp.opening.next_open
    orders = Orders(opened, smtp.limits, smtp.connections, errand.limit, only, next_open=next_open)
    try:
        result = run(campaign, ledger, transport, orders, letters)
    except asyncio.CancelledError:
        _tell_doubts(ledger)
        result = Result(Ending.STOPPED)
    withdraw(ledger, opened)
    return close(campaign, ledger, opened, result)


def _first(ledger: "Ledger", campaign: "Campaign", errand: Errand) -> "Round":
    """Return the frozen round; freeze if there is none."""
    from coalizione_mailer.freeze import outdated, standing_round, thaw
    from coalizione_mailer.ledger.rounds import Kind
    from coalizione_mailer.plan import plan

    if errand.refreeze and not thaw(ledger):
        raise FrozenTooLateError
    if opened := standing_round(ledger, campaign):
        if opened.kind is Kind.REMINDER:
            raise ProblemsError([Problem(Code.REMINDER_UNFINISHED)])
        tell_outdated(outdated(ledger, campaign, opened))
        return opened
    planned = tolerant(plan(campaign), leave_out_missing=errand.leave_out_missing)
    # A name that is wrong is told before all letters are made, not after.
    among([recipient.comune for recipient in planned.recipients], errand.only)
    return freeze_plan(ledger, campaign, planned, errand.jobs)


def _tell_doubts(ledger: "Ledger") -> None:
    """Put in doubt what a killed run left in the middle, and say so."""
    from coalizione_mailer.ledger import deliveries

    with ledger.writing() as connection:
        count = deliveries.doubt_leftovers(connection, now=time.time())
    if count:
        say(
            ngettext(
                "The last sending was cut off with {n} letter on its way: it is in doubt now, and "
                "is not sent again by itself.",
                "The last sending was cut off with {n} letters on their way: they are in doubt "
                "now, and are not sent again by themselves.",
                count,
            ).format(n=number(count)),
            "yellow",
        )


def _only(ledger: "Ledger", errand: Errand) -> frozenset[str]:
    """Find the Comuni named with --only among those written to; none means all."""
    from coalizione_mailer.ledger import reports

    if not errand.only:
        return frozenset()
    with ledger.reading() as connection:
        found = among(reports.overall(connection), errand.only)
    return frozenset(letter.codice_catastale for letter in found)


def _spared(ledger: "Ledger", opened: "Round", only: frozenset[str]) -> frozenset[str]:
    """Leave out of a reminder whoever has answered since it was frozen."""
    from coalizione_mailer.ledger.rounds import Kind
    from coalizione_mailer.remind import still_silent

    if opened.kind is not Kind.REMINDER:
        return only
    silent = still_silent(ledger, opened)
    left = silent & only if only else silent
    if not left:
        raise NothingToDoError
    return left


def _waiting(ledger: "Ledger", choice: "Choice", root: Path) -> int:
    """Count what could be sent; raises NothingToDoError."""
    from coalizione_mailer.ledger import deliveries, reports

    with ledger.reading() as connection:
        waiting = deliveries.waiting(connection, choice)
        doubts = reports.overall_counts(connection)[State.IN_DOUBT]
    if doubts:
        say(
            ngettext(
                "{n} letter is in doubt. To settle it: {command}",
                "{n} letters are in doubt. To settle them: {command}",
                doubts,
            ).format(n=number(doubts), command=command(root, "resolve")),
            "yellow",
        )
    if not waiting:
        raise NothingToDoError(doubts)
    return waiting
