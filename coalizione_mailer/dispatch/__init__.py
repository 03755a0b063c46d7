"""Sending: claim, pace, SMTP, outcome, ledger; read ``run`` from top to bottom."""

from coalizione_mailer.dispatch.orders import Clock, Ending, Orders, Result
from coalizione_mailer.dispatch.run import Run

__all__ = ["Clock", "Ending", "Orders", "Result", "Run"]
