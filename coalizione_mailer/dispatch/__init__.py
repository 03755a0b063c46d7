"""Sending: claim, pace, SMTP, outcome, ledger; read ``run`` from top to bottom."""

from coalizione_mailer.dispatch.run import Clock, Ending, Orders, Result, Run

__all__ = ["Clock", "Ending", "Orders", "Result", "Run"]
