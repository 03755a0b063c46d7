"""The workbook for the door, read back cell by cell."""

import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from coalizione_mailer.ledger.words import Answer, Doubt, Person, Whose, Word
from coalizione_mailer.mailbox.reply.answer import Why
from coalizione_mailer.pages import attendance
from coalizione_mailer.rsvp.workbook import BOX, UNNAMED, Register, write

THIENE = Whose("L157", "024105", "Thiene", "VI", "Veneto")
AGATA = Whose("I197", "062070", "Sant'Agata de' Goti", "BN", "Campania")
ESTE = Whose("D442", "028037", "Este", "PD", "Veneto")
EBOLI = Whose("D390", "065050", "Èboli", "SA", "Campania")
AT = 1_507_000_000.0


def word(comune: Whose | None, answer: Answer | None = Answer.YES, *people: Person) -> Word:
    return Word(
        "reply", AT, AT, answer, len(people) or None, people, comune,
        own_text="Va bene.", sender="sindaco@comune.example",
    )  # fmt: skip


STANDING = (
    replace(word(THIENE, Answer.YES, Person("Mario Rossi", "sindaco")), people=3),
    word(ESTE, Answer.NO),
    word(EBOLI, Answer.YES, Person("Ada Li")),
    word(AGATA, Answer.MAYBE),
)
WAITING = (
    replace(word(None, None), own_text="=HYPERLINK(1) chi siete?", reasons=("comune-unknown",)),
    replace(word(ESTE, Answer.YES), reasons=("alters", "question")),
)
REGISTER = Register("Workshop & altro", "11 ottobre, Vicenza", STANDING, WAITING)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "adesioni.xlsx"
    write(made, REGISTER)
    return made


def rows(path: Path, sheet: str) -> Sequence[Sequence[object]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()


def test_at_the_door_there_is_a_row_for_each_person_by_name_of_the_comune(path: Path) -> None:
    assert rows(path, "Ingresso") == [
        [BOX, "Comune", "Prov.", "Nome e cognome", "Ruolo", "Note"],
        [BOX, "Èboli", "SA", "Ada Li", "", ""],
        [BOX, "Thiene", "VI", "Mario Rossi", "sindaco", ""],
        [BOX, "Thiene", "VI", UNNAMED, "", ""],
        [BOX, "Thiene", "VI", UNNAMED, "", ""],
    ]


def test_by_region_there_is_a_row_for_each_comune_that_answered(path: Path) -> None:
    assert [row[:7] for row in rows(path, "Per regione")[1:]] == [
        ["Campania", "Èboli", "SA", "partecipa", 1, "Ada Li", date(2017, 10, 3)],
        ["Campania", "Sant'Agata de' Goti", "BN", "forse", 0, "", date(2017, 10, 3)],
        ["Veneto", "Este", "PD", "non partecipa", 0, "", date(2017, 10, 3)],
        ["Veneto", "Thiene", "VI", "partecipa", 3, "Mario Rossi (sindaco)", date(2017, 10, 3)],
    ]


def test_what_is_still_to_decide_says_why_in_italian(path: Path) -> None:
    found = [(row[0], row[3], row[6]) for row in rows(path, "Da decidere")[1:]]
    assert found == [
        (
            "Este",
            "è diversa dalla risposta registrata; contiene una domanda o una richiesta",
            "Va bene.",
        ),
        ("Sant'Agata de' Goti", "la risposta registrata è «forse»", "Va bene."),
        ("(non si sa)", "non si sa di quale Comune sia", "=HYPERLINK(1) chi siete?"),
    ]


def test_nothing_in_it_is_a_formula_and_every_sheet_is_ready_to_print(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for number in (1, 2, 3):
            sheet = archive.read(f"xl/worksheets/sheet{number}.xml").decode()
            assert "<f>" not in sheet
            assert "<autoFilter " in sheet
            assert re.search(r'<pageSetup [^>]*paperSize="9"[^>]*orientation="landscape"', sheet)
            assert "Workshop &amp;&amp; altro" in sheet
        book = archive.read("xl/workbook.xml").decode()
    assert book.count("_xlnm.Print_Titles") == 3
    assert book.count("_xlnm.Print_Area") == 3


def test_the_same_register_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "altro.xlsx"
    write(again, REGISTER)
    assert again.read_bytes() == path.read_bytes()


def test_a_register_in_which_nobody_answered_is_a_workbook_too(tmp_path: Path) -> None:
    write(tmp_path / "vuoto.xlsx", Register("x", "y", (), ()))
    assert len(rows(tmp_path / "vuoto.xlsx", "Ingresso")) == 1


def test_every_doubt_has_its_words() -> None:
    assert set(attendance.DOUBTS) == {one.value for one in (*Why, *Doubt)}
