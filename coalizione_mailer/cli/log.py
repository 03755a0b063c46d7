"""``mailer log``: the story of one letter, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.arrivals import receipt_in_words
from coalizione_mailer.cli.console import kilobytes, number, out, print_json, say
from coalizione_mailer.cli.finding import among, label
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.status import explained, moment
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.lifecycle import Event, Phase

if TYPE_CHECKING:
    from coalizione_mailer.ledger.approvals import Approval
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
    from coalizione_mailer.ledger import reports, rounds
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
    with ledger.reading() as connection:
        (letter,) = among(reports.overall(connection), [comune])
        own = [
            (one, story(connection, one.delivery_id))
            for one in reports.of_comune(connection, letter.codice_catastale)
        ]
    if as_json:
        told = next(told for one, told in own if one == letter)
        several = {"rounds": [_record(*each) for each in own]} if len(own) > 1 else {}
        print_json(_record(letter, told) | several)
    else:
        _print(letter, own)
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
        "approvals": [_consent(one) for one in told.approvals],
    }


def _consent(approval: "Approval") -> dict[str, object]:
    record = asdict(approval) | {"at": moment(approval.at)}
    del record["delivery_id"]
    return record


def _received(receipt: "Receipt") -> dict[str, object]:
    record = asdict(receipt)
    for name in ("id", "delivery_id", "identity"):
        del record[name]
    for name in ("occurred_at", "received_at"):
        record[name] = moment(record[name]) or None
    return record


def _print(letter: "Standing", own: "Sequence[tuple[Standing, Story]]") -> None:
    """Tell the story, round by round where there were several, and how it stands now."""
    for one, told in own:
        head = (label(one), one.codice_istat, one.address, one.message_id)
        if one.round_number > 1:
            again = _("Round {n}, sent again:").format(n=number(one.round_number))
            out().print(again, markup=False, style="bold")
        out().print("  ".join(head), markup=False, soft_wrap=True)
        _print_story(told)
    out().print(_("Now: {state}").format(state=explained(letter.state)), markup=False, style="bold")


def _print_story(told: "Story") -> None:
    for at, line in sorted(_lines(told), key=lambda line: line[0]):
        out().print(f"{_when(at)}  {line}", markup=False, soft_wrap=True)


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
    for approval in told.approvals:
        yield approval.at, _approved(approval)
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


def _approved(approval: "Approval") -> str:
    """Say that another address was approved, from where, and how."""
    return _("another address was approved: {address} ({source}; {note})").format(
        address=approval.address, source=approval.source, note=approval.note
    )


def _when(at: float) -> str:
    return f"{datetime.fromtimestamp(at).astimezone():%d/%m/%Y %H:%M:%S}"
