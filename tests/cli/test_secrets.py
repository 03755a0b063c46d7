"""The password is nowhere but where the operator put it: not after any way a run can end."""

import base64
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coalizione_mailer.cli import main
from coalizione_mailer.transport.smtp import SmtpTransport
from tests.cli.desk import Answer, Mailer, change
from tests.support.smtp_server import Fault, SmtpServer, Step, Then

SEND = ("send", "--jobs", "1", "--confirm", "166/2017")
SECRET = "Zuppa-di-Farro-73"


@pytest.fixture
def server(plain: Path) -> Iterator[SmtpServer]:
    """Run a server that wants a login, and a campaign that has its password in a file."""
    with SmtpServer(users={"segreteria": SECRET}).in_thread() as running:
        change(plain, "port = 1025", f"port = {running.port}")
        change(plain, 'limits = ["60/minute", "2000/day"]', "limits = []")
        change(plain, 'username = ""', 'username = "segreteria"\npassword_file = "../segreto.txt"')
        put(plain, SECRET)
        yield running


def put(campaign: Path, secret: str) -> None:
    file = campaign.parent / "segreto.txt"
    file.write_text(f"{secret}\n", encoding="utf-8")
    file.chmod(0o600)


def forms(secret: str) -> list[bytes]:
    """Give the secret as it is and as SMTP carries it (RFC 4954)."""
    plain = f"\0segreteria\0{secret}"
    return [secret.encode(), *(base64.b64encode(text.encode()) for text in (secret, plain))]


def assert_nowhere(campaign: Path, answer: Answer, secret: str = SECRET) -> None:
    shown = (answer.out + answer.err).encode()
    kept = {path: path.read_bytes() for path in campaign.rglob("*") if path.is_file()}
    for form in forms(secret):
        assert form not in shown
        assert [path for path, content in kept.items() if form in content] == []


def test_a_good_login_leaves_no_trace(server: SmtpServer, online: Mailer, plain: Path) -> None:
    answer = online(*SEND)
    assert answer.code == 0
    assert {taken.user for taken in server.record} == {"segreteria"}
    assert list((plain / "archive" / "log").iterdir())
    assert_nowhere(plain, answer)


@pytest.mark.parametrize("command", [SEND, ("check",), ("send", "--to-self", "io@ente.example")])
def test_a_refused_login_leaves_no_trace(
    server: SmtpServer, online: Mailer, plain: Path, command: tuple[str, ...]
) -> None:
    wrong = "Zuppa-di-Ceci-74"
    put(plain, wrong)
    answer = online(*command)
    assert answer.code in {1, 5}
    assert "the login was refused" in answer.out + answer.err
    assert server.record == []
    assert_nowhere(plain, answer, wrong)


@pytest.mark.parametrize("form", range(3))
def test_a_server_that_echoes_the_password_is_not_quoted(
    server: SmtpServer, online: Mailer, plain: Path, form: int
) -> None:
    # Once for each way of logging in that the client may try.
    server.will(*3 * [Fault(Step.AUTH, b"535 5.7.8 no: " + forms(SECRET)[form])])
    answer = online(*SEND)
    assert answer.code == 5
    assert "no: ***" in answer.err
    assert_nowhere(plain, answer)


def test_a_login_that_breaks_off_leaves_no_trace(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    server.will(Fault(Step.AUTH, then=Then.CLOSE))
    answer = online(*SEND)
    assert answer.code == 5
    assert_nowhere(plain, answer)


def test_letters_refused_and_in_doubt_leave_no_trace(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    server.will(Fault(Step.RCPT, b"550 no"), Fault(Step.END, then=Then.CLOSE))
    answer = online(*SEND)
    assert answer.code == 4
    assert_nowhere(plain, answer)


@pytest.mark.usefixtures("server")
def test_the_report_of_a_fault_has_no_password(
    online: Mailer, plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_self: SmtpTransport) -> None:
        raise RuntimeError("a fault of the program")

    monkeypatch.setattr(SmtpTransport, "connect", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    answer = online(*SEND)
    assert answer.code == 1
    (report,) = tmp_path.glob("mailer-*.txt")
    assert "a fault of the program" in report.read_text(encoding="utf-8")
    report.rename(plain / "report.txt")
    assert_nowhere(plain, answer)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bits")
def test_a_password_that_others_can_read_stops_before_the_server(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    (plain.parent / "segreto.txt").chmod(0o644)
    answer = online(*SEND)
    assert answer.code == 1
    assert "others on this machine can read the password file" in answer.err
    assert server.connections == 0
    assert_nowhere(plain, answer)


def test_no_option_takes_a_password(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("send", "check"):
        assert main.run([command, "--help"]) == 0
        assert "--password" not in capsys.readouterr().out
