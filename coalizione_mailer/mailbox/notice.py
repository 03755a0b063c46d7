"""The two halves of a bounce: what the mail system says, and our own message that it returns."""

import re
from dataclasses import dataclass, field

from coalizione_mailer.mailbox import markup, mime
from coalizione_mailer.mailbox.rules import rules

MOST_NOTICE = 48 * 1024  # characters of a notice; the longest seen in the wild is a tenth
MOST_RETURNED = 64 * 1024  # bytes of the returned headers
MOST_LINE = 1000
MOST_MARK = 200

_HEADER = re.compile(
    r"(?:received|return-path|message-id|from|to|subject|date|mime-version|dkim-signature"
    r"|x-[a-z-]{2,40}|delivered-to|content-type|reply-to|sender)[ \t]{0,3}:",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"[ \t>|]{0,8}(?:original )?message-id[ \t]{0,3}:[ \t]{0,8}<?([^\s<>]{3,250})>?", re.IGNORECASE
)
_BLANK = re.compile(rb"\r?\n\r?\n")
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED = frozenset(
    {"text/rfc822-headers", "message/rfc822-headers", "text/rfc822", "message/global-headers"}
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A message seen as a notice: its ``lines``, its ``reports`` (RFC 3464), what it returns."""

    lines: tuple[str, ...]
    reports: tuple[str, ...] = ()
    feedback: str = ""
    returned: mime.Part | None = None

    @property
    def text(self) -> str:
        """The words of the notice."""
        return "\n".join(self.lines)

    @property
    def message_id(self) -> str:
        """The id of our message: PEC providers keep ours in X-Riferimento-Message-ID."""
        if self.returned is None:
            return ""
        return mime.identifier(self.returned.first("x-riferimento-message-id")) or mime.identifier(
            self.returned.first("message-id")
        )

    @property
    def pec_id(self) -> str:
        """The provider's own id, where what came back is a PEC envelope."""
        if self.returned is None or not self.returned.first("x-riferimento-message-id"):
            return ""
        return mime.identifier(self.returned.first("message-id"))

    @property
    def written_to(self) -> tuple[str, ...]:
        """Whom the returned message was addressed to, in small letters."""
        return self._addresses("to", "cc", "x-original-to", "x-rcpt-to")

    @property
    def written_by(self) -> tuple[str, ...]:
        """Who had sent it, in small letters."""
        return self._addresses("from", "sender", "return-path", "reply-to")

    def _addresses(self, *names: str) -> tuple[str, ...]:
        if self.returned is None:
            return ()
        found = (mime.addresses(value) for name in names for value in self.returned.every(name))
        return tuple(dict.fromkeys(one.lower() for some in found for one in some))


@dataclass(slots=True)
class _Found:
    """What was met on the way through a message."""

    words: list[str] = field(default_factory=list)
    rich: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    feedback: str = ""
    returned: mime.Part | None = None

    def take(self, part: mime.Part) -> None:
        """Put one part where it belongs; after the returned message only a first text counts."""
        kind = part.content_type
        if kind in _REPORTS:
            self.reports.append(part.text[:MOST_NOTICE])
        elif kind == "message/feedback-report":
            self.feedback = part.text[:MOST_NOTICE] or " "
        elif kind in _RETURNED:
            self.returned = self.returned or headers_of(part.content)
        elif (inner := mime.enclosed(part)) is not None:
            self.returned = self.returned or headers_of(inner)
        elif kind == "text/html":
            self.rich.append(part.text)
        elif kind.startswith(("text/", "multipart/")) and not (self.words and self.returned):
            self.words.append(part.text)


def read_notice(tree: mime.Part) -> Notice:
    """Take a message apart into notice, reports and returned message."""
    found = _Found()
    for part in mime.walk(tree):
        if not part.parts:
            found.take(part)
    text = "\n".join(found.words).strip()
    text = text or "\n".join(markup.readable(each) for each in found.rich[:3])
    lines, rest = _cut(text[:MOST_NOTICE])
    returned = found.returned or _found_in(rest)
    return Notice(lines, tuple(found.reports), found.feedback, returned)


def headers_of(raw: bytes) -> mime.Part:
    """Read the headers of a returned message and leave its body alone."""
    raw = raw.lstrip()[:MOST_RETURNED]
    end = _BLANK.search(raw)
    return mime.parse(raw[: end.start()] if end else raw)


def _cut(text: str) -> tuple[tuple[str, ...], list[str]]:
    """Divide a text where our own message begins: at the words for it, or at its first headers."""
    lines = [line[:MOST_LINE] for line in text.splitlines()]
    for number, line in enumerate(lines):
        if _marks(line) or _headers_begin(lines, number):
            return tuple(lines[:number]), lines[number:]
    return tuple(lines), []


def _marks(line: str) -> bool:
    """Whether a line announces our own message: by its words, shorter ones beside dashes."""
    if len(line) > MOST_MARK:
        return False
    small = line.strip(" \t>|").casefold()
    words = small.lstrip("-=*_+ ")
    if not words:
        return False
    named = rules().named
    ruled = len(small) - len(words) >= 3 and named["returned-ruled"].starts(words)  # noqa: PLR2004
    return ruled or named["returned"].starts(words)


def _headers_begin(lines: list[str], number: int) -> bool:
    """Whether a line is the first of a block of headers: such a line, then another or its fold."""
    small = lines[number].lstrip(" \t>|")[:20].casefold()
    return small.startswith(("received:", "return-path:", "dkim-signature:", "x-original-to:"))


def _found_in(rest: list[str]) -> mime.Part | None:
    """Read the headers of a message that was returned as text, indented or quoted maybe."""
    for number, line in enumerate(rest[:60]):
        match = _HEADER.match(line.lstrip(" \t>|"))
        if match is None:
            continue
        indent = len(line) - len(line.lstrip(" \t>|"))
        block: list[str] = []
        for each in rest[number : number + 400]:
            plain = each[indent:]
            if not plain.strip():
                if len(block) > 1:
                    break
                continue
            block.append(plain)
        return mime.parse("\n".join(block).encode("utf-8", "replace"))
    return None


def mentioned_id(lines: tuple[str, ...]) -> str:
    """Return the Message-ID that the notice itself mentions, empty where it does not."""
    for line in lines:
        match = _OURS.match(line)
        if match:
            return match.group(1)
    return ""
