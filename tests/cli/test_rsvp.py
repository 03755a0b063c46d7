"""``mailer rsvp``: the register as the secretary keeps it."""

import json
import os
import select
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from coalizione_mailer.cli import language, rsvp_review
from coalizione_mailer.cli.rsvp_review import Key
from tests.cli.desk import ROOT, Answer, Mailer
from tests.support import replied
from tests.support.patience import PATIENCE, until

COMES = "Buongiorno,\nparteciperà il Sindaco Mario Rossi.\nCordiali saluti\nLa segreteria"
STAYS_AWAY = "Buongiorno,\npurtroppo il Sindaco non potrà partecipare.\nCordiali saluti"
ASKS = "Buongiorno,\nforse parteciperemo, vi faremo sapere. C'è un parcheggio?\nSaluti"
THREE = "Saremo in tre.\nSaluti"
COLOURED = "\x1b[31mBuongiorno, grazie dell'invito\x1b[0m.\nSaluti"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six letters that arrived; one Comune comes, one does not, two are not sure."""
    made = replied.delivered(tmp_path / "campagna", 6)
    replied.answers(made, [(1, COMES), (2, STAYS_AWAY), (3, ASKS), (4, THREE)])
    monkeypatch.chdir(made)
    return made


@pytest.fixture
def desk(folder: Path, mailer: Mailer) -> Mailer:
    """The same, read."""
    assert mailer("receive", str(folder / "posta")).code == 0
    return mailer


def totals(desk: Mailer) -> dict[str, int]:
    figures: dict[str, int] = json.loads(desk("rsvp", "list", "--json").out)["totals"]
    return figures


def entries(desk: Mailer, *options: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(desk("rsvp", "list", *options, "--json").out)[
        "entries"
    ]
    return found


def test_what_is_received_is_entered_where_it_is_sure(folder: Path, mailer: Mailer) -> None:
    answer = mailer("receive", str(folder / "posta"))
    assert "2 answers were entered into the register." in answer.err
    assert "2 answers wait for you to look at them: mailer rsvp review" in answer.err
    assert totals(mailer) == {
        "yes": 1, "no": 1, "maybe": 0, "people": 1, "waiting": 2, "not_answered": 2,
    }  # fmt: skip


def test_an_entry_says_what_was_written_by_whom_and_where_it_is_kept(desk: Mailer) -> None:
    (entry,) = entries(desk, "--answer", "yes")
    assert entry["comune"] == "Borgo 1"
    assert entry["participants"] == [{"name": "Mario Rossi", "role": "sindaco"}]
    assert "parteciperà il Sindaco Mario Rossi" in str(entry["own_text"])
    assert "Parteciperete" not in str(entry["own_text"])
    assert (entry["source"], entry["changed_by"]) == ("message", "message")
    assert (entry["from"], entry["tied_by"]) == ("protocollo@borgo1.example", "reference")
    assert len(str(entry["evidence"])) == 64


def test_the_list_is_for_people_too(desk: Mailer) -> None:
    told = [" ".join(line.split()) for line in desk("rsvp", "list").out.splitlines()]
    assert told[1].startswith("Borgo 1 (VI) yes 1 person: Mario Rossi (sindaco)")
    assert "1 Comune comes" in told
    assert "2 Comuni have not answered" in told


@pytest.mark.parametrize(
    ("answer", "comuni"),
    [
        ("yes", ["Borgo 1"]),
        ("no", ["Borgo 2"]),
        ("maybe", []),
        ("waiting", ["Borgo 3", "Borgo 4"]),
        ("none", ["Borgo 5", "Borgo 6"]),
    ],
)
def test_each_answer_can_be_listed_alone(desk: Mailer, answer: str, comuni: list[str]) -> None:
    assert [entry["comune"] for entry in entries(desk, "--answer", answer)] == comuni


def test_the_csv_has_a_row_for_each_answer(desk: Mailer) -> None:
    rows = desk("rsvp", "list", "--csv").out.splitlines()
    assert rows[0].startswith("comune,provincia,regione,codice_istat,risposta,persone")
    assert rows[1].startswith("Borgo 1,VI,Veneto,000001,partecipa,1,Mario Rossi (sindaco)")
    assert len(rows) == 3


def test_an_answer_by_telephone_is_written_down_with_its_source(desk: Mailer) -> None:
    said = ("--yes", "--name", "Ada Li", "--role", "sindaca", "--name", "Ugo Neri", "--people", "3")
    answer = desk("rsvp", "set", "Borgo 5", *said, "--note", "ha chiamato la segretaria")
    assert answer.code == 0
    assert "3 people: Ada Li (sindaca); Ugo Neri" in answer.err
    (entry,) = (one for one in entries(desk) if one["comune"] == "Borgo 5")
    assert (entry["people"], entry["note"]) == (3, "ha chiamato la segretaria")
    assert (entry["source"], entry["evidence"]) == ("operator", None)
    assert totals(desk)["not_answered"] == 1


def test_what_is_on_record_already_is_not_written_again(desk: Mailer) -> None:
    desk("rsvp", "set", "Borgo 5", "--no")
    answer = desk("rsvp", "set", "Borgo 5", "--no")
    assert (answer.code, answer.err) == (
        9, "Nothing to change: this is the answer on record already.\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ((), "Say one of --yes, --no and --maybe."),
        (("--yes", "--no"), "Say one of --yes, --no and --maybe."),
        (("--no", "--name", "Ada Li"), "With --no nobody comes"),
        (("--yes", "--role", "sindaca"), "There are more roles than names"),
        (("--yes", "--name", "A B", "--name", "C D", "--people", "1"), "--people is less than"),
        (("--yes", "--name", " "), "--name is empty"),
    ],
)
def test_what_contradicts_itself_is_not_written(
    desk: Mailer, said: tuple[str, ...], told: str
) -> None:
    answer = desk("rsvp", "set", "Borgo 5", *said)
    assert answer.code == 2
    assert told in answer.err
    assert totals(desk)["not_answered"] == 2


def test_a_comune_nobody_knows_is_said_to_be_unknown(desk: Mailer) -> None:
    answer = desk("rsvp", "set", "Borgolandia", "--yes")
    assert answer.code == 1
    assert "Borgo" in answer.err


def test_a_word_by_telephone_is_not_changed_by_a_message_that_comes_later(
    folder: Path, desk: Mailer
) -> None:
    desk("rsvp", "set", "Borgo 5", "--no")
    time.sleep(1.1)  # noqa: TID251  a Date has whole seconds
    box = replied.answers(folder, [(5, COMES)], into="dopo")
    written = next(box.iterdir())
    lines = written.read_bytes().split(b"\r\n")
    now = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    lines = [f"Date: {now}".encode() if one.startswith(b"Date:") else one for one in lines]
    written.write_bytes(b"\r\n".join(lines))
    desk("receive", str(box))
    assert [one["comune"] for one in entries(desk, "--answer", "no")] == ["Borgo 2", "Borgo 5"]
    (asked,) = (one for one in entries(desk, "--answer", "waiting") if one["comune"] == "Borgo 5")
    assert asked["why"] == ["alters"]


def test_all_that_a_comune_said_is_told_with_what_was_done(desk: Mailer) -> None:
    desk("rsvp", "set", "Borgo 2", "--yes", "--name", "Ada Li")
    told = desk("rsvp", "list", "Borgo 2").out
    assert "[replaced by a later answer]" in told
    assert "The message is kept: SHA-256 " in told
    assert "| purtroppo il Sindaco non potrà partecipare." in told
    assert "entered: yes" in told
    (first, second) = json.loads(desk("rsvp", "list", "Borgo 2", "--json").out)["entries"]
    assert (first["status"], second["status"]) == ("replaced", "standing")
    assert second["changes"][0]["what"] == "set"


def test_without_a_terminal_the_review_lists_and_never_waits(folder: Path, desk: Mailer) -> None:
    answer = desk("rsvp", "review")
    assert answer.code == 0
    assert "2 answers wait for you." in answer.err
    assert "  | Saremo in tre." in answer.out
    assert "  - it does not say who comes" in answer.out
    waiting = json.loads(desk("rsvp", "review", "--json").out)
    assert [one["comune"] for one in waiting] == ["Borgo 3", "Borgo 4"]
    assert folder.exists()


def test_what_others_wrote_cannot_move_the_screen(folder: Path, desk: Mailer) -> None:
    desk("receive", str(replied.answers(folder, [(6, COLOURED)], into="dopo")))
    for arguments in (("rsvp", "review"), ("rsvp", "list", "Borgo 6"), ("rsvp", "list")):
        assert "\x1b" not in desk(*arguments).out


def test_every_key_of_the_review_is_its_own_in_both_languages(italian: None) -> None:  # noqa: ARG001
    for catalogue in (language.translations("en"), language.translations("it")):
        letters = [catalogue.gettext(text)[1] for text in _KEYS]
        assert len(set(letters)) == len(Key)


_KEYS = tuple(rsvp_review.keys().values())


def sheet(path: Path, name: str) -> Sequence[Sequence[object]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()


def test_the_workbook_has_the_door_the_regions_and_the_doubtful(folder: Path, desk: Mailer) -> None:
    answer = desk("rsvp", "export", "adesioni.xlsx", "--badges", "badges.pdf")
    assert answer.code == 0
    assert "2 answers still wait for you" in answer.err
    assert [row[1:5] for row in sheet(folder / "adesioni.xlsx", "Ingresso")] == [
        ["Comune", "Prov.", "Nome e cognome", "Ruolo"],
        ["Borgo 1", "VI", "Mario Rossi", "sindaco"],
    ]
    assert [row[1] for row in sheet(folder / "adesioni.xlsx", "Per regione")[1:]] == [
        "Borgo 1", "Borgo 2",
    ]  # fmt: skip
    assert [row[0] for row in sheet(folder / "adesioni.xlsx", "Da decidere")[1:]] == [
        "Borgo 3", "Borgo 4",
    ]  # fmt: skip
    assert (folder / "badges.pdf").read_bytes().startswith(b"%PDF-")


def test_a_file_of_another_kind_is_refused(folder: Path, desk: Mailer) -> None:
    assert desk("rsvp", "export", "adesioni.pdf").code == 2
    assert desk("rsvp", "export", "--badges", "badges.xlsx").code == 2
    assert not (folder / "adesioni.pdf").exists()


def test_before_anything_was_sent_there_is_nothing_to_keep(campaign: Path, mailer: Mailer) -> None:
    for command in (("list",), ("review",), ("set", "Thiene", "--yes"), ("export", "a.xlsx")):
        assert mailer("rsvp", *command) == Answer(
            9, "", "Nothing has been sent yet, nor frozen for sending.\n"
        )
    assert not (campaign / "archive").exists()


if sys.platform != "win32":
    import pty
    import termios

posix = pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is POSIX's")


class Sitting:
    """``mailer rsvp review`` in a terminal of its own, driven by keys."""

    def __init__(self) -> None:
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            environment = {**os.environ, "PYTHONPATH": str(ROOT), "MAILER_LANG": "en"}  # noqa: TID251
            program = [sys.executable, "-m", "coalizione_mailer.cli.main", "rsvp", "review"]
            os.execve(sys.executable, program, environment)
        self.shown = ""

    def until(self, text: str) -> str:
        """Read the screen until something stands there."""
        while text not in self.shown:
            ready, _out, _err = select.select([self._terminal], [], [], PATIENCE)
            assert ready, (text, self.shown)
            self.shown += os.read(self._terminal, 65536).decode(errors="replace")
        before, _text, self.shown = self.shown.partition(text)
        return before

    def press(self, key: str) -> None:
        """Press a key, once the program listens for one."""
        until(lambda: not termios.tcgetattr(self._terminal)[3] & termios.ICANON)
        os.write(self._terminal, key.encode())

    def answer(self, line: str) -> None:
        """Type a line."""
        os.write(self._terminal, f"{line}\r".encode())

    def ends(self) -> int:
        """Wait for the end and return the exit code."""
        try:
            while os.read(self._terminal, 65536):
                pass
        except OSError:
            pass
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])


@posix
def test_one_key_decides_and_one_takes_it_back(desk: Mailer) -> None:
    sitting = Sitting()
    assert "[a]" in sitting.until("stop")
    sitting.press("x")
    assert "Saremo in tre." in sitting.until("stop")
    sitting.press("a")
    sitting.until("Borgo 4 (VI): yes, 3 people")
    assert sitting.ends() == 0
    assert [one["comune"] for one in entries(desk, "--answer", "waiting")] == []
    assert totals(desk)["people"] == 4


@posix
def test_what_was_decided_is_kept_when_it_is_interrupted(desk: Mailer) -> None:
    sitting = Sitting()
    sitting.until("stop")
    sitting.press("m")
    sitting.until("2 of 2")
    sitting.until("stop")
    sitting.press("\x03")
    sitting.until("What you decided is kept.")
    assert sitting.ends() == 130
    assert [one["comune"] for one in entries(desk, "--answer", "maybe")] == ["Borgo 3"]
    assert [one["comune"] for one in entries(desk, "--answer", "waiting")] == ["Borgo 4"]


@posix
def test_back_takes_the_last_decision_back(desk: Mailer) -> None:
    sitting = Sitting()
    sitting.until("stop")
    sitting.press("y")
    sitting.until("2 of 2")
    sitting.until("stop")
    sitting.press("b")
    sitting.until("Taken back.")
    sitting.until("stop")
    sitting.press("q")
    assert sitting.ends() == 0
    assert totals(desk)["waiting"] == 2


@posix
def test_an_answer_can_be_edited(desk: Mailer) -> None:
    sitting = Sitting()
    sitting.until("stop")
    sitting.press("s")
    sitting.until("2 of 2")
    sitting.until("stop")
    sitting.press("e")
    for question, typed in (
        ("Comune [", ""),
        ("Answer (", ""),
        ("  1:", "Ada Li, sindaca"),
        ("  2:", ""),
        ("How many people [", "3"),
        ("Note:", "per telefono"),
    ):
        sitting.until(question)
        sitting.answer(typed)
    sitting.until("3 people: Ada Li (sindaca)")
    assert sitting.ends() == 0
    (entry,) = (one for one in entries(desk) if one["comune"] == "Borgo 4")
    assert entry["participants"] == [{"name": "Ada Li", "role": "sindaca"}]
    assert (entry["people"], entry["note"], entry["source"]) == (3, "per telefono", "message")
