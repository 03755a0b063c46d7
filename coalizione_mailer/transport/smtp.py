"""SMTP (RFC 5321) over aiosmtplib: one client a worker, every step of a transaction apart.

The steps are taken one by one because the answer to the one question that matters, on which side
of the final dot a connection was lost, decides between "try again" and "in doubt" (RFC 1047).
"""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from aiosmtplib import (
    SMTP,
    SMTPConnectError,
    SMTPException,
    SMTPHeloError,
    SMTPResponse,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from aiosmtplib.protocol import SMTPProtocol

from coalizione_mailer.errors import ServerUnavailableError
from coalizione_mailer.lifecycle import Event, Outcome, Phase, judge
from coalizione_mailer.model import Envelope
from coalizione_mailer.transport.wire import dot_stuffed, readable, xtext

T = TypeVar("T")

_START_INPUT = 354
_GOODBYE_SECONDS = 2.0
_YES = range(200, 300)
_PERMANENT = range(500, 600)
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class Server:
    """Where to send and how; ``security`` is tls, starttls or none, ``timeout`` in seconds.

    ``dot_timeout`` is how long the answer to the final dot is waited for, where that is longer:
    a server may scan and file the letter first (RFC 5321, 4.5.3.2.6, wants ten minutes), and who
    hangs up before it answers makes a doubt.
    ``notify`` asks for delivery status notifications where the server offers them (RFC 3461).
    """

    host: str
    port: int
    security: str
    username: str = ""
    password: str = ""
    timeout: float = 60.0
    dot_timeout: float = 0.0
    ca_file: Path | None = None
    notify: bool = False

    def __repr__(self) -> str:
        """Never shows the password."""
        return f"Server({self.host}:{self.port}, {self.security})"


class SmtpTransport:
    """Opens SMTP sessions to one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._context: ssl.SSLContext | None = None

    async def connect(self) -> "SmtpSession":
        """Connect, secure, greet, log in; raises ServerUnavailableError."""
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.security == "tls",
            start_tls=False,
            timeout=server.timeout,
            tls_context=self._tls_context(),
        )
        stage = "connect"
        try:
            await client.connect()
            if server.security == "starttls":
                stage = "tls"
                await client.starttls()
            stage = "session"
            await _greet(client)
            if server.username:
                stage = "login"
                await client.login(server.username, server.password)
        except (SMTPException, OSError, ValueError) as error:
            client.close()
            # From None: the cause has the server's words as they came, see _without_secrets.
            raise _unavailable(server, stage, error) from None
        except asyncio.CancelledError:
            client.close()
            raise
        return SmtpSession(client, server)

    def _tls_context(self) -> ssl.SSLContext | None:
        """Verify certificates always; an office with its own authority names it in ``ca_file``."""
        server = self._server
        if server.security != "none" and self._context is None:
            try:
                self._context = ssl.create_default_context(cafile=server.ca_file)
            except OSError as error:
                detail = f"{server.ca_file}: {error}"
                raise ServerUnavailableError(
                    server.host, server.port, "tls", detail, permanent=True
                ) from error
        return self._context


class SmtpSession:
    """One SMTP connection."""

    def __init__(self, client: SMTP, server: Server) -> None:
        self._client = client
        self._timeout = server.timeout
        self._dot_timeout = max(server.timeout, server.dot_timeout)
        self._notify = server.notify and client.supports_extension("dsn")

    @property
    def alive(self) -> bool:
        """Whether the connection stands."""
        return self._client.is_connected

    @property
    def extensions(self) -> Mapping[str, str]:
        """What EHLO offers, by keyword in lower case (RFC 5321, 4.1.1.1)."""
        return self._client.esmtp_extensions

    async def refusal_of(self, sender: str) -> Outcome | None:
        """Ask whether letters from a sender are taken, without any recipient; None if they are."""
        try:
            await self._client.mail(sender)
            await self._client.rset()
        except SMTPResponseException as error:
            return judge(Phase.MAIL, error.code if error.code > 0 else None, _words(error))
        except (SMTPException, OSError) as error:
            return judge(Phase.MAIL, None, _words(error))
        return None

    async def deliver(self, envelope: Envelope, message: bytes) -> Outcome:
        """Run one mail transaction and judge its end; a session that is out of step is closed."""
        phase = Phase.MAIL
        try:
            await self._client.mail(envelope.sender, options=self._mail_options(envelope))
            phase = Phase.RCPT
            await self._client.rcpt(envelope.recipient, options=self._rcpt_options(envelope))
            phase = Phase.DATA
            response = await self._client.execute_command(b"DATA")
            if response.code != _START_INPUT:
                return await self._refused(judge(phase, response.code, readable(response.message)))
            return await self._body(dot_stuffed(message))
        except SMTPResponseException as error:
            code = error.code if error.code > 0 else None
            return await self._refused(judge(phase, code, _words(error)))
        except (SMTPException, OSError) as error:
            self._drop()
            return judge(phase, None, _words(error))
        except asyncio.CancelledError:
            # In the middle of a message a QUIT would be a line of the letter.
            self._drop()
            raise

    async def close(self) -> None:
        """Say QUIT if anyone listens, then close."""
        with contextlib.suppress(SMTPException, OSError):
            if self.alive:
                await self._client.quit(timeout=_GOODBYE_SECONDS)
        self._client.close()

    async def _body(self, body: bytes) -> Outcome:
        """Send the message to the last byte, then the end of data, and wait for the answer.

        Until the final dot is written the server cannot have the whole message; from then on
        only its answer tells. An answer that comes before the dot is heard too.
        """
        protocol = self._client.protocol
        if protocol is None:
            raise SMTPServerDisconnected("connection lost")
        phase = Phase.DATA
        answer = _watched(protocol.read_response())
        try:
            await _write(protocol, body, answer, self._timeout)
            patience = self._timeout
            if not answer.done():
                protocol.write(b".\r\n")
                phase, patience = Phase.END_OF_DATA, self._dot_timeout
            # Not wait_for: in Python 3.11 it can swallow a cancellation.
            async with asyncio.timeout(patience):
                response = await answer
        except (SMTPException, OSError) as error:
            # Not even a malformed answer: after the dot it leaves the same doubt as none.
            self._drop()
            return judge(phase, None, _words(error))
        finally:
            answer.cancel()
        text = readable(response.message)
        if phase is Phase.DATA and response.code in _YES:
            # To what? It may mean that the letter is taken, cut off or not.
            self._drop()
            return Outcome(Event.UNANSWERED, phase, response.code, text)
        return await self._settled(judge(phase, response.code, text))

    async def _settled(self, outcome: Outcome) -> Outcome:
        """Keep the session only if both sides know where they are."""
        if outcome.event is Event.TAKEN:
            return outcome
        if outcome.phase is Phase.DATA or outcome.event is Event.UNANSWERED:
            self._drop()
            return outcome
        return await self._refused(outcome)

    async def _refused(self, outcome: Outcome) -> Outcome:
        """Clear the transaction the server refused, so that the next message finds it clean.

        A server that said more than one answer gives itself away here, not on the next letter.
        """
        if outcome.code is not None and outcome.code != _CLOSING:
            with contextlib.suppress(SMTPException, OSError):
                await self._client.rset()
                return outcome
        self._drop()
        return outcome

    def _drop(self) -> None:
        """Cut the connection; what is not yet written never leaves."""
        transport = self._client.transport
        self._client.close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()

    def _mail_options(self, envelope: Envelope) -> list[str]:
        return ["RET=HDRS", f"ENVID={xtext(envelope.envelope_id)}"] if self._notify else []

    def _rcpt_options(self, envelope: Envelope) -> list[str]:
        if not self._notify:
            return []
        return ["NOTIFY=SUCCESS,FAILURE,DELAY", f"ORCPT=rfc822;{xtext(envelope.recipient)}"]


async def _greet(client: SMTP) -> None:
    """Say EHLO, or HELO to a server of another age: only then it tells what it can do."""
    try:
        await client.ehlo()
    except SMTPHeloError:
        if not client.is_connected:
            raise
        await client.helo()


async def _write(
    protocol: SMTPProtocol, body: bytes, answer: "asyncio.Task[SMTPResponse]", patience: float
) -> None:
    """Write the body and wait until the system has taken all of it, or the server has spoken.

    Raises TimeoutError when not a byte is taken for so many seconds.
    """
    transport = protocol.transport
    if not isinstance(transport, asyncio.Transport):
        raise SMTPServerDisconnected("connection lost")
    transport.set_write_buffer_limits(high=0)
    protocol.write(body)
    left = transport.get_write_buffer_size()
    if not left:
        await asyncio.sleep(0)
        return
    # Not a StreamWriter's: on its way out it would close the connection.
    drained = _watched(protocol._drain_helper())  # noqa: SLF001  see above
    try:
        while not (drained.done() or answer.done()):
            await asyncio.wait(
                {drained, answer}, timeout=patience, return_when=asyncio.FIRST_COMPLETED
            )
            before, left = left, transport.get_write_buffer_size()
            if left == before and not answer.done():
                raise TimeoutError("the server takes no more")
    finally:
        drained.cancel()


def _watched(work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
    """Start a task whose exception may go unread."""
    task = asyncio.create_task(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


def _unavailable(server: Server, stage: str, error: Exception) -> ServerUnavailableError:
    """Say why a session could not be had, and whether trying again can help."""
    permanent = False
    match error:
        case TimeoutError():
            stage = "timeout"
        case SMTPResponseException() if stage == "connect":
            stage = "session"
        case SMTPResponseException():
            permanent = stage != "session" and error.code in _PERMANENT
        case ssl.SSLError() | SMTPConnectError(__cause__=ssl.SSLError()):
            stage, permanent = "tls", True
        case ConnectionError() if stage == "login":
            stage = "session"
        case SMTPException() if not isinstance(error, ConnectionError):
            # The server does not know how to protect the connection, or how to log in.
            permanent = True
        case _:
            pass
    detail = _without_secrets(server, _words(error))
    return ServerUnavailableError(server.host, server.port, stage, detail, permanent)


def _without_secrets(server: Server, text: str) -> str:
    """Blot out the password, which a server may throw back at us as it came."""
    if not server.password:
        return text
    both = f"\0{server.username}\0{server.password}"
    for secret in (_base64(both), _base64(server.password), server.password):
        text = text.replace(secret, "***")
    return text


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()


def _words(error: BaseException) -> str:
    """Return what the other side said, or the name of what happened when it said nothing."""
    return readable(str(getattr(error, "message", "") or error)) or type(error).__name__
