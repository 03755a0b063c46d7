"""The life of a delivery: states, events, the one table of transitions, and retry as a decision.

The diagram is in ``docs/architecture.md``; design section 6 is the contract.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class State(StrEnum):
    """Where one letter is."""

    QUEUED = "queued"  # waiting for its turn, or for its time to be tried again
    SENDING = "sending"  # claimed by a worker; the message may be on the wire
    SENT = "sent"  # our server answered 250 to the end of DATA
    ACCEPTED = "accepted"  # PEC acceptance receipt: our provider took charge of it
    DELIVERED = "delivered"  # in the mailbox of the Comune
    BOUNCED = "bounced"  # came back
    REFUSED = "refused"  # our server said no for good, or said "later" too often
    IN_DOUBT = "in_doubt"  # nobody here knows whether the server took it


TERMINAL = frozenset({State.SENT, State.ACCEPTED, State.DELIVERED, State.BOUNCED, State.REFUSED})
"""States in which ``send`` has nothing left to do."""


FAILED = frozenset({State.BOUNCED, State.REFUSED})
"""States from which the letter may be sent again, in another round."""

# What a Comune with letters of several rounds is said to be in, the most telling state first.
_TELLING = (
    State.DELIVERED,
    State.SENDING,
    State.IN_DOUBT,
    State.ACCEPTED,
    State.SENT,
    State.QUEUED,
)


def foremost(states: Sequence[State]) -> int:
    """Say which of a Comune's letters, the first one first, tells where it stands: its place.

    One that has arrived counts before all; of those that failed the last one counts.
    """
    for telling in _TELLING:
        if telling in states:
            return len(states) - 1 - list(reversed(states)).index(telling)
    return len(states) - 1


@unique
class Event(StrEnum):
    """What happens to a delivery."""

    CLAIM = "claim"
    TAKEN = "taken"  # 250 after the end of DATA
    REJECTED = "rejected"  # 5xx
    DEFERRED = "deferred"  # 4xx, or the connection lost before the end of DATA
    UNANSWERED = "unanswered"  # no answer after the end of DATA, or found `sending` at start-up
    ACCEPTANCE = "acceptance"  # PEC accettazione
    DELIVERY = "delivery"  # PEC avvenuta-consegna, DSN delivered
    FAILURE = "failure"  # PEC errore-consegna or 24 h, DSN failed
    OPERATOR_SENT = "operator-sent"  # the operator's word on a letter in doubt
    OPERATOR_QUEUE = "operator-queue"


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.QUEUED, Event.CLAIM): State.SENDING,
    # A receipt proves that the server took the letter, whatever it had said before.
    (State.QUEUED, Event.ACCEPTANCE): State.ACCEPTED,
    (State.QUEUED, Event.DELIVERY): State.DELIVERED,
    (State.QUEUED, Event.FAILURE): State.BOUNCED,
    (State.SENDING, Event.TAKEN): State.SENT,
    (State.SENDING, Event.REJECTED): State.REFUSED,
    (State.SENDING, Event.DEFERRED): State.QUEUED,
    (State.SENDING, Event.UNANSWERED): State.IN_DOUBT,
    (State.SENDING, Event.ACCEPTANCE): State.ACCEPTED,
    (State.SENDING, Event.DELIVERY): State.DELIVERED,
    (State.SENDING, Event.FAILURE): State.BOUNCED,
    (State.SENT, Event.ACCEPTANCE): State.ACCEPTED,
    (State.SENT, Event.DELIVERY): State.DELIVERED,
    (State.SENT, Event.FAILURE): State.BOUNCED,
    (State.ACCEPTED, Event.ACCEPTANCE): State.ACCEPTED,
    (State.ACCEPTED, Event.DELIVERY): State.DELIVERED,
    (State.ACCEPTED, Event.FAILURE): State.BOUNCED,
    (State.DELIVERED, Event.ACCEPTANCE): State.DELIVERED,
    (State.DELIVERED, Event.DELIVERY): State.DELIVERED,
    (State.DELIVERED, Event.FAILURE): State.DELIVERED,
    (State.BOUNCED, Event.ACCEPTANCE): State.BOUNCED,
    (State.BOUNCED, Event.FAILURE): State.BOUNCED,
    (State.BOUNCED, Event.DELIVERY): State.DELIVERED,
    (State.REFUSED, Event.ACCEPTANCE): State.ACCEPTED,
    (State.REFUSED, Event.DELIVERY): State.DELIVERED,
    (State.REFUSED, Event.FAILURE): State.BOUNCED,
    (State.IN_DOUBT, Event.ACCEPTANCE): State.ACCEPTED,
    (State.IN_DOUBT, Event.DELIVERY): State.DELIVERED,
    (State.IN_DOUBT, Event.FAILURE): State.BOUNCED,
    (State.IN_DOUBT, Event.OPERATOR_SENT): State.SENT,
    (State.IN_DOUBT, Event.OPERATOR_QUEUE): State.QUEUED,
}


class IllegalTransitionError(ValueError):
    """This event cannot happen in this state."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"{event} in {state}")
        self.state = state
        self.event = event


