"""``mailer rsvp read``: the reader alone, as a person and as a program ask it."""

import json
from pathlib import Path

import pytest

from tests.cli.desk import Mailer

REPLY = (
    "From: Ada <ada@gmail.example>\r\nSubject: R: invito\r\nIn-Reply-To: <1@x.example>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\n"
    "Parteciperà il Sindaco Ugo Verdi.\r\n"
)


@pytest.fixture
def reply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a reply where no campaign is."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "reply.eml"
    file.write_bytes(REPLY.encode())
    (tmp_path / "sent.csv").write_text("message_id,codice_istat\n1@x.example,24100\n", "utf-8")
    return file


def test_a_program_gets_a_line_for_each_message(mailer: Mailer, reply: Path) -> None:
    answer = mailer("rsvp", "read", str(reply), "--threads", "sent.csv", "--json")
    assert answer.code == 0
    record = json.loads(answer.out)
    assert (record["answer"], record["comune"], record["needs_human"]) == ("yes", "Schio", False)
    assert record["participants"] == [{"name": "Ugo Verdi", "role": "sindaco"}]


def test_a_person_gets_words_and_the_reasons_to_look(mailer: Mailer, reply: Path) -> None:
    answer = mailer("rsvp", "read", str(reply))
    assert "Comune not known: yes" in answer.out
    assert "- Ugo Verdi, sindaco" in answer.out
    assert "nothing says which Comune it is from" in answer.out
    assert "1 should be looked at." in answer.err


def test_a_file_of_threads_that_is_not_there_is_named(mailer: Mailer, reply: Path) -> None:
    answer = mailer("rsvp", "read", str(reply), "--threads", "no.csv")
    assert answer.code == 1
    assert "no.csv" in answer.err
    assert answer.out == ""
