"""The commands put together; each lives in a module of its own name, read when it is asked for."""

from pathlib import Path
from typing import Annotated

import typer

from coalizione_mailer.cli.console import err
from coalizione_mailer.cli.help import Entry, Group, show
from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import ExitCode

COMMANDS = (
    Entry(
        "init",
        "init:init",
        _("Make a new campaign folder, ready for a dry run."),
        _(
            "Make a new campaign folder, ready for a dry run. It starts as a copy of the 2017 "
            "campaign, with invented addresses."
        ),
    ),
    Entry(
        "comuni",
        "comuni:comuni",
        _("Show who gets the letter, or search the list of Comuni."),
        _(
            "Show who gets the letter or, with options, search the list of all Comuni. Nothing "
            "is changed."
        ),
    ),
    Entry(
        "import",
        "importing:import_",
        _("Take addresses, Comuni, figures or mayors from the official files."),
        _(
            "Take addresses, Comuni, figures or mayors from the official files, as they were "
            "downloaded: ipa, istat, population or mayors, then the file. You see what would "
            "change, and nothing is written before you have said so."
        ),
    ),
    Entry(
        "check",
        "check:check",
        _("Look for all that could go wrong, before anything leaves."),
        _(
            "Look for all that could go wrong, the worst first, each with what to do about it. "
            "Nothing is sent; the server is only greeted."
        ),
    ),
    Entry(
        "preview",
        "preview:preview",
        _("Show the letter of one Comune as it will be."),
        _("Write the letter and the e-mail of one Comune as they will be. Nothing is sent."),
    ),
    Entry(
        "send",
        "send:send",
        _("Send the letters, or go on where it was; try --dry-run first."),
        _(
            "Send the letters, or go on where it was. The letters are frozen first, so that they "
            "stay as they are; then you see what is about to leave, and nothing leaves before "
            "you have typed the protocol number. With --dry-run nothing leaves at all."
        ),
    ),
    Entry(
        "status",
        "status:status",
        _("Show where every letter is, and what to do next."),
        _("Show where every letter is, and what to do next. Nothing is changed or sent."),
    ),
    Entry(
        "log",
        "log:log",
        _("Tell the story of one letter."),
        _(
            "Tell the story of one letter: when it was frozen, every attempt with the server's "
            "answer, and what you said of it. Nothing is changed or sent."
        ),
    ),
    Entry(
        "receive",
        "receive:receive",
        _("Read what came back: receipts, bounces, answers."),
        _(
            "Read what came back: receipts, bounces, answers. What concerns the letters is kept, "
            "and settles them; the mailbox is only looked at: nothing in it is deleted, moved or "
            "marked as read. Run it as often as you like."
        ),
    ),
    Entry(
        "inspect",
        "inspect:inspect",
        _("Explain messages that came back, without a campaign."),
        _(
            "Explain messages that came back: what each is, whom it speaks of, and why. It needs "
            "no campaign, and changes nothing."
        ),
    ),
    Entry(
        "resolve",
        "resolve:resolve",
        _("Settle the letters in doubt, by your word."),
        _(
            "Settle the letters in doubt: those the server may or may not have taken, because "
            "the connection ended before it answered. You say of each whether it arrived. Those "
            "you do not know of stay in doubt, and are not sent again."
        ),
    ),
    Entry(
        "resend",
        "resend:resend",
        _("Show what came back, approve other addresses, send again."),
        _(
            "Show what came back and what can be done; without an option, nothing is changed. "
            "Other addresses are proposed with their source, and used only after you have "
            "approved them. With --bounced the same letter leaves again, with the same number, "
            "after you have typed the protocol: never to somebody who has it or may have it."
        ),
    ),
    Entry(
        "evidence",
        "evidence:evidence",
        _("Hand over what proves a letter: as sent, with its receipts."),
        _(
            "Hand over what proves a letter: the PDF, the message as it left, every receipt byte "
            "for byte, an index in Italian that says how to verify them, and SHA-256 sums. "
            "Nothing in the record is changed."
        ),
    ),
    Entry(
        "report",
        "report:report",
        _("Write the whole campaign as one page, to be read or printed."),
        _(
            "Write the whole campaign as one page, to be read or printed: how far the letter got, "
            "on a map, over time, by region and province; what came back and why; who is silent, "
            "in doubt, coming. It is one file that needs no network. Nothing is sent."
        ),
    ),
    Entry(
        "export",
        "export:export",
        _("Write the register of the sending, for the protocol office."),
        _(
            "Write the register of the sending as a spreadsheet for the protocol office: a row "
            "for each letter, with protocol, Comune, address, times, outcome, identifiers and the "
            "hashes of its receipts. Nothing in the record is changed."
        ),
    ),
    Entry(
        "remind",
        "remind:remind",
        _("Remind those who have the letter and have not answered."),
        _(
            "Remind those who have the letter and have not answered, with another, shorter "
            "letter: frozen, checked and confirmed like the first. Whoever has answered is never "
            "reminded, nor whoever may not have the letter. Alone it only shows how many."
        ),
    ),
    Entry(
        "rehearse",
        "rehearse:rehearse",
        _("Play a whole campaign on this machine, against a mail world that misbehaves."),
        _(
            "Play a whole campaign on this machine: letters made for real, a server that breaks "
            "connections, a PEC provider that writes receipts late, twice and in the wrong "
            "order, bounces, forgeries, answers. At the end the record is held against what "
            "truly happened. Nothing leaves this machine, and your campaign is not touched."
        ),
    ),
    Entry("address", "address:app", _("Correct the address of a Comune, by your own word.")),
    Entry("rsvp", "rsvp:app", _("Who is coming: the answers of the Comuni.")),
)


class _Commands(Group):
    """All of them."""

    entries = COMMANDS


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    help=_(
        "One protocol-numbered letter to the mayors of many Comuni: addressed to each, sent once."
    ),
    epilog=_(
        "The usual order: mailer send --dry-run (nothing leaves), mailer preview COMUNE, mailer "
        "send, mailer status. Nothing leaves before you have typed the protocol number."
    ),
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback(invoke_without_command=True)
def common(
    context: typer.Context,
    campaign: Annotated[
        Path,
        typer.Option(
            "--campaign",
            metavar=_("FOLDER"),
            help=_("The campaign's folder; without it, the one you are in. Before the command."),
        ),
    ] = Path(),
    version: Annotated[
        bool, typer.Option("--version", help=_("Show the version."), is_eager=True)
    ] = False,
) -> None:
    """Note what holds for every command."""
    if version:
        from coalizione_mailer import __version__

        typer.echo(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        # Not asked for, so not a result: stdout stays empty.
        show(context.command, context, err())
        raise typer.Exit(ExitCode.USAGE)
    context.obj = campaign
