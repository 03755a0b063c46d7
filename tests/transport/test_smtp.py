"""Sessions with a real server: opened, secured, logged in, and what they carry."""

import asyncio
import ssl
import traceback
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from coalizione_mailer.errors import ServerUnavailableError
from coalizione_mailer.lifecycle import Event
from coalizione_mailer.model import Envelope
from coalizione_mailer.transport.smtp import Server, SmtpTransport
from coalizione_mailer.transport.wire import Wire
from tests.support import letters
from tests.support.in_loop import everyone_ready, in_loop, let_pass
from tests.support.smtp_server import HOST, Fault, SmtpServer, Step, Then

USER, PASSWORD = "segreteria", "pàrola d'ordine"


def server_for(server: SmtpServer, ca_file: Path | None = None) -> Server:
    return Server(HOST, server.port, server.security, ca_file=ca_file)


def logged_in(server: SmtpServer, ca_file: Path | None = None, password: str = PASSWORD) -> Server:
    return replace(server_for(server, ca_file), username=USER, password=password)


async def refused(server: Server) -> ServerUnavailableError:
    """Fail to open a session, and return why."""
    with pytest.raises(ServerUnavailableError) as caught:
        await SmtpTransport(server).connect()
    assert (caught.value.host, caught.value.port) == (server.host, server.port)
    return caught.value


@in_loop
async def test_messages_arrive_byte_for_byte_one_after_the_other_over_one_connection(
    envelope: Envelope, message: bytes
) -> None:
    async with SmtpServer().running() as server:
        session = await SmtpTransport(server_for(server)).connect()
        messages = [
            message,
            b".\r\n..\r\n...\r\n\r\n.a\r\n",
            b"a: b\r\n\r\n" + b"x" * 998 + b"\r\n",
        ]
        for content in messages:
            outcome = await session.deliver(envelope, Wire.of(content))
            assert (outcome.event, outcome.code, outcome.text) == (
                Event.TAKEN,
                250,
                "2.0.0 Ok: taken",
            )
        await session.close()
        assert not session.alive
        assert [taken.content for taken in server.record] == messages
        assert {(taken.sender, taken.recipient) for taken in server.record} == {
            (envelope.sender, envelope.recipient)
        }
        assert server.connections == 1


@in_loop
async def test_a_session_notices_that_the_server_has_gone_and_can_still_be_closed(
    envelope: Envelope, message: bytes
) -> None:
    async with SmtpServer().running() as server:
        session = await SmtpTransport(server_for(server)).connect()
    outcome = await session.deliver(envelope, Wire.of(message))
    assert (outcome.event, outcome.code) == (Event.DEFERRED, None)
    assert not session.alive
    await session.close()


@pytest.mark.parametrize("security", ["starttls", "tls"])
@in_loop
async def test_a_protected_session_carries_messages_of_whoever_logged_in(
    security: str,
    envelope: Envelope,
    message: bytes,
    server_context: ssl.SSLContext,
    ca_file: Path,
) -> None:
    async with SmtpServer(security, server_context, {USER: PASSWORD}).running() as server:
        transport = SmtpTransport(logged_in(server, ca_file))
        for _ in range(2):
            session = await transport.connect()
            outcome = await session.deliver(envelope, Wire.of(message))
            assert outcome.event is Event.TAKEN
            await session.close()
        assert [(taken.secure, taken.user) for taken in server.record] == [(True, USER)] * 2
        assert [taken.content for taken in server.record] == [message] * 2


@pytest.mark.parametrize("security", ["starttls", "tls"])
@in_loop
async def test_a_large_message_goes_over_a_protected_session(
    security: str,
    envelope: Envelope,
    message: bytes,
    server_context: ssl.SSLContext,
    ca_file: Path,
) -> None:
    large = message + (b"." * 900 + b"\r\n") * 5_000
    server = SmtpServer(security, server_context, receive_buffer=65536)
    async with server.running():
        session = await SmtpTransport(server_for(server, ca_file)).connect()
        for _ in range(2):
            assert (await session.deliver(envelope, Wire.of(large))).event is Event.TAKEN
        await session.close()
        assert [taken.content == large for taken in server.record] == [True, True]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@in_loop
async def test_a_protected_session_that_was_cut_off_is_not_used_again(
    security: str,
    envelope: Envelope,
    message: bytes,
    server_context: ssl.SSLContext,
    ca_file: Path,
) -> None:
    async with SmtpServer(security, server_context).running() as server:
        session = await SmtpTransport(server_for(server, ca_file)).connect()
        server.will(Fault(Step.END, b"hello", takes=True))
        outcome = await session.deliver(envelope, Wire.of(message))
        assert outcome.event is Event.UNANSWERED
        assert not session.alive
        assert (await session.deliver(envelope, Wire.of(message))).event is Event.DEFERRED
        await session.close()
        assert len(server.record) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
