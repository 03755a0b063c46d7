"""``mailer rsvp``: who is coming; ``rsvp read`` is the reader alone, without campaign or ledger."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.console import as_results, err, number, say
from coalizione_mailer.cli.help import Command, Group, show
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.rsvp_register import COMMANDS
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.ledger.words import Answer
from coalizione_mailer.mailbox.reply.answer import ReplyKind

if TYPE_CHECKING:
    from coalizione_mailer.rsvp.reading import Entry, Reader

app = typer.Typer(
    cls=Group,
    help=_("Who is coming: the answers of the Comuni."),
    add_completion=False,
)


@app.callback(invoke_without_command=True)
def rsvp(context: typer.Context) -> None:
    """Show what there is to choose from when nothing was chosen."""
    if context.invoked_subcommand is None:
        show(context.command, context, err())
        raise typer.Exit(ExitCode.USAGE)


def read(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar=_("PATH..."),
            help=_("A Maildir, an mbox, a folder of .eml files, or such files."),
            show_default=False,
        ),
    ],
    threads: Annotated[
        Path | None,
        typer.Option(
            "--threads",
            metavar=_("FILE"),
            help=_("Which letter went to which Comune: a CSV of message_id and codice_istat."),
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("As JSON, for other programs: a line for each."))
    ] = False,
) -> int:
    """Read answers to the invitation, without keeping them."""
    from coalizione_mailer.cli.inspect import arrivals
    from coalizione_mailer.rsvp.reading import as_record, unread_record

    reader = _reader(context.obj, threads)
    unread = total = waiting = 0
    for arrival in arrivals(paths):
        total += 1
        entry = None if arrival.raw is None else reader.read(arrival.raw)
        unread += entry is None
        waiting += entry is not None and entry.needs_human
        if as_json:
            record = as_record(arrival.origin, entry) if entry else unread_record(arrival.origin)
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        else:
            with as_results():
                _tell(arrival.origin, entry)
    if not as_json:
        _tell_total(total, waiting, unread)
    return ExitCode.ERROR if unread else ExitCode.DONE


def _reader(folder: Path, threads: Path | None) -> "Reader":
    """Return what reads: with the register of the campaign that is here, else the shipped one."""
    from coalizione_mailer.campaign import load
    from coalizione_mailer.plan import register_of
    from coalizione_mailer.rsvp.atlas import Atlas
    from coalizione_mailer.rsvp.reading import Reader, occasion_of, read_threads
    from coalizione_mailer.shipped import shipped_files

    here = (folder / "campaign.toml").exists() or folder != Path()
    campaign = load(folder if here else shipped_files())
    known = read_threads(threads) if threads else {}
    event = campaign.configuration.event.model_dump()
    return Reader(Atlas(register_of(campaign)), known, occasion_of(event))


def _tell(origin: str, entry: "Entry | None") -> None:
    """Say it in words: the Comune, the answer, who comes, and why a person should look."""
    from coalizione_mailer.cli.attendance import answer_in_words, doubt_in_words, plain

    say(origin, "bold")
    if entry is None:
        say("  " + _("not read: {reason}").format(reason=_("it is too large")))
        return
    place = f"{entry.comune.denominazione} ({entry.comune.sigla})" if entry.comune else ""
    said = entry.answer
    words = _kind_in_words(said.kind)
    if said.kind is ReplyKind.REPLY:
        words = answer_in_words(Answer(said.answer.value) if said.answer else None)
    say("  " + f"{place or _('Comune not known')}: {words}")
    for person in said.participants:
        say("  " + plain(f"- {person.name}, {person.role}" if person.role else f"- {person.name}"))
    if said.count is not None:
        text = ngettext("{n} person", "{n} people", said.count)
        say("  " + text.format(n=number(said.count)))
    if entry.why:
        reasons = "; ".join(doubt_in_words(reason.value) for reason in entry.why)
        say("  " + _("to be looked at: {reasons}").format(reasons=reasons), "yellow")


def _kind_in_words(kind: ReplyKind) -> str:
    match kind:
        case ReplyKind.REPLY:
            return _("answer of a person")
        case ReplyKind.AUTO_REPLY:
            return _("automatic answer")
        case ReplyKind.PROTOCOL_ACK:
            return _("entered in the register of the Comune")
        case ReplyKind.UNRELATED:
            return _("about something else")


def _tell_total(total: int, waiting: int, unread: int) -> None:
    say()
    say(ngettext("{n} message.", "{n} messages.", total).format(n=number(total)))
    if waiting:
        text = ngettext("{n} should be looked at.", "{n} should be looked at.", waiting)
        say("  " + text.format(n=number(waiting)))
    if unread:
        text = ngettext("{n} message was not read.", "{n} messages were not read.", unread)
        say(text.format(n=number(unread)), "yellow")


app.command(
    "read",
    cls=Command,
    short_help=_("Read answers without keeping them, and show what they say."),
    help=_(
        "Read answers to the invitation: what each says, who comes, for which Comune, and why a "
        "person should look at it. Nothing is kept and nothing is changed; it needs no campaign."
    ),
)(read)
for _name, _function, _short, _text in COMMANDS:
    app.command(_name, cls=Command, short_help=_short, help=_text)(_function)
