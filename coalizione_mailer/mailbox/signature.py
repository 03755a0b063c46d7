"""The provider's S/MIME signature (RFC 8551, 3.5; CMS, RFC 5652, 5.4 and 5.6), over the raw bytes.

Integrity first: the digest of the signed part, the signed attributes, the signature. Then who
signed: a PEC provider writes as ``posta-certificata@`` its domain (RFC 6109, 2.1), and that address
has to be in the certificate where it names any (RFC 8550, 3). Then, where authorities are given,
whether one of them vouches for the signer. Nothing here raises.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.authorities import (
    BROKEN,
    MOST_CERTIFICATES,
    Authorities,
    certificate,
    holds,
)
from coalizione_mailer.mailbox.reading import Signature, SignatureState

MOST_CMS = 1024 * 1024
MOST_SIGNERS = 4
PROVIDER = "posta-certificata@"

_DETACHED = {"application/pkcs7-signature", "application/x-pkcs7-signature"}
_OPAQUE = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_DIGESTS = {"sha1", "sha224", "sha256", "sha384", "sha512"}
_NEWLINE = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Signed:
    """A verdict, and the part it is about: all that may be believed of the message."""

    signature: Signature
    content: mime.Part


@dataclass(frozen=True, slots=True)
class _Signer:
    """Who signed, with the certificates brought along, and when he says he did."""

    der: bytes
    brought: tuple[bytes, ...]
    signed_at: datetime | None


def verify(tree: mime.Part, authorities: Authorities, moment: datetime | None = None) -> Signed:
    """Verify a message's own signature: the outermost entity's, never one further in.

    ``moment`` is when certificates had to be valid, where the signature does not say it.
    """
    if tree.content_type == "multipart/signed" and tree.parts:
        content = tree.parts[0]
        detached = [part for part in tree.parts[1:] if _is_detached(part)]
        if not detached:
            return Signed(_absent("no-signature"), content)
        verdict, signer, _ = _checked(detached[-1].content, content.raw)
    elif tree.content_type in _OPAQUE:
        verdict, signer, inside = _checked(tree.content, None)
        content = mime.parse(inside, 1) if inside else tree
    else:
        inner = any(part.content_type == "multipart/signed" for part in mime.walk(tree))
        return Signed(_absent("not-at-top" if inner else ""), tree)
    if signer is not None:
        verdict = _known(verdict, signer, mime.address(tree.first("from")), authorities, moment)
    return Signed(verdict, content)


def _is_detached(part: mime.Part) -> bool:
    return part.content_type in _DETACHED or part.filename.lower().endswith(".p7s")


def _absent(reason: str) -> Signature:
    return Signature(SignatureState.ABSENT, reason=reason)


def _bad(reason: str, signer: str = "") -> Signature:
    return Signature(SignatureState.BAD, signer, reason=reason)


def _checked(data: bytes, payload: bytes | None) -> tuple[Signature, _Signer | None, bytes]:
    """Check the integrity; return the verdict, the signer if it holds, and what is enclosed."""
    from asn1crypto import cms

    try:
        info = cms.ContentInfo.load(_der(data))
        if info["content_type"].native != "signed_data":
            return _absent("not-signed"), None, b""
        signed = info["content"]
        inside = signed["encap_content_info"]["content"].native or b""
        inside = inside if isinstance(inside, bytes) else b""
        if payload is None:
            payload = inside
        brought = _certificates(signed)
        worst = _bad("no-signer")
        for each in list(signed["signer_infos"])[:MOST_SIGNERS]:
            worst, signer = _one(each, brought, payload)
            if signer is not None:
                return worst, signer, inside
    except (*BROKEN, RecursionError):
        return _bad("unreadable"), None, b""
    return worst, None, inside


def _der(data: bytes) -> bytes:
    """Return the structure as DER, also where its base64 was not declared, or is in PEM."""
    data = data[:MOST_CMS].lstrip()
    if data[:1] in {b"\x30", b""}:
        return data
    lines = (line for line in data.splitlines() if not line.startswith(b"-----"))
    try:
        return base64.b64decode(b"".join(lines))
    except binascii.Error:
        return data


def _certificates(signed: Any) -> tuple[bytes, ...]:
    """Return the certificates brought along, as DER; other kinds and broken ones left out."""
    found: list[bytes] = []
    for each in list(signed["certificates"] or ())[:MOST_CERTIFICATES]:
        der = each.chosen.dump()
        try:
            certificate(der)
        except BROKEN:
            continue
        if each.name == "certificate":
            found.append(der)
    return tuple(found)


def _one(info: Any, brought: tuple[bytes, ...], payload: bytes) -> tuple[Signature, _Signer | None]:
    """Check one signer's signature over the payload."""
    der = next((each for each in brought if _is_of(info["sid"], certificate(each))), None)
    if der is None:
        return _bad("no-certificate"), None
    who = _name(certificate(der))
    digest = str(info["digest_algorithm"]["algorithm"].native)
    try:
        fault, signed_at = _fault(info, der, digest, payload)
    except BROKEN:
        fault, signed_at = "unsupported", None
    if fault:
        return _bad(fault, who), None
    # SHA-1 still tells whether a receipt was changed on its way; the word says that it is old.
    good = Signature(SignatureState.GOOD, who, reason="sha1" if digest == "sha1" else "")
    return good, _Signer(der, brought, signed_at)