@in_loop
async def test_a_certificate_of_an_unknown_authority_is_refused(
    security: str, server_context: ssl.SSLContext, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    async with SmtpServer(security, server_context).running() as server:
        for ca_file in (other, None):
            error = await refused(server_for(server, ca_file))
            assert (error.stage, error.permanent) == ("tls", True)
            assert "certificate verify failed" in error.detail
        assert server.record == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
@in_loop
async def test_a_certificate_for_another_host_is_refused(
    security: str, authority: trustme.CA, ca_file: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("mail.altrove.example").configure_cert(context)
    async with SmtpServer(security, context).running() as server:
        error = await refused(server_for(server, ca_file))
        assert (error.stage, error.permanent) == ("tls", True)


@in_loop
async def test_a_server_that_cannot_protect_the_connection_is_refused(ca_file: Path) -> None:
    async with SmtpServer().running() as server:
        for security in ("starttls", "tls"):
            error = await refused(replace(server_for(server, ca_file), security=security))
            assert (error.stage, error.permanent) == ("tls", True)


@in_loop
async def test_protection_that_fails_for_now_may_be_tried_again(
    server_context: ssl.SSLContext, ca_file: Path
) -> None:
    async with SmtpServer("starttls", server_context).running() as server:
        server.will(
            Fault(Step.STARTTLS, b"454 4.7.0 not now"), Fault(Step.STARTTLS, then=Then.CLOSE)
        )
        for _ in range(2):
            error = await refused(server_for(server, ca_file))
            assert (error.stage, error.permanent) == ("tls", False)
        session = await SmtpTransport(server_for(server, ca_file)).connect()
        await session.close()


@pytest.mark.parametrize("content", [None, "no certificate"])
@in_loop
async def test_a_ca_file_that_is_missing_or_none_is_named(
    content: str | None, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content, encoding="utf-8")
    error = await refused(Server(HOST, 1, "tls", ca_file=ca_file))
    assert (error.stage, error.permanent) == ("tls", True)
    assert str(ca_file) in error.detail


@in_loop
async def test_a_wrong_password_is_refused_for_good_and_never_told(
    server_context: ssl.SSLContext, ca_file: Path
) -> None:
    secret = "hunter2"
    async with SmtpServer("starttls", server_context, {USER: PASSWORD}).running() as server:
        error = await refused(logged_in(server, ca_file, secret))
        assert (error.stage, error.permanent) == ("login", True)
        for echo in (b"hunter2", b"aHVudGVyMg==", b"AHNlZ3JldGVyaWEAaHVudGVyMg=="):
            # One answer for each way to log in that the server offers.
            server.will(*[Fault(Step.AUTH, b"535 not " + echo)] * 2)
            error = await refused(logged_in(server, ca_file, secret))
            assert (error.stage, error.permanent, error.detail) == ("login", True, "not ***")
            shown = [*traceback.format_exception(error), str(error), repr(error)]
            assert not any(secret in line or echo.decode() in line for line in shown)


def test_the_password_is_not_shown() -> None:
    server = Server(HOST, 25, "tls", username=USER, password=PASSWORD)
    assert PASSWORD not in f"{server} {server!r} {SmtpTransport(server)!r}"


@in_loop
async def test_a_login_that_is_refused_for_now_may_be_tried_again(
    server_context: ssl.SSLContext, ca_file: Path
) -> None:
    async with SmtpServer("tls", server_context, {USER: PASSWORD}).running() as server:
        server.will(*[Fault(Step.AUTH, b"454 4.7.0 Temporary authentication failure")] * 2)
        error = await refused(logged_in(server, ca_file))
        assert (error.stage, error.permanent) == ("login", False)
        server.will(Fault(Step.AUTH, then=Then.CLOSE))
        error = await refused(logged_in(server, ca_file))
        assert (error.stage, error.permanent) == ("session", False)
        session = await SmtpTransport(logged_in(server, ca_file)).connect()
        await session.close()


@in_loop
async def test_a_server_that_wants_no_login_is_not_given_one() -> None:
    async with SmtpServer("starttls", None).running() as server:
        # Without a certificate it offers neither STARTTLS nor, unprotected, AUTH.
        error = await refused(replace(logged_in(server), security="none"))
        assert (error.stage, error.permanent) == ("login", True)


@in_loop
async def test_nobody_listening_is_said_so(nobody: int) -> None:
    error = await refused(Server(HOST, nobody, "none"))
    assert (error.stage, error.permanent) == ("connect", False)


@pytest.mark.parametrize(
    ("fault", "stage", "told"),
    [
        (Fault(Step.CONNECT, b"421 4.3.2 closed for today"), "session", "closed for today"),
        (Fault(Step.CONNECT, b"554 5.7.1 go away"), "session", "go away"),
        (Fault(Step.CONNECT, then=Then.CLOSE), "connect", ""),
        (Fault(Step.CONNECT, then=Then.SILENCE), "timeout", ""),
        (Fault(Step.CONNECT, b"* OK IMAP4rev1", Then.CLOSE), "session", "IMAP4rev1"),
        (Fault(Step.EHLO, b"421 4.3.2 bye", Then.CLOSE), "session", "bye"),
        (Fault(Step.EHLO, then=Then.CLOSE), "session", ""),
        (Fault(Step.EHLO, then=Then.SILENCE), "timeout", ""),
    ],
    ids=lambda value: f"{value.at} {value.answer!r}" if isinstance(value, Fault) else None,
)
@in_loop
async def test_a_server_that_is_not_ready_is_said_so_and_may_be_tried_again(
    fault: Fault, stage: str, told: str
) -> None:
    async with SmtpServer().running() as server:
        passing: list[asyncio.Task[None]] = []

        async def pass_on() -> None:
            # When the other end has begun to wait.
            await everyone_ready()
            let_pass(60)

        server.when_silent = lambda: passing.append(asyncio.create_task(pass_on()))
        server.will(fault)
        error = await refused(server_for(server))
        assert (error.stage, error.permanent) == (stage, False)
        assert told in error.detail
        session = await SmtpTransport(server_for(server)).connect()
        await session.close()


@in_loop
async def test_a_connection_given_up_while_it_is_made_does_not_stay_open() -> None:
    async with SmtpServer().running() as server:
        silent = asyncio.Event()
        server.when_silent = silent.set
        server.will(Fault(Step.EHLO, then=Then.SILENCE))
        connecting = asyncio.create_task(SmtpTransport(server_for(server)).connect())
        await silent.wait()
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
        while server.open:  # noqa: ASYNC110  the server has no event for it
            await asyncio.sleep(0.001)


@in_loop
async def test_a_server_that_knows_only_helo_is_good_enough(
    envelope: Envelope, message: bytes
) -> None:
    async with SmtpServer(dsn=True).running() as server:
        server.will(Fault(Step.EHLO, b"502 5.5.1 not implemented"))
        notify = replace(server_for(server), notify=True)
        session = await SmtpTransport(notify).connect()
        outcome = await session.deliver(envelope, Wire.of(message))
        assert outcome.event is Event.TAKEN
        assert server.record[0].mail_options == ()
        await session.close()


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
@pytest.mark.parametrize(("asked", "offered"), [(True, True), (True, False), (False, True)])
@in_loop
async def test_notifications_are_asked_for_where_they_are_wanted_and_offered(
    security: str,
    message: bytes,
    server_context: ssl.SSLContext,
    ca_file: Path,
    *,
    asked: bool,
    offered: bool,
) -> None:
    envelope = Envelope(letters.SENDER, "mario.rossi+2017=x@borgo.example", "r1.a001.5eed")
    async with SmtpServer(security, server_context, dsn=offered).running() as server:
        session = await SmtpTransport(replace(server_for(server, ca_file), notify=asked)).connect()
        outcome = await session.deliver(envelope, Wire.of(message))
        assert outcome.event is Event.TAKEN
        await session.close()
        (taken,) = server.record
        assert taken.recipient == envelope.recipient
        if asked and offered:
            assert taken.mail_options == ("RET=HDRS", "ENVID=r1.a001.5eed")
            assert taken.rcpt_options == (
                "NOTIFY=SUCCESS,FAILURE,DELAY",
                "ORCPT=rfc822;mario.rossi+2B2017+3Dx@borgo.example",
            )
        else:
            assert taken.mail_options == taken.rcpt_options == ()


@in_loop
async def test_answers_in_any_encoding_become_text_that_can_be_kept(
    envelope: Envelope, message: bytes
) -> None:
    async with SmtpServer().running() as server:
        session = await SmtpTransport(server_for(server)).connect()
        for answer, text in (
            (b"450-pi\xf9\r\n450 tardi \x1b[31m", "più\ntardi  [31m"),
            ("550 così no".encode(), "così no"),
            (b"550 \x00\xff\x85", " ÿ "),
        ):
            for step in (Step.MAIL, Step.RCPT, Step.DATA, Step.END):
                server.will(Fault(step, answer))
                outcome = await session.deliver(envelope, Wire.of(message))
                assert outcome.text.strip() == text.strip()
                outcome.text.encode()
        await session.close()
