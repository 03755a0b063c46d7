"""``mailer remind``: a reminder to those who have the letter and have not answered."""

import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.attendance import Desk, desk
from coalizione_mailer.cli.console import command, number, progress, say
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.errors import (
    Code,
    ExitCode,
    NothingToDoError,
    Problem,
    ProblemsError,
    UsageError,
)

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.cli.sending import Wishes
    from coalizione_mailer.ledger.rounds import Round
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.plan import Plan
    from coalizione_mailer.remind import Outlook, Spared

_WORDS = "remind --not-answered"


def remind(
    context: typer.Context,
    not_answered: Annotated[
        bool,
        typer.Option(
            "--not-answered",
            help=_("Send the reminder to those who have the letter and said nothing; or go on."),
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help=_("Try everything, send nothing: no network, no record.")),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar=_("FOLDER"), help=_("With --dry-run: write every message there.")
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help=_("With --dry-run: the summary as JSON, for other programs.")),
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            metavar="N",
            min=1,
            help=_("At most N letters, now; the others stay for later."),
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="COMUNE", help=_("Only this Comune; may be repeated.")),
    ] = None,
    confirm: Annotated[
        str | None,
        typer.Option(
            "--confirm",
            metavar=_("NUMBER/YEAR"),
            help=_("The protocol number, so as not to be asked; the letters leave at once."),
        ),
    ] = None,
    no_input: Annotated[
        bool, typer.Option("--no-input", help=_("Never ask: without --confirm, send nothing."))
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            metavar="N",
            min=1,
            help=_("How many processors make the letters; without it, all."),
        ),
    ] = None,
) -> int:
    """Show who would be reminded; remind them."""
    from coalizione_mailer.cli.sending import Wishes, carry_out
    from coalizione_mailer.remind import reminding

    _refuse_alone(
        ("--dry-run", dry_run, "--not-answered", not_answered),
        ("--confirm", confirm is not None, "--not-answered", not_answered),
        ("--limit", limit is not None, "--not-answered", not_answered),
        ("--out", out is not None, "--dry-run", dry_run),
        ("--json", as_json, "--dry-run", dry_run),
    )
    with desk(context.obj) as opened:
        if opened is None:
            return ExitCode.NOTHING_TO_DO
        _refuse_late(opened.campaign)
        opened.read()
        campaign = reminding(opened.ledger, opened.campaign)
        if dry_run:
            return _try_out(opened, campaign, out, only or [], limit, jobs, as_json=as_json)
        if not not_answered:
            return _look(opened)
    wishes = Wishes(
        confirm=confirm,
        only=tuple(only or ()),
        limit=limit,
        leave_out_missing=False,
        refreeze=False,
        ask=not no_input,
        jobs=jobs,
    )
    return carry_out(campaign, wishes, _opened)


def _refuse_alone(*pairs: tuple[str, bool, str, bool]) -> None:
    """Refuse options that need another one; raises UsageError."""
    problems = [
        Problem(Code.OPTION_ALONE, key=key, expected=(needed,))
        for key, given, needed, there in pairs
        if given and not there
    ]
    if problems:
        raise UsageError(problems)


def _refuse_late(campaign: "Campaign") -> None:
    """Refuse to remind of an event that is over; raises ProblemsError."""
    day = campaign.configuration.event.date
    if day < datetime.now().astimezone().date():
        problem = Problem(
            Code.REMINDER_LATE, file="campaign.toml", key="event.date", found=f"{day:%d/%m/%Y}"
        )
        raise ProblemsError([problem])


def _look(opened: Desk) -> int:
    """Say who would be reminded; nothing is changed."""
    from coalizione_mailer.remind import outlook

    view = outlook(opened.ledger)
    _tell(view)
    if not view.letters:
        return ExitCode.NOTHING_TO_DO
    typed = command(opened.campaign.root, f"{_WORDS} --dry-run")
    say(_("Next: {command}").format(command=typed))
    return ExitCode.DONE


