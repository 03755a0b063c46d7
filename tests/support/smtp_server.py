"""A real SMTP server on loopback that misbehaves on request and writes down what it truly took.

It says yes to everything but where a fault waits: ``server.will(Fault(Step.RCPT, b"450 later"))``.
What it has in ``record`` it has taken: the message, whole, whether or not its answer ever arrived.
"""

import asyncio
import contextlib
import hashlib
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from enum import Enum, StrEnum, unique
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"
_DSN = ("RET", "ENVID", "NOTIFY", "ORCPT")


@unique
class Step(StrEnum):
    """Where in a session a fault can happen."""

    CONNECT = "connect"  # before the greeting
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"  # before the 354
    BODY = "body"  # after the 354, with the message on its way
    END = "end"  # after the final dot


@unique
class Then(Enum):
    """What the server does after its answer, or instead of one."""

    GO_ON = "go on"
    CLOSE = "close"
    SILENCE = "silence"


@dataclass(frozen=True)
class Fault:
    """One misbehaviour: an answer that is not the usual one (or none), and what follows.

    ``takes`` tells whether a message that had come to its end is kept all the same. ``recipient``
    binds the fault to one address, from RCPT on. ``second`` is said after a body that was answered
    before its end.
    """

    at: Step
    answer: bytes = b""
    then: Then = Then.GO_ON
    takes: bool = False
    recipient: str | None = None
    second: bytes = b""
    wait: float = 0.0


@dataclass(frozen=True)
class Taken:
    """A message that the server has: envelope, bytes, and when and over which connection."""

    sender: str
    recipient: str
    content: bytes
    at: float
    connection: int
    secure: bool
    user: str | None
    mail_options: tuple[str, ...] = ()
    rcpt_options: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(eq=False)
