"""Mistakes on the command line, in our own words; Typer's are English only."""

from typing import Any

from typer.exceptions import TyperException

from coalizione_mailer.cli.console import say
from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import ExitCode


def explain(error: TyperException) -> int:
    """Say what is wrong with the command line and where to look; return the exit code."""
    context: Any = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        say(error.format_message())
        return ExitCode.USAGE
    say(_sentence(error))
    if context is not None:
        say(_("Try: {command} --help").format(command=context.command_path))
    return ExitCode.USAGE if context is not None else ExitCode.ERROR


def _sentence(error: Any) -> str:
    match type(error).__name__:
        case "NoSuchOption":
            text = _("There is no option {name}.").format(name=error.option_name)
            if error.possibilities:
                near = ", ".join(error.possibilities)
                text += " " + _("Did you mean: {near}?").format(near=near)
            return text
        case "MissingParameter":
            return _("Missing: {name}.").format(name=_name(error))
        case "BadParameter":
            return _("{name}: this value cannot be used: {message}").format(
                name=_name(error), message=error.message
            )
        case _:
            return str(error.format_message())


def _name(error: Any) -> str:
    parameter = error.param
    if parameter is None:
        return str(error.param_hint or "")
    options = [*parameter.opts]
    return (
        options[0] if options and options[0].startswith("-") else str(parameter.human_readable_name)
    )
