"""What receipts say of a delivery; the same in whatever order they were read, and how often."""

from collections.abc import Iterable
from typing import assert_never

from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.lifecycle import Event, Strength, strongest
from coalizione_mailer.mailbox.reading import Kind, Reading
from coalizione_mailer.reconcile.ties import PEC_RECEIPTS, Tie

WARNINGS_APART = 6 * 3600.0
"""Seconds between a PEC provider's notice after 12 hours and the one after 24 (RFC 6109, 2.1)."""


def event(reading: Reading, tie: Tie) -> Event | None:
    """Return what one message does to its delivery; None when it may not, or says nothing of it.

    A weak tie settles nothing, nor does a PEC receipt without a signature that holds. Delivery
    notices of ordinary mail have none: those count by our id alone.
    """
    return meaning(reading) if counts(reading, tie) else None


def counts(reading: Reading, tie: Tie) -> bool:
    """Tell whether a message may change a state at all."""
    if tie.strength is not Strength.STRONG or tie.delivery_id is None:
        return False
    if reading.kind in PEC_RECEIPTS:
        return reading.verified is True
    return reading.verified is not False


def meaning(reading: Reading) -> Event | None:
    """Translate a kind of message into what it means for a delivery (design, section 6)."""
    match reading.kind:
        case Kind.PEC_ACCEPTANCE:
            return Event.ACCEPTANCE
        case Kind.PEC_DELIVERY | Kind.DELIVERED:
            return Event.DELIVERY
        case Kind.PEC_NON_ACCEPTANCE | Kind.PEC_DELIVERY_ERROR | Kind.BOUNCE:
            return Event.FAILURE
        case Kind.PEC_DELIVERY_WARNING:
            return Event.FAILURE if reading.final else None
        case (
            Kind.PEC_TAKEN_IN_CHARGE
            | Kind.PEC_VIRUS
            | Kind.DELAY
            | Kind.FEEDBACK
            | Kind.AUTO_REPLY
            | Kind.PROTOCOL_ACK
            | Kind.REPLY
            | Kind.OTHER
        ):
            return None
        case _:
            assert_never(reading.kind)


def together(receipts: Iterable[Receipt]) -> Event | None:
    """Return what all receipts of one delivery say together.

    The second of two notices of a PEC provider that time runs out is the last, even where its
    words do not say so.
    """
    events, warned = [], []
    for receipt in receipts:
        if receipt.event is not None:
            events.append(receipt.event)
        elif _warns(receipt) and receipt.occurred_at is not None:
            warned.append(receipt.occurred_at)
    if warned and max(warned) - min(warned) >= WARNINGS_APART:
        events.append(Event.FAILURE)
    return strongest(events)


def _warns(receipt: Receipt) -> bool:
    return (
        receipt.kind == Kind.PEC_DELIVERY_WARNING
        and receipt.strength is Strength.STRONG
        and receipt.verified is True
    )
