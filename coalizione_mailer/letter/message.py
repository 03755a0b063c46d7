"""The message that carries a letter: RFC 5322 bytes, the same every time they are made.

::

    multipart/mixed
    |-- multipart/alternative      what differs by Comune: the head
    |   |-- text/plain
    |   `-- text/html
    |-- application/pdf            the letter
    `-- attachments                the same for every message: the frame, encoded once

A message is the head, the encoded letter and the frame, one after the other; the head is made at
freeze and kept, so that sending composes nothing.
"""

import binascii
import hashlib
import mimetypes
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

CRLF = b"\r\n"
_LONGEST_LINE = 998
_BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})
_LONGEST_NAME = 100
_BASE64_LINE = 76
# A longer word is encoded, so that it can be folded; it leaves room for a header's name.
_LONGEST_WORD = 60

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# A local part that looks like an encoded word is read as one, and is then another address.
_ADDRESS = re.compile(
    rf"(?!.*=\?)(?=.{{1,64}}@.{{1,253}}\Z){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*"
)

# The standard library's own list: what a machine's files say would change the bytes.
_KINDS = mimetypes.MimeTypes()


@dataclass(frozen=True, slots=True)
class File:
    """A file that travels with a message, under a name a person will see."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Stationery:
    """What every message of a round shares: who writes, about what, when, with which attachments.

    ``identity`` is the seed of boundaries and Message-IDs: fixed at freeze, unique to the round.
    ``extra_headers`` are constant headers of the profile, such as ``X-TipoRicevuta``.
    """

    sender_name: str
    sender_address: str
    reply_to: str
    subject: str
    date: datetime
    identity: str
    language: str = "it"
    extra_headers: tuple[tuple[str, str], ...] = ()

    @property
    def domain(self) -> str:
        """The right hand side of our Message-IDs."""
        return self.sender_address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Body:
    """What the recipient reads in the mail program itself."""

    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One name and address of a header (RFC 5322, section 3.4); never more than one.

    Raises ValueError at once when the address is not a plain ASCII ``local@domain``.
    """

    name: str
    address: str

    def __post_init__(self) -> None:
        _refuse_controls(self.name)
        if not _ADDRESS.fullmatch(self.address):
            raise ValueError(self.address)

    @property
    def header(self) -> str:
        """The mailbox as a header value, encoded and folded."""
        if not self.name:
            return self.address
        if _is_plain(self.name) and len(self.name) <= _LONGEST_WORD:
            quoted = self.name.replace("\\", r"\\").replace('"', r"\"")
            return f'"{quoted}"\r\n <{self.address}>'
        return f"{_encoded_words('Reply-To', self.name)}\r\n <{self.address}>"


def key_of(number: int, comune: str) -> str:
    """Return the key of a letter: its round's number and its Comune's cadastral code."""
    return f"r{number}.{comune}"


def message_id(stationery: Stationery, key: str, letter: str = "") -> str:
    """Return the Message-ID, with its angle brackets, of the letter with this key.

    The local part alone is unique: a PEC provider may rewrite the domain (RFC 5322, 3.6.4).
    ``letter`` as for ``unique_id``.
    """
    return unique_id(stationery.identity, key, stationery.domain, letter)


def unique_id(identity: str, key: str, domain: str, letter: str = "") -> str:
    """Return the Message-ID of a key, which only whoever knows the identity can foretell.

    With the SHA-256 of the ``letter`` that goes with it (hexadecimal), the Message-ID vouches for
    it: whoever knows the identity sees from both that they belong together.
    """
    seed = f"{identity}/{key}/{letter}" if letter else f"{identity}/{key}"
    digest = hashlib.blake2s(seed.encode(), digest_size=12).hexdigest()
    return f"<{key.lower()}.{digest}@{domain}>"


