"""A real SMTP server on loopback that misbehaves on a script and writes down what it truly took.

It says yes to everything but where a fault waits: ``server.will(Fault(Step.RCPT, b"450 later"))``.
What it has in ``record`` it has taken: the message, whole, whether or not its answer ever arrived.
"""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from coalizione_mailer.rehearsal.conversation import Conversation
from coalizione_mailer.rehearsal.faults import Fault, Script, Step
from coalizione_mailer.rehearsal.record import Taken

HOST = "127.0.0.1"
_PATIENCE = 600.0


@dataclass(eq=False)
class SmtpServer:
    """What the server is like, what it will do wrong, and what it has taken.

    ``at_step`` is told every step, ``when_silent`` when the server says no more; the clock and the
    sleep of its faults are handed in.
    """

    security: str = "none"  # none, starttls or tls
    context: ssl.SSLContext | None = None
    users: dict[str, str] = field(default_factory=dict)
    dsn: bool = False
    pipelining: bool = True
    most_connections: int | None = None
    receive_buffer: int | None = None
    script: Script = field(default_factory=Script)
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    at_step: Callable[[Step, str], None] | None = None
    when_silent: Callable[[], object] | None = None
    record: list[Taken] = field(default_factory=list)
    steps: list[tuple[Step, str]] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    most_open: int = 0
    _open: set[Conversation] = field(default_factory=set)

    def will(self, *faults: Fault) -> None:
        """Misbehave once for each of these, at the first occasion."""
        self.script.add(*faults)

    @property
    def open(self) -> int:
        """How many connections stand."""
        return len(self._open)

    @property
    def recipients(self) -> list[str]:
        """Who has a letter, in the order they were taken."""
        return [taken.recipient for taken in self.record]

    @property
    def unused(self) -> list[Fault]:
        """Faults that no occasion came for."""
        return self.script.waiting

    def meet(self, step: Step, recipient: str = "") -> Fault | None:
        """Note a step and return the fault that waits for it."""
        self.steps.append((step, recipient))
        if self.at_step is not None:
            self.at_step(step, recipient)
        return self.script.meet(step, recipient, self.clock(), self.record)

    def opened(self, conversation: Conversation) -> int:
        """Count a new connection and return its number."""
        self.connections += 1
        self._open.add(conversation)
        self.most_open = max(self.most_open, self.open)
        return self.connections

    def admits(self, conversation: Conversation) -> bool:
        """Let a connection in if there is room beside those that are in already."""
        inside = sum(other.admitted for other in self._open)
        conversation.admitted = self.most_connections is None or inside < self.most_connections
        return conversation.admitted

    def closed(self, conversation: Conversation) -> None:
        """Note that a connection is no more."""
        self._open.discard(conversation)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["SmtpServer"]:
        """Listen on a free port of the running loop."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Conversation(self, loop),
            HOST,
            self.port,
            ssl=self.context if self.security == "tls" else None,
        )
        self.port = server.sockets[0].getsockname()[1]
        if self.receive_buffer is not None:
            server.sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_buffer)
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()
            for conversation in tuple(self._open):
                conversation.abort()
            await asyncio.sleep(0.01)

    @contextmanager
    def in_thread(self) -> Iterator["SmtpServer"]:
        """Listen in a thread of its own, for whoever waits for other processes."""
        ready, ending = threading.Event(), asyncio.Event()
        loop = asyncio.new_event_loop()

        async def serve() -> None:
            async with self.running():
                ready.set()
                await ending.wait()

        def run() -> None:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(serve())

        thread = threading.Thread(target=run, name="smtp-server")
        thread.start()
        assert ready.wait(_PATIENCE)
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(ending.set)
            thread.join()
