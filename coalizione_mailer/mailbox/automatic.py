"""Answers that no person wrote: absences (RFC 3834), protocol offices, complaints (RFC 5965)."""

import re

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.notice import Notice
from coalizione_mailer.mailbox.reading import Kind, Reading
from coalizione_mailer.mailbox.rules import rules

MOST_OPENING = 1500
"""Characters of a text in which an answering machine says what it is."""
MOST_XML = 256 * 1024

_NUMBER = re.compile(
    r"(?:prot(?:ocollo|\.)?|protocollazione|registrazione|registrata?o?|numero|n\.|n°|nr\.?|num\.?)"
    r"[^0-9\n]{0,60}?(\d{1,4}[./-]\d{4,9}|\d{1,12}(?:\s?/\s?\d{2,4})?)",
    re.IGNORECASE,
)
_FEEDBACK_TO = re.compile(
    r"^(?:original-rcpt-to|removal-recipient):[ \t]{0,8}(.{1,300})$", re.IGNORECASE | re.MULTILINE
)


def read_feedback(tree: mime.Part, notice: Notice) -> Reading | None:
    """Read a complaint: somebody pressed "this is spam" (RFC 5965), or DMARC failed (RFC 6591)."""
    subject = tree.words("subject").casefold()
    report = notice.feedback or "feedback-report" in tree.first("content-type").casefold()
    hotmail = "complaint about message from" in subject and notice.returned is not None
    notification = '"notificationtype"' in notice.text[:2000].lower() and (
        '"complaint"' in notice.text[:2000].lower()
    )
    if not (report or hotmail or notification):
        return None
    named = [
        one for value in _FEEDBACK_TO.findall(notice.feedback) for one in mime.addresses(value)
    ]
    return Reading(
        kind=Kind.FEEDBACK,
        recipients=tuple(dict.fromkeys(named)) or notice.written_to[:1],
        message_id=notice.message_id,
        pec_id=notice.pec_id,
    )


def read_acknowledgement(tree: mime.Part, text: str) -> Reading | None:
    """Read the acknowledgement of a protocol office: Conferma.xml (AgID), or its words."""
    found = _from_xml(tree)
    if found is not None:
        return found
    words = rules().named["protocol-ack"].words
    for said in (_own(text), tree.words("subject")):
        start = min((at for word in words if (at := said.lower().find(word)) >= 0), default=-1)
        if start >= 0:
            return Reading(kind=Kind.PROTOCOL_ACK, protocol=_number(said[start:]))
    return None


def read_auto_reply(tree: mime.Part, text: str) -> Reading | None:
    """Read an answering machine's message: by header (RFC 3834, 5), subject or first words."""
    if _declared(tree):
        return Reading(kind=Kind.AUTO_REPLY)
    named = rules().named
    subject = tree.words("subject").casefold().strip()
    for prefix in named["answer-subject"].words:
        subject = subject.removeprefix(prefix).strip()
    if named["auto-subject"].starts(subject) or named["read-receipt"].starts(subject):
        return Reading(kind=Kind.AUTO_REPLY)
    if named["auto-text"].speaks(" ".join(_own(text)[:MOST_OPENING].casefold().split())):
        return Reading(kind=Kind.AUTO_REPLY)
    return None


def _declared(tree: mime.Part) -> bool:
    """Whether the headers say that a machine answers (RFC 3834; Exchange, cPanel, Gmail's own)."""
    submitted = tree.first("auto-submitted").strip().casefold()
    disposition = "disposition-notification" in tree.first("content-type").casefold()
    return (
        (bool(submitted) and not submitted.startswith("no"))
        or disposition
        or any(
            tree.first(name)
            for name in ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-auto-reply")
        )
        or tree.first("precedence").strip().casefold() == "auto_reply"
        or tree.first("x-precedence").strip().casefold() == "auto_reply"
    )


def _own(text: str) -> str:
    """Return the lines that are the writer's, without what is quoted."""
    kept: list[str] = []
    for line in text[:20_000].splitlines():
        small = line.strip().casefold()
        if small.startswith(
            ("-----messaggio originale", "----- messaggio originale", "-----original")
        ):
            break
        if not small.startswith(">"):
            kept.append(line)
    return "\n".join(kept)


def _number(text: str) -> str:
    """Return the number that stands nearest after the words for it: ours, if any, stands before."""
    match = _NUMBER.search(text[:MOST_OPENING])
    return "".join(match.group(1).split()) if match else ""


def _from_xml(tree: mime.Part) -> Reading | None:
    """Read Conferma.xml: Identificatore/NumeroRegistrazione of the receiving office."""
    for part in mime.walk(tree):
        name = part.filename.casefold()
        if not name.endswith(".xml") or not name.startswith(
            ("conferma", "eccezione", "aggiornamento", "annullamento")
        ):
            continue
        return Reading(kind=Kind.PROTOCOL_ACK, protocol=_registered(part.content))
    return None


def _registered(content: bytes) -> str:
    """Return the first NumeroRegistrazione with a value; bounded, without DTD or entities."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(content) > MOST_XML:
        return ""
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return ""
    for element in root.iter():
        value = (element.text or "").strip()
        if value and str(element.tag).rpartition("}")[2] == "NumeroRegistrazione":
            return value[:40]
    return ""
