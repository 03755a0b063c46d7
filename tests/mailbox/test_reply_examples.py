"""Replies in many hands, each with what a careful secretary makes of it."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from coalizione_mailer.mailbox.reply.answer import Answer, Occasion, Verdict
from coalizione_mailer.mailbox.reply.reader import read

OCCASION = Occasion(date(2017, 10, 11), frozenset({"vicenza", "fiera"}))
FILE = Path(__file__).with_name("reply_examples.toml")
EXAMPLES: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["reply"]
# What is not understood yet: each is looked at by a person, or comes close.
HARD = {"43", "71", "121"}


def answered(example: dict[str, Any]) -> Answer:
    """Read an example as an answer to our letter, or as one that was passed on."""
    prefix = "I:" if example.get("forward") else "R:"
    head = (
        "From: Ufficio <ufficio@comune.schio.vi.example>\r\n"
        f"Subject: {prefix} Invito al workshop\r\n"
        "In-Reply-To: <1@mittente.example>\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\n"
    )
    text = example["text"].strip().replace("\n", "\r\n")
    return read(f"{head}{text}\r\n".encode(), OCCASION)


def understood() -> list[Any]:
    """Give the examples that are understood, by their number."""
    numbered = ((str(number), example) for number, example in enumerate(EXAMPLES, 1))
    return [pytest.param(example, id=name) for name, example in numbered if name not in HARD]


@pytest.mark.parametrize("example", understood())
def test_the_answer_and_who_comes_are_read(example: dict[str, Any]) -> None:
    answer = answered(example)
    assert (str(answer.answer) if answer.answer else None) == example.get("answer")
    wanted = [person.split(" | ")[0] for person in example.get("people", [])]
    names = [person.name for person in answer.participants]
    assert sorted(names) == sorted(wanted)
    assert answer.count == example.get("count", answer.count)
    assert answer.replaces_earlier == example.get("earlier", False)


@pytest.mark.parametrize("example", [pytest.param(e, id=str(n)) for n, e in enumerate(EXAMPLES, 1)])
def test_no_yes_and_no_no_is_wrong_where_nobody_looks(example: dict[str, Any]) -> None:
    answer = answered(example)
    if answer.answer in {Verdict.YES, Verdict.NO} and not answer.needs_human:
        assert answer.answer == example.get("answer")


@pytest.mark.parametrize("example", [pytest.param(e, id=str(n)) for n, e in enumerate(EXAMPLES, 1)])
def test_what_waits_for_a_word_of_ours_is_put_before_a_person(example: dict[str, Any]) -> None:
    if example.get("human") and not example.get("earlier"):
        assert answered(example).needs_human


def test_few_are_put_before_a_person_for_nothing() -> None:
    plain = [example for example in EXAMPLES if not example.get("human")]
    asked = [example for example in plain if answered(example).needs_human]
    assert len(asked) <= len(plain) // 10


def test_the_roles_are_in_the_words_of_the_text() -> None:
    wrong = []
    for example in EXAMPLES:
        roles = {person.name: person.role for person in answered(example).participants}
        for person in example.get("people", []):
            name, _, role = person.partition(" | ")
            wrong += [name] if role and roles.get(name, role) != role else []
    assert len(wrong) <= len(EXAMPLES) // 20
