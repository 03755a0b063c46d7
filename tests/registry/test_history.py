"""What became of codes: old ones lead on, newer ones back, and nothing is guessed."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.errors import Code, ProblemsError
from coalizione_mailer.model import Comune
from coalizione_mailer.registry import Register
from coalizione_mailer.registry.history import (
    CodeHistory,
    Event,
    Variation,
    history_text,
    read_history,
)

DATA = Path(__file__).parents[2] / "data"
DAY = date(2024, 1, 22)


def change(before: str, after: str, event: Event = Event.MERGED, **istat: str) -> Variation:
    return Variation(
        istat.get("old", ""), before, before.lower(), event, DAY, istat.get("new", ""), after, after
    )


def comune(catastale: str, istat: str = "000000") -> Comune:
    return Comune(istat, catastale, catastale, "", "Prova", "PR", "Prova", "")


def found(history: CodeHistory, code: str, *comuni: Comune) -> list[str]:
    by_istat = {one.codice_istat: one for one in comuni}
    by_catastale = {one.codice_catastale: one for one in comuni}
    return [one.comune.codice_catastale for one in history.find(code, by_istat, by_catastale)]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("091044", "Macomer"),  # as the register has it
        ("114023", "Macomer"),  # since 2026
        ("104017", "Olbia"),  # from 2006 to 2016
        ("113017", "Olbia"),
        ("119018", "Santadi"),  # apostrophes do not count in the alphabet
        ("119019", "Sant'Anna Arresi"),
        ("119024", "Teulada"),
        ("118018", "Genoni"),
        ("015149", "Monza"),
        ("041033", "Montecopiolo"),
        ("I879", "Sovizzo"),
        ("024103", "Sovizzo"),
        ("D902", "Gambugliano goes to Sovizzo"),
        ("H124", "Quero, then Quero Vas, goes to Setteville"),
        ("E378", "Castel Ivano"),
        ("C374", "San Fermo della Battaglia"),
    ],
)
def test_any_code_of_the_last_twenty_years_leads_to_its_comune(
    shipped: Register, code: str, name: str
) -> None:
    assert shipped.find(code).denominazione == name.rpartition("goes to ")[2]


def test_every_sardinian_comune_is_found_under_its_code_of_2026_and_no_other_is(
    shipped: Register,
) -> None:
    new = {
        one.codice_istat: one.codice_catastale
        for one in shipped.history.variations
        if one.data == date(2026, 1, 1)
    }
    sardinia = [one for one in shipped.comuni if one.regione == "Sardegna"]
    assert len(new) == len(sardinia) == 377
    assert {shipped.find(code).codice_catastale for code in new} == {
        one.codice_catastale for one in sardinia
    }
    assert all(shipped.find(code).codice_catastale == own for code, own in new.items())


def test_a_comune_is_its_own_under_todays_code_even_if_the_code_was_anothers() -> None:
    history = CodeHistory((change("A001", "A001", Event.RECODED, old="111111", new="222222"),))
    one, other = comune("A001", "222222"), comune("B001", "111111")
    assert found(history, "111111", one, other) == ["B001", "A001"]
    (first, second) = history.find("111111", {"111111": other}, {"A001": one, "B001": other})
    assert (first.steps, second.same_body) == ((), True)


def test_a_code_nobody_had_leads_nowhere(shipped: Register) -> None:
    assert shipped.follow("999999") == ()
    assert shipped.follow("Z999") == ()


def test_a_chain_is_followed_to_its_end_and_told_step_by_step(shipped: Register) -> None:
    (setteville,) = shipped.follow("L692")
    assert setteville.comune.denominazione == "Setteville"
    assert [step.denominazione for step in setteville.steps] == ["Quero Vas", "Setteville"]
    assert not setteville.same_body


def test_a_recoded_comune_is_the_same_body_and_a_merged_one_is_not(shipped: Register) -> None:
    assert shipped.follow("114023")[0].same_body
    assert not shipped.follow("D902")[0].same_body


def test_a_comune_that_was_split_keeps_its_code(shipped: Register) -> None:
    assert [one.comune.denominazione for one in shipped.follow("081021")] == ["Trapani"]
    assert shipped.find("Misiliscemi").codice_catastale == "M432"


def test_a_comune_that_became_two_is_ambiguous() -> None:
    history = CodeHistory((change("A001", "B001"), change("A001", "C001")))
    assert sorted(found(history, "A001", comune("B001"), comune("C001", "000001"))) == [
        "B001",
        "C001",
    ]


def test_a_former_name_suggests_what_the_comune_is_called_now(shipped: Register) -> None:
    with pytest.raises(ProblemsError) as caught:
        shipped.find("Uggiate-Trevano")
    assert caught.value.problems[0].expected[0].startswith("Uggiate con Ronago (CO)")


def test_the_file_is_written_as_it_was_read() -> None:
    raw = (DATA / "variazioni.csv").read_bytes()
    assert history_text(read_history(DATA / "variazioni.csv")).encode() == raw


def test_without_the_file_nothing_is_known(tmp_path: Path) -> None:
    assert read_history(tmp_path / "variazioni.csv") == CodeHistory()


@pytest.mark.parametrize(
    ("rows", "line", "key"),
    [
        ([change("A001", "B001"), change("B001", "A001")], 2, "codice_catastale"),
        ([change("A001", "1B001")], 2, "codice_catastale"),
        ([change("A001", "B001", old="12")], 2, "codice_istat_precedente"),
    ],
)
def test_what_cannot_be_is_named_with_its_line(
    tmp_path: Path, rows: list[Variation], line: int, key: str
) -> None:
    path = tmp_path / "variazioni.csv"
    path.write_text(history_text(CodeHistory(tuple(rows))), encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        read_history(path)
    problem = caught.value.problems[0]
    assert (problem.code, problem.line, problem.key) == (Code.ROW_WRONG, line, key)


CODES = st.sampled_from(["A001", "B001", "C001", "D001"])


@given(st.lists(st.builds(change, CODES, CODES, st.sampled_from(Event)), max_size=8), CODES)
def test_following_ends_whatever_the_changes_are(changes: list[Variation], code: str) -> None:
    comuni = [comune("C001"), comune("D001", "000001")]
    ends = found(CodeHistory(tuple(changes)), code, *comuni)
    assert set(ends) <= {"C001", "D001"}
    assert len(ends) == len(set(ends))
