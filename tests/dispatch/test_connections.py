"""Connections that cannot be had, are refused or lost: who goes on, and when a run ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from coalizione_mailer.dispatch import Ending, Orders, Result
from coalizione_mailer.errors import ServerUnavailableError
from coalizione_mailer.lifecycle import Event, State
from coalizione_mailer.transport.smtp import Server, SmtpSession, SmtpTransport
from tests.dispatch.office import ROUND, Office, office
from tests.support.certificates import Certificates
from tests.support.in_loop import in_loop
from tests.support.smtp_server import HOST, Fault, SmtpServer, Step, Then


@in_loop
async def test_without_a_server_everything_stays_queued(nobody: int, tmp_path: Path) -> None:
    async with office(tmp_path, 10) as desk:
        desk.transport = SmtpTransport(Server(HOST, nobody, "none"))
        begin = desk.clock.now()
        result = await desk.go(Orders(ROUND, connections=3))
        assert result.ending is Ending.UNAVAILABLE
        assert result.error is not None
        assert (result.error.stage, result.error.permanent) == ("connect", False)
        assert desk.counts() == {State.QUEUED: 10}
        assert desk.attempts() == 0
        # It tried for a while.
        assert desk.clock.now() - begin >= 8


@in_loop
async def test_a_login_that_is_refused_ends_the_run_at_once(tmp_path: Path) -> None:
    async with office(tmp_path, 4) as desk:
        # This server offers no login without protection.
        server = Server(HOST, desk.server.port, "none", username="a", password="b")
        desk.transport = SmtpTransport(server)
        begin = desk.clock.now()
        result = await desk.go(Orders(ROUND, connections=3))
        assert result.ending is Ending.UNAVAILABLE
        assert result.error is not None
        assert (result.error.stage, result.error.permanent) == ("login", True)
        assert desk.counts() == {State.QUEUED: 4}
        assert desk.clock.now() - begin < 8


@in_loop
async def test_a_server_with_few_connections_gets_all_letters_over_those(tmp_path: Path) -> None:
    async with office(tmp_path, 40, SmtpServer(most_connections=2)) as desk:
        result = await desk.go(Orders(ROUND, connections=5))
        assert (result.ending, result.outcomes) == (Ending.DONE, {Event.TAKEN: 40})
        assert desk.each_has_one(range(40))


@in_loop
async def test_one_connection_refused_for_good_does_not_end_the_others(tmp_path: Path) -> None:
    class Picky(SmtpTransport):
        """As a server that allows two logins, and says so as if the password were wrong."""

        made = 0

        async def connect(self) -> SmtpSession:
            Picky.made += 1
            if Picky.made == 2:
                raise ServerUnavailableError(HOST, 1, "login", "535 too many", permanent=True)
            return await super().connect()

    async with office(tmp_path, 40) as desk:
        desk.transport = Picky(Server(HOST, desk.server.port, "none"))
        result = await desk.go(Orders(ROUND, connections=3))
        assert (result.ending, result.outcomes) == (Ending.DONE, {Event.TAKEN: 40})


@in_loop
async def test_a_session_closed_by_the_server_is_opened_again(tmp_path: Path) -> None:
    async with office(tmp_path, 10) as desk:
        for number in range(3):
            desk.server.will(Fault(Step.MAIL, b"421 4.4.2 %d bye" % number, Then.CLOSE))
        result = await desk.go(Orders(ROUND, connections=1))
        assert (result.ending, result.outcomes) == (
            Ending.DONE,
            {Event.TAKEN: 10, Event.DEFERRED: 3},
        )
        assert desk.each_has_one(range(10))
        assert desk.server.connections == 4


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates.made(tmp_path)


@asynccontextmanager
async def third_held_back(
    folder: Path, certificates: Certificates, refusals: int
) -> AsyncIterator[tuple[Office, asyncio.Event, asyncio.Task[Result]]]:
    """A run over three connections: two are told that the password is wrong, one is not greeted.

    The event greets it; so many logins are refused. Ten minutes have passed in vain.
    """
    greeted = asyncio.Event()

    async def held(_seconds: float) -> None:
        await greeted.wait()

    server = SmtpServer("starttls", certificates.context, {"a": "b"}, sleep=held)
    server.will(Fault(Step.CONNECT, nth=3, wait=1))
    # One answer for each way to log in that the server offers.
    server.will(*[Fault(Step.AUTH, b"535 5.7.8 wrong")] * 2 * refusals)
    async with office(folder, 12, server) as desk:
        desk.clock.patient = False
        account = Server(HOST, server.port, "starttls", "a", "b", ca_file=certificates.ca_file)
        desk.transport = SmtpTransport(account)
        running = asyncio.create_task(desk.go(Orders(ROUND, connections=3)))
        while server.connections < 3 or server.open > 1:  # noqa: ASYNC110  it has no event for it
            await asyncio.sleep(0.001)
        await desk.clock.sleep(600)
        assert (server.connections, running.done()) == (3, False)
        yield desk, greeted, running


@in_loop
async def test_while_one_connection_is_opened_others_that_are_refused_wait_how_it_fares(
    tmp_path: Path, certificates: Certificates
) -> None:
    async with third_held_back(tmp_path, certificates, refusals=2) as (desk, greeted, running):
        greeted.set()
        result = await running
        assert (result.ending, result.outcomes) == (Ending.DONE, {Event.TAKEN: 12})
        assert desk.each_has_one(range(12))


@in_loop
async def test_when_the_last_connection_is_refused_too_the_run_ends_without_another_knock(
    tmp_path: Path, certificates: Certificates
) -> None:
    async with third_held_back(tmp_path, certificates, refusals=3) as (desk, greeted, running):
        greeted.set()
        result = await running
        assert result.ending is Ending.UNAVAILABLE
        assert result.error is not None
        assert (result.error.stage, result.error.permanent) == ("login", True)
        assert desk.server.connections == 3
        assert desk.server.unused == []
        assert (desk.counts(), desk.attempts()) == ({State.QUEUED: 12}, 0)
