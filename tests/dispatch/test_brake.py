"""When a run holds back, and when it ends, by what the server answers; no server is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.dispatch.brake import DEFERRALS, PAUSE, PAUSES, REFUSALS, Brake
from coalizione_mailer.dispatch.orders import Ending
from coalizione_mailer.lifecycle import Event

ANSWERS = (Event.TAKEN, Event.REJECTED, Event.DEFERRED, Event.UNANSWERED)


def told(brake: Brake, event: Event, times: int, now: float = 0.0) -> list[Ending | None]:
    return [brake.heard(event, now) for _ in range(times)]


def test_letters_put_off_in_a_row_make_pauses_that_grow_and_then_an_end() -> None:
    brake = Brake()
    for pause in range(1, PAUSES):
        assert told(brake, Event.DEFERRED, DEFERRALS - 1, now=1000.0 * pause) == [None] * 9
        assert brake.until == (0.0 if pause == 1 else 1000.0 * (pause - 1) + PAUSE * (pause - 1))
        assert brake.heard(Event.DEFERRED, 1000.0 * pause) is None
        assert brake.until == 1000.0 * pause + PAUSE * pause
    assert told(brake, Event.DEFERRED, DEFERRALS)[-2:] == [None, Ending.LATER]


@pytest.mark.parametrize("other", [Event.TAKEN, Event.REJECTED, Event.UNANSWERED])
def test_any_other_answer_between_makes_it_count_from_the_start(other: Event) -> None:
    brake = Brake()
    for _ in range(20):
        told(brake, Event.DEFERRED, DEFERRALS - 1)
        assert brake.heard(other, 0.0) is None
    assert brake.until == 0.0


def test_letters_refused_in_a_row_are_the_end() -> None:
    brake = Brake()
    assert told(brake, Event.REJECTED, REFUSALS) == [*[None] * (REFUSALS - 1), Ending.REFUSING]
    assert Brake().heard(Event.TAKEN, 0.0) is None


@given(st.lists(st.sampled_from(ANSWERS), max_size=120))
def test_a_run_ends_only_after_answers_that_are_alike(answers: list[Event]) -> None:
    brake = Brake()
    alike = 0
    for number, event in enumerate(answers):
        alike = alike + 1 if number and answers[number - 1] is event else 1
        match brake.heard(event, float(number)):
            case Ending.REFUSING:
                assert (event, alike >= REFUSALS) == (Event.REJECTED, True)
            case Ending.LATER:
                assert (event, alike >= DEFERRALS * PAUSES) == (Event.DEFERRED, True)
            case None:
                assert event is not Event.REJECTED or alike < REFUSALS
            case _:
                pytest.fail("a server cannot end a run otherwise")
