"""Time that passes only when somebody sleeps: hours of waiting in a moment."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count

_REAL_SECONDS = 0.002


class VirtualClock:
    """A clock whose sleepers wake one after the other, as fast as the sockets between them allow.

    Meanwhile the network takes no time, or as much as the next sleeper sleeps: like a real one.
    """

    def __init__(self, at: float) -> None:
        """Begin at a moment (epoch seconds); ``time`` may be put forward while nobody sleeps."""
        self.time = at
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = count()

    def now(self) -> float:
        """Return the time (epoch seconds)."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Sleep so many seconds of this clock."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.time + seconds, next(self._number), future))
        await future

    @asynccontextmanager
    async def passing(self) -> AsyncIterator["VirtualClock"]:
        """Let time pass while the block runs."""
        driver = asyncio.create_task(self._pass())
        try:
            yield self
        finally:
            driver.cancel()
            with suppress(asyncio.CancelledError):
                await driver

    async def _pass(self) -> None:
        while True:
            await self._moment()
            while self._sleepers and self._sleepers[0][2].done():
                heapq.heappop(self._sleepers)
            if self._sleepers:
                wake_at, _, future = heapq.heappop(self._sleepers)
                self.time = max(self.time, wake_at)
                future.set_result(None)

    async def _moment(self) -> None:
        """Leave the sockets a moment to work in."""
        await asyncio.sleep(_REAL_SECONDS)
