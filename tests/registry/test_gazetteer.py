"""Comuni found by what people call them, on the register that ships."""

import pytest

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.registry import Register, label


def problem_of(register: Register, text: str) -> Problem:
    with pytest.raises(ProblemsError) as caught:
        register.find(text)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("text", "istat"),
    [
        ("Vicenza", "024116"),
        ("vicenza", "024116"),
        ("  VICENZA ", "024116"),
        ("024116", "024116"),
        ("24116", "024116"),
        ("L840", "024116"),
        ("l840", "024116"),
        ("Comune di Vicenza", "024116"),
        ("1001", "001001"),
        ("reggio emilia", "035033"),
        ("Reggio Calabria", "080063"),
        ("Bozen", "021008"),
        ("bolzano", "021008"),
        ("Bolzano/Bozen", "021008"),
        ("Bolzano - Bozen", "021008"),
        ("st ulrich", "021061"),
        ("S. Giovanni Rotondo", "071046"),
        ("forli", "040012"),
        ("FORLI'", "040012"),
        ("L’Aquila", "066049"),
        ("comune dell’Aquila", "066049"),
        ("Roma", "058091"),
        ("napoli", "063049"),
        ("Re", "103060"),
        ("Ne", "010040"),
        ("sovodnje ob soci", "031022"),
    ],
)
def test_a_comune_is_found_by_name_or_code(shipped: Register, text: str, istat: str) -> None:
    assert shipped.find(text).codice_istat == istat


@pytest.mark.parametrize(
    "text", ["Castro (BG)", "castro bg", "Castro, BG", "CASTRO (Bergamo)", "Castro (BG) 016065"]
)
def test_homonyms_are_told_apart_by_their_province(shipped: Register, text: str) -> None:
    assert shipped.find(text).codice_istat == "016065"


@pytest.mark.parametrize("name", ["Samone", "Livo", "Peglio", "Castro", "San Teodoro"])
def test_homonyms_are_never_chosen_among(shipped: Register, name: str) -> None:
    problem = problem_of(shipped, name)
    assert problem.code is Code.COMUNE_AMBIGUOUS
    assert problem.found == name
    assert len(problem.expected) == 2
    assert {shipped.find(candidate).denominazione for candidate in problem.expected} == {name}


def test_the_candidates_of_a_homonym_say_where_they_are(shipped: Register) -> None:
    assert problem_of(shipped, "Castro").expected == ("Castro (BG) 016065", "Castro (LE) 075096")


def test_words_that_several_names_have_are_ambiguous(shipped: Register) -> None:
    problem = problem_of(shipped, "San Giovanni")
    assert problem.code is Code.COMUNE_AMBIGUOUS
    assert len(problem.expected) == 10


def test_a_misspelt_name_is_unknown_and_the_nearest_are_named(shipped: Register) -> None:
    problem = problem_of(shipped, "Vicensa")
    assert problem.code is Code.COMUNE_UNKNOWN
    assert problem.expected[0] == "Vicenza (VI) 024116"


@pytest.mark.parametrize("text", ["", "   ", "099999", "Z999", "zzqqxx"])
def test_what_is_like_nothing_is_unknown_without_suggestions(shipped: Register, text: str) -> None:
    problem = problem_of(shipped, text)
    assert (problem.code, problem.expected) == (Code.COMUNE_UNKNOWN, ())


def test_a_copied_label_with_another_code_is_not_believed(shipped: Register) -> None:
    assert problem_of(shipped, "Castro (BG) 024116").code is Code.COMUNE_UNKNOWN


def test_a_province_that_does_not_exist_finds_nothing(shipped: Register) -> None:
    assert problem_of(shipped, "Castro (XX)").code is Code.COMUNE_UNKNOWN


def test_every_comune_is_found_by_its_codes_and_its_label(shipped: Register) -> None:
    for comune in shipped.comuni:
        assert shipped.find(comune.codice_istat) is comune
        assert shipped.find(comune.codice_catastale) is comune
        assert shipped.find(label(comune)) is comune


def test_every_comune_is_found_by_its_name_and_sigla(shipped: Register) -> None:
    for comune in shipped.comuni:
        assert shipped.find(f"{comune.denominazione} ({comune.sigla})") is comune


def test_a_search_lists_the_best_first(shipped: Register) -> None:
    names = [comune.denominazione for comune in shipped.search("reggio")]
    assert names == ["Reggio di Calabria", "Reggio nell'Emilia", "Reggiolo"]


def test_a_search_takes_the_beginnings_of_words(shipped: Register) -> None:
    names = [comune.denominazione for comune in shipped.search("reg emil")]
    assert names == ["Reggio nell'Emilia"]


def test_a_search_puts_the_whole_name_before_names_that_begin_so(shipped: Register) -> None:
    assert shipped.search("Vicenza")[0].codice_istat == "024116"


def test_a_search_takes_codes_and_provinces(shipped: Register) -> None:
    assert [comune.codice_istat for comune in shipped.search("L840")] == ["024116"]
    assert [comune.sigla for comune in shipped.search("Castro (LE)")] == ["LE"]


@pytest.mark.parametrize("text", ["", "zzqqxx", "099999"])
def test_a_search_may_find_nothing(shipped: Register, text: str) -> None:
    assert shipped.search(text) == []


def test_the_nearest_names_are_there_to_be_suggested(shipped: Register) -> None:
    assert shipped.near("Bolgna")[0].denominazione == "Bologna"
