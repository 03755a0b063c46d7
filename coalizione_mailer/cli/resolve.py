"""``mailer resolve``: letters in doubt, settled by the operator's word."""

from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.console import interactive, out, say
from coalizione_mailer.cli.finding import among, label
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.errors import ExitCode, NothingToDoError
from coalizione_mailer.lifecycle import Event

if TYPE_CHECKING:
    from coalizione_mailer.ledger.reports import Standing
    from coalizione_mailer.ledger.store import Ledger


def resolve(
    context: typer.Context,
    sent: Annotated[
        list[str] | None,
        typer.Option("--sent", metavar="COMUNE", help=_("It arrived: do not send again.")),
    ] = None,
    again: Annotated[
        list[str] | None,
        typer.Option("--again", metavar="COMUNE", help=_("It did not arrive: send again.")),
    ] = None,
    all_sent: Annotated[
        bool, typer.Option("--all-sent", help=_("All that are left have arrived."))
    ] = False,
    all_again: Annotated[
        bool, typer.Option("--all-again", help=_("All that are left are sent again."))
    ] = False,
    no_input: Annotated[bool, typer.Option("--no-input", help=_("Never ask."))] = False,
) -> int:
    """Show the letters in doubt and take the operator's word on them."""
    import time

    from coalizione_mailer.campaign import load
    from coalizione_mailer.ledger.store import Ledger

    campaign = load(context.obj)
    ledger = Ledger.open_existing(campaign.configuration.ledger.url, campaign.root, now=time.time())
    doubtful = _doubtful(ledger) if ledger is not None else []
    if ledger is None or not doubtful:
        raise NothingToDoError
    words = _named(doubtful, sent or [], Event.OPERATOR_SENT)
    words |= _named(doubtful, again or [], Event.OPERATOR_QUEUE)
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
    _write(ledger, words)
    return ExitCode.IN_DOUBT if len(words) < len(doubtful) else ExitCode.DONE


def _doubtful(ledger: "Ledger") -> "list[Standing]":
    from coalizione_mailer.ledger import reports, rounds
    from coalizione_mailer.lifecycle import State

    with ledger.reading() as connection:
        opened = rounds.current(connection)
        if opened is None:
            return []
        return list(reports.standings(connection, opened.id, State.IN_DOUBT))


def _named(doubtful: "list[Standing]", names: list[str], word: Event) -> dict[int, Event]:
    """Take one word on the letters the operator named; raises ProblemsError for unknown ones."""
    return {letter.delivery_id: word for letter in among(doubtful, names)}


def _print(doubtful: "list[Standing]") -> None:
    from coalizione_mailer.cli.status import answer, moment

    say(
        ngettext(
            "{n} letter is in doubt: the connection ended before the server said whether it "
            "took it.",
            "{n} letters are in doubt: the connection ended before the server said whether it "
            "took them.",
            len(doubtful),
        ).format(n=len(doubtful))
    )
    say(
        _(
            "Look for a receipt, or ask the server's administrator for the Message-ID. Then say: "
            "mailer resolve --sent COMUNE, or --again COMUNE, or --all-sent, or --all-again."
        )
    )
    for letter in doubtful:
        out().print(
            f"{letter.codice_istat}  {label(letter)}  {letter.address}  "
            f"{moment(letter.started_at)}  {letter.message_id}  {answer(letter)}",
            markup=False,
            soft_wrap=True,
        )


def _asked(doubtful: "list[Standing]") -> dict[int, Event]:
    """Ask about each letter: did it arrive? Anything but a clear answer leaves it in doubt."""
    yes, no = _("y"), _("n")
    words = {}
    for letter in doubtful:
        question = _("{comune}: did it arrive? [{yes}/{no}, Enter: I do not know]").format(
            comune=label(letter), yes=yes, no=no
        )
        given = typer.prompt(question, default="", show_default=False, err=True).strip().lower()
        if given in (yes, no):
            words[letter.delivery_id] = (
                Event.OPERATOR_SENT if given == yes else Event.OPERATOR_QUEUE
            )
    return words


def _write(ledger: "Ledger", words: dict[int, Event]) -> None:
    import getpass
    import time

    from coalizione_mailer.ledger import deliveries

    counts = dict.fromkeys((Event.OPERATOR_SENT, Event.OPERATOR_QUEUE), 0)
    with ledger.writing() as connection:
        for word in counts:
            ids = [delivery for delivery, given in words.items() if given is word]
            counts[word] = deliveries.resolve(
                connection, ids, word, now=time.time(), note=getpass.getuser()
            )
    say(
        _("{sent} taken as sent, {again} to be sent again.").format(
            sent=counts[Event.OPERATOR_SENT], again=counts[Event.OPERATOR_QUEUE]
        )
    )
    if counts[Event.OPERATOR_QUEUE]:
        say(_("Next: {command}").format(command="mailer send"))
