"""What needs no network: dates, recipients, letters, sizes, the pace, room on the disk."""

import html
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.campaign.configuration import Profile
from coalizione_mailer.correspondence import (
    Correspondence,
    Identity,
    Prepared,
    problems_of,
    typical,
)
from coalizione_mailer.errors import Code, Problem, ProblemsError, Severity
from coalizione_mailer.examination.addresses import addresses, own_addresses
from coalizione_mailer.examination.days import dates, named_days
from coalizione_mailer.examination.mandates import mandates
from coalizione_mailer.letter.italian import pv
from coalizione_mailer.letter.pdf import subsetter_available
from coalizione_mailer.letter.templates import LetterText, Templates
from coalizione_mailer.plan import Plan, attachments_of, plan

PEC_LIMIT = 30_000_000
"""Bytes of a message times its recipients (RFC 6109, section 2.1; DM 2/11/2005)."""

_ROOM_FACTOR = 2
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found; ``seconds`` is what sending takes under the limits, begun now."""

    plan: Plan | None
    problems: tuple[Problem, ...]
    seconds: float = 0.0
    message_bytes: int = 0

    @property
    def clear(self) -> bool:
        """Whether nothing stands in the way of sending."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)


def examine(campaign: Campaign, *, now: datetime, planned: Plan | None = None) -> Examination:
    """Look at all that needs no network.

    With a plan that is about to be frozen, the letters are left to the freeze but for a few.
    """
    problems = [*_engine(), *_terms(campaign)]
    thorough = planned is None
    try:
        planned = planned or plan(campaign)
    except ProblemsError as error:
        problems += [*error.problems, *dates(campaign, now, 0.0), *_materials(campaign)]
        return Examination(None, _worst_first(problems))
    count = len(planned.recipients)
    seconds = campaign.configuration.smtp.duration(count, now.timestamp())
    book = str(campaign.configuration.recipients.addresses)
    problems += [*dates(campaign, now, seconds), *own_addresses(campaign)]
    problems += addresses(planned.recipients, book)
    problems += [*mandates(campaign, planned.recipients), *planned.problems]
    try:
        samples = _samples(campaign, planned, thorough=thorough)
    except ProblemsError as error:
        return Examination(planned, _worst_first([*problems, *error.problems]), seconds)
    largest = max((len(sample.message) for sample in samples), default=0)
    problems += _of_letters(campaign, samples)
    problems += [*_size(campaign, largest), *_room(campaign, samples, count)]
    return Examination(planned, _worst_first(problems), seconds, largest)


def standing_in_the_way(campaign: Campaign, now: datetime) -> list[Problem]:
    """Return the errors of the calendar alone: all that can change after a freeze."""
    found = dates(campaign, now, 0.0)
    return [problem for problem in found if problem.severity is Severity.ERROR]


def _engine() -> list[Problem]:
    try:
        fast = subsetter_available()
    except ProblemsError as error:
        return list(error.problems)
    return [] if fast else [Problem(Code.SUBSETTER_MISSING, Severity.WARNING)]


def _terms(campaign: Campaign) -> Iterator[Problem]:
    """Say what the provider may ask for: a pace, an agreement."""
    smtp = campaign.configuration.smtp
    preset = smtp.preset
    if not smtp.limits and not smtp.loopback:
        yield Problem(
            Code.LIMITS_MISSING,
            Severity.WARNING,
            file="campaign.toml",
            key="smtp.limits",
            found=preset.name if preset else smtp.host,
        )
    if preset is not None and preset.by_agreement:
        yield Problem(
            Code.PROVIDER_TERMS,
            Severity.WARNING,
            file="campaign.toml",
            key="smtp.provider",
            found=preset.name,
        )


def _materials(campaign: Campaign) -> list[Problem]:
    """Look at templates and attachments apart, when there is no plan to write letters by."""
    configuration = campaign.configuration
    problems: list[Problem] = []
    try:
        folder = campaign.path(configuration.letter.template)
        problems += Templates.load(folder, configuration).check()
    except ProblemsError as error:
        problems += error.problems
    try:
        attachments_of(campaign)
    except ProblemsError as error:
        problems += error.problems
    return problems


def _samples(campaign: Campaign, planned: Plan, *, thorough: bool) -> list[Prepared]:
    """Write the letters most likely to go wrong and, thoroughly, every text.

    Raises ProblemsError.
    """
    if problems := _materials(campaign):
        raise ProblemsError(problems)
    correspondence = Correspondence(campaign, Identity.draft(campaign))
    for recipient in planned.recipients if thorough else ():
        correspondence.templates.render(recipient)
    return list(correspondence.prepared(typical(planned.recipients), jobs=1))


def _of_letters(campaign: Campaign, samples: Iterable[Prepared]) -> list[Problem]:
    """Name what is wrong with the letters that were written."""
    problems = [problem for sample in samples for problem in problems_of(sample)]
    texts = [text for sample in samples for text in _read(sample.text)]
    section = campaign.configuration
    if not pv(section.event.date, section.protocol.date) and any("p.v." in t for t in texts):
        problems.append(
            Problem(
                Code.PV_WRONG,
                file=str(section.letter.template),
                found=section.event.date.isoformat(),
                expected=(section.protocol.date.isoformat(),),
            )
        )
    return problems + named_days(campaign, texts)


def _read(text: LetterText) -> Iterator[str]:
    """Yield the words of a letter as a reader sees them, on one line."""
    for marked in (text.html, text.email_html):
        yield " ".join(html.unescape(_TAG.sub(" ", marked)).split())
    yield " ".join(text.email_text.split())


def _size(campaign: Campaign, largest: int) -> Iterator[Problem]:
    """Hold the size against PEC's rule; above it even a provider that takes more is alone."""
    smtp = campaign.configuration.smtp
    if smtp.profile is not Profile.PEC or largest <= PEC_LIMIT:
        return
    provided = (smtp.preset and smtp.preset.largest) or PEC_LIMIT
    severity = Severity.WARNING if largest <= provided else Severity.ERROR
    yield Problem(Code.MESSAGE_TOO_LARGE, severity, found=str(largest), expected=(str(PEC_LIMIT),))


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
