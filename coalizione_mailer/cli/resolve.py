"""``mailer resolve``: letters in doubt, settled by the operator's word."""

from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.console import command, interactive, number, out, say
from coalizione_mailer.cli.finding import among, label
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.usage import Misuse
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.lifecycle import Event

if TYPE_CHECKING:
    from coalizione_mailer.ledger.reports import Standing
    from coalizione_mailer.ledger.store import Ledger


def resolve(
    context: typer.Context,
    sent: Annotated[
        list[str] | None,
        typer.Option(
            "--sent", metavar="COMUNE", help=_("It arrived: never send it again. May be repeated.")
        ),
    ] = None,
    again: Annotated[
        list[str] | None,
        typer.Option(
            "--again",
            metavar="COMUNE",
            help=_("It did not arrive: send it again. May be repeated."),
        ),
    ] = None,
    all_sent: Annotated[
        bool, typer.Option("--all-sent", help=_("All the others arrived."))
    ] = False,
    all_again: Annotated[
        bool,
        typer.Option(
            "--all-again",
            help=_("None of the others arrived: send them again. If one did, it gets two."),
        ),
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", help=_("Never ask: only show them."))
    ] = False,
) -> int:
    """Show the letters in doubt and take the operator's word on them."""
    import time

    from coalizione_mailer.campaign import load
    from coalizione_mailer.ledger.store import Ledger

    campaign = load(context.obj)
    ledger = Ledger.open_existing(campaign.configuration.ledger.url, campaign.root, now=time.time())
    doubtful = _doubtful(ledger) if ledger is not None else []
    if ledger is not None:
        _tell_settled(ledger)
    if ledger is None or not doubtful:
        say(_("No letter is in doubt."))
        return ExitCode.NOTHING_TO_DO
    words = _named(doubtful, sent or [], Event.OPERATOR_SENT)
    other = _named(doubtful, again or [], Event.OPERATOR_QUEUE)
    if (all_sent and all_again) or words.keys() & other.keys():
        raise Misuse(_("A letter cannot be both arrived and sent again: choose one."), context)
    words |= other
    if all_sent or all_again:
        rest = Event.OPERATOR_SENT if all_sent else Event.OPERATOR_QUEUE
        words |= {
            letter.delivery_id: rest for letter in doubtful if letter.delivery_id not in words
        }
    elif not words:
        _print(doubtful)
        if no_input or not interactive():
            return ExitCode.IN_DOUBT
        words = _asked(doubtful)
    again_now = _write(ledger, words, left=len(doubtful) - len(words))
    if again_now:
        say(_("Next: {command}").format(command=command(campaign.root, "send")))
    return ExitCode.IN_DOUBT if len(words) < len(doubtful) else ExitCode.DONE


def _doubtful(ledger: "Ledger") -> "list[Standing]":
    from coalizione_mailer.ledger import reports
    from coalizione_mailer.lifecycle import State

    with ledger.reading() as connection:
        letters = reports.overall(connection)
    return [letter for letter in letters if letter.state is State.IN_DOUBT]


def _tell_settled(ledger: "Ledger") -> None:
    """Say of how many letters in doubt receipts have told what became of them."""
    from coalizione_mailer.ledger import reports

    with ledger.reading() as connection:
        settled = reports.settled_doubts(connection)
    if settled:
        say(
            ngettext(
                "{n} letter that was in doubt is settled by its receipts.",
                "{n} letters that were in doubt are settled by their receipts.",
                settled,
            ).format(n=number(settled))
        )


def _named(doubtful: "list[Standing]", names: list[str], word: Event) -> dict[int, Event]:
    """Take one word on the letters the operator named; raises ProblemsError for unknown ones."""
    return {letter.delivery_id: word for letter in among(doubtful, names)}


def _print(doubtful: "list[Standing]") -> None:
    from coalizione_mailer.cli.status import answer, told

    say(
        ngettext(
            "{n} letter is in doubt: the connection ended before the server said whether it "
            "took it.",
            "{n} letters are in doubt: the connection ended before the server said whether it "
            "took them.",
            len(doubtful),
        ).format(n=number(len(doubtful)))
    )
    say(
        _(
            "Receipts settle them by themselves: mailer receive. Without any, look in your mailbox "
            "for an answer, or give the Message-ID to whoever runs the server. What you do not "
            "know stays in doubt, and is not sent again."
        )
    )
    for letter in doubtful:
        parts = (label(letter), letter.codice_istat, letter.address, told(letter.started_at))
        ids = f"    {letter.message_id}  {answer(letter)}".rstrip()
        out().print("  ".join(parts), markup=False, soft_wrap=True)
        out().print(ids, markup=False, soft_wrap=True)


def _asked(doubtful: "list[Standing]") -> dict[int, Event]:
    """Ask about each letter: did it arrive? Anything but a clear answer leaves it in doubt."""
    yes, no = _("y yes").split(), _("n no").split()
    words = {}
    say()
    say(
        _("Did it arrive? Answer {yes} or {no}; if you do not know, type nothing.").format(
            yes=yes[-1], no=no[-1]
        ),
        "bold",
    )
    for letter in doubtful:
        question = _("{comune}: did it arrive?").format(comune=label(letter))
        given = typer.prompt(question, default="", show_default=False, err=True).strip().lower()
        if given in yes:
            words[letter.delivery_id] = Event.OPERATOR_SENT
        elif given in no:
            words[letter.delivery_id] = Event.OPERATOR_QUEUE
    return words


def _write(ledger: "Ledger", words: dict[int, Event], *, left: int) -> int:
    """Put the operator's words on record; return how many letters are to be sent again."""
    import time

    from coalizione_mailer.ledger import deliveries
    from coalizione_mailer.ledger.lock import operator

    counts = dict.fromkeys((Event.OPERATOR_SENT, Event.OPERATOR_QUEUE), 0)
    with ledger.writing() as connection:
        for word in counts:
            ids = [delivery for delivery, given in words.items() if given is word]
            counts[word] = deliveries.resolve(
                connection, ids, word, now=time.time(), note=operator()
            )
    say(
        _("Taken as arrived: {sent}. To be sent again: {again}. Still in doubt: {left}.").format(
            sent=number(counts[Event.OPERATOR_SENT]),
            again=number(counts[Event.OPERATOR_QUEUE]),
            left=number(left),
        )
    )
    return counts[Event.OPERATOR_QUEUE]
