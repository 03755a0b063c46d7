"""SMTP (RFC 5321) over aiosmtplib: one client a worker, every step of a transaction apart.

The steps are taken one by one because the answer to the one question that matters, on which side
of the final dot a connection was lost, decides between "try again" and "in doubt" (RFC 1047).
"""

import asyncio
import contextlib
import ssl
from dataclasses import dataclass
from pathlib import Path

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPConnectTimeoutError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from aiosmtplib.protocol import SMTPProtocol

from coalizione_mailer.errors import ServerUnavailableError
from coalizione_mailer.lifecycle import Outcome, Phase, judge
from coalizione_mailer.model import Envelope
from coalizione_mailer.transport.wire import dot_stuffed

_START_INPUT = 354
_GOODBYE_SECONDS = 2.0
_PERMANENT = range(500, 600)
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class Server:
    """Where to send and how; ``security`` is tls, starttls or none, ``timeout`` in seconds.

    ``notify`` asks for delivery status notifications where the server offers them (RFC 3461).
    """

    host: str
    port: int
    security: str
    username: str = ""
    password: str = ""
    timeout: float = 60.0
    ca_file: Path | None = None
    notify: bool = False

    def __repr__(self) -> str:
        """Never shows the password."""
        return f"Server({self.host}:{self.port}, {self.security})"


class SmtpTransport:
    """Opens SMTP sessions to one server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def connect(self) -> "SmtpSession":
        """Connect, secure, greet, log in; raises ServerUnavailableError."""
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            username=server.username or None,
            password=server.password or None,
            timeout=server.timeout,
            tls_context=_tls_context(server),
        )
        try:
            await client.connect()
        except (SMTPException, OSError, ssl.SSLError, ValueError) as error:
            client.close()
            raise _unavailable(server, error) from error
        return SmtpSession(client, server)


class SmtpSession:
    """One SMTP connection."""

    def __init__(self, client: SMTP, server: Server) -> None:
        self._client = client
        self._timeout = server.timeout
        self._notify = server.notify and client.supports_extension("dsn")

    @property
    def alive(self) -> bool:
        """Whether the connection stands."""
        return self._client.is_connected

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
                return await self._refused(judge(phase, response.code, response.message))
            return await self._body(dot_stuffed(message))
        except SMTPResponseException as error:
            code = error.code if error.code > 0 else None
            return await self._refused(judge(phase, code, error.message))
        except (SMTPException, OSError, TimeoutError) as error:
            self._client.close()
            return judge(phase, None, _words(error))

    async def close(self) -> None:
        """Say QUIT if anyone listens, then close."""
        with contextlib.suppress(SMTPException, OSError, TimeoutError):
            if self.alive:
                await asyncio.wait_for(self._client.quit(), _GOODBYE_SECONDS)
        self._client.close()

    async def _body(self, body: bytes) -> Outcome:
        """Send the message to the last byte, then the end of data, and wait for the answer.

        Until the final dot is written the server cannot have the whole message; from then on
        only its answer tells. An answer that comes before the dot is heard too.
        """
        protocol = self._client.protocol
        if protocol is None or protocol.transport is None:
            return judge(Phase.DATA, None, "connection lost")
        phase = Phase.DATA
        answer = asyncio.create_task(protocol.read_response(timeout=self._timeout))
        try:
            await _write(protocol, body, answer)
            if not answer.done():
                phase = Phase.END_OF_DATA
                protocol.write(b".\r\n")
            response = await answer
        except SMTPResponseException as error:
            self._client.close()
            return judge(phase, None, _words(error))
        except (SMTPException, OSError, TimeoutError) as error:
            self._client.close()
            return judge(phase, None, _words(error))
        finally:
            answer.cancel()
        outcome = judge(phase, response.code, response.message)
        if phase is Phase.DATA or response.code == _CLOSING:
            self._client.close()
        return outcome

    async def _refused(self, outcome: Outcome) -> Outcome:
        """Clear the transaction the server refused, so that the next message finds it clean."""
        if outcome.code is None or outcome.code == _CLOSING:
            self._client.close()
        else:
            with contextlib.suppress(SMTPException, OSError, TimeoutError):
                await self._client.rset()
                return outcome
            self._client.close()
        return outcome

    def _mail_options(self, envelope: Envelope) -> list[str]:
        return ["RET=HDRS", f"ENVID={envelope.envelope_id}"] if self._notify else []

    def _rcpt_options(self, envelope: Envelope) -> list[str]:
        if not self._notify:
            return []
        return ["NOTIFY=SUCCESS,FAILURE,DELAY", f"ORCPT=rfc822;{envelope.recipient}"]


async def _write(protocol: SMTPProtocol, body: bytes, answer: "asyncio.Task[object]") -> None:
    """Write the body and wait until the system has taken all of it, or the server has spoken."""
    transport = protocol.transport
    if not isinstance(transport, asyncio.Transport):
        raise SMTPServerDisconnected("connection lost")
    transport.set_write_buffer_limits(high=0)
    protocol.write(body)
    if transport.get_write_buffer_size():
        writer = asyncio.StreamWriter(transport, protocol, None, asyncio.get_running_loop())
        drained = asyncio.ensure_future(writer.drain())
        await asyncio.wait({drained, answer}, return_when=asyncio.FIRST_COMPLETED)
        if drained.done():
            await drained
        else:
            drained.cancel()
    else:
        await asyncio.sleep(0)


def _tls_context(server: Server) -> ssl.SSLContext | None:
    """Verify certificates always; an office with its own authority names it in ``ca_file``."""
    if server.security == "none":
        return None
    return ssl.create_default_context(cafile=str(server.ca_file) if server.ca_file else None)


def _unavailable(server: Server, error: Exception) -> ServerUnavailableError:
    """Say at which stage a session could not be had, and whether trying again can help."""
    permanent = False
    match error:
        case SMTPAuthenticationError():
            stage, permanent = "login", error.code in _PERMANENT
        case SMTPConnectTimeoutError() | TimeoutError():
            stage = "timeout"
        case SMTPConnectError() if isinstance(error.__cause__, ssl.SSLError):
            stage, permanent = "tls", True
        case SMTPConnectError():
            stage = "connect"
        case ssl.SSLError():
            stage, permanent = "tls", True
        case SMTPException() if "STARTTLS" in str(error).upper():
            stage, permanent = "tls", True
        case _:
            stage = "session"
    return ServerUnavailableError(server.host, server.port, stage, _words(error), permanent)


def _words(error: BaseException) -> str:
    """Return what the other side said, or the name of what happened when it said nothing."""
    return str(getattr(error, "message", "") or error) or type(error).__name__
