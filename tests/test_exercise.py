"""A whole campaign against the world: the record held against the truth, and found out if wrong."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from coalizione_mailer.exercise import Act, Score, Wishes, Wrong, office, play
from coalizione_mailer.exercise.score import Fault, Standings, faults
from coalizione_mailer.ledger.reports import Standing
from coalizione_mailer.lifecycle import Event, Outcome, Phase, State, judge
from coalizione_mailer.mailbox.classify import classify
from coalizione_mailer.mailbox.reading import Kind, Reading, Signature, SignatureState
from coalizione_mailer.rehearsal.plots import Word
from coalizione_mailer.rehearsal.truth import Truth
from coalizione_mailer.transport import session

NOW = 1_790_000_000.0


class Nobody:
    """Looks on, and remembers how much of what was done."""

    def __init__(self) -> None:
        self.done: dict[Act, int] = dict.fromkeys(Act, 0)

    @contextmanager
    def watch(self, act: Act, _day: int, total: int) -> Iterator[Callable[[], None]]:
        before = self.done[act]

        def step() -> None:
            self.done[act] += 1

        yield step
        assert self.done[act] - before <= total


def played(folder: Path, seed: int, recipients: int) -> Score:
    return play(folder, Wishes(seed, recipients, jobs=1, now=NOW, circular=True), Nobody())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_doubled_or_misjudged(seed: int, tmp_path: Path) -> None:
    score = played(tmp_path, seed, 60)
    assert score.faults == ()
    assert score.letters == 60
    assert score.delivered + score.silent + score.bounced + score.refused == 60
    # All that should be hard was there.
    assert score.doubts >= 3
    assert score.doubts_by_word < score.doubts
    assert score.forgeries >= 4
    assert score.recovered >= 4
    assert score.bounced + score.recovered >= 6
    assert score.bounces >= 1
    assert score.dead == score.corrected >= 2
    assert score.refused >= 1
    assert score.days >= 2


def test_two_comuni_are_a_campaign_too(tmp_path: Path) -> None:
    score = played(tmp_path, 4, 2)
    assert (score.letters, score.faults) == (2, ())


class TestAProductThatIsWrong:
    """A rehearsal that could not fail would prove nothing."""

    def test_one_that_believes_every_receipt_is_found_out(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def trusting(raw: bytes, *, authorities: object) -> Reading:
            reading = classify(raw, authorities)  # type: ignore[arg-type]
            return replace(reading, signature=Signature(SignatureState.GOOD, trusted=True))

        monkeypatch.setattr(office, "classify", trusting)
        assert played(tmp_path, 1, 60).count(Wrong.MISJUDGED) > 0

    def test_one_that_takes_a_warning_for_a_failure_is_found_out(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def hasty(raw: bytes, *, authorities: object) -> Reading:
            reading = classify(raw, authorities)  # type: ignore[arg-type]
            return replace(reading, kind=Kind.BOUNCE) if reading.kind is Kind.DELAY else reading

        monkeypatch.setattr(office, "classify", hasty)
        assert played(tmp_path, 1, 60).count(Wrong.MISJUDGED) > 0

    @pytest.mark.parametrize(
        ("takes_silence_for", "wrong"),
        [(Event.DEFERRED, Wrong.DOUBLED), (Event.TAKEN, Wrong.LOST)],
    )
    def test_one_that_takes_silence_for_an_answer_is_found_out(
        self,
        takes_silence_for: Event,
        wrong: Wrong,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def rash(phase: Phase, code: int | None, text: str = "") -> Outcome:
            outcome = judge(phase, code, text)
            doubtful = outcome.event is Event.UNANSWERED
            return replace(outcome, event=takes_silence_for) if doubtful else outcome

        monkeypatch.setattr(session, "judge", rash)
        assert played(tmp_path, 1, 60).count(wrong) > 0


def standing(state: State, message_id: str = "<1@a>", code: str = "A001") -> Standing:
    return Standing(
        delivery_id=1,
        codice_istat="000001",
        codice_catastale=code,
        denominazione="Borgo",
        sigla="VI",
        regione="Veneto",
        channel="pec",
        address="c@borgo.example",
        message_id=message_id,
        state=state,
        changed_at=NOW,
        due=NOW,
        attempts=1,
        started_at=NOW,
        code=250,
        answer="",
    )


def found(truth: Truth, *letters: Standing) -> list[Wrong]:
    """What is wrong with the letters of one Comune, one in each round."""
    standings = Standings([{letter.codice_catastale: letter} for letter in letters])
    return [fault.wrong for fault in faults(standings, truth, ["A001"])]


def truth_of(*said: Word, copies: int = 1, arrives: bool = True, number: int = 1) -> Truth:
    truth = Truth()
    for _ in range(copies):
        truth.taken(f"<{number}@a>", "c@borgo.example", arrives=arrives).said.update(said)
    return truth


class TestTheScore:
    def test_what_is_so_is_no_fault(self) -> None:
        delivered = truth_of(Word.ACCEPTED, Word.DELIVERED)
        assert found(delivered, standing(State.DELIVERED)) == []
        assert found(Truth(), standing(State.REFUSED)) == []
        vanished = truth_of(Word.ACCEPTED, arrives=False)
        assert found(vanished, standing(State.ACCEPTED)) == []

    def test_a_comune_that_nobody_wrote_to_is_lost(self) -> None:
        assert found(Truth()) == [Wrong.LOST]

    @pytest.mark.parametrize("state", [State.QUEUED, State.SENDING, State.IN_DOUBT])
    def test_a_letter_that_was_left_lying_is_lost(self, state: State) -> None:
        assert found(truth_of(Word.ACCEPTED), standing(state)) == [Wrong.LOST]

    @pytest.mark.parametrize("state", [State.SENT, State.ACCEPTED, State.DELIVERED])
    def test_a_letter_said_to_be_sent_that_the_server_never_had_is_lost(self, state: State) -> None:
        assert found(Truth(), standing(state)) == [Wrong.LOST, Wrong.MISJUDGED]

    def test_two_copies_in_a_mailbox_are_one_too_many(self) -> None:
        twice = truth_of(Word.DELIVERED, copies=2)
        assert found(twice, standing(State.DELIVERED)) == [Wrong.DOUBLED]

    def test_so_are_two_letters_of_two_rounds(self) -> None:
        truth = truth_of(Word.DELIVERED)
        truth.taken("<2@a>", "c@borgo.example", arrives=True).said.add(Word.DELIVERED)
        both = (standing(State.DELIVERED), standing(State.DELIVERED, "<2@a>"))
        assert found(truth, *both) == [Wrong.DOUBLED]

    def test_a_letter_that_came_back_and_was_sent_again_is_no_fault(self) -> None:
        truth = truth_of(Word.NO_USER, arrives=False)
        truth.taken("<2@a>", "d@borgo.example", arrives=True).said.add(Word.DELIVERED)
        both = (standing(State.BOUNCED), standing(State.DELIVERED, "<2@a>"))
        assert found(truth, *both) == []

    def test_a_second_letter_that_stays_because_the_first_was_delivered_is_no_fault(self) -> None:
        both = (standing(State.DELIVERED), standing(State.QUEUED, "<2@a>"))
        assert found(truth_of(Word.DELIVERED), *both) == []

    @pytest.mark.parametrize(
        ("said", "state"),
        [
            (Word.DELIVERED, State.BOUNCED),
            (Word.NO_USER, State.ACCEPTED),
            (Word.TWELVE_HOURS, State.BOUNCED),
            (Word.ACCEPTED, State.SENT),
        ],
    )
    def test_a_ledger_that_says_otherwise_is_misjudged(self, said: Word, state: State) -> None:
        assert found(truth_of(said), standing(state)) == [Wrong.MISJUDGED]

    def test_a_fault_names_the_letter_and_both_sides(self) -> None:
        standings = Standings([{"A001": standing(State.BOUNCED)}])
        (fault,) = faults(standings, truth_of(Word.DELIVERED), ["A001"])
        assert fault == Fault(
            Wrong.MISJUDGED, "Borgo (VI)", "c@borgo.example", "bounced", "delivered"
        )
