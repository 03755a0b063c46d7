"""How our own pages write figures and strangers' words."""

from datetime import datetime

import pytest

from coalizione_mailer.hours import ROME
from coalizione_mailer.pages.forms import istante, maiuscola, percento, riga


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (1_505_700_000.0, "18 settembre 2017, ore 04.00"),
        (datetime(2017, 10, 1, 9, 5, tzinfo=ROME), "1° ottobre 2017, ore 09.05"),
        (1e300, ""),
    ],
)
def test_moments_are_italian(moment: float | datetime, written: str) -> None:
    assert istante(moment) == written


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [(1, 3, "33,3\u00a0%"), (2391, 2391, "100,0\u00a0%"), (0, 7, "0,0\u00a0%"), (1, 0, "")],
)
def test_shares_have_one_decimal(part: int, whole: int, written: str) -> None:
    assert percento(part, whole) == written


def test_a_capital_at_the_beginning_leaves_the_others() -> None:
    assert maiuscola("accettata dal gestore PEC") == "Accettata dal gestore PEC"


def test_strangers_words_are_one_printable_line() -> None:
    assert riga("550\r\n no\x00\x1b[31m \u202e such\u2028user") == "550 no [31m such user"
    cut = riga("x" * 1000)
    assert (len(cut), cut[-1]) == (300, "…")
