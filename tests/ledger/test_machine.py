"""Any order of events, against a small model: nothing is sent by two, nothing is lost."""

import shutil
import tempfile
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from coalizione_mailer.ledger import deliveries, reports
from coalizione_mailer.ledger.deliveries import Choice, Claim, Settlement
from coalizione_mailer.lifecycle import TERMINAL, Event, Outcome, Phase, Retry, State, judge, retry
from tests.support import letters

TAKEN = judge(Phase.END_OF_DATA, 250, "2.0.0 Ok")
OUTCOMES = st.sampled_from(
    [
        *(judge(phase, code) for phase in Phase for code in (None, 250, 354, 421, 450, 552)),
        TAKEN,
    ]
)


@dataclass
class Letter:
    """What the model knows of one delivery."""

    state: State = State.QUEUED
    due: float = letters.FROZEN_AT
    attempts: list[Event | None] = field(default_factory=list)
    words: list[Event] = field(default_factory=list)


class LedgerMachine(RuleBasedStateMachine):
    """A ledger in a real file, workers that claim and settle, crashes, receipts, an operator."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.now = letters.FROZEN_AT
        self.model: dict[int, Letter] = {}
        self.under_way: list[Claim] = []
        self.over: list[Settlement] = []

    @initialize(count=st.integers(3, 6))
    def freeze(self, count: int) -> None:
        self.ledger, self.round = letters.frozen_ledger(self.folder, count)
        self.model = {number: Letter() for number in range(1, count + 1)}

    def teardown(self) -> None:
        if self.model:
            self.ledger.close()
        shutil.rmtree(self.folder)

    def may_claim(self, only: Collection[str]) -> list[int]:
        """Whom the model would send now, in turn."""
        return sorted(
            (
                number
                for number, letter in self.model.items()
                if letter.state is State.QUEUED
                and letter.due <= self.now
                and (not only or letters.comune(number - 1).codice_catastale in only)
            ),
            key=lambda number: (self.model[number].due, number),
        )

    @rule(
        claims=st.integers(0, 4),
        only=st.none() | st.sets(st.integers(0, 5), min_size=1),
        wait=st.booleans(),
        outcomes=st.lists(OUTCOMES, max_size=4),
        which=st.randoms(),
    )
    def work(
        self,
        claims: int,
        only: set[int] | None,
        outcomes: list[Outcome],
        which: Random,
        *,
        wait: bool,
    ) -> None:
        """Workers claim letters, perhaps when one has its turn, and some of them come back."""
        queued = [letter.due for letter in self.model.values() if letter.state is State.QUEUED]
        if wait and queued:
            self.now = max(self.now, min(queued))
        self.claim(claims, {letters.comune(n).codice_catastale for n in only or ()})
        which.shuffle(self.under_way)
        settlements = [
            self.settlement(self.under_way.pop(), outcome)
            for outcome in outcomes[: len(self.under_way)]
        ]
        self.write(settlements)
        for settlement in settlements:
            self.expect(settlement)
        self.over += settlements

    def claim(self, count: int, only: set[str]) -> None:
        expected = self.may_claim(only)[:count]
        with self.ledger.writing() as connection:
            claims = deliveries.claim(
                connection, Choice(self.round.id, frozenset(only)), count, now=self.now
            )
        assert [claimed.delivery_id for claimed in claims] == expected
        for claimed in claims:
            letter = self.model[claimed.delivery_id]
            assert letter.state not in TERMINAL | {State.SENDING, State.IN_DOUBT}
            letter.state = State.SENDING
            letter.attempts.append(None)
            assert claimed.attempt == len(letter.attempts)
            assert claimed.address == letters.address(claimed.delivery_id - 1)
        self.under_way += claims

    def settlement(self, claimed: Claim, outcome: Outcome) -> Settlement:
        due = None
        if outcome.event is Event.DEFERRED:
            decision = retry(outcome, claimed.attempt)
            due = self.now + decision.seconds if isinstance(decision, Retry) else None
        return Settlement(claimed.delivery_id, claimed.attempt, outcome, self.now, due)

    def write(self, settlements: Sequence[Settlement]) -> None:
        with self.ledger.writing() as connection:
            deliveries.settle(connection, settlements)

    def expect(self, settlement: Settlement) -> None:
        """Say in the model's own words what an outcome does."""
        letter = self.model[settlement.delivery_id]
        assert letter.attempts[settlement.attempt - 1] is None
        letter.attempts[settlement.attempt - 1] = settlement.outcome.event
        if letter.state is not State.SENDING:
            # A receipt was quicker.
            return
        match settlement.outcome.event:
            case Event.TAKEN:
                letter.state = State.SENT
            case Event.REJECTED:
                letter.state = State.REFUSED
            case Event.DEFERRED if settlement.due is not None:
                letter.state, letter.due = State.QUEUED, settlement.due
            case Event.DEFERRED:
                letter.state = State.REFUSED
            case _:
                letter.state = State.IN_DOUBT

    @precondition(lambda self: self.over)
    @rule(which=st.randoms(), outcome=OUTCOMES)
    def settle_again(self, which: Random, outcome: Outcome) -> None:
        settlement = which.choice(self.over)
        self.write([settlement, replace(settlement, outcome=outcome, at=self.now, due=None)])

    @rule()
    def crash_and_start_again(self) -> None:
        self.ledger.close()
        self.ledger = letters.open_ledger(self.folder, self.now)
        left = [letter for letter in self.model.values() if letter.state is State.SENDING]
        with self.ledger.writing() as connection:
            assert deliveries.doubt_leftovers(connection, now=self.now) == len(left)
        for letter in left:
            letter.state = State.IN_DOUBT
        for letter in self.model.values():
            if letter.attempts and letter.attempts[-1] is None:
                letter.attempts[-1] = Event.UNANSWERED
        # The workers of the killed run come too late, whatever they have to say.
        self.over += [self.settlement(claimed, TAKEN) for claimed in self.under_way]
        self.under_way = []

    @rule()
    def crash_in_the_middle_of_a_claim(self) -> None:
        with suppress(KeyboardInterrupt), self.ledger.writing() as connection:
            deliveries.claim(connection, Choice(self.round.id), 9, now=self.now)
            raise KeyboardInterrupt

    @precondition(lambda self: any(x.state is State.IN_DOUBT for x in self.model.values()))
    @rule(
        numbers=st.sets(st.integers(1, 6)),
        word=st.sampled_from([Event.OPERATOR_SENT, Event.OPERATOR_QUEUE]),
    )
    def take_the_operators_word(self, numbers: set[int], word: Event) -> None:
        doubtful = [
            number
            for number in sorted(numbers)
            if number in self.model and self.model[number].state is State.IN_DOUBT
        ]
        with self.ledger.writing() as connection:
            settled = deliveries.resolve(
                connection, sorted(numbers), word, now=self.now, note="anna"
            )
        assert settled == len(doubtful)
        for number in doubtful:
            letter = self.model[number]
            letter.state = State.SENT if word is Event.OPERATOR_SENT else State.QUEUED
            letter.due = self.now
            letter.words.append(word)

    @precondition(lambda self: self.model)
    @rule(
        said=st.dictionaries(
            st.integers(1, 6),
            st.sampled_from([Event.ACCEPTANCE, Event.FAILURE, Event.DELIVERY]),
            max_size=3,
        )
    )
    def receipts_arrive(self, said: dict[int, Event]) -> None:
        """Receipts settle letters wherever they are; the same ones again change nothing."""
        said = {number: event for number, event in said.items() if number in self.model}
        weight = [State.ACCEPTED, State.BOUNCED, State.DELIVERED]
        means = dict(zip([Event.ACCEPTANCE, Event.FAILURE, Event.DELIVERY], weight, strict=True))
        expected = {}
        for number, event in said.items():
            letter, new = self.model[number], means[event]
            if letter.state not in weight or weight.index(new) > weight.index(letter.state):
                expected[number] = letter.state = new
        with self.ledger.writing() as connection:
            assert deliveries.told(connection, said, now=self.now) == expected
            assert deliveries.told(connection, said, now=self.now) == {}

    @rule(seconds=st.sampled_from([1, 300, 86400]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @invariant()
    def the_ledger_says_what_the_model_says(self) -> None:
        if not self.model:
            return
        with self.ledger.reading() as connection:
            counts = reports.counts(connection, self.round.id)
            waiting = deliveries.waiting(connection, Choice(self.round.id))
            next_due = deliveries.next_due(connection, Choice(self.round.id))
            found, tried, said = (
                connection.exec_driver_sql(statement).all()
                for statement in (
                    "SELECT id, state FROM deliveries ORDER BY id",
                    "SELECT delivery_id, number, event FROM attempts ORDER BY 1, 2",
                    "SELECT delivery_id, event FROM history ORDER BY delivery_id, id",
                )
            )
        letters_ = self.model.items()
        assert found == [(number, letter.state) for number, letter in letters_]
        assert tried == [
            (number, index, event)
            for number, letter in letters_
            for index, event in enumerate(letter.attempts, 1)
        ]
        assert said == [(number, word) for number, letter in letters_ for word in letter.words]
        states = [letter.state for _, letter in letters_]
        assert counts == {state: states.count(state) for state in State}
        queued = [letter.due for _, letter in letters_ if letter.state is State.QUEUED]
        assert (waiting, next_due) == (len(queued), min(queued, default=None))


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=20, stateful_step_count=40, deadline=None)
