"""``mailer send``: the dry run, the freeze, the question, the sending."""

from pathlib import Path
from typing import Annotated

import typer

from coalizione_mailer.cli.console import interactive
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.usage import Misuse
from coalizione_mailer.errors import Code, Problem, UsageError


def send(
    context: typer.Context,
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
    leave_out_missing: Annotated[
        bool,
        typer.Option(
            "--leave-out-missing", help=_("Send to the others, though some have no address.")
        ),
    ] = False,
    refreeze: Annotated[
        bool,
        typer.Option(
            "--refreeze",
            help=_("Make and freeze the letters anew; only before the first has left."),
        ),
    ] = False,
    to_self: Annotated[
        str | None,
        typer.Option(
            "--to-self",
            metavar=_("ADDRESS"),
            help=_("Send only a test, to you: three typical letters. No Comune gets anything."),
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
    """Send the campaign, or go on where it was."""
    from coalizione_mailer.campaign import load

    campaign = load(context.obj)
    if to_self is not None:
        from coalizione_mailer.cli.to_self import try_out

        if dry_run or as_json or refreeze or limit is not None or confirm is not None:
            raise Misuse(_("--to-self goes alone, or with --only."), context)
        return try_out(campaign, to_self, only or [], ask=not no_input and interactive())
    if dry_run:
        from coalizione_mailer.cli.rehearsed import Try, rehearse

        return rehearse(
            campaign, Try(out, as_json, tuple(only or ()), limit, leave_out_missing, jobs)
        )
    if out is not None or as_json:
        option = "--out" if out is not None else "--json"
        raise UsageError([Problem(Code.OPTION_ALONE, key=option, expected=("--dry-run",))])

    from coalizione_mailer.cli.sending import Wishes, carry_out

    return carry_out(
        campaign,
        Wishes(
            confirm=confirm,
            only=tuple(only or ()),
            limit=limit,
            leave_out_missing=leave_out_missing,
            refreeze=refreeze,
            ask=not no_input,
            jobs=jobs,
        ),
    )
