"""``mailer send --to-self``: three typical letters to the operator, and nothing else."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.cli.desk import Mailer, change
from tests.support.smtp_server import Fault, SmtpServer, Step, Then

ME = "segreteria@ente.example"


@pytest.fixture
def server(plain: Path) -> Iterator[SmtpServer]:
    with SmtpServer().in_thread() as running:
        change(plain, "port = 1025", f"port = {running.port}")
        yield running


def test_the_operator_gets_the_typical_letters_and_nothing_is_on_record(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    answer = online("send", "--to-self", ME)
    assert (answer.code, answer.out) == (0, "")
    assert answer.err.splitlines() == [
        (
            f"A test: 3 letters go to {ME}, as the Comuni would get them. No Comune gets "
            "anything, and nothing is put on record."
        ),
        "Thiene (VI): sent",
        "Sant'Agata de' Goti (BN): sent",
        "Forlì (FC): sent",
        "Look at them in your mailbox.",
        "Next: mailer send",
    ]
    assert set(server.recipients) == {ME}
    messages = [message_from_bytes(taken.content, policy=policy.default) for taken in server.record]
    assert {m["Subject"].partition(" ")[0] for m in messages} == {"[TEST]"}
    assert len({m["Message-ID"] for m in messages}) == len(messages)
    assert not (plain / "archive").exists()


def test_chosen_comuni_can_be_tried(server: SmtpServer, online: Mailer) -> None:
    answer = online("send", "--to-self", ME, "--only", "vicenza")
    assert answer.code == 0
    assert f"A test: 1 letter goes to {ME}, as a Comune would get it." in answer.err
    assert len(server.record) == 1


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (Fault(Step.RCPT, b"550 5.1.1 no such user"), 3, ": refused: 550 5.1.1 no such user"),
        (Fault(Step.RCPT, b"450 later"), 5, ": not sent now: 450 later"),
        (Fault(Step.END, then=Then.CLOSE), 5, ": not sent now: "),
    ],
)
def test_what_the_server_does_not_take_is_told_and_the_others_go_on(
    server: SmtpServer, online: Mailer, fault: Fault, code: int, said: str
) -> None:
    server.will(fault)
    answer = online("send", "--to-self", ME)
    assert answer.code == code
    assert said in answer.err
    assert answer.err.count(": sent\n") == len(server.record) > 0


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--to-self", "nobody"), 1, "nobody is not an e-mail address"),
        (("--to-self", ""), 1, "nothing is not an e-mail address"),
        (("--to-self", ME, "--dry-run"), 2, "--to-self goes alone, or with --only."),
        (("--to-self", ME, "--confirm", "166/2017"), 2, "--to-self goes alone"),
        (("--to-self", ME, "--only", "Nessundove"), 1, "No Comune is called Nessundove."),
    ],
)
def test_what_cannot_be_a_test_is_refused(
    plain: Path, mailer: Mailer, options: tuple[str, ...], code: int, said: str
) -> None:
    answer = mailer("send", *options)
    assert answer.code == code
    assert said.lower() in answer.err.lower()
    assert not (plain / "archive").exists()


def test_an_invented_address_is_no_test_of_a_real_server(plain: Path, mailer: Mailer) -> None:
    change(plain, 'host = "127.0.0.1"', 'host = "smtp.ente.example"')
    change(plain, 'security = "none"', 'security = "tls"')
    answer = mailer("send", "--to-self", "io@ente.example")
    assert answer.code == 1
    assert "Invented addresses" in answer.err
