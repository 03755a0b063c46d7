"""Help pages in our own words and layout; those of Typer speak English, and of types."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup
from typer.exceptions import Abort

from coalizione_mailer.cli.console import out
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.usage import no_such_command, one_too_many, placed

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH = 100


class Command(TyperCommand):
    """A command that explains itself, and what is wrong with its command line."""

    # Words too many come to us, to be explained in the language of the screen.
    allow_extra_args = True

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line; raises Misuse for what has no place in it."""
        with placed(ctx):
            rest = super().parse_args(ctx, args)
        if rest:
            raise one_too_many(ctx, rest)
        return rest

    def invoke(self, ctx: Any) -> Any:
        """Run; Ctrl-C reaches ``main`` as it would from any program, not as an exit code."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Abort from None

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  Typer's signature
        """Print the page to stdout."""
        show(self, ctx, out())


@dataclass(frozen=True, slots=True)
class Entry:
    """A command in the list of all: its name, ``module:function`` under ``cli``, and its texts.

    A group of commands, ``module:app``, has its own text.
    """

    name: str
    place: str
    short_help: str
    help: str | None = None

    def command(self) -> Any:
        """Read the command's module, and make the command."""
        import typer

        module, _colon, attribute = self.place.partition(":")
        found = getattr(import_module(f"coalizione_mailer.cli.{module}"), attribute)
        if isinstance(found, typer.Typer):
            return typer.main.get_command(found)
        alone = typer.Typer(add_completion=False)
        alone.command(self.name, cls=Command, short_help=self.short_help, help=self.help)(found)
        return typer.main.get_command(alone)


class Group(TyperGroup):
    """A group of commands, likewise; its ``entries`` are made when they are asked for."""

    entries: Sequence[Entry] = ()

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all."""
        return [*(entry.name for entry in self.entries), *super().list_commands(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command; None where there is none of this name."""
        for entry in self.entries:
            if entry.name == cmd_name and cmd_name not in self.commands:
                self.commands[cmd_name] = entry.command()
        return super().get_command(ctx, cmd_name)

    def listed(self) -> list[tuple[str, str]]:
        """Return the names of all, and what each is for in a few words."""
        made = [
            (name, str(one.short_help))
            for name, one in self.commands.items()
            if name not in {entry.name for entry in self.entries}
        ]
        return [*((entry.name, entry.short_help) for entry in self.entries), *made]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what stands before the command."""
        with placed(ctx):
            return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; raises Misuse with those that are called nearly so."""
        if self.get_command(ctx, args[0]) is None:
            raise no_such_command(ctx, args[0], self.list_commands(ctx))
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  Typer's signature
        """Print the page to stdout."""
        show(self, ctx, out())


def show(command: Any, ctx: Any, console: "Console") -> None:
    """Print the help page of a command, or of all of them."""
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.get_params(ctx) if p.param_type_name == "option"]
    commands = command.listed() if isinstance(command, Group) else []
    usage = [_("Usage:"), ctx.command_path, _("[OPTIONS]"), *(p.metavar for p in arguments)]
    usage += [_("COMMAND")] if commands else []
    _line(console, " ".join(usage), "bold")
    _line(console, command.help)
    _list(console, _("Commands"), commands)
    _list(console, _("Arguments"), [(p.metavar, p.help) for p in arguments])
    _list(console, _("Options"), [(_written(p), _explained(p, ctx)) for p in options])
    if command.epilog:
        _line(console, command.epilog)


def _written(option: Any) -> str:
    """Write an option as it is typed: ``-h, --help`` or ``--out FOLDER``."""
    names = ", ".join(sorted(option.opts, key=len))
    return names if option.is_flag else f"{names} {option.metavar}"


def _explained(option: Any, ctx: Any) -> str:
    asks_for_help = set(option.opts) & set(ctx.help_option_names)
    return _("Show this page.") if asks_for_help else option.help


def _line(console: "Console", text: str, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, width=min(_WIDTH, console.width))
    console.print()


def _list(console: "Console", title: str, entries: Sequence[tuple[str, str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    if not entries:
        return
    console.print(title, style="bold", markup=False)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, style="cyan")
    table.add_column()
    for name, text in entries:
        table.add_row(Text(f"  {name}"), Text(text))
    console.print(table, width=min(_WIDTH, console.width))
    console.print()
