"""Small letters to freeze: real messages, with a few bytes where the PDF would be."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from coalizione_mailer.ledger import rounds
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

URL = "sqlite:///archive/ledger.sqlite"
SENDER = "segreteria@ente.example"
FROZEN_AT = 1_505_700_000.0
ROUND = Round(
    number=1,
    campaign="prova",
    protocol="166/2017",
    sender=SENDER,
    identity="5eed",
    frozen_at=FROZEN_AT,
)


def comune(number: int) -> Comune:
    """A Comune that there is not."""
    return Comune(
        codice_istat=f"{number:06}",
        codice_catastale=f"{chr(65 + number // 1000)}{number % 1000:03}",
        denominazione=f"Borgo {number}",
        denominazione_altra_lingua="",
        provincia="Vicenza",
        sigla="VI",
        regione="Veneto",
        ripartizione="Nord-est",
        popolazione=5000 + number,
    )


def address(number: int) -> str:
    return f"protocollo@borgo{number}.example"


def recipient(number: int) -> Recipient:
    return Recipient(comune(number), Address(Channel.PEC, address(number)))


def stationery(identity: str = ROUND.identity) -> Stationery:
    return Stationery(
        sender_name="Segreteria",
        sender_address=SENDER,
        reply_to=SENDER,
        subject="Invito",
        date=datetime.fromtimestamp(FROZEN_AT, tz=UTC),
        identity=identity,
    )


def composer(programme: bytes = b"%PDF programme") -> Composer:
    return Composer(stationery(), [File("programma.pdf", programme)])


def frozen(number: int, letter: bytes | None = None, programme: bytes | None = None) -> Frozen:
    """One letter as it will leave."""
    content = letter if letter is not None else b"%%PDF letter %d" % number
    written = composer(programme) if programme is not None else composer()
    key, to = key_of(1, comune(number).codice_catastale), recipient(number)
    digest = rounds.sha256(content)
    text = f"Al Comune di Borgo {number}\n\n.un punto in testa\n..due\n"
    head = written.head(
        key,
        Mailbox(to.comune.denominazione, to.address.address),
        Body(text, f"<p>{text}</p>"),
        "lettera.pdf",
        digest,
    )
    message = join(head, content, written.frame)
    return Frozen(
        recipient=to,
        message_id=message_id(stationery(), key, digest),
        head=head,
        letter=content,
        message_sha256=hashlib.sha256(message).hexdigest(),
        message_size=len(message),
    )


def open_ledger(folder: Path, now: float = FROZEN_AT) -> Ledger:
    return Ledger.open(URL, folder, now=now)


def frozen_ledger(folder: Path, count: int, first: bytes | None = None) -> tuple[Ledger, Round]:
    """A ledger in a folder with so many letters frozen, the first of them perhaps another."""
    ledger = open_ledger(folder)
    with ledger.writing() as connection:
        rounds.write(
            connection,
            ROUND,
            composer().frame,
            {"campaign.toml": "0" * 64},
            (frozen(number, first if number == 0 else None) for number in range(count)),
        )
        opened = rounds.current(connection)
    assert opened is not None
    return ledger, opened
