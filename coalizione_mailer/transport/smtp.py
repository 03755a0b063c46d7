"""SMTP (RFC 5321): aiosmtplib opens, protects and logs in; the transactions are judged here.

The steps are judged one by one because the answer to the one question that matters, on which side
of the final dot a connection was lost, decides between "try again" and "in doubt" (RFC 1047).
"""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiosmtplib import (
    SMTP,
    SMTPConnectError,
    SMTPException,
    SMTPHeloError,
    SMTPResponseException,
)

from coalizione_mailer.errors import ServerUnavailableError
from coalizione_mailer.lifecycle import Event, Outcome, Phase, judge
from coalizione_mailer.model import Envelope
from coalizione_mailer.transport.conversation import Conversation
from coalizione_mailer.transport.wire import Wire, readable, xtext

_COMPLETED = 250
_WILL_FORWARD = 251
_START_INPUT = 354
_GOODBYE_SECONDS = 2.0
_YES = range(200, 300)
_PERMANENT = range(500, 600)
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class _Step:
    """A command of a transaction, and the answers that mean yes (RFC 5321, section 4.3.2)."""

    phase: Phase
    command: bytes
    yes: frozenset[int] = frozenset({_COMPLETED})


_DATA = _Step(Phase.DATA, b"DATA", frozenset({_START_INPUT}))
_RSET = _Step(Phase.MAIL, b"RSET")


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


class SmtpSession:
    """One SMTP connection.

    Where the server offers it, all that comes before the message is said at once and answered in
    order (PIPELINING, RFC 2920): one round trip instead of three. What each answer means, and
    which step failed, is judged alike.
    """

    def __init__(
        self, transport: asyncio.Transport, extensions: Mapping[str, str], server: Server
    ) -> None:
        self._talk = Conversation(transport)
        self._extensions = extensions
        self._timeout = server.timeout
        self._dot_timeout = max(server.timeout, server.dot_timeout)
        self._notify = server.notify and "dsn" in extensions

    @property
    def alive(self) -> bool:
        """Whether the connection stands, and both sides know where they are."""
        return self._talk.alive

    @property
    def extensions(self) -> Mapping[str, str]:
        """What EHLO offers, by keyword in lower case (RFC 5321, 4.1.1.1)."""
        return self._extensions

    async def refusal_of(self, sender: str) -> Outcome | None:
        """Ask whether letters from a sender are taken, without any recipient; None if they are."""
        for step in (_mail(sender, ()), _RSET):
            _answered, refusal = await self._all_said((step,))
            if refusal is not None:
                return refusal
        return None

    async def deliver(self, envelope: Envelope, message: Wire) -> Outcome:
        """Run one mail transaction and judge its end; a session that is out of step is closed."""
        try:
            outcome = await self._announced(envelope)
            return outcome if outcome is not None else await self._body(message)
        except asyncio.CancelledError:
            # In the middle of a message a QUIT would be a line of the letter.
            self._talk.abort()
            raise

    async def close(self) -> None:
        """Say QUIT if anyone listens, then close."""
        with contextlib.suppress(OSError):
            if self.alive:
                self._talk.say(b"QUIT")
                await self._talk.answer(_GOODBYE_SECONDS)
        self._talk.close()

    async def _announced(self, envelope: Envelope) -> Outcome | None:
        """Say who writes to whom; None when the server waits for the message."""
        steps = (
            _mail(envelope.sender, self._mail_options(envelope)),
            _rcpt(envelope.recipient, self._rcpt_options(envelope)),
            _DATA,
        )
        groups = (steps,) if "pipelining" in self._extensions else tuple((s,) for s in steps)
        for group in groups:
            answered, refusal = await self._all_said(group)
            if refusal is not None:
                # It waits for a message that nobody may have: RFC 2920, section 3.1, would end it
                # with a dot; no letter is emptier than one that never came.
                if _START_INPUT in answered or len(answered) < len(group):
                    self._talk.abort()
                    return refusal
                return await self._refused(refusal, answered)
        return None

    async def _all_said(self, steps: Sequence[_Step]) -> tuple[list[int], Outcome | None]:
        """Say steps at once and hear all their answers; the first that is a no is the outcome.

        Fewer codes than steps come back when the conversation ended before.
        """
        refusal: Outcome | None = None
        codes: list[int] = []
        phase = steps[0].phase
        try:
            self._talk.say(*(step.command for step in steps))
            for step in steps:
                phase = step.phase
                answer = await self._talk.answer(self._timeout)
                codes.append(answer.code)
                if refusal is None and answer.code not in step.yes:
                    refusal = judge(phase, answer.code, readable(answer.text))
        except OSError as error:
            # A no that was heard before stands.
            refusal = refusal or judge(phase, None, _words(error))
        return codes, refusal

    async def _body(self, message: Wire) -> Outcome:
        """Send the message to the last byte, then the end of data, and wait for the answer.

        Until the final dot is written the server cannot have the whole message; from then on
        only its answer tells. An answer that comes before the dot is heard too.
        """
        talk, phase, patience = self._talk, Phase.DATA, self._timeout
        try:
            talk.write(message.pieces)
            await talk.written(patience)
            if not talk.answered:
                # The dot goes apart: whether it has left is then always known.
                talk.write((b".\r\n",))
                phase, patience = Phase.END_OF_DATA, self._dot_timeout
            answer = await talk.answer(patience)
        except OSError as error:
            # Not even a malformed answer: after the dot it leaves the same doubt as none.
            talk.abort()
            return judge(phase, None, _words(error))
        text = readable(answer.text)
        if phase is Phase.DATA and answer.code in _YES:
            # To what? It may mean that the letter is taken, cut off or not.
            talk.abort()
            return Outcome(Event.UNANSWERED, phase, answer.code, text)
        return await self._settled(judge(phase, answer.code, text))

    async def _settled(self, outcome: Outcome) -> Outcome:
        """Keep the session only if both sides know where they are."""
        if outcome.event is Event.TAKEN:
            return outcome
        if outcome.phase is Phase.DATA or outcome.event is Event.UNANSWERED:
            self._talk.abort()
            return outcome
        return await self._refused(outcome, ())

    async def _refused(self, outcome: Outcome, answered: Collection[int]) -> Outcome:
        """Clear the transaction the server refused, so that the next message finds it clean.

        A server that said more than one answer gives itself away here, not on the next letter.
        """
        if _CLOSING not in {outcome.code, *answered} and self._talk.alive:
            _codes, failed = await self._all_said((_RSET,))
            if failed is None:
                return outcome
        self._talk.abort()
        return outcome

    def _mail_options(self, envelope: Envelope) -> tuple[str, ...]:
        return ("RET=HDRS", f"ENVID={xtext(envelope.envelope_id)}") if self._notify else ()

    def _rcpt_options(self, envelope: Envelope) -> tuple[str, ...]:
        if not self._notify:
            return ()
        return ("NOTIFY=SUCCESS,FAILURE,DELAY", f"ORCPT=rfc822;{xtext(envelope.recipient)}")


def _mail(sender: str, options: Sequence[str]) -> _Step:
    return _Step(Phase.MAIL, " ".join((f"MAIL FROM:<{sender}>", *options)).encode("ascii"))


def _rcpt(recipient: str, options: Sequence[str]) -> _Step:
    command = " ".join((f"RCPT TO:<{recipient}>", *options)).encode("ascii")
    return _Step(Phase.RCPT, command, frozenset({_COMPLETED, _WILL_FORWARD}))


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
