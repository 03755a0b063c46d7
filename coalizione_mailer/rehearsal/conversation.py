"""One connection of the rehearsal server: aiosmtpd's protocol (RFC 5321), with faults let in."""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from coalizione_mailer.rehearsal.faults import Fault, Step, Then
from coalizione_mailer.rehearsal.record import Taken

if TYPE_CHECKING:
    from coalizione_mailer.rehearsal.smtp import SmtpServer

_DSN = ("RET", "ENVID", "NOTIFY", "ORCPT")


class _Hooks:
    """What aiosmtpd asks of a handler."""

    def __init__(self, conversation: "Conversation") -> None:
        self._told = conversation

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name
        self, _smtp: SMTP, session: Session, _envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        server = self._told.server
        offered = {"250-DSN": server.dsn, "250-PIPELINING": server.pipelining}
        return [*answers[:-1], *(line for line, is_so in offered.items() if is_so), answers[-1]]

    async def handle_MAIL(  # noqa: N802
        self, _smtp: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> bytes:
        if fault := await self._told.met(Step.MAIL):
            return await self._told.misbehave(fault)
        if self._told.server.users and not session.authenticated:
            return b"530 5.7.0 Authentication required"
        envelope.mail_from = address
        return b"250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, _smtp: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> bytes:
        self._told.recipient = address
        if fault := await self._told.met(Step.RCPT):
            return await self._told.misbehave(fault)
        envelope.rcpt_tos.append(address)
        return b"250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802
        self, _smtp: SMTP, session: Session, envelope: Envelope
    ) -> bytes:
        # Kept before anything else happens: at_step may be the end of the client.
        fault = await self._told.met(Step.END)
        if fault is None or fault.takes:
            self._told.keep(session, envelope)
        if fault:
            return await self._told.misbehave(fault)
        return b"250 2.0.0 Ok: taken"


class Conversation(SMTP):
    """One connection."""

    def __init__(self, server: "SmtpServer", loop: asyncio.AbstractEventLoop) -> None:
        self.server = server
        self.recipient = ""
        self.mail_options: tuple[str, ...] = ()
        self.rcpt_options: tuple[str, ...] = ()
        self.number = 0
        self.admitted = False
        starttls = server.security == "starttls"
        super().__init__(
            _Hooks(self),
            hostname="server.example",
            ident="rehearsal",
            tls_context=server.context if starttls else None,
            require_starttls=starttls,
            auth_require_tls=starttls,
            authenticator=self._authenticate_user,
            loop=loop,
        )

    async def met(self, step: Step) -> Fault | None:
        """Come to a step, and return what goes wrong there; what is late only is waited for."""
        fault = self.server.meet(step, self.recipient)
        if fault is not None and fault.late:
            await self.server.sleep(fault.wait)
            return None
        return fault

    async def misbehave(self, fault: Fault) -> bytes:
        """Do what the fault says; return the answer if the conversation goes on."""
        if fault.wait:
            await self.server.sleep(fault.wait)
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
        """Close after what was said."""
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        """Let nothing keep the connection open: neither silence nor what is still unread."""
        for transport in (self.transport, self._original_transport):
            # CPython before 3.11.4 forgets what a closed TLS transport belongs to.
            with contextlib.suppress(AttributeError):
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
        """Count the connection, once: aiosmtpd calls this again after STARTTLS."""
        if not self.number:
            self.number = self.server.opened(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the connection."""
        self.server.closed(self)
        if self.transport is not None:
            super().connection_lost(error)

    async def _handle_client(self) -> None:
        if not self.server.admits(self):
            await self.push(b"421 4.7.0 Too many connections")
            self.hang_up()
            return
        if fault := await self.met(Step.CONNECT):
            await self.push(await self.misbehave(fault))
            self.hang_up()
            return
        with contextlib.suppress(ConnectionError):
            await super()._handle_client()

    async def _instead(self, step: Step) -> bool:
        """Answer as the fault of this step says; False when there is none."""
        fault = await self.met(step)
        if fault is None:
            return False
        await self.push(await self.misbehave(fault))
        return True

    async def smtp_EHLO(self, arg: str) -> None:  # noqa: N802  aiosmtpd's name
        """Greet, and say what is offered."""
        if not await self._instead(Step.EHLO):
            await super().smtp_EHLO(arg)

    async def smtp_HELO(self, arg: str) -> None:  # noqa: N802  aiosmtpd's name
        """Greet the old way."""
        if not await self._instead(Step.HELO):
            await super().smtp_HELO(arg)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        """Protect the connection."""
        if not await self._instead(Step.STARTTLS):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        """Let a user in."""
        if not await self._instead(Step.AUTH):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        """Begin a transaction."""
        self.recipient = ""
        rest, self.mail_options = _without_dsn(arg)
        await super().smtp_MAIL(rest)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        """Hear who it is for."""
        rest, self.rcpt_options = _without_dsn(arg)
        await super().smtp_RCPT(rest)

    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802
        """Forget the transaction."""
        if not await self._instead(Step.RSET):
            await super().smtp_RSET(arg)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        """Say goodbye."""
        if not await self._instead(Step.QUIT):
            await super().smtp_QUIT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Take the message, or do what goes wrong on its way."""
        if await self._instead(Step.DATA):
            return
        fault = await self.met(Step.BODY)
        if fault is not None and not fault.slow:
            await self._interrupt(fault)
            return
        reader = self._reader
        if fault is not None:
            self._reader = _SlowReader(reader, self.server, fault.slow)
        try:
            await super().smtp_DATA(arg)
        finally:
            self._reader = reader

    async def _interrupt(self, fault: Fault) -> None:
        """Misbehave in the middle of a message, and perhaps once more at its end."""
        await self.push(b"354 Go on")
        await self._reader.readuntil(b"\r\n")
        await self.push(await self.misbehave(fault))
        while await self._reader.readuntil(b"\r\n") != b".\r\n":
            pass
        if fault.second:
            await self.push(fault.second)
        self._set_rset_state()  # type: ignore[no-untyped-call]

    def _authenticate_user(
        self, _smtp: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        right = self.server.users.get(given.login.decode()) == given.password.decode()
        return AuthResult(success=right, handled=False, auth_data=given)


class _SlowReader(asyncio.StreamReader):
    """Reads another reader line by line, with a rest before each."""

    def __init__(self, reader: asyncio.StreamReader, server: "SmtpServer", rest: float) -> None:
        super().__init__()
        self._slowed = reader
        self._server = server
        self._rest = rest

    async def readuntil(self, separator: Any = b"\n") -> bytes:
        """Rest, then read."""
        await self._server.sleep(self._rest)
        return await self._slowed.readuntil(separator)


def _without_dsn(argument: str) -> tuple[str, tuple[str, ...]]:
    """Take the DSN parameters (RFC 3461), which aiosmtpd does not know, out of a command."""
    words = argument.split(" ")
    options = tuple(word for word in words if word.partition("=")[0].upper() in _DSN)
    return " ".join(word for word in words if word not in options), options
