"""``mailer resend``: what came back, the operator's word, and the same letter sent again."""

import email
import email.policy
import io
import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coalizione_mailer.cli import approving, errand
from coalizione_mailer.ledger import rounds
from coalizione_mailer.lifecycle import Event, Outcome, Phase
from coalizione_mailer.mailbox.reading import Cause
from tests.cli.desk import Answer, Mailer, change
from tests.resend import office
from tests.resend.office import DAY, HOUR, Office
from tests.support import letters
from tests.support.smtp_server import SmtpServer

GO = ("resend", "--bounced", "--confirm", "166/2017", "--jobs", "1")
TRY = ("resend", "--bounced", "--dry-run", "--jobs", "1")
SPAM = Outcome(Event.REJECTED, Phase.END_OF_DATA, 554, "5.7.1 spam message rejected")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Six letters: 1 and 3 at dead addresses, 2 at a full box, 4 refused, 5 delivered, 6 sent.

    The office knows a new address of 1; a newer address book has another of 3.
    """
    made = office.opened(tmp_path / "campagna", 6)
    monkeypatch.chdir(made.campaign.root)
    made.sent(answers={4: SPAM})
    made.now += HOUR
    made.bounced(1, Cause.DEAD)
    made.bounced(2, Cause.FULL)
    made.bounced(3, Cause.DEAD)
    made.delivered(5)
    made.corrects(1, "nuovo@borgo1.example")
    made.imports(3, "altro@borgo3.example")
    yield made
    made.ledger.close()


@pytest.fixture
def server(desk: Office) -> Iterator[SmtpServer]:
    with SmtpServer().in_thread() as running:
        change(desk.campaign.root, "port = 2525", f"port = {running.port}")
        yield running


def recipients(server: SmtpServer) -> list[str]:
    return sorted(taken.recipient for taken in server.record)


def dump(folder: Path) -> list[str]:
    """All that is in the ledger."""
    with sqlite3.connect(folder / "archive" / "ledger.sqlite") as connection:
        found = list(connection.iterdump())
    connection.close()
    return found


def numbers(desk: Office) -> list[int]:
    """Which rounds there are."""
    with desk.ledger.reading() as connection:
        return [one.number for one in rounds.every(connection)]


def test_what_came_back_is_shown_with_what_can_be_done_and_nothing_changes(
    desk: Office, mailer: Mailer
) -> None:
    before = dump(desk.campaign.root)
    answer = mailer("resend")
    assert answer.code == 0
    assert "nuovo@borgo1.example  the office's own correction" in answer.out
    assert "→ altro@borgo3.example  (the address book, inventato, 01/09/2017)" in answer.out
    assert "554 5.7.1 spam message rejected" in answer.out
    assert "Borgo 5" not in answer.out
    assert "Borgo 6" not in answer.out
    assert dump(desk.campaign.root) == before


def test_where_nothing_came_back_there_is_nothing_to_do(
    tmp_path: Path, mailer: Mailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = office.opened(tmp_path / "altra", 1)
    made.sent()
    made.ledger.close()
    monkeypatch.chdir(tmp_path / "altra")
    assert mailer("resend").code == 9
    assert mailer(*TRY).code == 9
    assert mailer(*GO).code == 9
    assert mailer("resend", "--proposals", "p.csv").code == 9
    assert not Path("p.csv").exists()


@pytest.mark.usefixtures("campaign")
def test_before_the_first_sending_there_is_nothing_to_do(mailer: Mailer) -> None:
    answer = mailer("resend", "--bounced", "--confirm", "166/2017")
    assert (answer.code, answer.err) == (
        9,
        "Nothing has been sent yet, nor frozen for sending.\n",
    )


def test_a_dry_run_makes_every_message_and_leaves_no_trace(desk: Office, mailer: Mailer) -> None:
    before = dump(desk.campaign.root)
    told = json.loads(mailer(*TRY, "--json", "--out", "prova").out)
    assert dump(desk.campaign.root) == before
    assert (told["recipients"], told["messages"], told["problems"]) == (2, 2, [])
    made = sorted(Path("prova").glob("*.eml"))
    assert sum(file.stat().st_size for file in made) == told["bytes"]
    parsed = [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in made]
    assert [one["To"].addresses[0].addr_spec for one in parsed] == [
        "nuovo@borgo1.example",
        letters.address(2),
    ]


def test_the_same_letter_leaves_again_to_those_and_to_nobody_else(
    desk: Office, server: SmtpServer, online: Mailer
) -> None:
    answer = online(*GO)
    assert answer.code == 0
    assert recipients(server) == ["nuovo@borgo1.example", letters.address(2)]
    told = json.loads(online("status", "--json").out)
    assert told["total"] == 6
    assert {state: n for state, n in told["states"].items() if n} == {
        "sent": 3,
        "delivered": 1,
        "bounced": 1,
        "refused": 1,
    }
    assert told["causes"] == {"dead": 1, "content": 1}
    again = online(*GO)
    assert again.code == 9
    assert len(server.record) == 2
    assert numbers(desk) == [1, 2]


@pytest.mark.parametrize("options", [(), ("--confirm", "167/2017"), ("--no-input",)])
def test_nothing_leaves_without_the_protocol(
    desk: Office, server: SmtpServer, online: Mailer, options: tuple[str, ...]
) -> None:
    assert online("resend", "--bounced", *options).code == 2
    assert server.record == []
    assert numbers(desk) == [1]


def test_who_does_not_confirm_has_opened_no_round(
    desk: Office, server: SmtpServer, online: Mailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errand, "interactive", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    before = dump(desk.campaign.root)
    assert online("resend", "--bounced", "--jobs", "1").code == 130
    assert server.record == []
    assert dump(desk.campaign.root) == before


def test_the_letters_own_protocol_confirms_whatever_the_campaign_file_says_now(
    desk: Office, server: SmtpServer, online: Mailer
) -> None:
    change(desk.campaign.root, "number = 166", "number = 200")
    assert online("resend", "--bounced", "--confirm", "200/2017").code == 2
    assert online(*GO).code == 0
    assert len(server.record) == 2


@pytest.mark.parametrize("command", [GO, ("send", "--confirm", "166/2017")])
def test_a_round_that_is_not_done_is_gone_on_with(
    desk: Office, server: SmtpServer, online: Mailer, command: tuple[str, ...]
) -> None:
    assert online(*GO, "--limit", "1").code == 0
    assert len(server.record) == 1
    assert "Next: mailer send\n" in online("status").err
    assert online(*command).code == 0
    assert recipients(server) == ["nuovo@borgo1.example", letters.address(2)]
    assert numbers(desk) == [1, 2]


def test_a_letter_that_was_on_its_way_when_the_program_died_is_in_doubt(
    desk: Office, server: SmtpServer, online: Mailer
) -> None:
    desk.now += 2 * DAY
    second = desk.again()
    assert second is not None
    # Claimed by a program that is no more: its bytes may be with the server.
    killed = desk.claims(second)
    assert len(killed) == 2
    answer = online(*GO)
    assert answer.code == 4
    assert server.record == []
    assert {one.state for one in desk.overall() if one.round_number == 2} == {"in_doubt"}
    assert online("resolve", "--again", "Borgo 1", "--sent", "Borgo 2").code == 0
    assert online("send", "--confirm", "166/2017").code == 0
    assert recipients(server) == ["nuovo@borgo1.example"]


def test_the_first_sending_is_finished_first(
    tmp_path: Path, mailer: Mailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = office.opened(tmp_path / "altra", 3)
    monkeypatch.chdir(tmp_path / "altra")
    later = Outcome(Event.DEFERRED, Phase.CONNECT)
    made.sent(answers={3: later})
    with made.ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET state = 'queued' WHERE id = 3")
    made.bounced(1, Cause.FULL)
    made.ledger.close()
    answer = mailer(*GO)
    assert answer.code == 1
    assert answer.err.startswith("Letters of the first sending have not left yet (1).")


def test_refused_content_goes_again_by_an_explicit_word(
    desk: Office, server: SmtpServer, online: Mailer
) -> None:
    assert online(*GO, "--even", "content", "--only", "Borgo 4").code == 0
    assert recipients(server) == [letters.address(4)]
    with desk.ledger.reading() as connection:
        assert len(rounds.every(connection)) == 2


def test_a_whole_source_is_approved_at_once(server: SmtpServer, online: Mailer) -> None:
    assert online(*GO, "--from", "ipa").code == 0
    assert recipients(server) == [
        "altro@borgo3.example",
        "nuovo@borgo1.example",
        letters.address(2),
    ]
    assert (
        "another address was approved: altro@borgo3.example (ipa; --from ipa)"
        in online("log", "Borgo 3").out
    )


@pytest.mark.usefixtures("desk")
def test_a_source_that_does_not_exist_is_refused(mailer: Mailer) -> None:
    answer = mailer(*TRY, "--from", "internet")
    assert answer.code == 2
    assert "found internet, which cannot be" in answer.err


class TestProposalsAsAFile:
    """A list that she opens in Excel."""

    def saved(self, online: Mailer, word: str = "SI") -> Answer:
        """Write the list, say yes in it as Excel would save it, and read it back."""
        assert online("resend", "--proposals", "proposte.csv").code == 0
        text = Path("proposte.csv").read_text(encoding="utf-8-sig")
        head, *rows = text.splitlines()
        yes = "\r\n".join([head, *(f"{row}{word}" for row in rows)]) + "\r\n"
        Path("proposte.csv").write_bytes(yes.encode("cp1252"))
        return online("resend", "--approved", "proposte.csv")

    def test_what_she_approves_is_sent(
        self, desk: Office, server: SmtpServer, online: Mailer
    ) -> None:
        answer = self.saved(online)
        assert answer.code == 0
        assert answer.err == ("1 address is approved.\nNext: mailer resend --bounced --dry-run\n")
        assert online("resend", "--approved", "proposte.csv").code == 0
        assert online(*GO).code == 0
        assert "altro@borgo3.example" in recipients(server)
        assert "altro@borgo3.example (ipa; proposte.csv)" in online("log", "Borgo 3").out
        # The address book has it already: no correction is needed.
        corrections = desk.campaign.root / "data" / "correzioni.csv"
        assert "borgo3" not in corrections.read_text(encoding="utf-8-sig")

    @pytest.mark.usefixtures("desk")
    def test_a_wrong_word_takes_nothing(self, mailer: Mailer) -> None:
        answer = self.saved(mailer, "boh")
        assert answer.code == 1
        assert answer.err == (
            "proposte.csv, line 2, approva: found boh; allowed are: sì, no. Correct the row.\n"
        )
        assert "waits for your word" in mailer("resend").out

    @pytest.mark.usefixtures("desk")
    def test_without_a_yes_nothing_is_taken(self, mailer: Mailer) -> None:
        assert self.saved(mailer, "no").code == 9

    def test_an_address_no_book_has_becomes_a_correction(
        self, desk: Office, mailer: Mailer
    ) -> None:
        seen = desk.campaign.root / "indirizzi-visti.csv"
        seen.write_text(
            "codice_istat;codice_catastale;denominazione;canale;indirizzo;esito;motivo;dubbi;"
            "condiviso_con;codice_ipa;ente;posizione;fonte;visto_dal;visto_il\r\n"
            f"000003;{letters.comune(3).codice_catastale};Borgo 3;pec;comune@borgo3.example;"
            "scartato;successivo;;;c_x;Comune di Borgo 3;2;amministrazioni.txt;2017-09-20;"
            "2017-09-20\r\n",
            encoding="utf-8",
        )
        desk.imports_back(3, "altro@borgo3.example")
        assert self.saved(mailer).code == 0
        text = (desk.campaign.root / "data" / "correzioni.csv").read_text(encoding="utf-8-sig")
        (row,) = (line for line in text.splitlines() if "comune@borgo3.example" in line)
        assert row.startswith("000003;")
        assert "protocollo@borgo3.example è tornato indietro; approvato: proposte.csv" in row


class TestAskedOneByOne:
    """One key for each address."""

    def pressed(self, keys: str, monkeypatch: pytest.MonkeyPatch, online: Mailer) -> Answer:
        waiting = iter(keys)
        monkeypatch.setattr(approving, "interactive", lambda: True)
        monkeypatch.setattr("typer.getchar", lambda: next(waiting))
        return online("resend", "--review")

    @pytest.mark.usefixtures("desk")
    def test_a_yes_approves(self, mailer: Mailer, monkeypatch: pytest.MonkeyPatch) -> None:
        answer = self.pressed("y", monkeypatch, mailer)
        assert answer.code == 0
        assert "altro@borgo3.example" in answer.err
        assert "1 address is approved." in answer.err
        assert json.loads(mailer(*TRY, "--json").out)["messages"] == 3

    @pytest.mark.usefixtures("desk")
    @pytest.mark.parametrize("key", ["n", "q", " ", "\r"])
    def test_any_other_key_approves_nothing(
        self, mailer: Mailer, monkeypatch: pytest.MonkeyPatch, key: str
    ) -> None:
        assert self.pressed(key, monkeypatch, mailer).code == 9
        assert json.loads(mailer(*TRY, "--json").out)["messages"] == 2

    @pytest.mark.usefixtures("desk")
    def test_nobody_is_asked_without_a_terminal(self, mailer: Mailer) -> None:
        assert mailer("resend", "--review").code == 2


def test_addresses_corrected_during_the_first_sending_do_not_stop_it(
    tmp_path: Path, online: Mailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = office.opened(tmp_path / "altra", 3)
    monkeypatch.chdir(tmp_path / "altra")
    with SmtpServer().in_thread() as running:
        change(made.campaign.root, "port = 2525", f"port = {running.port}")
        assert online("send", "--confirm", "166/2017", "--limit", "1").code == 0
        made.corrects(3, "nuovo@borgo3.example")
        answer = online("send", "--confirm", "166/2017")
        assert answer.code == 0
        assert f"Borgo 3 (VI): {letters.address(3)} (now: nuovo@borgo3.example)" in answer.err
        assert len(running.record) == 3
    made.ledger.close()


def test_status_shows_the_first_dozen_and_all_on_request(
    tmp_path: Path, mailer: Mailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = office.opened(tmp_path / "altra", 15)
    monkeypatch.chdir(tmp_path / "altra")
    made.sent()
    made.now += DAY
    for number in range(1, 15):
        made.bounced(number, Cause.DEAD if number < 10 else Cause.FULL)
    made.ledger.close()
    first, whole = mailer("status").out, mailer("status", "--all").out
    assert first.count("protocollo@borgo") == 12
    assert "and 2 more; all: --all" in first
    assert whole.count("protocollo@borgo") == 14
    assert "     9  the address does not exist" in whole
    assert "     5  the mailbox is full" in whole
    listed = json.loads(mailer("status", "--state", "bounced", "--json").out)["letters"]
    assert {(one["cause"], one["words"]) for one in listed} == {
        ("dead", "5.1.1 - indirizzo non valido"),
        ("full", "5.2.2 - casella piena"),
    }


def test_the_story_of_a_letter_goes_over_its_rounds(
    desk: Office, server: SmtpServer, online: Mailer
) -> None:
    assert online(*GO).code == 0
    assert server.record
    told = online("log", "Borgo 1").out
    assert told.index("protocollo@borgo1.example") < told.index("Round 2, sent again:")
    assert told.index("Round 2, sent again:") < told.index("nuovo@borgo1.example")
    assert told.endswith("Now: sent: our server took it\n")
    record = json.loads(online("log", "Borgo 1", "--json").out)
    assert (record["address"], record["state"]) == ("nuovo@borgo1.example", "sent")
    assert [one["state"] for one in record["rounds"]] == ["bounced", "sent"]
    assert desk.standing(1).round_number == 2
