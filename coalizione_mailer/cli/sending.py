"""The sending on screen: freeze, plan, question, progress, and how it ended."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from coalizione_mailer.cli.announced import announce, tell_outdated
from coalizione_mailer.cli.console import (
    command,
    interactive,
    number,
    progress,
    say,
)
from coalizione_mailer.cli.journal import Journal, logbook
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.outcome import Screen, close
from coalizione_mailer.cli.readiness import (
    examine_server,
    examined,
    refuse_late,
    refuse_reserved,
)
from coalizione_mailer.cli.rehearsed import names_of, print_problems, processes, tolerant
from coalizione_mailer.cli.server import transport_of
from coalizione_mailer.errors import (
    Code,
    ConfirmationRefusedError,
    FrozenTooLateError,
    NothingToDoError,
    Problem,
    ProblemsError,
    UsageError,
)
from coalizione_mailer.lifecycle import State

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.dispatch import Orders, Result
    from coalizione_mailer.ledger.deliveries import Choice
    from coalizione_mailer.ledger.rounds import Round
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.transport.smtp import SmtpTransport


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the operator asked of a sending.

    ``protocol`` is what confirms it; without it, the one of the campaign file.
    """

    confirm: str | None
    only: tuple[str, ...]
    limit: int | None
    leave_out_missing: bool
    refreeze: bool
    ask: bool
    jobs: int | None
    protocol: str | None = None

    @property
    def may_ask(self) -> bool:
        """Whether somebody is there to be asked, and wants to be."""
        return self.ask and interactive()


def carry_out(
    campaign: "Campaign",
    wishes: Wishes,
    opening: "Callable[[Ledger, Campaign, Wishes], Round] | None" = None,
) -> int:
    """Freeze if needed, ask, send; run again, it goes on where it was.

    ``opening`` gives the round that is to be sent; without it, it is the one that ``send`` freezes
    or finds. A round that sends again is taken back when nothing of it has left.
    """
    from coalizione_mailer.dispatch import Ending, Orders, Result
    from coalizione_mailer.freeze import archive
    from coalizione_mailer.ledger.deliveries import Choice
    from coalizione_mailer.ledger.lock import sole_sender
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.resend import withdraw

    expected = wishes.protocol or campaign.configuration.protocol.confirmation
    _refuse_unconfirmed(expected, wishes)
    smtp = campaign.configuration.smtp
    with ExitStack() as stack:
        now = datetime.now().astimezone()
        stack.enter_context(sole_sender(archive(campaign), since=now))
        ledger = Ledger.open(campaign.configuration.ledger.url, campaign.root, now=now.timestamp())
        stack.callback(ledger.close)
        _tell_doubts(ledger)
        opened = (opening or _round)(ledger, campaign, wishes)
        stack.callback(withdraw, ledger, opened)
        refuse_reserved(ledger, opened, campaign)
        refuse_late(ledger, opened, campaign)
        only = _spared(ledger, opened, _only(ledger, wishes))
        waiting = _waiting(ledger, Choice(opened.id, only), campaign.root)
        letters = min(waiting, wishes.limit or waiting)
        transport = transport_of(campaign, ask=wishes.may_ask)
        examine_server(campaign, transport, ledger, opened)
        announce(campaign, opened, letters, waiting)
        if wishes.confirm is None:
            _ask(opened.protocol, letters)
        try:
            orders = Orders(
                opened,
                smtp.limits,
                smtp.connections,
                wishes.limit,
                only,
                next_open=smtp.opening.next_open,
            )
            log = stack.enter_context(logbook(archive(campaign), now))
            result = _run(campaign, ledger, transport, orders, letters, log)
        except asyncio.CancelledError:
            _tell_doubts(ledger)
            result = Result(Ending.STOPPED)
        withdraw(ledger, opened)
        return close(campaign, ledger, opened, result)


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


