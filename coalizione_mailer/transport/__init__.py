"""How a message leaves: the Protocol the dispatcher needs, and who speaks it."""

from coalizione_mailer.transport.protocol import Session, Transport

__all__ = ["Session", "Transport"]
