"""Words in a real ledger: entered once, settled together, decided about, brought back."""

import json
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalizione_mailer.ledger import answers, receipts
from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.ledger.words import (
    Answer,
    Change,
    Doubt,
    Person,
    Status,
    Unread,
    Whose,
    Word,
)
from coalizione_mailer.lifecycle import Strength
from coalizione_mailer.rsvp import entries
from coalizione_mailer.rsvp.entries import Decision
from tests.support import letters

NOW = letters.FROZEN_AT + 10 * 86400.0
ROSSI = Person("Mario Rossi", "sindaco")


def whose(number: int) -> Whose:
    comune = letters.comune(number)
    return Whose(comune.codice_catastale, comune.codice_istat, comune.denominazione, "VI", "Veneto")


def understood(one: Unread, raw: bytes) -> Word:
    """Read the letters of this test: they say in JSON what they mean."""
    said = json.loads(raw)
    people = tuple(Person(name) for name in said.get("who", ()))
    return Word(
        "reply",
        one.said_at,
        0.0,
        Answer(said["answer"]) if said["answer"] else None,
        len(people) or None,
        people,
        one.delivery if one.strength is Strength.STRONG else None,
        own_text=said.get("text", ""),
        doubtful=bool(said.get("why")),
        why=tuple(said.get("why", ())),
    )


def message(number: int, hours: float, answer: str | None, *who: str, **more: object) -> bytes:
    said = {"comune": number, "hours": hours, "answer": answer, "who": who, **more}
    return json.dumps(said).encode()


def receive(ledger: Ledger, raws: Iterable[bytes]) -> None:
    """Keep messages as ``mailer receive`` does, tied to the letters they answer."""
    kept = []
    for raw in raws:
        try:
            said = json.loads(raw)
        except ValueError:
            said = {"comune": 0, "hours": 1}
        number = said["comune"]
        known = number is not None
        kept.append((
            Receipt(
                sha256=receipts.identity(raw),
                identity=receipts.identity(raw),
                size=len(raw),
                kind="reply",
                received_at=NOW,
                delivery_id=number + 1 if known else None,
                strength=Strength.STRONG if known else Strength.NONE,
                sender=f"sindaco@borgo{number}.example",
                occurred_at=letters.FROZEN_AT + said["hours"] * 3600,
            ),
            raw,
        ))  # fmt: skip
    with ledger.writing() as connection:
        receipts.keep(connection, kept)


def enter(ledger: Ledger) -> entries.Entered:
    return entries.enter(ledger, understood, lambda: NOW)


def standing(ledger: Ledger) -> list[Word]:
    with ledger.reading() as connection:
        return answers.standing(connection)


def waiting(ledger: Ledger) -> list[Word]:
    with ledger.reading() as connection:
        return answers.waiting(connection)


