"""Commands out and answers in, in their order, over a connection that is open and logged in.

aiosmtplib takes one answer a command and drops what comes between; several commands at once (RFC
2920) need a reader that keeps answers in a queue. It takes the connection over by asyncio's own
``set_protocol``. One coroutine holds the conversation, so that one is ever waiting.
"""

import asyncio
import re
from collections import deque
from collections.abc import Sequence

from coalizione_mailer.transport.wire import Answer, NoAnswerError, first_answer

_CONTROLS = re.compile(rb"[\x00-\x1f\x7f]")


class Conversation(asyncio.Protocol):
    """One connection, as lines."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._unread = bytearray()
        self._answers: deque[Answer] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._end: Exception | None = None
        transport.set_protocol(self)

    @property
    def alive(self) -> bool:
        """Whether a command can be said, and nothing was said unasked."""
        return not self.answered and not self._transport.is_closing()

    @property
    def answered(self) -> bool:
        """Whether an answer, or the end of the conversation, has not been read yet."""
        return bool(self._answers) or self._end is not None

    def say(self, *commands: bytes) -> None:
        """Write commands, all at once; raises ValueError where one would be two."""
        if any(map(_CONTROLS.search, commands)):
            raise ValueError(commands)
        self.write([*(command + b"\r\n" for command in commands)])

    def write(self, pieces: Sequence[bytes]) -> None:
        """Write as it is; raises ConnectionError where nobody listens any more."""
        if self._end is not None or self._transport.is_closing():
            raise self._end or ConnectionResetError("Connection lost")
        self._transport.writelines(pieces)

    async def written(self, patience: float) -> None:
        """Wait until the system has taken all that was written, or the server has spoken.

        Raises TimeoutError when not a byte is taken for so many seconds.
        """
        # After the write: before Python 3.13 ``writelines`` does not look at the limits itself.
        self._transport.set_write_buffer_limits(high=0)
        left = self._transport.get_write_buffer_size()
        while left and not self.answered:
            try:
                await self._news(patience)
            except TimeoutError:
                if self._transport.get_write_buffer_size() == left:
                    raise TimeoutError("the server takes no more") from None
            left = self._transport.get_write_buffer_size()

    async def answer(self, patience: float) -> Answer:
        """Return the next answer; raises TimeoutError, ConnectionError."""
        while not self.answered:
            try:
                await self._news(patience)
            except TimeoutError:
                # It may have come at the last moment.
                if not self.answered:
                    raise TimeoutError("Timed out waiting for server response") from None
        if self._answers:
            return self._answers.popleft()
        raise self._end or ConnectionResetError("Connection lost")

    def close(self) -> None:
        """Close after what was written."""
        self._ends(ConnectionResetError("Connection closed"))
        self._transport.close()

    def abort(self) -> None:
        """Cut the connection; what is not yet written never leaves."""
        # A TLS transport does not say at once that it is closing.
        self._ends(ConnectionAbortedError("Connection cut"))
        self._transport.abort()

    async def _news(self, patience: float) -> None:
        """Wait until something has happened."""
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            # Not wait_for: in Python 3.11 it can swallow a cancellation.
            async with asyncio.timeout(patience):
                await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _ends(self, reason: Exception) -> None:
        """Nothing that is said from here on counts; answers that came before do."""
        if self._end is None:
            self._end = reason
        self._wake()

    def data_received(self, data: bytes) -> None:
        """Hear what the server says."""
        if self._end is not None:
            return
        self._unread += data
        try:
            while (answer := first_answer(self._unread)) is not None:
                self._answers.append(answer)
        except NoAnswerError as error:
            self._ends(error)
        if self._answers:
            self._wake()

    def eof_received(self) -> bool:
        """Hear that no more is to come."""
        self._ends(ConnectionResetError("Connection lost"))
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Notice the end."""
        lost = ConnectionResetError("Connection lost")
        lost.__cause__ = exc
        self._ends(lost)

    def pause_writing(self) -> None:
        """Let it be: who writes a message waits for it to leave in any case."""

    def resume_writing(self) -> None:
        """Tell who waits that all has left."""
        self._wake()
