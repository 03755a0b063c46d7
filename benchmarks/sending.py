"""Compose and send 110 kB of attachments over 10 connections, ledger on disk, to smtp-sink.

Beside Postfix's ``smtp-source``, which sends one constant message of the same size from C; to
reach: 0.3 of its messages a second. Both are in Debian's postfix package.
"""

import asyncio
import hashlib
import secrets
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import peers
from benchmarks.tools import free_port, postfix_program, smtp_sink
from coalizione_mailer.dispatch import Clock, Orders, Result, Run
from coalizione_mailer.dispatch.desk import Job
from coalizione_mailer.ledger import rounds
from coalizione_mailer.ledger.deliveries import Settlement
from coalizione_mailer.ledger.rounds import Frozen, Round
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.letter.message import (
    Body,
    Composer,
    File,
    Mailbox,
    Stationery,
    join,
    message_id,
)
from coalizione_mailer.model import Address, Channel, Comune, Recipient
from coalizione_mailer.transport.smtp import Server, SmtpTransport

MESSAGES = 2391
CONNECTIONS = 10
ATTACHMENT_BYTES = 110_000
LETTER_BYTES = 25_000
_TIMES = 3


def main() -> None:
    """Print both, in messages a second, and their ratio."""
    port = free_port()
    ours, theirs, size = [], [], 0
    with tempfile.TemporaryDirectory() as folder, smtp_sink(port):
        for turn in range(_TIMES):
            ledger, opened, size = frozen(Path(folder) / str(turn), MESSAGES)
            theirs.append(MESSAGES / _smtp_source(port, size))
            ours.append(MESSAGES / send(ledger, opened, port, MESSAGES))
            ledger.close()
        payload = secrets.token_bytes(ATTACHMENT_BYTES + LETTER_BYTES)
        others = peers.all_of(Path(folder), port, payload)
    mine, reference = statistics.median(ours), statistics.median(theirs)
    print(f"{MESSAGES} messages of {size // 1000} kB, {CONNECTIONS} connections, {_TIMES} times")
    print(f"smtp-source  {reference:7.0f} messages/s")
    print(f"mailer       {mine:7.0f} messages/s")
    print(f"ratio        {mine / reference:7.2f}   (to reach: 0.30)")
    print("beside what a person would use, with the same bytes attached:")
    for name, rate in others.items():
        print(f"{name:18} {rate:5.0f} messages/s   mailer is {mine / rate:.2f} times that")


def frozen(
    folder: Path, messages: int, attachment: int = ATTACHMENT_BYTES, letter: int = LETTER_BYTES
) -> tuple[Ledger, Round, int]:
    """Freeze a round of messages of incompressible letters; return it and the last size."""
    folder.mkdir(exist_ok=True)
    ledger = Ledger.open("sqlite:///ledger.sqlite", folder, now=time.time())
    stationery = Stationery(
        sender_name="Segreteria",
        sender_address="segreteria@ente.example",
        reply_to="segreteria@ente.example",
        subject="Invito al workshop",
        date=datetime.now(UTC),
        identity=secrets.token_hex(16),
    )
    composer = Composer(stationery, [File("programma.pdf", secrets.token_bytes(attachment))])
    body = Body("Caro Sindaco,\n" * 30, "<p>Caro Sindaco, è un invito.</p>\n" * 200)
    size = 0

    def deliveries() -> Iterator[Frozen]:
        nonlocal size
        for number in range(messages):
            recipient = _recipient(number)
            key = f"r1.{recipient.comune.codice_catastale}"
            to = Mailbox(recipient.comune.denominazione, recipient.address.address)
            head = composer.head(key, to, body, "lettera.pdf")
            pdf = secrets.token_bytes(letter)
            message = join(head, pdf, composer.frame)
            size = len(message)
            digest = hashlib.sha256(message).hexdigest()
            yield Frozen(recipient, message_id(stationery, key), head, pdf, digest, size)

    opened = Round(
        number=1,
        campaign="benchmark",
        protocol="1/2026",
        sender=stationery.sender_address,
        identity=stationery.identity,
        frozen_at=time.time(),
    )
    with ledger.writing() as connection:
        rounds.write(connection, opened, composer.frame, {"nothing": "0"}, deliveries())
        standing = rounds.current(connection)
    assert standing is not None
    return ledger, standing, size


def _recipient(number: int) -> Recipient:
    comune = Comune(
        codice_istat=f"{number:06}",
        codice_catastale=f"{number:04x}".upper(),
        denominazione=f"Comune {number}",
        denominazione_altra_lingua="",
        provincia="Provincia",
        sigla="XX",
        regione="Regione",
        ripartizione="Centro",
    )
    return Recipient(comune, Address(Channel.PEC, f"protocollo@comune{number}.example"))


class _Nobody:
    """Looks at nothing."""

    def settled(self, job: Job, settlement: Settlement) -> None:
        """See nothing."""

    def waits(self, seconds: float) -> None:
        """See nothing."""


def send(ledger: Ledger, opened: Round, port: int, messages: int) -> float:
    """Send so many messages of a round and return the seconds."""
    transport = SmtpTransport(Server("127.0.0.1", port, "none"))

    async def go() -> Result:
        orders = Orders(opened, connections=CONNECTIONS, at_most=messages)
        return await Run(ledger, transport, orders, Clock(time.time), _Nobody()).go()

    started = time.perf_counter()
    result = asyncio.run(go())
    assert result.outcomes.total() == messages, result
    return time.perf_counter() - started


def _smtp_source(port: int, size: int) -> float:
    command = [
        postfix_program("smtp-source"),
        *("-s", str(CONNECTIONS), "-l", str(size), "-m", str(MESSAGES), f"127.0.0.1:{port}"),
    ]
    started = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
