"""What can be said about coming, and what is done with it, as values (issue: who is coming).

Times are seconds since the epoch, UTC.
"""

from dataclasses import dataclass
from enum import StrEnum, unique

from coalizione_mailer.lifecycle import Strength

OPERATOR = "operator"
"""The kind of a word that no message brought."""


@unique
class Answer(StrEnum):
    """Whether somebody comes."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


@unique
class Status(StrEnum):
    """What a word is worth."""

    STANDING = "standing"  # it is the answer of its Comune
    CONFIRMS = "confirms"  # it says what stands already
    REPLACED = "replaced"  # a later word took its place
    WAITING = "waiting"  # a person has to look at it
    ASIDE = "aside"  # the operator said that it is no answer
    NOTHING = "nothing"  # it says nothing about coming: absences, acknowledgements


@unique
class Doubt(StrEnum):
    """Why a word waits though its reader was sure of it; ``mailbox.reply`` has more reasons."""

    ALTERS = "alters"  # it differs from what stands
    NO_ANSWER = "no-answer"
    MAYBE = "maybe"
    COMUNE_UNKNOWN = "comune-unknown"
    NOT_INVITED = "not-invited"  # of a Comune that nobody wrote to
    UNREADABLE = "unreadable"


@unique
class Change(StrEnum):
    """What the operator did to a word."""

    DECIDED = "decided"
    SET = "set"
    ASIDE = "aside"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done by whom, and when."""

    change: Change
    who: str
    at: float


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who comes, as far as it was said."""

    name: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Whose:
    """The Comune a word is of, as it was called then."""

    codice_catastale: str
    codice_istat: str
    denominazione: str
    sigla: str
    regione: str


@dataclass(frozen=True, slots=True)
class Word:
    """What one message says about coming, or what the operator knows.

    ``said_at`` is when it was said, ``taken_at`` when this program learned of it. ``tied`` names
    how its message was tied when it was read. ``why`` is why its reader was not sure
    (``doubtful``). ``decided_at`` is when the operator confirmed or corrected it, ``aside`` that
    it is no answer. ``evidence`` is the SHA-256 of the message.
    ``status`` and ``reasons`` follow from all words of the Comune.
    """

    kind: str
    said_at: float
    taken_at: float
    answer: Answer | None = None
    people: int | None = None
    participants: tuple[Person, ...] = ()
    comune: Whose | None = None
    own_text: str = ""
    doubtful: bool = False
    why: tuple[str, ...] = ()
    receipt_id: int | None = None
    tied: str = ""
    decided_at: float | None = None
    decided_by: str = ""
    aside: bool = False
    note: str = ""
    status: Status = Status.WAITING
    reasons: tuple[str, ...] = ()
    evidence: str = ""
    identity: str = ""
    sender: str = ""
    tied_by: str = ""
    id: int = 0

    @property
    def coming(self) -> int:
        """How many people come by this word: of a yes without any number, at least one."""
        if self.answer is not Answer.YES:
            return 0
        return max(self.people or 0, len(self.participants)) or 1

    @property
    def by_operator(self) -> bool:
        """Whether a person of the office said or confirmed it."""
        return self.decided_at is not None


@dataclass(frozen=True, slots=True)
class Unread:
    """A message that was not yet read for what it says about coming, and whose thread it is in.

    ``before`` is what it was worth where it was read already, and tied to another letter since.
    """

    receipt_id: int
    sha256: str
    kind: str
    said_at: float
    tied: str
    strength: Strength
    tied_by: str
    delivery: Whose | None
    before: Status | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing the operator did to a word."""

    word_id: int
    deed: Deed
    before: Word | None
    after: Word


@dataclass(frozen=True, slots=True)
class Totals:
    """The register in figures: Comuni by their standing answer, people, and what is left to do."""

    yes: int
    no: int
    maybe: int
    people: int
    waiting: int
    silent: int
