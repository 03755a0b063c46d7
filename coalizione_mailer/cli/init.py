"""``mailer init``: a new campaign folder from the one that is shipped."""

from pathlib import Path
from typing import Annotated

import typer

from coalizione_mailer.cli.console import command, say
from coalizione_mailer.cli.language import _


def init(
    folder: Annotated[Path, typer.Argument(metavar=_("FOLDER"), help=_("The folder to make."))],
) -> None:
    """Copy the shipped campaign and say what to do with it."""
    from coalizione_mailer.shipped import copy_to

    copy_to(folder)
    say(
        _("A new campaign is in {folder}. It is a copy of the example: make it yours.").format(
            folder=folder
        )
    )
    for text, path in (
        (_("who, when, through which server"), "campaign.toml"),
        (_("the letter and the e-mail"), "templates/invito"),
        (_("the addresses, all invented"), "data/indirizzi-esempio.csv"),
        (_("what goes with the letter"), "attachments"),
    ):
        say(f"  {folder / path}: {text}")
    say(_("Next: {command}").format(command=command(folder, "send --dry-run")))
