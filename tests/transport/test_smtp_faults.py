"""Every fault at every step of a mail transaction: what is made of it, and who comes after it."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from coalizione_mailer.lifecycle import Event, Phase
from coalizione_mailer.model import Envelope
from coalizione_mailer.transport.smtp import Server, SmtpSession, SmtpTransport
from coalizione_mailer.transport.wire import Wire
from tests.support import letters
from tests.support.in_loop import everyone_ready, in_loop, let_pass
from tests.support.smtp_server import HOST, Fault, SmtpServer, Step, Then

NEXT = Envelope(letters.SENDER, letters.address(2), "r1.a002.5eed")


@dataclass(frozen=True)
class Case:
    """A fault, and what must come of it: event, phase, code, and a session that lives or not."""

    fault: Fault
    event: Event
    phase: Phase
    code: int | None
    alive: bool
    taken: bool = False

    @property
    def name(self) -> str:
        fault = self.fault
        return f"{fault.at}, {fault.answer.decode('latin-1')[:24]!r}, {fault.then.value}"


def refusal(step: Step, phase: Phase, code: int) -> Case:
    """A plain no, for now or for good."""
    event = Event.REJECTED if code >= 500 else Event.DEFERRED
    return Case(Fault(step, b"%d no" % code), event, phase, code, alive=True)


CASES = [
    *(
        refusal(step, phase, code)
        for step, phase in (
            (Step.MAIL, Phase.MAIL),
            (Step.RCPT, Phase.RCPT),
            (Step.DATA, Phase.DATA),
            (Step.END, Phase.END_OF_DATA),
        )
        for code in (450, 451, 452, 550, 552, 554)
    ),
    *(
        Case(Fault(step, b"421 4.3.2 bye", Then.CLOSE), Event.DEFERRED, phase, 421, alive=False)
        for step, phase in (
            (Step.MAIL, Phase.MAIL),
            (Step.RCPT, Phase.RCPT),
            (Step.DATA, Phase.DATA),
            (Step.END, Phase.END_OF_DATA),
        )
    ),
    *(
        Case(Fault(step, then=then), Event.DEFERRED, phase, None, alive=False)
        for step, phase in (
            (Step.MAIL, Phase.MAIL),
            (Step.RCPT, Phase.RCPT),
            (Step.DATA, Phase.DATA),
        )
        for then in (Then.CLOSE, Then.SILENCE)
    ),
    # Gone or silent after the final dot: nobody knows, whether it has the message or not.
    *(
        Case(
            Fault(Step.END, then=then, takes=takes),
            Event.UNANSWERED,
            Phase.END_OF_DATA,
            None,
            alive=False,
            taken=takes,
        )
        for then in (Then.CLOSE, Then.SILENCE)
        for takes in (True, False)
    ),
    # Answers that are none leave the same doubt after the dot, and none before it.
    *(
        Case(Fault(step, b"hello"), Event.DEFERRED, phase, None, alive=False)
        for step, phase in (
            (Step.MAIL, Phase.MAIL),
            (Step.RCPT, Phase.RCPT),
            (Step.DATA, Phase.DATA),
        )
    ),
    Case(
        Fault(Step.END, b"hello", takes=True),
        Event.UNANSWERED,
        Phase.END_OF_DATA,
        None,
        alive=False,
        taken=True,
    ),
    *(
        Case(
            Fault(Step.END, b"%d what" % code, takes=True),
            Event.UNANSWERED,
            Phase.END_OF_DATA,
            code,
            alive=False,
            taken=True,
        )
        for code in (100, 354, 600)
    ),
    # Out of step: a yes where none was due. Nothing had been sent yet.
    Case(Fault(Step.DATA, b"250 yes?"), Event.DEFERRED, Phase.DATA, 250, alive=True),
    # Answers of many lines, and in an alphabet that SMTP does not have.
    Case(
        Fault(Step.RCPT, b"550-5.1.1 no such user\r\n550-5.1.1 really\r\n550 5.1.1 none"),
        Event.REJECTED,
        Phase.RCPT,
        550,
        alive=True,
    ),
    Case(
        Fault(Step.RCPT, "451 più tardi".encode("latin-1")),
        Event.DEFERRED,
        Phase.RCPT,
        451,
        alive=True,
    ),
    Case(
        Fault(Step.END, "250 però sì".encode(), takes=True),
        Event.TAKEN,
        Phase.END_OF_DATA,
        250,
        alive=True,
        taken=True,
    ),
    Case(
        Fault(Step.END, b"250-taken\r\n250-and kept\r\n250 bye", takes=True),
        Event.TAKEN,
        Phase.END_OF_DATA,
        250,
        alive=True,
        taken=True,
    ),
]


TIMEOUT = 60.0


def server_for(server: SmtpServer) -> Server:
    return Server(HOST, server.port, "none", timeout=TIMEOUT)


# Who says nothing more after some answers is waited for once for each: in the fault matrix.
@pytest.mark.parametrize(
    ("case", "pipelining"),
    [
        (case, pipelining)
        for case in CASES
        for pipelining in (False, True)
        if not pipelining or case.fault.then is not Then.SILENCE
    ],
    ids=lambda one: one.name if isinstance(one, Case) else ("in turn", "at once")[one],
)
@in_loop
async def test_a_fault_is_judged_and_the_next_message_is_unharmed(
    case: Case, envelope: Envelope, message: bytes, *, pipelining: bool
) -> None:
    async with SmtpServer(pipelining=pipelining).running() as server:
        server.will(case.fault)
        server.when_silent = lambda: let_pass(TIMEOUT)
        session = await SmtpTransport(server_for(server)).connect()
        outcome = await session.deliver(envelope, Wire.of(message))
        assert (outcome.event, outcome.phase, outcome.code, session.alive) == (
            case.event,
            case.phase,
            case.code,
            case.alive,
        )
        assert server.unused == []
        assert server.recipients == [envelope.recipient] * case.taken
        await next_message_arrives(server, session, message)


@pytest.mark.parametrize(("dot_timeout", "event"), [(0.0, Event.UNANSWERED), (600.0, Event.TAKEN)])
@in_loop
async def test_the_answer_to_the_final_dot_is_waited_for_longer_than_the_others(
    dot_timeout: float, event: Event, envelope: Envelope, message: bytes
) -> None:
    async def late(seconds: float) -> None:
        await everyone_ready()
        let_pass(seconds)
        await everyone_ready()

    async with SmtpServer(sleep=late).running() as server:
        server.will(Fault(Step.END, wait=200.0))
        asked = replace(server_for(server), dot_timeout=dot_timeout)
        session = await SmtpTransport(asked).connect()
        outcome = await session.deliver(envelope, Wire.of(message))
        assert (outcome.event, outcome.phase) == (event, Phase.END_OF_DATA)
        await session.close()


@in_loop
async def test_a_server_that_answers_twice_does_not_refuse_the_next_letter_too(
    envelope: Envelope, message: bytes
) -> None:
    async with SmtpServer().running() as server:
        # Once before the end of the message and once after it.
        server.will(Fault(Step.BODY, b"552 too much", second=b"552 too much"))
        session = await SmtpTransport(server_for(server)).connect()
        outcome = await session.deliver(envelope, Wire.of(message))
        assert (outcome.event, outcome.code) == (Event.REJECTED, 552)
        await next_message_arrives(server, session, message)


# More than what the buffers between us take, so that the end of the message cannot have left.
NARROW = 65536
LONG = (b"." + b"a line" * 150 + b"\r\n") * 9_000


@pytest.mark.parametrize("code", [452, 552])
@in_loop
async def test_an_answer_in_the_middle_of_the_message_is_heard(
    code: int, envelope: Envelope, message: bytes
) -> None:
    async with SmtpServer(receive_buffer=NARROW).running() as server:
        server.will(Fault(Step.BODY, b"%d too much" % code, Then.SILENCE))
        session = await SmtpTransport(server_for(server)).connect()
        outcome = await session.deliver(envelope, Wire.of(message + LONG))
        expected = Event.REJECTED if code >= 500 else Event.DEFERRED
        assert (outcome.event, outcome.phase, outcome.code) == (expected, Phase.DATA, code)
        assert not session.alive
        await next_message_arrives(server, session, message)


@in_loop
async def test_a_yes_before_the_message_has_ended_is_not_believed(
    envelope: Envelope, message: bytes
) -> None:
    async with SmtpServer(receive_buffer=NARROW).running() as server:
        server.will(Fault(Step.BODY, b"250 enough", Then.SILENCE))
        session = await SmtpTransport(server_for(server)).connect()
        outcome = await session.deliver(envelope, Wire.of(message + LONG))
        assert (outcome.event, outcome.phase, outcome.code) == (
            Event.UNANSWERED,
            Phase.DATA,
            250,
        )
        assert not session.alive
        await next_message_arrives(server, session, message)


@pytest.mark.parametrize("then", [Then.CLOSE, Then.SILENCE])
@in_loop
async def test_a_message_cut_off_before_its_end_is_tried_again(
    then: Then, envelope: Envelope, message: bytes
) -> None:
    async with SmtpServer(receive_buffer=NARROW).running() as server:
        server.will(Fault(Step.BODY, then=then))
        session = await SmtpTransport(server_for(server)).connect()
        loop = asyncio.get_running_loop()

        def pass_on(times: int) -> None:
            if times and session.alive:
                let_pass(TIMEOUT)
                loop.call_later(0.02, pass_on, times - 1)

        # Who fills buffers waits more than once; far less than the test's own patience.
        server.when_silent = lambda: pass_on(20)
        outcome = await session.deliver(envelope, Wire.of(message + LONG))
        assert (outcome.event, outcome.phase, outcome.code) == (Event.DEFERRED, Phase.DATA, None)
        assert not session.alive
        await next_message_arrives(server, session, message)


@in_loop
async def test_a_large_message_arrives_whole_though_buffers_fill_up(
    envelope: Envelope, message: bytes
) -> None:
    async with SmtpServer(receive_buffer=NARROW).running() as server:
        session = await SmtpTransport(server_for(server)).connect()
        outcome = await session.deliver(envelope, Wire.of(message + LONG))
        assert (outcome.event, session.alive) == (Event.TAKEN, True)
        assert server.record[0].content == message + LONG
        await next_message_arrives(server, session, message)


@in_loop
async def test_a_letter_given_up_in_the_middle_ends_there(
    envelope: Envelope, message: bytes
) -> None:
    async with SmtpServer(receive_buffer=NARROW).running() as server:
        server.will(Fault(Step.BODY, then=Then.SILENCE))
        begun = asyncio.Event()
        server.at_step = lambda step, _recipient: begun.set() if step is Step.BODY else None
        session = await SmtpTransport(server_for(server)).connect()
        sending = asyncio.create_task(session.deliver(envelope, Wire.of(message + LONG)))
        await begun.wait()
        # Until the buffers are full; they never empty.
        await asyncio.sleep(0.1)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert not session.alive
        await next_message_arrives(server, session, message)


async def next_message_arrives(server: SmtpServer, session: SmtpSession, message: bytes) -> None:
    """Send another letter, over the same session if it lives; it is taken, and no other with it."""
    before = len(server.record)
    if not session.alive:
        await session.close()
        session = await SmtpTransport(server_for(server)).connect()
    outcome = await session.deliver(NEXT, Wire.of(message))
    await session.close()
    assert outcome.event is Event.TAKEN
    assert [(taken.recipient, taken.content) for taken in server.record[before:]] == [
        (NEXT.recipient, message)
    ]
