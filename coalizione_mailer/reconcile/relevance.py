"""What of a mailbox concerns the campaign: that is kept, all else is only counted.

A mailbox has other people's letters too. Kept is what is tied to a delivery, even weakly; what may
be a receipt and names no message; and what is not understood, from the freeze on. Not kept: what
came before the freeze, receipts of other messages, and other people's letters.
"""

from typing import assert_never

from coalizione_mailer.lifecycle import Strength
from coalizione_mailer.mailbox.reading import Kind, Reading
from coalizione_mailer.reconcile.ties import Tie

_SLACK = 86400.0
"""Seconds: a provider's clock and the time zone of a Date may be that far from ours."""


def concerns(reading: Reading, tie: Tie, frozen_at: float) -> bool:
    """Tell whether a message concerns the campaign that was frozen then (epoch seconds)."""
    if tie.strength is Strength.STRONG:
        return True
    if too_early(reading, frozen_at):
        return False
    if tie.strength is Strength.WEAK:
        return True
    match reading.kind:
        case (
            Kind.PEC_ACCEPTANCE
            | Kind.PEC_NON_ACCEPTANCE
            | Kind.PEC_TAKEN_IN_CHARGE
            | Kind.PEC_DELIVERY
            | Kind.PEC_DELIVERY_ERROR
            | Kind.PEC_DELIVERY_WARNING
            | Kind.PEC_VIRUS
            | Kind.BOUNCE
            | Kind.DELAY
            | Kind.DELIVERED
            | Kind.FEEDBACK
        ):
            return not reading.message_id
        case Kind.OTHER:
            return True
        case Kind.AUTO_REPLY | Kind.PROTOCOL_ACK | Kind.REPLY:
            return False
        case _:
            assert_never(reading.kind)


def too_early(reading: Reading, frozen_at: float) -> bool:
    """Tell whether a message says that it is older than the letters."""
    occurred = moment(reading)
    return occurred is not None and occurred < frozen_at - _SLACK


def moment(reading: Reading) -> float | None:
    """Return when it happened (epoch seconds), None where the message says nothing possible."""
    try:
        return reading.occurred.timestamp() if reading.occurred else None
    except (OverflowError, ValueError, OSError):
        return None
