"""What the writer wrote is parted from what his mail program quoted and his office added."""

import tomllib
from pathlib import Path

import pytest

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.reply.own_words import OwnWords, own_words

OWN = "Confermo la presenza.\n\nAda Conti\nSindaca"
INVITATION = "Gentile Sindaco,\nLa preghiamo di confermare la partecipazione.\nCordiali saluti"
QUOTED = "\n".join(f"> {line}" for line in INVITATION.splitlines())


def words(text: str, kind: str = "text/plain; charset=utf-8") -> OwnWords:
    """Read the own words of a message with one text."""
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return own_words(mime.parse(f"{head}{text}".encode()))


FILE = Path(__file__).with_name("reply_quotes.toml")
QUOTES: dict[str, str] = tomllib.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("quote", [pytest.param(text, id=name) for name, text in QUOTES.items()])
def test_what_is_quoted_is_left_out(quote: str) -> None:
    below = quote.replace("INVITATION", INVITATION).replace("QUOTED", QUOTED)
    found = words(f"{OWN}\n\n{below}\n")
    assert found.text == OWN
    assert "La preghiamo" in found.quoted


def test_an_answer_below_the_quote_is_kept() -> None:
    assert words(f"Il 02/10/2017 Ufficio ha scritto:\n\n{QUOTED}\n\n{OWN}\n").text == OWN


def test_answers_between_quoted_lines_are_kept() -> None:
    found = words("> Viene il Sindaco?\nsì\n> In quanti siete?\nin due\n> Grazie\n")
    assert found.text == "sì\nin due"
    assert found.interlinear


NOTICES = [
    (
        "Avviso di riservatezza: le informazioni sono riservate ai destinatari.\n"
        "Chi le ricevesse per errore è pregato di distruggerle."
    ),
    "Ai sensi del Regolamento UE 2016/679 (GDPR) il messaggio è riservato al destinatario.",
    "This e-mail is confidential. If you are not the intended recipient, delete it.",
    "Prima di stampare questa e-mail pensa all'ambiente",
    "Questa e-mail è stata controllata per individuare virus con Avast antivirus.",
]


@pytest.mark.parametrize("notice", NOTICES)
def test_what_lawyers_and_scanners_add_is_left_out(notice: str) -> None:
    assert words(f"{OWN}\n\n{notice}\n").text == OWN


def test_a_sentence_that_only_speaks_of_data_is_the_writers() -> None:
    text = "Le informazioni richieste sono in allegato.\nA presto"
    assert words(text).text == text


def test_flowed_lines_are_put_together() -> None:
    flowed = words("Confermo la mia \npresenza.\n", "text/plain; charset=utf-8; format=flowed")
    assert flowed.text == "Confermo la mia presenza."


def test_the_cells_of_a_table_are_parted() -> None:
    page = "<p>Ecco:</p><table><tr><td>Conti</td><td>Sindaca</td></tr></table>"
    assert words(page, "text/html; charset=utf-8").text == "Ecco:\n\nConti | Sindaca"


def test_a_quoted_page_is_left_out() -> None:
    quoted = f"<blockquote>{INVITATION}</blockquote>"
    page = f"<div>Vengo.</div><div>Il 2/10 Ufficio ha scritto:</div>{quoted}"
    assert words(page, "text/html; charset=utf-8").text == "Vengo."


def test_red_words_in_the_quoted_invitation_are_seen() -> None:
    page = (
        "<p>Si veda sotto.</p><blockquote>Nome: <span style='color:#FF0000'>Ada Conti</span>"
        "<p>La preghiamo di confermare.</p></blockquote>"
    )
    assert words(page, "text/html; charset=utf-8").merged


def test_links_and_grey_words_are_no_answers() -> None:
    page = (
        "<p>Vengo.</p><blockquote><span style='color:gray'>Invito</span>"
        "<a style='color:blue'>x</a></blockquote>"
    )
    assert not words(page, "text/html; charset=utf-8").merged


def test_windows_letters_under_another_name_are_read() -> None:
    raw = b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nL\x92assessore verr\xe0 \x96 grazie"
    assert own_words(mime.parse(raw)).text == "L\u2019assessore verrà \u2013 grazie"
