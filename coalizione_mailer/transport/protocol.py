"""What the dispatcher asks of a transport; every answer is an Outcome, never an exception."""

from typing import Protocol

from coalizione_mailer.lifecycle import Outcome
from coalizione_mailer.model import Envelope
from coalizione_mailer.transport.wire import Wire


class Session(Protocol):
    """One connection that carries messages one after the other."""

    @property
    def alive(self) -> bool:
        """Whether another message can follow."""
        ...

    async def deliver(self, envelope: Envelope, message: Wire) -> Outcome:
        """Hand over one message and say how that ended."""
        ...

    async def close(self) -> None:
        """Say goodbye; never raises."""
        ...


class Transport(Protocol):
    """Opens sessions."""

    async def connect(self) -> Session:
        """Open a session, ready to carry messages; raises ServerUnavailableError."""
        ...
