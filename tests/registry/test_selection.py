"""Who is in the band."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.model import Comune, Selection
from coalizione_mailer.registry import Register, select
from coalizione_mailer.registry.territory import Territory


def comune(number: int, residents: int | None) -> Comune:
    return Comune(
        codice_istat=f"{number:06}",
        codice_catastale=f"A{number}",
        denominazione=f"Comune {number}",
        denominazione_altra_lingua="",
        provincia="Vicenza",
        sigla="VI",
        regione="Veneto",
        ripartizione="Nord-est",
        popolazione=residents,
    )


def register_of(*residents: int | None) -> Register:
    comuni = tuple(comune(number, each) for number, each in enumerate(residents, start=1001))
    return Register(comuni, "popolazione_2023")


def residents(selection: Selection) -> list[int | None]:
    return [comune.popolazione for comune in selection.comuni]


def mistakes(register: Register, **keys: Any) -> list[tuple[Code, str | None, str | None]]:
    return [(each.code, each.key, each.found) for each in problems(register, **keys)]


def problems(register: Register, **keys: Any) -> list[Problem]:
    with pytest.raises(ProblemsError) as caught:
        select(register, **keys)
    return list(caught.value.problems)


def test_both_ends_of_the_band_are_in_it() -> None:
    register = register_of(4_999, 5_000, 5_001, 149_999, 150_000, 150_001)
    selection = select(register, minimum=5_000, maximum=150_000)
    assert residents(selection) == [5_000, 5_001, 149_999, 150_000]


@given(
    st.lists(st.none() | st.integers(0, 20), max_size=30),
    st.integers(0, 20),
    st.integers(0, 20),
)
def test_the_band_takes_exactly_those_between_its_ends(
    figures: list[int | None], one: int, other: int
) -> None:
    low, high = sorted((one, other))
    selection = select(register_of(*figures), minimum=low, maximum=high)
    assert residents(selection) == [
        each for each in figures if each is not None and low <= each <= high
    ]
    assert len(selection.without_population) == figures.count(None)


def test_a_band_open_at_one_end_has_no_limit_there() -> None:
    register = register_of(1, 2, 3)
    assert residents(select(register, minimum=2)) == [2, 3]
    assert residents(select(register, maximum=2)) == [1, 2]


def test_a_comune_without_a_figure_is_listed_apart() -> None:
    selection = select(register_of(10, None), minimum=5, maximum=15)
    assert residents(selection) == [10]
    assert [comune.codice_istat for comune in selection.without_population] == ["001002"]


def test_without_a_band_no_figure_is_needed() -> None:
    assert residents(select(register_of(10, None))) == [10, None]


def test_a_comune_without_a_figure_can_be_included_by_name() -> None:
    selection = select(register_of(10, None), minimum=5, maximum=15, include=["Comune 1002"])
    assert residents(selection) == [10, None]
    assert selection.without_population == ()


def test_a_comune_outside_the_places_is_not_listed_as_without_a_figure(shipped: Register) -> None:
    selection = select(shipped, minimum=5_000, maximum=150_000, regions=["Veneto"])
    assert selection.without_population == ()


def test_an_excluded_comune_is_neither_selected_nor_listed() -> None:
    selection = select(register_of(10, None), minimum=5, exclude=["001001", "A1002"])
    assert selection == Selection(())


def test_those_included_keep_their_place_in_the_register(shipped: Register) -> None:
    selection = select(shipped, minimum=1_000_000, include=["Vicenza", "Agliè"])
    assert [comune.denominazione for comune in selection.comuni] == [
        "Agliè",
        "Milano",
        "Vicenza",
        "Roma",
    ]


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("Veneto", "Veneto"),
        ("veneto ", "Veneto"),
        ("5", "Veneto"),
        ("05", "Veneto"),
        ("Emilia Romagna", "Emilia-Romagna"),
        ("EMILIA-ROMAGNA", "Emilia-Romagna"),
        ("Valle d'Aosta", "Valle d'Aosta/Vallée d'Aoste"),
        ("valle d’aosta", "Valle d'Aosta/Vallée d'Aoste"),
        ("Vallée d'Aoste", "Valle d'Aosta/Vallée d'Aoste"),
        ("2", "Valle d'Aosta/Vallée d'Aoste"),
        ("Trentino", "Trentino-Alto Adige/Südtirol"),
        ("Trentino Alto Adige", "Trentino-Alto Adige/Südtirol"),
        ("sudtirol", "Trentino-Alto Adige/Südtirol"),
        ("04", "Trentino-Alto Adige/Südtirol"),
        ("Friuli", "Friuli-Venezia Giulia"),
        ("20", "Sardegna"),
    ],
)
def test_a_region_is_known_by_name_or_code(shipped: Register, written: str, region: str) -> None:
    selection = select(shipped, regions=[written])
    assert {comune.regione for comune in selection.comuni} == {region}


@pytest.mark.parametrize(
    ("written", "sigla"),
    [
        ("NA", "NA"),
        ("na", "NA"),
        ("Napoli", "NA"),
        ("63", "NA"),
        ("063", "NA"),
        ("263", "NA"),
        ("Reggio Emilia", "RE"),
        ("Reggio Calabria", "RC"),
        ("Monza Brianza", "MB"),
        ("forli", "FC"),
        ("Bozen", "BZ"),
        ("Aosta", "AO"),
        ("l'aquila", "AQ"),
        ("1", "TO"),
        ("SU", "SU"),
    ],
)
def test_a_province_is_known_by_sigla_name_or_code(
    shipped: Register, written: str, sigla: str
) -> None:
    selection = select(shipped, provinces=[written])
    assert {comune.sigla for comune in selection.comuni} == {sigla}


def test_every_province_of_the_register_can_be_asked_for(shipped: Register) -> None:
    territory = Territory(shipped.comuni)
    names = {(comune.sigla, comune.provincia) for comune in shipped.comuni}
    assert {(each.sigla, each.name) for each in territory.provinces} == names
    for province in territory.provinces:
        for written in (province.sigla, province.name, province.code, str(int(province.code))):
            assert territory.province(written) == province


def test_naples_has_its_ninety_two_comuni(shipped: Register) -> None:
    assert len(select(shipped, provinces=["NA"]).comuni) == 92


def test_regions_add_up_and_provinces_narrow_them(shipped: Register) -> None:
    both = select(shipped, regions=["Veneto", "Umbria"]).comuni
    assert {comune.regione for comune in both} == {"Veneto", "Umbria"}
    one = select(shipped, regions=["Veneto"], provinces=["VI"]).comuni
    assert {comune.sigla for comune in one} == {"VI"}


def test_a_province_outside_the_regions_is_a_mistake(shipped: Register) -> None:
    found = problems(shipped, regions=["Umbria"], provinces=["MI", "PG"])
    assert found == [
        Problem(Code.VALUE_WRONG, key="provinces", found="Milano (MI)", expected=("PG", "TR"))
    ]


def test_a_comune_both_included_and_excluded_is_a_mistake(shipped: Register) -> None:
    found = problems(shipped, include=["Vicenza"], exclude=["L840"])
    assert found == [
        Problem(Code.VALUE_WRONG, key="exclude", found="Vicenza (VI) 024116", comune="024116")
    ]


def test_all_mistakes_are_told_at_once(shipped: Register) -> None:
    assert mistakes(
        shipped,
        minimum=10,
        maximum=5,
        regions=["Venetto", "21"],
        provinces=["XX", "Reggio"],
        include=["Castro", "Vicenza"],
        exclude=["Vicensa"],
    ) == [
        (Code.VALUE_WRONG, "min", "10"),
        (Code.REGION_UNKNOWN, "regions", "Venetto"),
        (Code.REGION_UNKNOWN, "regions", "21"),
        (Code.PROVINCE_UNKNOWN, "provinces", "XX"),
        (Code.PROVINCE_UNKNOWN, "provinces", "Reggio"),
        (Code.COMUNE_AMBIGUOUS, "include", "Castro"),
        (Code.COMUNE_UNKNOWN, "exclude", "Vicensa"),
    ]


def test_mistaken_places_are_told_with_the_nearest(shipped: Register) -> None:
    region, province = problems(shipped, regions=["Venetto"], provinces=["Reggio"])
    assert region.expected[0] == "Veneto"
    assert set(province.expected) == {"Reggio Calabria (RC)", "Reggio nell'Emilia (RE)"}


def test_a_region_like_no_other_is_told_with_all_twenty(shipped: Register) -> None:
    (problem,) = problems(shipped, regions=["99"])
    assert len(problem.expected) == 20
