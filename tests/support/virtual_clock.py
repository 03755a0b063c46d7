"""The rehearsal's clock under the name that tests use."""

from coalizione_mailer.rehearsal.clock import VirtualClock

__all__ = ["VirtualClock"]
