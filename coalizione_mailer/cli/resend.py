"""``mailer resend``: what came back, other addresses and the operator's word, sending again."""

import shlex
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.console import say
from coalizione_mailer.cli.errand import (
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
from coalizione_mailer.cli.finding import among
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.usage import Misuse
from coalizione_mailer.errors import Code, ExitCode, Problem, UsageError
from coalizione_mailer.mailbox.reading import Cause

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.resend import Wishes


def resend(
    context: typer.Context,
    bounced: Annotated[
        bool,
        typer.Option(
            "--bounced", help=_("Send again what came back and has somewhere to go; or go on.")
        ),
    ] = False,
    dry_run: DryRun = False,
    proposals: Annotated[
        Path | None,
        typer.Option(
            "--proposals",
            metavar=_("FILE"),
            help=_("Write the other addresses that are known into a file for Excel."),
        ),
    ] = None,
    approved: Annotated[
        Path | None,
        typer.Option(
            "--approved",
            metavar=_("FILE"),
            help=_("Read back from that file which of them you approve."),
        ),
    ] = None,
    review: Annotated[
        bool, typer.Option("--review", help=_("Be asked about each address: one key each."))
    ] = False,
    from_: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="correzioni|ipa",
            help=_("Approve all addresses of this source; may be repeated."),
        ),
    ] = None,
    even: Annotated[
        list[Cause] | None,
        typer.Option(
            "--even",
            metavar=_("CAUSE"),
            help=_("The same address again, at once, with this cause: {causes}.").format(
                causes=", ".join(Cause)
            ),
        ),
    ] = None,
    other_channel: Annotated[
        bool,
        typer.Option(
            "--other-channel", help=_("Also addresses of the other channel: e-mail for PEC.")
        ),
    ] = False,
    only: Only = None,
    limit: Limit = None,
    confirm: Confirm = None,
    out: Out = None,
    all_: Annotated[bool, typer.Option("--all", help=_("Show all, not only the first."))] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("As JSON, for other programs."))
    ] = False,
    no_input: NoInput = False,
    jobs: Jobs = None,
) -> int:
    """Show what came back; take the operator's word on other addresses; send again."""
    from coalizione_mailer.campaign import load
    from coalizione_mailer.cli import approving
    from coalizione_mailer.cli.again import look, send_again
    from coalizione_mailer.cli.trying import Try, try_out

    works = [name for name, given in _works(bounced, proposals, approved, review) if given]
    if len(works) > 1:
        raise Misuse(_("{options}: one at a time.").format(options=", ".join(works)), context)
    asked = {"--dry-run": dry_run, "--confirm": confirm, "--limit": limit}
    refuse_alone(
        Needs("--bounced", bounced, asked),
        Needs("--dry-run", dry_run, {"--out": out}),
        Needs("--dry-run", dry_run or not bounced, {"--json": as_json}),
    )
    campaign = load(context.obj)
    ledger = _ledger(campaign)
    if ledger is None:
        say(_("Nothing has been sent yet, nor frozen for sending."))
        return ExitCode.NOTHING_TO_DO
    wishes = _wishes(ledger, only or [], from_ or [], even or [], other_channel=other_channel)
    try:
        if proposals is not None or approved is not None or review:
            word = approving.Word(proposals, approved, ask=not no_input)
            return approving.approve(ledger, campaign, wishes, word)
        if dry_run:
            options = (("--from", from_), ("--even", even), ("--only", only))
            words = _as_typed(options, other_channel=other_channel)
            return try_out(ledger, campaign, wishes, Try(out, as_json, limit, jobs, all_, words))
        if not bounced:
            return look(ledger, campaign, wishes, as_json=as_json, whole=all_)
    finally:
        ledger.close()
    errand = Errand(confirm, joined(only), limit, not no_input, jobs)
    return send_again(campaign, wishes, errand)


def _as_typed(options: "Sequence[tuple[str, Sequence[str] | None]]", *, other_channel: bool) -> str:
    """Write the command that sends what these options chose."""
    words = [f"{name} {shlex.quote(value)}" for name, values in options for value in values or ()]
    return " ".join(["resend --bounced", *words, *["--other-channel"] * other_channel])


def _works(
    bounced: bool, proposals: Path | None, approved: Path | None, review: bool
) -> tuple[tuple[str, bool], ...]:
    return (
        ("--bounced", bounced),
        ("--proposals", proposals is not None),
        ("--approved", approved is not None),
        ("--review", review),
    )


def _ledger(campaign: "Campaign") -> "Ledger | None":
    """Open the ledger, if there is one with letters in it."""
    from coalizione_mailer.ledger import rounds
    from coalizione_mailer.ledger.store import Ledger

    url = campaign.configuration.ledger.url
    ledger = Ledger.open_existing(url, campaign.root, now=time.time())
    if ledger is None:
        return None
    with ledger.reading() as connection:
        opened = rounds.current(connection)
    if opened is None:
        ledger.close()
        return None
    return ledger


def _wishes(
    ledger: "Ledger",
    only: list[str],
    sources: list[str],
    even: list[Cause],
    *,
    other_channel: bool,
) -> "Wishes":
    """Turn options into values; raises ProblemsError for names nobody bears, UsageError."""
    from coalizione_mailer.ledger import reports
    from coalizione_mailer.resend import Source, Wishes

    allowed = (str(Source.CORRECTION), str(Source.BOOK))
    wrong = [name for name in sources if name not in allowed]
    if wrong:
        raise UsageError(
            [
                Problem(Code.VALUE_NOT_ALLOWED, key="--from", found=name, expected=allowed)
                for name in wrong
            ]
        )
    with ledger.reading() as connection:
        named = among(reports.overall(connection), only)
    return Wishes(
        now=time.time(),
        only=frozenset(letter.codice_catastale for letter in named),
        sources=frozenset(map(Source, sources)),
        even=frozenset(even),
        other_channel=other_channel,
    )
