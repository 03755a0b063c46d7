"""The rehearsal's SMTP server under the names that tests use."""

from coalizione_mailer.rehearsal.faults import Fault, Step, Then
from coalizione_mailer.rehearsal.record import Taken
from coalizione_mailer.rehearsal.smtp import HOST, SmtpServer

__all__ = ["HOST", "Fault", "SmtpServer", "Step", "Taken", "Then"]
