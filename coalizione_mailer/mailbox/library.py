"""flufl.bounce, kept at arm's length: it may raise on hostile mail, and reads at its own pace.

It is given the notice as one plain text, short, and not the message as it came: in a message of
very many parts it looks at every part for every line, which takes minutes.
"""

from email.message import Message

MOST_LINES = 150
MOST_LINE = 300


def ask_library(
    sender: str, recipient: str, subject: str, lines: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the addresses that failed for a time and for good; nothing where it gives up."""
    import logging

    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").disabled = True  # it logs every detector, and its own errors
    message = Message()
    for name, value in (("From", sender), ("To", recipient), ("Subject", subject)):
        message[name] = " ".join(value[:MOST_LINE].split())
    message.set_payload("\n".join(line[:MOST_LINE] for line in lines[:MOST_LINES]))
    try:
        late, dead = all_failures(message)
    except Exception:  # noqa: BLE001  whatever a stranger's message brings it to
        return (), ()
    return _words(late), _words(dead)


def _words(found: "frozenset[bytes]") -> tuple[str, ...]:
    """Return what it found as text, in a settled order, addresses only."""
    texts = (each.decode("utf-8", "replace") for each in found if b"@" in each)
    return tuple(sorted(text.strip("<> ") for text in texts))
