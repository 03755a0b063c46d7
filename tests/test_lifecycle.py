"""The life of a delivery: the whole table, and the two decisions."""

import itertools

import pytest

from coalizione_mailer.lifecycle import (
    LOST_DELAYS,
    RETRY_DELAYS,
    TERMINAL,
    Event,
    GiveUp,
    IllegalTransitionError,
    Outcome,
    Phase,
    Retry,
    State,
    after,
    foremost,
    judge,
    retry,
    spoken,
)

Q, S, T, A = State.QUEUED, State.SENDING, State.SENT, State.ACCEPTED
D, B, R, U = State.DELIVERED, State.BOUNCED, State.REFUSED, State.IN_DOUBT
NO = None

# Design, section 6: a row a state, a column an event, in the order of both.
TABLE: dict[State, tuple[State | None, ...]] = {
    # claim taken rejected deferred unanswered acceptance delivery failure sent queue
    Q: (S, NO, NO, NO, NO, A, D, B, NO, NO),
    S: (NO, T, R, Q, U, A, D, B, NO, NO),
    T: (NO, NO, NO, NO, NO, A, D, B, NO, NO),
    A: (NO, NO, NO, NO, NO, A, D, B, NO, NO),
    D: (NO, NO, NO, NO, NO, D, D, D, NO, NO),
    B: (NO, NO, NO, NO, NO, B, D, B, NO, NO),
    R: (NO, NO, NO, NO, NO, A, D, B, NO, NO),
    U: (NO, NO, NO, NO, NO, A, D, B, T, Q),
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_every_event_in_every_state_leads_where_the_design_says_or_is_refused(
    state: State, event: Event
) -> None:
    expected = TABLE[state][list(Event).index(event)]
    if expected is not None:
        assert after(state, event) is expected
        return
    with pytest.raises(IllegalTransitionError) as caught:
        after(state, event)
    assert (caught.value.state, caught.value.event) == (state, event)


def test_what_is_settled_is_never_sent_again_by_the_program() -> None:
    on_its_way = {State.QUEUED, State.SENDING, State.IN_DOUBT}
    assert set(State) == TERMINAL | on_its_way
    for state, event in itertools.product(TERMINAL, Event):
        row = TABLE[state][list(Event).index(event)]
        assert row is None or row in TERMINAL


def test_only_the_operator_sends_a_letter_in_doubt_again() -> None:
    ways = [event for event in Event if TABLE[U][list(Event).index(event)] is State.QUEUED]
    assert ways == [Event.OPERATOR_QUEUE]


BEFORE_THE_DOT = [phase for phase in Phase if phase is not Phase.END_OF_DATA]


@pytest.mark.parametrize("phase", Phase)
def test_a_4xx_puts_off_and_a_5xx_refuses_at_every_phase(phase: Phase) -> None:
    for code in range(400, 500):
        assert judge(phase, code, "later") == Outcome(Event.DEFERRED, phase, code, "later")
    for code in range(500, 600):
        assert judge(phase, code, "no") == Outcome(Event.REJECTED, phase, code, "no")


def test_a_2xx_takes_the_letter_only_after_the_final_dot() -> None:
    for code in range(200, 300):
        assert judge(Phase.END_OF_DATA, code) == Outcome(Event.TAKEN, Phase.END_OF_DATA, code)
        assert {judge(phase, code).event for phase in BEFORE_THE_DOT} == {Event.DEFERRED}


@pytest.mark.parametrize("code", [None, -1, 0, 1, 100, 199, 300, 354, 399, 600, 999, 4000, 5000])
def test_no_answer_and_what_is_none_is_doubt_after_the_final_dot_and_none_before(
    code: int | None,
) -> None:
    assert judge(Phase.END_OF_DATA, code).event is Event.UNANSWERED
    assert {judge(phase, code).event for phase in BEFORE_THE_DOT} == {Event.DEFERRED}


@pytest.mark.parametrize(
    ("outcome", "delays"),
    [
        (Outcome(Event.DEFERRED, Phase.RCPT, 450), RETRY_DELAYS),
        (Outcome(Event.DEFERRED, Phase.MAIL), LOST_DELAYS),
    ],
    ids=["put off", "lost"],
)
def test_a_letter_put_off_is_tried_again_ever_later_until_it_is_given_up(
    outcome: Outcome, delays: tuple[int, ...]
) -> None:
    decisions = [retry(outcome, attempts) for attempts in range(1, len(delays) + 3)]
    assert decisions[: len(delays)] == [Retry(seconds) for seconds in delays]
    assert decisions[len(delays) :] == [GiveUp.TOO_MANY] * 2
    assert list(delays) == sorted(delays)


def test_greylisting_has_time_to_clear() -> None:
    # RFC 6647, section 2.3: the usual wait is five minutes, a few servers want hours.
    assert RETRY_DELAYS[0] >= 300
    assert sum(RETRY_DELAYS) >= 4 * 3600


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ([State.BOUNCED], 0),
        ([State.BOUNCED, State.REFUSED], 1),
        ([State.BOUNCED, State.QUEUED], 1),
        ([State.BOUNCED, State.BOUNCED, State.SENT], 2),
        # What arrived late counts before what waits, was taken, or came back since.
        ([State.DELIVERED, State.QUEUED], 0),
        ([State.DELIVERED, State.IN_DOUBT, State.BOUNCED], 0),
        ([State.ACCEPTED, State.QUEUED], 0),
        ([State.ACCEPTED, State.BOUNCED], 0),
        # A doubt is never hidden by less than an arrival.
        ([State.IN_DOUBT, State.SENT], 0),
        ([State.DELIVERED, State.DELIVERED], 1),
    ],
)
def test_of_several_letters_the_one_that_tells_is_told(states: list[State], told: int) -> None:
    assert foremost(states) == told


@pytest.mark.parametrize(
    ("code", "words", "line"),
    [
        ("5.1.1", "5.1.1 - Gestore di prova - indirizzo non valido", None),
        ("5.1.1", "smtp; 550 (5.1.1): no\n such user", "smtp; 550 (5.1.1): no such user"),
        ("5.1.1", "5.1.10 is another", "5.1.1 5.1.10 is another"),
        (550, "5.5.0 mailbox 5501 unknown", "550 5.5.0 mailbox 5501 unknown"),
        (250, "", "250"),
        (None, "nothing", "nothing"),
    ],
)
def test_a_code_is_said_once(code: object, words: str, line: str | None) -> None:
    assert spoken(code, words) == (line or words)
