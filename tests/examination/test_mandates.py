"""Mayors who may no longer be in office, and Comuni without one."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.errors import Code, Severity
from coalizione_mailer.examination.mandates import mandates
from coalizione_mailer.model import Head, Office, Recipient
from tests.letter.example import configuration, recipient

LETTER = date(2017, 9, 18)


def campaign() -> Campaign:
    return Campaign(root=Path(), configuration=configuration())


def told(*recipients: Recipient) -> list[tuple[Code, str | None, tuple[str, ...]]]:
    return [(p.code, p.found, p.expected) for p in mandates(campaign(), recipients)]


def elected(day: date | None, name: str = "Thiene") -> Recipient:
    reached = recipient(name)
    return replace(
        reached,
        address=replace(reached.address, office=None),
        head=Head(Office.SINDACO, elected=day),
    )


@pytest.mark.parametrize(
    ("day", "stale"),
    [
        (date(2012, 9, 17), True),
        (date(2012, 9, 18), False),
        (date(2012, 9, 19), False),
        (date(2011, 12, 31), True),
        (date(2013, 1, 1), False),
        (date(2025, 6, 1), False),
        (None, False),
    ],
)
def test_a_mandate_lasts_five_years(day: date | None, *, stale: bool) -> None:
    expected = [(Code.MANDATE_STALE, "1", ("Thiene (VI)",))] if stale else []
    assert told(elected(day)) == expected


def test_who_is_elected_on_a_leap_day_has_five_whole_years() -> None:
    section = configuration()
    for day, stale in ((date(2021, 2, 28), False), (date(2021, 3, 1), True)):
        protocol = section.protocol.model_copy(update={"date": day})
        leap = replace(campaign(), configuration=section.model_copy(update={"protocol": protocol}))
        assert bool(mandates(leap, [elected(date(2016, 2, 29))])) is stale


def test_a_comune_without_a_head_or_with_a_vice_mayor_is_vacant() -> None:
    vice = replace(elected(None, "Schio"), head=Head(Office.SINDACO, acting=True))
    none = replace(elected(None, "Vicenza"), head=None)
    assert told(elected(LETTER), vice, none) == [
        (Code.MANDATE_VACANT, "2", ("Schio (VI)", "Vicenza (VI)"))
    ]


def test_many_are_counted_and_the_first_are_named() -> None:
    names = [f"Comune {letter}" for letter in "ABCDEFG"]
    (problem,) = mandates(campaign(), [elected(date(2000, 1, 1), name) for name in names])
    assert problem.severity is Severity.WARNING
    assert problem.found == "7"
    assert problem.expected == (*(f"{name} (VI)" for name in names[:5]), "…")


def test_what_the_address_book_says_is_not_questioned() -> None:
    reached = elected(date(2000, 1, 1))
    known = replace(reached, address=replace(reached.address, office=Office.COMMISSARIA))
    assert told(known, elected(LETTER)) == []


def test_without_a_file_of_mayors_nobody_is_missed() -> None:
    assert told(replace(elected(None), head=None)) == []
