"""The connections of a run: how many stand, and what it means that another cannot be had.

A server that refuses one connection may have let others in: one too many, or one that was lost, is
no reason to end while letters leave over the rest.
"""

import asyncio

from coalizione_mailer.errors import ServerUnavailableError
from coalizione_mailer.transport import Session, Transport

DELAYS = (1.0, 2.0, 4.0, 8.0)
"""Seconds before another try, by failures in a row; the last holds for all that follow."""


class Connections:
    """Opens and closes the sessions of so many workers, and counts."""

    def __init__(self, transport: Transport, workers: int) -> None:
        self._transport = transport
        self._most_failures = len(DELAYS) * workers
        self._standing = 0
        self._opening = 0
        self._failures = 0
        self._all_answered = asyncio.Event()

    async def open(self) -> Session:
        """Open a session; raises ServerUnavailableError."""
        self._opening += 1
        self._all_answered.clear()
        try:
            session = await self._transport.connect()
            self._standing += 1
        finally:
            self._opening -= 1
            if self._opening == 0:
                self._all_answered.set()
        self._failures = 0
        return session

    async def close(self, session: Session) -> None:
        """Close a session that was opened here, once."""
        self._standing -= 1
        await session.close()

    def failed(self) -> float:
        """Count that one could not be opened; return the seconds before another try."""
        delay = DELAYS[min(self._failures, len(DELAYS) - 1)]
        self._failures += 1
        return delay

    async def all_answered(self) -> None:
        """Wait until the server has said yes or no to every worker that knocks."""
        await self._all_answered.wait()

    def hopeless(self, error: ServerUnavailableError) -> bool:
        """Tell whether after this failure nothing can be sent any more: no session stands."""
        enough = error.permanent or self._failures > self._most_failures
        return enough and self._standing == 0
