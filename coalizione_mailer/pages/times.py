"""Moments of the record as people in Italy read them."""

from datetime import UTC, datetime, timedelta

from coalizione_mailer.hours import ROME

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def in_rome(at: float | None) -> datetime | None:
    """Return a moment (epoch seconds) in Italian time, whole seconds; None where there is none.

    A receipt may claim any time at all: one that no calendar has is none.
    """
    if at is None:
        return None
    try:
        return (_EPOCH + timedelta(seconds=int(at))).astimezone(ROME)
    except (OverflowError, ValueError):
        return None


def written(at: float | None) -> str:
    """Write a moment: ``20/09/2017 12:15:00``; nothing where there is none."""
    moment = in_rome(at)
    return f"{moment:%d/%m/%Y %H:%M:%S}" if moment else ""