def _fault(info: Any, der: bytes, digest: str, payload: bytes) -> tuple[str, datetime | None]:
    """Return what is wrong with a signature, empty where it holds, and when it was made."""
    if digest not in _DIGESTS:
        return "weak-digest", None
    attributes = info["signed_attrs"]
    if attributes.native is None:
        held = any(_holds(info, der, digest, form) for form in _forms(payload))
        return "" if held else "content-changed", None
    values = {each["type"].native: each["values"] for each in attributes}
    stated = values["message_digest"][0].native
    if not any(hashlib.new(digest, form).digest() == stated for form in _forms(payload)):
        return "content-changed", None
    if not _holds(info, der, digest, attributes.untag().dump()):
        return "signature-wrong", None
    return "", values["signing_time"][0].native if "signing_time" in values else None


def _holds(info: Any, der: bytes, digest: str, data: bytes) -> bool:
    key = certificate(der).public_key.dump()
    return holds(key, info["signature_algorithm"], digest, info["signature"].native, data)


def _forms(payload: bytes) -> Iterator[bytes]:
    """Return the bytes as received, then with the line ends that a mailbox may have changed."""
    yield payload
    yield _NEWLINE.sub(b"\r\n", payload)
    yield _NEWLINE.sub(b"\n", payload)


def _is_of(sid: Any, found: Any) -> bool:
    """Whether a signer's identifier (RFC 5652, 5.3) means this certificate."""
    if sid.name == "subject_key_identifier":
        return bool(found.key_identifier == sid.chosen.native)
    return bool(
        found.serial_number == sid.chosen["serial_number"].native
        and (
            found.issuer.dump() == sid.chosen["issuer"].dump()
            or found.issuer == sid.chosen["issuer"]
        )
    )


def _name(found: Any) -> str:
    """Return who a certificate says it is: its name and organisation, and its address."""
    subject = found.subject.native
    parts = [subject.get("common_name"), subject.get("organization_name"), *_addresses(found)]
    return ", ".join(dict.fromkeys(str(part) for part in parts if part))[:300]


def _addresses(found: Any) -> tuple[str, ...]:
    """Return the mail addresses in a certificate (RFC 8550, 3): subjectAltName, or old ones."""
    names = found.subject_alt_name_value or ()
    listed = [each.native for each in names if each.name == "rfc822_name"]
    old = found.subject.native.get("email_address") or ()
    listed += [old] if isinstance(old, str) else list(old)
    return tuple(dict.fromkeys(str(each).lower() for each in listed))


def _known(
    verdict: Signature,
    signer: _Signer,
    sender: str,
    authorities: Authorities,
    moment: datetime | None,
) -> Signature:
    """Say whether the signer is who may sign: a provider, the one it is from, and vouched for."""
    listed = _addresses(certificate(signer.der))
    if not sender.startswith(PROVIDER):
        return replace(verdict, trusted=False, reason="not-a-provider")
    if listed and sender not in listed:
        return replace(verdict, trusted=False, reason="other-signer")
    if not authorities.certificates:
        return verdict
    try:
        vouched = authorities.vouch(signer.der, signer.brought, signer.signed_at or moment)
    except BROKEN:
        vouched = False
    if not vouched:
        return replace(verdict, trusted=False, reason="unknown-authority")
    return replace(verdict, trusted=True)
