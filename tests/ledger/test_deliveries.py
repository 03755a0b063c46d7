"""Deliveries claimed and settled, one worker each."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from coalizione_mailer.ledger import deliveries, reports
from coalizione_mailer.ledger.deliveries import Choice, Settlement
from coalizione_mailer.ledger.reports import Standing
from coalizione_mailer.ledger.rounds import Round
from coalizione_mailer.ledger.schema import attempts, history
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import Event, IllegalTransitionError, Outcome, Phase, State, judge
from tests.support import letters
from tests.support.patience import PATIENCE

CHECKOUT = Path(__file__).parents[2]
Freezer = Callable[[int], tuple[Ledger, Round]]
Opener = Callable[[], Ledger]

NOW = letters.FROZEN_AT + 60
TAKEN = Outcome(Event.TAKEN, Phase.END_OF_DATA, 250, "2.0.0 Ok")
LATER = Outcome(Event.DEFERRED, Phase.RCPT, 450, "4.2.0 greylisted, più tardi")


def claim(ledger: Ledger, opened: Round, count: int = 1, now: float = NOW) -> list[tuple[int, int]]:
    with ledger.writing() as connection:
        made = deliveries.claim(connection, Choice(opened.id), count, now=now)
    return [(claimed.delivery_id, claimed.attempt) for claimed in made]


def settle(ledger: Ledger, *settlements: Settlement) -> None:
    with ledger.writing() as connection:
        deliveries.settle(connection, settlements)


def standing(ledger: Ledger, delivery_id: int) -> Standing:
    with ledger.reading() as connection:
        (found,) = (s for s in reports.standings(connection, 1) if s.delivery_id == delivery_id)
    return found


def everything(connection: Connection) -> list[object]:
    """All that a ledger says of its deliveries."""
    rows: list[object] = list(reports.standings(connection, 1))
    for table in (attempts, history):
        rows += [tuple(row) for row in connection.execute(select(table))]
    return rows


def test_letters_are_claimed_in_turn_and_each_claim_is_on_record(frozen: Freezer) -> None:
    ledger, opened = frozen(5)
    assert claim(ledger, opened, 2) == [(1, 1), (2, 1)]
    assert claim(ledger, opened, 9) == [(3, 1), (4, 1), (5, 1)]
    assert claim(ledger, opened) == []
    with ledger.reading() as connection:
        rows = connection.execute(select(attempts)).all()
    assert [(row.delivery_id, row.number, row.started_at, row.ended_at) for row in rows] == [
        (number, 1, NOW, None) for number in range(1, 6)
    ]
    assert standing(ledger, 1).state is State.SENDING


def test_a_letter_is_not_claimed_before_its_turn(frozen: Freezer) -> None:
    ledger, opened = frozen(1)
    assert claim(ledger, opened, now=letters.FROZEN_AT - 1) == []
    ((delivery, attempt),) = claim(ledger, opened)
    settle(ledger, Settlement(delivery, attempt, LATER, NOW + 1, due=NOW + 301))
    with ledger.reading() as connection:
        assert deliveries.next_due(connection, Choice(opened.id)) == NOW + 301
        assert deliveries.waiting(connection, Choice(opened.id)) == 1
    assert claim(ledger, opened, now=NOW + 300.9) == []
    assert claim(ledger, opened, now=NOW + 301) == [(1, 2)]
    with ledger.reading() as connection:
        assert deliveries.next_due(connection, Choice(opened.id)) is None
        assert deliveries.waiting(connection, Choice(opened.id)) == 0


def test_letters_put_off_come_after_those_that_wait_already(frozen: Freezer) -> None:
    ledger, opened = frozen(3)
    ((delivery, attempt),) = claim(ledger, opened)
    settle(ledger, Settlement(delivery, attempt, LATER, NOW, due=NOW + 1))
    assert claim(ledger, opened, 3, now=NOW + 10) == [(2, 1), (3, 1), (1, 2)]


def test_only_the_named_comuni_of_the_round_are_claimed(frozen: Freezer) -> None:
    ledger, opened = frozen(4)
    named = [letters.comune(number).codice_catastale for number in (1, 3)]
    choice = Choice(opened.id, frozenset([*named, "Z999"]))
    with ledger.writing() as connection:
        assert deliveries.waiting(connection, choice) == 2
        claims = deliveries.claim(connection, choice, 9, now=NOW)
        assert deliveries.next_due(connection, choice) is None
        assert deliveries.claim(connection, Choice(opened.id + 1), 9, now=NOW) == []
    assert [claimed.codice_catastale for claimed in claims] == named


@pytest.mark.parametrize(
    ("outcome", "due", "state"),
    [
        (TAKEN, None, State.SENT),
        (judge(Phase.RCPT, 550, "5.1.1 none"), None, State.REFUSED),
        (LATER, NOW + 300, State.QUEUED),
        (LATER, None, State.REFUSED),
        (judge(Phase.END_OF_DATA, None, "Connection lost"), None, State.IN_DOUBT),
    ],
    ids=["taken", "refused", "put off", "given up", "no answer"],
)
def test_an_outcome_settles_the_letter_and_stays_on_record(
    outcome: Outcome, due: float | None, state: State, frozen: Freezer, reopened: Opener
) -> None:
    ledger, opened = frozen(2)
    ((delivery, attempt),) = claim(ledger, opened)
    settle(ledger, Settlement(delivery, attempt, outcome, NOW + 2, due))
    found = standing(reopened(), delivery)
    assert (found.state, found.attempts, found.started_at, found.changed_at) == (
        state,
        1,
        NOW,
        NOW + 2,
    )
    assert (found.code, found.answer) == (outcome.code, outcome.text)
    if due is not None:
        assert found.due == due
    with reopened().reading() as connection:
        row = connection.execute(select(attempts)).one()
        counts = reports.counts(connection, opened.id)
    assert (row.event, row.phase, row.ended_at) == (outcome.event, outcome.phase, NOW + 2)
    assert counts[state] == (2 if state is State.QUEUED else 1)
    assert standing(ledger, 2).state is State.QUEUED


def test_settling_again_changes_nothing_whatever_it_says(frozen: Freezer) -> None:
    ledger, opened = frozen(1)
    ((delivery, _),) = claim(ledger, opened)
    first = Settlement(delivery, 1, LATER, NOW + 1, due=NOW + 2)
    others = [
        first,
        replace(first, outcome=TAKEN, due=None, at=NOW + 9),
        replace(first, outcome=judge(Phase.MAIL, 550)),
    ]
    settle(ledger, first)
    for step in range(2):
        with ledger.reading() as connection:
            before = everything(connection)
        settle(ledger, *others)
        with ledger.reading() as connection:
            assert everything(connection) == before
        if step == 0:
            # Nor while another worker has the letter.
            assert claim(ledger, opened, now=NOW + 5) == [(delivery, 2)]
    settle(ledger, Settlement(delivery, 2, TAKEN, NOW + 6))
    assert standing(ledger, delivery).state is State.SENT


def test_nothing_settled_is_nothing_written(frozen: Freezer) -> None:
    ledger, _ = frozen(1)
    with ledger.reading() as connection:
        before = everything(connection)
    settle(ledger)
    with ledger.reading() as connection:
        assert everything(connection) == before


def test_what_a_killed_run_left_is_in_doubt_and_nothing_else_is(
    frozen: Freezer, reopened: Opener
) -> None:
    ledger, opened = frozen(4)
    claim(ledger, opened, 3)
    settle(ledger, Settlement(1, 1, TAKEN, NOW + 1))
    ledger.close()
    again = reopened()
    with again.writing() as connection:
        assert deliveries.doubt_leftovers(connection, now=NOW + 100) == 2
    with again.writing() as connection:
        before = everything(connection)
        assert deliveries.doubt_leftovers(connection, now=NOW + 200) == 0
        assert everything(connection) == before
        counts = reports.counts(connection, opened.id)
        assert {state: n for state, n in counts.items() if n} == {
            State.SENT: 1,
            State.IN_DOUBT: 2,
            State.QUEUED: 1,
        }
        rows = connection.execute(select(attempts).where(attempts.c.delivery_id > 1)).all()
        assert [(row.ended_at, row.event) for row in rows] == [(NOW + 100, "unanswered")] * 2
        assert deliveries.waiting(connection, Choice(opened.id)) == 1
        claims = deliveries.claim(connection, Choice(opened.id), 9, now=NOW + 300)
    assert [claimed.delivery_id for claimed in claims] == [4]
    # The answer of the killed run, should it ever come, comes too late.
    settle(again, Settlement(2, 1, TAKEN, NOW + 400))
    assert standing(again, 2).state is State.IN_DOUBT


def test_the_operators_word_settles_letters_in_doubt_and_is_on_record(frozen: Freezer) -> None:
    ledger, opened = frozen(4)
    claim(ledger, opened, 3)
    with ledger.writing() as connection:
        deliveries.doubt_leftovers(connection, now=NOW + 1)
    with ledger.writing() as connection:
        sent, queue = Event.OPERATOR_SENT, Event.OPERATOR_QUEUE
        # The fourth was never in doubt, the ninth was never there.
        assert deliveries.resolve(connection, [1, 4, 9], sent, now=NOW + 2, note="anna") == 1
        assert deliveries.resolve(connection, [1, 2], queue, now=NOW + 3, note="bruno") == 1
    assert [standing(ledger, n).state for n in (1, 2, 3, 4)] == [
        State.SENT,
        State.QUEUED,
        State.IN_DOUBT,
        State.QUEUED,
    ]
    with ledger.reading() as connection:
        rows = connection.execute(select(history).order_by(history.c.id)).all()
    assert [(row.delivery_id, row.at, row.event, row.state, row.note) for row in rows] == [
        (1, NOW + 2, "operator-sent", "sent", "anna"),
        (2, NOW + 3, "operator-queue", "queued", "bruno"),
    ]
    assert claim(ledger, opened, 9, now=NOW + 3) == [(4, 1), (2, 2)]


def test_only_the_operator_can_be_taken_at_his_word(frozen: Freezer) -> None:
    ledger, opened = frozen(1)
    claim(ledger, opened)
    with ledger.writing() as connection:
        deliveries.doubt_leftovers(connection, now=NOW)
    with pytest.raises(IllegalTransitionError), ledger.writing() as connection:
        deliveries.resolve(connection, [1], Event.TAKEN, now=NOW, note="")
    assert standing(ledger, 1).state is State.IN_DOUBT


def test_the_pace_is_told_the_latest_ends_in_order(frozen: Freezer) -> None:
    ledger, opened = frozen(5)
    claim(ledger, opened, 5)
    for number, at in ((1, 40.0), (2, 10.0), (3, 30.0), (4, 20.0)):
        settle(ledger, Settlement(number, 1, TAKEN, NOW + at))
    with ledger.reading() as connection:

        def ends(count: int, since: float) -> list[float]:
            return [end - NOW for end in deliveries.past_attempts(connection, count, NOW + since)]

        assert ends(9, 0) == [10, 20, 30, 40]
        assert ends(2, 0) == [30, 40]
        assert ends(9, 20) == [20, 30, 40]
        assert ends(0, 0) == ends(9, 50) == []


def test_a_failed_transaction_claims_nothing(frozen: Freezer) -> None:
    ledger, opened = frozen(2)

    def interrupted() -> None:
        with ledger.writing() as connection:
            deliveries.claim(connection, Choice(opened.id), 2, now=NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert claim(ledger, opened, 2) == [(1, 1), (2, 1)]


MANY = 120


def test_workers_in_threads_never_claim_the_same_letter(frozen: Freezer, tmp_path: Path) -> None:
    _, opened = frozen(MANY)

    def work(_number: int) -> list[int]:
        mine = []
        with closing(letters.open_ledger(tmp_path)) as ledger:
            while got := claim(ledger, opened, 3):
                mine += [delivery for delivery, _ in got]
        return mine

    with ThreadPoolExecutor(4) as pool:
        claimed = Counter(delivery for mine in pool.map(work, range(4)) for delivery in mine)
    assert claimed == Counter(range(1, MANY + 1))


_WORKER = """
import json, sys
from pathlib import Path
from coalizione_mailer.ledger import deliveries
from coalizione_mailer.ledger.deliveries import Choice
from coalizione_mailer.ledger.store import Ledger

folder, url, now, round_id = sys.argv[1:]
ledger = Ledger.open(url, Path(folder), now=float(now))
print("ready", flush=True)
sys.stdin.readline()
mine = []
while True:
    with ledger.writing() as connection:
        claims = deliveries.claim(connection, Choice(int(round_id)), 1, now=float(now))
    if not claims:
        break
    mine += [claimed.delivery_id for claimed in claims]
ledger.close()
print(json.dumps(mine))
"""


def test_workers_in_processes_never_claim_the_same_letter(frozen: Freezer, tmp_path: Path) -> None:
    _, opened = frozen(MANY)
    command = [sys.executable, "-c", _WORKER, str(tmp_path), letters.URL, str(NOW), str(opened.id)]
    workers = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
        )
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    answers = [json.loads(worker.communicate(timeout=PATIENCE)[0]) for worker in workers]
    assert Counter(answers[0] + answers[1]) == Counter(range(1, MANY + 1))
