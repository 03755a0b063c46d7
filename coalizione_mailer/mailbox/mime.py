"""MIME from strangers (RFC 2045, 2046, 5322): never raises, bounded, and true to the raw bytes.

The standard library's parser keeps no offsets, so what a signature covers could not be found
again: here a part is a range of the message as received. Values are decoded by the library.
"""

import base64
import binascii
import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import collapse_rfc2231_value, parsedate_to_datetime
from itertools import takewhile

from coalizione_mailer.mailbox import markup

MOST_DEPTH = 12  # levels of multiparts and of messages within messages
MOST_PARTS = 500
MOST_HEADERS = 500
MOST_HEADER_BYTES = 256 * 1024  # all headers of one part
MOST_VALUE = 16 * 1024  # one header
MOST_PADDING = 200  # blanks after a delimiter
MOST_TEXT = 512 * 1024  # the text of one part

_LF = ord("\n")
_SLOW_CODECS = {"idna", "punycode"}  # quadratic, and no charset of mail
_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:\\\[\]@]{1,128}@[^\s<>\"'(),;:\\\[\]@]{1,255}")
_ANGLED = re.compile(r"<\s*([^\s<>@]{1,128}@[^\s<>@]{1,255})\s*>")
_IDENTIFIER = re.compile(r"<\s*([^<>\s]{1,998})\s*>")


