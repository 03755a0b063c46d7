"""What the operator asks of a sending: the options its commands share, and the value they make."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from coalizione_mailer.cli.console import interactive
from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import Code, Problem, UsageError

DryRun = Annotated[
    bool, typer.Option("--dry-run", help=_("Try everything, send nothing: no network, no record."))
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar=_("FOLDER"), help=_("With --dry-run: write every message there.")
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help=_("With --dry-run: the summary as JSON, for other programs."))
]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", metavar="N", min=1, help=_("At most N letters, now; the others stay for later.")
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="COMUNE", help=_("Only this Comune; may be repeated.")),
]
Confirm = Annotated[
    str | None,
    typer.Option(
        "--confirm",
        metavar=_("NUMBER/YEAR"),
        help=_("The protocol number, so as not to be asked; the letters leave at once."),
    ),
]
NoInput = Annotated[
    bool, typer.Option("--no-input", help=_("Never ask: without --confirm, send nothing."))
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        metavar="N",
        min=1,
        help=_("How many processors make the letters; without it, all."),
    ),
]


@dataclass(frozen=True, slots=True)
class Errand:
    """What the operator asked of a sending.

    ``protocol`` is what confirms it; without it, the one of the campaign file.
    """

    confirm: str | None
    only: tuple[str, ...]
    limit: int | None
    ask: bool
    jobs: int | None
    leave_out_missing: bool = False
    refreeze: bool = False
    protocol: str | None = None

    @property
    def may_ask(self) -> bool:
        """Whether somebody is there to be asked, and wants to be."""
        return self.ask and interactive()


@dataclass(frozen=True, slots=True)
class Needs:
    """Options that mean nothing without another: that one, whether it is there, their values."""

    option: str
    there: bool
    by: Mapping[str, object]

    @property
    def problems(self) -> list[Problem]:
        """Name those that were given without it."""
        given = [name for name, value in self.by.items() if value not in (None, False, [])]
        expected = (self.option,)
        return [
            Problem(Code.OPTION_ALONE, key=name, expected=expected)
            for name in given
            if not self.there
        ]


def refuse_alone(*needs: Needs) -> None:
    """Refuse every option that was given without the one it needs; raises UsageError."""
    if problems := [problem for each in needs for problem in each.problems]:
        raise UsageError(problems)


def joined(only: Sequence[str] | None) -> tuple[str, ...]:
    """Return the Comuni of ``--only``; none where it was not given."""
    return tuple(only or ())


def processes(wanted: int | None) -> int:
    """Return how many processes make PDFs: all cores, unless told otherwise."""
    return wanted or os.cpu_count() or 1
