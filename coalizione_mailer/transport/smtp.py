"""SMTP sessions opened (RFC 5321): aiosmtplib connects, protects, greets and logs in."""

import asyncio
import ssl

from aiosmtplib import (
    SMTP,
    SMTPConnectError,
    SMTPException,
    SMTPHeloError,
    SMTPResponseException,
)

from coalizione_mailer.errors import ServerUnavailableError
from coalizione_mailer.transport.server import Server
from coalizione_mailer.transport.session import SmtpSession
from coalizione_mailer.transport.wire import words_of

__all__ = ["Server", "SmtpSession", "SmtpTransport"]

_PERMANENT = range(500, 600)


class SmtpTransport:
    """Opens SMTP sessions to one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._context: ssl.SSLContext | None = None

    async def connect(self) -> SmtpSession:
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
            # From None: the cause has the server's words as they came, see Server.without_secrets.
            raise _unavailable(server, stage, error) from None
        except asyncio.CancelledError:
            client.close()
            raise
        # From here on answers are read by ours; the library's work is done.
        if not isinstance(client.transport, asyncio.Transport):
            raise _unavailable(server, "session", ConnectionResetError("Connection lost"))
        return SmtpSession(client.transport, dict(client.esmtp_extensions), server)

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


async def _greet(client: SMTP) -> None:
    """Say EHLO, or HELO to a server of another age: only then it tells what it can do."""
    try:
        await client.ehlo()
    except SMTPHeloError:
        if not client.is_connected:
            raise
        await client.helo()


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
    detail = server.without_secrets(words_of(error))
    return ServerUnavailableError(server.host, server.port, stage, detail, permanent)
