"""MIME parts put together by hand (RFC 2045, 2046), as the many programs of the world do.

Nothing here is shared with what the product composes or reads: that is the point of an exercise.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

Fields = Sequence[tuple[str, str]]


def fields(values: Fields) -> bytes:
    """Write header fields; what is not ASCII becomes encoded words (RFC 2047), folded."""
    return b"".join(_field(name, value) for name, value in values)


def _field(name: str, value: str) -> bytes:
    if not value.isascii():
        value = Header(value, "utf-8", header_name=name).encode(linesep="\r\n")
    return f"{name}: {value}\r\n".encode("ascii")


def dated(moment: datetime) -> str:
    """Write a moment as a Date field does (RFC 5322, section 3.3)."""
    return format_datetime(moment)


def part(kind: str, body: bytes, extra: Fields = ()) -> bytes:
    """Return an entity: its fields, an empty line, its body."""
    return fields((("Content-Type", kind), *extra)) + b"\r\n" + body


def text(words: str, subtype: str = "plain", charset: str = "utf-8") -> bytes:
    """Return a text part, quoted-printable (RFC 2045, section 6.7)."""
    lines = "\n".join(words.splitlines()) + "\n"
    body = binascii.b2a_qp(lines.encode(charset, "replace"), istext=True)
    return part(
        f"text/{subtype}; charset={charset}",
        body.replace(b"\n", b"\r\n"),
        (("Content-Transfer-Encoding", "quoted-printable"),),
    )


def in_base64(content: bytes) -> bytes:
    """Encode bytes as base64 in CRLF lines of 76."""
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def attached(kind: str, name: str, content: bytes, how: str = "attachment") -> bytes:
    """Return a file as a part, in base64."""
    return part(
        f'{kind}; name="{name}"',
        in_base64(content),
        (
            ("Content-Transfer-Encoding", "base64"),
            ("Content-Disposition", f'{how}; filename="{name}"'),
        ),
    )


def boundary(*seeds: object) -> str:
    """Return a boundary that occurs nowhere else; the same seeds give the same."""
    return "=_" + hashlib.sha256(repr(seeds).encode()).hexdigest()[:32]


def multipart(kind: str, mark: str, parts: Iterable[bytes]) -> bytes:
    """Return a multipart entity; a part has no line end of its own before the boundary."""
    delimiter = b"--" + mark.encode("ascii")
    body = b"".join(delimiter + b"\r\n" + piece + b"\r\n" for piece in parts)
    return part(f'multipart/{kind}; boundary="{mark}"', body + delimiter + b"--\r\n")


def message(head: Fields, entity: bytes) -> bytes:
    """Return a whole message: the fields of its head, then an entity."""
    return fields((*head, ("MIME-Version", "1.0"))) + entity


def head_of(content: bytes) -> bytes:
    """Return the header section of a message, without the empty line."""
    return content.partition(b"\r\n\r\n")[0] + b"\r\n"
