"""``mailer export``: the register of the sending, for the protocol office."""

import time
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from coalizione_mailer.cli.console import number, out, progress, say
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.errors import Code, ExitCode, Problem, UsageError

_ENDINGS = (".xlsx", ".csv")


def export(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar=_("FILE"),
            help=_("Where to write: a name that ends in .xlsx, for Excel, or in .csv."),
        ),
    ],
) -> int:
    """Write the register of the sending, a row for each letter."""
    from coalizione_mailer.campaign import load
    from coalizione_mailer.ledger.dossiers import extent
    from coalizione_mailer.ledger.store import Ledger

    if file.suffix.lower() not in _ENDINGS:
        raise UsageError(
            [Problem(Code.VALUE_NOT_ALLOWED, key="FILE", found=file.name, expected=_ENDINGS)]
        )
    campaign = load(context.obj)
    url = campaign.configuration.ledger.url
    ledger = Ledger.open_existing(url, campaign.root, now=time.time())
    if ledger is None:
        return _nothing_sent()
    with closing(ledger):
        with ledger.reading() as connection:
            letters = extent(connection).letters
        if not letters:
            return _nothing_sent()
        from coalizione_mailer.report.workbook import export as write

        with progress(letters, _("Letters")) as step:
            written = write(campaign, ledger, file, step)
    line = ngettext("{n} letter: {path}", "{n} letters: {path}", written)
    out().print(line.format(n=number(written), path=file), markup=False, soft_wrap=True)
    return ExitCode.DONE


def _nothing_sent() -> int:
    say(_("Nothing has been sent yet, nor frozen for sending."))
    return ExitCode.NOTHING_TO_DO
