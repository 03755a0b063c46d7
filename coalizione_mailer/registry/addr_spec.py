"""One mail address as SMTP takes it (RFC 5321, 4.1.2), or nothing: a conservative reading.

PEC knows no SMTPUTF8, so the part before the @ is ASCII; a domain with accents becomes A-labels
(RFC 5891). Quoted local parts and address literals are legal and nobody's: they do not pass.
email-validator decides; an address of plain letters, as nearly all are, is known without it
(a register has 24,000, and the library takes 40 microseconds each).
"""

import re

RESERVED = ("example", "test", "invalid", "localhost", "example.com", "example.net", "example.org")
"""Domains that nobody can own (RFC 2606, RFC 6761)."""

_RESERVED_ENDS = tuple(f".{name}" for name in RESERVED)
_MAX_LOCAL = 64
_MAX_DOMAIN = 200

# An address so short that none of its parts can be too long.
_SHORT = 64
_SIMPLE = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,24}"
)

_LABEL = r"[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,62}"
_PLAIN = re.compile(
    rf"(?P<local>[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@(?P<domain>(?:{_LABEL}\.)+[a-z]{{2,24}})",
)
_DOMAIN = re.compile(r".+\.(?:[a-z]{2,}|xn--[a-z0-9-]+)")
# Legal, and older ways round a server (user%host@relay) or a shell.
_ODD = re.compile(r"[!%`|$*?^{}]")
# IDNA 2003 and 2008 disagree on these: one name, two hosts.
_DISPUTED = re.compile("[\u00df\u03c2\u200c\u200d]")


def addr_spec(text: str) -> str | None:
    """Return the address with its domain in lower case and A-labels, or None if it is none."""
    if len(text) < _SHORT and _SIMPLE.fullmatch(text):
        return text
    text = text.removeprefix("mailto:")
    local, at, domain = text.rpartition("@")
    plain = f"{local}@{domain.lower()}" if domain.isascii() else text
    if len(local) <= _MAX_LOCAL and len(domain) <= _MAX_DOMAIN and _PLAIN.fullmatch(plain):
        return plain
    return _validated(text) if at else None


def is_reserved(address: str) -> bool:
    """Tell whether an address can reach nobody."""
    return is_reserved_domain(address.rpartition("@")[2].lower().rstrip("."))


def is_reserved_domain(domain: str) -> bool:
    """Tell whether a domain, in small letters, is nobody's."""
    return f".{domain}".endswith(_RESERVED_ENDS)


def _validated(text: str) -> str | None:
    """Ask the library; what it would repair in silence (a full stop of another script) is wrong."""
    from email_validator import EmailNotValidError, validate_email

    if _DISPUTED.search(text) or _ODD.search(text):
        return None
    try:
        found = validate_email(
            text,
            allow_smtputf8=False,
            check_deliverability=False,
            globally_deliverable=False,
            strict=True,
        )
    except EmailNotValidError:
        return None
    domain = found.ascii_domain
    same_dots = domain.count(".") == text.rpartition("@")[2].count(".")
    if not (same_dots and text.isprintable() and _DOMAIN.fullmatch(domain)):
        return None
    return f"{found.ascii_local_part}@{domain}"
