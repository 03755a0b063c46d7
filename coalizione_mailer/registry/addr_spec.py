"""One mail address as SMTP takes it (RFC 5321, 4.1.2), or nothing: a conservative reading.

PEC knows no SMTPUTF8, so the part before the @ is ASCII; a domain with accents becomes A-labels
(RFC 5891). Quoted local parts and address literals are legal and nobody's: they do not pass.
"""

import re

_MAX_LOCAL, _MAX_DOMAIN, _MAX_LABEL = 64, 253, 63

_ATOM = r"[A-Za-z0-9_+&'=~#/-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_TOP = re.compile(r"[a-z]{2,}|xn--[a-z0-9-]+")
# IDNA 2003 and 2008 disagree on these: one name, two hosts.
_DISPUTED = re.compile("[\u00df\u03c2\u200c\u200d]")


def addr_spec(text: str) -> str | None:
    """Return the address with its domain in lower case and A-labels, or None if it is none."""
    local, at, domain = text.removeprefix("mailto:").rpartition("@")
    if not at or len(local) > _MAX_LOCAL or not _LOCAL.fullmatch(local):
        return None
    host = _a_labels(domain)
    return f"{local}@{host}" if host else None


def _a_labels(domain: str) -> str | None:
    if not domain.isascii():
        if _DISPUTED.search(domain):
            return None
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    domain = domain.lower()
    labels = domain.split(".")
    right = (
        len(labels) > 1
        and len(domain) <= _MAX_DOMAIN
        and all(len(label) <= _MAX_LABEL and _LABEL.fullmatch(label) for label in labels)
        and _TOP.fullmatch(labels[-1])
    )
    return domain if right else None
