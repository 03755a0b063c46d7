"""The letter's font is a declared dependency and can write every name."""

import csv
import os
from pathlib import Path

import pytest

from coalizione_mailer.letter import fonts

REGISTER = Path(__file__).parents[2] / "data" / "comuni.csv"


def test_every_face_is_in_the_package() -> None:
    assert all((fonts.folder() / name).is_file() for name in fonts.FACES)
    assert fonts.stylesheet("https://x/").count('"Source Serif Pro"') == len(fonts.FACES)


def test_every_name_of_the_register_can_be_set() -> None:
    with REGISTER.open(encoding="utf-8-sig", newline="") as file:
        names = {
            row[column]
            for row in csv.DictReader(file)
            for column in ("denominazione", "denominazione_altra_lingua", "provincia", "regione")
        }
    assert len(names) > 7_000
    assert fonts.missing("".join(names)) == ()


def test_what_cannot_be_set_is_named_once_in_order() -> None:
    assert fonts.missing("漢 Vicenza 字漢") == ("漢", "字")


def test_letters_made_of_letter_and_accent_can_be_set() -> None:
    assert fonts.missing("êâçößèÜñčŠž’ḧ\n\N{NO-BREAK SPACE}") == ()


@pytest.mark.parametrize("before", [None, "/etc/fonts/prova.conf"])
def test_the_machine_fonts_are_hidden_only_for_a_moment(
    monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    if before is None:
        monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    else:
        monkeypatch.setenv("FONTCONFIG_FILE", before)
    with fonts.machine_fonts_hidden():
        assert "<dir>" not in Path(os.getenv("FONTCONFIG_FILE", "")).read_text()
    assert os.getenv("FONTCONFIG_FILE") == before
