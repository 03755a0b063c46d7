"""Crash proof: ``mailer send`` killed with SIGKILL at 200 moments; no letter lost, none doubled.

``python -m benchmarks.killed [KILLS] [SEED]``. Campaigns of 300 small letters go to the rehearsal's
server, one after the other; each sending is killed, most at a step of the SMTP transaction chosen
by lot (some milliseconds later by lot), some at any moment since its start, and started again.
Letters in doubt are settled with ``mailer resolve`` by a person who looks into the server's own
record, and who is wrong about one in ten. In the end the record and the ledger must agree.
"""

import csv
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.tools import MAILER, campaign_copy
from coalizione_mailer.rehearsal.faults import Step
from coalizione_mailer.rehearsal.record import copies
from coalizione_mailer.rehearsal.smtp import SmtpServer

LETTERS = 300
_ROOT = Path(__file__).parents[1]
_SEND = ("send", "--jobs", "1", "--confirm", "166/2017")
_AT_A_STEP = 0.85
_MOST_STEPS = 120
_LONGEST_RUN = 2.0
_WRONG = 0.1
_KILLED = -9
_FINISHED = {0, 4, 9}
_COLUMN = "popolazione_legale_2011"


@dataclass
class Tally:
    """What happened, over all campaigns."""

    kills: int = 0
    starts: int = 0
    campaigns: int = 0
    letters: int = 0
    taken: int = 0
    doubts: int = 0
    doubts_taken: int = 0
    wrong_again: int = 0
    wrong_sent: int = 0
    doubled: int = 0
    lost: int = 0
    mistakes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Letter:
    """One letter as the ledger has it."""

    codice_istat: str
    address: str
    state: str
    sha256: str
    attempts: int


