"""Ordinary mail that comes back, in the dialects of those who send it back (RFC 3464 and others).

Each dialect is a function of the same facts; none of them is known to whoever reads them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from coalizione_mailer.rehearsal import mime


@unique
class Reason(StrEnum):
    """Why it came back."""

    NO_USER = "no user"
    NO_DOMAIN = "no domain"
    FULL = "full"
    SPAM = "spam"
    TIME_OUT = "time out"


@unique
class Dialect(StrEnum):
    """Who writes it, or as whom."""

    POSTFIX = "postfix"
    EXCHANGE = "exchange"
    EXIM = "exim"
    QMAIL = "qmail"
    ITALIAN = "italian"


@dataclass(frozen=True, slots=True)
class Return:
    """A message that comes back: to whom, what it was, from which server, when, why.

    ``original`` is what the recipient's side was given; ``sender`` is its envelope sender.
    """

    sender: str
    recipient: str
    original: bytes
    host: str
    at: datetime
    reason: Reason

    @property
    def domain(self) -> str:
        """The recipient's domain."""
        return self.recipient.rpartition("@")[2]


_STATUS: Mapping[Reason, str] = {
    Reason.NO_USER: "5.1.1",
    Reason.NO_DOMAIN: "5.1.2",
    Reason.FULL: "5.2.2",
    Reason.SPAM: "5.7.1",
    Reason.TIME_OUT: "4.4.1",
}
_ANSWERS: Mapping[Reason, str] = {
    Reason.NO_USER: "550 5.1.1 <{recipient}>: Recipient address rejected: User unknown",
    Reason.NO_DOMAIN: "Host or domain name not found. Name service error for name={domain}",
    Reason.FULL: "552 5.2.2 <{recipient}>: Mailbox full, quota exceeded",
    Reason.SPAM: "554 5.7.1 Message rejected by content filter as spam",
    Reason.TIME_OUT: "connect to mx.{domain}[192.0.2.25]:25: Connection timed out",
}


def bounce(dialect: Dialect, back: Return) -> bytes:
    """Write the notice that a message could not be delivered."""
    return _DIALECTS[dialect](back)


def delay(back: Return) -> bytes:
    """Write the notice that a message is late and still tried (RFC 3464, ``Action: delayed``)."""
    words = (
        f"This is the mail system at host {back.host}.\n\n"
        "THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\n"
        "Your message could not be delivered for more than 4 hour(s).\n"
        f"It will be retried until it is 5 day(s) old.\n\n<{back.recipient}>: "
        f"{_answer(back)}\n"
    )
    return _report(back, words, "Delayed Mail (still being retried)", "delayed", "4.4.1")


def _postfix(back: Return) -> bytes:
    words = (
        f"This is the mail system at host {back.host}.\n\n"
        "I'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients. It's attached below.\n\n"
        f"                   The mail system\n\n<{back.recipient}>: {_answer(back)}\n"
    )
    subject = "Undelivered Mail Returned to Sender"
    return _report(back, words, subject, "failed", _STATUS[back.reason])


_EXCHANGE_WORDS: Mapping[Reason, str] = {
    Reason.NO_USER: (
        "L'indirizzo di posta elettronica immesso non è stato trovato. Verificare l'indirizzo "
        "del destinatario e provare a inviare di nuovo il messaggio."
    ),
    Reason.NO_DOMAIN: "Il dominio del destinatario non esiste o non può ricevere posta.",
    Reason.FULL: "La cassetta postale del destinatario è piena e non può accettare messaggi.",
    Reason.SPAM: "Il messaggio è stato rifiutato dalle regole dell'organizzazione.",
    Reason.TIME_OUT: "Il server del destinatario non ha risposto entro il tempo previsto.",
}
_EXCHANGE_ANSWERS: Mapping[Reason, str] = {
    Reason.NO_USER: "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found",
    Reason.NO_DOMAIN: "smtp;550 5.4.310 DNS domain {domain} does not exist",
    Reason.FULL: "smtp;554 5.2.2 mailbox full; STOREDRV.Deliver; quota exceeded",
    Reason.SPAM: "smtp;550 5.7.1 TRANSPORT.RULES.RejectMessage; blocked by policy",
    Reason.TIME_OUT: "smtp;550 4.4.7 QUEUE.Expired; message expired",
}


def _exchange(back: Return) -> bytes:
    answer = _EXCHANGE_ANSWERS[back.reason].format(domain=back.domain)
    words = (
        "Recapito non riuscito per i seguenti destinatari o gruppi:\n\n"
        f"{back.recipient}\n{_EXCHANGE_WORDS[back.reason]}\n\n"
        "Informazioni di diagnostica per gli amministratori:\n\n"
        f"Server di generazione: {back.host}\n\n{back.recipient}\n{answer}\n"
    )
    status = answer.split()[1]
    return _report(back, words, "Non recapitabile: Invito", "failed", status, answer)


