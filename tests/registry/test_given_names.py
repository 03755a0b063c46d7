"""What a given name says of who bears it."""

import pytest

from coalizione_mailer.registry.given_names import feminine


@pytest.mark.parametrize(
    "name",
    [
        *("MARIA", "Anna Rita", "BEATRICE", "ROSARIA", "MARIA LUISA", "GIUSEPPINA", "Ester"),
        *("RAFFAELLA", "MARINELLA", "ANTONELLA", "Lucrezina", "SIMONETTA", "DÉBORA"),
    ],
)
def test_a_womans_name_is_known_as_such(name: str) -> None:
    assert feminine(name)


@pytest.mark.parametrize(
    "name",
    [
        *("ANDREA", "LUCA", "NICOLA", "MATTIA", "ELIA", "GIANLUCA", "BATTISTA", "ENEA", "TOBIA"),
        *("CARLO MARIA", "GIOVANNI MARIA", "GIUSEPPE", "DIEGO", "", "-", "MUSTAFA", "SASHA"),
        *("EVANGELISTA", "GIAN MARIA", "BONAVENTURA", "ISAIA", "CELESTE", "FELICE", "NOA"),
    ],
)
def test_any_other_name_leaves_the_office_in_its_common_form(name: str) -> None:
    assert not feminine(name)
