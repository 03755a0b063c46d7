"""Every fault at every step, through a real run: ledger, attempts, copies, and the next letter."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from coalizione_mailer.dispatch import Clock, Ending, Orders, Result, Run
from coalizione_mailer.dispatch.desk import Job
from coalizione_mailer.ledger import reports, rounds
from coalizione_mailer.ledger.deliveries import Settlement
from coalizione_mailer.ledger.schema import attempts, deliveries
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import Event, Phase, State
from coalizione_mailer.rehearsal.faults import Kind, Script, Step, fault
from coalizione_mailer.rehearsal.record import most_in_a_window
from coalizione_mailer.rehearsal.rules import Chance, Greylist, Quota
from coalizione_mailer.transport.smtp import Server, SmtpTransport
from tests.support import letters
from tests.support.certificates import Certificates
from tests.support.fault_matrix import (
    PAGE,
    PATIENCE,
    ROWS,
    TAKEN,
    TRANSACTION,
    Attempt,
    Row,
    page,
)
from tests.support.in_loop import everyone_ready, in_loop, let_pass
from tests.support.smtp_server import HOST, SmtpServer

USER, PASSWORD = "segreteria", "pàssword"
# More than what the buffers between us take, so that the end of the message cannot have left.
LONG = b"%PDF" + b" a line of it " * 350_000
NARROW = 65536


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], Path]:
    """Freeze two letters once, short or the first of them long; the folder is to be copied."""
    made: dict[bool, Path] = {}

    def folder(long: bool) -> Path:  # noqa: FBT001  one of two
        if long not in made:
            made[long] = tmp_path_factory.mktemp("frozen")
            letters.frozen_ledger(made[long], 2, LONG if long else None)[0].close()
        return made[long]

    return folder


@dataclass
class Watch:
    """A clock that passes while someone sleeps, and an observer that counts what was settled.

    Nothing here waits in real time.
    """

    time: float = letters.FROZEN_AT + 1
    settled_ones: int = 0
    clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = Clock(lambda: self.time, self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        await asyncio.sleep(0)

    def settled(self, _job: Job, _settlement: Settlement) -> None:
        self.settled_ones += 1

    def waits(self, _seconds: float) -> None:
        pass


async def ran(
    ledger: Ledger,
    server: SmtpServer,
    watch: Watch,
    ca_file: Path | None = None,
    connections: int = 1,
    security: str = "",
) -> Result:
    """Run ``send``."""
    with ledger.reading() as connection:
        opened = rounds.current(connection)
    assert opened is not None
    transport = SmtpTransport(
        Server(
            HOST,
            server.port,
            security or server.security,
            username=USER if server.users else "",
            password=PASSWORD if server.users else "",
            timeout=PATIENCE,
            ca_file=ca_file,
        )
    )
    orders = Orders(opened, connections=connections)
    return await Run(ledger, transport, orders, watch.clock, watch).go()


def misbehaving(
    row: Row, watch: Watch, certificates: Certificates, *, pipelining: bool
) -> SmtpServer:
    """Make the server of a row; when it says no more, time passes until the client has noticed."""
    server = SmtpServer(
        security="starttls" if row.at is Step.STARTTLS else "none",
        context=certificates.context,
        users={USER: PASSWORD} if row.at is Step.AUTH else {},
        receive_buffer=NARROW if row.long else None,
        clock=lambda: watch.time,
        pipelining=pipelining,
    )

    def silent() -> None:
        standing = (watch.settled_ones, server.connections)
        loop = asyncio.get_running_loop()

        def pass_on(times: int) -> None:
            if times and (watch.settled_ones, server.connections) == standing:
                let_pass(PATIENCE)
                loop.call_later(0.02, pass_on, times - 1)

        # Who fills buffers waits more than once; far less than the test's own patience.
        pass_on(20)

    async def late(seconds: float) -> None:
        await asyncio.sleep(0.001)
        if seconds > 1.0:
            await everyone_ready()
            let_pass(seconds)
            await everyone_ready()

    answered = {Kind.HANGS_UP, Kind.SILENT}
    server.when_silent = silent if row.does.split(",")[0] in answered else None
    server.sleep = late
    server.will(*row.faults)
    return server


def stories(ledger: Ledger) -> list[tuple[State, tuple[Attempt, ...]]]:
    """Return where each letter is, and its attempts, in the order of the freeze."""
    with ledger.reading() as connection:
        opened = rounds.current(connection)
        assert opened is not None
        rows = connection.execute(select(attempts).order_by(attempts.c.number)).all()
        return [
            (
                letter.state,
                tuple(
                    Attempt(Event(row.event), Phase(row.phase), row.code)
                    for row in rows
                    if row.delivery_id == letter.delivery_id
                ),
            )
            for letter in sorted(
                reports.standings(connection, opened.id), key=lambda letter: letter.delivery_id
            )
        ]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.made(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    row: Row = request.getfixturevalue("row")
    shutil.copytree(request.getfixturevalue("frozen")(row.long), tmp_path / "campaign")
    opened = letters.open_ledger(tmp_path / "campaign")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("row", "pipelining"),
    [
        # Before the transaction there is nothing to say at once.
        *((row, pipelining) for row in ROWS if row.at in TRANSACTION for pipelining in (0, 1)),
        *((row, 1) for row in ROWS if row.at not in TRANSACTION),
    ],
    ids=lambda one: (
        f"{one.name}{', long' * one.long}" if isinstance(one, Row) else f"at once {one}"
    ),
)
@in_loop
async def test_a_fault_ends_as_the_matrix_says(
    row: Row, pipelining: int, ledger: Ledger, certificates: Certificates
) -> None:
    watch = Watch()
    server = misbehaving(row, watch, certificates, pipelining=bool(pipelining))
    async with server.running():
        await ran(ledger, server, watch, certificates.ca_file)
        assert server.unused == []
        first, second = stories(ledger)
        assert first == (row.state, row.attempts)
        assert server.recipients.count(letters.address(0)) == row.copies
        assert server.connections == row.connections
        if row.state is not State.QUEUED:
            assert second[0] is State.SENT
            assert len(second[1]) == 1

        await ran(ledger, server, watch, certificates.ca_file)
        ends = (State.SENT, 1) if row.state is State.QUEUED else (row.state, row.copies)
        now, other = stories(ledger)
        assert (now[0], server.recipients.count(letters.address(0))) == ends
        assert other[0] is State.SENT
        assert server.recipients.count(letters.address(1)) == 1
        assert {taken.sha256 for taken in server.record} <= hashes(ledger)


def hashes(ledger: Ledger) -> set[str]:
    """Return the hashes of all messages as frozen."""
    with ledger.reading() as connection:
        return set(connection.scalars(select(deliveries.c.message_sha256)))


def states(ledger: Ledger) -> Counter[State]:
    return Counter(state for state, _attempts in stories(ledger))


@pytest.fixture
def round_of(tmp_path: Path) -> Iterator[Callable[[int], Ledger]]:
    """Freeze so many letters in this test's folder."""
    with ExitStack() as stack:

        def made(count: int) -> Ledger:
            ledger, _opened = letters.frozen_ledger(tmp_path / "campaign", count)
            stack.callback(ledger.close)
            return ledger

        yield made


