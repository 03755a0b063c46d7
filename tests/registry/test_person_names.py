"""Names of persons out of the capitals of official files; all names are invented pairs."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalizione_mailer.registry.person_names import person_name

FAMILY_NAMES = {
    # accents as apostrophes, at the end
    "NISTICO'": "Nisticò",
    "CANTU'": "Cantù",
    "CALO'": "Calò",
    "MANDALA'": "Mandalà",
    "DESSI'": "Dessì",
    "FODDI'": "Foddì",
    "LAGANA'": "Laganà",
    "BO'": "Bò",
    "MULE'": "Mulè",
    "SCIME'": "Scimè",
    "GESUE'": "Gesuè",
    "ALOI": "Aloi",
    # as other keyboards write the apostrophe
    "NISTICO’": "Nisticò",
    "NISTICO`": "Nisticò",
    "NISTICO´": "Nisticò",
    "NISTICO '": "Nisticò",
    "NISTICO''": "Nisticò",
    # accents as they are
    "NISTICÒ": "Nisticò",
    "NISTICO\u0300": "Nisticò",
    "CANTÙ": "Cantù",
    # inside
    "CANTU'-ROSSI": "Cantù-Rossi",
    "CALO' GRECO": "Calò Greco",
    "LO GIUDICE CALO'": "Lo Giudice Calò",
    "D'AGATA'": "D'Agatà",
    # elided
    "D'AMICO": "D'Amico",
    "D’AMICO": "D'Amico",
    "D' AMICO": "D'Amico",
    "D''AMICO": "D'Amico",
    "DELL'AQUILA": "Dell'Aquila",
    "DELL' AQUILA": "Dell'Aquila",
    "DALL'OLIO": "Dall'Olio",
    "DALL'O'": None,
    "DEGL'INNOCENTI": "Degl'Innocenti",
    "L'ABBATE": "L'Abbate",
    "SANT'AMBROGIO": "Sant'Ambrogio",
    "NELL'ORTO": "Nell'Orto",
    "O'BRIEN": "O'Brien",
    "D'ANDREA-D'ALESSANDRO": "D'Andrea-D'Alessandro",
    "ROSSI D'AMICO": "Rossi D'Amico",
    # cut short
    "DE' ROSSI": "De' Rossi",
    "CA' ZORZI": "Ca' Zorzi",
    # in several words
    "DE ANDREIS": "De Andreis",
    "DE LUCA": "De Luca",
    "DI PIETRO": "Di Pietro",
    "LO VOI": "Lo Voi",
    "LA MANNA": "La Manna",
    "LI CAUSI": "Li Causi",
    "DALLA CHIESA": "Dalla Chiesa",
    "DELLA VALLE": "Della Valle",
    "DELLE DONNE": "Delle Donne",
    "DEL VECCHIO": "Del Vecchio",
    "DEGLI ESPOSTI": "Degli Esposti",
    "DEI ROSSI": "Dei Rossi",
    "DAL CORSO": "Dal Corso",
    "DA RE": "Da Re",
    "DE FILIPPO DI SAN MARTINO": "De Filippo Di San Martino",
    "BIANCHI  BONOMI": "Bianchi Bonomi",
    "DE STEFANI": "De Stefani",
    "DE' MEDICI": "De' Medici",
    # plain
    "ROSSI": "Rossi",
    "ESPOSITO": "Esposito",
    "COLOMBO": "Colombo",
    "RE": "Re",
    "FO": "Fo",
    "rossi": "Rossi",
    # hyphens
    "SAINT-PIERRE": "Saint-Pierre",
    "ROSSI - BIANCHI": "Rossi-Bianchi",
    "ROSSI‐BIANCHI": "Rossi-Bianchi",
    # foreign
    "MCDONALD": "McDonald",
    "MACDONALD": "MacDonald",
    "MACALUSO": "Macaluso",
    "MACCHI": "Macchi",
    "MÜLLER": "Müller",
    "GRÜNBERGER": "Grünberger",
    "VON HOHENBÜHEL": "von Hohenbühel",
    "AUßERHOFER": "Außerhofer",
    "AUSSERHOFER": "Ausserhofer",
    "ŠTOKA": "Štoka",
    "KOMJANČIČ": "Komjančič",
    "BÉTEMPS": "Bétemps",
    "DU PONT": "Du Pont",
    "DE L'ISLE": "De L'Isle",
    # as somebody wrote them
    "D'Amico": "D'Amico",
    "von Hohenbühel": "von Hohenbühel",
    "De Andreis": "De Andreis",
    "de Andreis": "de Andreis",
    "Rossi BIANCHI": "Rossi Bianchi",
    "ROSSi": None,
    "Lo Presti": "Lo Presti",
    "LoPresti": "LoPresti",
    "Nistico'": "Nisticò",
    '"ROSSI"': "Rossi",
    'ROSSI"': "Rossi",
    "Außerhofer": "Außerhofer",
}
GIVEN_NAMES = {
    "GIOSUE'": "Giosuè",
    "NICOLO'": "Nicolò",
    "NICCOLO'": "Niccolò",
    "NOE'": "Noè",
    "MOSE'": "Mosè",
    "ANDRE'": "André",
    "JOSE'": "José",
    "RENE'": "René",
    "MARIA LUCIA": "Maria Lucia",
    "GIAN PIERO": "Gian Piero",
    "ANNA-MARIA": "Anna-Maria",
    "JÖRG": "Jörg",
    "DESIRÉE": "Desirée",
    "Dott.ssa ANNA": "Anna",
    "DOTT. MARIO": "Mario",
    "AVV. PROF. ANNA": "Anna",
    "Prof.ssa Anna": "Anna",
    "ING. CARLO": "Carlo",
    "MARIA  PIA": "Maria Pia",
    "IDA": "Ida",
}
NO_NAMES = [
    *("", " ", "-", "--", ".", "n.d.", "N.D.", "ND", "da_indicare", "DA INDICARE", "non indicato"),
    *("NULL", "None", "nan", "x", "XXX", "VACANTE", "DA NOMINARE", "COMMISSARIO", "SINDACO"),
    *("ROSSI 2", "R0SSI", "R.", "ROSSI M.", "A", "ROSSI B", "ROSSI (PD)", "ROSSI/BIANCHI"),
    *(
        "NISTICÃ’",
        "NISTICÃ²",
        "NISTIC\ufffd",
        "NISTIC?",
        "NISTICO_",
        "ROSSI=1+1",
        "@ROSSI",
        "РОССИ",
    ),
    *("DE", "VON", "DI", "DE LA", "ROSSI-", "-ROSSI", "ROSSI--BIANCHI", "'ROSSI", "ROS'SI"),
    *("ROSSI'S", "DEL'", "KRT", "AAA", "ROSSI DETTO PINO", "BIANCHI VED. ROSSI", "ROSSI IN NERI"),
    *(
        "SOFRE'",
        "ROSSI JR",
        "VAN DER BERG",
        "ROSSI E BIANCHI",
        "ROSSI, ANNA",
        "ROSSI\tA",
        "MARTING. ROSSI",
    ),
]


@pytest.mark.parametrize(("found", "written"), FAMILY_NAMES.items())
def test_a_family_name_is_written_as_italians_write_it(found: str, written: str | None) -> None:
    name = person_name("ANNA", found)
    if written is None:
        assert not name.sure
    else:
        assert (name.family, name.sure) == (written, True)
        assert name.text == f"Anna {written}"


@pytest.mark.parametrize(("found", "written"), GIVEN_NAMES.items())
def test_a_given_name_is_written_as_its_bearer_writes_it(found: str, written: str) -> None:
    name = person_name(found, "ROSSI")
    assert (name.given, name.sure) == (written, True)


@pytest.mark.parametrize("found", NO_NAMES)
def test_what_may_be_no_name_is_not_printed_and_stays_as_it_was_found(found: str) -> None:
    for name in (person_name("ANNA", found), person_name(found, "ROSSI")):
        assert not name.sure
        assert name.text == ""
    assert person_name("ANNA", found).given == "ANNA"


@pytest.mark.parametrize("found", ["LUCA'", "ANDREA'", "MARIA'"])
def test_a_given_name_that_takes_no_accent_is_not_given_one(found: str) -> None:
    assert not person_name(found, "ROSSI").sure


def test_a_name_that_is_too_long_is_a_note() -> None:
    assert person_name("ANNA MARIA TERESA", " ".join(["BENEDETTI"] * 4)).sure
    assert not person_name("ANNA MARIA TERESA", " ".join(["BENEDETTI"] * 5)).sure


LETTERS = "ABCDEFGHILMNOPQRSTUVZÀÈÉÌÒÙÜÖÄŠŽČÇabcdefghilmnopqrstuvzàèéìòùüöäßšžč'’`- \"._0\n\t\u0300"
NAMES = st.one_of(
    st.text(LETTERS, max_size=25),
    st.lists(
        st.sampled_from(sorted(FAMILY_NAMES) + sorted(GIVEN_NAMES)), min_size=1, max_size=3
    ).map(" ".join),
    st.text(max_size=20),
)


def letters(text: str) -> list[str]:
    """The letters of a text without accents and case."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return [char for char in plain if char.isalpha()]


@given(NAMES, NAMES)
@settings(max_examples=500)
def test_what_is_written_once_is_not_written_otherwise_the_second_time(
    first: str, last: str
) -> None:
    once = person_name(first, last)
    assert person_name(once.given, once.family) == once


@given(st.just("ANNA"), NAMES)
@settings(max_examples=500)
def test_letters_stay_the_same_but_for_accents_and_case(first: str, last: str) -> None:
    name = person_name(first, last)
    if name.sure and not any(mark in last for mark in "."):
        dotless = letters(last)
        assert letters(name.family) == dotless or "dottor" in last.casefold()


@given(NAMES, NAMES)
@settings(max_examples=500)
def test_a_name_that_is_printed_is_one_line_of_letters_apostrophes_and_hyphens(
    first: str, last: str
) -> None:
    name = person_name(first, last)
    if name.sure:
        assert all(char.isalpha() or char in "' -" for char in name.text)
        assert name.text == " ".join(name.text.split())
        assert name.text.isprintable()
        assert len(name.text) <= 60
        assert unicodedata.is_normalized("NFC", name.text)
