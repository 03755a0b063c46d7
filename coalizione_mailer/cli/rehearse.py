"""``mailer rehearse``: a whole campaign on this machine, against a mail world that misbehaves."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.console import command, number, print_json, progress, say
from coalizione_mailer.cli.errand import Jobs
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.score import as_record, print_score
from coalizione_mailer.errors import Code, ExitCode, Problem, ProblemsError

if TYPE_CHECKING:
    from coalizione_mailer.exercise import Act


def rehearse(
    seed: Annotated[
        int,
        typer.Option(
            "--seed", metavar="N", help=_("What goes wrong, and for whom; the same again.")
        ),
    ] = 1,
    recipients: Annotated[
        int | None,
        typer.Option(
            "--recipients", metavar="N", min=1, help=_("Only N Comuni, drawn by lot; quicker.")
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("The score as JSON, for other programs."))
    ] = False,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep",
            metavar=_("FOLDER"),
            help=_("Play there, and leave it to be looked at; without it, nothing is left."),
        ),
    ] = None,
    jobs: Jobs = None,
) -> int:
    """Play a whole campaign and print its score; 0 only if nothing was lost, doubled, misjudged."""
    from coalizione_mailer.cli.errand import processes
    from coalizione_mailer.exercise import Wishes, play

    say(
        _(
            "A rehearsal on this machine, with letters made for real and invented addresses. "
            "Nothing leaves it, and your campaign is not touched."
        )
    )
    started = time.monotonic()
    with ExitStack() as stack:
        folder = _empty(keep) if keep is not None else _scratch(stack)
        wishes = Wishes(seed, recipients, processes(jobs), time.time())
        score = play(folder, wishes, _Screen())
    seconds = time.monotonic() - started
    if as_json:
        print_json(as_record(score, seed, seconds))
    else:
        print_score(score, seconds)
        if keep is not None:
            shown = command(keep / "campagna", "status")
            say(_("To look at it: {command}").format(command=shown))
            report = command(keep / "campagna", "report --open")
            say(_("As a page, to be read or printed: {command}").format(command=report))
    return ExitCode.DONE if score.perfect else ExitCode.ERROR


def _scratch(stack: ExitStack) -> Path:
    """Make a folder that is gone when the play is over, however it ends."""
    import tempfile

    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailer-prova-")))


def _empty(folder: Path) -> Path:
    """Make the folder to be kept; raises ProblemsError where there is something in it."""
    if folder.exists() and not folder.is_dir():
        found = [folder.name]
    else:
        folder.mkdir(parents=True, exist_ok=True)
        found = sorted(path.name for path in folder.iterdir())
    if found:
        problem = Problem(Code.FOLDER_NOT_EMPTY, file=str(folder), found=", ".join(found[:3]))
        raise ProblemsError([problem])
    return folder


class _Screen:
    """Shows each act as a bar, with the day of the play: its time passes faster than ours."""

    def watch(self, act: "Act", day: int, total: int) -> AbstractContextManager[Callable[[], None]]:
        """Draw the bar of one act."""
        title = _("Day {n}").format(n=number(day))
        return progress(total, f"{title}, {_act(act)}")


def _act(act: "Act") -> str:
    from coalizione_mailer.exercise import Act

    words = {
        Act.FREEZE: _("letters made and frozen"),
        Act.SEND: _("letters sent"),
        Act.RECEIVE: _("messages read"),
        Act.RESEND: _("letters made again, for a new round"),
        Act.AGAIN: _("all messages read once more"),
        Act.ANSWERS: _("answers entered into the register"),
    }
    return words[act]
