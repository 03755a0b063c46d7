"""Sending: claim, pace, SMTP, outcome, ledger; read ``run`` from top to bottom."""

from coalizione_mailer.dispatch.run import Ending, Orders, Result, Run

__all__ = ["Ending", "Orders", "Result", "Run"]
