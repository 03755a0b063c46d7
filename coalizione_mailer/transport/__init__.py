"""How a message leaves: the Protocol the dispatcher needs, and who speaks it."""

from coalizione_mailer.transport.protocol import Session, Transport
from coalizione_mailer.transport.wire import Wire

__all__ = ["Session", "Transport", "Wire"]
