"""``mailer send`` as the operator lives it: the question, the refusals, and what is said after."""

import asyncio
import io
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coalizione_mailer.cli import errand
from coalizione_mailer.hours import ROME, Day
from coalizione_mailer.ledger.lock import sole_sender
from coalizione_mailer.letter.message import base64_lines
from tests.cli.desk import ROOT, Answer, Mailer, change, launched
from tests.support.patience import PATIENCE, until
from tests.support.smtp_server import Fault, SmtpServer, Step, Then

SEND = ("send", "--jobs", "1", "--confirm", "166/2017")


@pytest.fixture
def server(plain: Path) -> Iterator[SmtpServer]:
    """Run a server that the campaign sends to, without limits of pace."""
    with SmtpServer().in_thread() as running:
        change(plain, "port = 1025", f"port = {running.port}")
        change(plain, 'limits = ["60/minute", "2000/day"]', "limits = []")
        yield running


def states(online: Mailer) -> dict[str, int]:
    counts: dict[str, int] = json.loads(online("status", "--json").out)["states"]
    return {state: count for state, count in counts.items() if count}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "Nothing was sent: nobody confirmed. To send without being asked, add: --confirm"),
        (("--no-input",), "Nothing was sent: nobody confirmed."),
        (("--confirm", "166"),
         "Nothing was sent: 166 is not the protocol of this letter, which is 166/2017."),
        (("--confirm", ""), "Nothing was sent: nothing is not the protocol"),
        (("--confirm", "--limit"), "Nothing was sent: --limit is not the protocol"),
    ],
)  # fmt: skip
def test_without_the_right_protocol_nothing_is_even_frozen(
    plain: Path, mailer: Mailer, options: tuple[str, ...], said: str
) -> None:
    answer = mailer("send", *options)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(said)
    assert not (plain / "archive").exists()


def test_confirmed_every_letter_leaves_once(server: SmtpServer, online: Mailer) -> None:
    answer = online(*SEND)
    assert (answer.code, answer.out) == (0, "")
    assert sorted(server.recipients) == [
        f"protocollo@pec.{name}.example"
        for name in ("bolzano", "forli", "santagata", "sovizzo", "thiene", "vicenza")
    ]
    assert "Letters to send now  6" in answer.err
    assert answer.err.splitlines()[-1] == "     6  sent: our server took it"
    again = online(*SEND)
    assert again.code == 9
    assert again.err == (
        "Nothing to send: no letter is waiting. To see where they are: mailer status\n"
    )
    assert len(server.record) == 6


def test_a_part_can_leave_first_and_the_rest_later(server: SmtpServer, online: Mailer) -> None:
    first = online(*SEND, "--limit", "2")
    assert first.code == 0
    assert "Letters to send now  2 of 6" in first.err
    assert first.err.splitlines()[-1] == "Next: mailer send"
    assert states(online) == {"queued": 4, "sent": 2}
    chosen = online(*SEND, "--only", "forlì")
    assert "Letters to send now  1" in chosen.err
    assert "protocollo@pec.forli.example" in server.recipients
    assert online(*SEND).code == 0
    assert len(set(server.recipients)) == len(server.recipients) == 6


@pytest.mark.usefixtures("server")
def test_a_name_that_is_wrong_is_told_before_anything_is_frozen(
    online: Mailer, plain: Path
) -> None:
    answer = online(*SEND, "--only", "Vicensa", "--only", "Padova", "--only", "Thiene")
    assert (answer.code, answer.out) == (1, "")
    assert [line.partition(" Did you mean: ")[0] for line in answer.err.splitlines()] == [
        "None of the letters in question is for Vicensa.",
        "None of the letters in question is for Padova.",
    ]
    assert online("status", "--json").out.count('"next": "mailer send --dry-run"') == 1
    assert sorted(path.name for path in (plain / "archive").glob("letters*")) == []


