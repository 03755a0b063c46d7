"""The commands put together; each lives in a module of its own name."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from coalizione_mailer.cli import comuni, init, preview, resolve, send, status
from coalizione_mailer.cli.language import _


class Command(TyperCommand):
    """A command whose usage line speaks the language of the screen."""

    def get_usage(self, ctx: Any) -> str:
        """Return the usage line."""
        return super().get_usage(ctx).replace("Usage:", _("Usage:"), 1)


class Group(TyperGroup):
    """The group of all commands, likewise."""

    def get_usage(self, ctx: Any) -> str:
        """Return the usage line."""
        return super().get_usage(ctx).replace("Usage:", _("Usage:"), 1)


app = typer.Typer(
    cls=Group,
    add_completion=False,
    no_args_is_help=True,
    help=_("One protocol-numbered letter to many Comuni: individually addressed, exactly once."),
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback()
def common(
    context: typer.Context,
    campaign: Annotated[
        Path,
        typer.Option("--campaign", metavar="DIR", help=_("The campaign's folder.")),
    ] = Path(),
    version: Annotated[
        bool, typer.Option("--version", help=_("Show the version and exit."), is_eager=True)
    ] = False,
) -> None:
    """Note what holds for every command."""
    if version:
        from coalizione_mailer import __version__

        typer.echo(__version__)
        raise typer.Exit
    context.obj = campaign


for name, function, text in (
    ("init", init.init, _("Make a new campaign folder, ready for a dry run.")),
    ("comuni", comuni.comuni, _("Show the register, filtered; by itself, who gets the letter.")),
    ("preview", preview.preview, _("Show the letter of one Comune as it will be.")),
    ("send", send.send, _("Send the letters, or go on where it was; first try --dry-run.")),
    ("status", status.status, _("Show where every letter is, and what to do next.")),
    ("resolve", resolve.resolve, _("Settle letters in doubt by your word.")),
):
    app.command(name, cls=Command, help=text)(function)
