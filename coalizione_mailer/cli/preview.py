"""``mailer preview``: the letter of one Comune in all its forms."""

from pathlib import Path
from typing import Annotated

import typer

from coalizione_mailer.cli.advice import full
from coalizione_mailer.cli.console import kilobytes, out, say
from coalizione_mailer.cli.language import _

FOLDER = "anteprima"


def preview(
    context: typer.Context,
    comune: Annotated[
        str, typer.Argument(metavar="COMUNE", help=_("Its name, ISTAT code or cadastral code."))
    ],
    folder: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar=_("FOLDER"),
            help=_("Where to write; without it, in the campaign's folder, under anteprima."),
        ),
    ] = None,
    open_it: Annotated[
        bool, typer.Option("--open", help=_("Open the letter and the e-mail at once."))
    ] = False,
) -> None:
    """Write letter.pdf, letter.html, email.html, email.txt and message.eml of one Comune."""
    from coalizione_mailer.campaign import load
    from coalizione_mailer.correspondence import Correspondence, Identity, problems_of
    from coalizione_mailer.dryrun import write_letter
    from coalizione_mailer.letter.message import ascii_name
    from coalizione_mailer.plan import one

    campaign = load(context.obj)
    recipient, selected = one(campaign, comune)
    correspondence = Correspondence(campaign, Identity.draft(campaign))
    (prepared,) = correspondence.prepared([recipient], jobs=1)
    name = ascii_name(f"{recipient.comune.denominazione}-{recipient.comune.codice_istat}")
    files = write_letter(prepared, folder or campaign.root / FOLDER / name)
    _print_headers(prepared.message)
    for file, path in files.items():
        line = f"{file:<13}{kilobytes(path.stat().st_size):>8}  {path}"
        out().print(line, markup=False, soft_wrap=True)
    if not selected:
        say(
            _("{comune} is not among those chosen: this letter will not be sent.").format(
                comune=recipient.comune.denominazione
            ),
            "yellow",
        )
    for problem in problems_of(prepared):
        say(full(problem, {recipient.comune.codice_istat: recipient.comune.denominazione}))
    if open_it:
        for file in ("letter.pdf", "email.html"):
            typer.launch(str(files[file]))


def _print_headers(message: bytes) -> None:
    """Show the headers that a reader sees first, as the mail program will read them."""
    from email import message_from_bytes
    from email.policy import default

    parsed = message_from_bytes(message, policy=default)
    titles = {
        "From": _("From:"),
        "To": _("To:"),
        "Reply-To": _("Reply to:"),
        "Subject": _("Subject:"),
    }
    for header, title in titles.items():
        out().print(f"{title:<13}{parsed[header]}", markup=False, soft_wrap=True)