class SmtpServer:
    """What the server is like, what it will do wrong, and what it has taken."""

    security: str = "none"  # none, starttls or tls
    context: ssl.SSLContext | None = None
    users: dict[str, str] = field(default_factory=dict)
    dsn: bool = False
    most_connections: int | None = None
    receive_buffer: int | None = None
    clock: Callable[[], float] = time.time
    at_step: Callable[[Step, str], None] | None = None
    when_silent: Callable[[], object] | None = None
    record: list[Taken] = field(default_factory=list)
    steps: list[tuple[Step, str]] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    most_open: int = 0
    _open: "set[_Conversation]" = field(default_factory=set)
    _faults: list[Fault] = field(default_factory=list)

    def will(self, *faults: Fault) -> None:
        """Misbehave once for each of these, at the first occasion."""
        self._faults += faults

    @property
    def open(self) -> int:
        """How many connections stand."""
        return len(self._open)

    @property
    def recipients(self) -> list[str]:
        return [taken.recipient for taken in self.record]

    @property
    def unused(self) -> list[Fault]:
        """Faults that no occasion came for."""
        return list(self._faults)

    def meet(self, step: Step, recipient: str = "") -> Fault | None:
        """Note a step and return the fault that waits for it."""
        self.steps.append((step, recipient))
        if self.at_step is not None:
            self.at_step(step, recipient)
        for fault in self._faults:
            if fault.at is step and fault.recipient in (None, recipient):
                self._faults.remove(fault)
                return fault
        return None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["SmtpServer"]:
        """Listen on a free port of the running loop."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: _Conversation(self, loop),
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
        """Listen in a thread of its own, for tests that wait for other processes."""
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
        assert ready.wait(10)
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(ending.set)
            thread.join()


class _Hooks:
    """What aiosmtpd asks of a handler."""

    def __init__(self, conversation: "_Conversation") -> None:
        self._told = conversation

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name
        self, _smtp: SMTP, session: Session, _envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        if fault := self._told.met(Step.EHLO):
            return [(await self._told.misbehave(fault)).decode()]
        return [*answers[:-1], "250-DSN", answers[-1]] if self._told.server.dsn else answers

    async def handle_MAIL(  # noqa: N802
        self, _smtp: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> bytes:
        if fault := self._told.met(Step.MAIL):
            return await self._told.misbehave(fault)
        if self._told.server.users and not session.authenticated:
            return b"530 5.7.0 Authentication required"
        envelope.mail_from = address
        return b"250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, _smtp: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> bytes:
        self._told.recipient = address
        if fault := self._told.met(Step.RCPT):
            return await self._told.misbehave(fault)
        envelope.rcpt_tos.append(address)
        return b"250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802
        self, _smtp: SMTP, session: Session, envelope: Envelope
    ) -> bytes:
        # Kept before anything else happens: at_step may be the end of the client.
        fault = self._told.met(Step.END)
        if fault is None or fault.takes:
            self._told.keep(session, envelope)
        if fault:
            return await self._told.misbehave(fault)
        return b"250 2.0.0 Ok: taken"


class _Conversation(SMTP):
    """One connection."""

    def __init__(self, server: SmtpServer, loop: asyncio.AbstractEventLoop) -> None:
        self.server = server
        self.recipient = ""
        self.mail_options: tuple[str, ...] = ()
        self.rcpt_options: tuple[str, ...] = ()
        self.number = 0
        starttls = server.security == "starttls"
        super().__init__(
            _Hooks(self),
            hostname="server.example",
            ident="test",
            tls_context=server.context if starttls else None,
            require_starttls=starttls,
            auth_require_tls=starttls,
            authenticator=self._authenticate_user,
            loop=loop,
        )

    def met(self, step: Step) -> Fault | None:
        return self.server.meet(step, self.recipient)

    async def misbehave(self, fault: Fault) -> bytes:
        """Do what the fault says; return the answer if the conversation goes on."""
        if fault.wait:
            await asyncio.sleep(fault.wait)
        if fault.then is Then.GO_ON:
            return fault.answer
        if fault.answer:
            await self.push(fault.answer)
        if fault.then is Then.SILENCE:
            if self.server.when_silent is not None:
                self.server.when_silent()
            await asyncio.Event().wait()
        self.hang_up()
        raise asyncio.CancelledError

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        """Let nothing keep the connection open: neither silence nor what is still unread."""
        for transport in (self.transport, self._original_transport):
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()

    def keep(self, session: Session, envelope: Envelope) -> None:
        """Take the message: from here on the server has it."""
        content = envelope.original_content
        assert isinstance(content, bytes)
        assert self.transport is not None
        user: LoginPassword | None = session.auth_data
        self.server.record.append(
            Taken(
                sender=str(envelope.mail_from),
                recipient=self.recipient,
                content=content,
                at=self.server.clock(),
                connection=self.number,
                secure=self.transport.get_extra_info("sslcontext") is not None,
                user=user.login.decode() if user else None,
                mail_options=self.mail_options,
                rcpt_options=self.rcpt_options,
            )
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self.number:
            self.server.connections += 1
            self.server._open.add(self)
            self.server.most_open = max(self.server.most_open, self.server.open)
            self.number = self.server.connections
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.server._open.discard(self)
        if self.transport is not None:
            super().connection_lost(error)

    async def _handle_client(self) -> None:
        limit = self.server.most_connections
        if limit is not None and self.server.open > limit:
            await self.push(b"421 4.7.0 Too many connections")
            self.hang_up()
            return
        if fault := self.met(Step.CONNECT):
            answer = await self.misbehave(fault)
            await self.push(answer)
            self.hang_up()
            return
        with contextlib.suppress(ConnectionError):
            await super()._handle_client()

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        if fault := self.met(Step.STARTTLS):
            await self.push(await self.misbehave(fault))
            return
        await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        if fault := self.met(Step.AUTH):
            await self.push(await self.misbehave(fault))
            return
        await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        self.recipient = ""
        rest, self.mail_options = _without_dsn(arg)
        await super().smtp_MAIL(rest)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        rest, self.rcpt_options = _without_dsn(arg)
        await super().smtp_RCPT(rest)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if fault := self.met(Step.DATA):
            await self.push(await self.misbehave(fault))
        elif fault := self.met(Step.BODY):
            await self.push(b"354 Go on")
            await self._reader.readuntil(b"\r\n")
            await self.push(await self.misbehave(fault))
            while await self._reader.readuntil(b"\r\n") != b".\r\n":
                pass
            if fault.second:
                await self.push(fault.second)
            self._set_rset_state()  # type: ignore[no-untyped-call]
        else:
            await super().smtp_DATA(arg)

    def _authenticate_user(
        self, _smtp: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        right = self.server.users.get(given.login.decode()) == given.password.decode()
        return AuthResult(success=right, handled=False, auth_data=given)


def _without_dsn(argument: str) -> tuple[str, tuple[str, ...]]:
    """Take the DSN parameters (RFC 3461), which aiosmtpd does not know, out of a command."""
    words = argument.split(" ")
    options = tuple(word for word in words if word.partition("=")[0].upper() in _DSN)
    return " ".join(word for word in words if word not in options), options
