"""One sender per campaign, whatever becomes of it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from coalizione_mailer.errors import CampaignLockedError
from coalizione_mailer.ledger.lock import sole_sender
from tests.support.patience import PATIENCE

CHECKOUT = Path(__file__).parents[2]
SINCE = datetime.fromisoformat("2017-09-18 09:30:15")

_HOLDER = """
import sys
from datetime import datetime
from pathlib import Path
from coalizione_mailer.ledger.lock import sole_sender

with sole_sender(Path(sys.argv[1]), since=datetime.fromisoformat("2017-09-18 09:30:15")):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def held_elsewhere(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds the lock until it is told to end, or killed."""
    command = [sys.executable, "-c", _HOLDER, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_sender_is_told_who_sends_and_since_when(tmp_path: Path) -> None:
    with held_elsewhere(tmp_path) as process:
        with pytest.raises(CampaignLockedError) as caught, sole_sender(tmp_path, since=SINCE):
            pass
        assert f"(pid {process.pid})" in caught.value.owner
        assert caught.value.since == "2017-09-18 09:30:15"
        process.communicate("end\n", timeout=PATIENCE)
        with sole_sender(tmp_path, since=SINCE):
            pass


def test_a_killed_sender_holds_nothing(tmp_path: Path) -> None:
    with held_elsewhere(tmp_path) as process:
        process.kill()
        process.wait(timeout=PATIENCE)
        with sole_sender(tmp_path, since=SINCE):
            with pytest.raises(CampaignLockedError) as caught, sole_sender(tmp_path, since=SINCE):
                pass
            assert f"(pid {os.getpid()})" in caught.value.owner


def test_the_lock_is_let_go_of_after_an_error_too(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(KeyError), sole_sender(tmp_path / "archive", since=SINCE):
            raise KeyError
    assert not (tmp_path / "archive" / "send.owner.json").exists()


@pytest.mark.parametrize("content", [None, "", "{}", "[1]", '{"owner": "a"}'])
def test_a_sender_that_cannot_be_named_is_a_sender_all_the_same(
    content: str | None, tmp_path: Path
) -> None:
    with sole_sender(tmp_path, since=SINCE):
        if content is None:
            (tmp_path / "send.owner.json").unlink()
        else:
            (tmp_path / "send.owner.json").write_text(content, encoding="utf-8")
        with pytest.raises(CampaignLockedError) as caught, sole_sender(tmp_path, since=SINCE):
            pass
        assert (caught.value.owner, caught.value.since) == ("?", "?")


def test_a_user_without_a_name_may_send(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", nobody)
    with sole_sender(tmp_path, since=SINCE):
        with pytest.raises(CampaignLockedError) as caught, sole_sender(tmp_path, since=SINCE):
            pass
        assert caught.value.owner.startswith("?@")
