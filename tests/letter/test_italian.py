"""Italian letters write it so."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.letter import italian

LETTER = date(2017, 9, 18)


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2017, 9, 18), "18 settembre 2017"),
        (date(2017, 10, 1), "1° ottobre 2017"),
        (date(2018, 1, 11), "11 gennaio 2018"),
        (date(2018, 1, 31), "31 gennaio 2018"),
    ],
)
def test_a_date_is_written_in_full_with_only_the_first_as_an_ordinal(
    day: date, written: str
) -> None:
    assert italian.data(day) == written


def test_a_day_is_written_with_and_without_its_year() -> None:
    assert italian.giorno(date(2017, 10, 11)) == "mercoledì 11 ottobre"
    assert italian.giorno(date(2017, 10, 1)) == "domenica 1° ottobre"
    assert italian.giorno_anno(date(2017, 10, 11)) == "mercoledì 11 ottobre 2017"


@given(st.dates(min_value=date(1, 1, 1)))
def test_every_date_carries_its_day_and_year(day: date) -> None:
    first, *_, year = italian.data(day).split()
    assert first == ("1°" if day.day == 1 else str(day.day))
    assert int(year) == day.year


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "0"), (999, "999"), (5000, "5.000"), (150000, "150.000"), (1234567, "1.234.567")],
)
def test_thousands_are_set_off_by_a_point(number: int, written: str) -> None:
    assert italian.numero(number) == written


@given(st.integers(min_value=0, max_value=10**12))
def test_a_number_keeps_its_digits(number: int) -> None:
    assert int(italian.numero(number).replace(".", "")) == number


def test_a_time_has_a_point_or_what_is_asked() -> None:
    assert italian.ora("10:30") == "10.30"
    assert italian.ora("10:30", ":") == "10:30"


@pytest.mark.parametrize(
    ("event", "written"),
    [
        (date(2017, 10, 11), "p.v."),
        (date(2017, 9, 19), "p.v."),
        (date(2018, 9, 17), "p.v."),
        (date(2017, 9, 18), ""),
        (date(2017, 9, 17), ""),
        (date(2018, 9, 18), ""),
        (date(2018, 10, 11), ""),
    ],
)
def test_prossimo_venturo_is_the_next_such_day_after_the_letter(event: date, written: str) -> None:
    assert italian.pv(event, LETTER) == written


@given(st.dates(), st.dates())
def test_prossimo_venturo_is_never_said_of_the_past(event: date, letter: date) -> None:
    assert not (italian.pv(event, letter) and event <= letter)


@given(st.dates(max_value=date(9000, 1, 1)), st.integers(min_value=1, max_value=364))
def test_prossimo_venturo_is_said_of_any_day_within_the_year(letter: date, days: int) -> None:
    assert italian.pv(letter + timedelta(days), letter) == "p.v."


def test_official_usage_never_elides_before_the_name_of_a_comune() -> None:
    assert italian.di("Vicenza") == "di Vicenza"
    assert italian.di("Aosta") == "di Aosta"


def test_running_text_may_elide_before_a_vowel() -> None:
    assert italian.d_("Aosta") == "d’Aosta"
    assert italian.d_("Èze") == "d’Èze"
    assert italian.d_("Vicenza") == "di Vicenza"


@pytest.mark.parametrize(
    ("noun", "gender", "written"),
    [
        ("Assemblea", "f", "dell’Assemblea"),
        ("Fiera", "f", "della Fiera"),
        ("Ufficio", "m", "dell’Ufficio"),
        ("Comune", "m", "del Comune"),
        ("Stato", "m", "dello Stato"),
        ("Zoo", "m", "dello Zoo"),
        ("Sindaco", "m", "del Sindaco"),
        ("psicologo", "m", "dello psicologo"),
        ("S", "m", "del S"),
    ],
)
def test_the_article_follows_the_sound_of_the_noun(noun: str, gender: str, written: str) -> None:
    assert italian.dell_(noun, gender) == written  # type: ignore[arg-type]


def test_typed_text_gets_the_signs_of_print() -> None:
    assert italian.tipografico("CO-ALIZIONE - via dell'Oreficeria") == (
        "CO-ALIZIONE – via dell’Oreficeria"
    )


@given(st.text())
def test_plain_text_keeps_its_words_and_short_words_keep_the_width(text: str) -> None:
    wrapped = italian.capoversi(text, 40)
    assert wrapped.split() == text.split()
    assert all(len(line) <= 40 or " " not in line for line in wrapped.splitlines())


def test_paragraphs_stay_apart_and_addresses_whole() -> None:
    address = "un.indirizzo.molto.molto.lungo.che.non.si.spezza-mai@ente.example"
    assert italian.capoversi(f"uno\ndue\n\n  {address} tre", 30) == f"uno due\n\n{address}\ntre"
