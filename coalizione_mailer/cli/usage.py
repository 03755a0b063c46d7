"""Mistakes on the command line, in our own words; Typer's are English only."""

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from typer.exceptions import TyperException

from coalizione_mailer.cli.console import say
from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import ExitCode

# What word processors make of two hyphens.
_DASHES = ("\N{EN DASH}", "\N{EM DASH}", "\N{HORIZONTAL BAR}", "\N{MINUS SIGN}")


class Misuse(TyperException):
    """A mistake that Typer has no class of its own for, already in words."""

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, ctx: Any) -> None:
        super().__init__(message)
        self.ctx = ctx


def no_such_command(ctx: Any, name: str, names: Sequence[str]) -> Misuse:
    """Say that there is no such command, and which are called nearly so."""
    near = difflib.get_close_matches(name, names)
    text = _("There is no command {name}.").format(name=name)
    return Misuse(f"{text} {_near(near or names)}", ctx)


def one_too_many(ctx: Any, words: Sequence[str]) -> Misuse:
    """Say that these words have no place, and why they may be there."""
    if words[0].startswith(_DASHES):
        right = "--" + words[0].lstrip("".join(_DASHES))
        text = _("{word} begins with a dash. Write two hyphens: {right}.")
        return Misuse(text.format(word=words[0], right=right), ctx)
    text = _('Not expected here: {words}. A name of several words goes in quotes: "reggio emilia".')
    return Misuse(text.format(words=" ".join(words)), ctx)


@contextmanager
def placed(ctx: Any) -> Iterator[None]:
    """Say of every mistake in which command it was made; Typer forgets it now and then."""
    try:
        yield
    except TyperException as error:
        if getattr(error, "ctx", None) is None:
            vars(error)["ctx"] = ctx
        raise


def explain(error: TyperException) -> int:
    """Say what is wrong with the command line and where to look; return the exit code."""
    say(_sentence(error), "red")
    context: Any = getattr(error, "ctx", None)
    if context is not None:
        say(_("For help: {command} --help").format(command=context.command_path))
    return error.exit_code


def _sentence(error: Any) -> str:
    match type(error).__name__:
        case "NoSuchOption":
            return _no_such_option(error)
        case "MissingParameter":
            return _("Missing: {name}. {help}").format(
                name=_name(error.param), help=error.param.help
            )
        case "BadOptionUsage":
            return _bad_option(error)
        case "BadParameter":
            return _bad_value(error)
        case _:
            return str(error.format_message())


def _no_such_option(error: Any) -> str:
    name, above = error.option_name, error.ctx.parent
    if above is not None and any(name in p.opts for p in above.command.params):
        return _("{name} goes before the command: {example}").format(
            name=name, example=f"mailer {name} … {error.ctx.info_name}"
        )
    text = _("There is no option {name}.").format(name=name)
    return f"{text} {_near(error.possibilities)}" if error.possibilities else text


def _bad_option(error: Any) -> str:
    flags = [p for p in error.ctx.command.params if error.option_name in p.opts and p.is_flag]
    if flags:
        return _("{name} takes no value: write it alone.").format(name=error.option_name)
    return _("{name} needs a value after it.").format(name=error.option_name)


def _bad_value(error: Any) -> str:
    """Say what a value may be; found is what pydantic, behind Typer, was given."""
    parameter, cause = error.param, error.__cause__
    found = cause.errors()[0]["input"] if hasattr(cause, "errors") else ""
    allowed = parameter.type_descriptor.choices
    if allowed:
        text = _("{name}: found {found}; allowed are: {allowed}.")
        return text.format(name=_name(parameter), found=found, allowed=", ".join(allowed))
    text = _("{name}: found {found}; it must be a whole number, {least} or more.")
    return text.format(name=_name(parameter), found=found, least=parameter.min or 0)


def _near(names: Sequence[str]) -> str:
    return _("Did you mean: {near}?").format(near=", ".join(names))


def _name(parameter: Any) -> str:
    """Return what a parameter is called on the screen."""
    options = [name for name in parameter.opts if name.startswith("-")]
    return str(options[0] if options else parameter.metavar)
