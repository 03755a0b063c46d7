"""What becomes of a letter that came back: sent again, to whom and on whose word; or held, and why.

A pure function of the case, of what could be tried, and of what the operator said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TypeAlias, assert_never

from coalizione_mailer.ledger.approvals import Approval
from coalizione_mailer.mailbox.reading import Cause
from coalizione_mailer.model import Address, Channel
from coalizione_mailer.resend.cases import Case
from coalizione_mailer.resend.proposals import Proposal, Source

WAITS: Mapping[Cause, float] = {Cause.TEMPORARY: 4 * 3600.0, Cause.FULL: 24 * 3600.0}
"""Seconds before the same address is tried again, where time alone may help."""


@unique
class Hold(StrEnum):
    """Why a letter is not sent again now."""

    CONSENT = "consent"  # there is an address to try: somebody has to say so
    TIME = "time"  # the same address, but later
    ADDRESS = "address"  # a better address is needed, and none is known
    CONTENT = "content"  # the content was refused: the same letter would be refused again
    REASON = "reason"  # nobody knows why it came back


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the operator said of a resend: whom, what she consents to, at what time it is.

    ``sources`` are those all of whose addresses are consented to; ``even`` the causes with which
    the same address is tried again at once. ``now`` is in seconds since the epoch, UTC. ``afresh``
    looks at the letters as if nobody had consented to anything yet.
    """

    now: float
    only: frozenset[str] = frozenset()
    sources: frozenset[Source] = frozenset()
    even: frozenset[Cause] = frozenset()
    other_channel: bool = False
    afresh: bool = False


@dataclass(frozen=True, slots=True)
class Sending:
    """The letter goes again: to which address, known from where, on whose word.

    ``proposal`` is what was consented to just now, and is to be put on record.
    """

    case: Case
    address: Address
    source: str
    proposal: Proposal | None = None

    @property
    def same(self) -> bool:
        """Whether it goes where it went before."""
        return self.case.has_tried(self.address.address)


@dataclass(frozen=True, slots=True)
class Held:
    """The letter stays: why; which addresses could be tried; until when (epoch seconds)."""

    case: Case
    hold: Hold
    proposals: tuple[Proposal, ...] = ()
    until: float | None = None


Decision: TypeAlias = Sending | Held

SAME = "stesso"
"""The source of an address that is merely tried again."""


def decide(
    case: Case, tried: Sequence[Proposal], approval: Approval | None, wishes: Wishes
) -> Decision:
    """Say what becomes of a letter; ``tried`` is what could be tried, the best first."""
    if approval is not None and not case.has_tried(approval.address):
        return Sending(case, Address(approval.channel, approval.address), approval.source)
    for proposal in tried:
        if proposal.certain:
            return Sending(case, proposal.address, proposal.source)
    for proposal in tried:
        if proposal.source in wishes.sources:
            return Sending(case, proposal.address, proposal.source, proposal)
    ready = case.at + WAITS.get(case.cause, 0.0)
    if case.cause in wishes.even or (case.cause in WAITS and ready <= wishes.now):
        same = Address(Channel(case.letter.channel), case.letter.address)
        return Sending(case, same, SAME)
    if case.cause in WAITS:
        return Held(case, Hold.TIME, tuple(tried), ready)
    return Held(case, Hold.CONSENT if tried else _lacking(case.cause), tuple(tried))


def _lacking(cause: Cause) -> Hold:
    match cause:
        case Cause.DEAD | Cause.CLOSED:
            return Hold.ADDRESS
        case Cause.CONTENT:
            return Hold.CONTENT
        case Cause.UNKNOWN:
            return Hold.REASON
        case Cause.FULL | Cause.TEMPORARY:
            return Hold.TIME
        case _:
            assert_never(cause)
