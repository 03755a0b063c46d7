"""``mailer log``: the story of one letter, in words."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.arrivals import receipt_in_words
from coalizione_mailer.cli.console import kilobytes, number, out, print_json, say
from coalizione_mailer.cli.finding import find_letters, label
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.status import explained, moment
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.lifecycle import Event, Phase

if TYPE_CHECKING:
    from coalizione_mailer.ledger.receipts import Receipt
    from coalizione_mailer.ledger.reports import Standing
    from coalizione_mailer.ledger.story import Attempt, Story, Word

_ALMOST = 0.999


def log(
    context: typer.Context,
    comune: Annotated[
        str,
        typer.Argument(metavar="COMUNE", help=_("The name, the ISTAT code or the cadastral code.")),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help=_("As JSON, for other programs."))
    ] = False,
) -> int:
    """Tell what happened to one letter."""
    import time

    from coalizione_mailer.campaign import load
    from coalizione_mailer.ledger import rounds
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.ledger.story import story

    campaign = load(context.obj)
    ledger = Ledger.open_existing(campaign.configuration.ledger.url, campaign.root, now=time.time())
    opened = None
    if ledger is not None:
        with ledger.reading() as connection:
            opened = rounds.current(connection)
    if ledger is None or opened is None:
        say(_("Nothing has been sent yet, nor frozen for sending."))
        return ExitCode.NOTHING_TO_DO
    (letter,) = find_letters(ledger, opened, [comune])
    with ledger.reading() as connection:
        told = story(connection, letter.delivery_id)
    if as_json:
        print_json(_record(letter, told))
    else:
        _print(letter, told)
    return ExitCode.DONE


def _record(letter: "Standing", told: "Story") -> dict[str, object]:
    return {
        "comune": letter.denominazione,
        "codice_istat": letter.codice_istat,
        "address": letter.address,
        "message_id": letter.message_id,
        "state": str(letter.state),
        "frozen": {
            "at": moment(told.freeze.at),
            "bytes": told.freeze.size,
            "sha256": told.freeze.sha256,
        },
        "attempts": [
            asdict(one)
            | {"started_at": moment(one.started_at), "ended_at": moment(one.ended_at) or None}
            for one in told.attempts
        ],
        "words": [asdict(one) | {"at": moment(one.at)} for one in told.words],
        "receipts": [_received(one) for one in told.receipts],
    }


def _received(receipt: "Receipt") -> dict[str, object]:
    record = asdict(receipt)
    for name in ("id", "delivery_id", "identity"):
        del record[name]
    for name in ("occurred_at", "received_at"):
        record[name] = moment(record[name]) or None
    return record


def _print(letter: "Standing", told: "Story") -> None:
    head = (label(letter), letter.codice_istat, letter.address, letter.message_id)
    out().print("  ".join(head), markup=False, soft_wrap=True)
    for at, line in sorted(_lines(told), key=lambda line: line[0]):
        out().print(f"{_when(at)}  {line}", markup=False, soft_wrap=True)
    out().print(_("Now: {state}").format(state=explained(letter.state)), markup=False, style="bold")


def _lines(told: "Story") -> Iterator[tuple[float, str]]:
    """Yield each thing that happened, with its time."""
    yield (
        told.freeze.at,
        _("frozen: {size}, SHA-256 {sha256}").format(
            size=kilobytes(told.freeze.size), sha256=told.freeze.sha256
        ),
    )
    for attempt in told.attempts:
        yield attempt.ended_at or attempt.started_at, _tried(attempt)
    for word in told.words:
        yield word.at, _said(word)
    for receipt in sorted(told.receipts, key=lambda one: one.event is not Event.ACCEPTANCE):
        at = receipt.occurred_at or receipt.received_at
        # Receipts know no fractions of a second: what led to them came before.
        yield int(at) + _ALMOST, receipt_in_words(receipt)


def _tried(attempt: "Attempt") -> str:
    """Say how an attempt ended, where, and with which words of the server."""
    ends = {
        Event.TAKEN: _("the server took it"),
        Event.REJECTED: _("refused"),
        Event.DEFERRED: _("put off"),
        Event.UNANSWERED: _("in doubt, the server did not say whether it took it"),
    }
    end = ends.get(attempt.event, _("on its way")) if attempt.event else _("on its way")
    text = _("attempt {n}: {end}").format(n=number(attempt.number), end=end)
    if attempt.phase and attempt.event is not Event.TAKEN:
        text += f", {_where(attempt.phase)}"
    answer = f"{attempt.code or ''} {' '.join(attempt.answer.split())}".strip()
    return f"{text}: {answer}" if answer else text


def _where(phase: Phase) -> str:
    words = {
        Phase.CONNECT: _("at the greeting"),
        Phase.MAIL: _("at the sender"),
        Phase.RCPT: _("at the recipient"),
        Phase.DATA: _("before the end of the letter"),
        Phase.END_OF_DATA: _("after the end of the letter"),
    }
    return words[phase]


def _said(word: "Word") -> str:
    """Say what came from outside: whose word, and what it means."""
    match word.event:
        case Event.OPERATOR_SENT:
            return _("{who} said: it arrived").format(who=word.note)
        case Event.OPERATOR_QUEUE:
            return _("{who} said: it did not arrive, send it again").format(who=word.note)
        case _:
            return f"{explained(word.state)} {word.note}".rstrip()


def _when(at: float) -> str:
    return f"{datetime.fromtimestamp(at).astimezone():%d/%m/%Y %H:%M:%S}"
