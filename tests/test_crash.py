"""Sendings killed, interrupted and started again: every Comune has its letter once in the end."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from coalizione_mailer.cli import main
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.ledger import reports
from coalizione_mailer.ledger.reports import Standing
from coalizione_mailer.ledger.schema import attempts, deliveries
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import State
from tests.support import campaign, letters
from tests.support.killer import Killer
from tests.support.patience import PATIENCE, until
from tests.support.smtp_server import SmtpServer, Step

CHECKOUT = Path(__file__).parents[1]
LETTERS = 60
KILLS = 10


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A campaign with its letters frozen, to be copied; nobody listens at its port."""
    folder = campaign.written(tmp_path_factory.mktemp("frozen") / "campagna", LETTERS, 1)
    campaign.frozen(folder)
    return folder


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer().in_thread() as running:
        yield running


@pytest.fixture
def folder(frozen: Path, server: SmtpServer, tmp_path: Path) -> Path:
    """A frozen campaign of this test's own, that sends to this test's server."""
    copied = shutil.copytree(frozen, tmp_path / "campagna")
    file = copied / "campaign.toml"
    text = file.read_text(encoding="utf-8")
    # Where it sends to is not frozen.
    file.write_text(text.replace("port = 1\n", f"port = {server.port}\n"), encoding="utf-8")
    return copied


def started(folder: Path) -> "subprocess.Popen[bytes]":
    """Start ``mailer send`` as a program of its own."""
    command = [sys.executable, "-m", "coalizione_mailer.cli.main", "--campaign", str(folder)]
    with (folder / "said.txt").open("ab") as said:
        return subprocess.Popen(
            [*command, "send", "--confirm", "166/2017"],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )


@contextmanager
def reading(folder: Path) -> Iterator[Connection]:
    ledger = Ledger.open(letters.URL, folder, now=time.time())
    with closing(ledger), ledger.reading() as connection:
        yield connection


def standings(folder: Path) -> list[Standing]:
    with reading(folder) as connection:
        return list(reports.standings(connection, 1))


def states(folder: Path) -> dict[State, int]:
    return dict(Counter(letter.state for letter in standings(folder)))


def hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 that was frozen for each address."""
    with reading(folder) as connection:
        columns = select(deliveries.c.address, deliveries.c.message_sha256)
        return {row.address: row.message_sha256 for row in connection.execute(columns)}


def settled_from_the_record(folder: Path, server: SmtpServer) -> int:
    """Settle letters in doubt as a person does who asks the server; return how many there were."""
    # What the dead sender left on the wire is still coming in.
    until(lambda: not server.open)
    doubtful = [letter for letter in standings(folder) if letter.state is State.IN_DOUBT]
    if doubtful:
        words = [
            word
            for letter in doubtful
            for word in (
                "--sent" if letter.address in server.recipients else "--again",
                letter.codice_istat,
            )
        ]
        assert main.run(["--campaign", str(folder), "resolve", *words]) == ExitCode.DONE
    return len(doubtful)


def assert_each_has_one(folder: Path, server: SmtpServer) -> None:
    """Hold the server's record against the ledger: the same letters, once each, byte for byte."""
    frozen = hashes(folder)
    assert len(frozen) == LETTERS
    assert Counter((taken.recipient, taken.sha256) for taken in server.record) == Counter(
        frozen.items()
    )


def test_killed_ten_times_every_comune_has_its_letter_once(
    folder: Path, server: SmtpServer
) -> None:
    lots = random.Random(166)
    doubts = 0
    for _ in range(KILLS):
        killer = Killer(started(folder), lots.randint(1, 20), lots.choice([0.0, 0.0, 0.001, 0.003]))
        server.at_step = killer
        killer.process.wait(timeout=PATIENCE)
        server.at_step = None
        # There was more to send: it cannot have come to its end by itself.
        assert killer.steps <= 0
        doubts += settled_from_the_record(folder, server)
    while (code := started(folder).wait(timeout=PATIENCE)) != ExitCode.NOTHING_TO_DO:
        assert code in (ExitCode.DONE, ExitCode.IN_DOUBT)
        doubts += settled_from_the_record(folder, server)
    assert_each_has_one(folder, server)
    assert states(folder) == {State.SENT: LETTERS}
    # Not by chance: there were doubts, and every attempt is on record.
    assert doubts > 0
    with reading(folder) as connection:
        rows = connection.execute(select(attempts)).all()
    assert len(rows) >= LETTERS
    assert all(row.ended_at is not None for row in rows)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGINT for another process")
def test_interrupted_it_ends_the_letters_on_their_way_and_goes_on_later(
    folder: Path, server: SmtpServer
) -> None:
    process = started(folder)
    ends = 0

    def step(step: Step, _recipient: str) -> None:
        nonlocal ends
        ends += step is Step.END
        if step is Step.END and ends == 7:
            process.send_signal(signal.SIGINT)

    server.at_step = step
    assert process.wait(timeout=PATIENCE) == ExitCode.INTERRUPTED
    server.at_step = None
    sent = len(server.record)
    assert 7 <= sent < LETTERS
    assert states(folder) == {State.SENT: sent, State.QUEUED: LETTERS - sent}

    assert started(folder).wait(timeout=PATIENCE) == ExitCode.DONE
    assert_each_has_one(folder, server)
    assert started(folder).wait(timeout=PATIENCE) == ExitCode.NOTHING_TO_DO
    assert len(server.record) == LETTERS
