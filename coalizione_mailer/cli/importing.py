"""``mailer import``: an official file read, what it would change shown, and only then written."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.console import command, interactive, say
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.usage import Misuse
from coalizione_mailer.errors import Code, ExitCode, Problem, ProblemsError, UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.registry.official.values import Kind
    from coalizione_mailer.updates import Update


def import_(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(metavar=_("WHAT"), help=_("What it is: ipa, istat, population, mayors.")),
    ],
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar=_("FILE"),
            help=_("The official file as it was downloaded; mayors may have two."),
        ),
    ],
    use: Annotated[
        bool,
        typer.Option("--use", help=_("With population: choose the Comuni by these figures.")),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help=_("Write without asking, for scripts."))
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Only show what would change."))
    ] = False,
    allow_losses: Annotated[
        bool,
        typer.Option("--allow-losses", help=_("Write even what looks like an incomplete file.")),
    ] = False,
    all_: Annotated[
        bool, typer.Option("--all", help=_("Show every change, not only the first dozen."))
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("As JSON, for other programs."))
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", help=_("Never ask: without --yes, write nothing."))
    ] = False,
) -> int:
    """Read official files, show what would change, ask, write."""
    from coalizione_mailer.campaign import load
    from coalizione_mailer.cli.imported import print_update, update_json
    from coalizione_mailer.cli.problems import print_problems

    kind = _kind(context, what)
    campaign = load(context.obj)
    may_ask = interactive() and not no_input and not as_json
    _refuse(kind, files, use=use)
    now = datetime.now().astimezone()
    with _alone(campaign, now, dry_run=dry_run):
        update = _planned(campaign, kind, files, use=use)
        stopped = bool(update.dangers) and not allow_losses
        writing = update.writes and not stopped and not dry_run
        if not as_json:
            print_update(update, whole=all_)
        if stopped:
            if as_json:
                update_json(update, written=False)
            print_problems(update.dangers, {})
            say(_("Nothing was written. If the file is right all the same: --allow-losses."))
            return ExitCode.ERROR
        if writing and not _confirmed(campaign, update, yes=yes, may_ask=may_ask):
            say(_("Nothing was written."))
            return ExitCode.INTERRUPTED
        if writing:
            _write(campaign, update, now)
    if as_json:
        update_json(update, written=writing)
    return _told(campaign, update, writing=writing)


def _alone(campaign: "Campaign", now: datetime, *, dry_run: bool) -> "AbstractContextManager[None]":
    """Keep others from sending or importing meanwhile; to look alone needs no lock."""
    from contextlib import nullcontext

    if dry_run:
        return nullcontext()
    from coalizione_mailer.freeze import archive
    from coalizione_mailer.ledger.lock import sole_sender

    return sole_sender(archive(campaign), since=now)


def _confirmed(campaign: "Campaign", update: "Update", *, yes: bool, may_ask: bool) -> bool:
    """Say what it means for frozen letters, and ask; raises UsageError where nobody can answer."""
    from coalizione_mailer.cli.frozen import caution_frozen
    from coalizione_mailer.registry.official.values import Kind

    caution_frozen(campaign, addresses=update.kind is Kind.IPA)
    if not (yes or may_ask):
        raise UsageError([Problem(Code.IMPORT_UNCONFIRMED)])
    return yes or agreed()


def _kind(context: typer.Context, what: str) -> "Kind":
    """Return what is to be imported; raises Misuse with what can be."""
    from coalizione_mailer.registry.official.values import Kind

    try:
        return Kind(what.lower())
    except ValueError:
        text = _("{found} cannot be imported. Choose one of: {allowed}. Then comes the file.")
        raise Misuse(text.format(found=what, allowed=", ".join(Kind)), context) from None


def _refuse(kind: "Kind", files: list[Path], *, use: bool) -> None:
    """Refuse what cannot be meant; raises UsageError."""
    from coalizione_mailer.registry.official.values import Kind

    problems = []
    if use and kind is not Kind.POPULATION:
        problems.append(Problem(Code.OPTION_ALONE, key="--use", expected=("population",)))
    if len(files) > 1 and kind is not Kind.MAYORS:
        problems.append(Problem(Code.IMPORT_MANY, found=str(len(files))))
    if problems:
        raise UsageError(problems)


def _planned(campaign: "Campaign", kind: "Kind", files: list[Path], *, use: bool) -> "Update":
    """Read the files and say what they would change; raises ProblemsError for all of them."""
    from coalizione_mailer.updates import uncollected

    with uncollected():
        return _compared(campaign, kind, files, use=use)


def _compared(campaign: "Campaign", kind: "Kind", files: list[Path], *, use: bool) -> "Update":
    from coalizione_mailer import updates
    from coalizione_mailer.registry import official
    from coalizione_mailer.registry.official.values import Kind

    match kind:
        case Kind.IPA:
            return updates.plan_addresses(campaign, official.read_body_index(files[0]))
        case Kind.ISTAT:
            return updates.plan_comuni(campaign, official.read_comune_list(files[0]))
        case Kind.POPULATION:
            return updates.plan_population(campaign, official.read_figures(files[0]), use=use)
        case Kind.MAYORS:
            heads = []
            problems: list[Problem] = []
            for file in files:
                try:
                    heads.append(official.read_heads(file))
                except ProblemsError as error:
                    problems += error.problems
            if problems:
                raise ProblemsError(problems)
            return updates.plan_mayors(campaign, heads)


def agreed() -> bool:
    """Ask; anything but a clear yes is a no."""
    yes = _("y yes").split()
    say()
    say(_("Write these changes? Answer {yes}; nothing else writes.").format(yes=yes[-1]), "bold")
    given: str = typer.prompt(_("Write"), default="", show_default=False, err=True)
    return given.strip().lower() in yes


def _write(campaign: "Campaign", update: "Update", now: datetime) -> None:
    from coalizione_mailer.updates import apply

    records = apply(campaign.root, update, now)
    for written in update.files:
        say(_("Written: {file}").format(file=campaign.root / written.path))
    for before in dict.fromkeys(record.precedente for record in records if record.precedente):
        say(_("As it was before: {file}").format(file=campaign.root / before))


def _told(campaign: "Campaign", update: "Update", *, writing: bool) -> int:
    """Say how it ended and what comes next."""
    from coalizione_mailer.registry.official.values import Kind

    if not update.writes:
        say(_("Nothing to change: everything is as in this file already."))
        return ExitCode.NOTHING_TO_DO
    if not writing:
        say(_("Nothing was written."))
        return ExitCode.DONE
    if update.kind is Kind.POPULATION and not update.facts["counted"]:
        say(
            _(
                'To choose the Comuni by these figures: population = "{column}" in campaign.toml, '
                "or the same import again with --use."
            ).format(column=update.column)
        )
    say(_("Next: {command}").format(command=command(campaign.root, "check --offline")))
    return ExitCode.DONE
