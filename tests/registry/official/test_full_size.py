"""Every official file at full size: all Comuni of Italy come out, each with what is its own."""

from dataclasses import replace

import pytest

from coalizione_mailer.registry import Register
from coalizione_mailer.registry.choosing import choose
from coalizione_mailer.registry.official import (
    read_body_index,
    read_comune_list,
    read_figures,
    read_heads,
)
from coalizione_mailer.registry.official.values import Body, Mail
from tests.support.official import (
    UPDATED,
    Oddity,
    OfficialFiles,
    changed_places,
    commissioners,
    mayor,
    oddity,
    pec,
    places,
    shouted,
)


def first_certified(body: Body) -> str | None:
    return next((mail.address for mail in body.mails if mail.certified), None)


@pytest.mark.parametrize("file", ["ipa_csv", "ipa_xlsx"])
def test_every_comune_is_in_ipa_with_its_seat_head_and_address(
    official_files: OfficialFiles, file: str
) -> None:
    index = read_body_index(getattr(official_files, file))
    assert index.warnings == ()
    assert (index.source.rows, index.source.vintage) == (len(places()) + 15_500, UPDATED)
    comuni = {body.catastale: body for body in index.bodies if body.name.startswith("Comune di ")}
    assert len(comuni) == len(places())
    for place in places():
        body, person = comuni[place.catastale], mayor(place)
        assert (body.istat, body.name, body.category) == (
            place.istat,
            f"Comune di {place.name}",
            "L6",
        )
        if oddity(place) is Oddity.NO_HEAD:
            assert body.head == ("", "", "Sindaco")
        else:
            assert body.head == (person.given, person.family, "Sindaco")
        if oddity(place) in {Oddity.NONE, Oddity.ORDINARY_FIRST, Oddity.PLACEHOLDER_FIRST}:
            assert first_certified(body) == pec(place)


def test_consortia_share_the_category_of_the_comuni_and_schools_are_left_out(
    official_files: OfficialFiles,
) -> None:
    index = read_body_index(official_files.ipa_csv)
    others = [body for body in index.bodies if not body.name.startswith("Comune di ")]
    assert len(others) == 388
    assert {body.name.split()[0] for body in others} == {"Consorzio"}


def test_csv_and_spreadsheet_say_the_same(official_files: OfficialFiles) -> None:
    table = read_body_index(official_files.ipa_csv).bodies
    assert read_body_index(official_files.ipa_xlsx).bodies == table


def test_the_old_index_has_the_comuni_by_their_own_code(official_files: OfficialFiles) -> None:
    index = read_body_index(official_files.amministrazioni)
    by_code = {body.codice_ipa: body for body in index.bodies}
    assert len(by_code) == len(places())
    for place in places():
        if oddity(place) is Oddity.NONE:
            body = by_code[f"c_{place.catastale.lower()}"]
            assert (body.catastale, first_certified(body)) == (place.catastale, pec(place))
            assert "null" not in {mail.address for mail in body.mails}


@pytest.mark.parametrize("layout", ["classic_2016", "classic_2020", "classic_2024"])
def test_every_layout_of_the_classic_list_names_every_comune(
    official_files: OfficialFiles, layout: str
) -> None:
    listed = read_comune_list(getattr(official_files, layout)).comuni
    legal = layout != "classic_2024"
    assert [
        (c.codice_istat, c.codice_catastale, c.denominazione, c.provincia, c.sigla, c.regione)
        for c in listed
    ] == [(p.istat, p.catastale, p.name, p.provincia, p.sigla, p.regione) for p in places()]
    assert [c.popolazione_legale_2011 for c in listed] == [
        p.legal if legal else None for p in places()
    ]


def test_situas_has_sardinia_under_its_new_codes_and_the_merger(
    official_files: OfficialFiles,
) -> None:
    listed = read_comune_list(official_files.situas)
    assert [(c.codice_istat, c.codice_catastale, c.denominazione) for c in listed.comuni] == [
        (p.istat, p.catastale, p.name) for p in changed_places()
    ]
    other = {c.codice_catastale: c.denominazione_altra_lingua for c in listed.comuni}
    assert other == {p.catastale: p.other for p in changed_places()}


