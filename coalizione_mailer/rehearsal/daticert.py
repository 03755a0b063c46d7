"""The certification data, ``daticert.xml`` (RFC 6109, section 4.4), written as text."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from xml.sax.saxutils import escape

from coalizione_mailer.rehearsal.certified import Posting, Provider


@unique
class Tipo(StrEnum):
    """What is certified: ``postacert/@tipo``, and the value of a receipt's X-Ricevuta."""

    ACCETTAZIONE = "accettazione"
    NON_ACCETTAZIONE = "non-accettazione"
    PRESA_IN_CARICO = "presa-in-carico"
    AVVENUTA_CONSEGNA = "avvenuta-consegna"
    ERRORE_CONSEGNA = "errore-consegna"
    PREAVVISO = "preavviso-errore-consegna"
    POSTA_CERTIFICATA = "posta-certificata"


_OF_ALL = {
    Tipo.ACCETTAZIONE,
    Tipo.NON_ACCETTAZIONE,
    Tipo.PRESA_IN_CARICO,
    Tipo.POSTA_CERTIFICATA,
}


@unique
class Errore(StrEnum):
    """Why: ``postacert/@errore``."""

    NESSUNO = "nessuno"
    NO_DEST = "no-dest"
    NO_DOMINIO = "no-dominio"
    VIRUS = "virus"
    ALTRO = "altro"


@dataclass(frozen=True, slots=True)
class Fact:
    """What is to be certified: the kind, when, and what went wrong (``errore-esteso``)."""

    tipo: Tipo
    at: datetime
    errore: Errore = Errore.NESSUNO
    detail: str = ""


def daticert(provider: Provider, posting: Posting, fact: Fact) -> bytes:
    """Write the document for one fact of a message."""
    kind = "esterno" if posting.external else "certificato"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<postacert tipo="{fact.tipo}" errore="{fact.errore}">\n'
        "  <intestazione>\n"
        f"    <mittente>{escape(posting.sender)}</mittente>\n"
        f'    <destinatari tipo="{kind}">{escape(posting.recipient)}</destinatari>\n'
        f"    <risposte>{escape(posting.sender)}</risposte>\n"
        f"    <oggetto>{escape(posting.subject)}</oggetto>\n"
        "  </intestazione>\n"
        "  <dati>\n"
        f"    <gestore-emittente>{escape(provider.name)}</gestore-emittente>\n"
        f'    <data zona="{fact.at:%z}">\n'
        f"      <giorno>{fact.at:%d/%m/%Y}</giorno>\n"
        f"      <ora>{fact.at:%H:%M:%S}</ora>\n"
        "    </data>\n"
        f"    <identificativo>{escape(posting.identificativo)}</identificativo>\n"
        f"    <msgid>{escape(posting.message_id)}</msgid>\n"
        f"{_of_one_recipient(provider, posting, fact)}"
        "  </dati>\n"
        "</postacert>\n"
    ).encode()


def cut(data: bytes, share: float) -> bytes | None:
    """Return what there is of a document of which only a share (0 to 1) came; None for nothing."""
    return data[: int(len(data) * share)] if share else None


def _of_one_recipient(provider: Provider, posting: Posting, fact: Fact) -> str:
    lines = []
    if fact.tipo is Tipo.AVVENUTA_CONSEGNA:
        lines.append(f'<ricevuta tipo="{provider.habits.ricevuta}"/>')
    if fact.tipo is Tipo.PRESA_IN_CARICO:
        lines.append(f"<ricezione>{escape(posting.recipient)}</ricezione>")
    if fact.tipo not in _OF_ALL:
        lines.append(f"<consegna>{escape(posting.recipient)}</consegna>")
    if fact.detail:
        lines.append(f"<errore-esteso>{escape(fact.detail)}</errore-esteso>")
    return "".join(f"    {line}\n" for line in lines)
