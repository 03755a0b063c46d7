"""What a reading of the mailbox brought, on screen."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from coalizione_mailer.cli.arrivals import kind_in_words
from coalizione_mailer.cli.attendance import tell_entered
from coalizione_mailer.cli.console import command, number, out, say, span
from coalizione_mailer.cli.finding import label
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.lifecycle import State
from coalizione_mailer.mailbox.reading import Kind

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.errors import ServerUnavailableError
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.reconcile import Judged, Tally
    from coalizione_mailer.rsvp.entries import Entered

_MOST = 10


def as_record(
    tally: "Tally", seconds: float, entered: "Entered | None" = None
) -> dict[str, object]:
    """Return what programs are told of a reading."""
    return {
        "read": tally.seen,
        "new": tally.kept.total(),
        "known": tally.known,
        "unrelated": tally.foreign,
        "held": max(tally.held, 0),
        "unreadable": [arrival.origin for arrival in tally.unreadable],
        "kinds": dict(sorted(tally.kept.items())),
        "settled": {str(state): count for state, count in sorted(tally.states.items())},
        "weak": tally.weak,
        "unverified": tally.unproved,
        "seconds": round(seconds, 3),
        "per_second": round(tally.seen / seconds, 1) if seconds else None,
        "answers_entered": entered.standing if entered else 0,
        "answers_waiting": entered.waiting if entered else 0,
    }


def print_summary(
    campaign: "Campaign",
    ledger: "Ledger",
    tally: "Tally",
    seconds: float,
    entered: "Entered | None" = None,
) -> None:
    """Say what was read, what it is, what it changed, and what comes next."""
    from rich.table import Table

    if not tally.seen:
        out().print(_("Nothing new has come."))
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for count, words in _rows(tally, seconds):
        table.add_row(number(count), words)
    if table.row_count:
        out().print(table)
    for line in _warnings(tally):
        say(line, "yellow")
    if entered:
        tell_entered(entered.standing, entered.waiting)
    _tell_next(campaign, ledger)


def tell_new(tally: "Tally") -> None:
    """Say in one line what came while listening."""
    if not tally.kept and not tally.states:
        return
    parts = [f"{number(n)} {kind_in_words(Kind(kind))}" for kind, n in sorted(tally.kept.items())]
    say(f"{datetime.now().astimezone():%H:%M:%S}  " + "; ".join(parts))
    for line in _warnings(tally):
        say(line, "yellow")


def tell_judged(judged: "Judged", ledger: "Ledger") -> None:
    """Say in one line what the authorities of now make of the receipts that were kept."""
    if judged.risen:
        say(
            ngettext(
                "The authorities of campaign.toml have changed: {n} receipt that was kept counts "
                "now.",
                "The authorities of campaign.toml have changed: {n} receipts that were kept count "
                "now.",
                judged.risen,
            ).format(n=number(judged.risen))
        )
    if not judged.fallen:
        return
    fallen = judged.fallen.total()
    say(
        ngettext(
            "The authorities of campaign.toml have changed: {n} receipt that counted would not "
            "count now. What it settled stays. Look whether the files are the right ones, and "
            "ask your provider whether it is real: {names}",
            "The authorities of campaign.toml have changed: {n} receipts that counted would not "
            "count now. What they settled stays. Look whether the files are the right ones, and "
            "ask your provider whether they are real: {names}",
            fallen,
        ).format(n=number(fallen), names=_named(judged, ledger)),
        "yellow",
    )


def _named(judged: "Judged", ledger: "Ledger") -> str:
    """Name the first Comuni whose letters such receipts settled."""
    from coalizione_mailer.ledger import addressees, reports

    with ledger.reading() as connection:
        codes = {
            one.codice_catastale
            for one in addressees.addressees(connection)
            if one.delivery_id in judged.fallen
        }
        letters = [one for one in reports.overall(connection) if one.codice_catastale in codes]
    names = "; ".join(label(letter) for letter in letters[:_MOST])
    more = len(letters[_MOST:])
    if not more:
        return names
    return names + "; " + ngettext("and {n} more", "and {n} more", more).format(n=number(more))


def tell_lost(error: "ServerUnavailableError") -> None:
    """Say once that the connection was lost, and that it is being made again."""
    from coalizione_mailer.cli.advice import lines

    for line in lines(error):
        say(line, "yellow")
    say(_("Trying again, every half minute. Ctrl-C ends it."))


def _rows(tally: "Tally", seconds: float) -> Iterator[tuple[int, str]]:
    from coalizione_mailer.cli.status import explained

    if tally.seen:
        rate = number(tally.seen / seconds, 1) if seconds else "0"
        words = ngettext(
            "message read in {span}, {rate} a second",
            "messages read in {span}, {rate} a second",
            tally.seen,
        )
        yield tally.seen, words.format(span=span(seconds), rate=rate)
    for count, words in (
        (tally.known, _("of them kept already")),
        (tally.foreign, _("of them not about this letter: not kept")),
        (tally.held, _("of them perhaps answers: put aside until the receipts tell")),
    ):
        if count > 0:
            yield count, words
    for kind in Kind:
        if count := tally.kept[kind.value]:
            yield count, _("new: {kind}").format(kind=kind_in_words(kind))
    for state in State:
        if count := tally.states[state]:
            yield (
                count,
                ngettext(
                    "letter that is now: {state}", "letters that are now: {state}", count
                ).format(state=explained(state)),
            )


def _warnings(tally: "Tally") -> Iterator[str]:
    if tally.weak:
        yield ngettext(
            "{n} message is perhaps about one of the letters, but does not prove it: it is kept, "
            "and changes nothing.",
            "{n} messages are perhaps about one of the letters, but do not prove it: they are "
            "kept, and change nothing.",
            tally.weak,
        ).format(n=number(tally.weak))
    if tally.unproved:
        yield ngettext(
            "{n} PEC receipt has no signature that holds: it is kept, and changes nothing. If a "
            "provider of yours sent it, ask the provider.",
            "{n} PEC receipts have no signature that holds: they are kept, and change nothing. If "
            "a provider of yours sent them, ask the provider.",
            tally.unproved,
        ).format(n=number(tally.unproved))
    if tally.unheld:
        yield ngettext(
            "{n} message is perhaps an answer, and there is no more room to put it aside. Read the "
            "acceptance receipts first, then this mailbox again.",
            "{n} messages are perhaps answers, and there is no more room to put them aside. Read "
            "the acceptance receipts first, then this mailbox again.",
            tally.unheld,
        ).format(n=number(tally.unheld))
    for arrival in tally.unreadable[:_MOST]:
        yield _("{origin}: not read: {reason}").format(
            origin=arrival.origin, reason=arrival.trouble or _("it is too large")
        )
    if more := len(tally.unreadable[_MOST:]):
        yield ngettext("and {n} more like these", "and {n} more like these", more).format(n=more)


def _tell_next(campaign: "Campaign", ledger: "Ledger") -> None:
    from coalizione_mailer.cli.status import next_command
    from coalizione_mailer.ledger import reports, rounds

    with ledger.reading() as connection:
        opened = rounds.current(connection)
        counts = reports.overall_counts(connection) if opened else dict.fromkeys(State, 0)
    following = next_command(counts, frozen=opened is not None) or "mailer status"
    typed = command(campaign.root, following.removeprefix("mailer "))
    say(_("Next: {command}").format(command=typed))
