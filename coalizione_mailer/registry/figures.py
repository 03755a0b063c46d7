"""Columns of numbers as spreadsheets write them: residents, latitude, longitude."""

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from coalizione_mailer.registry.tabular import missing

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

MAX_RESIDENTS = 9_999_999

PLAIN_RESIDENTS, PLAIN_DEGREES = r"[0-9]{1,7}", r"-?[0-9]{1,3}\.[0-9]+"
"""How this program writes them itself."""

# With or without thousands separators, perhaps with decimals that are all zero. One or two
# other digits after the point are a number that lost its last zeros: nobody knows how many.
_WHOLE = r"(?:[0-9]+|[0-9]{1,3}(?:[.,'\u2019\s][0-9]{3})+)(?:[.,]00?)?"
_ZERO_DECIMALS = r"[.,]00?$"
_DECIMAL = r"-?[0-9]{1,3}(?:[.,][0-9]+)?"


class Figures(NamedTuple, Generic[T]):
    """The values of a column, None where there is none, and which rows are wrong."""

    found: list[T | None]
    wrong: "pd.Series[bool]"


def residents(cells: "pd.Series[str]") -> Figures[int]:
    """Read ``2644``, ``2.644`` and ``2.644,00`` alike."""
    readable = cells.str.fullmatch(_WHOLE)
    digits = cells.where(readable, "").str.replace(_ZERO_DECIMALS, "", regex=True)
    digits = digits.str.replace(r"\D", "", regex=True)
    wrong = ~readable | (digits.str.len() > len(str(MAX_RESIDENTS)))
    return Figures(
        [int(text) if text else None for text in digits.tolist()], wrong & ~missing(cells)
    )


def degrees(cells: "pd.Series[str]", limit: int) -> Figures[float]:
    """Read ``45.36`` and ``45,36`` alike, between minus and plus the limit."""
    import pandas as pd

    readable = cells.str.fullmatch(_DECIMAL)
    points = cells.where(readable, "").str.replace(",", ".", regex=False)
    found = [float(text) if text else None for text in points.tolist()]
    outside = [value is not None and abs(value) > limit for value in found]
    wrong = ~readable | pd.Series(outside, index=cells.index, dtype=bool)
    return Figures(found, wrong & ~missing(cells))
