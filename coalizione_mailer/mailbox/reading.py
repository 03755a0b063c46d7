"""What a message that came back says, as a value (design, 3: ``inspect --json``, contract)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique


@unique
class Kind(StrEnum):
    """What kind of message it is; OTHER is kept and shown, and never becomes a bounce."""

    PEC_ACCEPTANCE = "pec-accettazione"
    PEC_NON_ACCEPTANCE = "pec-non-accettazione"
    PEC_TAKEN_IN_CHARGE = "pec-presa-in-carico"
    PEC_DELIVERY = "pec-avvenuta-consegna"
    PEC_DELIVERY_ERROR = "pec-errore-consegna"
    PEC_DELIVERY_WARNING = "pec-preavviso-errore-consegna"
    PEC_VIRUS = "pec-rilevazione-virus"
    BOUNCE = "bounce"
    DELAY = "delay"
    DELIVERED = "delivered"
    FEEDBACK = "feedback"
    AUTO_REPLY = "auto-reply"
    PROTOCOL_ACK = "protocol-ack"
    REPLY = "reply"
    OTHER = "other"


@unique
class Severity(StrEnum):
    """HARD: the address or host does not exist or has moved; SOFT: any other failure."""

    HARD = "hard"
    SOFT = "soft"


@unique
class Cause(StrEnum):
    """Why a letter came back, in the operator's terms (issue: ``mailer status``)."""

    DEAD = "dead"  # the address or the domain does not exist, or has moved
    FULL = "full"  # mailbox full
    CONTENT = "content"  # virus, spam, policy, size: do not send again as it is
    CLOSED = "closed"  # a PEC box that takes no ordinary mail
    TEMPORARY = "temporary"  # time ran out, host unreachable, greylisting
    UNKNOWN = "unknown"


@unique
class SignatureState(StrEnum):
    """The provider's S/MIME signature over the raw bytes."""

    GOOD = "good"
    BAD = "bad"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Signature:
    """The verdict on a signature: ``signer`` is who signed, ``trusted`` by the given authorities.

    ``trusted`` is None where no authorities were given; ``reason`` is a short fixed word.
    """

    state: SignatureState
    signer: str = ""
    trusted: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One message, understood.

    ``recipients`` are the failed (or delivered) addresses; ``message_id`` is the id of OUR
    message it speaks of, without angle brackets; ``pec_id`` the provider's ``identificativo``.
    ``final`` says that nothing more will come about it. ``references`` are the ids a reply
    answers; ``protocol`` the receiving office's number in an acknowledgement. ``inner`` is what
    an envelope carries, as bytes, for whoever reads replies. ``original_sender`` is whose message a
    PEC receipt certifies to be about: one that is not about ours changes nothing. ``occurred`` is
    the moment the provider certifies, else the message's Date.
    """

    kind: Kind
    final: bool = False
    outcome: Severity | None = None
    cause: Cause | None = None
    recipients: tuple[str, ...] = ()
    status: str = ""
    diagnostic: str = ""
    message_id: str = ""
    pec_id: str = ""
    signature: Signature | None = None
    note: str = ""
    sender: str = ""
    subject: str = ""
    occurred: datetime | None = None
    own_id: str = ""
    references: tuple[str, ...] = ()
    protocol: str = ""
    inner: bytes | None = None
    original_sender: str = ""

    @property
    def verified(self) -> bool | None:
        """True when the signature holds (and is trusted, where authorities are given)."""
        if self.signature is None or self.signature.state is SignatureState.ABSENT:
            return None
        return self.signature.state is SignatureState.GOOD and self.signature.trusted is not False