def _exim(back: Return) -> bytes:
    """No report: what there is to know stands in the text and in X-Failed-Recipients."""
    head = (
        *_head(back, "Mail delivery failed: returning message to sender", "Mailer-Daemon"),
        ("X-Failed-Recipients", back.recipient),
        ("Auto-Submitted", "auto-replied"),
    )
    words = (
        "This message was created automatically by mail delivery software.\n\n"
        "A message that you sent could not be delivered to one or more of its\n"
        "recipients. This is a permanent error. The following address(es) failed:\n\n"
        f"  {back.recipient}\n    {_answer(back)}\n\n"
        "------ This is a copy of the message, including all the headers. ------\n\n"
    )
    copy = mime.head_of(back.original).decode("ascii", "replace").replace("\r\n", "\n")
    return mime.message(head, mime.text(words + copy))


_QMAIL_WORDS: Mapping[Reason, str] = {
    Reason.NO_USER: "Sorry, no mailbox here by that name. (#5.1.1)",
    Reason.NO_DOMAIN: "Sorry, I couldn't find any host named {domain}. (#5.1.2)",
    Reason.FULL: "The user's mailbox is over quota. (#5.2.2)",
    Reason.SPAM: "Remote host said: 554 5.7.1 Message looks like spam",
    Reason.TIME_OUT: (
        "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n"
        "I'm not going to try again; this message has been in the queue too long."
    ),
}


def _qmail(back: Return) -> bytes:
    """No MIME at all (cr.yp.to/proto/qsbmf.txt)."""
    reason = _QMAIL_WORDS[back.reason].format(domain=back.domain)
    words = (
        f"Hi. This is the qmail-send program at {back.host}.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        f"<{back.recipient}>:\n{reason}\n\n"
        "--- Below this line is a copy of the message.\n\n"
        f"Return-Path: <{back.sender}>\n"
    ).replace("\n", "\r\n")
    head = mime.fields(_head(back, "failure notice", "MAILER-DAEMON"))
    return head + b"\r\n" + words.encode("ascii") + mime.head_of(back.original)


_ITALIAN_WORDS: Mapping[Reason, str] = {
    Reason.NO_USER: "l'indirizzo del destinatario è inesistente",
    Reason.NO_DOMAIN: "il dominio del destinatario è inesistente",
    Reason.FULL: "la casella del destinatario è piena",
    Reason.SPAM: "il messaggio è stato identificato come spam",
    Reason.TIME_OUT: "il server di destinazione non è raggiungibile da oltre 48 ore",
}


def _italian(back: Return) -> bytes:
    """A provider's own words, and the message as it was."""
    head = _head(back, "Messaggio non consegnato", "postmaster")
    words = (
        "Gentile utente,\n\nil messaggio da Lei inviato non può essere consegnato al seguente "
        f"destinatario:\n\n    {back.recipient}\n\nMotivo: {_ITALIAN_WORDS[back.reason]}.\n\n"
        "Il messaggio originale è riportato in allegato.\n"
    )
    original = mime.part("message/rfc822", mime.head_of(back.original) + b"\r\n")
    mark = mime.boundary("italian", back.recipient, back.at)
    return mime.message(head, mime.multipart("mixed", mark, (mime.text(words), original)))


_DIALECTS: Mapping[Dialect, Callable[[Return], bytes]] = {
    Dialect.POSTFIX: _postfix,
    Dialect.EXCHANGE: _exchange,
    Dialect.EXIM: _exim,
    Dialect.QMAIL: _qmail,
    Dialect.ITALIAN: _italian,
}


def _report(
    back: Return, words: str, subject: str, action: str, status: str, answer: str = ""
) -> bytes:
    """Write a delivery status notification (RFC 3464, section 2)."""
    head = (*_head(back, subject, "MAILER-DAEMON"), ("Auto-Submitted", "auto-replied"))
    told = answer or f"smtp; {_answer(back)}"
    status_part = mime.fields(
        (("Reporting-MTA", f"dns; {back.host}"), ("Arrival-Date", mime.dated(back.at)))
    )
    status_part += b"\r\n" + mime.fields(
        (
            ("Final-Recipient", f"rfc822; {back.recipient}"),
            ("Original-Recipient", f"rfc822;{back.recipient}"),
            ("Action", action),
            ("Status", status),
            ("Remote-MTA", f"dns; mx.{back.domain}"),
            ("Diagnostic-Code", told),
        )
    )
    parts = (
        mime.text(words),
        mime.part("message/delivery-status", status_part),
        mime.part("text/rfc822-headers", mime.head_of(back.original)),
    )
    mark = mime.boundary("report", back.recipient, back.at, action)
    return mime.message(head, mime.multipart("report; report-type=delivery-status", mark, parts))


def _head(back: Return, subject: str, name: str) -> mime.Fields:
    mark = mime.boundary(name, back.recipient, back.at)[2:]
    return (
        ("Return-Path", "<>"),
        ("Date", mime.dated(back.at)),
        ("From", f"{name}@{back.host}"),
        ("To", back.sender),
        ("Subject", subject),
        ("Message-ID", f"<{mark}@{back.host}>"),
    )


def _answer(back: Return) -> str:
    return _ANSWERS[back.reason].format(recipient=back.recipient, domain=back.domain)
