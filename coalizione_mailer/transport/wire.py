"""The message as it goes over the wire (RFC 5321, section 4.5.2)."""


def dot_stuffed(message: bytes) -> bytes:
    """Double the leading dots of a message whose lines end in CRLF, in one pass over memory."""
    stuffed = message.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed
