"""Words for what came back: kinds of message, how they are tied, whether they count."""

from typing import TYPE_CHECKING

from coalizione_mailer.cli.language import _
from coalizione_mailer.lifecycle import Strength, spoken
from coalizione_mailer.mailbox.reading import Cause, Kind

if TYPE_CHECKING:
    from coalizione_mailer.ledger.receipts import Receipt


def kind_in_words(kind: Kind) -> str:
    """Say what kind of message it is."""
    words = {
        Kind.PEC_ACCEPTANCE: _("PEC acceptance: our provider took it"),
        Kind.PEC_NON_ACCEPTANCE: _("PEC non-acceptance: our provider refused it"),
        Kind.PEC_TAKEN_IN_CHARGE: _("PEC notice between providers"),
        Kind.PEC_DELIVERY: _("PEC delivery: it is in the mailbox of the Comune"),
        Kind.PEC_DELIVERY_ERROR: _("PEC failure: it could not be delivered"),
        Kind.PEC_DELIVERY_WARNING: _("PEC notice of delay"),
        Kind.PEC_VIRUS: _("PEC notice of a virus"),
        Kind.BOUNCE: _("bounce: it came back"),
        Kind.DELAY: _("notice of delay"),
        Kind.DELIVERED: _("delivery notice"),
        Kind.FEEDBACK: _("complaint passed on by a provider"),
        Kind.AUTO_REPLY: _("automatic answer"),
        Kind.PROTOCOL_ACK: _("entered in the register of the Comune"),
        Kind.REPLY: _("answer of a person"),
        Kind.OTHER: _("not understood"),
    }
    return words[kind]


def cause_in_words(cause: Cause) -> str:
    """Say why a letter came back."""
    words = {
        Cause.DEAD: _("the address does not exist"),
        Cause.FULL: _("the mailbox is full"),
        Cause.CONTENT: _("the content was refused"),
        Cause.CLOSED: _("the mailbox takes no ordinary mail"),
        Cause.TEMPORARY: _("it could not be reached in time"),
        Cause.UNKNOWN: _("for a reason that is not known"),
    }
    return words[cause]


def receipt_in_words(receipt: "Receipt") -> str:
    """Tell of one message that came back, on one line: what it is, why, and whether it counts."""
    text = kind_in_words(Kind(receipt.kind))
    if receipt.cause:
        text += f", {cause_in_words(Cause(receipt.cause))}"
    if receipt.protocol:
        text += " " + _("(number {number})").format(number=receipt.protocol)
    said = spoken(receipt.status, receipt.diagnostic)
    if said:
        text += f": {said}"
    return " ".join([text, *_marks(receipt)])


def _marks(receipt: "Receipt") -> list[str]:
    marks = []
    if receipt.strength is Strength.WEAK:
        marks.append(_("[perhaps about this letter: it changes nothing]"))
    if receipt.verified is False:
        marks.append(_("[the signature does not hold: it changes nothing]"))
    elif receipt.verified:
        marks.append(_("[signature of {signer} holds]").format(signer=receipt.signer or "?"))
    elif receipt.kind.startswith("pec-"):
        marks.append(_("[no signature: it changes nothing]"))
    return marks
