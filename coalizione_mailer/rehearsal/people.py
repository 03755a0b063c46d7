"""What people and their machines write back: absences, protocol offices, answers, and noise.

None of it says anything about a delivery.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from coalizione_mailer.rehearsal import mime
from coalizione_mailer.rehearsal.replies import Reply


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes back to whom, about which message (the ids as they know them), when."""

    name: str
    address: str
    to: str
    subject: str
    in_reply_to: str
    at: datetime

    @property
    def own_id(self) -> str:
        """The Message-ID of what is written, with angle brackets."""
        mark = mime.boundary(self.address, self.in_reply_to, self.at)[2:26]
        return f"<{mark}@{self.address.rpartition('@')[2]}>"


_ABSENCES = (
    (
        "Risposta automatica: {subject}",
        (
            "Sono fuori ufficio fino al {day}, senza accesso alla posta. Per urgenze potete "
            "rivolgervi alla segreteria.\n\nCordiali saluti\n"
        ),
        True,
    ),
    (
        "Out of Office: {subject}",
        "I am out of the office until {day} and will answer on my return.\n",
        True,
    ),
    (
        "Assenza dal servizio",
        (
            "Buongiorno,\nl'ufficio resterà chiuso fino al {day}. I messaggi saranno letti alla "
            "riapertura.\n"
        ),
        False,
    ),
    (
        "Re: {subject}",
        (
            "Questo è un messaggio automatico: la Sua comunicazione è stata ricevuta e sarà "
            "inoltrata all'ufficio competente. Si prega di non rispondere.\n"
        ),
        False,
    ),
)
_INVITATION = (
    "Caro Sindaco,",
    "sono lieto di invitarTi al workshop di apertura.",
    "Ti prego di confermare la Tua partecipazione.",
)
_NOISE = (
    ("Rinnovo della casella PEC", "La Sua casella scade tra 30 giorni: rinnovi dal pannello.\n"),
    ("Avviso: spazio in esaurimento", "La casella ha superato il 90% dello spazio disponibile.\n"),
    ("Offerta riservata agli enti locali", "Toner e carta a prezzi di convenzione.\n"),
    (
        "Fattura non consegnata",
        "Il messaggio non è stato consegnato: apra il collegamento per sbloccare la fattura.\n",
    ),
    ("Newsletter settimanale", "Le novità della settimana per gli uffici comunali.\n"),
)


def absence(writer: Writer, lot: random.Random) -> bytes:
    """Write an automatic answer; every other program says that it is one (RFC 3834, section 5)."""
    subject, words, marked = lot.choice(_ABSENCES)
    extra = (("Auto-Submitted", "auto-replied"),) if marked else ()
    day = f"{lot.randint(1, 28):02}/10"
    return _written(writer, subject.format(subject=writer.subject), words.format(day=day), extra)


def answer(writer: Writer, reply: Reply) -> bytes:
    """Write a person's answer, with what it answers quoted below."""
    said = f"Il {writer.at:%d/%m/%Y %H:%M} {writer.to} ha scritto:"
    subject = f"Re: {writer.subject}"
    if not reply.html:
        quoted = "".join(f"> {line}\n" for line in _INVITATION)
        return _written(writer, subject, f"{reply.words}\n{said}\n{quoted}")
    own = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in reply.words.splitlines())
    quoted = "<br>".join(escape(line) for line in _INVITATION)
    page = (
        f"<html><body>{own}<div>{escape(said)}</div>"
        f'<blockquote type="cite">{quoted}</blockquote></body></html>'
    )
    return mime.message(_head(writer, subject), mime.text(page, "html"))


def acknowledgement(writer: Writer, lot: random.Random) -> bytes:
    """Write what a protocol office's program answers, with or without its Conferma.xml."""
    number = f"{lot.randint(1, 48_000):07}"
    day = f"{writer.at:%d/%m/%Y}"
    words = (
        f"Il messaggio è stato acquisito al protocollo n. {number} del {day}.\n"
        f"Comune di {writer.name} - Ufficio protocollo\n"
    )
    subject = f"Conferma di protocollazione n. {number}"
    if lot.random() < 0.5:  # noqa: PLR2004  every other one
        return _written(writer, subject, words)
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ConfermaRicezione>\n  <Identificatore>\n'
        f"    <CodiceAmministrazione>{_code(writer.name)}</CodiceAmministrazione>\n"
        f"    <NumeroRegistrazione>{number}</NumeroRegistrazione>\n"
        f"    <DataRegistrazione>{writer.at:%Y-%m-%d}</DataRegistrazione>\n"
        "  </Identificatore>\n</ConfermaRicezione>\n"
    )
    mark = mime.boundary("conferma", writer.address, writer.at)
    parts = (
        mime.text(words),
        mime.attached("application/xml", "Conferma.xml", document.encode()),
    )
    return mime.message(_head(writer, subject), mime.multipart("mixed", mark, parts))


def noise(writer: Writer, lot: random.Random) -> bytes:
    """Write something that has nothing to do with the letters."""
    subject, words = lot.choice(_NOISE)
    return _written(writer, subject, words)


def _written(writer: Writer, subject: str, words: str, extra: mime.Fields = ()) -> bytes:
    return mime.message(_head(writer, subject, extra), mime.text(words))


def _head(writer: Writer, subject: str, extra: mime.Fields = ()) -> Sequence[tuple[str, str]]:
    answered = (
        (("In-Reply-To", writer.in_reply_to), ("References", writer.in_reply_to))
        if writer.in_reply_to
        else ()
    )
    return (
        ("Return-Path", f"<{writer.address}>"),
        ("From", writer.address),
        ("To", writer.to),
        ("Subject", subject),
        ("Date", mime.dated(writer.at)),
        ("Message-ID", writer.own_id),
        *answered,
        *extra,
    )


def _code(name: str) -> str:
    return "c_" + mime.boundary(name)[2:6]
