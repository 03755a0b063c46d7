"""A PEC transport envelope (RFC 6109, 3.1.4 and 3.1.5): what another wrote, wrapped by a provider.

``posta-certificata`` carries the message of another PEC user; ``errore``, the anomaly envelope,
ordinary mail, which is whatever it is: a bounce, an automatic answer, a person's reply.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from coalizione_mailer.mailbox import mime, receipt
from coalizione_mailer.mailbox.reading import Kind, Reading
from coalizione_mailer.mailbox.signature import Signed

CERTIFIED = "posta-certificata"
ANOMALY = "errore"
MOST_REFERENCES = 50

_ON_BEHALF = re.compile(
    r"per conto di:?\s*<?([^\s<>\"',;]{1,128}@[^\s<>\"',;]{1,255})", re.IGNORECASE
)
# What another PEC user can send: a bounce cannot come through certified mail.
_WRITTEN = {Kind.AUTO_REPLY, Kind.PROTOCOL_ACK, Kind.REPLY}


@dataclass(frozen=True, slots=True)
class _Inside:
    """What was found at the bottom: ``certified`` when a PEC user wrote it."""

    message: bytes | None
    certified: bool
    receipt: bool = False


def read(tree: mime.Part, value: str, signed: Signed, again: Callable[[bytes], Reading]) -> Reading:
    """Read an envelope by what is inside; ``again`` classifies a message that is no PEC one."""
    inside = _bottom(signed.content, certified=value == CERTIFIED)
    bare = Reading(
        kind=Kind.OTHER,
        signature=signed.signature,
        sender=_sender(tree),
        subject=tree.words("subject"),
        occurred=mime.date(tree),
        own_id=mime.identifier(tree.first("message-id")),
        inner=inside.message,
    )
    if (
        inside.receipt
    ):  # our provider lets receipts through as such: this one was sent by a stranger
        return replace(bare, note="receipt-inside-envelope")
    if value not in {CERTIFIED, ANOMALY}:
        return replace(bare, note=f"unknown-envelope {value[:40]}")
    if inside.certified:
        return _written(bare, signed, inside.message, again)
    if inside.message is None:
        return replace(bare, note="envelope-empty")
    return _wrapped(bare, again(inside.message), inside.message)


def _bottom(content: mime.Part, *, certified: bool) -> _Inside:
    """Unwrap until a message that is no envelope; bounded, and never by recursion."""
    message = None
    for _ in range(mime.MOST_DEPTH):
        inner = _postacert(content)
        if inner is None:
            break
        message = inner
        content = mime.parse(inner)
        if content.first("x-ricevuta"):
            return _Inside(message, certified, receipt=True)
        transport = content.first("x-trasporto").strip().lower()
        if not transport:
            return _Inside(message, certified)
        certified = certified or transport == CERTIFIED
    return _Inside(message if not content.first("x-trasporto") else None, certified)


def _postacert(content: mime.Part) -> bytes | None:
    """Return the enclosed message: the one called postacert.eml, else the first."""
    parts = [part for part in mime.walk(content) if mime.enclosed(part) is not None]
    named = [part for part in parts if part.filename.lower() == "postacert.eml"]
    return next((mime.enclosed(part) for part in (*named, *parts)), None)


def _sender(tree: mime.Part) -> str:
    """Return who wrote: the one the envelope is on behalf of, else Reply-To."""
    on_behalf = _ON_BEHALF.search(tree.words("from"))
    if on_behalf:
        return on_behalf.group(1).lower()
    return mime.address(tree.words("reply-to")) or mime.address(tree.first("return-path"))


def _written(
    bare: Reading, signed: Signed, message: bytes | None, again: Callable[[bytes], Reading]
) -> Reading:
    """Read what a PEC user wrote: a reply, unless a program answered."""
    certified = receipt.certification(signed.content)
    inner = again(message) if message is not None else bare
    headers = mime.parse(message or b"")
    references = _references(headers)
    sender = mime.address(certified.sender) if certified else ""
    return replace(
        inner,
        kind=_answer(inner.kind, headers),
        final=False,
        outcome=None,
        cause=None,
        recipients=(),
        status="",
        diagnostic="",
        # X-Riferimento-Message-ID is the replier's own here, and a reference is the provider's.
        message_id="" if inner.message_id in references else inner.message_id,
        pec_id=receipt.identifier(certified, mime.text_body(signed.content)),
        signature=bare.signature,
        note=inner.note if message is not None else "envelope-empty",
        sender=bare.sender or sender or mime.address(headers.first("from")),
        subject=headers.words("subject") or bare.subject,
        occurred=(certified.moment if certified else None) or bare.occurred,
        own_id=bare.own_id,
        references=references or inner.references,
        inner=message,
    )


def _answer(kind: Kind, message: mime.Part) -> Kind:
    """Say what an answer by certified mail is.

    Offices send their letters through programs that sign "generated automatically, do not reply":
    what brings a file is for a person to read, unless its headers declare an automatic answer.
    """
    declared = message.first("auto-submitted").lower() not in {"", "no"}
    if kind is Kind.AUTO_REPLY and not declared and any(map(_is_file, mime.walk(message))):
        return Kind.REPLY
    return kind if kind in _WRITTEN else Kind.REPLY


def _is_file(part: mime.Part) -> bool:
    """Whether a part is a document: neither a picture in the text nor a signature."""
    name = part.filename.lower()
    shown = part.content_type.startswith(("image/", "text/")) and not part.attached
    return bool(name) and not shown and not name.endswith((".p7s", ".asc", ".vcf"))


def _references(headers: mime.Part) -> tuple[str, ...]:
    """Return what a message answers: In-Reply-To, then References from the newest."""
    older = mime.identifiers(headers.first("references"))
    found = (*mime.identifiers(headers.first("in-reply-to")), *reversed(older))
    return tuple(dict.fromkeys(found))[:MOST_REFERENCES]


def _wrapped(bare: Reading, inner: Reading, message: bytes) -> Reading:
    """Hand on what an ordinary message says, under the signature of the one who wrapped it."""
    return replace(
        inner,
        signature=bare.signature,
        sender=inner.sender or bare.sender,
        subject=inner.subject or bare.subject,
        occurred=inner.occurred or bare.occurred,
        own_id=bare.own_id,
        references=inner.references or _references(mime.parse(message)),
        inner=message,
    )
