"""The shipped campaign, 2,391 letters, killed ten times on the way: once each at the server.

``python -m benchmarks.campaign_killed [SEED]``. Letters that a kill leaves in doubt are settled as
a person would: by asking the server, here its own record. Takes a few minutes; ends with exit code
1 when a letter is missing, doubled or not as it was frozen.
"""

import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from benchmarks.tools import MAILER, campaign_copy, free_port
from coalizione_mailer.ledger import reports, rounds
from coalizione_mailer.ledger.schema import deliveries
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import State

KILLS = 10
_MESSAGE_ID = re.compile(rb"^Message-ID: (<[^>]+>)\r$", re.MULTILINE)


class Record:
    """What the server truly took: the SHA-256 of each message by its Message-ID."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.changed = threading.Condition()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a message and note it before answering."""
        content: bytes = envelope.content
        found = _MESSAGE_ID.search(content)
        assert found is not None
        digest = hashlib.sha256(content).hexdigest()
        with self.changed:
            self.taken.append((found[1].decode(), digest))
            self.changed.notify_all()
        return "250 2.0.0 taken"

    def wait_for(self, count: int, process: "subprocess.Popen[bytes]") -> None:
        """Wait until so many messages were taken, or the process ended by itself."""
        with self.changed:
            while len(self.taken) < count and process.poll() is None:
                self.changed.wait(0.2)


def main(seed: int = 1) -> int:
    """Play the campaign and print what happened."""
    chance = random.Random(seed)  # noqa: S311  a seed, not a secret
    record = Record()
    port = free_port()
    controller = Controller(record, hostname="127.0.0.1", port=port)
    controller.start()
    with tempfile.TemporaryDirectory() as folder:
        campaign = campaign_copy(
            Path(folder) / "campaign",
            [
                ("port = 1025", f"port = {port}"),
                ('limits = ["60/minute", "2000/day"]', "limits = []"),
            ],
        )
        try:
            return _play(campaign, record, chance)
        finally:
            controller.stop()


def _play(campaign: Path, record: Record, chance: random.Random) -> int:
    started = time.perf_counter()
    process = _send(campaign)
    time.sleep(chance.uniform(5, 15))
    _kill(process)
    print(f"killed while freezing; frozen: {_total(campaign)}")
    doubts = 0
    for number, threshold in enumerate(sorted(chance.sample(range(1, 2350), KILLS)), start=1):
        process = _send(campaign)
        record.wait_for(threshold, process)
        time.sleep(chance.uniform(0, 0.05))
        _kill(process)
        found = _settle(campaign, record)
        doubts += found
        print(f"kill {number:2} at {len(record.taken):4} taken, {found} in doubt", flush=True)
    code = _send(campaign).wait()
    doubts += _settle(campaign, record)
    return _compare(campaign, record, code, doubts, time.perf_counter() - started)


def _send(campaign: Path) -> "subprocess.Popen[bytes]":
    command = [*MAILER, "--campaign", str(campaign), "send", "--confirm", "166/2017"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if os.name == "posix":
        process.send_signal(signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _ledger(campaign: Path) -> Ledger:
    return Ledger.open("sqlite:///archive/ledger.sqlite", campaign, now=time.time())


def _total(campaign: Path) -> int:
    with _ledger(campaign).reading() as connection:
        opened = rounds.current(connection)
        return sum(reports.counts(connection, opened.id).values()) if opened else 0


def _settle(campaign: Path, record: Record) -> int:
    """Start once more, so that doubts are named; then give the server's word on each."""
    nobody = [*MAILER, "--campaign", str(campaign), "send", "--confirm", "166/2017", "--limit", "1"]
    taken = {message_id for message_id, _ in record.taken}
    subprocess.run(nobody, check=False, capture_output=True)
    with _ledger(campaign).reading() as connection:
        opened = rounds.current(connection)
        assert opened is not None
        doubtful = list(reports.standings(connection, opened.id, State.IN_DOUBT))
    if doubtful:
        words = [
            word
            for letter in doubtful
            for word in ("--sent" if letter.message_id in taken else "--again", letter.codice_istat)
        ]
        subprocess.run(
            [*MAILER, "--campaign", str(campaign), "resolve", *words],
            check=True,
            capture_output=True,
        )
    return len(doubtful)


def _compare(campaign: Path, record: Record, code: int, doubts: int, seconds: float) -> int:
    """Hold the server's record against the ledger."""
    with _ledger(campaign).reading() as connection:
        opened = rounds.current(connection)
        assert opened is not None
        counts = reports.counts(connection, opened.id)
        frozen = {
            row.message_id: row.message_sha256 for row in connection.execute(deliveries.select())
        }
    times = Counter(message_id for message_id, _ in record.taken)
    lost = sum(message_id not in times for message_id in frozen)
    doubled = sum(count > 1 for count in times.values())
    altered = sum(frozen.get(message_id) != digest for message_id, digest in record.taken)
    print(f"last exit code {code}, {counts[State.SENT]} of {len(frozen)} sent in {seconds:.0f} s")
    print(f"in doubt and settled {doubts}, lost {lost}, doubled {doubled}, altered {altered}")
    return int(bool(lost or doubled or altered or counts[State.SENT] != len(frozen)))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