def is_head_of(head: bytes, own_id: str, address: str) -> bool:
    """Tell whether a head is that of the message with this Message-ID, to this address."""
    known = f"\r\nMessage-ID: {own_id}\r\n"
    to = (f"\r\n <{address}>{known}", f"\r\nTo: {address}{known}")
    return any(each.encode() in head for each in to)


def ascii_name(text: str) -> str:
    """Return a file name that survives every mail program: ASCII letters, digits, dots, hyphens."""
    stem, dot, suffix = text.rpartition(".")
    if not dot:
        stem, suffix = text, ""
    suffix = _ascii(suffix)[:16]
    room = _LONGEST_NAME - len(suffix) - 1
    stem = _ascii(stem)[:room].strip("-.") or "file"
    return f"{stem}.{suffix}" if suffix else stem


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9.]+", "-", plain).strip("-.").lower()


class Composer:
    """Makes the messages of one round; the constant parts are encoded once."""

    def __init__(self, stationery: Stationery, attachments: Sequence[File]) -> None:
        self._stationery = stationery
        seed = hashlib.sha256(stationery.identity.encode()).hexdigest()
        # "=_" occurs in no quoted-printable and no base64 text (RFC 2045, section 6.7).
        self._mixed = f"=_mixed_{seed[:24]}".encode()
        self._alternative = f"=_alternative_{seed[24:48]}".encode()
        self._constant_headers = self._fold_constant_headers()
        parts = [self._delimiter() + _file_part(file) for file in attachments]
        self.frame: bytes = b"".join(parts) + b"--" + self._mixed + b"--" + CRLF

    def head(
        self, key: str, recipient: Mailbox, body: Body, letter_name: str, letter: str = ""
    ) -> bytes:
        """Return what differs by recipient, up to where the letter's base64 begins.

        ``letter`` as for ``message_id``. Raises ValueError when a value would bring a second line
        or recipient into the headers.
        """
        return b"".join(
            (
                self._constant_headers,
                _header("To", recipient.header),
                _header("Message-ID", message_id(self._stationery, key, letter)),
                b'Content-Type: multipart/mixed; boundary="' + self._mixed + b'"\r\n\r\n',
                self._delimiter(),
                b'Content-Type: multipart/alternative;\r\n boundary="',
                self._alternative + b'"\r\n\r\n',
                self._text_part("plain", body.text),
                self._text_part("html", body.html),
                b"--" + self._alternative + b"--" + CRLF,
                self._delimiter(),
                _file_headers(letter_name),
            )
        )

    def _fold_constant_headers(self) -> bytes:
        """Encode the headers that every message of the round shares."""
        stationery = self._stationery
        return b"".join(
            _header(name, value)
            for name, value in (
                ("From", Mailbox(stationery.sender_name, stationery.sender_address).header),
                ("Reply-To", Mailbox("", stationery.reply_to).header),
                ("Subject", _unstructured("Subject", stationery.subject)),
                ("Date", format_datetime(stationery.date)),
                ("MIME-Version", "1.0"),
                ("Content-Language", stationery.language),
                *stationery.extra_headers,
            )
        )

    def _delimiter(self) -> bytes:
        return b"--" + self._mixed + CRLF

    def _text_part(self, subtype: str, text: str) -> bytes:
        """Encode one reading of the letter as quoted-printable UTF-8."""
        return (
            b"--"
            + self._alternative
            + CRLF
            + f"Content-Type: text/{subtype}; charset=utf-8\r\n".encode()
            + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            + quoted_printable(text)
            + CRLF
        )


def join(head: bytes, letter: bytes, frame: bytes) -> bytes:
    """Return the whole message: the head, the letter's PDF encoded, the frame."""
    return b"".join((head, base64_lines(letter), frame))


@dataclass(frozen=True, slots=True)
class Anew:
    """What a message has of its own when it is sent again: to whom, its id, when, after which."""

    recipient: Mailbox
    message_id: str
    date: datetime
    references: tuple[str, ...]


