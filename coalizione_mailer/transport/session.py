"""One SMTP session, ready to carry messages: each transaction said and judged (RFC 5321, 3.3).

The steps are judged one by one because the answer to the one question that matters, on which side
of the final dot a connection was lost, decides between "try again" and "in doubt" (RFC 1047).
"""

import asyncio
import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from coalizione_mailer.lifecycle import Event, Outcome, Phase, judge
from coalizione_mailer.model import Envelope
from coalizione_mailer.transport.conversation import Conversation
from coalizione_mailer.transport.server import Server
from coalizione_mailer.transport.wire import Wire, readable, words_of, xtext

_COMPLETED = 250
_WILL_FORWARD = 251
_START_INPUT = 354
_GOODBYE_SECONDS = 2.0
_YES = range(200, 300)
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class _Step:
    """A command of a transaction, and the answers that mean yes (RFC 5321, section 4.3.2)."""

    phase: Phase
    command: bytes
    yes: frozenset[int] = frozenset({_COMPLETED})


_DATA = _Step(Phase.DATA, b"DATA", frozenset({_START_INPUT}))
_RSET = _Step(Phase.MAIL, b"RSET")


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
            refusal = refusal or judge(phase, None, words_of(error))
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
            return judge(phase, None, words_of(error))
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
