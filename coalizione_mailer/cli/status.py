"""``mailer status``: where every letter is, and the next command to run."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import datetime
from enum import StrEnum, unique
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli import funnel
from coalizione_mailer.cli.begun import unfinished
from coalizione_mailer.cli.console import command, number, out, print_csv, print_json, say
from coalizione_mailer.cli.finding import label
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.lifecycle import State

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.ledger.reports import Silence, Standing
    from coalizione_mailer.resend import Case

DRY_RUN = "mailer send --dry-run"
RESEND = "mailer resend"
REMIND = "mailer remind --not-answered"


@unique
class Listed(StrEnum):
    """What can be listed: the states, and the silent among the sent and accepted."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    SILENT = "silent"

    @property
    def state(self) -> State | None:
        """The state that it is, None where several are looked through."""
        return None if self is Listed.SILENT else State(self.value)


def status(
    context: typer.Context,
    state: Annotated[
        Listed | None,
        typer.Option(
            "--state",
            metavar=_("STATE"),
            help=_("List the letters in this state: {states}.").format(states=", ".join(Listed)),
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("As JSON, for other programs."))
    ] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help=_("Every letter, as CSV, for a spreadsheet."))
    ] = False,
    all_: Annotated[
        bool, typer.Option("--all", help=_("Show all that came back, not only the first."))
    ] = False,
) -> None:
    """Count the letters by state, or list them."""
    import time

    from coalizione_mailer.campaign import load
    from coalizione_mailer.cli.bounced import causes, print_bounced
    from coalizione_mailer.ledger import reports, rounds
    from coalizione_mailer.ledger.rounds import Kind
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.resend import cases

    campaign = load(context.obj)
    configuration = campaign.configuration
    ledger = Ledger.open_existing(configuration.ledger.url, campaign.root, now=time.time())
    counts = dict.fromkeys(State, 0)
    opened = None
    letters: list[Standing] = []
    failed: list[Case] = []
    listed: list[Standing] = []
    silent: set[int] = set()
    reminding = False
    if ledger is not None:
        reminding = any(one.kind is Kind.REMINDER for one in unfinished(ledger))
        with ledger.reading() as connection:
            opened = rounds.current(connection)
            if opened is not None:
                counts = reports.overall_counts(connection)
                letters = reports.overall(connection)
                failed = cases(connection) if counts[State.BOUNCED] or counts[State.REFUSED] else []
                silent = reports.silent(connection, silence(campaign, time.time()))
                silent &= {letter.delivery_id for letter in letters}
    if as_csv or state is not None:
        wanted = state.state if state else None
        listed = [letter for letter in letters if wanted in {None, letter.state}]
    if state is Listed.SILENT:
        listed = [letter for letter in listed if letter.delivery_id in silent]
    mailbox = bool(configuration.mailbox.host)
    following = next_command(
        counts, frozen=opened is not None, mailbox=mailbox, reminding=reminding
    )
    if as_json:
        print_json(
            {
                "campaign": configuration.campaign.name,
                "protocol": configuration.protocol.confirmation,
                "total": sum(counts.values()),
                "states": {str(name): count for name, count in counts.items()},
                "next": following,
            }
            | ({"silent": len(silent)} if silent else {})
            | ({"causes": causes(failed)} if failed else {})
            | ({"letters": list(_records(listed, failed))} if state is not None else {})
        )
    elif as_csv:
        _print_rows(listed, failed)
    elif state is not None:
        _print_list(listed)
    else:
        funnel.show(ledger)
        _print_counts(counts, frozen=opened is not None)
        print_bounced(failed, whole=all_)
        _tell_silent(len(silent), configuration.mailbox.silent_after)
        _print_next(campaign.root, following)


def silence(campaign: "Campaign", now: float) -> "Silence":
    """Say what makes a letter of a campaign silent now."""
    from coalizione_mailer.campaign.configuration import Profile
    from coalizione_mailer.ledger.reports import Silence

    before = now - campaign.configuration.mailbox.silent_after * 3600.0
    if campaign.configuration.smtp.profile is Profile.PEC:
        return Silence(before)
    return Silence(before, frozenset({State.ACCEPTED}))


