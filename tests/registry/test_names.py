"""Names as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.registry.names import Index, loose, normal


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Forlì", "forli"),
        ("FORLI'", "forli"),
        ("Forli`", "forli"),
        ("L’Aquila", "l aquila"),
        ("L'Aquila", "l aquila"),
        ("Lʼaquila", "l aquila"),
        ("Emilia-Romagna", "emilia romagna"),
        ("Emilia–Romagna", "emilia romagna"),
        ("  Reggio   nell'Emilia ", "reggio nell emilia"),
        ("Eppan an der Weinstraße", "eppan an der weinstrasse"),
        ("Sovodnje ob Soči", "sovodnje ob soci"),
        ("St. Ulrich", "st ulrich"),
        ("", ""),
    ],
)
def test_accents_apostrophes_hyphens_and_case_do_not_matter(written: str, expected: str) -> None:
    assert normal(written) == expected


@pytest.mark.parametrize(
    ("written", "same_as"),
    [
        ("reggio emilia", "Reggio nell'Emilia"),
        ("S. Giovanni Rotondo", "San Giovanni Rotondo"),
        ("S.Agata di Puglia", "Sant'Agata di Puglia"),
        ("santo stefano quisquina", "Santo Stefano di Quisquina"),
        ("Aquila", "L'Aquila"),
    ],
)
def test_articles_are_left_out_and_saints_abbreviated(written: str, same_as: str) -> None:
    assert loose(written) == loose(same_as)


def test_a_name_made_of_articles_alone_keeps_them() -> None:
    assert loose("Ne") == "ne"


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normal(normal(text)) == normal(text)
    assert loose(loose(text)) == loose(text)


@given(st.text())
def test_a_normal_name_has_neither_case_nor_marks_nor_stray_blanks(text: str) -> None:
    found = normal(text)
    assert found == found.strip()
    assert found == found.casefold()
    assert "  " not in found


def test_the_name_as_written_wins_over_names_that_contain_it() -> None:
    index = Index(["Castro", "Castro dei Volsci"], lambda name: [name])
    assert index.match("castro") == ["Castro"]


def test_words_in_any_order_find_the_names_that_have_them_all() -> None:
    index = Index(["Massa di Somma", "Massa Lubrense", "Somma Vesuviana"], lambda name: [name])
    assert index.match("somma massa") == ["Massa di Somma"]
    assert index.match("massa") == ["Massa di Somma", "Massa Lubrense"]


def test_no_words_match_nothing() -> None:
    index = Index(["Massa"], lambda name: [name])
    assert index.match(" - ") == []


def test_the_nearest_name_is_suggested_first() -> None:
    index = Index(["Vicenza", "Piacenza", "Vercelli"], lambda name: [name])
    assert index.near("Vicensa")[0] == "Vicenza"
