"""``mailer inspect``: what a message says, without a campaign and without touching a ledger."""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coalizione_mailer.cli.arrivals import cause_in_words, kind_in_words
from coalizione_mailer.cli.console import as_results, number, say
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.lifecycle import spoken
from coalizione_mailer.mailbox.reading import Kind, Reading, SignatureState

if TYPE_CHECKING:
    from coalizione_mailer.mailbox.sources import Arrival

_UNREADABLE = "unreadable"


def inspect(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar=_("PATH..."),
            help=_("A Maildir, an mbox, a folder of .eml files, or such files."),
            show_default=False,
        ),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help=_("As JSON, for other programs: a line for each."))
    ] = False,
) -> int:
    """Explain messages: what each is, whom it speaks of, and why."""
    from coalizione_mailer.mailbox.classify import classify

    kinds: Counter[Kind] = Counter()
    unread = 0
    for arrival in arrivals(paths):
        reading = None if arrival.raw is None else classify(arrival.raw)
        if reading is None:
            unread += 1
        else:
            kinds[reading.kind] += 1
        if as_json:
            sys.stdout.write(json.dumps(_as_record(arrival, reading), ensure_ascii=False) + "\n")
        else:
            with as_results():
                _tell(arrival, reading)
    if not as_json:
        _tell_total(kinds, unread)
    return ExitCode.ERROR if unread else ExitCode.DONE


def arrivals(paths: list[Path]) -> "Iterator[Arrival]":
    """Give every message that is there now; raises ProblemsError for paths that are none."""
    from coalizione_mailer.mailbox.sources.paths import sources

    for source in sources(paths, time.sleep):  # noqa: TID251  here it is handed in
        with closing(source):
            yield from source.arrivals()


def _as_record(arrival: "Arrival", reading: Reading | None) -> dict[str, Any]:
    """Return what programs are told of a message (design, section 3: a contract)."""
    note = "" if reading else f"{_UNREADABLE}: {arrival.trouble or 'too large'}"
    told = reading or Reading(Kind.OTHER, note=note)
    return {
        "file": arrival.origin,
        "kind": str(told.kind),
        "final": told.final,
        "outcome": str(told.outcome) if told.outcome else None,
        "recipients": list(told.recipients),
        "status": told.status,
        "diagnostic": told.diagnostic,
        "message_id": told.message_id,
        "pec_id": told.pec_id,
        "verified": told.verified,
        "note": told.note,
    }


def _tell(arrival: "Arrival", reading: Reading | None) -> None:
    """Say it in words: the file, then what it is, then what else is known."""
    say(arrival.origin, "bold")
    if reading is None:
        say("  " + _("not read: {reason}").format(reason=arrival.trouble or _("it is too large")))
        return
    for line in _lines(reading):
        say(f"  {line}")


def _lines(reading: Reading) -> Iterator[str]:
    words = kind_in_words(reading.kind)
    yield f"{words}; {cause_in_words(reading.cause)}" if reading.cause else words
    if reading.recipients:
        yield _("about: {addresses}").format(addresses=", ".join(reading.recipients))
    if said := spoken(reading.status, reading.diagnostic):
        yield _("the server's words: {words}").format(words=said)
    if reading.protocol:
        yield _("number in their register: {number}").format(number=reading.protocol)
    if reading.message_id:
        yield _("our message: {identifier}").format(identifier=reading.message_id)
    if reading.signature is not None:
        yield _signature(reading)


def _signature(reading: Reading) -> str:
    assert reading.signature is not None
    match reading.signature.state:
        case SignatureState.GOOD:
            return _("the signature of {signer} holds").format(signer=reading.signature.signer)
        case SignatureState.BAD:
            return _("the signature does not hold: do not believe it")
        case SignatureState.ABSENT:
            return _("there is no signature: it proves nothing")


def _tell_total(kinds: Counter[Kind], unread: int) -> None:
    """Say how many there were of each kind."""
    total = kinds.total() + unread
    say()
    say(ngettext("{n} message.", "{n} messages.", total).format(n=number(total)))
    for kind in Kind:
        if kinds[kind]:
            say(f"  {number(kinds[kind])}  {kind_in_words(kind)}")
    if unread:
        text = ngettext("{n} message was not read.", "{n} messages were not read.", unread)
        say(text.format(n=number(unread)), "yellow")