def next_command(
    counts: dict[State, int], *, frozen: bool, mailbox: bool = False, reminding: bool = False
) -> str:
    """Return the command that the operator should run next, empty when nothing is left.

    Where a ``mailbox`` is known, letters that have left are waited for there. ``reminding`` tells
    that reminders were begun and are not done.
    """
    waiting = mailbox and (counts[State.SENT] or counts[State.ACCEPTED])
    following = (
        (not frozen, DRY_RUN),
        (counts[State.QUEUED] or counts[State.SENDING], "mailer send"),
        (reminding, REMIND),
        (counts[State.IN_DOUBT], "mailer resolve"),
        (counts[State.REFUSED], RESEND),
        (waiting, "mailer receive"),
        (counts[State.BOUNCED], RESEND),
    )
    return next((typed for needed, typed in following if needed), "")


def explained(state: State) -> str:
    """Say what a state means, in words."""
    words = {
        State.QUEUED: _("waiting to leave"),
        State.SENDING: _("leaving now"),
        State.SENT: _("sent: our server took it"),
        State.ACCEPTED: _("accepted by the PEC provider"),
        State.DELIVERED: _("delivered"),
        State.BOUNCED: _("came back"),
        State.REFUSED: _("refused by our server"),
        State.IN_DOUBT: _("in doubt: perhaps sent, perhaps not"),
    }
    return words[state]


def moment(at: float | None) -> str:
    """Write a time of the operator's clock for programs and spreadsheets."""
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M:%S}" if at else ""


def told(at: float | None) -> str:
    """Write a time of the operator's clock for people."""
    return f"{datetime.fromtimestamp(at).astimezone():%d/%m/%Y %H:%M}" if at else ""


def _print_counts(counts: dict[State, int], *, frozen: bool) -> None:
    from rich.table import Table

    if not frozen:
        out().print(_("Nothing has been sent yet, nor frozen for sending."))
    else:
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(justify="right")
        table.add_column()
        table.add_column(style="dim")
        for state, count in counts.items():
            if count:
                table.add_row(number(count), explained(state), str(state))
        table.add_row(number(sum(counts.values())), _("letters in all"), "", style="bold")
        out().print(table)


def _tell_silent(count: int, hours: int) -> None:
    if count:
        say(
            ngettext(
                "Of these {n} is silent: sent {hours} hours ago or more, and neither delivered nor "
                "come back. It is listed by: mailer status --state silent",
                "Of these {n} are silent: sent {hours} hours ago or more, and neither delivered "
                "nor come back. They are listed by: mailer status --state silent",
                count,
            ).format(n=number(count), hours=number(hours)),
            "yellow",
        )


def _print_next(root: Path, following: str) -> None:
    if following:
        typed = command(root, following.removeprefix("mailer "))
        say(_("Next: {command}").format(command=typed))
    else:
        say(_("Nothing is left to do."))


def _print_list(listed: "list[Standing]") -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in (_("Comune"), _("Address"), _("When"), _("Tries"), _("Answer")):
        table.add_column(title, overflow="fold", justify="right" if title == _("Tries") else "left")
    for letter in listed:
        table.add_row(
            escape(label(letter)),
            escape(letter.address),
            told(letter.started_at or letter.changed_at),
            number(letter.attempts),
            escape(answer(letter)),
        )
    out().print(table)
    say(ngettext("{n} letter.", "{n} letters.", len(listed)).format(n=number(len(listed))))


def answer(letter: "Standing") -> str:
    """Return the server's last answer on one line."""
    code = f"{letter.code} " if letter.code else ""
    return code + " ".join(letter.answer.split())


def _records(listed: "list[Standing]", failed: "list[Case]") -> Iterator[dict[str, object]]:
    """Give all that is known of letters; of those that came back why, and in whose words."""
    why = {case.letter.delivery_id: case for case in failed}
    for letter in listed:
        case = why.get(letter.delivery_id)
        record = asdict(letter) | {
            "cause": str(case.cause) if case else None,
            "words": case.words if case else None,
        }
        for name in ("changed_at", "due", "started_at"):
            record[name] = moment(record[name]) or None
        del record["delivery_id"]
        yield record


def _print_rows(listed: "list[Standing]", failed: "list[Case]") -> None:
    from coalizione_mailer.ledger.reports import Standing

    header = [field.name for field in fields(Standing) if field.name != "delivery_id"]
    rows = (list(record.values()) for record in _records(listed, failed))
    print_csv([*header, "cause", "words"], rows)