@dataclass(frozen=True, slots=True)
class Part:
    """One entity: a range of ``source`` with its headers; ``parts`` of a multipart, else none."""

    source: bytes = field(repr=False)
    start: int
    body: int
    end: int
    headers: tuple[tuple[str, str], ...]
    depth: int = 0
    parts: tuple["Part", ...] = ()

    def first(self, name: str) -> str:
        """Return the first value of a header, unfolded, as written; empty where there is none."""
        wanted = name.lower()
        for key, value in self.headers:  # asked forty times a message: no tuple, no generator
            if key == wanted:
                return value
        return ""

    def every(self, name: str) -> tuple[str, ...]:
        """Return all values of a header, in order; names compare without regard to case."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key == wanted)

    def words(self, name: str) -> str:
        """Return the first value of a header with its encoded words decoded (RFC 2047)."""
        return decoded(self.first(name))

    @property
    def content_type(self) -> str:
        """The media type in small letters; ``text/plain`` where none or a broken one is given."""
        value = self.first("content-type").split(";", 1)[0].strip().lower()
        return value if value.count("/") == 1 else "text/plain"

    @property
    def filename(self) -> str:
        """The name the sender gave it: for comparing, never a path."""
        return parameter(self.first("content-disposition"), "filename") or parameter(
            self.first("content-type"), "name"
        )

    @property
    def attached(self) -> bool:
        """Whether the sender calls it an attachment."""
        return self.first("content-disposition").strip().lower().startswith("attachment")

    @property
    def raw(self) -> bytes:
        """The whole entity, headers and body, byte for byte: what a signature covers."""
        return self.source[self.start : self.end]

    @property
    def content(self) -> bytes:
        """The body with its transfer encoding undone, as far as it can be."""
        return _undone(self.source[self.body : self.end], self.first("content-transfer-encoding"))

    @property
    def text(self) -> str:
        """The body as characters, cut at MOST_TEXT; HTML stays HTML."""
        charset = parameter(self.first("content-type"), "charset")
        content = self.content
        if len(content) > MOST_TEXT:  # between two lines, so that no character is cut
            content = content[:MOST_TEXT].rpartition(b"\n")[0] or content[:MOST_TEXT]
        return characters(content, charset)


def parse(raw: bytes, depth: int = 0) -> Part:
    """Read a message, whatever it is; beyond the bounds above, the rest is left unread."""
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    start = len(raw) - len(raw.lstrip(b"\r\n"))  # empty lines before the first header
    return _entity(raw, start, len(raw), depth, [MOST_PARTS])


def walk(part: Part, *, inside_messages: bool = False) -> Iterator[Part]:
    """Go through a part and all below it, and into enclosed messages only when asked."""
    budget = MOST_PARTS
    waiting = [part]
    while waiting and budget:
        budget -= 1
        current = waiting.pop()
        yield current
        waiting.extend(reversed(current.parts))
        if inside_messages and current.depth < MOST_DEPTH:
            inner = enclosed(current)
            if inner is not None:
                waiting.append(parse(inner, current.depth + 1))


def enclosed(part: Part) -> bytes | None:
    """Return the message a part encloses: message/rfc822, or a file named .eml of any type."""
    message = part.content_type in {"message/rfc822", "message/global"}
    if part.parts or not (message or part.filename.lower().endswith(".eml")):
        return None
    body = part.source[part.body : part.end]
    if part.first("content-transfer-encoding").strip().lower() == "quoted-printable":
        return part.content
    # Declared base64 and yet readable: the declaration is wrong, not the message.
    return body if _FIELD.match(body.lstrip()) else part.content


def messages(part: Part) -> Iterator[bytes]:
    """Return the messages enclosed in a part or below it, outermost only, in order."""
    return (inner for each in walk(part) if (inner := enclosed(each)) is not None)


def texts(part: Part) -> Iterator[str]:
    """Return every readable text in order, HTML turned into text; attachments left out."""
    for each in walk(part):
        if each.attached or each.parts:
            continue
        if each.content_type == "text/html":
            yield markup.readable(each.text)
        elif each.content_type.startswith("text/"):
            yield each.text


def text_body(part: Part) -> str:
    """Return what a person reads: the first plain text that is not empty, else the first HTML."""
    leaves = [each for each in walk(part) if not each.parts and not each.attached]
    plain = (each.text for each in leaves if each.content_type == "text/plain")
    rich = (markup.readable(each.text) for each in leaves if each.content_type == "text/html")
    return next((text for text in plain if text.strip()), "") or next(
        (text for text in rich if text.strip()), ""
    )


def decoded(value: str) -> str:
    """Undo encoded words (RFC 2047); a value that cannot be decoded stays as it is."""
    if "=?" not in value:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError, AssertionError):
        return value


def parameter(value: str, name: str) -> str:
    """Return a parameter of a Content-Type or Content-Disposition (RFC 2231 too), decoded."""
    if name not in value.lower():
        return ""
    holder = Message()
    try:
        holder["content-type"] = value
        found = holder.get_param(name, "", "content-type")
        return decoded(collapse_rfc2231_value(found)).strip()
    except (MessageError, LookupError, ValueError, TypeError, IndexError):
        return ""


def address(value: str) -> str:
    """Return the address of a From or Reply-To, in small letters: the angled one goes first."""
    angled = _ANGLED.findall(value)
    return (angled[-1] if angled else next(iter(addresses(value)), "")).lower()


def addresses(value: str) -> tuple[str, ...]:
    """Return every address in a value, each once, as written."""
    found = (match.group().strip(".") for match in _ADDRESS.finditer(value[:MOST_VALUE]))
    return tuple(dict.fromkeys(found))


def identifiers(value: str) -> tuple[str, ...]:
    """Return the message ids in a value without brackets; a bare one counts where none has them."""
    value = value[:MOST_VALUE].replace("&lt;", "<").replace("&gt;", ">")
    return tuple(dict.fromkeys(_IDENTIFIER.findall(value))) or tuple(value.strip(" <>").split()[:1])


def identifier(value: str) -> str:
    """Return the first message id in a value, without brackets, blanks or ``&lt;``."""
    return next(iter(identifiers(value)), "")


def date(part: Part) -> datetime | None:
    """Return the message's Date with its zone, None where it cannot be read."""
    try:
        found = parsedate_to_datetime(part.first("date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def characters(data: bytes, charset: str) -> str:
    """Decode with the charset named, else UTF-8, else Latin-1, which takes every byte."""
    for name in (charset, "utf-8"):
        try:
            if codecs.lookup(name or "utf-8").name not in _SLOW_CODECS:
                return data.decode(name or "utf-8")
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")


def _entity(source: bytes, start: int, end: int, depth: int, budget: list[int]) -> Part:
    """Read one entity; ``budget`` counts down the parts that the whole message may still have."""
    budget[0] -= 1
    headers, body = _headers(source, start, end)
    part = Part(source, start, body, end, headers, depth)
    kind = part.content_type
    boundary = parameter(part.first("content-type"), "boundary").encode("utf-8", "replace")
    if not kind.startswith("multipart/") or not boundary or depth >= MOST_DEPTH:
        return part
    ranges = takewhile(lambda _: budget[0] > 0, _ranges(source, body, end, boundary))
    parts = tuple(_entity(source, first, last, depth + 1, budget) for first, last in ranges)
    return Part(source, start, body, end, headers, depth, parts)


def _headers(source: bytes, start: int, end: int) -> tuple[tuple[tuple[str, str], ...], int]:
    """Return the headers, unfolded, and where the body begins.

    A line that is neither a header nor the continuation of one begins the body, as if the empty
    line before it were lost; a leading ``From `` line is an mbox's and is left out.
    """
    found: list[tuple[str, str]] = []
    lines: list[bytes] = []
    position = start
    limit = min(end, start + MOST_HEADER_BYTES)
    while position < limit:
        newline = source.find(b"\n", position, end)
        after = end if newline < 0 else newline + 1
        line = source[position : min(after, position + MOST_VALUE)].rstrip(b"\r\n")
        if not line:
            position = after
            break
        if line[:1] in b" \t" and lines:
            lines.append(line)
        elif _FIELD.match(line):
            _keep(found, lines)
            lines = [line]
        elif position != start or line[:5] not in {b"From ", b">From"}:
            break
        position = after
    _keep(found, lines)
    return tuple(found), position


def _keep(found: list[tuple[str, str]], lines: list[bytes]) -> None:
    """Add the header that these lines are, unfolded, while there is room."""
    if lines and len(found) < MOST_HEADERS:
        name, _, value = b" ".join([lines[0], *(line.strip() for line in lines[1:])]).partition(
            b":"
        )
        value = value[:MOST_VALUE].replace(b"\0", b"")
        text = value.decode("ascii") if value.isascii() else characters(value, "utf-8")
        found.append((name.strip().decode("ascii").lower(), text.strip()))


def _ranges(source: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Return where each part of a multipart lies; a lost closing delimiter ends it at its end."""
    delimiter = b"--" + boundary
    first = -1
    position = source.find(delimiter, start, end)
    while position >= 0:
        # A delimiter's line is short: looking no further keeps the time linear.
        limit = min(end, position + len(delimiter) + MOST_PADDING)
        newline = source.find(b"\n", position, limit)
        after = limit if newline < 0 else newline + 1
        rest = source[position + len(delimiter) : after].rstrip()
        if rest in {b"", b"--"} and (position == start or source[position - 1] == _LF):
            if first >= 0:
                yield first, max(first, _before_newline(source, position))
            first = after
            if rest:
                return
            position = after - 1  # the next delimiter may follow at once
        position = source.find(delimiter, position + 1, end)
    if 0 <= first < end:
        yield first, end


def _before_newline(source: bytes, position: int) -> int:
    """Return where the line break before a delimiter begins: it belongs to the delimiter."""
    position -= source[position - 1 : position] == b"\n"
    return position - (source[position - 1 : position] == b"\r")


def _undone(body: bytes, encoding: str) -> bytes:
    """Undo a transfer encoding; what does not fit is passed over, as mail programs do."""
    match encoding.split(";", 1)[0].strip().lower():
        case "base64":
            return _from_base64(body)
        case "quoted-printable":
            return quopri.decodestring(body)
        case _:
            return body


def _from_base64(body: bytes) -> bytes:
    """Decode base64 up to its first padding, foreign characters left out, cut ones forgiven."""
    letters = _BASE64.sub(b"", body.partition(b"=")[0])
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return b""
