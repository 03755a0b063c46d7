"""ISTAT and cadastral codes, and what spreadsheets do to them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

ISTAT_DIGITS = 6
ISTAT = r"[0-9]{6}"
# Three digits today; more, so that a register made up for trials can have 100,000 rows.
CATASTALE = r"[A-Z][0-9]{3,6}"

_LOST_ZEROS = r"[0-9]{4,5}"
# What people wrap around a code to keep its zeros: ="024116", '024116.
_WRAPPING = "=\"'\u2019 "


def istat_codes(cells: "pd.Series[str]") -> "pd.Series[str]":
    """Return ISTAT codes with the zeros they lost; what is no code comes back as it is."""
    bare = cells.str.strip(_WRAPPING)
    return bare.mask(bare.str.fullmatch(_LOST_ZEROS), bare.str.zfill(ISTAT_DIGITS))


def catastale_codes(cells: "pd.Series[str]") -> "pd.Series[str]":
    """Return cadastral codes in capitals; what is no code comes back as it is."""
    bare = cells.str.strip(_WRAPPING)
    return bare.mask(bare.str.fullmatch(CATASTALE, case=False), bare.str.upper())
