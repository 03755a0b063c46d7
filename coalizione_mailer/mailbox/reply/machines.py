"""Automatic messages that mean that nobody will read the invitation before the event."""

import re
from datetime import date, datetime, timedelta

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.reply.answer import Occasion
from coalizione_mailer.mailbox.reply.vocabulary import folded, vocabulary

_ANSWERS = re.compile(r"\s*(?:r|re|rif|aw|ris)\s?:", re.IGNORECASE)
# RFC 3834, 5; Exchange's and cPanel's own.
_MACHINE_HEADERS = (
    "auto-submitted", "x-auto-response-suppress", "x-autoreply", "x-autorespond", "x-auto-reply",
    "x-autoreply-from", "precedence", "x-precedence",
)  # fmt: skip
_LONG = timedelta(days=7)
"""An absence that is long where the day of the event is not known."""
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto",
         "settembre", "ottobre", "novembre", "dicembre"),
        1,
    )
}  # fmt: skip
_DAY = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})\s{0,2}(?:°\s?)?(?:(?:[/.-](?P<number>\d{1,2})(?:[/.-](?P<short>\d{4}"
    r"|\d{2}))?)"
    r"|(?P<month>gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto"
    r"|settembre|ottobre|novembre|dicembre)"
    r"(?:\s(?P<year>\d{4}))?)(?!\d)"
)
_UNTIL = re.compile(
    r"(?:fino a|sino a|al rientro|rientr|torner|ritorn|al giorno|\bal\b|\ball"
    r"|\bil\b|dal|riapr|riprend|riapert)[^.]{0,40}$"
)


def nobody_reads(text: str, written: datetime | None, occasion: Occasion) -> bool:
    """Whether an automatic answer tells of a dead mailbox or of an absence past the event."""
    said = folded(text[:6000])
    if any(word in said for word in vocabulary().lists["dead"]):
        return True
    back = _last_day(said, written)
    if back is None:
        return False
    if occasion.day is not None and (written is None or written.date() <= occasion.day):
        return back >= occasion.day
    return written is not None and back - written.date() > _LONG


def by_hand(tree: mime.Part, subject: str, text: str) -> bool:
    """Whether a person writes what machines say too: "l'11 sono in ferie, non contate su di me"."""
    if not _ANSWERS.match(subject) or any(tree.first(name) for name in _MACHINE_HEADERS):
        return False
    said = folded(text[:6000])
    return bool(said) and not any(word in said for word in vocabulary().lists["machine"])


def refused(text: str) -> bool:
    """Whether a protocol office says that it did not take the letter."""
    said = folded(text[:6000])
    return any(word in said for word in vocabulary().lists["refusal"])


def _last_day(said: str, written: datetime | None) -> date | None:
    """Return the latest day that is told, in the year of the message unless it is another."""
    base = written.date() if written else None
    days = []
    for found in _DAY.finditer(said):
        year = found["year"] or found["short"] or (str(base.year) if base else "")
        month = _MONTHS.get(found["month"] or "") or int(found["number"] or 0)
        try:
            value = date(int(year) + (2000 if len(year) == 2 else 0), month, int(found["day"]))  # noqa: PLR2004
        except ValueError:
            continue
        if base and not (found["year"] or found["short"]) and value < base - timedelta(days=200):
            value = (
                value.replace(year=value.year + 1) if (value.month, value.day) != (2, 29) else value
            )
        days.append(value)
    return max(days, default=None)
