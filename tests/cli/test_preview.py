"""``mailer preview``: the letter of one Comune in all its forms."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.cli.desk import Mailer, change

FILES = ["email.html", "email.txt", "letter.html", "letter.pdf", "message.eml"]


@pytest.mark.parametrize("name", ["vicenza", "24116", "024116", "l840", "Comune di Vicenza"])
def test_a_comune_is_called_by_name_or_code(plain: Path, mailer: Mailer, name: str) -> None:
    answer = mailer("preview", name)
    assert answer.code == 0
    folder = plain / "anteprima" / "vicenza-024116"
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert "Comune di Vicenza" in (folder / "letter.html").read_text(encoding="utf-8")
    assert (folder / "letter.pdf").read_bytes().startswith(b"%PDF-")


def test_headers_and_files_are_shown(plain: Path, mailer: Mailer) -> None:
    answer = mailer("preview", "sant agata", "--out", "altrove/qui")
    lines = answer.out.splitlines()
    assert lines[:4] == [
        "From:        ANCI - Segreteria CO-ALIZIONE <segreteria.coalizione@cittalia.com>",
        "To:          Sant'Agata de' Goti <protocollo@pec.santagata.example>",
        "Reply to:    segreteria.coalizione@cittalia.com",
        "Subject:     Invito al workshop di apertura del Programma CO-ALIZIONE",
    ]
    shown = [(line.split()[0], line.split()[-1]) for line in lines[4:]]
    assert sorted(shown) == [(name, str(Path("altrove", "qui", name))) for name in FILES]
    assert answer.err == ""
    assert (plain / "altrove" / "qui" / "message.eml").is_file()


def test_the_message_is_the_one_that_would_leave(plain: Path, mailer: Mailer) -> None:
    mailer("preview", "forli")
    raw = (plain / "anteprima" / "forli-040012" / "message.eml").read_bytes()
    message = message_from_bytes(raw, policy=default)
    assert str(message["To"]) == "Forlì <protocollo@pec.forli.example>"
    assert [part.get_filename() for part in message.iter_attachments()][1:] == ["programma.pdf"]


def test_a_comune_that_was_not_chosen_is_shown_all_the_same(plain: Path, mailer: Mailer) -> None:
    answer = mailer("preview", "castro (BG)")
    assert answer.code == 0
    assert (plain / "anteprima" / "castro-016065" / "letter.pdf").is_file()
    assert answer.err == "Castro is not among those chosen: this letter will not be sent.\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("vicnza", "No Comune is called vicnza. Did you mean: Vicenza (VI) 024116"),
        ("castro", "Choose one: Castro (BG) 016065, Castro (LE) 075096."),
        ("999999", "No Comune is called 999999."),
        ("padova", "Padova (PD) 028060: no address in the address book."),
    ],
)  # fmt: skip
def test_who_cannot_be_found_or_reached_is_told(
    plain: Path, mailer: Mailer, name: str, said: str
) -> None:
    answer = mailer("preview", name)
    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err
    assert not (plain / "anteprima").exists()


def test_a_candidate_can_be_typed_as_it_was_shown(plain: Path, mailer: Mailer) -> None:
    assert mailer("preview", "Castro (BG) 016065").code == 0
    assert (plain / "anteprima" / "castro-016065").is_dir()


def test_a_field_that_does_not_exist_is_told_with_its_place(plain: Path, mailer: Mailer) -> None:
    change(
        plain, "{{ comune.denominazione }}", "\n{{ comune.nome }}", "templates/invito/letter.html"
    )
    answer = mailer("preview", "vicenza")
    assert (answer.code, answer.out) == (1, "")
    assert f"{Path('templates', 'invito', 'letter.html')}, line 2: " in answer.err
    assert "the template asks for comune.nome, which does not exist." in answer.err


def test_an_attachment_that_is_missing_is_named(plain: Path, mailer: Mailer) -> None:
    (plain / "attachments" / "programma.pdf").unlink()
    answer = mailer("preview", "vicenza")
    assert answer.code == 1
    assert answer.err.startswith(
        f"{Path('attachments', 'programma.pdf')}: this file does not exist"
    )
