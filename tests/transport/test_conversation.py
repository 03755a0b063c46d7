"""What is said to a server, byte for byte and when; and what is heard, however it is cut up."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiosmtplib import SMTP
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.lifecycle import Event, Outcome, Phase
from coalizione_mailer.model import Envelope
from coalizione_mailer.transport.smtp import Server, SmtpTransport
from coalizione_mailer.transport.wire import Answer, NoAnswerError, Wire, first_answer
from tests.support.in_loop import in_loop

MAIL, RCPT, DATA = b"MAIL", b"RCPT", b"DATA"


@dataclass
class Listener:
    """A server that keeps every byte of its one connection, and answers by the book.

    ``patient``: it answers MAIL, RCPT and DATA only when it has heard all three.
    """

    offers: tuple[str, ...] = ()
    patient: bool = False
    answers: dict[bytes, bytes] = field(default_factory=dict)
    heard: list[bytes] = field(default_factory=list)
    before_answer: dict[bytes, list[bytes]] = field(default_factory=dict)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await self.talk(reader, writer)
        writer.close()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        held: list[bytes] = []
        while line := await reader.readline():
            self.heard.append(line)
            verb = line[:4].upper().strip()
            if verb == b"EHLO":
                names = ["server.example", *self.offers]
                marks = ["-"] * (len(names) - 1) + [" "]
                held = [f"250{m}{n}\r\n".encode() for m, n in zip(marks, names, strict=True)]
            else:
                usual = (
                    b"354 go on" if verb == DATA else b"221 bye" if verb == b"QUIT" else b"250 ok"
                )
                held.append(self.answers.get(verb, usual) + b"\r\n")
            if self.patient and verb in {MAIL, RCPT}:
                continue
            if verb in {MAIL, RCPT}:
                # Whoever does not wait for answers would have said the next by now.
                await asyncio.sleep(0.02)
                self.before_answer[verb] = list(self.heard)
                assert not reader._buffer  # type: ignore[attr-defined]
            writer.write(b"".join(held))
            if verb == DATA and held[-1].startswith(b"354"):
                while self.heard[-1] != b".\r\n" and (line := await reader.readline()):
                    self.heard.append(line)
                writer.write(b"250 taken\r\n")
            held = []

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Listener"]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def given(self, envelope: Envelope, message: bytes) -> Outcome:
        """Hand a message over to it, and say goodbye."""
        session = await SmtpTransport(Server("127.0.0.1", self.port, "none")).connect()
        try:
            return await session.deliver(envelope, Wire.of(message))
        finally:
            await session.close()


@in_loop
async def test_a_letter_is_said_byte_for_byte_as_the_library_would_say_it(
    envelope: Envelope, message: bytes
) -> None:
    async with Listener().listening() as theirs:
        client = SMTP(hostname="127.0.0.1", port=theirs.port, start_tls=False)
        await client.connect()
        await client.sendmail(envelope.sender, [envelope.recipient], message)
        await client.quit()
    async with Listener().listening() as ours:
        assert (await ours.given(envelope, message)).event is Event.TAKEN
    assert [line for line in ours.heard if not line.startswith(b"EHLO")] == [
        line for line in theirs.heard if not line.startswith(b"EHLO")
    ]


@in_loop
async def test_a_server_that_offers_it_hears_all_commands_before_it_answers_one(
    envelope: Envelope, message: bytes
) -> None:
    async with Listener(offers=("SIZE", "PIPELINING"), patient=True).listening() as server:
        outcome = await server.given(envelope, message)
    assert (outcome.event, outcome.text) == (Event.TAKEN, "taken")
    body = server.heard[4 : server.heard.index(b".\r\n")]
    assert b"".join(body) == Wire.of(message).pieces[0]


@in_loop
async def test_a_server_that_does_not_offer_it_is_waited_for_at_every_step(
    envelope: Envelope, message: bytes
) -> None:
    async with Listener(offers=("SIZE",)).listening() as server:
        assert (await server.given(envelope, message)).event is Event.TAKEN
    assert [line[:4] for line in server.before_answer[MAIL]] == [b"EHLO", MAIL]
    assert [line[:4] for line in server.before_answer[RCPT]] == [b"EHLO", MAIL, RCPT]


@pytest.mark.parametrize(
    ("answers", "phase", "code"),
    [
        ({MAIL: b"550 not you", RCPT: b"503 who", DATA: b"503 what"}, Phase.MAIL, 550),
        ({MAIL: b"451 later", RCPT: b"250 ok", DATA: b"550 no"}, Phase.MAIL, 451),
        ({RCPT: b"550 unknown", DATA: b"554 to nobody"}, Phase.RCPT, 550),
        ({RCPT: b"450 later", DATA: b"421 bye"}, Phase.RCPT, 450),
        ({DATA: b"452 full"}, Phase.DATA, 452),
        # It waits for a message all the same: none may come, not even an empty one.
        ({RCPT: b"550 unknown"}, Phase.RCPT, 550),
        ({MAIL: b"550 not you"}, Phase.MAIL, 550),
    ],
)
@in_loop
async def test_of_many_answers_the_first_no_counts_and_no_message_follows(
    answers: dict[bytes, bytes], phase: Phase, code: int, envelope: Envelope, message: bytes
) -> None:
    server = Listener(offers=("PIPELINING",), patient=True, answers=answers)
    async with server.listening():
        outcome = await server.given(envelope, message)
    expected = Event.REJECTED if code >= 500 else Event.DEFERRED
    assert (outcome.event, outcome.phase, outcome.code) == (expected, phase, code)
    assert {line[:4].strip() for line in server.heard} <= {
        b"EHLO",
        MAIL,
        RCPT,
        DATA,
        b"RSET",
        b"QUIT",
    }


@in_loop
async def test_a_session_in_which_something_was_said_unasked_is_not_used_again(
    envelope: Envelope, message: bytes
) -> None:
    server = Listener(answers={b"DATA": b"354 go on\r\n250 taken already"})
    async with server.listening():
        session = await SmtpTransport(Server("127.0.0.1", server.port, "none")).connect()
        outcome = await session.deliver(envelope, Wire.of(message))
        # A yes before the message had left: to what?
        assert (outcome.event, outcome.phase) == (Event.UNANSWERED, Phase.DATA)
        assert not session.alive
        await session.close()


@in_loop
async def test_an_address_cannot_bring_a_command_of_its_own(message: bytes) -> None:
    async with Listener().listening() as server:
        with pytest.raises(ValueError, match="RCPT"):
            await server.given(Envelope("a@b.example", "c@d.example>\r\nDATA", "id"), message)


ANSWERS = st.lists(
    st.tuples(
        st.integers(100, 999), st.lists(st.text("ab-1 ", max_size=9).map(str.strip), min_size=1)
    )
)


@given(ANSWERS, st.lists(st.integers(1, 9)), st.sampled_from(["\r\n", "\n"]))
def test_answers_are_heard_alike_however_they_are_cut_up(
    said: list[tuple[int, list[str]]], cuts: list[int], end: str
) -> None:
    raw = b"".join(
        f"{code}{' ' if number == len(lines) else '-'}{line}{end}".encode()
        for code, lines in said
        for number, line in enumerate(lines, 1)
    )
    unread, heard = bytearray(), []
    for size in [*cuts, len(raw)]:
        unread += raw[:size]
        raw = raw[size:]
        while (answer := first_answer(unread)) is not None:
            heard.append(answer)
    assert heard == [Answer(code, "\n".join(lines)) for code, lines in said]
    assert not unread


@pytest.mark.parametrize(
    "said",
    [
        b"hello\r\n",
        b"25\r\n",
        b"\r\n",
        b"2x0 ok\r\n",
        b"250-a\r\nb\r\n",
        b"250 " + b"x" * 9000 + b"\r\n",
        b"250-a line\r\n" * 4000,
        b"x" * 40_000,
    ],
    ids=lambda said: said[:9].decode(),
)
def test_what_is_no_answer_is_told_from_one(said: bytes) -> None:
    with pytest.raises(NoAnswerError):
        first_answer(bytearray(said))