class TestNatures:
    """What a server is like, as opposed to what it does once."""

    @pytest.mark.parametrize(
        "wrong", ["unknown authority", "another host", "no STARTTLS", "another password"]
    )
    @in_loop
    async def test_a_server_that_cannot_be_used_costs_no_letter_an_attempt(
        self,
        wrong: str,
        round_of: Callable[[int], Ledger],
        certificates: Certificates,
        tmp_path: Path,
    ) -> None:
        host = "smtp.example" if wrong == "another host" else HOST
        others = Certificates.made(tmp_path, host)
        believed = certificates if wrong == "unknown authority" else others
        server = SmtpServer(
            security="none" if wrong == "no STARTTLS" else "starttls",
            context=others.context,
            users={USER: "another"} if wrong == "another password" else {},
        )
        ledger, watch = round_of(2), Watch()
        async with server.running():
            result = await ran(ledger, server, watch, believed.ca_file, security="starttls")
        assert result.ending is Ending.UNAVAILABLE
        assert result.error is not None
        assert result.error.permanent
        assert server.connections == 1
        assert stories(ledger) == [(State.QUEUED, ())] * 2

    @in_loop
    async def test_one_connection_at_a_time_is_enough(
        self, round_of: Callable[[int], Ledger]
    ) -> None:
        ledger, watch = round_of(8), Watch()
        async with SmtpServer(most_connections=1).running() as server:
            await ran(ledger, server, watch, connections=3)
        assert stories(ledger) == [(State.SENT, (TAKEN,))] * 8
        assert sorted(server.recipients) == sorted(letters.address(n) for n in range(8))

    @in_loop
    async def test_greylisting_costs_every_letter_one_attempt(
        self, round_of: Callable[[int], Ledger]
    ) -> None:
        ledger, watch = round_of(5), Watch()
        server = SmtpServer(script=Script(rules=[Greylist(300.0)]), clock=lambda: watch.time)
        async with server.running():
            await ran(ledger, server, watch)
        put_off = Attempt(Event.DEFERRED, Phase.RCPT, 451)
        assert stories(ledger) == [(State.SENT, (put_off, TAKEN))] * 5
        assert sorted(server.recipients) == [letters.address(n) for n in range(5)]

    @in_loop
    async def test_too_much_traffic_only_takes_longer(
        self, round_of: Callable[[int], Ledger]
    ) -> None:
        ledger, watch = round_of(7), Watch()
        server = SmtpServer(script=Script(rules=[Quota(2, 60.0)]), clock=lambda: watch.time)
        async with server.running():
            while states(ledger)[State.QUEUED]:
                await ran(ledger, server, watch)
                watch.time += 3600
        assert states(ledger) == {State.SENT: 7}
        assert sorted(server.recipients) == [letters.address(n) for n in range(7)]
        assert most_in_a_window((taken.at for taken in server.record), 60.0) == 2

    @pytest.mark.parametrize("seed", range(3))
    @in_loop
    async def test_bad_luck_before_the_final_dot_loses_and_doubles_nothing(
        self, seed: int, round_of: Callable[[int], Ledger]
    ) -> None:
        kinds = (Kind.PUTS_OFF, Kind.REFUSES, Kind.SHUTS_DOWN, Kind.HANGS_UP, Kind.NO_ANSWER)
        steps = (Step.MAIL, Step.RCPT, Step.DATA)
        luck = Chance(seed, 0.2, [fault(kind, step) for kind in kinds for step in steps])
        ledger, watch = round_of(25), Watch()
        async with SmtpServer(script=Script(rules=[luck])).running() as server:
            while states(ledger)[State.QUEUED]:
                await ran(ledger, server, watch, connections=3)
                watch.time += 14400
        end = states(ledger)
        assert end.keys() <= {State.SENT, State.REFUSED}
        assert end[State.SENT] == len(server.record) == len(set(server.recipients))

    @pytest.mark.parametrize("seed", range(3))
    @in_loop
    async def test_bad_luck_after_the_final_dot_leaves_doubt_and_doubles_nothing(
        self, seed: int, round_of: Callable[[int], Ledger]
    ) -> None:
        gone = [fault(Kind.HANGS_UP, Step.END, takes=takes) for takes in (True, False)]
        luck = Chance(seed, 0.3, gone)
        ledger, watch = round_of(25), Watch()
        async with SmtpServer(script=Script(rules=[luck])).running() as server:
            for _ in range(2):
                await ran(ledger, server, watch, connections=3)
        end = states(ledger)
        assert end.keys() == {State.SENT, State.IN_DOUBT}
        assert len(set(server.recipients)) == len(server.record)
        sent = {number for number, (state, _) in enumerate(stories(ledger)) if state is State.SENT}
        assert {letters.address(number) for number in sent} <= set(server.recipients)


def test_the_page_shows_the_matrix() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
