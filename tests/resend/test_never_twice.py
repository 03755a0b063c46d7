"""Whatever happens in whatever order: nobody who has the letter, or may have it, gets another."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from coalizione_mailer.campaign import load
from coalizione_mailer.ledger import deliveries, reports, rounds, schema
from coalizione_mailer.ledger.deliveries import Choice, Settlement
from coalizione_mailer.lifecycle import TRANSITIONS, Event, Outcome, Phase, State
from coalizione_mailer.mailbox.reading import Cause
from coalizione_mailer.resend import Opening, Wishes, cases, open_round, outlook, withdraw
from tests.support import campaign as small
from tests.support import letters

COMUNI = 4
EVERYTHING = frozenset(Cause)
ENDS = {
    Event.TAKEN: Outcome(Event.TAKEN, Phase.END_OF_DATA, 250),
    Event.REJECTED: Outcome(Event.REJECTED, Phase.RCPT, 550, "5.1.1 no such user"),
    Event.UNANSWERED: Outcome(Event.UNANSWERED, Phase.END_OF_DATA),
}
HEARD = (Event.ACCEPTANCE, Event.DELIVERY, Event.FAILURE)


class Rounds(RuleBasedStateMachine):
    """Sends, hears, forgets and sends again, as much as it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.ledger, _ = letters.frozen_ledger(self.folder, COMUNI)
        small.written(self.folder / "campagna", COMUNI, 2525)
        self.campaign = load(self.folder / "campagna")
        self.now = letters.FROZEN_AT

    def teardown(self) -> None:
        self.ledger.close()
        shutil.rmtree(self.folder)

    def states(self) -> dict[str, list[State]]:
        """The states of every letter of every Comune, asked of the tables themselves."""
        table = schema.deliveries.c
        found: dict[str, list[State]] = {}
        with self.ledger.reading() as connection:
            for code, state in connection.execute(select(table.codice_catastale, table.state)):
                found.setdefault(code, []).append(State(state))
        return found

    @rule(end=st.sampled_from(sorted(ENDS)), count=st.integers(1, COMUNI), latest=st.booleans())
    def send(self, end: Event, count: int, latest: bool) -> None:  # noqa: FBT001  drawn
        """Send some of a round, and let it end somehow; what was killed is in doubt."""
        self.now += 60
        with self.ledger.writing() as connection:
            every = rounds.every(connection)
            choice = Choice(every[-1 if latest else 0].id)
            before = self.states()
            claims = deliveries.claim(connection, choice, count, now=self.now)
            for claimed in claims:
                own = list(before[claimed.codice_catastale])
                own.remove(State.QUEUED)
                assert set(own) <= {State.BOUNCED, State.REFUSED}, own
            deliveries.settle(
                connection,
                [Settlement(one.delivery_id, one.attempt, ENDS[end], self.now) for one in claims],
            )

    @rule(place=st.integers(0, 20), event=st.sampled_from(HEARD))
    def hear(self, place: int, event: Event) -> None:
        """Let a receipt speak of any letter, early or late."""
        with self.ledger.writing() as connection:
            every = list(reports.standings(connection))
            letter = every[place % len(every)]
            if (letter.state, event) in TRANSITIONS:
                deliveries.told(connection, {letter.delivery_id: event}, now=self.now)

    @rule(word=st.sampled_from([Event.OPERATOR_SENT, Event.OPERATOR_QUEUE]))
    def settle_doubts(self, word: Event) -> None:
        """Let the operator say of all in doubt what became of them."""
        with self.ledger.writing() as connection:
            ids = [
                one.delivery_id
                for one in reports.standings(connection)
                if one.state is State.IN_DOUBT
            ]
            deliveries.resolve(connection, ids, word, now=self.now, note="prova")

    @rule()
    def send_again(self) -> None:
        """Open a round for all that may go again, the same address or not."""
        self.now += 3600
        before = self.states()
        view = outlook(self.ledger, self.campaign, Wishes(self.now, even=EVERYTHING))
        opened = open_round(self.ledger, self.campaign, view.sendings, Opening(self.now))
        failed = {
            code for code, own in before.items() if set(own) <= {State.BOUNCED, State.REFUSED}
        }
        assert {one.case.codice_catastale for one in view.sendings} == failed
        assert (opened is None) == (not failed)

    @rule()
    def take_back(self) -> None:
        """Forget a round of which nothing has left."""
        with self.ledger.reading() as connection:
            opened = rounds.every(connection)[-1]
        withdraw(self.ledger, opened)

    @invariant()
    def every_comune_is_counted_once(self) -> None:
        states = self.states()
        with self.ledger.reading() as connection:
            counts = reports.overall_counts(connection)
            overall = reports.overall(connection)
            open_cases = cases(connection)
        assert sum(counts.values()) == len(overall) == COMUNI
        for letter in overall:
            own = states[letter.codice_catastale]
            assert (letter.state is State.DELIVERED) == (State.DELIVERED in own)
            assert letter.state in own
        for case in open_cases:
            assert set(states[case.codice_catastale]) <= {State.BOUNCED, State.REFUSED}


TestRounds = Rounds.TestCase
TestRounds.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
