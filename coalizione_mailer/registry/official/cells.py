"""Single cells of official files: codes, days, what stands for nothing."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from operator import itemgetter

from coalizione_mailer.registry.codes import ISTAT_DIGITS
from coalizione_mailer.registry.figures import MAX_RESIDENTS
from coalizione_mailer.registry.tabular import NOT_AVAILABLE

_PLACEHOLDERS = frozenset(
    {*NOT_AVAILABLE, "da_indicare", "da indicare", "non indicato", "non_indicato", "n.i.", "--"}
)
_LONGEST = max(map(len, _PLACEHOLDERS))
_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?:[T ].*)?", re.ASCII)
_ITALIAN = re.compile(r"(?P<d>\d\d?)/(?P<m>\d\d?)/(?P<y>\d{4})(?: .*)?", re.ASCII)
_LOST_ZEROS = re.compile(r"[0-9]{1,5}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,'\u2019\s][0-9]{3})+")
_RESIDENTS_DIGITS = len(str(MAX_RESIDENTS))


def something(cell: str) -> str:
    """Return a cell trimmed; empty where it is a placeholder."""
    cell = cell.strip()
    # Nearly all cells are longer than any placeholder.
    return "" if len(cell) <= _LONGEST and cell.lower() in _PLACEHOLDERS else cell


@lru_cache(maxsize=8192)
def day(cell: str) -> date | None:
    """Read 2024-02-29 and 29/02/2024, with or without a time; None where it is no day."""
    cell = cell.strip()
    written = _ISO.fullmatch(cell) or _ITALIAN.fullmatch(cell)
    if not written:
        return None
    try:
        return date(int(written["y"]), int(written["m"]), int(written["d"]))
    except ValueError:
        return None


def istat_code(cell: str) -> str:
    """Return an ISTAT code with the zeros it lost; what is no code comes back as it is."""
    cell = cell.strip()
    lost = len(cell) < ISTAT_DIGITS and _LOST_ZEROS.fullmatch(cell)
    return cell.zfill(ISTAT_DIGITS) if lost else cell


def picker(places: dict[str, int], *columns: str) -> Callable[[list[str]], tuple[str, ...]]:
    """Return what takes these columns off a row that ends in an empty cell.

    A column that is not there is that last cell.
    """
    return itemgetter(*(places.get(column, -1) for column in columns))


def figure(cell: str) -> int | None:
    """Read ``2644`` and ``2.644`` alike; None where it is no number of residents."""
    cell = cell.strip()
    if not (cell.isascii() and cell.isdigit()):
        if not _GROUPED.fullmatch(cell):
            return None
        cell = re.sub(r"\D", "", cell)
    return int(cell) if len(cell) <= _RESIDENTS_DIGITS else None
