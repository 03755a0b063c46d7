"""flufl.bounce, kept at arm's length: it may raise on hostile mail, and reads at its own pace."""

import re
from email import message_from_bytes

MOST_BYTES = 24 * 1024
"""What it is given at most: some of its expressions are quadratic in the length of a text."""
MOST_LINE = 400

_LINE = re.compile(rb"[^\n]{400}[^\n]*")


def ask_library(raw: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the addresses that failed for a time and for good; nothing where it gives up."""
    import logging

    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").disabled = True  # it logs every detector, and its own errors
    short = _LINE.sub(lambda match: match.group()[:MOST_LINE], raw[:MOST_BYTES])
    try:
        late, dead = all_failures(message_from_bytes(short))
    except Exception:  # noqa: BLE001  whatever a stranger's message brings it to
        return (), ()
    return _words(late), _words(dead)


def _words(found: "frozenset[bytes]") -> tuple[str, ...]:
    """Return what it found as text, in a settled order, addresses only."""
    texts = (each.decode("utf-8", "replace") for each in found if b"@" in each)
    return tuple(sorted(text.strip("<> ") for text in texts))
