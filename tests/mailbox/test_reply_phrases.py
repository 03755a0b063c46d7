"""One sentence is enough: yes, no, perhaps, a change, a question, a courtesy."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from coalizione_mailer.mailbox.reply.answer import Answer, Occasion, ReplyKind
from coalizione_mailer.mailbox.reply.reader import read
from coalizione_mailer.mailbox.reply.vocabulary import vocabulary

OCCASION = Occasion(date(2017, 10, 11), frozenset({"vicenza", "fiera"}))
FILE = Path(__file__).with_name("reply_phrases.toml")
PHRASES: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))


def answered(text: str) -> Answer:
    """Read a text as an answer to our letter."""
    head = (
        "From: Ufficio <ufficio@comune.schio.vi.example>\r\nSubject: R: Invito al workshop\r\n"
        "In-Reply-To: <1@mittente.example>\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return read(f"{head}{text}\r\n".encode(), OCCASION)


@pytest.mark.parametrize(
    ("answer", "text"),
    [(name, text) for name in ("no", "yes", "maybe") for text in PHRASES[name]],
)
def test_a_sentence_says_yes_no_or_perhaps(answer: str, text: str) -> None:
    found = answered(text)
    assert found.kind is ReplyKind.REPLY
    assert str(found.answer) == answer


@pytest.mark.parametrize("text", PHRASES["no"])
def test_a_plain_refusal_waits_for_nobody(text: str) -> None:
    assert not answered(text).needs_human


@pytest.mark.parametrize("text", PHRASES["earlier"])
def test_a_change_of_mind_is_seen(text: str) -> None:
    assert answered(text).replaces_earlier


@pytest.mark.parametrize("text", PHRASES["asking"])
def test_who_waits_for_a_word_of_ours_is_put_before_a_person(text: str) -> None:
    assert answered(text).needs_human


@pytest.mark.parametrize("text", PHRASES["plain"])
def test_a_courtesy_is_no_question_and_our_own_letter_no_earlier_answer(text: str) -> None:
    assert not answered(text).needs_human


@pytest.mark.parametrize(
    ("answer", "text"),
    [(name, text) for name in ("yes", "no", "maybe") for text in PHRASES[f"treacherous-{name}"]],
)
def test_a_sentence_that_misleads_is_right_or_looked_at(answer: str, text: str) -> None:
    found = answered(text)
    assert str(found.answer) == answer or found.needs_human


@pytest.mark.parametrize(("text", "names"), PHRASES["people"].items())
def test_who_comes_is_named(text: str, names: list[str]) -> None:
    found = answered(text)
    assert sorted(person.name for person in found.participants) == sorted(names)


def test_a_persons_holiday_is_no_machines() -> None:
    assert answered("Non contate su di me, l'11 sono in ferie.").kind is ReplyKind.REPLY
    away = answered("Sono in ferie fino al 13 ottobre. Per urgenze scrivere all'ufficio.")
    assert away.kind is ReplyKind.AUTO_REPLY


def test_groups_stand_within_groups_in_the_table() -> None:
    cues = {cue.name: cue.pattern for cue in vocabulary().cues}
    assert cues["attends"].search(" non potranno essere tutti presente @fine ")
    assert not any("(" in piece or "|" in piece for piece in vocabulary().sets["given"])
