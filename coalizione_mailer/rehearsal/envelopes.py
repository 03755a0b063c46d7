"""What carries messages between certified and ordinary mail (RFC 6109, sections 3.1.4, 3.1.5)."""

import hashlib
from datetime import datetime
from email import message_from_bytes

from coalizione_mailer.rehearsal import mime
from coalizione_mailer.rehearsal.certified import Posting, Provider, mixed, sealed
from coalizione_mailer.rehearsal.daticert import Fact, Tipo, daticert


def envelope(provider: Provider, posting: Posting, at: datetime) -> bytes:
    """Wrap a message written by a PEC user (RFC 6109, section 3.1.4): how it reaches the other.

    ``posting`` is that message; its identificativo becomes the Message-ID of the envelope.
    """
    head = (
        ("Return-Path", f"<{provider.address}>"),
        ("From", f'"Per conto di: {posting.sender}" <{provider.address}>'),
        ("Reply-To", posting.sender),
        ("To", posting.recipient),
        ("Subject", "POSTA CERTIFICATA: " + posting.subject),
        ("Date", mime.dated(at)),
        ("Message-ID", f"<{posting.identificativo}>"),
        ("X-Trasporto", "posta-certificata"),
        ("X-TipoRicevuta", provider.habits.ricevuta.value),
        ("X-Riferimento-Message-ID", posting.message_id),
    )
    words = (
        f"Messaggio di posta certificata\n\nIl giorno {at:%d/%m/%Y} alle ore {at:%H:%M:%S} "
        f'({at:%z}) il messaggio\n"{posting.subject}" è stato inviato da "{posting.sender}"\n'
        f"indirizzato a:\n{posting.recipient}\nIl messaggio originale è incluso in allegato.\n"
        f"Identificativo messaggio: {posting.identificativo}\n"
    )
    data = daticert(provider, posting, Fact(Tipo.POSTA_CERTIFICATA, at))
    body = mixed(provider, words, data, posting.content, posting.identificativo)
    return sealed(provider, head, body)


def anomaly(provider: Provider, inner: bytes, to: str, at: datetime) -> bytes:
    """Wrap ordinary mail for a PEC user (RFC 6109, section 3.1.5); it has no daticert."""
    found = message_from_bytes(inner)
    sender = str(found["From"] or "")
    own = hashlib.sha256(inner).hexdigest()[:20]
    head = (
        ("Return-Path", str(found["Return-Path"] or "<>")),
        ("From", f'"Per conto di: {_bare(sender)}" <{provider.address}>'),
        ("Reply-To", _bare(sender)),
        ("To", to),
        ("Subject", f"ANOMALIA MESSAGGIO: {found['Subject'] or ''}"),
        ("Date", mime.dated(at)),
        ("Message-ID", f"<anom.{own}@{provider.domain}>"),
        ("X-Trasporto", "errore"),
    )
    words = (
        f"Anomalia nel messaggio\n\nIl giorno {at:%d/%m/%Y} alle ore {at:%H:%M:%S} ({at:%z}) è "
        f'stato ricevuto\nun messaggio di posta ordinaria proveniente da "{_bare(sender)}".\n'
        "Tali dati non sono stati certificati per il seguente errore:\n"
        "il messaggio non è di posta certificata.\nIl messaggio originale è incluso in allegato.\n"
    )
    return sealed(provider, head, mixed(provider, words, None, inner, own))


def _bare(field: str) -> str:
    return field.rpartition("<")[2].rstrip(">").strip()
