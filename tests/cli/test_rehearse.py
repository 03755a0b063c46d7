"""``mailer rehearse``: what it says, what it leaves, and that it leaves the user's things alone."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from coalizione_mailer import exercise
from coalizione_mailer.exercise import Fault, Score, Wrong
from tests.cli.desk import ROOT, Mailer
from tests.support.patience import PATIENCE, until

QUICK = ("rehearse", "--recipients", "4", "--jobs", "1")


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for what is temporary."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def left(scratch: Path) -> list[str]:
    return [path.name for path in scratch.glob("mailer-prova-*")]


def test_it_plays_a_campaign_and_leaves_nothing(
    campaign: Path, scratch: Path, online: Mailer
) -> None:
    before = tree(campaign)
    answer = online(*QUICK, "--json", "--seed", "5")
    assert answer.code == 0
    score = json.loads(answer.out)
    assert (score["seed"], score["recipients"]) == (5, 4)
    assert (score["lost"], score["doubled"], score["misjudged"]) == (0, 0, 0)
    assert score["faults"] == []
    assert score["in_doubt"] == score["settled_by_receipts"] + score["settled_by_word"]
    ended = ("delivered", "silent", "bounced", "refused")
    assert sum(score[name] for name in ended) == 4
    assert score["messages"]["receipts"] >= score["delivered"]
    assert score["answers"].keys() == {"by_itself", "by_person", "wrong"}
    assert score["answers"]["wrong"] == 0
    assert tree(campaign) == before
    assert left(scratch) == []


def test_what_is_kept_is_a_campaign_to_look_at(
    tmp_path: Path, scratch: Path, online: Mailer
) -> None:
    kept = tmp_path / "prova"
    answer = online(*QUICK, "--keep", str(kept))
    assert answer.code == 0
    assert "4  Comuni, each with its own letter" in answer.out
    assert "0  sent twice unknowingly" in answer.out
    assert "0  wrong rows in the list of participants" in answer.out
    assert f"To look at it: mailer --campaign {kept / 'campagna'} status" in answer.err
    assert "nothing lost, nothing twice" in answer.err
    status = online("--campaign", str(kept / "campagna"), "status", "--json")
    assert json.loads(status.out)["total"] == 4
    assert left(scratch) == []

    again = online(*QUICK, "--keep", str(kept))
    assert again.code == 1
    assert str(kept) in again.err
    assert "campagna" in again.err
    assert again.out == ""


def test_a_record_that_is_wrong_is_shown_and_fails(
    online: Mailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Fault(Wrong.MISJUDGED, "Borgo (VI)", "c@borgo.example", "bounced", "delivered")
    counts = dict.fromkeys(
        (name for name in Score.__dataclass_fields__ if name not in {"letters", "faults"}), 0
    )
    figure = Fault(Wrong.MISJUDGED, "", "people", "12", "13")
    played = Score(letters=1, faults=(wrong, figure), **counts)
    monkeypatch.setattr(exercise, "play", lambda *_arguments: played)
    answer = online(*QUICK)
    assert answer.code == 1
    assert "2  misjudged" in answer.out
    assert "Report, people: it says 12, the truth is: 13" in answer.err
    said = "Borgo (VI) <c@borgo.example>: the record says bounced, the truth is: delivered"
    assert said in answer.err
    assert online(*QUICK, "--json").code == 1


def test_ctrl_c_ends_it_and_leaves_nothing(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "coalizione_mailer.cli.main", "rehearse", "--recipients", "300"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), "MAILER_LANG": "en"},  # noqa: TID251  inherited
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    until(lambda: bool(list(tmp_path.glob("mailer-prova-*/campagna/posta/new"))))
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=PATIENCE)
    assert program.returncode == 130
    assert b"Interrupted." in err
    assert b"Traceback" not in err
    assert out == b""
    assert left(tmp_path) == []