def test_a_refused_letter_is_shown_and_stops_nobody_else(
    server: SmtpServer, online: Mailer
) -> None:
    bad = "protocollo@pec.vicenza.example"
    server.will(Fault(Step.RCPT, b"550 5.1.1 no such user", recipient=bad))
    answer = online(*SEND)
    assert answer.code == 3
    assert f"Vicenza (VI): refused, {bad}: 550 5.1.1 no such user" in answer.err
    assert states(online) == {"sent": 5, "refused": 1}
    assert answer.err.splitlines()[-1] == "Next: mailer resend"

    listed = online("status", "--state", "refused")
    assert "Vicenza (VI)" in listed.out
    assert "550 5.1.1 no such user" in listed.out
    assert listed.err == "1 letter.\n"


def test_a_letter_in_doubt_is_settled_by_the_operator_only(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    first, second = "protocollo@pec.vicenza.example", "protocollo@pec.thiene.example"
    server.will(
        Fault(Step.END, then=Then.CLOSE, takes=True, recipient=first),
        Fault(Step.END, then=Then.CLOSE, recipient=second),
    )
    answer = online(*SEND)
    assert answer.code == 4
    doubt = "in doubt, the server did not say whether it took it"
    assert f"Vicenza (VI): {doubt}" in answer.err
    assert answer.err.splitlines()[-1] == "Next: mailer resolve"
    assert states(online) == {"sent": 4, "in_doubt": 2}
    # By itself it is never sent again.
    assert online(*SEND).code == 4

    shown = online("resolve", "--no-input")
    assert shown.code == 4
    assert "Vicenza (VI)  024116  protocollo@pec.vicenza.example" in shown.out
    assert "@cittalia.com>" in shown.out
    both = online("resolve", "--sent", "vicenza", "--again", "vicenza")
    assert both.code == 2
    assert states(online) == {"sent": 4, "in_doubt": 2}

    settled = online("resolve", "--sent", "vicenza", "--again", "thiene")
    assert settled.code == 0
    assert settled.err.splitlines() == [
        "Taken as arrived: 1. To be sent again: 1. Still in doubt: 0.",
        "Next: mailer send",
    ]
    assert online(*SEND).code == 0
    assert sorted(server.recipients).count(first) == 1
    assert online("resolve").code == 9
    assert plain.is_dir()


def test_what_changed_after_the_freeze_is_named_and_refused(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    assert online(*SEND, "--limit", "1").code == 0
    change(plain, "Invito al workshop di apertura", "Invito urgente")
    change(plain, "Al Sindaco", "Alla Sindaca", "templates/invito/letter.html")
    answer = online(*SEND)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines() == [
        "Nothing was sent. This is not as it was when the letters were frozen:",
        "  campaign.toml [campaign]: changed",
        "  templates/invito/letter.html: changed",
        (
            "Letters have left already, and the others must be like them. Put this back as it "
            "was, then run again. The frozen letters are safe."
        ),
    ]
    refused = online(*SEND, "--refreeze")
    assert refused.code == 1
    assert refused.err.startswith("Letters have left already, so they cannot be frozen anew.")
    assert len(server.record) == 1


def test_two_letters_exchanged_in_the_record_stay_here(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    assert online(*SEND, "--only", "forlì").code == 0
    with closing(sqlite3.connect(plain / "archive" / "ledger.sqlite")) as record, record:
        (first, name, one), (second, other, two) = record.execute(
            "SELECT letter_sha256, denominazione, content FROM deliveries"
            " JOIN blobs ON sha256 = letter_sha256 WHERE state = 'queued' ORDER BY id LIMIT 2"
        )
        grown = len(base64_lines(two)) - len(base64_lines(one))
        exchange = (
            "UPDATE deliveries SET letter_sha256 = ?, message_size = message_size + ?"
            " WHERE denominazione = ?"
        )
        record.executemany(exchange, [(second, grown, name), (first, -grown, other)])
    answer = online(*SEND)
    assert (answer.code, answer.out) == (1, "")
    assert f"it is damaged: {name} (" in answer.err or f"it is damaged: {other} (" in answer.err
    assert states(online) == {"queued": 5, "sent": 1}
    assert len(server.record) == 1


def test_a_trial_that_was_frozen_never_leaves_for_a_real_server(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    assert online(*SEND, "--limit", "1").code == 0
    change(plain, 'host = "127.0.0.1"', 'host = "smtp.ente.example"')
    change(plain, 'security = "none"', 'security = "tls"')
    answer = online(*SEND)
    assert answer.code == 1
    assert "invented addresses (.example and the like): 5." in answer.err
    assert len(server.record) == 1


def test_a_missing_address_stops_the_sending_unless_left_out(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    change(plain, "024128,pec,protocollo@pec.sovizzo.example", "024128,pec,",
           "data/indirizzi-esempio.csv")  # fmt: skip
    answer = online(*SEND)
    assert answer.code == 1
    assert "Sovizzo (VI) 024128: no address in the address book." in answer.err
    assert server.record == []
    assert online(*SEND, "--leave-out-missing").code == 0
    assert len(server.record) == 5


def test_nobody_chosen_is_an_error(server: SmtpServer, online: Mailer, plain: Path) -> None:
    change(plain, "min = 5000 ", "min = 149999 ")
    answer = online(*SEND)
    assert answer.code == 1
    assert answer.err.startswith("campaign.toml, recipients: nobody is chosen.")
    assert server.record == []


def test_a_server_that_is_not_there_is_told_and_nothing_is_lost(
    plain: Path, online: Mailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coalizione_mailer.dispatch.connections.DELAYS", (0.0,))
    change(plain, "port = 1025", "port = 9")
    answer = online(*SEND)
    assert answer.code == 5
    told, why = answer.err.splitlines()[-2:]
    assert told == "Nothing was sent: the letters are still here."
    assert why.startswith("The server 127.0.0.1:9: nobody answers.")
    assert states(online) == {"queued": 6}


def test_a_second_sender_is_told_who_the_first_is(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    with sole_sender(plain / "archive", since=datetime(2017, 9, 18, 10, 30, tzinfo=UTC)):
        answer = online(*SEND)
    assert answer.code == 5
    assert f"(pid {os.getpid()}), since 2017-09-18 10:30:00" in answer.err
    assert server.record == []


class TestAsked:
    """The operator sits at a terminal."""

    @pytest.fixture(autouse=True)
    def at_a_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(errand, "interactive", lambda: True)

    def typed(self, monkeypatch: pytest.MonkeyPatch, text: str, online: Mailer) -> Answer:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        return online("send", "--jobs", "1")

    @pytest.mark.parametrize("text", ["166\n", "\n", "", "166/2016\n", "yes\n", "166 / 2017\n"])
    def test_anything_but_the_protocol_sends_nothing(
        self, server: SmtpServer, online: Mailer, monkeypatch: pytest.MonkeyPatch, text: str
    ) -> None:
        answer = self.typed(monkeypatch, text, online)
        assert answer.code == 130
        assert answer.err.endswith("Nothing was sent. To send, type 166/2017 when asked.\n")
        assert server.record == []
        assert states(online) == {"queued": 6}

    def test_the_protocol_sends(
        self, server: SmtpServer, online: Mailer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer = self.typed(monkeypatch, " 166/2017 \n", online)
        assert answer.code == 0
        assert (
            "To send these 6 letters, type their protocol: 166/2017. If you type nothing, they "
            "stay here."
        ) in answer.err
        assert len(server.record) == 6

    @pytest.mark.usefixtures("server")
    def test_who_must_not_be_asked_is_not_asked(self, online: Mailer, plain: Path) -> None:
        assert online("send", "--no-input").code == 2
        assert not (plain / "archive").exists()


class TestAskedOfDoubts:
    """``mailer resolve`` at a terminal."""

    @pytest.fixture(autouse=True)
    def three_in_doubt(
        self, server: SmtpServer, online: Mailer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("coalizione_mailer.cli.resolve.interactive", lambda: True)
        server.will(
            *(
                Fault(Step.END, then=Then.CLOSE, recipient=f"protocollo@pec.{name}.example")
                for name in ("sovizzo", "thiene", "vicenza")
            )
        )
        assert online(*SEND).code == 4

    def test_each_is_asked_and_what_is_not_known_stays_in_doubt(
        self, online: Mailer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("Yes\nn\nperhaps\n"))
        answer = online("resolve")
        assert answer.code == 4
        assert "Did it arrive? Answer yes or no; if you do not know, type nothing." in answer.err
        assert "Taken as arrived: 1. To be sent again: 1. Still in doubt: 1." in answer.err
        assert states(online) == {"sent": 4, "queued": 1, "in_doubt": 1}

    @pytest.mark.parametrize("text", ["", "\n\n\n"])
    def test_who_says_nothing_settles_nothing(
        self, online: Mailer, monkeypatch: pytest.MonkeyPatch, text: str
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        assert online("resolve").code in {4, 130}
        assert states(online) == {"sent": 3, "in_doubt": 3}

    def test_all_the_others_can_be_settled_at_once(self, online: Mailer) -> None:
        assert online("resolve", "--all-sent", "--all-again").code == 2
        assert online("resolve", "--again", "L157", "--all-sent").code == 0
        assert states(online) == {"sent": 5, "queued": 1}
        assert online("resolve", "--all-again").code == 9

    def test_a_name_that_is_not_in_doubt_is_told(self, online: Mailer) -> None:
        answer = online("resolve", "--sent", "thine", "--sent", "forlì")
        assert answer.code == 1
        assert answer.err.splitlines()[0].startswith(
            "None of the letters in question is for thine. Did you mean: Thiene (VI)"
        )
        assert states(online) == {"sent": 3, "in_doubt": 3}


def test_a_letter_that_must_wait_is_told_with_its_hour(server: SmtpServer, online: Mailer) -> None:
    server.will(Fault(Step.RCPT, b"450 4.2.0 later", recipient="protocollo@pec.vicenza.example"))
    limited = online(*SEND, "--limit", "6")
    assert limited.code == 0
    assert "Vicenza (VI): not now (450 4.2.0 later); another try at " in limited.err
    assert states(online) == {"sent": 5, "queued": 1}


def test_what_a_day_may_not_hold_is_for_the_next(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    change(plain, "limits = []", 'limits = ["4/day"]')
    answer = online(*SEND)
    assert answer.code == 5
    assert "The others leave later: run mailer send again on " in answer.err
    assert states(online) == {"sent": 4, "queued": 2}
    assert len(server.record) == 4


def interrupted_at_the_end_of_a_letter(server: SmtpServer) -> "subprocess.Popen[bytes]":
    """Send, press Ctrl-C when a letter is with the server, and wait for what is said to that."""
    program = launched(*SEND)
    until(lambda: Step.END in {met for met, _recipient in server.steps})
    program.send_signal(signal.SIGINT)
    assert program.stderr is not None
    said = b""
    while b"Stopping after the letters on their way. Ctrl-C again: stop at once." not in said:
        said = program.stderr.readline()
        assert said, "it ended without a word"
    return program


def test_ctrl_c_lets_the_letters_on_their_way_arrive(server: SmtpServer, online: Mailer) -> None:
    answer = threading.Event()

    async def held(_seconds: float) -> None:
        await asyncio.to_thread(answer.wait, PATIENCE)

    server.sleep = held
    server.will(*[Fault(Step.END, b"250 ok", takes=True, wait=1)] * 4)
    program = interrupted_at_the_end_of_a_letter(server)
    answer.set()
    out, err = program.communicate(timeout=PATIENCE)
    assert program.returncode == 130
    assert out == b""
    assert b"Stopped, as you asked. Nothing is lost." in err
    assert b"Traceback" not in err
    assert states(online) == {"queued": 6 - len(server.record), "sent": len(server.record)}
    assert online(*SEND).code == 0
    assert len(set(server.recipients)) == len(server.recipients) == 6


def test_ctrl_c_twice_stops_at_once_and_is_honest_about_it(
    server: SmtpServer, online: Mailer
) -> None:
    server.will(*(Fault(Step.END, then=Then.SILENCE, takes=True) for _ in range(4)))
    program = interrupted_at_the_end_of_a_letter(server)
    program.send_signal(signal.SIGINT)
    _out, err = program.communicate(timeout=PATIENCE)
    assert program.returncode == 130
    assert b"Traceback" not in err
    assert b"in doubt now" in err
    doubtful = online("resolve", "--no-input").out
    assert server.record
    assert all(recipient in doubtful for recipient in server.recipients)
    assert set(states(online)) == {"in_doubt", "queued"}


def test_at_a_real_terminal_the_question_waits_and_a_bar_is_drawn(
    server: SmtpServer, online: Mailer
) -> None:
    try:
        leader, follower = pty.openpty()
    except OSError:
        pytest.skip("this machine, perhaps a container, has no pseudo-terminals")
    program = subprocess.Popen(
        [sys.executable, "-m", "coalizione_mailer.cli.main", "send", "--jobs", "1"],
        env=os.environ  # noqa: TID251  inherited
        | {"PYTHONPATH": str(ROOT), "MAILER_LANG": "en", "TERM": "xterm", "NO_COLOR": "1"},
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
    )
    os.close(follower)
    shown = b""
    while b"Protocol: " not in shown.splitlines()[-1:][0] if shown else True:
        shown += os.read(leader, 1024)
    assert server.record == []
    os.write(leader, b"166/2017\n")
    while True:
        try:
            shown += os.read(leader, 1024)
        except OSError:
            break
    os.close(leader)
    assert program.wait(timeout=PATIENCE) == 0
    assert "━━━━".encode() in shown
    assert b"\x1b[3" not in shown
    assert states(online) == {"sent": 6}


def test_outside_the_working_hours_nothing_leaves_and_the_hour_is_told(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    now = datetime.now(ROME)
    tomorrow = tuple(Day)[(now + timedelta(days=1, hours=1)).weekday()]
    change(plain, "limits = []", f'limits = []\ndays = ["{tomorrow}"]')
    answer = online(*SEND)
    assert answer.code == 5
    assert "The others leave later: run mailer send again " in answer.err
    assert server.record == []
    assert states(online) == {"queued": 6}
    change(plain, f'days = ["{tomorrow}"]', "days = []")
    assert online(*SEND).code == 0
    assert len(server.record) == 6


def test_what_stands_in_the_way_is_refused_before_anything_is_frozen(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    change(plain, "date = 2017-10-11", "date = 2017-09-01")
    answer = online(*SEND)
    assert answer.code == 1
    assert "event.date: the event, 2017-09-01, is before the date of the letter" in answer.err
    assert (server.connections, server.record) == (0, [])
    assert not any(states(online).values())


def test_a_server_that_does_not_take_the_sender_is_known_before_a_letter_leaves(
    server: SmtpServer, online: Mailer
) -> None:
    server.will(Fault(Step.MAIL, b"553 5.7.1 not yours"))
    answer = online(*SEND)
    assert answer.code == 1
    assert "the server takes no letters from segreteria.coalizione@cittalia.com: 553" in answer.err
    assert states(online) == {"queued": 6}
    assert online(*SEND).code == 0
    assert len(server.record) == 6


def test_an_event_that_is_over_stops_even_a_sending_that_has_begun(
    server: SmtpServer, online: Mailer, plain: Path
) -> None:
    book = "data/indirizzi-esempio.csv"
    # A reserved domain would be refused first; this one does not exist.
    change(plain, "protocollo@pec.vicenza.example", "protocollo@pec.vicenza.prova", book)
    others = ("bolzano", "thiene", "sovizzo", "forlì", "sant'agata de' goti")
    assert online(*SEND, *(word for name in others for word in ("--only", name))).code == 0
    change(plain, 'host = "127.0.0.1"', 'host = "smtp.ente.example"')
    change(plain, 'security = "none"', 'security = "tls"')
    answer = online(*SEND)
    assert answer.code == 1
    assert "the day of the event, 2017-10-11, is over." in answer.err
    assert len(server.record) == 5
