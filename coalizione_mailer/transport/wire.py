"""The message as it goes over the wire (RFC 5321, section 4.5.2)."""

_LONGEST_LINE = 998


def dot_stuffed(message: bytes) -> bytes:
    """Double the leading dots of a CRLF message, in two passes over memory and no regex.

    Raises ValueError when a line does not end in CRLF or the message does not end with a line:
    our own messages are made so, and anything else would change on its way.
    """
    ends = message.count(b"\r\n")
    if message.count(b"\n") != ends or message.count(b"\r") != ends or message[-2:] != b"\r\n":
        raise ValueError(message[:80])
    stuffed = message.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def longest_line(message: bytes) -> int:
    """Return the length of the longest line in bytes, its end not counted (RFC 5322, 2.1.1)."""
    return max(map(len, message.split(b"\r\n")))


def lines_are_legal(message: bytes) -> bool:
    """Tell whether every line is at most 998 bytes long."""
    return longest_line(message) <= _LONGEST_LINE
