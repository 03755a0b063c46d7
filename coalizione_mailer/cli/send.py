"""``mailer send``: the dry run, the freeze, the question, the sending."""

from typing import Annotated

import typer

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
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.usage import Misuse


def send(
    context: typer.Context,
    dry_run: DryRun = False,
    out: Out = None,
    as_json: AsJson = False,
    limit: Limit = None,
    only: Only = None,
    confirm: Confirm = None,
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
    no_input: NoInput = False,
    jobs: Jobs = None,
) -> int:
    """Send the campaign, or go on where it was."""
    from coalizione_mailer.campaign import load

    campaign = load(context.obj)
    errand = Errand(confirm, joined(only), limit, not no_input, jobs, leave_out_missing, refreeze)
    if to_self is not None:
        from coalizione_mailer.cli.to_self import try_out

        if dry_run or out or as_json or errand != Errand(None, errand.only, None, errand.ask, jobs):
            raise Misuse(_("--to-self goes alone, or with --only."), context)
        return try_out(campaign, to_self, errand.only, ask=errand.may_ask)
    if dry_run:
        from coalizione_mailer.cli.dry_run import Try, show

        return show(campaign, Try(out, as_json, errand.only, limit, leave_out_missing, jobs))
    refuse_alone(Needs("--dry-run", dry_run, {"--out": out, "--json": as_json}))

    from coalizione_mailer.cli.sending import carry_out

    return carry_out(campaign, errand)