def test_a_name_that_lost_a_letter_on_the_way_is_left_out_and_told(
    official_files: OfficialFiles,
) -> None:
    listed = read_comune_list(official_files.classic_2024)
    (warning,) = listed.warnings
    assert (warning.found, warning.key) == ("Sovodnje ob So?i", "denominazione_altra_lingua")
    names = {c.denominazione: c.denominazione_altra_lingua for c in listed.comuni}
    assert names["Savogna d'Isonzo"] == ""


def test_residents_are_the_total_and_not_twice_the_ages(official_files: OfficialFiles) -> None:
    figures = read_figures(official_files.posas)
    assert figures.column == "popolazione_2025"
    assert figures.by_istat == {place.istat: place.residents for place in places()}


@pytest.mark.parametrize("file", ["dimensioni_json", "dimensioni_csv"])
def test_the_dimensions_give_the_legal_population_of_their_census(
    official_files: OfficialFiles, file: str
) -> None:
    figures = read_figures(getattr(official_files, file))
    assert figures.column == "popolazione_legale_2021"
    assert figures.by_istat == {place.istat: place.residents + 7 for place in places()}


def test_the_classic_list_gives_the_legal_population_of_2011(
    official_files: OfficialFiles,
) -> None:
    figures = read_figures(official_files.classic_2020)
    assert figures.column == "popolazione_legale_2011"
    assert figures.by_istat == {place.istat: place.legal for place in places()}
    assert figures.by_catastale == {place.catastale: place.legal for place in places()}


def test_mayors_come_as_the_ministry_writes_them(official_files: OfficialFiles) -> None:
    heads = read_heads(official_files.mayors)
    assert (heads.extraordinary, heads.source.vintage) == (False, UPDATED)
    assert [(r.name, r.given_name, r.family_name, r.sex, r.elected) for r in heads.rows] == [
        (
            shouted(place.both),
            shouted(mayor(place).given),
            shouted(mayor(place).family),
            mayor(place).sex,
            mayor(place).elected,
        )
        for place in places()
        if not commissioners(place)
    ]


def test_commissioners_come_one_row_a_person(official_files: OfficialFiles) -> None:
    heads = read_heads(official_files.commissioners)
    assert (heads.extraordinary, {row.sex for row in heads.rows}) == (True, {""})
    assert [(row.name, row.office) for row in heads.rows] == [
        (shouted(place.both), person.office)
        for place in places()
        for person in commissioners(place)
    ]


def test_the_highest_office_has_both_and_the_office_tells(official_files: OfficialFiles) -> None:
    heads = read_heads(official_files.maggiororgano)
    both = read_heads(official_files.mayors).rows + read_heads(official_files.commissioners).rows
    assert not heads.extraordinary
    assert sorted((r.name, r.sigla, r.family_name, r.office) for r in heads.rows) == sorted(
        (r.name, r.sigla, r.family_name, r.office) for r in both
    )


def test_a_comune_with_one_body_is_chosen_for_by_a_shorter_way_to_the_same_end(
    official_files: OfficialFiles, shipped: Register
) -> None:
    """A consortium without addresses at every seat leaves only the longer way."""
    index = read_body_index(official_files.ipa_csv)
    hostile = (
        Mail("elettorale@pec.condiviso.example", certified=True, position=5),
        Mail("mailto:ANNA.BIANCHI@PEC.Esempio.Example", certified=True, position=5),
        Mail('"a b"@pec.esempio.example', certified=True, position=5),
        # Ordinary mail by its name; nothing is sent there.
        Mail("sindaco@libero.it", certified=False, position=5),
    )
    bodies = [
        one._replace(mails=(*one.mails, hostile[number % 4])) if number % 3 == 0 else one
        for number, one in enumerate(index.bodies)
    ]
    consortia = [
        Body(f"x{c.codice_istat}", "Consorzio", "L6", "", "", c.codice_catastale, ("",) * 3, ())
        for c in shipped.comuni
    ]
    short, long = (
        choose(replace(index, bodies=tuple(some)), shipped)
        for some in (bodies, [*bodies, *consortia])
    )
    assert len(short.by_catastale) == len(places())
    assert short == long