def after(state: State, event: Event) -> State:
    """Return the state that follows; raises IllegalTransitionError where the table has none."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransitionError(state, event) from None


@unique
class Strength(StrEnum):
    """How surely a message speaks of a delivery; only a strong tie changes a state."""

    STRONG = "strong"
    WEAK = "weak"
    NONE = "none"


_BY_WEIGHT = (Event.ACCEPTANCE, Event.FAILURE, Event.DELIVERY)


def strongest(events: Iterable[Event]) -> Event | None:
    """Return what all receipts of one letter say together: a delivery beats all, in any order."""
    return max(events, key=_BY_WEIGHT.index, default=None)


@unique
class Phase(StrEnum):
    """How far an attempt got (RFC 5321, section 3.3)."""

    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    END_OF_DATA = "end-of-data"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: the event it means, and the server's own words.

    ``code`` is the SMTP reply code, or None when the server did not answer.
    """

    event: Event
    phase: Phase
    code: int | None = None
    text: str = ""


def judge(phase: Phase, code: int | None, text: str = "") -> Outcome:
    """Say what an answer means, or its absence (None), at a phase of the transaction.

    Codes: RFC 5321, section 4.2.1. Silence after the end of DATA is doubt (RFC 1047); silence
    before it is not, since a server must not deliver what it was not given to the end. An answer
    that can be none (a 354 to the final dot) is no better than silence.
    """
    match (code or 0) // 100:
        case 5:
            event = Event.REJECTED
        case 4:
            event = Event.DEFERRED
        case 2 if phase is Phase.END_OF_DATA:
            event = Event.TAKEN
        case _:
            event = Event.UNANSWERED if phase is Phase.END_OF_DATA else Event.DEFERRED
    return Outcome(event, phase, code, text)


RETRY_DELAYS = (300, 900, 1800, 3600, 7200, 14400)
"""Seconds between tries; greylisting clears within the first (RFC 6647, section 2.3)."""

LOST_DELAYS = (5, 10, 30, 60, 120) + (300,) * 15
"""Seconds before a letter is tried again whose connection was lost before the end of DATA."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again after so many seconds."""

    seconds: int


class GiveUp(StrEnum):
    """Do not try again: why."""

    TOO_MANY = "too-many"


def retry(outcome: Outcome, attempts: int) -> Retry | GiveUp:
    """Decide what follows a deferred attempt, given how many were made, this one included."""
    delays = LOST_DELAYS if outcome.code is None else RETRY_DELAYS
    if attempts > len(delays):
        return GiveUp.TOO_MANY
    return Retry(delays[attempts - 1])


def spoken(code: object, words: str) -> str:
    """Return a server's words on one line, its code before them unless they have it."""
    line, number = " ".join(words.split()), str(code or "")
    if not number or re.search(rf"(?<![\w.]){re.escape(number)}(?![\w]|\.\d)", line):
        return line
    return f"{number} {line}".strip()
