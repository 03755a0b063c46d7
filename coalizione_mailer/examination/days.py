"""Dates that cannot be meant: over, on a holiday, or with another day's name beside them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from coalizione_mailer.errors import Code, Problem, Severity

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign

WEEK = ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica")
_MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip
_NAMED = re.compile(
    rf"\b(?P<name>luned[iì]|marted[iì]|mercoled[iì]|gioved[iì]|venerd[iì]|sabato|domenica)\b"
    rf"(?:,?\s+(?P<day>\d{{1,2}})[°º]?\s+(?P<month>{'|'.join(_MONTHS)})(?:\s+(?P<year>\d{{4}}))?)?",
    re.IGNORECASE,
)
_PLAIN = str.maketrans("ì", "i")
_SATURDAY = 5


def dates(campaign: "Campaign", now: datetime, seconds: float) -> list[Problem]:
    """Name what is wrong with the dates of the campaign file; sending takes ``seconds``.

    What is tried out on this machine may lie in the past.
    """
    section = campaign.configuration
    late = Severity.WARNING if section.smtp.loopback else Severity.ERROR
    return [
        *_order(section.event.date, section.protocol.date, now.date()),
        *_over(section.event.date, now, seconds, late),
        *_at_home(section.event.date),
    ]


def named_days(campaign: "Campaign", texts: Iterable[str]) -> list[Problem]:
    """Hold the days of the week that the texts name against the calendar.

    In the letters only a day with its date counts; in [event] the event's own date is meant.
    """
    event = campaign.configuration.event
    told: Mapping[str, object] = event.model_dump()
    keys = {f"event.{key}": text for key, text in told.items() if isinstance(text, str)}
    keys["campaign.subject"] = campaign.configuration.campaign.subject
    found = [
        Problem(Code.WEEKDAY_WRONG, file="campaign.toml", key=key, found=said, expected=(right,))
        for key, text in keys.items()
        for said, right in _misnamed(text, event.date, alone=True)
    ]
    written = {pair: None for text in texts for pair in _misnamed(text, event.date, alone=False)}
    place = str(campaign.configuration.letter.template)
    return found + [
        Problem(Code.WEEKDAY_WRONG, file=place, found=said, expected=(right,))
        for said, right in written
    ]


def _order(event: date, letter: date, today: date) -> Iterator[Problem]:
    if event < letter:
        yield _of_date(Code.EVENT_BEFORE_LETTER, "event.date", event, letter.isoformat())
    if letter > today:
        yield _of_date(Code.LETTER_AHEAD, "protocol.date", letter, severity=Severity.WARNING)


def _over(event: date, now: datetime, seconds: float, severity: Severity) -> Iterator[Problem]:
    """Tell of an event that is over, or will be when the last letter leaves."""
    if event < now.date():
        yield _of_date(Code.EVENT_PAST, "event.date", event, severity=severity)
        return
    last = datetime.fromtimestamp(now.timestamp() + seconds, tz=now.tzinfo).date()
    if last >= event and last > now.date():
        # Never an error: half of the Comuni invited and the others not would be worse.
        yield Problem(
            Code.SENDING_LATE,
            Severity.WARNING,
            file="campaign.toml",
            key="smtp.limits",
            found=last.isoformat(),
            expected=(event.isoformat(),),
        )


def _at_home(event: date) -> Iterator[Problem]:
    """Tell of an event on a day when offices are closed."""
    import holidays

    feast = holidays.country_holidays("IT", years=event.year, language="it_IT").get(event)
    if feast:
        yield _of_date(Code.EVENT_HOLIDAY, "event.date", event, feast, severity=Severity.WARNING)
    elif event.weekday() >= _SATURDAY:
        yield _of_date(
            Code.EVENT_HOLIDAY,
            "event.date",
            event,
            WEEK[event.weekday()],
            severity=Severity.WARNING,
        )


def _of_date(
    code: Code, key: str, day: date, expected: str = "", *, severity: Severity = Severity.ERROR
) -> Problem:
    return Problem(
        code,
        severity,
        file="campaign.toml",
        key=key,
        found=day.isoformat(),
        expected=(expected,) if expected else (),
    )


def _misnamed(text: str, event: date, *, alone: bool) -> Iterator[tuple[str, str]]:
    """Yield each day of the week that is not its date's, and the one that is."""
    for match in _NAMED.finditer(text):
        if not match["day"] and not alone:
            continue
        day = event
        if match["day"]:
            month = _MONTHS.index(match["month"].lower()) + 1
            try:
                day = date(int(match["year"] or event.year), month, int(match["day"]))
            except ValueError:
                yield match[0], str(event.year)
                continue
        right = WEEK[day.weekday()]
        if match["name"].lower().translate(_PLAIN) != right.translate(_PLAIN):
            yield match[0], right
