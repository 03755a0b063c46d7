"""Which word of a Comune stands."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.ledger.words import OPERATOR, Answer, Doubt, Person, Status, Whose, Word
from coalizione_mailer.rsvp.register import same, settled

THIENE = Whose("L157", "024105", "Thiene", "VI", "Veneto")
ROSSI = Person("Mario Rossi", "sindaco")
BIANCHI = Person("Anna Bianchi", "assessora")
YES, NO, MAYBE = Answer


def reply(
    at: float, answer: Answer | None = YES, *people: Person, why: tuple[str, ...] = ()
) -> Word:
    """What a message of that hour says."""
    return Word(
        "reply", at, 1000.0, answer, len(people) or None, people, THIENE,
        doubtful=bool(why), why=why, identity=f"{at}",
    )  # fmt: skip


def told(at: float, answer: Answer, *people: Person) -> Word:
    """What the office wrote down at that hour."""
    return replace(reply(at, answer, *people), kind=OPERATOR, decided_at=at, identity="")


def worth(*words: Word) -> list[Status]:
    return [word.status for word in settled(words)]


def standing(*words: Word) -> Word | None:
    return next((word for word in settled(words) if word.status is Status.STANDING), None)


def test_a_sure_answer_stands() -> None:
    assert worth(reply(1, YES, ROSSI)) == [Status.STANDING]


@pytest.mark.parametrize(
    ("word", "doubt"),
    [
        (reply(1, None), Doubt.NO_ANSWER),
        (reply(1, MAYBE), Doubt.MAYBE),
        (replace(reply(1), comune=None), Doubt.COMUNE_UNKNOWN),
        (reply(1, YES, ROSSI, why=("question",)), "question"),
    ],
    ids=["no answer", "perhaps", "whose", "its reader's doubt"],
)
def test_a_doubtful_word_waits_and_says_why(word: Word, doubt: str) -> None:
    (found,) = settled([word])
    assert (found.status, found.reasons) == (Status.WAITING, (doubt,))


def test_a_machine_that_says_nothing_of_coming_is_nothing() -> None:
    assert worth(replace(reply(1, None), kind="auto-reply")) == [Status.NOTHING]


def test_a_machine_that_a_person_should_look_at_waits() -> None:
    dead = replace(reply(1, None, why=("dead-mailbox",)), kind="auto-reply")
    assert worth(dead) == [Status.WAITING]


def test_a_later_word_that_says_the_same_takes_the_place_of_the_earlier() -> None:
    assert worth(reply(1, YES, ROSSI), reply(2, YES, ROSSI)) == [Status.REPLACED, Status.STANDING]


def test_the_order_and_the_letters_of_a_name_make_no_difference() -> None:
    assert same(reply(1, YES, ROSSI), reply(2, YES, Person("ROSSI Mario", "")))


def test_a_later_word_without_the_roles_does_not_make_them_forgotten() -> None:
    before, after = reply(1, YES, ROSSI), reply(2, YES, Person("Mario Rossi"))
    assert worth(before, after) == [Status.STANDING, Status.CONFIRMS]


@pytest.mark.parametrize(
    "after",
    [reply(2, NO), reply(2, YES, BIANCHI), reply(2, YES, ROSSI, BIANCHI), reply(2, YES)],
    ids=["withdrawn", "somebody else", "one more", "nobody named"],
)
def test_what_differs_from_the_record_never_alters_it_by_itself(after: Word) -> None:
    found = settled([reply(1, YES, ROSSI), after])
    assert [word.status for word in found] == [Status.STANDING, Status.WAITING]
    assert found[1].reasons == (Doubt.ALTERS,)


def test_an_accepted_correction_takes_the_place_of_what_stood() -> None:
    accepted = replace(reply(2, NO, why=("correction",)), decided_at=1001.0)
    assert standing(reply(1, YES, ROSSI), accepted) == replace(
        accepted, status=Status.STANDING, reasons=()
    )


def test_an_accepted_word_does_not_take_the_place_of_a_later_one() -> None:
    accepted = replace(reply(1, YES, ROSSI, why=("question",)), decided_at=1001.0)
    after = reply(2, YES, ROSSI)
    assert worth(accepted, after) == [Status.STANDING, Status.CONFIRMS]


def test_perhaps_gives_way_to_a_sure_answer_that_came_later() -> None:
    assert worth(reply(1, MAYBE), reply(2, YES, ROSSI)) == [Status.REPLACED, Status.STANDING]


def test_a_question_still_waits_though_a_sure_answer_came_later() -> None:
    asked = reply(1, MAYBE, why=("question",))
    assert worth(asked, reply(2, YES, ROSSI)) == [Status.WAITING, Status.STANDING]


def test_what_the_office_was_told_is_not_altered_by_a_message() -> None:
    found = settled([told(1, NO), reply(2, YES, ROSSI)])
    assert [word.status for word in found] == [Status.STANDING, Status.WAITING]


def test_what_the_office_was_told_takes_the_place_of_what_was_written_before() -> None:
    found = worth(reply(1, YES, ROSSI), reply(2, NO), told(3, NO))
    assert found == [Status.REPLACED, Status.REPLACED, Status.STANDING]


def test_what_was_put_aside_counts_for_nothing() -> None:
    aside = replace(reply(2, NO), decided_at=1001.0, aside=True, answer=None)
    assert worth(reply(1, YES, ROSSI), aside) == [Status.STANDING, Status.ASIDE]


def test_a_yes_without_a_number_is_at_least_one_person() -> None:
    assert [reply(1).coming, reply(1, NO).coming, reply(1, YES, ROSSI, BIANCHI).coming] == [1, 0, 2]
    assert replace(reply(1, YES, ROSSI), people=3).coming == 3


_PEOPLE = st.lists(st.sampled_from([ROSSI, BIANCHI, Person("Ugo Neri")]), max_size=2, unique=True)
_WORDS = st.builds(
    lambda at, answer, people, why, by: replace(
        reply(at, answer, *people, why=why),
        kind=by,
        decided_at=at if by == OPERATOR else None,
        answer=(answer or YES) if by == OPERATOR else answer,
    ),
    st.integers(1, 9),
    st.sampled_from([*Answer, None]),
    _PEOPLE,
    st.sampled_from([(), (), ("question",), ("maybe",)]),
    st.sampled_from(["reply", "reply", "auto-reply", OPERATOR]),
)
_HISTORIES = st.lists(_WORDS, max_size=7).map(
    lambda words: [replace(word, id=n, identity=f"{n}") for n, word in enumerate(words)]
)


@given(_HISTORIES, st.randoms(use_true_random=False))
def test_what_stands_does_not_depend_on_the_order_of_reading(
    words: list[Word], order: object
) -> None:
    shuffled = list(words)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert settled(shuffled) == settled(words)


@given(_HISTORIES)
def test_settling_what_is_settled_changes_nothing(words: list[Word]) -> None:
    assert settled(settled(words)) == settled(words)


@given(_HISTORIES)
def test_at_most_one_word_stands_and_no_word_is_lost(words: list[Word]) -> None:
    found = settled(words)
    assert sorted(word.id for word in found) == [word.id for word in words]
    assert [word.status for word in found].count(Status.STANDING) <= 1


@given(_HISTORIES, _WORDS.filter(lambda word: word.kind != OPERATOR))
def test_no_message_alters_what_a_person_of_the_office_said(
    words: list[Word], message: Word
) -> None:
    before = standing(*words)
    after = standing(*words, replace(message, id=99, identity="99"))
    if before is not None and before.by_operator:
        assert after == before


@given(_HISTORIES)
def test_nothing_stands_that_is_not_sure_or_confirmed(words: list[Word]) -> None:
    for word in settled(words):
        if word.status in (Status.STANDING, Status.CONFIRMS) and not word.by_operator:
            assert word.kind == "reply"
            assert word.answer in (YES, NO)
            assert not word.doubtful


def test_a_yes_without_names_gives_way_to_one_with_names_but_not_to_a_no() -> None:
    unnamed = reply(1, YES, why=("who-missing",))
    assert worth(unnamed, reply(2, YES, ROSSI)) == [Status.REPLACED, Status.STANDING]
    assert worth(unnamed, reply(2, NO)) == [Status.WAITING, Status.STANDING]
