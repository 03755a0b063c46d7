"""Which round a command goes on with, whatever other rounds are not done."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from coalizione_mailer.cli.begun import going_on, unfinished
from coalizione_mailer.errors import Code, ProblemsError
from coalizione_mailer.ledger import deliveries, rounds
from coalizione_mailer.ledger.deliveries import Choice, Settlement
from coalizione_mailer.ledger.rounds import Kind
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import Event, Outcome, Phase
from tests.support import letters

NOW = letters.FROZEN_AT + 60
EACH = 2


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(letters.open_ledger(tmp_path)) as opened:
        yield opened


def rounds_of(ledger: Ledger, *planned: tuple[Kind, int]) -> None:
    """Freeze rounds of two letters each, to Comuni of their own, of which so many have left."""
    for number, (kind, left) in enumerate(planned):
        own = range(number * EACH, number * EACH + EACH)
        with ledger.writing() as connection:
            opened = replace(letters.ROUND, number=number + 1, kind=kind)
            frame = letters.composer().frame
            rounds.write(connection, opened, frame, {}, map(letters.frozen, own))
            standing = rounds.current(connection)
            assert standing is not None
            for claim in deliveries.claim(connection, Choice(standing.id), left, now=NOW):
                taken = Outcome(Event.TAKEN, Phase.END_OF_DATA, 250)
                settled = Settlement(claim.delivery_id, claim.attempt, taken, NOW)
                deliveries.settle(connection, [settled])


def numbers(ledger: Ledger) -> list[int]:
    with ledger.reading() as connection:
        return [one.number for one in rounds.every(connection)]


@pytest.mark.parametrize("kind", [Kind.RESEND, Kind.REMINDER])
def test_the_first_letters_come_before_any_other(ledger: Ledger, kind: Kind) -> None:
    rounds_of(ledger, (Kind.FIRST, 1), (kind, 1))
    with pytest.raises(ProblemsError) as caught:
        going_on(ledger, kind)
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == (Code.FIRST_UNFINISHED, "1")


@pytest.mark.parametrize(("kind", "number"), [(Kind.REMINDER, 2), (Kind.RESEND, 3)])
def test_each_goes_on_with_its_own_round_beside_another(
    ledger: Ledger, kind: Kind, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds_of(ledger, (Kind.FIRST, 2), (Kind.REMINDER, 1), (Kind.RESEND, 1))
    assert [(one.number, waiting) for one, waiting in unfinished(ledger).items()] == [
        (2, 1),
        (3, 1),
    ]
    standing = going_on(ledger, kind)
    assert standing is not None
    assert (standing.number, standing.kind) == (number, kind)
    assert capsys.readouterr().err == f"Going on with round {number}, which is not done.\n"


def test_a_round_of_which_nothing_has_left_is_planned_anew(ledger: Ledger) -> None:
    rounds_of(ledger, (Kind.FIRST, 2), (Kind.RESEND, 0))
    assert going_on(ledger, Kind.REMINDER) is None
    assert numbers(ledger) == [1, 2]
    assert going_on(ledger, Kind.RESEND) is None
    assert numbers(ledger) == [1]


def test_where_all_is_done_there_is_nothing_to_go_on_with(ledger: Ledger) -> None:
    rounds_of(ledger, (Kind.FIRST, 2), (Kind.RESEND, 2))
    assert unfinished(ledger) == {}
    assert going_on(ledger, Kind.RESEND) is None
    assert numbers(ledger) == [1, 2]
