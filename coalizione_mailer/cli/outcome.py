"""A run on screen while it goes, and how it ended."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import clock, command, finishing, number, say
from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.lifecycle import Event, State

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.dispatch import Result
    from coalizione_mailer.dispatch.desk import Job
    from coalizione_mailer.ledger.deliveries import Settlement
    from coalizione_mailer.ledger.rounds import Round
    from coalizione_mailer.ledger.store import Ledger


class Screen:
    """Shows a run: a step for each letter that ended, a line for each that did not go well."""

    def __init__(self, step: Callable[[], None]) -> None:
        self._step = step
        self._quiet_until = 0.0

    def settled(self, job: "Job", settlement: "Settlement") -> None:
        """Show how one attempt ended."""
        comune = f"{job.claim.denominazione} ({job.claim.sigla})"
        outcome = settlement.outcome
        answer = " ".join(f"{outcome.code or ''} {outcome.text}".split())
        match settlement.event:
            case Event.TAKEN:
                self._step()
            case Event.DEFERRED:
                at = clock(datetime.fromtimestamp(settlement.due or settlement.at).astimezone())
                say(
                    _("{comune}: not now ({answer}); another try {when}").format(
                        comune=comune, answer=answer, when=at
                    )
                )
            case Event.REJECTED:
                self._step()
                say(
                    _("{comune}: refused, {address}: {answer}").format(
                        comune=comune, address=job.claim.address, answer=answer
                    ),
                    "red",
                )
            case _:
                self._step()
                say(
                    _("{comune}: in doubt, the server did not say whether it took it").format(
                        comune=comune
                    ),
                    "yellow",
                )

    def waits(self, seconds: float) -> None:
        """Say that nothing leaves for a while, once."""
        now = time.monotonic()
        if seconds >= 5 and now >= self._quiet_until:  # noqa: PLR2004  shorter goes unnoticed
            self._quiet_until = now + seconds
            say(_("Waiting: the next letter leaves {when}.").format(when=finishing(seconds)))


def close(campaign: "Campaign", ledger: "Ledger", opened: "Round", result: "Result") -> int:
    """Say how the run ended and what comes next; return the exit code."""
    from coalizione_mailer.cli.status import explained, next_command
    from coalizione_mailer.ledger import reports

    with ledger.reading() as connection:
        counts = reports.overall_counts(connection)
        own = reports.counts(connection, opened.id)
    say()
    for state, count in counts.items():
        if count:
            say(f"{number(count):>6}  {explained(state)}")
    _tell_ending(result)
    mailbox = bool(campaign.configuration.mailbox.host)
    if following := next_command(counts, frozen=True, mailbox=mailbox):
        typed = command(campaign.root, following.removeprefix("mailer "))
        say(_("Next: {command}").format(command=typed))
    return exit_code(result, own)


def _tell_ending(result: "Result") -> None:
    """Say why a run ended before its last letter."""
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
                    "ask the provider, before going on with mailer send."
                ),
                "red",
            )
        case Ending.UNAVAILABLE if result.error is not None:
            for line in lines(result.error):
                say(line, "red")
        case Ending.LATER if result.resume_at is not None:
            at = clock(datetime.fromtimestamp(result.resume_at).astimezone())
            say(
                _("The others leave later: run mailer send again {when}, or after.").format(when=at)
            )
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
