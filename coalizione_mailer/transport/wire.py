"""What goes over the wire and comes back: messages (RFC 5321, section 4.5.2) and answers."""

from dataclasses import dataclass

_LONGEST_LINE = 8192
_LONGEST_ANSWER = 4 * _LONGEST_LINE
_CODE_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Wire:
    """A message as it goes over the wire, without the final dot, in pieces that others may share.

    Each piece is whole lines that end in CRLF, with leading dots doubled.
    """

    pieces: tuple[bytes, ...]

    @classmethod
    def of(cls, message: bytes) -> "Wire":
        """Make it of a message in one piece whose lines end in CRLF."""
        return cls((dot_stuffed(message),))


def dot_stuffed(lines: bytes) -> bytes:
    """Double the leading dots of lines that end in CRLF, in one pass over memory."""
    stuffed = lines.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


class NoAnswerError(ConnectionError):
    """What came back is not SMTP, or came when nothing was asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply (RFC 5321, section 4.2); the text as it came, its lines joined by LF."""

    code: int
    text: str


def first_answer(unread: bytearray) -> Answer | None:
    """Take the first whole answer out of what was read; raises NoAnswerError."""
    lines: list[bytes] = []
    begin = 0
    while (end := unread.find(b"\n", begin)) >= 0:
        line = bytes(unread[begin:end])
        begin = end + 1
        if end > _LONGEST_ANSWER or len(line) > _LONGEST_LINE:
            raise NoAnswerError("Response too long")
        if len(line) < _CODE_DIGITS or not line[:_CODE_DIGITS].isdigit():
            text = line.decode("utf-8", "ignore").strip()
            raise NoAnswerError(f"Malformed SMTP response line: {text}")
        lines.append(line[_CODE_DIGITS + 1 :].strip(b" \t\r"))
        if not line.startswith(b"-", _CODE_DIGITS):
            del unread[:begin]
            return Answer(
                int(line[:_CODE_DIGITS]), b"\n".join(lines).decode("utf-8", "surrogateescape")
            )
    if len(unread) > _LONGEST_ANSWER:
        raise NoAnswerError("Response too long")
    return None


def readable(answer: str) -> str:
    """Return a server's words as text that any database and any screen takes.

    Answers are ASCII by right; in fact they come in any encoding, and a terminal would obey what
    is not printable.
    """
    raw = answer.encode("utf-8", "surrogateescape")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def words_of(error: BaseException) -> str:
    """Return what the other side said, or the name of what happened when it said nothing."""
    return readable(str(getattr(error, "message", "") or error)) or type(error).__name__


def xtext(value: str) -> str:
    """Encode the value of a DSN parameter (RFC 3461, section 4)."""
    return "".join(c if "!" <= c <= "~" and c not in "+=" else f"+{ord(c):02X}" for c in value)
