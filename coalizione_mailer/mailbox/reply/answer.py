"""What a reply says, as values; the words of ``mailer rsvp read --json`` (a contract)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum, unique


@unique
class ReplyKind(StrEnum):
    """What a message is to the list of participants."""

    REPLY = "reply"  # a person answers or forwards
    AUTO_REPLY = "auto-reply"  # absence, dead mailbox
    PROTOCOL_ACK = "protocol-ack"  # the receipt of a protocol office
    UNRELATED = "unrelated"  # advertising, other matters, receipts


@unique
class Verdict(StrEnum):
    """The answer to the invitation."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


@unique
class Why(StrEnum):
    """Why a person should look at an entry before it counts."""

    NO_ANSWER = "no-answer"  # a person wrote, and neither yes nor no is in it
    MAYBE = "maybe"
    REPLACES = "replaces-earlier"  # a recorded answer is being altered
    QUESTION = "question"  # somebody waits for an answer of ours
    WHO_MISSING = "who-missing"  # they come, and nobody says who
    WHO_INCOMPLETE = "who-incomplete"  # a number without all its names, or one who perhaps comes
    CONFLICT = "conflict"  # the words say yes and no, or too little to be sure
    MERGED = "merged"  # answers written into our own text
    NOBODY_READS = "nobody-reads"  # a dead mailbox, a long absence, a refusal
    OTHER_MATTER = "other-matter"  # a Comune asks for something else
    TOO_LONG = "too-long"  # more than is read by rule
    COMUNE_UNKNOWN = "comune-unknown"
    COMUNE_CONTRADICTED = "comune-contradicted"
    STRANGER = "stranger"  # a private address that is not in the thread


@dataclass(frozen=True, slots=True)
class Participant:
    """Who comes: ``Nome Cognome`` without titles; ``role`` in the text's words, or empty."""

    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the invitation is about: its day, and words that only it has (town, place, title)."""

    day: date | None = None
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """One message, read for the list of participants.

    ``own_text`` is what the person wrote, signature included. ``body`` and ``signature`` are its
    two parts. ``sender`` is the writer's address, ``references`` the ids the message answers.
    ``certified`` tells that the sender is that of a PEC envelope.
    """

    kind: ReplyKind
    answer: Verdict | None = None
    participants: tuple[Participant, ...] = ()
    count: int | None = None
    own_text: str = ""
    body: str = ""
    signature: str = ""
    replaces_earlier: bool = False
    why: tuple[Why, ...] = field(default=())
    sender: str = ""
    subject: str = ""
    references: tuple[str, ...] = ()
    occurred: datetime | None = None
    own_id: str = ""

    @property
    def needs_human(self) -> bool:
        """Whether a person should look at it before it counts."""
        return bool(self.why)