def _tell(view: "Outlook") -> None:
    """Say how many are reminded, and how many are not, and why."""
    from coalizione_mailer.remind import Spared

    due = len(view.letters)
    say(
        ngettext(
            "{n} Comune has the letter and has not answered.",
            "{n} Comuni have the letter and have not answered.",
            due,
        ).format(n=number(due)),
        "bold",
    )
    for why in Spared:
        if count := view.spared[why]:
            say("  " + _spared(why, count).format(n=number(count)))
    say(_("Answers count that were read so far; read the newest first: mailer receive"))


def _spared(why: "Spared", count: int) -> str:
    """Say why some are not reminded."""
    from coalizione_mailer.remind import Spared

    match why:
        case Spared.ANSWERED:
            return ngettext(
                "{n} has answered, or written something that waits for you",
                "{n} have answered, or written something that waits for you",
                count,
            )
        case Spared.UNDELIVERED:
            return ngettext(
                "{n} is left out: nothing proves that it has the letter",
                "{n} are left out: nothing proves that they have the letter",
                count,
            )
        case Spared.REMINDED:
            return ngettext(
                "{n} has been reminded already", "{n} have been reminded already", count
            )


def _try_out(
    opened: Desk,
    campaign: "Campaign",
    folder: Path | None,
    only: list[str],
    limit: int | None,
    jobs: int | None,
    *,
    as_json: bool,
) -> int:
    """Make every reminder, send nothing."""
    from coalizione_mailer.cli.finding import among
    from coalizione_mailer.cli.rehearsed import Try, rehearse
    from coalizione_mailer.ledger import reports
    from coalizione_mailer.remind import outlook, planned

    view = outlook(opened.ledger)
    letters = view.letters
    if only:
        with opened.ledger.reading() as connection:
            named = {one.delivery_id for one in among(reports.overall(connection), only)}
        letters = tuple(one for one in letters if one.delivery_id in named)
    if not as_json:
        _tell(view)
    if not letters:
        raise NothingToDoError
    wish = Try(
        folder, as_json, tuple(only), limit, leave_out_missing=False, jobs=jobs, words=_WORDS
    )
    return rehearse(campaign, wish, planned(campaign, letters))


def _opened(ledger: "Ledger", campaign: "Campaign", wishes: "Wishes") -> "Round":
    """Return the round of reminders that is not done, or freeze one; raises NothingToDoError."""
    from coalizione_mailer.cli.readiness import examined
    from coalizione_mailer.cli.rehearsed import names_of, print_problems, processes
    from coalizione_mailer.freeze import freeze
    from coalizione_mailer.remind import outlook, planned

    if standing := _unfinished(ledger):
        say(_("Going on with round {n}, which is not done.").format(n=number(standing.number)))
        return standing
    view = outlook(ledger)
    _tell(view)
    if not view.letters:
        raise NothingToDoError
    plan: Plan = planned(campaign, view.letters)
    print_problems(examined(campaign, plan), names_of(plan))
    say()
    say(_("Freezing the letters: from now on they stay as they are. Nothing leaves yet."))
    with progress(len(plan.recipients), _("Letters")) as step:
        return freeze(
            ledger,
            campaign,
            plan.recipients,
            jobs=processes(wishes.jobs),
            now=time.time(),
            seen=lambda _prepared: step(),
        )


def _unfinished(ledger: "Ledger") -> "Round | None":
    """Return a round of reminders that was begun and is not done.

    One of which nothing has left is planned anew. Raises ProblemsError where the first sending is
    not done.
    """
    from coalizione_mailer.ledger import deliveries, rounds
    from coalizione_mailer.ledger.deliveries import Choice
    from coalizione_mailer.ledger.rounds import Kind
    from coalizione_mailer.resend import withdraw

    with ledger.reading() as connection:
        left = {
            opened: deliveries.waiting(connection, Choice(opened.id))
            for opened in rounds.every(connection)
        }
    for opened, waiting in left.items():
        if not waiting:
            continue
        if opened.kind is Kind.FIRST:
            raise ProblemsError([Problem(Code.FIRST_UNFINISHED, found=str(waiting))])
        if opened.kind is Kind.REMINDER and not withdraw(ledger, opened):
            return opened
    return None
