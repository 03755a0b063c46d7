"""How far the letter got with each Comune, over all rounds."""

from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.ledger.figures import Fate
from coalizione_mailer.lifecycle import State
from coalizione_mailer.report.funnel import Funnel, Journey, journeys


def letters(*states: State, accepted: bool = False) -> list[Fate]:
    return [Fate(number, "L840", state, accepted) for number, state in enumerate(states)]


def test_a_letter_that_waits_is_chosen_and_no_more() -> None:
    assert Journey.of(letters(State.QUEUED)) == Journey()


def test_a_delivered_letter_was_sent_and_accepted() -> None:
    found = Journey.of(letters(State.DELIVERED))
    assert found == Journey(sent=True, accepted=True, delivered=True)


def test_a_letter_that_came_back_was_accepted_only_if_a_receipt_says_so() -> None:
    assert not Journey.of(letters(State.BOUNCED)).accepted
    assert Journey.of(letters(State.BOUNCED, accepted=True)).accepted


def test_a_refused_letter_never_left() -> None:
    assert Journey.of(letters(State.REFUSED)) == Journey()


def test_recovered_is_who_got_a_later_letter() -> None:
    found = Journey.of(letters(State.BOUNCED, State.DELIVERED))
    assert (found.bounced, found.recovered, found.delivered) == (True, True, True)
    assert Journey.of(letters(State.REFUSED, State.DELIVERED)).recovered


def test_who_got_the_first_letter_was_not_recovered_by_a_second() -> None:
    assert not Journey.of(letters(State.DELIVERED, State.BOUNCED)).recovered
    assert not Journey.of(letters(State.BOUNCED, State.BOUNCED)).recovered


def test_answers_count_for_those_who_gave_them() -> None:
    fates = [
        Fate(1, "A001", State.DELIVERED, accepted=True),
        Fate(2, "A002", State.SENT, accepted=True),
    ]
    found = Funnel.of(journeys(fates, {"A001", "A002", "Z999"}, {"A002"}).values())
    assert (found.selected, found.answered, found.coming) == (2, 2, 1)


states = st.lists(st.sampled_from(State), min_size=1, max_size=4)


@given(st.lists(states, max_size=20))
def test_nobody_gets_further_than_the_step_before(comuni: list[list[State]]) -> None:
    fates = [
        Fate(number * 10 + place, f"A{number:03}", state, accepted=False)
        for number, own in enumerate(comuni)
        for place, state in enumerate(own)
    ]
    found = Funnel.of(journeys(fates).values())
    assert len(comuni) == found.selected >= found.sent >= found.accepted >= found.delivered
    assert found.delivered >= found.recovered
    assert found.sent >= found.bounced
