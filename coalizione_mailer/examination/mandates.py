"""Mayors who may no longer be in office, and Comuni without one."""

from collections.abc import Iterable
from datetime import date

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.errors import Code, Problem, Severity
from coalizione_mailer.model import Recipient
from coalizione_mailer.plan import summary

YEARS = 5
"""A mandate (DLgs 267/2000, art. 51); the election is in the spring of its last year."""


def mandates(campaign: Campaign, recipients: Iterable[Recipient]) -> list[Problem]:
    """Count mayors elected over five years before the letter's date, and Comuni without a head.

    What the address book says of a Comune's head is not questioned; a campaign that knows no head
    at all has not imported any, and every letter is to the Sindaco.
    """
    asked = [recipient for recipient in recipients if recipient.address.office is None]
    if not any(recipient.head for recipient in asked):
        return []
    section = campaign.configuration
    file, day = str(section.recipients.mayors), section.protocol.date
    stale = [one.comune for one in asked if one.head and _over(one.head.elected, day)]
    vacant = [one.comune for one in asked if one.head is None or one.head.acting]
    return [
        *summary(Code.MANDATE_STALE, Severity.WARNING, file, stale),
        *summary(Code.MANDATE_VACANT, Severity.WARNING, file, vacant),
    ]


def _over(elected: date | None, day: date) -> bool:
    """Tell whether five years have passed since an election."""
    if elected is None:
        return False
    return (day.year - elected.year, day.month, day.day) > (YEARS, elected.month, elected.day)