class Office:
    """A campaign folder, its server, and the person in front of it."""

    def __init__(self, folder: Path, server: SmtpServer, lots: random.Random, tally: Tally) -> None:
        self._folder = folder
        self._server = server
        self._lots = lots
        self._tally = tally
        self._again: Counter[str] = Counter()
        self._given_up: set[str] = set()

    def campaign(self, kills: int) -> None:
        """Send all letters, killed until so many kills are reached, and compare in the end."""
        self._server.record.clear()
        self._tally.campaigns += 1
        finished = False
        while not finished:
            code = self._start(killed=self._tally.kills < kills)
            if code == _KILLED:
                self._tally.kills += 1
            elif code not in _FINISHED:
                raise SystemExit(f"mailer send ended with {code}")
            # A word may have put letters back: then there is more to send.
            settled = self._settle()
            finished = code in _FINISHED and not settled
        self._compare()

    def _start(self, *, killed: bool) -> int:
        """Start ``mailer send`` and return how it ended; perhaps kill it on the way."""
        self._tally.starts += 1
        process = subprocess.Popen(
            [*MAILER, "--campaign", str(self._folder), *_SEND],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if not killed:
            return process.wait()
        if self._lots.random() > _AT_A_STEP:
            with killing(process, self._lots.uniform(0.0, _LONGEST_RUN)):
                return process.wait()
        steps = self._lots.randint(1, _MOST_STEPS)
        late = self._lots.choice((0.0, 0.0, self._lots.uniform(0.0, 0.005)))

        def step(_step: Step, _recipient: str) -> None:
            nonlocal steps
            steps -= 1
            if not steps:
                _kill_later(process, late)

        self._server.at_step = step
        try:
            return process.wait()
        finally:
            self._server.at_step = None

    def _settle(self) -> int:
        """Settle what is in doubt as a person does who sees the record, and errs; how many."""
        doubtful = [letter for letter in letters(self._folder) if letter.state == "in_doubt"]
        if not doubtful:
            return 0
        self._wait_until_quiet()
        have = copies(self._server.record)
        words = []
        for letter in doubtful:
            arrived = have[letter.sha256] > 0
            wrong = self._lots.random() < _WRONG
            self._tally.doubts += 1
            self._tally.doubts_taken += arrived
            if wrong and arrived:
                self._again[letter.sha256] += 1
                self._tally.wrong_again += 1
            elif wrong:
                self._given_up.add(letter.sha256)
                self._tally.wrong_sent += 1
            words += ["--sent" if arrived is not wrong else "--again", letter.codice_istat]
        subprocess.run(
            [*MAILER, "--campaign", str(self._folder), "resolve", *words],
            env=_environment(),
            check=True,
            capture_output=True,
        )
        return len(doubtful)

    def _wait_until_quiet(self) -> None:
        """What a dead client left in the buffers is taken, or is not, before anyone looks."""
        while self._server.open:
            time.sleep(0.005)

    def _compare(self) -> None:
        """Hold the server's record against the ledger."""
        self._wait_until_quiet()
        have = copies(self._server.record)
        known = {letter.sha256: letter for letter in letters(self._folder)}
        self._tally.letters += len(known)
        self._tally.taken += have.total()
        for taken in self._server.record:
            letter = known.get(taken.sha256)
            if letter is None or letter.address != taken.recipient:
                self._tally.mistakes.append(f"{taken.recipient}: not what was frozen for it")
        for sha256, letter in known.items():
            self._tally.mistakes += self._mistakes(letter, have[sha256])

    def _mistakes(self, letter: Letter, count: int) -> Iterator[str]:
        """Say what of a letter nobody decided."""
        self._tally.doubled += max(0, count - 1)
        self._tally.lost += count == 0
        if letter.state != "sent":
            yield f"{letter.address}: {letter.state} in the end"
        if count == 0 and letter.sha256 not in self._given_up:
            yield f"{letter.address}: lost"
        if count > 1 + self._again[letter.sha256]:
            yield f"{letter.address}: {count} copies"
        if count > letter.attempts:
            yield f"{letter.address}: {count} copies in {letter.attempts} attempts"


@contextmanager
def killing(process: "subprocess.Popen[bytes]", seconds: float) -> Iterator[None]:
    """Kill a process after so many seconds, if it still runs then."""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _kill_later(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    if seconds:
        threading.Timer(seconds, process.kill).start()
    else:
        process.kill()


def letters(folder: Path) -> list[Letter]:
    """Read all letters of a campaign's ledger, as any program could."""
    with closing(sqlite3.connect(folder / "archive" / "ledger.sqlite", timeout=30)) as ledger:
        rows = ledger.execute(
            "SELECT codice_istat, address, state, message_sha256,"
            " (SELECT COUNT(*) FROM attempts WHERE delivery_id = deliveries.id) FROM deliveries"
        ).fetchall()
    return [Letter(*row) for row in rows]


def frozen(folder: Path, port: int) -> Path:
    """Freeze a campaign of about 300 letters, as short as can be, and send none of them."""
    campaign = campaign_copy(folder / "frozen")
    (campaign / "templates" / "invito" / "letter.html").write_text(
        '<html lang="it"><title>x</title><body>Al Comune di {{ comune.denominazione }}',
        encoding="utf-8",
    )
    (campaign / "attachments" / "programma.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    file = campaign / "campaign.toml"
    text = file.read_text(encoding="utf-8")
    for key, value in (
        ("port", str(port)),
        ("limits", "[]"),
        ("max", str(_largest(campaign))),
    ):
        text = _with(text, key, value)
    file.write_text(text, encoding="utf-8")
    freeze = [sys.executable, "-m", "benchmarks.freeze", "ours", str(campaign)]
    subprocess.run(freeze, cwd=_ROOT, env=_environment(), check=True)
    return campaign


def _with(text: str, key: str, value: str) -> str:
    """Give a key of campaign.toml another value."""
    lines = text.splitlines()
    (index,) = (n for n, line in enumerate(lines) if line.partition("=")[0].strip() == key)
    lines[index] = f"{key} = {value}"
    return "\n".join(lines) + "\n"


def _largest(campaign: Path) -> int:
    """Return the population up to which there are 300 Comuni in the band."""
    with (campaign / "data" / "comuni.csv").open(encoding="utf-8", newline="") as file:
        people = sorted(int(row[_COLUMN]) for row in csv.DictReader(file) if row[_COLUMN])
    return [count for count in people if count >= 5000][LETTERS - 1]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(_ROOT), "MAILER_LANG": "en"}


def main(kills: int = 200, seed: int = 1) -> int:
    """Kill so often, print the counts, and return 1 if the record and the ledger disagree."""
    lots, tally = random.Random(seed), Tally()  # noqa: S311  nothing secret
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, SmtpServer().in_thread() as server:
        first = frozen(Path(name), server.port)
        while tally.kills < kills:
            folder = Path(name) / f"campaign-{tally.campaigns}"
            shutil.copytree(first, folder)
            Office(folder, server, lots, tally).campaign(kills)
            shutil.rmtree(folder)
            print(f"  {tally.kills} kills, {tally.campaigns} campaigns", flush=True)
    _print(tally, seed, time.monotonic() - began)
    return 1 if tally.mistakes else 0


def _print(tally: Tally, seed: int, seconds: float) -> None:
    for title, value in (
        ("kills", tally.kills),
        ("starts", tally.starts),
        ("campaigns", tally.campaigns),
        ("letters", tally.letters),
        ("messages the server has", tally.taken),
        ("letters in doubt, settled by a person", tally.doubts),
        ("  of these the server had", tally.doubts_taken),
        ("  wrong on purpose: sent again though it had arrived", tally.wrong_again),
        ("  wrong on purpose: left though it had not arrived", tally.wrong_sent),
        ("copies too many, all decided by a person", tally.doubled),
        ("letters without a copy, all decided by a person", tally.lost),
        ("mistakes (lost or doubled unknowingly, or not as frozen)", len(tally.mistakes)),
    ):
        print(f"{title:58} {value:7}")
    print(f"seed {seed}, {seconds:.0f} s")
    for mistake in tally.mistakes:
        print(f"MISTAKE {mistake}")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
