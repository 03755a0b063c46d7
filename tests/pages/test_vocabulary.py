"""The Italian words of pages and sheets are complete, and say one thing each."""

from collections.abc import Collection, Mapping
from enum import StrEnum

import pytest

from coalizione_mailer.ledger import rounds
from coalizione_mailer.ledger.story import Attempt, Word
from coalizione_mailer.lifecycle import Event, Phase, State
from coalizione_mailer.mailbox.reading import Cause, Kind
from coalizione_mailer.model import Channel
from coalizione_mailer.pages import vocabulary
from coalizione_mailer.pages.times import in_rome, written
from coalizione_mailer.reconcile.ties import By


@pytest.mark.parametrize(
    ("words", "all_of_them"),
    [
        (vocabulary.KINDS, Kind),
        (vocabulary.STATES, State),
        (vocabulary.CAUSES, Cause),
        (vocabulary.CHANNELS, Channel),
        (vocabulary.ROUNDS, rounds.Kind),
        (vocabulary.TIES, By),
    ],
)
def test_there_is_a_word_for_each(
    words: Mapping[StrEnum | str, str], all_of_them: Collection[StrEnum]
) -> None:
    assert {str(one) for one in words} == {one.value for one in all_of_them}
    assert len(set(words.values())) == len(words)


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("event", [Event.REJECTED, Event.DEFERRED, Event.UNANSWERED])
def test_an_attempt_that_failed_says_where(event: Event, phase: Phase) -> None:
    assert ", " in vocabulary.attempt(Attempt(1, 0.0, 1.0, event, phase, 450, "x"))


def test_an_attempt_that_ended_well_or_not_at_all_says_so() -> None:
    taken = Attempt(1, 0.0, 1.0, Event.TAKEN, Phase.END_OF_DATA, 250, "2.0.0\nOk")
    assert (vocabulary.attempt(taken), vocabulary.answer(taken)) == (
        "presa in carico",
        "250 2.0.0 Ok",
    )
    open_one = Attempt(1, 0.0, None, None, None, None, "")
    assert (vocabulary.attempt(open_one), vocabulary.answer(open_one)) == ("non concluso", "")


def test_the_operators_word_is_told_with_its_name() -> None:
    said = [
        vocabulary.word(Word(0.0, event, State.SENT, "Anna"))
        for event in (Event.OPERATOR_SENT, Event.OPERATOR_QUEUE, Event.TAKEN)
    ]
    assert said == [
        "Anna: la lettera è arrivata",
        "Anna: la lettera non è arrivata, va inviata di nuovo",
        "inviata Anna",
    ]


def test_times_are_italian_and_impossible_ones_are_none() -> None:
    assert written(1_505_902_500.75) == "20/09/2017 12:15:00"
    assert written(1_512_000_000) == "30/11/2017 01:00:00"
    assert [in_rome(at) for at in (None, 1e18, -1e18, float("inf"))] == [None] * 4
    assert written(None) == ""
