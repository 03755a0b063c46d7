"""The rehearsal's clock, made to wait for those who work, however slow they are."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from coalizione_mailer.lifecycle import Outcome
from coalizione_mailer.model import Envelope
from coalizione_mailer.rehearsal import clock
from coalizione_mailer.transport import Session, Transport
from coalizione_mailer.transport.wire import Wire
from tests.support.in_loop import everyone_ready


class VirtualClock(clock.VirtualClock):
    """A clock that stands while anybody works: what takes no time takes none on any machine.

    ``patient`` is False where time is to pass over those who work, as it does in the world.
    """

    def __init__(self, at: float) -> None:
        super().__init__(at)
        self.patient = True
        self._working = 0

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Stand while the block runs."""
        self._working += 1
        try:
            yield
        finally:
            self._working -= 1

    @contextmanager
    def standing_for_threads(self) -> Iterator[None]:
        """Stand while a thread works for the running loop, from its being asked to its answer."""
        loop = asyncio.get_running_loop()
        asked = loop.run_in_executor

        def counted(executor: Any, work: Callable[..., Any], *args: Any) -> Any:
            answer = asked(executor, work, *args)
            self._working += 1
            answer.add_done_callback(self._answered)
            return answer

        loop.run_in_executor = counted  # type: ignore[assignment, method-assign]
        yield
        loop.run_in_executor = asked  # type: ignore[method-assign]

    def _answered(self, _answer: object) -> None:
        self._working -= 1

    async def _moment(self) -> None:
        await super()._moment()
        while self.patient:
            await everyone_ready()
            if not self._working:
                return
            await super()._moment()


class Awaited:
    """A transport for which a clock stands while anything is under way."""

    def __init__(self, transport: Transport, clock: VirtualClock) -> None:
        self._transport = transport
        self._clock = clock

    async def connect(self) -> Session:
        with self._clock.standing():
            return AwaitedSession(await self._transport.connect(), self._clock)


class AwaitedSession:
    """A session of such a transport."""

    def __init__(self, session: Session, clock: VirtualClock) -> None:
        self._session = session
        self._clock = clock

    @property
    def alive(self) -> bool:
        return self._session.alive

    async def deliver(self, envelope: Envelope, message: Wire) -> Outcome:
        with self._clock.standing():
            return await self._session.deliver(envelope, message)

    async def close(self) -> None:
        with self._clock.standing():
            await self._session.close()
