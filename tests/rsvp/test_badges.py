"""Name badges: eight to a page, as large as a name allows, tagged."""

import io
from datetime import date

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.ledger.words import Answer, Person, Whose, Word
from coalizione_mailer.rsvp.badges import badge, badges, fitted

THIENE = Whose("L157", "024105", "Thiene", "VI", "Veneto")
WORD = Word("reply", 1.0, 1.0, Answer.YES, None, (), THIENE)
DAY = date(2017, 10, 11)
SIZES = (25, 22, 19, 17, 15, 13, 11)


def made(count: int, name: str = "Mario Rossi") -> pikepdf.Pdf:
    people = [(WORD, Person(f"{name} {number}", "sindaco")) for number in range(count)]
    return pikepdf.open(io.BytesIO(badges(people, "Workshop", "Vicenza", DAY).data))


@pytest.mark.parametrize(("people", "pages"), [(1, 1), (8, 1), (9, 2), (17, 3)])
def test_there_are_eight_to_a_page(people: int, pages: int) -> None:
    assert len(made(people).pages) == pages


def test_it_is_a_tagged_pdf_in_italian_on_a4() -> None:
    pdf = made(1)
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "it"
    assert [round(float(side)) for side in pdf.pages[0].mediabox] == [0, 0, 595, 842]


def test_the_same_people_give_the_same_bytes() -> None:
    people = [(WORD, Person("Ada Li", "=1+1 <b>"))]
    first, second = (badges(people, "Workshop", "Vicenza", DAY).data for _ in range(2))
    assert first == second


def test_a_short_name_is_large_and_a_long_one_still_fits() -> None:
    assert badge(WORD, Person("Ada Li")).nome.corpo == 25
    long = badge(WORD, Person("Maria Antonietta Bentivoglio Della Rovere Montecuccoli"))
    assert 11 <= long.nome.corpo < 19
    assert badge(WORD, Person("Wilhelmine Supercalifragilistichespiralidoso")).nome.corpo == 11


def test_roles_begin_with_a_capital_and_the_longest_are_shortened() -> None:
    assert badge(WORD, Person("Ada Li", "assessora all'ambiente")).ruolo.testo == (
        "Assessora all’ambiente"
    )
    assert len(badge(WORD, Person("Ada Li", "delegata " * 40)).ruolo.testo) <= 110


@given(st.text("abc ABCDÈ'-", min_size=1, max_size=60), st.integers(1, 3))
def test_a_name_is_never_larger_for_being_longer(name: str, lines: int) -> None:
    sizes = [fitted(text, SIZES, lines).corpo for text in (name, f"{name}x", f"{name}xx yy")]
    assert sizes == sorted(sizes, reverse=True)
