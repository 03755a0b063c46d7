"""Certified post put together: what a provider is, and the signed parts of all it writes.

::

    multipart/signed
    |-- multipart/mixed
    |   |-- text/plain, or multipart/alternative
    |   |-- daticert.xml            receipts and transport envelopes
    |   `-- postacert.eml           what the receipt asked for allows; always in an envelope
    `-- smime.p7s

Providers differ in all that the rules (RFC 6109) leave open: ``Habits``.
"""

import hashlib
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import SMTP
from enum import StrEnum, unique
from html import escape

from coalizione_mailer.rehearsal import mime
from coalizione_mailer.rehearsal.authority import Seal


@unique
class Ricevuta(StrEnum):
    """How much of the message a delivery receipt gives back (RFC 6109, section 3.2.5)."""

    COMPLETA = "completa"
    BREVE = "breve"
    SINTETICA = "sintetica"


@dataclass(frozen=True, slots=True)
class Habits:
    """What one provider does in its own way."""

    ricevuta: Ricevuta = Ricevuta.COMPLETA
    html: bool = False
    protocol: str = "application/pkcs7-signature"
    micalg: str = "sha-256"
    daticert: str = "inline"
    original_first: bool = False
    original_in_base64: bool = False


@dataclass(frozen=True, slots=True)
class Provider:
    """A PEC provider, its seal and its habits."""

    name: str
    domain: str
    seal: Seal
    habits: Habits = Habits()

    @property
    def address(self) -> str:
        """Where its receipts come from."""
        return f"posta-certificata@{self.domain}"


@dataclass(frozen=True, slots=True)
class Posting:
    """A message that a provider took: what all receipts of it repeat.

    ``message_id`` is the sender's, with angle brackets; ``identificativo`` the provider's, without.
    """

    sender: str
    recipient: str
    external: bool
    subject: str
    message_id: str
    identificativo: str
    content: bytes


def sealed(
    provider: Provider, head: mime.Fields, body: bytes, signature: bytes | None = None
) -> bytes:
    """Put head, body and the body's signature together (RFC 8551, section 3.5.3)."""
    habits = provider.habits
    signed = provider.seal.sign(body, habits.micalg) if signature is None else signature
    mark = mime.boundary("signed", head)
    kind = f'signed; protocol="{habits.protocol}"; micalg="{habits.micalg}"'
    p7s = mime.attached(habits.protocol, "smime.p7s", signed)
    return mime.message(head, mime.multipart(kind, mark, (body, p7s)))


def mixed(
    provider: Provider, words: str, data: bytes | None, original: bytes | None, seed: str
) -> bytes:
    """Return what is signed: the words, the certification data, the original, as far as given."""
    habits = provider.habits
    told = mime.text(words, charset="iso-8859-1")
    if habits.html:
        page = f"<html><body><pre>{escape(words)}</pre></body></html>"
        told = mime.multipart(
            "alternative",
            mime.boundary("alternative", seed),
            (told, mime.text(page, "html", "iso-8859-1")),
        )
    rest = []
    if data is not None:
        rest.append(mime.attached("application/xml", "daticert.xml", data, habits.daticert))
    if original is not None:
        rest.append(_postacert_eml(original, in_base64=habits.original_in_base64))
    if habits.original_first:
        rest.reverse()
    return mime.multipart("mixed", mime.boundary("mixed", seed), (told, *rest)).removesuffix(
        b"\r\n"
    )


def _postacert_eml(original: bytes, *, in_base64: bool) -> bytes:
    if in_base64:
        return mime.attached("message/rfc822", "postacert.eml", original, "inline")
    return mime.part(
        'message/rfc822; name="postacert.eml"',
        original,
        (
            ("Content-Transfer-Encoding", "7bit"),
            ("Content-Disposition", 'inline; filename="postacert.eml"'),
        ),
    )


def given_back(ricevuta: Ricevuta, content: bytes) -> bytes | None:
    """Return what a delivery receipt gives back of a message."""
    match ricevuta:
        case Ricevuta.COMPLETA:
            return content
        case Ricevuta.BREVE:
            return _in_short(content)
        case Ricevuta.SINTETICA:
            return None


def _in_short(content: bytes) -> bytes:
    """Put the hash of each attachment in its place (RFC 6109, section 3.2.5)."""
    whole = message_from_bytes(content)
    for found in whole.walk():
        name = found.get_filename()
        if name and not found.is_multipart():
            _hash_instead(found, f"{name}.hash")
    return whole.as_bytes(policy=SMTP)


def _hash_instead(found: "Message[str, str]", name: str) -> None:
    given = found.get_payload(decode=True)
    digest = hashlib.sha1(given if isinstance(given, bytes) else b"", usedforsecurity=False)
    for field in ("Content-Type", "Content-Transfer-Encoding", "Content-Disposition"):
        del found[field]
    found["Content-Type"] = f'application/octet-stream; name="{name}"'
    found["Content-Transfer-Encoding"] = "7bit"
    found["Content-Disposition"] = f'attachment; filename="{name}"'
    found.set_payload(digest.hexdigest() + "\r\n")
