"""Send 200 letters through real servers and hold the spool against the ledger, byte for byte.

``make integration``. Where a server cannot be had it says so, and fails only in CI.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.tools import MAILER, campaign_copy
from coalizione_mailer.ledger import reports, rounds
from coalizione_mailer.ledger.schema import deliveries
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import State
from integration import postfix

LETTERS = 200
_SECONDS_TO_DELIVER = 60.0
# What servers write above the message on its way (RFC 5321, section 4.4; Postfix's own).
_TRACE = re.compile(rb"(?:(?:Return-Path|X-Original-To|Delivered-To|Received):.*\n(?:[ \t].*\n)*)+")


def main() -> int:
    """Run it and return 0 if the spool has every letter once, as it was frozen."""
    if reason := postfix.missing():
        print(f"no real server here: {reason}")
        return int("CI" in os.environ)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with postfix.running(folder) as server:
            campaign = _campaign(folder, server)
            code = subprocess.run(
                [
                    *MAILER,
                    "--campaign",
                    str(campaign),
                    "send",
                    "--confirm",
                    "166/2017",
                    "--limit",
                    str(LETTERS),
                ],
                check=False,
            ).returncode
            spool = _spool(server)
            return _compare(campaign, spool, code)


def _campaign(folder: Path, server: postfix.Running) -> Path:
    """Make a campaign of 200 Comuni that logs in over STARTTLS."""
    password = folder / "password"
    password.write_text(postfix.PASSWORD + "\n")
    password.chmod(0o600)
    return campaign_copy(
        folder / "campaign",
        [
            ("regions = []", 'regions = ["Toscana", "Liguria"]'),
            ("port = 1025", f"port = {server.port}"),
            ('security = "none"', 'security = "starttls"'),
            (
                'username = ""',
                f'username = "{postfix.USER}"\n{_files(password, server.ca_file)}',
            ),
            ('limits = ["60/minute", "2000/day"]', "limits = []"),
        ],
    )


def _files(password: Path, authority: Path) -> str:
    return f'password_file = "{password}"\nca_file = "{authority}"'


def _spool(server: postfix.Running) -> list[bytes]:
    """Wait until the spool grows no more, and return the messages as they were handed over."""
    end = time.monotonic() + _SECONDS_TO_DELIVER
    before = -1
    while time.monotonic() < end:
        now = len(server.delivered())
        if now and now == before:
            break
        before = now
        time.sleep(1.0)
    return [_as_sent(content) for content in server.delivered()]


def _as_sent(content: bytes) -> bytes:
    """Take away what the servers wrote, and give the lines their ends back."""
    trace = _TRACE.match(content)
    return content[trace.end() if trace else 0 :].replace(b"\n", b"\r\n")


def _compare(campaign: Path, spool: list[bytes], code: int) -> int:
    ledger = Ledger.open("sqlite:///archive/ledger.sqlite", campaign, now=time.time())
    with ledger.reading() as connection:
        opened = rounds.current(connection)
        assert opened is not None
        sent = reports.counts(connection, opened.id)[State.SENT]
        frozen = sorted(
            row.message_sha256
            for row in connection.execute(deliveries.select())
            if row.state == State.SENT
        )
    ledger.close()
    found = sorted(hashlib.sha256(content).hexdigest() for content in spool)
    print(f"exit code {code}, {sent} sent, {len(found)} in the spool of Postfix")
    same = found == frozen
    print("every letter once, as it was frozen" if same else "the spool and the ledger differ")
    return int(code != 0 or not same or sent != LETTERS)


if __name__ == "__main__":
    sys.exit(main())
