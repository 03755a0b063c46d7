"""Worker processes end with whoever started them, and leave nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE, until

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are read from /proc")

ENDLESS = """
import itertools, os, pathlib, sys
from datetime import date
from coalizione_mailer.letter.pdf import PdfSettings, render_pdfs

def letters():
    for number in itertools.count():
        yield f'<html lang="it"><title>x</title><p>{number}</p></html>'

if __name__ == "__main__":
    here = pathlib.Path(sys.argv[1])
    for count, pdf in enumerate(render_pdfs(letters(), PdfSettings(here, here, "pdf/a-2a",
                                date(2017, 9, 18)), jobs=2)):
        if count == 20:
            print("going", flush=True)
"""


@pytest.fixture
def sender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> subprocess.Popen[str]:
    """Start a program that never stops setting letters, with a temporary folder of its own."""
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    process = subprocess.Popen(
        [sys.executable, script, tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "going\n"
    return process


def in_session(leader: int) -> list[int]:
    """Return the living processes of a session, zombies apart."""
    alive = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended while we looked
        if int(fields[3]) == leader and fields[0] != "Z":
            alive.append(int(stat.parent.name))
    return alive


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_parent(
    sender: subprocess.Popen[str], tmp_path: Path, how: signal.Signals
) -> None:
    assert len(in_session(sender.pid)) >= 3
    if how is signal.SIGINT:
        os.killpg(sender.pid, how)  # as a terminal does: to the workers too
    else:
        os.kill(sender.pid, how)
    sender.communicate(timeout=PATIENCE)
    until(lambda: not in_session(sender.pid))
    assert [path.name for path in (tmp_path / "scratch").iterdir()] == []
