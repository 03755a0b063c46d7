"""The list of participants at the end of a rehearsal: right to the last row, or found out."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from coalizione_mailer.campaign import Campaign, load
from coalizione_mailer.exercise import Act, Score, Wishes, Wrong, play, reported
from coalizione_mailer.ledger import answers
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.ledger.words import Answer, Person, Unread, Word
from coalizione_mailer.mailbox.reply.answer import Occasion
from coalizione_mailer.mailbox.reply.reader import read
from coalizione_mailer.rehearsal.course import ROME
from coalizione_mailer.rehearsal.people import Writer, answer
from coalizione_mailer.rehearsal.replies import SCENES, Line, Meaning, Reply, Says, played
from coalizione_mailer.rehearsal.truth import Truth
from coalizione_mailer.report.figures import Figures, figures
from coalizione_mailer.report.record import Record
from coalizione_mailer.rsvp import entering

NOW = 1_790_000_000.0


class Nobody:
    """Does not look on."""

    @contextmanager
    def watch(self, _act: Act, _day: int, _total: int) -> Iterator[Callable[[], None]]:
        yield lambda: None


def rehearsed(folder: Path, seed: int) -> Score:
    return play(folder, Wishes(seed, 60, jobs=1, now=NOW, circular=True), Nobody())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_list_is_right_to_the_last_row(seed: int, tmp_path: Path) -> None:
    score = rehearsed(tmp_path, seed)
    assert score.faults == ()
    assert score.answers_wrong == 0
    assert score.answers_by_itself >= 2
    assert score.answers_by_person >= 2
    campaign = load(tmp_path / "campagna")
    ledger = Ledger.open(campaign.configuration.ledger.url, campaign.root, now=NOW)
    with ledger.reading() as reading:
        rows, left = answers.standing(reading), answers.waiting(reading)
    ledger.close()
    assert left == []
    assert len(rows) >= 4
    assert any(word.participants for word in rows)


class TestAProductThatIsWrong:
    """A rehearsal that could not fail would prove nothing."""

    def test_a_reader_that_takes_all_for_a_yes_is_found_out(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def hopeful(campaign: Campaign, ledger: Ledger) -> Callable[[Unread, bytes], Word]:
            honest = entering.reader(campaign, ledger)

            def said(one: Unread, raw: bytes) -> Word:
                return replace(honest(one, raw), answer=Answer.YES, doubtful=False, why=())

            return said

        monkeypatch.setattr(reported, "reader", hopeful)
        found = rehearsed(tmp_path, 1)
        assert found.answers_wrong > 0
        assert found.count(Wrong.MISJUDGED) > 0
        assert not found.perfect

    def test_a_register_that_drops_a_name_is_found_out(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = answers._insert_people

        def forgetful(connection: Any, word_id: int, people: Sequence[Person]) -> None:
            whole(connection, word_id, people[:-1])

        monkeypatch.setattr(answers, "_insert_people", forgetful)
        assert rehearsed(tmp_path, 1).answers_wrong > 0

    def test_a_report_that_counts_one_too_many_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def proud(record: Record) -> Figures:
            true = figures(record)
            return replace(true, answers=replace(true.answers, people=true.answers.people + 1))

        monkeypatch.setattr(reported, "figures", proud)
        (fault,) = rehearsed(tmp_path, 1).faults
        assert (fault.wrong, fault.comune, fault.address) == (Wrong.MISJUDGED, "", "people")
        assert int(fault.ledger) == int(fault.truth) + 1


def written(reply: Reply) -> bytes:
    at = datetime(2017, 9, 20, 10, tzinfo=ROME)
    letter = "Invito al workshop"
    writer = Writer("Borgo", "c@borgo.example", "a@b.example", letter, "<1@b.example>", at)
    return answer(writer, reply)


@pytest.mark.parametrize("number", range(len(SCENES)))
@pytest.mark.parametrize("seed", range(4))
def test_every_way_to_answer_is_read_right_or_left_to_a_person(number: int, seed: int) -> None:
    event = Occasion(date(2017, 10, 11), frozenset({"vicenza", "fiera"}))
    for reply in played(SCENES[number], random.Random(seed), "Borgo"):
        found = read(written(reply), event)
        if found.needs_human:
            continue
        assert found.answer is not None
        assert found.answer.value == reply.meaning.says.value
        assert {one.name for one in found.participants} == set(reply.meaning.names)
        assert max(found.count or 0, len(found.participants)) == reply.meaning.number


def test_a_scene_says_who_comes_and_how_many() -> None:
    line = Line("Viene {nome1}, {ruolo1}, per {comune}.", Says.YES, (1,), unnamed=2)
    (reply,) = played((line,), random.Random(1), "Borgo")
    assert reply.meaning.number == 3
    (name,) = reply.meaning.names
    assert reply.words.startswith(f"Viene {name}, ")
    assert reply.words.endswith(" per Borgo.")


def test_of_all_that_was_answered_the_last_word_is_true() -> None:
    truth = Truth()
    passage = truth.taken("<1@b.example>", "c@borgo.example", arrives=True)
    no, yes = Meaning(Says.NO), Meaning(Says.YES, ("Ada Bellorto",), 1)
    truth.answered(passage, "b" * 64, NOW + 2, yes)
    truth.answered(passage, "a" * 64, NOW + 1, no)
    assert truth.answer(["<1@b.example>", "<2@b.example>"]) == yes
    assert truth.answer(["<2@b.example>"]) is None
    assert truth.meant("a" * 64) == ("<1@b.example>", no)
    assert truth.meant("c" * 64) is None
