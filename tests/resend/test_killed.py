"""``mailer resend`` killed while it opens its round and while it sends, and started again."""

import random
import subprocess
import sys
import threading
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
from coalizione_mailer.mailbox.reading import Cause
from tests.cli.desk import change
from tests.resend import office
from tests.resend.office import HOUR
from tests.support import letters
from tests.support.killer import Killer
from tests.support.patience import PATIENCE, until
from tests.support.smtp_server import SmtpServer, Step

CHECKOUT = Path(__file__).parents[2]
LETTERS = 48
DELIVERED = range(1, 9)
SILENT = range(9, 13)
DEAD = range(13, 31)
FULL = range(31, LETTERS + 1)
EXPECTED = {f"nuovo@borgo{number}.example" for number in DEAD} | {
    letters.address(number) for number in FULL
}
"""Where the letter goes again: to corrected addresses, and to boxes that were full."""


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer().in_thread() as running:
        yield running


@pytest.fixture
def folder(server: SmtpServer, tmp_path: Path) -> Path:
    """A campaign sent; some letters arrived, of some nothing was heard, the others came back."""
    made = office.opened(tmp_path / "campagna", LETTERS)
    with closing(made.ledger):
        made.sent()
        made.now += HOUR
        for number in DELIVERED:
            made.delivered(number)
        for number in DEAD:
            made.bounced(number, Cause.DEAD)
            made.corrects(number, f"nuovo@borgo{number}.example")
        for number in FULL:
            made.bounced(number, Cause.FULL)
    change(tmp_path / "campagna", "port = 2525", f"port = {server.port}")
    return tmp_path / "campagna"


def started(folder: Path) -> "subprocess.Popen[bytes]":
    """Start ``mailer resend`` as a program of its own."""
    command = [sys.executable, "-m", "coalizione_mailer.cli.main", "--campaign", str(folder)]
    with (folder / "said.txt").open("ab") as said:
        return subprocess.Popen(
            [*command, "resend", "--bounced", "--confirm", "166/2017", "--jobs", "1"],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )


@contextmanager
def killed_before_a_letter_leaves(folder: Path, server: SmtpServer) -> Iterator[threading.Event]:
    """Run ``mailer resend`` while the block does; the event tells that it names a recipient."""
    begun, over = threading.Event(), threading.Event()

    def hold(step: Step, _recipient: str) -> None:
        if step is Step.RCPT:
            begun.set()
            over.wait(PATIENCE)

    server.at_step = hold
    process = started(folder)
    try:
        yield begun
    finally:
        process.kill()
        process.wait(timeout=PATIENCE)
        over.set()
    until(lambda: not server.open)
    server.at_step = None


@contextmanager
def reading(folder: Path) -> Iterator[Connection]:
    ledger = Ledger.open(letters.URL, folder, now=time.time())
    with closing(ledger), ledger.reading() as connection:
        yield connection


def standings(folder: Path) -> list[Standing]:
    """Where the Comuni stand, over all rounds."""
    with reading(folder) as connection:
        return reports.overall(connection)


def doubtful(folder: Path) -> list[Standing]:
    return [one for one in standings(folder) if one.state is State.IN_DOUBT]


def settled_from_the_record(folder: Path, server: SmtpServer) -> None:
    """Settle letters in doubt as a person does who asks the server."""
    words = [
        word
        for one in doubtful(folder)
        for word in ("--sent" if one.address in server.recipients else "--again", one.codice_istat)
    ]
    if words:
        assert main.run(["--campaign", str(folder), "resolve", *words]) == ExitCode.DONE


def hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of every message that was made for a round after the first, by address."""
    with reading(folder) as connection:
        columns = select(deliveries.c.address, deliveries.c.message_sha256)
        rows = connection.execute(columns.where(deliveries.c.previous_id.is_not(None)))
        return {row.address: row.message_sha256 for row in rows}


def test_killed_again_and_again_whoever_it_came_back_from_has_the_letter_once_and_nobody_else(
    folder: Path, server: SmtpServer
) -> None:
    lots = random.Random(5)
    # While it looks who is left, and opens the round.
    for _ in range(2):
        with killed_before_a_letter_leaves(folder, server):
            time.sleep(lots.uniform(0.5, 1.5))  # noqa: TID251  another program works
    # When it has opened it, and begins to send.
    with killed_before_a_letter_leaves(folder, server) as begun:
        assert begun.wait(PATIENCE)
    assert server.record == []
    for _ in range(4):
        killer = Killer(started(folder), lots.randint(1, 20), lots.choice([0.0, 0.0, 0.001, 0.003]))
        server.at_step = killer
        killer.process.wait(timeout=PATIENCE)
        server.at_step = None
        # There was more to send: it cannot have come to its end by itself.
        assert killer.steps <= 0, (folder / "said.txt").read_text(encoding="utf-8")
        until(lambda: not server.open)
    # Let run to its end now, it leaves in doubt what is: nobody said that these may leave again.
    assert started(folder).wait(timeout=PATIENCE) == ExitCode.IN_DOUBT
    doubted = {one.address for one in doubtful(folder)}
    assert doubted
    before = Counter(server.recipients)
    assert started(folder).wait(timeout=PATIENCE) in (ExitCode.IN_DOUBT, ExitCode.NOTHING_TO_DO)
    assert Counter(server.recipients) == before
    assert {one.address for one in doubtful(folder)} == doubted
    assert set(server.recipients) | doubted == EXPECTED
    settled_from_the_record(folder, server)
    while (code := started(folder).wait(timeout=PATIENCE)) != ExitCode.NOTHING_TO_DO:
        assert code == ExitCode.DONE
    frozen = hashes(folder)
    assert set(frozen) == EXPECTED
    assert Counter((one.recipient, one.sha256) for one in server.record) == Counter(frozen.items())
    assert Counter(one.state for one in standings(folder)) == {
        State.DELIVERED: len(DELIVERED),
        State.SENT: LETTERS - len(DELIVERED),
    }
    with reading(folder) as connection:
        ends = connection.scalars(select(attempts.c.ended_at)).all()
    assert all(end is not None for end in ends)
