"""``mailer rehearse``: a whole campaign on this machine, against a mail world that misbehaves."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.console import command, number, out, print_json, progress, say, span
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.errors import Code, ExitCode, Problem, ProblemsError

if TYPE_CHECKING:
    from coalizione_mailer.exercise import Act, Fault, Score

_SHOWN = 20


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
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            metavar="N",
            min=1,
            help=_("How many processors make the letters; without it, all."),
        ),
    ] = None,
) -> int:
    """Play a whole campaign and print its score; 0 only if nothing was lost, doubled, misjudged."""
    from coalizione_mailer.cli.rehearsed import processes
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
        _print(score, seconds)
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


def as_record(score: "Score", seed: int, seconds: float) -> dict[str, object]:
    """Return the score as other programs read it."""
    from coalizione_mailer.exercise import Wrong

    return {
        "seed": seed,
        "recipients": score.letters,
        "sent": score.sent,
        "delivered": score.delivered,
        "silent": score.silent,
        "bounced": score.bounced,
        "recovered": score.recovered,
        "dead": score.dead,
        "corrected": score.corrected,
        "refused": score.refused,
        "in_doubt": score.doubts,
        "settled_by_receipts": score.doubts - score.doubts_by_word,
        "settled_by_word": score.doubts_by_word,
        "messages": {
            "receipts": score.receipts,
            "bounces": score.bounces,
            "forgeries": score.forgeries,
            "people": score.people,
        },
        "answers": {
            "by_itself": score.answers_by_itself,
            "by_person": score.answers_by_person,
            "wrong": score.answers_wrong,
        },
        **{wrong.value: score.count(wrong) for wrong in Wrong},
        "faults": [
            {
                "wrong": fault.wrong,
                "comune": fault.comune,
                "address": fault.address,
                "ledger": fault.ledger,
                "truth": fault.truth,
            }
            for fault in score.faults
        ],
        "days": score.days,
        "seconds": round(seconds, 1),
    }


def _print(score: "Score", seconds: float) -> None:
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for count, words in _rows(score):
        table.add_row(number(count), words)
    table.add_section()
    for count, words in _verdicts(score):
        table.add_row(number(count), words, style="bold red" if count else "bold green")
    out().print()
    out().print(table)
    out().print()
    took = ngettext(
        "{n} day of a campaign, played in {span}.",
        "{n} days of a campaign, played in {span}.",
        score.days,
    )
    say(took.format(n=number(score.days), span=span(seconds)))
    _print_faults(score.faults)


def _rows(score: "Score") -> Iterator[tuple[int, str]]:
    """Give what happened, in the order of a campaign."""
    yield score.letters, _("Comuni, each with its own letter")
    yield score.sent, _("letters taken by the server")
    yield score.refused, _("refused by the server")
    yield score.doubts, _("in doubt: the server did not say whether it took them")
    yield score.doubts - score.doubts_by_word, _("of these settled by receipts")
    yield score.doubts_by_word, _("of these settled by asking whoever runs the server")
    yield score.receipts, _("PEC receipts came back: some late, twice, in the wrong order")
    yield score.bounces, _("notices of ordinary mail, in five dialects")
    yield score.forgeries, _("forged receipts: none of them may count")
    yield score.people, _("answers, automatic or not, and other mail")
    yield score.delivered, _("letters delivered, with a receipt")
    yield score.silent, _("letters taken, and no further word (ordinary mail gives none)")
    yield score.bounced, _("letters that came back for good: the content, or no better address")
    yield score.recovered, _("letters that came back, were sent again, and came back no more")
    yield score.corrected, _("dead addresses, looked up and corrected")
    yield score.answers_by_itself, _("answers entered into the register without a person")
    yield score.answers_by_person, _("messages that waited, and that a person decided about")
    if missed := score.dead - score.corrected:
        yield missed, _("dead addresses that were not recognised as such")


def _verdicts(score: "Score") -> Iterator[tuple[int, str]]:
    from coalizione_mailer.exercise import Wrong

    yield score.answers_wrong, _("wrong rows in the list of participants")
    yield score.count(Wrong.LOST), _("lost")
    yield score.count(Wrong.DOUBLED), _("sent twice unknowingly")
    yield score.count(Wrong.MISJUDGED), _("misjudged")


def _print_faults(faults: "tuple[Fault, ...]") -> None:
    """Say what went wrong with whom, or that nothing did."""
    if not faults:
        say(
            _("The record says of every letter what truly happened: nothing lost, nothing twice."),
            "green",
        )
        say(
            _("The list of participants and the report say what the Comuni truly answered."),
            "green",
        )
        return
    for fault in faults[:_SHOWN]:
        said = (
            _("{comune} <{address}>: the record says {ledger}, the truth is: {truth}")
            if fault.comune
            else _("Report, {address}: it says {ledger}, the truth is: {truth}")
        )
        say(
            said.format(
                comune=fault.comune, address=fault.address, ledger=fault.ledger, truth=fault.truth
            ),
            "red",
        )
    if more := len(faults[_SHOWN:]):
        say(ngettext("and {n} more", "and {n} more", more).format(n=number(more)))
