"""``mailer status``: where every letter is, for people and for programs."""

import csv
import io
import json
from pathlib import Path

import pytest

from coalizione_mailer.cli.status import next_command
from coalizione_mailer.lifecycle import State
from tests.cli.desk import CHOSEN, Mailer
from tests.support.smtp_server import Fault, SmtpServer, Step


@pytest.fixture
def sent(plain: Path, online: Mailer) -> Path:
    """Send the campaign: one letter refused, the others taken."""
    text = (plain / "campaign.toml").read_text(encoding="utf-8")
    refused = Fault(Step.RCPT, b"550 no", recipient="protocollo@pec.forli.example")
    with SmtpServer().in_thread() as server:
        server.will(refused)
        text = text.replace("1025", str(server.port)).replace('"60/minute", "2000/day"', "")
        (plain / "campaign.toml").write_text(text, encoding="utf-8")
        assert online("send", "--jobs", "1", "--confirm", "166/2017").code == 3
    return plain


NOTHING = dict.fromkeys(map(str, State), 0)


def test_before_the_freeze_the_dry_run_comes_next(campaign: Path, mailer: Mailer) -> None:
    answer = mailer("status")
    assert (answer.code, answer.out, answer.err) == (
        0,
        "Nothing has been sent yet, nor frozen for sending.\n",
        "Next: mailer send --dry-run\n",
    )
    assert json.loads(mailer("status", "--json").out) == {
        "campaign": "coalizione-2017",
        "protocol": "166/2017",
        "total": 0,
        "states": NOTHING,
        "next": "mailer send --dry-run",
    }
    assert len(mailer("status", "--csv").out.splitlines()) == 1
    assert not (campaign / "archive").exists()


@pytest.mark.usefixtures("sent")
def test_after_the_sending_every_letter_is_counted(mailer: Mailer) -> None:
    answer = mailer("status")
    assert answer.code == 0
    told, causes = answer.out.split("\n\n")
    assert [line.split("  ")[0:2] for line in told.splitlines()] == [
        ["5", "sent: our server took it"],
        ["1", "refused by our server   "[:21]],
        ["6", "letters in all"],
    ]
    assert [line.split()[0] for line in causes.splitlines()[1:]] == ["1", "Forlì"]
    assert answer.err.endswith("Next: mailer resend\n")
    assert json.loads(mailer("status", "--json").out) == {
        "campaign": "coalizione-2017",
        "protocol": "166/2017",
        "total": 6,
        "states": NOTHING | {"sent": 5, "refused": 1},
        "next": "mailer resend",
        "causes": {"unknown": 1},
    }


@pytest.mark.usefixtures("sent")
def test_the_letters_of_one_state_are_listed(mailer: Mailer) -> None:
    answer = mailer("status", "--state", "refused")
    assert answer.err == "1 letter.\n"
    (line,) = answer.out.splitlines()[1:]
    assert line.startswith("Forlì (FC)  protocollo@pec.forli.example  ")
    assert line.rstrip().endswith("    1  550 no")
    (letter,) = json.loads(mailer("status", "--state", "refused", "--json").out)["letters"]
    assert (letter["codice_istat"], letter["state"], letter["code"], letter["answer"]) == (
        "040012",
        "refused",
        550,
        "no",
    )
    assert len(json.loads(mailer("status", "--state", "sent", "--json").out)["letters"]) == 5
    assert json.loads(mailer("status", "--state", "bounced", "--json").out)["letters"] == []


@pytest.mark.usefixtures("sent")
def test_every_letter_goes_into_a_spreadsheet(mailer: Mailer) -> None:
    rows = list(csv.DictReader(io.StringIO(mailer("status", "--csv").out)))
    assert sorted(row["codice_istat"] for row in rows) == sorted(CHOSEN)
    assert {row["state"] for row in rows} == {"sent", "refused"}
    (refused,) = csv.DictReader(io.StringIO(mailer("status", "--csv", "--state", "refused").out))
    assert (refused["denominazione"], refused["attempts"], refused["code"]) == ("Forlì", "1", "550")


@pytest.mark.parametrize(
    ("counts", "command"),
    [
        ({State.QUEUED: 1, State.IN_DOUBT: 1, State.REFUSED: 1}, "mailer send"),
        ({State.SENDING: 1, State.SENT: 3}, "mailer send"),
        ({State.IN_DOUBT: 1, State.REFUSED: 1}, "mailer resolve"),
        ({State.REFUSED: 1, State.SENT: 3}, "mailer resend"),
        ({State.SENT: 3, State.DELIVERED: 2}, ""),
    ],
)
def test_the_next_command_is_the_most_urgent(counts: dict[State, int], command: str) -> None:
    assert next_command(dict.fromkeys(State, 0) | counts, frozen=True) == command


@pytest.mark.usefixtures("sent")
def test_nothing_is_left_when_all_is_settled(mailer: Mailer, sent: Path) -> None:
    ledger = sent / "archive" / "ledger.sqlite"
    before = ledger.stat().st_mtime_ns
    assert mailer("status").code == 0
    assert ledger.stat().st_mtime_ns == before


def test_a_file_that_is_no_ledger_is_told(campaign: Path, mailer: Mailer) -> None:
    (campaign / "archive").mkdir()
    (campaign / "archive" / "ledger.sqlite").write_bytes(b"these are years of work\n" * 100)
    answer = mailer("status")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("The record of the sending, archive")
    assert "it is damaged" in answer.err
    assert (campaign / "archive" / "ledger.sqlite").read_bytes().startswith(b"these are years")
