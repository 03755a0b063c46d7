"""Whole replies of many hands, read against the real register: written before they were read."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from coalizione_mailer.mailbox.reply.answer import Occasion
from coalizione_mailer.registry import read_register
from coalizione_mailer.rsvp.atlas import Atlas
from coalizione_mailer.rsvp.reading import Reader, as_record
from tests.rsvp.reply_mail import Written, batch

ROOT = Path(__file__).parents[2]
OCCASION = Occasion(date(2017, 10, 11), frozenset({"vicenza", "fiera"}))
REPLIES = [
    one
    for path in sorted(Path(__file__).parent.joinpath("replies").glob("batch_*.toml"))
    for one in batch(path)
]
# What is not understood yet; a person looks at each.
HARD = {"batch_3-21", "batch_3-33", "batch_3-38", "batch_5-32", "batch_7-12", "batch_8-18"}

Row = dict[str, Any]


@pytest.fixture(scope="module")
def records() -> dict[str, Row]:
    """Read every reply, as ``mailer rsvp read --json`` would print it."""
    register = read_register(ROOT / "data" / "comuni.csv", "popolazione_legale_2011")
    ids = [one.wanted["in_reply_to"] for one in REPLIES if one.wanted["in_reply_to"]]
    threads = {one: one.removeprefix("msg-").partition("@")[0] for one in ids}
    reader = Reader(Atlas(register), threads, OCCASION)
    return {one.name: as_record(one.name, reader.read(one.raw)) for one in REPLIES}


@pytest.mark.parametrize("reply", [pytest.param(one, id=one.name) for one in REPLIES])
def test_kind_and_answer_are_read(reply: Written, records: dict[str, Row]) -> None:
    found, wanted = records[reply.name], reply.wanted
    if reply.name in HARD:
        assert found["needs_human"]
    else:
        assert (found["kind"], found["answer"]) == (wanted["kind"], wanted["answer"])


@pytest.mark.parametrize("reply", [pytest.param(one, id=one.name) for one in REPLIES])
def test_no_yes_and_no_no_is_wrong_where_nobody_looks(
    reply: Written,
    records: dict[str, Row],
) -> None:
    found = records[reply.name]
    sure = found["answer"] in {"yes", "no"} and not found["needs_human"]
    assert not sure or found["answer"] == reply.wanted["answer"]


def test_the_comune_is_found(records: dict[str, Row]) -> None:
    wrong = [one.name for one in REPLIES if records[one.name]["comune"] != one.wanted["comune"]]
    assert wrong == []


def test_the_own_words_are_parted_from_what_was_added(records: dict[str, Row]) -> None:
    wrong = [
        one.name
        for one in REPLIES
        if records[one.name]["own_text"].split() != one.wanted["own_text"].split()
    ]
    assert wrong == []


def test_nearly_all_participants_are_named(records: dict[str, Row]) -> None:
    assert _share(REPLIES, lambda one: _names(records[one.name]) == _names(one.wanted)) >= 0.96


def test_what_waits_for_a_person_is_put_before_one_and_little_else(records: dict[str, Row]) -> None:
    waiting = [one for one in REPLIES if one.wanted["needs_human"]]
    others = [one for one in REPLIES if not one.wanted["needs_human"]]
    asked = lambda one: bool(records[one.name]["needs_human"])  # noqa: E731
    assert _share(waiting, asked) >= 0.97
    assert _share(others, asked) <= 0.05


def test_changes_of_an_earlier_answer_are_seen(records: dict[str, Row]) -> None:
    changes = [one for one in REPLIES if one.wanted["replaces_earlier"]]
    assert all(records[one.name]["replaces_earlier"] for one in changes)


def _names(row: Row) -> list[str]:
    return sorted(person["name"] for person in row["participants"])


def _share(replies: Iterable[Written], right: Callable[[Written], bool]) -> float:
    judged = [right(one) for one in replies]
    return sum(judged) / len(judged)
