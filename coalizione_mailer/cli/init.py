"""``mailer init``: a new campaign folder from the one that is shipped."""

from pathlib import Path
from typing import Annotated

import typer

from coalizione_mailer.cli.console import say
from coalizione_mailer.cli.language import _


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=_("The folder to make."))],
) -> None:
    """Copy the shipped campaign and say what to do with it."""
    from coalizione_mailer.shipped import copy_to

    copy_to(folder)
    say(_("A new campaign is in {folder}.").format(folder=folder))
    say(
        _("Its letters, in {path}, are those of the example: make them yours.").format(
            path=folder / "templates" / "invito"
        )
    )
    say(_("Who, when and through which server: {path}.").format(path=folder / "campaign.toml"))
    say(_("Try it: mailer --campaign {folder} send --dry-run").format(folder=folder))
