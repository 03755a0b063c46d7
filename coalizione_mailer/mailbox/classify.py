"""What a message is, whatever it is: PEC first, then bounces, automatic answers, people's replies.

A bounce is looked for before an automatic answer, since four in ten call themselves one. What is
not understood is OTHER: kept and shown, never a bounce.
"""

from dataclasses import replace
from functools import partial

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.authorities import Authorities
from coalizione_mailer.mailbox.automatic import (
    read_acknowledgement,
    read_auto_reply,
    read_feedback,
)
from coalizione_mailer.mailbox.bounce import read_bounce
from coalizione_mailer.mailbox.notice import Notice, read_notice
from coalizione_mailer.mailbox.notifications import read_notification
from coalizione_mailer.mailbox.outside import from_daemon
from coalizione_mailer.mailbox.pec import read_pec
from coalizione_mailer.mailbox.reading import Kind, Reading
from coalizione_mailer.mailbox.rules import rules

MOST_DEPTH = 3
"""Envelopes within envelopes that are opened."""
MOST_BYTES = 256 * 1024 * 1024
"""Larger messages are cut; no provider takes one, and a signature would not survive it."""


def classify(raw: bytes, authorities: Authorities | None = None) -> Reading:
    """Say what a message is; never raises, and takes time and memory linear in its size."""
    try:
        return _classified(raw[:MOST_BYTES].lstrip(), authorities, MOST_DEPTH)
    except Exception as error:  # noqa: BLE001  one message must not keep the others unread
        return Reading(Kind.OTHER, note=f"defect: {type(error).__name__}")


def _classified(raw: bytes, authorities: Authorities | None, depth: int) -> Reading:
    tree = mime.parse(raw)
    again = partial(_again, authorities=authorities, depth=depth)
    return read_pec(tree, authorities, again) or _ordinary(tree)


def _again(inner: bytes, authorities: Authorities | None, depth: int) -> Reading:
    """Classify what an envelope carries, while there are not too many around it."""
    return _classified(inner, authorities, depth - 1) if depth > 0 else Reading(Kind.OTHER)


def _ordinary(tree: mime.Part) -> Reading:
    """Classify a message that is not of PEC."""
    notice = read_notice(tree)
    reading = read_feedback(tree, notice) or _returned_twice(tree, notice)
    reading = reading or read_notification(tree, notice) or read_bounce(tree, notice)
    if reading is None:
        text = mime.text_body(tree)
        reading = read_acknowledgement(tree, text) or read_auto_reply(tree, text)
    if reading is None:
        reading = Reading(_left_over(tree))
    return _signed(reading, tree)


def _returned_twice(tree: mime.Part, notice: Notice) -> Reading | None:
    """Read the bounce inside a notice that forwards another system's and says nothing itself."""
    if notice.reports or notice.returned is None or not from_daemon(tree):
        return None
    if not from_daemon(notice.returned):
        return None
    inner = next(mime.messages(tree), None)
    if inner is None:
        return None
    within = mime.parse(inner)
    reading = read_bounce(within, read_notice(within))
    return reading if reading is not None and reading.recipients else None


def _signed(reading: Reading, tree: mime.Part) -> Reading:
    """Add what every message has: who, when, about what, in answer to what."""
    answered = (
        *mime.identifiers(tree.first("in-reply-to")),
        *mime.identifiers(tree.first("references")),
    )
    return replace(
        reading,
        sender=mime.address(tree.words("from")),
        subject=" ".join(tree.words("subject").split()),
        occurred=mime.date(tree),
        own_id=mime.identifier(tree.first("message-id")),
        references=tuple(dict.fromkeys(answered)),
    )


def _left_over(tree: mime.Part) -> Kind:
    """Say whether a message that nothing else has claimed is a person's: REPLY, else OTHER."""
    named = rules().named
    if tree.first("in-reply-to") or tree.first("references"):
        return Kind.REPLY
    mass = any(tree.first(name) for name in named["bulk"].words)
    flagged = tree.first("x-spam-flag").strip().casefold() == "yes"
    bulk = tree.first("precedence").strip().casefold() in {"bulk", "list", "junk"}
    sender = tree.words("from").casefold()
    if mass or flagged or bulk or not mime.address(sender) or named["daemon"].speaks(sender):
        return Kind.OTHER
    return Kind.REPLY
