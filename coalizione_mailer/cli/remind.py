"""``mailer remind``: a reminder to those who have the letter and have not answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.attendance import Desk, desk
from coalizione_mailer.cli.console import command, number, say
from coalizione_mailer.cli.errand import (
    AsJson,
    Confirm,
    DryRun,
    Errand,
    Jobs,
    Limit,
    Needs,
    NoInput,
    Only,
    Out,
    joined,
    refuse_alone,
)
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.errors import Code, ExitCode, NothingToDoError, Problem, ProblemsError

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.cli.dry_run import Try
    from coalizione_mailer.ledger.reports import Standing
    from coalizione_mailer.ledger.rounds import Round
    from coalizione_mailer.ledger.store import Ledger
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
    dry_run: DryRun = False,
    out: Out = None,
    as_json: AsJson = False,
    limit: Limit = None,
    only: Only = None,
    confirm: Confirm = None,
    no_input: NoInput = False,
    jobs: Jobs = None,
) -> int:
    """Show who would be reminded; remind them."""
    from coalizione_mailer.cli.dry_run import Try
    from coalizione_mailer.cli.sending import carry_out
    from coalizione_mailer.remind import reminding

    asked = {"--dry-run": dry_run, "--confirm": confirm, "--limit": limit, "--only": only}
    refuse_alone(
        Needs("--not-answered", not_answered, asked),
        Needs("--dry-run", dry_run, {"--out": out, "--json": as_json}),
    )
    with desk(context.obj) as opened:
        if opened is None:
            return ExitCode.NOTHING_TO_DO
        _refuse_late(opened.campaign)
        opened.read()
        campaign = reminding(opened.ledger, opened.campaign)
        if dry_run:
            wish = Try(out, as_json, joined(only), limit, False, jobs, words=_WORDS)
            return _try_out(opened, campaign, wish)
        if not not_answered:
            return _look(opened)
    return carry_out(campaign, Errand(confirm, joined(only), limit, not no_input, jobs), _opened)


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


def _try_out(opened: Desk, campaign: "Campaign", wish: "Try") -> int:
    """Make every reminder, send nothing."""
    from coalizione_mailer.cli.dry_run import show
    from coalizione_mailer.remind import outlook, planned

    view = outlook(opened.ledger)
    letters = _named(opened.ledger, view.letters, wish.only)
    if not wish.as_json:
        _tell(view)
    if not letters:
        raise NothingToDoError
    return show(campaign, wish, planned(campaign, letters))


def _named(
    ledger: "Ledger", letters: "tuple[Standing, ...]", only: Sequence[str]
) -> "tuple[Standing, ...]":
    """Choose the Comuni of ``--only`` among those to be reminded; all where it names none."""
    from coalizione_mailer.cli.finding import among
    from coalizione_mailer.ledger import reports

    if not only:
        return letters
    with ledger.reading() as connection:
        named = {one.delivery_id for one in among(reports.overall(connection), only)}
    return tuple(one for one in letters if one.delivery_id in named)


def _opened(ledger: "Ledger", campaign: "Campaign", errand: Errand) -> "Round":
    """Return the round of reminders that is not done, or freeze one; raises NothingToDoError."""
    from coalizione_mailer.cli.begun import going_on
    from coalizione_mailer.cli.freezing import freeze_plan
    from coalizione_mailer.ledger.rounds import Kind
    from coalizione_mailer.remind import outlook, planned

    if standing := going_on(ledger, Kind.REMINDER):
        return standing
    view = outlook(ledger)
    _tell(view)
    if not view.letters:
        raise NothingToDoError
    return freeze_plan(ledger, campaign, planned(campaign, view.letters), errand.jobs)