def _round(ledger: "Ledger", campaign: "Campaign", wishes: Wishes) -> "Round":
    """Return the frozen round; freeze if there is none."""
    from coalizione_mailer.freeze import freeze, outdated, standing_round, thaw
    from coalizione_mailer.ledger.rounds import Kind
    from coalizione_mailer.plan import plan

    if wishes.refreeze and not thaw(ledger):
        raise FrozenTooLateError
    if opened := standing_round(ledger, campaign):
        if opened.kind is Kind.REMINDER:
            raise ProblemsError([Problem(Code.REMINDER_UNFINISHED)])
        tell_outdated(outdated(ledger, campaign, opened))
        return opened
    planned = tolerant(plan(campaign), leave_out_missing=wishes.leave_out_missing)
    with _named(names_of(planned)):
        problems = examined(campaign, planned)
        print_problems(problems, names_of(planned))
        say()
        say(_("Freezing the letters: from now on they stay as they are. Nothing leaves yet."))
        with progress(len(planned.recipients), _("Letters")) as step:
            return freeze(
                ledger,
                campaign,
                planned.recipients,
                jobs=processes(wishes.jobs),
                now=time.time(),
                seen=lambda _prepared: step(),
            )


@contextmanager
def _named(names: Mapping[str, str]) -> Iterator[None]:
    """Give the Comuni of any problem their names: codes are for programs."""
    try:
        yield
    except ProblemsError as error:
        raise ProblemsError(
            [
                replace(problem, comune=names.get(problem.comune or "", problem.comune))
                for problem in error.problems
            ]
        ) from error


def _only(ledger: "Ledger", wishes: Wishes) -> frozenset[str]:
    """Find the Comuni named with --only among those written to; none means all."""
    from coalizione_mailer.cli.finding import among
    from coalizione_mailer.ledger import reports

    if not wishes.only:
        return frozenset()
    with ledger.reading() as connection:
        found = among(reports.overall(connection), wishes.only)
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


def _refuse_unconfirmed(expected: str, wishes: Wishes) -> None:
    """Refuse at once what nobody confirms, before the work of a freeze; raises UsageError."""
    given = wishes.confirm
    if given is None and not wishes.may_ask:
        raise UsageError([Problem(Code.CONFIRMATION_MISSING, expected=(expected,))])
    if given is not None and given.strip() != expected:
        raise UsageError([Problem(Code.CONFIRMATION_WRONG, found=given, expected=(expected,))])


def _ask(expected: str, letters: int) -> None:
    """Have the operator type the protocol; nothing leaves before."""
    question = ngettext(
        "To send this letter, type its protocol: {protocol}. If you type nothing, it stays here.",
        "To send these {n} letters, type their protocol: {protocol}. If you type nothing, they "
        "stay here.",
        letters,
    ).format(n=number(letters), protocol=expected)
    say()
    say(question, "bold")
    try:
        given = typer.prompt(_("Protocol"), default="", show_default=False, err=True)
    except typer.Abort:
        given = ""
    say()
    if given.strip() != expected:
        raise ConfirmationRefusedError(expected, given)


def _run(
    campaign: "Campaign",
    ledger: "Ledger",
    transport: "SmtpTransport",
    orders: "Orders",
    letters: int,
    log: logging.Logger,
) -> "Result":
    """Send, showing how far it is; Ctrl-C ends it after the letters in flight."""
    from coalizione_mailer.dispatch import Clock, Run

    with progress(letters, _("Sent")) as step:
        journal = Journal(log, Screen(step))
        journal.begins(campaign, letters)
        run = Run(ledger, transport, orders, Clock(_steady_clock()), journal)

        async def main() -> "Result":
            with _interruptible(run.stop):
                return await run.go()

        try:
            result = asyncio.run(main())
        except asyncio.CancelledError:
            journal.cut_off()
            raise
        journal.ends(result)
        return result


def _steady_clock() -> Callable[[], float]:
    """Return the time of day as it passes from now on, whatever happens to the system's clock."""
    started, ticked = time.time(), time.monotonic()
    return lambda: started + (time.monotonic() - ticked)


@contextmanager
def _interruptible(stop: Callable[[], None]) -> Iterator[None]:
    """Turn the first Ctrl-C into a stop after the letters in flight, the second into one now."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    pressed = False

    def on_signal(_number: int, _frame: object) -> None:
        nonlocal pressed
        if pressed and task is not None:
            loop.call_soon_threadsafe(task.cancel)
            return
        pressed = True
        say(_("Stopping after the letters on their way. Ctrl-C again: stop at once."), "yellow")
        loop.call_soon_threadsafe(stop)

    before = signal.signal(signal.SIGINT, on_signal)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