def everything(ledger: Ledger) -> list[Word]:
    """All words, but for the numbers that the database gave them."""
    with ledger.reading() as connection:
        found = answers.everything(connection)
    return [replace(word, id=0, receipt_id=None, taken_at=0.0) for word in found]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Three letters, frozen."""
    made, _opened = letters.frozen_ledger(tmp_path, 3)
    with closing(made):
        yield made


def test_a_sure_answer_is_entered_with_its_source(ledger: Ledger) -> None:
    raw = message(1, 2, "yes", "Mario Rossi", text="Vengo volentieri.")
    receive(ledger, [raw])
    assert enter(ledger) == entries.Entered(1, 1, 0)
    (word,) = standing(ledger)
    assert (word.answer, word.people, word.comune) == (Answer.YES, 1, whose(1))
    assert word.participants == (Person("Mario Rossi"),)
    assert word.own_text == "Vengo volentieri."
    assert (word.sender, word.said_at) == ("sindaco@borgo1.example", letters.FROZEN_AT + 7200)
    assert (word.evidence, word.by_operator) == (receipts.identity(raw), False)


def test_reading_twice_changes_nothing(ledger: Ledger) -> None:
    receive(ledger, [message(1, 2, "yes", "Mario Rossi"), message(1, 3, "no")])
    enter(ledger)
    before = everything(ledger)
    assert enter(ledger) == entries.Entered(0, 0, 0)
    assert everything(ledger) == before
    assert entries.pending(ledger) == 0


def test_a_message_that_breaks_its_reader_waits_and_does_not_stop_the_others(
    ledger: Ledger,
) -> None:
    receive(ledger, [b"\xff not JSON", message(1, 2, "no")])
    assert enter(ledger) == entries.Entered(2, 1, 1)
    (word,) = waiting(ledger)
    assert word.reasons == (Doubt.UNREADABLE, Doubt.NO_ANSWER)[: len(word.reasons)]
    assert word.comune == whose(0)


def test_a_message_tied_since_it_was_read_is_read_again(ledger: Ledger) -> None:
    receive(ledger, [message(None, 2, "yes", "Mario Rossi")])  # type: ignore[arg-type]
    enter(ledger)
    (word,) = waiting(ledger)
    assert word.reasons == (Doubt.COMUNE_UNKNOWN,)
    with ledger.writing() as connection:
        (receipt,) = receipts.of_nobody(connection)
        receipts.retie(connection, [replace(receipt, delivery_id=2, strength=Strength.STRONG)])
    assert enter(ledger) == entries.Entered(1, 1, 0)
    assert [word.comune for word in standing(ledger)] == [whose(1)]
    assert waiting(ledger) == []


def test_an_answer_that_stands_already_is_not_told_of_again_when_it_is_tied_otherwise(
    ledger: Ledger,
) -> None:
    def sure(one: Unread, raw: bytes) -> Word:
        return understood(replace(one, strength=Strength.STRONG), raw)

    receive(ledger, [message(1, 2, "yes", "Mario Rossi")])
    assert entries.enter(ledger, sure, lambda: NOW) == entries.Entered(1, 1, 0)
    with ledger.writing() as connection:
        (receipt,) = receipts.of_deliveries(connection, range(9))
        receipts.retie(connection, [replace(receipt, strength=Strength.WEAK, tied_by="address")])
    assert entries.enter(ledger, sure, lambda: NOW) == entries.Entered(1, 0, 0)
    assert [word.answer for word in standing(ledger)] == [Answer.YES]


def test_what_was_decided_is_not_read_again_when_it_is_tied(ledger: Ledger) -> None:
    receive(ledger, [message(None, 2, "yes", "Mario Rossi")])  # type: ignore[arg-type]
    enter(ledger)
    (word,) = waiting(ledger)
    entries.decide(ledger, word, Decision(Answer.NO, whose(2)), who="anna", now=NOW)
    with ledger.writing() as connection:
        (receipt,) = receipts.of_nobody(connection)
        receipts.retie(connection, [replace(receipt, delivery_id=2, strength=Strength.STRONG)])
    assert enter(ledger) == entries.Entered(0, 0, 0)
    assert [(one.comune, one.answer) for one in standing(ledger)] == [(whose(2), Answer.NO)]


def test_a_message_dated_after_it_came_counts_from_when_it_came(ledger: Ledger) -> None:
    receive(ledger, [message(1, 24 * 365, "yes", "Mario Rossi")])
    enter(ledger)
    assert [word.said_at for word in standing(ledger)] == [NOW]


def test_a_word_by_telephone_has_its_own_source(ledger: Ledger) -> None:
    decision = Decision(Answer.YES, whose(1), 2, (ROSSI,), "ha chiamato la segretaria")
    word = entries.tell(ledger, decision, who="anna", now=NOW)
    assert standing(ledger) == [word]
    assert (word.kind, word.decided_by, word.note) == (
        "operator", "anna", "ha chiamato la segretaria",
    )  # fmt: skip
    assert (word.evidence, word.coming) == ("", 2)


def test_a_person_s_word_is_not_overwritten_by_a_message_without_review(ledger: Ledger) -> None:
    word = entries.tell(ledger, Decision(Answer.NO, whose(1)), who="anna", now=NOW - 86400 * 5)
    receive(ledger, [message(1, 240, "yes", "Mario Rossi")])
    enter(ledger)
    assert standing(ledger) == [word]
    (asked,) = waiting(ledger)
    assert asked.reasons == (Doubt.ALTERS,)
    agreed = Decision(asked.answer, asked.comune, asked.people, asked.participants)
    after = entries.decide(ledger, asked, agreed, who="bruno", now=NOW + 1)
    assert standing(ledger) == [after]
    assert (after.answer, after.decided_by) == (Answer.YES, "bruno")


def test_what_is_put_aside_waits_no_longer_and_answers_nothing(ledger: Ledger) -> None:
    receive(ledger, [message(1, 2, None)])
    enter(ledger)
    with ledger.reading() as connection:
        assert answers.replied(connection) == {whose(1).codice_catastale}
    (word,) = waiting(ledger)
    aside = Decision(None, word.comune, aside=True)
    assert entries.decide(ledger, word, aside, who="anna", now=NOW).status is Status.ASIDE
    assert (standing(ledger), waiting(ledger)) == ([], [])
    with ledger.reading() as connection:
        assert answers.replied(connection) == set()


def test_a_decision_undone_leaves_the_word_as_it_was_and_a_trace(ledger: Ledger) -> None:
    receive(ledger, [message(1, 1, "yes", "Mario Rossi"), message(1, 2, "no", text="Ritiro.")])
    enter(ledger)
    before = everything(ledger)
    (word,) = waiting(ledger)
    decided = entries.decide(ledger, word, Decision(Answer.NO, whose(2)), who="anna", now=NOW)
    assert [one.comune for one in standing(ledger)] == [whose(1), whose(2)]
    assert entries.undo(ledger, decided, who="anna", now=NOW + 1).status is Status.WAITING
    assert everything(ledger) == before
    with ledger.reading() as connection:
        trace = answers.changes(connection, [word.id])
    assert [(one.deed.change, one.deed.who, one.deed.at) for one in trace] == [
        (Change.DECIDED, "anna", NOW),
        (Change.UNDONE, "anna", NOW + 1),
    ]
    (told, back) = (one.before for one in trace)
    assert told is not None
    assert back is not None
    assert (told.status, told.by_operator, told.reasons) == (Status.WAITING, False, word.reasons)
    assert (back.comune, back.by_operator) == (whose(2), True)


def test_the_totals_count_comuni_people_and_what_is_left(ledger: Ledger) -> None:
    receive(ledger, [message(1, 2, "yes", "Mario Rossi", "Anna Bianchi"), message(2, 2, "maybe")])
    enter(ledger)
    with ledger.reading() as connection:
        assert answers.totals(connection) == answers.Totals(
            yes=1, no=0, maybe=0, people=2, waiting=1, silent=1
        )


_SAID = st.tuples(
    st.integers(0, 2),
    st.integers(1, 6),
    st.sampled_from(["yes", "yes", "no", "maybe", None]),
    st.sampled_from([(), ("Mario Rossi",), ("Anna Bianchi", "Mario Rossi")]),
    st.sampled_from([(), (), ("question",)]),
)


def _read_in(order: list[bytes], cuts: Callable[[], int]) -> list[Word]:
    """Receive and enter messages in this order, some at a time."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        made, _opened = letters.frozen_ledger(Path(folder), 3)
        with closing(made):
            while order:
                some = cuts()
                receive(made, order[:some])
                enter(made)
                order = order[some:]
            return everything(made)


@settings(max_examples=15, deadline=None)
@given(st.lists(_SAID, max_size=6), st.integers(0, 1000))
def test_entries_do_not_depend_on_the_order_in_which_replies_are_read(
    said: list[tuple[int, int, str | None, tuple[str, ...], tuple[str, ...]]], seed: int
) -> None:
    raws = [message(n, at, answer, *who, why=why) for n, at, answer, who, why in said]
    chance = random.Random(seed)
    shuffled = chance.sample(raws, len(raws))
    one_by_one = _read_in(shuffled, lambda: chance.randint(1, 3))
    assert one_by_one == _read_in(raws, lambda: len(raws))
