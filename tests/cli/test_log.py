"""``mailer log``: the story of one letter, in words."""

import getpass
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import Mailer, change
from tests.support.smtp_server import Fault, SmtpServer, Step, Then

SEND = ("send", "--jobs", "1", "--confirm", "166/2017")
VICENZA = "protocollo@pec.vicenza.example"


@pytest.fixture
def server(plain: Path) -> Iterator[SmtpServer]:
    with SmtpServer().in_thread() as running:
        change(plain, "port = 1025", f"port = {running.port}")
        change(plain, 'limits = ["60/minute", "2000/day"]', "limits = []")
        yield running


def test_a_letters_whole_story_is_told(server: SmtpServer, online: Mailer) -> None:
    server.will(Fault(Step.END, then=Then.CLOSE, takes=True, recipient=VICENZA))
    assert online(*SEND).code == 4
    assert online("resolve", "--again", "vicenza").code == 0
    assert online(*SEND).code == 0
    answer = online("log", "vicenza")
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines[0].startswith(f"Vicenza (VI)  024116  {VICENZA}  <")
    assert lines[-1] == "Now: sent: our server took it"
    told = [re.sub(r"^\d\d/\d\d/\d{4} \d\d:\d\d:\d\d  ", "", line) for line in lines[1:-1]]
    assert re.fullmatch(r"frozen: \d+ kB, SHA-256 [0-9a-f]{64}", told[0])
    assert told[1].startswith(
        "attempt 1: in doubt, the server did not say whether it took it, after the end of the "
        "letter"
    )
    assert told[2] == f"{getpass.getuser()} said: it did not arrive, send it again"
    assert told[3].startswith("attempt 2: the server took it: 250 ")
    assert len(told) == 4


def test_programs_get_the_same(server: SmtpServer, online: Mailer) -> None:
    server.will(Fault(Step.RCPT, b"550 5.1.1 no such user", recipient=VICENZA))
    assert online(*SEND).code == 3
    told = json.loads(online("log", "L840", "--json").out)
    assert (told["comune"], told["state"], told["words"]) == ("Vicenza", "refused", [])
    (attempt,) = told["attempts"]
    assert (attempt["event"], attempt["phase"], attempt["code"], attempt["answer"]) == (
        "rejected",
        "rcpt",
        550,
        "5.1.1 no such user",
    )
    shown = online("log", "L840").out
    assert "attempt 1: refused, at the recipient: 550 5.1.1 no such user" in shown


def test_before_the_freeze_there_is_nothing_to_tell(plain: Path, mailer: Mailer) -> None:
    answer = mailer("log", "vicenza")
    assert (answer.code, answer.out) == (9, "")
    assert answer.err == "Nothing has been sent yet, nor frozen for sending.\n"
    assert not (plain / "archive").exists()


def test_each_run_has_its_log_without_the_letters_words(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    server.will(Fault(Step.RCPT, b"550 5.1.1 no such user", recipient=VICENZA))
    assert online(*SEND).code == 3
    (file,) = (plain / "archive" / "log").iterdir()
    lines = [line.partition(" ")[2] for line in file.read_text(encoding="utf-8").splitlines()]
    assert lines[0].startswith("begin version=")
    assert f"server=127.0.0.1:{server.port} security=none user=none" in lines[0]
    assert lines[-1] == "end done rejected=1 taken=5"
    refused = next(line for line in lines if line.startswith("rejected"))
    assert refused.startswith(f"rejected L840 Vicenza (VI) {VICENZA} <")
    assert refused.endswith("attempt=1 phase=rcpt answer=550 5.1.1 no such user")
    assert len(lines) == 8
    assert "Al Sindaco" not in file.read_text(encoding="utf-8")


def test_old_logs_make_room(server: SmtpServer, online: Mailer, plain: Path) -> None:
    folder = plain / "archive" / "log"
    folder.mkdir(parents=True)
    for number in range(25):
        (folder / f"send-20160101-0000{number:02}.log").touch()
    assert online(*SEND, "--limit", "1").code == 0
    kept = sorted(path.name for path in folder.iterdir())
    assert len(kept) == 20
    assert kept[0] == "send-20160101-000006.log"
    assert not kept[-1].startswith("send-2016")
    assert len(server.record) == 1
