"""``mailer inspect``: messages explained, with no campaign anywhere near."""

import json
import mailbox
from contextlib import closing
from pathlib import Path

import pytest

from coalizione_mailer.cli import main
from coalizione_mailer.errors import ExitCode
from tests.mailbox.letters_back import OURS, THEY, group, message, report

KEYS = [
    "file", "kind", "final", "outcome", "recipients", "status", "diagnostic",
    "message_id", "pec_id", "verified", "note",
]  # fmt: skip
BOUNCE = report(group(diagnostic="550 5.1.1 User unknown"))
ANSWER = message("Veniamo.", sender=f"Anna Verdi <{THEY}>", subject="Re: Invito")


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a folder that is no campaign."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_file_becomes_one_line_of_json_with_the_keys_of_the_contract(
    nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (nowhere / "a.eml").write_bytes(BOUNCE)
    assert main.run(["inspect", "a.eml", "--json"]) == ExitCode.DONE
    (told,) = lines(capsys)
    assert list(told) == KEYS
    assert told == {
        "file": "a.eml",
        "kind": "bounce",
        "final": True,
        "outcome": "hard",
        "recipients": [THEY],
        "status": "5.1.1",
        "diagnostic": "550 5.1.1 User unknown",
        "message_id": OURS,
        "pec_id": "",
        "verified": None,
        "note": "",
    }


def test_a_folder_and_what_is_within_it_is_read(
    nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (nowhere / "in" / "deeper").mkdir(parents=True)
    (nowhere / "in" / "a.eml").write_bytes(BOUNCE)
    (nowhere / "in" / "deeper" / "b.eml").write_bytes(ANSWER)
    assert main.run(["inspect", "in", "--json"]) == ExitCode.DONE
    assert [told["kind"] for told in lines(capsys)] == ["bounce", "reply"]


def test_a_maildir_and_an_mbox_are_read_and_stay_as_they_are(
    nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    box = mailbox.Maildir(nowhere / "posta", create=True)
    box.add(BOUNCE)
    with closing(mailbox.mbox(nowhere / "posta.mbox")) as file:
        file.add(BOUNCE)
        file.add(ANSWER)
    before = {path: path.read_bytes() for path in nowhere.rglob("*") if path.is_file()}
    assert main.run(["inspect", "posta", "posta.mbox", "--json"]) == ExitCode.DONE
    assert [told["kind"] for told in lines(capsys)] == ["bounce", "bounce", "reply"]
    assert {path: path.read_bytes() for path in nowhere.rglob("*") if path.is_file()} == before


@pytest.mark.usefixtures("english")
def test_in_words_it_says_what_why_and_whom(
    nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (nowhere / "a.eml").write_bytes(BOUNCE)
    (nowhere / "b.eml").write_bytes(message("acquisito al protocollo n. 77", sender=THEY))
    assert main.run(["inspect", "a.eml", "b.eml"]) == ExitCode.DONE
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "a.eml",
        "  bounce: it came back; the address does not exist",
        f"  about: {THEY}",
        "  the server's words: 550 5.1.1 User unknown",
        f"  our message: {OURS}",
        "b.eml",
        "  entered in the register of the Comune",
        "  number in their register: 77",
    ]
    assert [line.strip() for line in said.err.splitlines() if line] == [
        "2 messages.",
        "1  bounce: it came back",
        "1  entered in the register of the Comune",
    ]


@pytest.mark.usefixtures("english")
def test_a_path_that_is_not_there_is_named(
    nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["inspect", str(nowhere / "none.eml")]) == ExitCode.ERROR
    said = capsys.readouterr()
    assert said.out == ""
    assert "none.eml: this file does not exist" in said.err


def test_without_a_path_it_is_a_mistake_in_typing() -> None:
    assert main.run(["inspect"]) == ExitCode.USAGE
