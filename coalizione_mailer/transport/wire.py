"""What goes over the wire and comes back: messages (RFC 5321, section 4.5.2) and answers."""


def dot_stuffed(message: bytes) -> bytes:
    """Double the leading dots of a message whose lines end in CRLF, in one pass over memory."""
    stuffed = message.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


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


def xtext(value: str) -> str:
    """Encode the value of a DSN parameter (RFC 3461, section 4)."""
    return "".join(c if "!" <= c <= "~" and c not in "+=" else f"+{ord(c):02X}" for c in value)
