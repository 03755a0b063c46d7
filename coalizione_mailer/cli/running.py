"""A run on screen while it goes: what every letter came to, what it waits for, Ctrl-C."""

import asyncio
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import clock, finishing, progress, say
from coalizione_mailer.cli.journal import Journal, logbook
from coalizione_mailer.cli.language import _
from coalizione_mailer.lifecycle import Event

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.dispatch import Orders, Result
    from coalizione_mailer.dispatch.desk import Job
    from coalizione_mailer.ledger.deliveries import Settlement
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.transport.smtp import SmtpTransport


def run(
    campaign: "Campaign",
    ledger: "Ledger",
    transport: "SmtpTransport",
    orders: "Orders",
    letters: int,
) -> "Result":
    """Send so many letters, showing how far it is; Ctrl-C ends it after those in flight.

    Raises LedgerError; CancelledError after a second Ctrl-C.
    """
    from coalizione_mailer.dispatch import Clock, Run
    from coalizione_mailer.freeze import archive

    now = datetime.now().astimezone()
    with logbook(archive(campaign), now) as log, progress(letters, _("Letters")) as step:
        journal = Journal(log, Screen(step))
        journal.begins(campaign, letters)
        running = Run(ledger, transport, orders, Clock(_steady_clock()), journal)

        async def main() -> "Result":
            with _interruptible(running.stop):
                return await running.go()

        try:
            result = asyncio.run(main())
        except asyncio.CancelledError:
            journal.cut_off()
            raise
        journal.ends(result)
        return result


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


def _steady_clock() -> Callable[[], float]:
    """Return the time of day as it passes from now on, whatever happens to the system's clock."""
    started, ticked = time.time(), time.monotonic()
    return lambda: started + (time.monotonic() - ticked)


@contextmanager
def _interruptible(stop: Callable[[], None]) -> Iterator[None]:
    """Turn the first Ctrl-C into a stop after the letters in flight, the second into one now."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    pressed = False

    def on_signal(_number: int, _frame: object) -> None:
        nonlocal pressed
        if pressed and task is not None:
            loop.call_soon_threadsafe(task.cancel)
            return
        pressed = True
        say(_("Stopping after the letters on their way. Ctrl-C again: stop at once."), "yellow")
        loop.call_soon_threadsafe(stop)

    before = signal.signal(signal.SIGINT, on_signal)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
