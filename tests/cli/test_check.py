"""``mailer check``: what can be known before sending, with the server or without."""

import json
from pathlib import Path

import pytest

from tests.cli.desk import Mailer, change
from tests.support.smtp_server import Fault, SmtpServer, Step, Then


def test_without_the_server_all_else_is_looked_at(plain: Path, mailer: Mailer) -> None:
    answer = mailer("check", "--offline")
    assert answer.code == 0
    assert "campaign.toml, event.date: the day of the event, 2017-10-11, is over." in answer.out
    assert answer.err.splitlines()[-3:] == [
        "The server was not asked.",
        "Nothing stands in the way.",
        "Next: mailer send --dry-run",
    ]
    assert not (plain / "archive").exists()


def test_what_stands_in_the_way_comes_first(plain: Path, mailer: Mailer) -> None:
    change(plain, "date = 2017-10-11", "date = 2017-09-01")
    answer = mailer("check", "--offline", "--json")
    assert answer.code == 1
    found = json.loads(answer.out)
    assert list(found) == ["recipients", "message_bytes", "problems", "estimated_seconds"]
    assert found["recipients"] == 6
    severities = [problem["severity"] for problem in found["problems"]]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert found["problems"][0]["code"] == "event-before-letter"
    shown = mailer("check", "--offline")
    worst = shown.out.splitlines()[1]
    assert worst.startswith("Error: campaign.toml, event.date: the event, 2017-09-01, is before")
    assert shown.err.splitlines()[-2:] == [
        "The server was not asked.",
        "Correct what is marked as an error, then check again.",
    ]


def test_a_plan_that_cannot_be_made_is_told(plain: Path, mailer: Mailer) -> None:
    change(plain, "include = []", 'include = ["Vicnza"]')
    answer = mailer("check", "--offline", "--json")
    assert answer.code == 1
    found = json.loads(answer.out)
    assert (found["recipients"], found["problems"][0]["code"]) == (0, "comune-unknown")


@pytest.mark.parametrize(
    ("faults", "code", "said"),
    [
        ((), 0, "answers."),
        ((Fault(Step.CONNECT, then=Then.CLOSE),), 1, "Error: The server 127.0.0.1:"),
    ],
)
def test_the_server_is_greeted_and_gets_no_letter(
    plain: Path, online: Mailer, faults: tuple[Fault, ...], code: int, said: str
) -> None:
    with SmtpServer().in_thread() as server:
        server.will(*faults)
        change(plain, "port = 1025", f"port = {server.port}")
        answer = online("check")
        assert answer.code == code
        assert said in answer.out + answer.err
        assert server.connections == 1
        assert server.record == []


def test_a_server_that_refuses_is_among_the_problems(plain: Path, online: Mailer) -> None:
    change(plain, "port = 1025", "port = 9")
    answer = online("check", "--json")
    assert answer.code == 1
    first = json.loads(answer.out)["problems"][0]
    assert (first["code"], first["severity"]) == ("server-connect", "error")
    assert first["text"].startswith("The server 127.0.0.1:9: nobody answers.")


def test_mistakes_in_the_campaign_file_are_listed_in_the_same_way(
    plain: Path, mailer: Mailer
) -> None:
    change(plain, "min = 5000 ", "mn = 5000 ")
    change(plain, "port = 1025", 'port = "x"')
    answer = mailer("check", "--json")
    assert answer.code == 1
    found = json.loads(answer.out)
    assert (found["recipients"], found["message_bytes"]) == (0, 0)
    assert sorted(problem["code"] for problem in found["problems"]) == [
        "key-unknown",
        "value-wrong",
    ]
    assert "Error: campaign.toml, line 51, smtp.port: found" in mailer("check", "--offline").out


def test_a_missing_password_is_one_of_the_problems(plain: Path, mailer: Mailer) -> None:
    change(plain, 'username = ""', 'username = "x"\npassword_file = "segreto"')
    answer = mailer("check")
    assert answer.code == 1
    assert "segreto: this file does not exist." in answer.out
    assert "Correct what is marked as an error, then check again." in answer.err


def test_a_sender_the_server_refuses_is_told_with_its_words(plain: Path, online: Mailer) -> None:
    with SmtpServer().in_thread() as server:
        server.will(Fault(Step.MAIL, b"553 5.7.1 not yours"))
        change(plain, "port = 1025", f"port = {server.port}")
        answer = online("check")
    assert answer.code == 1
    assert (
        "sender.address: the server takes no letters from segreteria.coalizione@cittalia.com: "
        "553 5.7.1 not yours."
    ) in answer.out


def test_offline_the_domains_records_are_said_to_be_unseen(plain: Path, mailer: Mailer) -> None:
    change(plain, 'host = "127.0.0.1"', 'host = "smtp.ente.example"')
    change(plain, 'security = "none"', 'security = "tls"')
    change(plain, 'profile = "pec"', 'profile = "ordinary"')
    answer = mailer("check", "--offline")
    assert answer.code == 1
    assert "SPF and DMARC of cittalia.com were not looked up." in answer.out