def readdressed(head: bytes, anew: Anew) -> bytes:
    """Return the head of a message that is sent again; all else in it stays as it is.

    ``References`` names the messages it follows (RFC 5322, section 3.6.4). Raises ValueError when
    a value would break out of its header.
    """
    headers, blank, rest = head.partition(CRLF + CRLF)
    own = {
        b"to": _header("To", anew.recipient.header),
        b"date": _header("Date", format_datetime(anew.date)),
        b"message-id": _header("Message-ID", anew.message_id)
        + _header("References", "\r\n ".join(anew.references)),
        b"references": b"",
    }
    lines = re.split(rb"\r\n(?![ \t])", headers)
    written = (own.get(line.partition(b":")[0].lower(), line + CRLF) for line in lines)
    return b"".join(written) + blank.removeprefix(CRLF) + rest


def is_canonical(message: bytes) -> bool:
    """Tell whether a message travels unchanged: CRLF line ends only, no line above 998 bytes.

    RFC 5322, sections 2.1.1 and 2.3. Asked once, at freeze; sending trusts the hash.
    """
    ends = message.count(b"\r\n")
    return (
        message.endswith(b"\r\n")
        and message.count(b"\n") == ends == message.count(b"\r")
        and max(map(len, message.split(b"\r\n"))) <= _LONGEST_LINE
    )


def quoted_printable(text: str) -> bytes:
    """Encode text as quoted-printable with CRLF line ends (RFC 2045, section 6.7)."""
    lines = "\n".join(text.splitlines()) + "\n"
    return binascii.b2a_qp(lines.encode("utf-8"), istext=True).replace(b"\n", CRLF)


def base64_lines(content: bytes) -> bytes:
    """Encode bytes as base64 in CRLF lines of 76 (RFC 2045, section 6.8).

    The standard library's ``encodebytes`` encodes line by line, at ten times the price.
    """
    text = binascii.b2a_base64(content, newline=False)
    lines = [text[begin : begin + _BASE64_LINE] for begin in range(0, len(text), _BASE64_LINE)]
    return CRLF.join((*lines, b""))


def _header(name: str, value: str) -> bytes:
    """Write one header; raises ValueError when the value is not ASCII, or breaks out of it."""
    line = f"{name}: {value}\r\n".encode("ascii")
    if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line.replace(b"\r\n ", b"")[:-2]):
        raise ValueError(name)
    return line


def _unstructured(name: str, text: str) -> str:
    """Write free text as a header value, folded, encoded where it must be."""
    _refuse_controls(text)
    if _is_plain(text):
        return Header(text, "us-ascii", header_name=name).encode(linesep="\r\n")
    return _encoded_words(name, text)


def _encoded_words(name: str, text: str) -> str:
    """Encode and fold text (RFC 2047); in the old way, which keeps every blank."""
    return Header(text, "utf-8", header_name=name).encode(linesep="\r\n")


def _is_plain(text: str) -> bool:
    """Tell whether text can stand in a header as it is, and will be read as it is.

    What looks like an encoded word must be one, and blanks side by side would become one.
    """
    words = text.split(" ")
    return (
        text.isascii()
        and "=?" not in text
        and all(0 < len(word) <= _LONGEST_WORD for word in words)
    )


def _refuse_controls(text: str) -> None:
    """Raise ValueError for anything that could end a header line."""
    if any(unicodedata.category(character) in _BREAKING for character in text):
        raise ValueError(text)


def _file_headers(name: str) -> bytes:
    """Head a file's part; names are ASCII, so that no program has to know RFC 2231."""
    safe = ascii_name(name)
    kind, packed = _KINDS.guess_type(safe)
    if kind is None or packed:
        kind = "application/octet-stream"
    return (
        f'Content-Type: {kind};\r\n name="{safe}"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment;\r\n filename="{safe}"\r\n\r\n'
    ).encode("ascii")


def _file_part(file: File) -> bytes:
    return _file_headers(file.name) + base64_lines(file.content)
