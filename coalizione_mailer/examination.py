"""Everything that can be known before the first letter leaves; nothing is written or sent."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from coalizione_mailer import pace
from coalizione_mailer.campaign import Campaign
from coalizione_mailer.campaign.configuration import Profile
from coalizione_mailer.correspondence import Correspondence, Identity, Prepared, problems_of
from coalizione_mailer.errors import (
    Code,
    Problem,
    ProblemsError,
    ServerUnavailableError,
    Severity,
)
from coalizione_mailer.letter.pdf import subsetter_available
from coalizione_mailer.model import Recipient
from coalizione_mailer.plan import Plan, plan
from coalizione_mailer.transport import Transport

PEC_LIMIT = 30_000_000
"""Bytes of a message times its recipients (RFC 6109, section 2.1; DM 2/11/2005)."""

_ROOM_FACTOR = 2


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found; ``seconds`` is what sending takes under the limits."""

    plan: Plan | None
    problems: tuple[Problem, ...]
    seconds: float = 0.0
    message_bytes: int = 0

    @property
    def clear(self) -> bool:
        """Whether nothing stands in the way of sending."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)


def examine(campaign: Campaign, *, today: date) -> Examination:
    """Look at all that needs no network: dates, recipients, letters, sizes, room on the disk."""
    problems = [*_dates(campaign, today), *_engine()]
    try:
        planned = plan(campaign)
    except ProblemsError as error:
        return Examination(None, _worst_first([*problems, *error.problems]))
    problems += planned.problems
    try:
        samples = _samples(campaign, planned.recipients)
    except ProblemsError as error:
        return Examination(planned, _worst_first([*problems, *error.problems]))
    largest = max((len(sample.message) for sample in samples), default=0)
    for sample in samples:
        problems += problems_of(sample)
    problems += _size(campaign, largest)
    problems += _room(campaign, samples, len(planned.recipients))
    seconds = pace.duration(campaign.configuration.smtp.limits, len(planned.recipients))
    return Examination(planned, _worst_first(problems), seconds, largest)


async def examine_server(transport: Transport) -> ServerUnavailableError | None:
    """See that the server answers, is protected as asked, and lets us in; None if it does."""
    try:
        session = await transport.connect()
    except ServerUnavailableError as error:
        return error
    await session.close()
    return None


def _dates(campaign: Campaign, today: date) -> list[Problem]:
    """Name dates that cannot be meant; what is tried out on this machine may lie in the past."""
    section = campaign.configuration
    event, letter = section.event.date, section.protocol.date
    problems = []
    if event < letter:
        problems.append(
            Problem(
                Code.EVENT_BEFORE_LETTER,
                file="campaign.toml",
                key="event.date",
                found=event.isoformat(),
                expected=(letter.isoformat(),),
            )
        )
    if event < today:
        severity = Severity.WARNING if section.smtp.loopback else Severity.ERROR
        problems.append(
            Problem(
                Code.EVENT_PAST,
                severity,
                file="campaign.toml",
                key="event.date",
                found=event.isoformat(),
            )
        )
    return problems


def _engine() -> list[Problem]:
    try:
        fast = subsetter_available()
    except ProblemsError as error:
        return list(error.problems)
    return [] if fast else [Problem(Code.SUBSETTER_MISSING, Severity.WARNING)]


def _samples(campaign: Campaign, recipients: tuple[Recipient, ...]) -> list[Prepared]:
    """Write the letters most likely to go wrong, and every text; raises ProblemsError."""
    correspondence = Correspondence(campaign, Identity.draft(campaign))
    for recipient in recipients:
        correspondence.templates.render(recipient)
    return list(correspondence.prepared(_typical(recipients), jobs=1))


def _typical(recipients: tuple[Recipient, ...]) -> list[Recipient]:
    """Choose the longest name, the shortest, and the one with most characters beyond ASCII."""
    if not recipients:
        return []
    chosen = (
        max(recipients, key=_length),
        min(recipients, key=_length),
        max(recipients, key=_accents),
    )
    return list(dict.fromkeys(chosen))


def _length(recipient: Recipient) -> int:
    return len(recipient.comune.denominazione)


def _accents(recipient: Recipient) -> int:
    return sum(not character.isascii() for character in recipient.comune.denominazione)


def _size(campaign: Campaign, largest: int) -> list[Problem]:
    if campaign.configuration.smtp.profile is not Profile.PEC or largest <= PEC_LIMIT:
        return []
    return [Problem(Code.MESSAGE_TOO_LARGE, found=str(largest), expected=(str(PEC_LIMIT),))]


def _room(campaign: Campaign, samples: list[Prepared], letters: int) -> list[Problem]:
    """Compare the room on the disk with what the archive will take."""
    largest = max((len(sample.pdf.data) + len(sample.head) for sample in samples), default=0)
    needed = _ROOM_FACTOR * letters * largest
    free = shutil.disk_usage(campaign.root).free
    if free >= needed:
        return []
    return [Problem(Code.DISK_SHORT, found=str(free), expected=(str(needed),))]


def _worst_first(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    order = list(Severity)
    return tuple(sorted(problems, key=lambda problem: order.index(problem.severity)))
