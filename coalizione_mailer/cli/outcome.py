"""How a run ended, on screen, and what comes next."""

from datetime import datetime
from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import clock, command, number, say
from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.lifecycle import State

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.dispatch import Result
    from coalizione_mailer.ledger.rounds import Round
    from coalizione_mailer.ledger.store import Ledger


def close(campaign: "Campaign", ledger: "Ledger", opened: "Round", result: "Result") -> int:
    """Say how the run ended and what comes next; return the exit code."""
    from coalizione_mailer.cli.status import REMIND, explained, next_command
    from coalizione_mailer.ledger import reports
    from coalizione_mailer.ledger.rounds import Kind

    with ledger.reading() as connection:
        counts = reports.overall_counts(connection)
        own = reports.counts(connection, opened.id)
    say()
    for state, count in counts.items():
        if count:
            say(f"{number(count):>6}  {explained(state)}")
    reminds = opened.kind is Kind.REMINDER
    again = (REMIND if reminds else "mailer send").removeprefix("mailer ")
    _tell_ending(result, command(campaign.root, again))
    mailbox = bool(campaign.configuration.mailbox.host)
    reminding = reminds and bool(own[State.QUEUED])
    if following := next_command(counts, frozen=True, mailbox=mailbox, reminding=reminding):
        typed = command(campaign.root, following.removeprefix("mailer "))
        say(_("Next: {command}").format(command=typed))
    return exit_code(result, own)


def _tell_ending(result: "Result", again: str) -> None:
    """Say why a run ended before its last letter, and by which command it goes on."""
    from coalizione_mailer.cli.advice import lines
    from coalizione_mailer.dispatch import Ending

    match result.ending:
        case Ending.STOPPED:
            say(_("Stopped, as you asked. Nothing is lost."))
        case Ending.REFUSING:
            say(
                _(
                    "Stopped: the server refused ten letters one after the other, so the reason is "
                    "probably not theirs. Look at its answers (mailer status --state refused) and "
                    "ask the provider, before going on with {command}."
                ).format(command=again),
                "red",
            )
        case Ending.UNAVAILABLE if result.error is not None:
            for line in lines(result.error):
                say(line, "red")
        case Ending.LATER if result.resume_at is not None:
            at = clock(datetime.fromtimestamp(result.resume_at).astimezone())
            text = _("The others leave later: run {command} again {when}, or after.")
            say(text.format(command=again, when=at))
        case _:
            pass


def exit_code(result: "Result", counts: dict[State, int]) -> ExitCode:
    """Return what the shell is told of a run (design, section 3)."""
    from coalizione_mailer.dispatch import Ending

    match result.ending:
        case Ending.STOPPED:
            return ExitCode.INTERRUPTED
        case Ending.REFUSING:
            return ExitCode.SOME_FAILED
        case Ending.UNAVAILABLE | Ending.LATER:
            return ExitCode.TEMPORARY
        case Ending.DONE:
            pass
    if counts[State.IN_DOUBT]:
        return ExitCode.IN_DOUBT
    if counts[State.REFUSED]:
        return ExitCode.SOME_FAILED
    return ExitCode.DONE
