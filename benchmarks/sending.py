"""Compose and send 110 kB of attachments over 10 connections, ledger on disk, to smtp-sink.

Beside Postfix's ``smtp-source``, which sends one constant message of the same size from C (to
reach: 0.6 of its messages a second), and nodemailer pooled (to reach: 1.3 times its). Sink and
source are in Debian's postfix package. Where other work shares the processors, the processor time
a message tells more than the messages a second.
"""

import asyncio
import hashlib
import os
import secrets
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
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
    key_of,
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
    """Print messages a second and processor time a message of each, and what ours is to theirs."""
    port = free_port()
    found: dict[str, list[Sent]] = {}
    size = 0
    with tempfile.TemporaryDirectory() as name, smtp_sink(port):
        folder = Path(name)
        payload = secrets.token_bytes(ATTACHMENT_BYTES + LETTER_BYTES)
        (folder / peers.ATTACHMENT).write_bytes(payload)
        nodemailer = _nodemailer(folder)
        for turn in range(_TIMES):
            ledger, opened, size = frozen(folder / str(turn), MESSAGES)
            theirs = partial(_smtp_source, port, size)
            found.setdefault("smtp-source", []).append(_timed(theirs))
            ours = partial(send, ledger, opened, port, MESSAGES)
            found.setdefault("mailer", []).append(_timed(ours))
            if nodemailer is not None:
                peer = partial(nodemailer, port, MESSAGES)
                found.setdefault("nodemailer pooled", []).append(_timed(peer))
            ledger.close()
        others = peers.all_of(folder, port)
    print(f"{MESSAGES} messages of {size // 1000} kB, {CONNECTIONS} connections, {_TIMES} times")
    _show(found, others)


@dataclass(frozen=True, slots=True)
class Sent:
    """How long it took to send all, and the processor's part in it: seconds."""

    seconds: float
    processor: float

    @property
    def rate(self) -> float:
        """Messages a second."""
        return MESSAGES / self.seconds


def _timed(work: Callable[[], float]) -> Sent:
    """Do it, here or in a child process, and count the sender's own processor time."""
    before = os.times()
    seconds = work()
    after = os.times()
    return Sent(seconds, sum(after[:4]) - sum(before[:4]))


def _nodemailer(folder: Path) -> Callable[[int, int], float] | None:
    try:
        return peers.nodemailer(folder)
    except peers.NOT_HERE as error:
        print(f"nodemailer: not to be had here ({type(error).__name__})")
        return None


def _show(found: Mapping[str, Sequence[Sent]], others: Mapping[str, float]) -> None:
    """Print medians; ratios are of the turns, each beside its neighbour."""
    goals = {"smtp-source": 0.6, "nodemailer pooled": 1.3}
    for name, turns in found.items():
        rate = statistics.median(sent.rate for sent in turns)
        processor = statistics.median(sent.processor for sent in turns) / MESSAGES
        print(
            f"{name:18} {rate:5.0f} messages/s   {processor * 1000:5.2f} ms of processor a message"
        )
    for name, goal in goals.items():
        pairs = zip(found["mailer"], found.get(name, ()), strict=False)
        if ratios := [ours.rate / theirs.rate for ours, theirs in pairs]:
            ratio = statistics.median(ratios)
            print(f"mailer is {ratio:.2f} times {name}   (to reach: {goal:.2f})")
    print("beside what a person would use, with the same bytes attached:")
    mine = statistics.median(sent.rate for sent in found["mailer"])
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
            key = key_of(1, recipient.comune.codice_catastale)
            to = Mailbox(recipient.comune.denominazione, recipient.address.address)
            pdf = secrets.token_bytes(letter)
            name = rounds.sha256(pdf)
            head = composer.head(key, to, body, "lettera.pdf", name)
            message = join(head, pdf, composer.frame)
            size = len(message)
            digest = hashlib.sha256(message).hexdigest()
            own_id = message_id(stationery, key, name)
            yield Frozen(recipient, own_id, head, pdf, digest, size)

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
