"""What comes back for the letters of ``tests.support.letters``: real receipts, signed for real."""

import functools
import random
from datetime import UTC, datetime, timedelta

from coalizione_mailer.mailbox.reading import Cause, Kind, Reading, Signature, SignatureState
from coalizione_mailer.rehearsal import receipts
from coalizione_mailer.rehearsal.authority import Authority
from coalizione_mailer.rehearsal.bounces import Dialect, Reason, Return, bounce
from coalizione_mailer.rehearsal.certified import Posting, Provider
from coalizione_mailer.rehearsal.daticert import Errore, Fact, Tipo
from coalizione_mailer.rehearsal.people import Writer, answer, noise
from coalizione_mailer.rehearsal.replies import scene
from tests.support import letters

SENT_AT = datetime.fromtimestamp(letters.FROZEN_AT + 60, tz=UTC)


@functools.cache
def authority() -> Authority:
    return Authority("Autorità di prova", letters.FROZEN_AT)


@functools.cache
def provider() -> Provider:
    domain = "pec.gestore.example"
    seal = authority().seal("Gestore di prova", f"posta-certificata@{domain}")
    return Provider("Gestore di prova", domain, seal)


def message_id(number: int) -> str:
    """The id of a letter, with angle brackets."""
    return letters.frozen(number).message_id


def posting(number: int, content: bytes = b"Subject: Invito\r\n\r\nx\r\n") -> Posting:
    return Posting(
        sender=letters.SENDER,
        recipient=letters.address(number),
        external=False,
        subject="Invito",
        message_id=message_id(number),
        identificativo=f"opec275.{number}@pec.gestore.example",
        content=content,
    )


def receipt(number: int, tipo: Tipo, hours: float = 1.0, content: bytes = b"") -> bytes:
    """One receipt of one letter; of failures, that the address does not exist."""
    failed = tipo is Tipo.ERRORE_CONSEGNA
    fact = Fact(
        tipo,
        SENT_AT + timedelta(hours=hours),
        Errore.NO_DEST if failed else Errore.NESSUNO,
        "5.1.1 - Gestore di prova - indirizzo non valido" if failed else "",
    )
    about = posting(number, content) if content else posting(number)
    return receipts.receipt(provider(), about, fact)


def acceptance(number: int) -> bytes:
    return receipt(number, Tipo.ACCETTAZIONE, 0.01)


def delivery(number: int, content: bytes = b"") -> bytes:
    return receipt(number, Tipo.AVVENUTA_CONSEGNA, 0.02, content)


def failure(number: int) -> bytes:
    return receipt(number, Tipo.ERRORE_CONSEGNA, 0.03)


def dsn(number: int) -> bytes:
    """A bounce of ordinary mail that gives our message back."""
    original = letters.frozen(number)
    return bounce(
        Dialect.POSTFIX,
        Return(
            sender=letters.SENDER,
            recipient=letters.address(number),
            original=original.head,
            host="mx.gestore.example",
            at=SENT_AT + timedelta(minutes=5),
            reason=Reason.NO_USER,
        ),
    )


def writer(number: int, in_reply_to: str) -> Writer:
    at = SENT_AT + timedelta(days=1)
    return Writer(
        f"Borgo {number}", letters.address(number), letters.SENDER, "Invito", in_reply_to, at
    )


def reply(number: int, in_reply_to: str = "") -> bytes:
    """A person's answer, to what the provider called our letter."""
    about = in_reply_to or f"<{posting(number).identificativo}>"
    first, *_later = scene(random.Random(number), f"Borgo {number}")
    return answer(writer(number, about), first)


def unrelated(number: int) -> bytes:
    """What has nothing to do with the letters, from somebody nobody wrote to."""
    stranger = Writer(
        "Altri", f"altri@altrove{number}.example", letters.SENDER, "Altro", "<x@y.example>",
        SENT_AT + timedelta(days=1),
    )  # fmt: skip
    return noise(stranger, random.Random(number))


GOOD = Signature(SignatureState.GOOD, "posta-certificata@pec.gestore.example")
BAD = Signature(SignatureState.BAD, "posta-certificata@pec.gestore.example")
ABSENT = Signature(SignatureState.ABSENT)


def reading(
    kind: Kind,
    number: int,
    *,
    hours: float = 1.0,
    final: bool = True,
    signature: Signature | None = GOOD,
    recipients: tuple[str, ...] | None = None,
    cause: Cause | None = None,
) -> Reading:
    """What such a message says when it is understood."""
    return Reading(
        kind,
        final=final,
        recipients=(letters.address(number),) if recipients is None else recipients,
        message_id=message_id(number).strip("<>"),
        pec_id=posting(number).identificativo,
        signature=signature if kind.value.startswith("pec-") else None,
        occurred=SENT_AT + timedelta(hours=hours),
        cause=cause,
    )
