"""Whole replies made from a few fields: headers, own words, what the mail program added below."""

import tomllib
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

INVITATION = """\
Al Sindaco

Gentile Sindaco,
siamo lieti di invitarLa al workshop "CO-ALIZIONE" che si terrà mercoledì 11 ottobre alle ore 10.30
presso la Fiera di Vicenza. La preghiamo di confermare la partecipazione, Sua o di un Suo delegato,
con nome, cognome, carica e Comune. Qualora Le fosse impossibile partecipare, ce lo segnali.
Cordiali saluti

dott.ssa Ilenia Ferraris
Segreteria organizzativa - Prot. 166"""
QUOTED = "\n".join(f"> {line}".rstrip() for line in INVITATION.splitlines())
SUBJECT = 'Prot. 166 - Invito al workshop "CO-ALIZIONE", 11 ottobre, Fiera di Vicenza'
QUOTES: dict[str, str] = tomllib.loads(
    Path(__file__).parent.joinpath("replies", "quotes.toml").read_text(encoding="utf-8")
)


@dataclass(frozen=True, slots=True)
class Written:
    """A reply as bytes, and what a careful secretary makes of it."""

    name: str
    raw: bytes
    wanted: dict[str, Any]


def batch(path: Path) -> list[Written]:
    """Read a file of replies."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["reply"]
    return [
        Written(f"{path.stem}-{number:02}", as_bytes(row), as_wanted(row))
        for number, row in enumerate(rows, 1)
    ]


def as_bytes(row: dict[str, Any]) -> bytes:
    """Make the message."""
    mail = EmailMessage()
    mail["From"] = row.get("from", "Segreteria <segreteria@comune.schio.vi.example>")
    mail["To"] = "Segreteria CO-ALIZIONE <coalizione@cittalia.example>"
    mail["Subject"] = row.get("subject", f"R: {SUBJECT}")
    mail["Date"] = row.get("date", "Thu, 05 Oct 2017 11:12:00 +0200")
    mail["Message-ID"] = "<risposta.1@posta.example>"
    if thread := row.get("thread", "" if "from" in row else "024100"):
        mail["In-Reply-To"] = f"<msg-{thread}@cittalia.example>"
        mail["References"] = f"<msg-{thread}@cittalia.example>"
    for name, value in row.get("headers", {}).items():
        mail[name] = value
    page = row.get("html", "").strip()
    if page:
        quoted = INVITATION.replace("\n", "<br>\n")
        mail.set_content(page.replace("INVITATION", quoted), subtype="html", charset="utf-8")
    else:
        mail.set_content(plain(row), charset="utf-8", cte="quoted-printable")
    for name in row.get("attached", []):
        mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename=name)
    return enveloped(mail, row["envelope"]) if "envelope" in row else mail.as_bytes()


def plain(row: dict[str, Any]) -> str:
    """Write the text: own words, and what the mail program put around them."""
    text = str(row.get("text", "")).strip("\n")
    below = str(row.get("below", "")).strip("\n")
    quote = QUOTES[row["quote"]] if "quote" in row else ""
    quote = quote.replace("INVITATION", INVITATION).replace("QUOTED", QUOTED).strip("\n")
    if row.get("bottom"):
        return "\n\n".join(piece for piece in (quote, text, below) if piece) + "\n"
    return "\n\n".join(piece for piece in (text, below, quote) if piece) + "\n"


def enveloped(inner: EmailMessage, kind: str) -> bytes:
    """Put a message into a PEC envelope (RFC 6109, 3.1.5) or one of anomaly (3.3)."""
    outer = EmailMessage()
    sender = str(inner["From"]).rpartition("<")[2].strip(">")
    anomaly = kind == "anomalia"
    outer["From"] = f'"Per conto di: {sender}" <posta-certificata@gestore.example>'
    outer["To"] = inner["To"]
    outer["Subject"] = f"{'ANOMALIA MESSAGGIO' if anomaly else 'POSTA CERTIFICATA'}: " + str(
        inner["Subject"]
    )
    outer["Reply-To"] = sender
    outer["Date"] = inner["Date"]
    outer["Message-ID"] = "<opec29.20171005.1@gestore.example>"
    outer["X-Trasporto"] = "errore" if anomaly else "posta-certificata"
    outer.set_content(
        "Messaggio di posta certificata\n\nIl giorno 05/10/2017 alle ore 11:12:00 (+0200) il "
        f'messaggio è stato inviato da "{sender}".\nIl messaggio originale è incluso in allegato.\n'
        if not anomaly
        else "Errore nel trasporto del messaggio\n\nIl giorno 05/10/2017 è stato ricevuto un "
        "messaggio non certificato.\nIl messaggio originale è incluso in allegato.\n",
        charset="utf-8",
    )
    outer.add_attachment(inner, filename="postacert.eml")
    if not anomaly:
        outer.add_attachment(
            b'<?xml version="1.0" encoding="UTF-8"?><postacert tipo="posta-certificata" '
            b'errore="nessuno"><intestazione><mittente>' + sender.encode() + b"</mittente>"
            b"</intestazione></postacert>",
            maintype="application",
            subtype="xml",
            filename="daticert.xml",
        )
    return outer.as_bytes()


def as_wanted(row: dict[str, Any]) -> dict[str, Any]:
    """Return what is expected, with the fields of ``mailer rsvp read --json``."""
    people = [person.partition(" | ") for person in row.get("people", [])]
    answer = row.get("answer")
    sure = answer in {"yes", "maybe"} and bool(people)
    own = row.get("own", row.get("text", ""))
    return {
        "kind": row.get("kind", "reply"),
        "answer": answer,
        "participants": [{"name": name, "role": role or None} for name, _, role in people],
        "count": row.get("count", len(people) if sure else None) or None,
        "comune": row.get("comune", "Schio") or None,
        "replaces_earlier": row.get("earlier", False),
        "needs_human": row.get("human", False),
        "own_text": own,
        "in_reply_to": _thread(row),
    }


def _thread(row: dict[str, Any]) -> str | None:
    code = row.get("thread", "" if "from" in row else "024100")
    return f"msg-{code}@cittalia.example" if code else None
