"""``mailer remind``: another letter, to those who have the first one and said nothing."""

import email
import email.policy
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coalizione_mailer.ledger import reports, rounds
from coalizione_mailer.ledger.rounds import Kind
from coalizione_mailer.lifecycle import State
from tests.cli.desk import Mailer, change
from tests.support import replied
from tests.support.smtp_server import SmtpServer

COMES = "Buongiorno,\nparteciperà il Sindaco Mario Rossi.\nCordiali saluti"
ASKS = "Buongiorno,\nforse parteciperemo, vi faremo sapere.\nSaluti"
GO = ("remind", "--not-answered", "--confirm", "166/2017", "--jobs", "1")
TRY = ("remind", "--not-answered", "--dry-run", "--jobs", "1")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six letters, five delivered; 1 comes, 2 is in doubt: 3, 4 and 5 are to be reminded."""
    made = replied.delivered(tmp_path / "campagna", 6, undelivered=1)
    replied.answers(made, [(1, COMES), (2, ASKS)])
    monkeypatch.chdir(made)
    return made


@pytest.fixture
def desk(folder: Path, online: Mailer) -> Mailer:
    assert online("receive", str(folder / "posta")).code == 0
    return online


@pytest.fixture
def server(folder: Path) -> Iterator[SmtpServer]:
    with SmtpServer().in_thread() as running:
        change(folder, "port = 1\n", f"port = {running.port}\n")
        yield running


def reminded(server: SmtpServer) -> list[str]:
    return sorted(taken.recipient for taken in server.record)


def addresses(*numbers: int) -> list[str]:
    return [f"protocollo@borgo{number}.example" for number in numbers]


def kinds(folder: Path) -> list[Kind]:
    with closing(replied.opened(folder)) as ledger, ledger.reading() as connection:
        return [one.kind for one in rounds.every(connection)]


def test_alone_it_says_how_many_would_be_reminded_and_changes_nothing(
    folder: Path, desk: Mailer
) -> None:
    answer = desk("remind")
    assert answer.code == 0
    assert "3 Comuni have the letter and have not answered." in answer.err
    assert "2 have answered, or written something that waits for you" in answer.err
    assert "1 is left out: nothing proves that it has the letter" in answer.err
    assert kinds(folder) == [Kind.FIRST]


def test_only_those_who_have_the_letter_and_said_nothing_are_reminded(
    folder: Path, desk: Mailer, server: SmtpServer
) -> None:
    answer = desk(*GO)
    assert answer.code == 0, answer.err
    assert reminded(server) == addresses(3, 4, 5)
    assert kinds(folder) == [Kind.FIRST, Kind.REMINDER]
    message = email.message_from_bytes(server.record[0].content, policy=email.policy.default)
    assert message["Subject"] == "Promemoria: Invito alla prova"
    names = [part.get_filename() for part in message.iter_attachments()]
    assert [name.rpartition("-")[0] for name in names if name] == ["sollecito-prot-166-2017-borgo"]
    body = message.get_body(("plain",))
    assert body is not None
    assert "166, dopo 166" in body.get_content()


def test_who_was_reminded_is_not_reminded_again(desk: Mailer, server: SmtpServer) -> None:
    desk(*GO)
    again = desk(*GO)
    assert again.code == 9
    assert "3 have been reminded already" in again.err
    assert len(server.record) == 3


def test_where_the_letter_is_does_not_change_with_a_reminder(
    folder: Path, desk: Mailer, server: SmtpServer
) -> None:
    desk(*GO)
    assert len(server.record) == 3
    with closing(replied.opened(folder)) as ledger, ledger.reading() as connection:
        counts = reports.overall_counts(connection)
    assert (counts[State.DELIVERED], counts[State.SENT]) == (5, 1)


def test_run_again_it_goes_on_without_those_who_answered_meanwhile(
    folder: Path, desk: Mailer, server: SmtpServer
) -> None:
    desk(*GO, "--limit", "1")
    (first,) = reminded(server)
    left = [number for number in (3, 4, 5) if addresses(number) != [first]]
    desk("rsvp", "set", f"Borgo {left[0]}", "--no")
    answer = desk(*GO)
    assert answer.code == 0, answer.err
    assert reminded(server) == sorted([first, *addresses(left[1])])
    assert desk(*GO).code == 9
    assert kinds(folder) == [Kind.FIRST, Kind.REMINDER]


def test_what_is_left_of_the_reminders_is_the_next_thing_to_do(
    folder: Path, desk: Mailer, server: SmtpServer
) -> None:
    first = desk(*GO, "--limit", "1")
    assert first.code == 0
    assert first.err.splitlines()[-1] == "Next: mailer remind --not-answered"
    change(folder, "[smtp]\n", '[smtp]\nlimits = ["1/day"]\n')
    second = desk(*GO)
    assert second.code == 5
    told, following = second.err.splitlines()[-2:]
    assert told.startswith("The others leave later: run mailer remind --not-answered again ")
    assert following == "Next: mailer remind --not-answered"
    assert json.loads(desk("status", "--json").out)["next"] == "mailer remind --not-answered"
    assert len(server.record) == 1


def test_send_does_not_go_on_with_a_reminder(desk: Mailer, server: SmtpServer) -> None:
    desk(*GO, "--limit", "1")
    answer = desk("send", "--confirm", "166/2017")
    assert answer.code == 1
    assert "what waits is the reminder" in answer.err
    assert len(server.record) == 1


def test_only_one_comune_can_be_reminded(desk: Mailer, server: SmtpServer) -> None:
    assert desk(*GO, "--only", "Borgo 4").code == 0
    assert reminded(server) == addresses(4)


def test_nothing_leaves_that_nobody_confirmed(
    folder: Path, desk: Mailer, server: SmtpServer
) -> None:
    answer = desk("remind", "--not-answered", "--no-input")
    assert answer.code == 2
    assert "--confirm 166/2017" in answer.err
    assert desk("remind", "--not-answered", "--confirm", "166/2018").code == 2
    assert (server.record, kinds(folder)) == ([], [Kind.FIRST])


def test_with_a_number_of_its_own_that_number_confirms_it(
    folder: Path, desk: Mailer, server: SmtpServer
) -> None:
    text = '[reminder]\nsubject = "Sollecito"\nnumber = 201\ndate = 2017-10-02\n[smtp]\n'
    change(folder, "[smtp]\n", text)
    assert desk(*GO).code == 2
    answer = desk("remind", "--not-answered", "--confirm", "201/2017", "--jobs", "1")
    assert answer.code == 0, answer.err
    message = email.message_from_bytes(server.record[0].content, policy=email.policy.default)
    assert message["Subject"] == "Sollecito"
    body = message.get_body(("plain",))
    assert body is not None
    assert "201, dopo 166" in body.get_content()


@pytest.mark.parametrize(
    ("given", "missing"), [("number = 201", "date"), ("date = 2017-10-02", "number")]
)
def test_a_number_goes_with_its_date(folder: Path, desk: Mailer, given: str, missing: str) -> None:
    change(folder, "[smtp]\n", f"[reminder]\n{given}\n[smtp]\n")
    answer = desk("remind")
    assert answer.code == 1
    assert f"reminder.{missing}" in answer.err


def test_the_dry_run_makes_every_letter_and_records_nothing(
    folder: Path, desk: Mailer, server: SmtpServer
) -> None:
    answer = desk(*TRY, "--out", "lettere")
    assert answer.code == 0, answer.err
    assert sorted(path.name for path in (folder / "lettere").iterdir()) == [
        "000003-borgo-3.eml", "000004-borgo-4.eml", "000005-borgo-5.eml",
    ]  # fmt: skip
    assert "remind --not-answered" in answer.err.splitlines()[-1]
    assert json.loads(desk(*TRY, "--json").out)["messages"] == 3
    assert (server.record, kinds(folder)) == ([], [Kind.FIRST])


def test_nobody_is_reminded_of_an_event_that_is_over(
    folder: Path, desk: Mailer, server: SmtpServer
) -> None:
    today = datetime.now().astimezone().date()
    text = (folder / "campaign.toml").read_text(encoding="utf-8")
    day = next(line for line in text.splitlines() if line.startswith("date = "))
    change(folder, day, f"date = {today - timedelta(days=1)}")
    for arguments in (GO, TRY, ("remind",)):
        answer = desk(*arguments)
        assert answer.code == 1
        assert "is over: nobody is reminded of it" in answer.err
    assert server.record == []
    change(folder, f"date = {today - timedelta(days=1)}", f"date = {datetime.now(UTC).date()}")
    assert desk("remind").code == 0


def test_the_letters_come_before_their_reminder(folder: Path, desk: Mailer) -> None:
    change(folder, "number = 166", "number = 167")
    answer = desk("remind")
    assert answer.code == 1
    assert "[protocol]" in answer.err


def test_options_that_need_another_are_refused(desk: Mailer) -> None:
    answer = desk("remind", "--limit", "1", "--json")
    assert answer.code == 2
    assert "--limit" in answer.err
    assert "--json" in answer.err


def test_before_the_letter_there_is_nobody_to_remind(campaign: Path, mailer: Mailer) -> None:
    assert mailer("remind").code == 9
    assert not (campaign / "archive").exists()
