"""The script of a rehearsal: what goes wrong, when, how often, and the same again."""

from collections.abc import Sequence

import pytest

from coalizione_mailer.rehearsal.faults import Fault, Kind, Rule, Script, Step, Then, fault
from coalizione_mailer.rehearsal.record import Taken, copies, most_in_a_window
from coalizione_mailer.rehearsal.rules import Chance, Greylist, Quota

NO = Fault(Step.RCPT, b"550 no")


def met(script: Script, *recipients: str, step: Step = Step.RCPT, at: float = 0.0) -> list[bool]:
    """Say at which of these occasions something goes wrong."""
    return [script.meet(step, recipient, at) is not None for recipient in recipients]


def taken(at: float, content: bytes = b"") -> Taken:
    return Taken("s@ente.example", "c@borgo.example", content, at, 1, secure=False, user=None)


def test_a_fault_waits_for_its_step_and_happens_once() -> None:
    script = Script([NO])
    assert met(script, "a", "b", step=Step.MAIL) == [False, False]
    assert script.waiting == [NO]
    assert met(script, "a", "b") == [True, False]
    assert script.waiting == []


@pytest.mark.parametrize(
    ("wrong", "when"),
    [
        (Fault(Step.RCPT, recipient="b@y"), [False, True, False, False]),
        (Fault(Step.RCPT, marker="@z"), [False, False, True, False]),
        (Fault(Step.RCPT, nth=4), [False, False, False, True]),
        (Fault(Step.RCPT, times=3), [True, True, True, False]),
        (Fault(Step.RCPT, marker="b@", times=2), [False, True, False, True]),
    ],
)
def test_a_fault_can_be_bound_to_an_address_a_mark_or_a_number(
    wrong: Fault, when: list[bool]
) -> None:
    assert met(Script([wrong]), "a@x", "b@y", "a@z", "b@z") == when


def test_what_was_written_comes_before_what_a_rule_says() -> None:
    script = Script([NO], [Greylist(60.0)])
    script.add(Fault(Step.RCPT, b"421 bye", Then.CLOSE))
    answers = [found.answer if (found := script.meet(Step.RCPT, "a", 0.0)) else b"" for _ in "123"]
    assert answers == [b"550 no", b"421 bye", b"451 4.7.1 Greylisted, try again later"]


def test_a_greylist_opens_for_each_address_after_its_delay() -> None:
    script = Script(rules=[Greylist(300.0)])
    assert met(script, "a", at=0.0) == [True]
    assert met(script, "a", "b", at=299.0) == [True, True]
    assert met(script, "a", "b", at=300.0) == [False, True]
    assert met(script, "a", "b", at=599.0) == [False, False]


def test_a_quota_counts_what_was_taken_in_the_window_before() -> None:
    script = Script(rules=[Quota(2, 60.0)])

    def full(at: float, record: Sequence[Taken]) -> bool:
        return script.meet(Step.MAIL, "", at, record) is not None

    record = [taken(0.0), taken(30.0)]
    assert not full(31.0, record[:1])
    assert full(31.0, record)
    assert full(59.9, record)
    assert not full(60.0, record)


def test_chance_depends_on_the_seed_and_on_nothing_else() -> None:
    def luck(seed: int, at: float) -> list[bool]:
        rule: Rule = Chance(seed, 0.3, [fault(Kind.PUTS_OFF, Step.RCPT)])
        return met(Script(rules=[rule]), *(f"c{n}@borgo.example" for n in range(200)), at=at)

    assert luck(1, 0.0) == luck(1, 9.0)
    assert luck(1, 0.0) != luck(2, 0.0)
    assert 30 < sum(luck(1, 0.0)) < 90


def test_the_same_letters_have_the_same_luck_in_any_order() -> None:
    names = [f"c{n}@borgo.example" for n in range(50)]

    def unlucky(order: list[str]) -> set[str]:
        script = Script(rules=[Chance(7, 0.3, [fault(Kind.REFUSES, Step.RCPT)])])
        return {name for name, wrong in zip(order, met(script, *order), strict=True) if wrong}

    assert unlucky(names) == unlucky(names[::-1])


def test_a_late_answer_is_the_usual_one_but_after_the_dot() -> None:
    assert fault(Kind.LATE, Step.RCPT, wait=9.0).late
    assert fault(Kind.LATE, Step.END, takes=True, wait=9.0).answer.startswith(b"250")
    assert fault(Kind.LATE, Step.END, wait=9.0).answer.startswith(b"451")
    assert not any(fault(kind, Step.RCPT).late for kind in Kind if kind is not Kind.LATE)


def test_a_record_counts_copies_and_windows() -> None:
    record = [taken(0.0, b"x"), taken(30.0, b"y"), taken(60.0, b"x")]
    assert sorted(copies(record).values()) == [1, 2]
    assert most_in_a_window((letter.at for letter in record), 60.0) == 2
    assert most_in_a_window((letter.at for letter in record), 61.0) == 3
    assert most_in_a_window([], 60.0) == 0
