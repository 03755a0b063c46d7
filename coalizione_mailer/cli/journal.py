"""The log of a run: a file a run, without secrets and without what the letters say.

One line an event, in fixed words, for whoever has to find out later what happened and when.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.dispatch import Result
    from coalizione_mailer.dispatch.desk import Job
    from coalizione_mailer.dispatch.orders import Observer
    from coalizione_mailer.ledger.deliveries import Settlement

FOLDER = "log"
_KEPT = 20


class Journal:
    """Writes a run down, and hands what it hears on to the screen."""

    def __init__(self, log: logging.Logger, screen: "Observer") -> None:
        self._log = log
        self._screen = screen

    def begins(self, campaign: "Campaign", letters: int) -> None:
        """Write down what is about to be done."""
        from coalizione_mailer import __version__

        smtp = campaign.configuration.smtp
        limits = ",".join(str(limit) for limit in smtp.limits) or "none"
        self._log.info(
            "begin version=%s campaign=%s protocol=%s server=%s:%d security=%s user=%s "
            "connections=%d limits=%s letters=%d",
            __version__,
            campaign.configuration.campaign.name,
            campaign.configuration.protocol.confirmation,
            smtp.host,
            smtp.port,
            smtp.security,
            smtp.username or "none",
            smtp.connections,
            limits,
            letters,
        )

    def settled(self, job: "Job", settlement: "Settlement") -> None:
        """Write down how an attempt ended."""
        claim, outcome = job.claim, settlement.outcome
        self._log.info(
            "%s %s %s (%s) %s %s attempt=%d phase=%s answer=%s %s",
            settlement.event,
            claim.codice_catastale,
            claim.denominazione,
            claim.sigla,
            claim.address,
            claim.message_id,
            claim.attempt,
            outcome.phase,
            outcome.code or "none",
            _on_one_line(outcome.text),
        )
        self._screen.settled(job, settlement)

    def waits(self, seconds: float) -> None:
        """Hand on that nothing leaves for a while."""
        self._screen.waits(seconds)

    def cut_off(self) -> None:
        """Write down that the run was stopped in the middle of letters."""
        self._log.warning("cut-off")

    def ends(self, result: "Result") -> None:
        """Write down how the run ended."""
        counts = " ".join(f"{event}={count}" for event, count in sorted(result.outcomes.items()))
        self._log.info("end %s %s", result.ending, counts)
        if result.error is not None:
            self._log.error("server %s %s", result.error.stage, _on_one_line(result.error.detail))


@contextmanager
def logbook(archive: Path, now: datetime) -> Iterator[logging.Logger]:
    """Open the log of a run that begins now; the oldest make room for it."""
    # Not getLogger: no other library's lines come here, and ours go nowhere else.
    log = logging.Logger("mailer", logging.INFO)  # noqa: LOG001  see above
    handler: logging.Handler = logging.NullHandler()
    with suppress(OSError):
        folder = archive / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        handler = _Quiet(folder / f"send-{now:%Y%m%d-%H%M%S}.log", encoding="utf-8")
        for old in sorted(folder.glob("send-*.log"))[:-_KEPT]:
            old.unlink()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    log.addHandler(handler)
    try:
        yield log
    finally:
        handler.close()


class _Quiet(logging.FileHandler):
    """Lets the sending go on when the log cannot be written: the ledger is what counts."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's own name
        """Say nothing."""


def _on_one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
