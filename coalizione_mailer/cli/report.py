"""``mailer report``: the whole campaign as one page, or its figures as JSON."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.attendance import Desk, desk
from coalizione_mailer.cli.console import kilobytes, out, print_json
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.status import silence
from coalizione_mailer.errors import ExitCode

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.report.figures import Figures

FILE = Path("archive/rapporto.html")


def report(
    context: typer.Context,
    open_it: Annotated[
        bool, typer.Option("--open", help=_("Open the page in the browser at once."))
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help=_("The figures as JSON, for other programs; no page.")),
    ] = False,
    file: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar=_("FILE"),
            help=_(
                "Where to write the page; without it, in the campaign's folder, "
                "archive/rapporto.html."
            ),
        ),
    ] = None,
) -> int:
    """Write the report of the campaign."""
    from coalizione_mailer import __version__

    with desk(context.obj) as opened:
        if opened is None:
            return ExitCode.NOTHING_TO_DO
        opened.read()
        computed = _figures(opened)
    if as_json:
        from coalizione_mailer.report.account import account

        print_json(account(computed, opened.campaign, __version__))
        return ExitCode.DONE
    target = file or opened.campaign.root / FILE
    _write(computed, opened.campaign, target)
    if open_it:
        typer.launch(str(target))
    return ExitCode.DONE


def _figures(opened: Desk) -> "Figures":
    """Compute the figures of now."""
    from coalizione_mailer.report.figures import figures
    from coalizione_mailer.report.record import read

    now = time.time()
    campaign = opened.campaign
    return figures(read(campaign, opened.ledger, silence(campaign, now), now))


def _write(computed: "Figures", campaign: "Campaign", target: Path) -> None:
    from coalizione_mailer import __version__
    from coalizione_mailer.files import replacing
    from coalizione_mailer.report.page import page

    with replacing(target) as made, made.open("wb") as stream:
        stream.writelines(page(computed, campaign, __version__))
    size = kilobytes(target.stat().st_size)
    out().print(f"{target}  {size}", markup=False, soft_wrap=True)
