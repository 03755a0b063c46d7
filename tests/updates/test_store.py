"""Writing is all or nothing: killed, refused or out of room, every file is old or new, whole."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from coalizione_mailer.campaign import Campaign, load
from coalizione_mailer.errors import Code, ProblemsError
from coalizione_mailer.plan import plan
from coalizione_mailer.registry.official.values import Kind
from coalizione_mailer.updates import Update, Written, apply, plan_addresses
from coalizione_mailer.updates.sources import FILE, read_records, sha256
from coalizione_mailer.updates.store import PREVIOUS
from tests.support.patience import PATIENCE
from tests.updates.desk import NOON, again, everybody, index, later, source

ROOT = Path(__file__).parents[2]
BOOK = Path("data", "indirizzi.csv")
NOW = "protocollo@pec.thiene.example"

# Killed, as by kill -9 or a lost current, just before the file of this number is replaced.
KILLED = """
import os, signal, sys
from pathlib import Path
from coalizione_mailer.campaign import load
from coalizione_mailer.updates import apply, plan_addresses
from tests.updates.desk import everybody, index, later

left = int(sys.argv[2])
replace = Path.replace

def deadly(self, target):
    global left
    if left == 0:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    left -= 1
    return replace(self, target)

Path.replace = deadly
root = Path(sys.argv[1])
given = index(everybody(L157="protocollo@pec.thiene.example"))
apply(root, plan_addresses(load(root), given), later(1))
"""
# As when the disk is full: no file may grow beyond so many bytes.
FULL = """
import resource, sys
from pathlib import Path
from coalizione_mailer.cli.main import run
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, most))
code = run(["address", "set", "Thiene", "a@pec.thiene.example", "--why", "prova", "--yes"])
# What measures coverage has a file of its own to write.
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
sys.exit(code)
"""


def started(script: str, *arguments: str, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MAILER_LANG": "en"},  # noqa: TID251  inherited
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def contents(root: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def two(*names: str) -> Update:
    """Make an update that writes files."""
    files = tuple(Written(Path("data", name), name.encode()) for name in names)
    return Update(Kind.ISTAT, (source(Kind.ISTAT),), (), files, {})


def test_every_file_is_recorded_with_its_hash_and_its_copies(campaign: Campaign) -> None:
    before = (campaign.root / "data" / "comuni.csv").read_bytes()
    (record,) = apply(campaign.root, two("comuni.csv"), NOON)
    assert read_records(campaign.root) == (record,)
    assert (record.file_scritto, record.sha256_scritto) == (
        "data/comuni.csv",
        sha256(b"comuni.csv"),
    )
    assert (campaign.root / record.copia).read_bytes() == b"comuni.csv"
    assert (campaign.root / record.precedente).read_bytes() == before
    assert record.precedente.startswith("data/precedenti/20260915T100000.000Z-")


def test_what_a_copy_has_already_is_not_copied_again(campaign: Campaign) -> None:
    first = apply(campaign.root, two("comuni.csv"), NOON)[0]
    (campaign.root / "data" / "altro.csv").write_bytes(b"")
    second = apply(campaign.root, two("comuni.csv"), later(1))[0]
    assert second.precedente == first.copia
    assert len(list((campaign.root / PREVIOUS).iterdir())) == 3


@pytest.mark.parametrize("step", range(5))
def test_killed_anywhere_every_file_is_whole_and_a_second_run_repairs(
    campaign: Campaign, step: int
) -> None:
    apply(campaign.root, plan_addresses(campaign, index(everybody())), NOON)
    before = contents(campaign.root)
    done = started(KILLED, str(campaign.root), str(step))
    assert done.returncode != 0
    assert "Traceback" not in done.stderr

    after = contents(campaign.root)
    assert {name for name in before if after[name] != before[name]} <= {
        FILE.as_posix(),
        BOOK.as_posix(),
    }
    assert plan(load(campaign.root)).missing == ()
    update = plan_addresses(load(campaign.root), index(everybody(L157=NOW)))
    assert update.dangers == ()
    assert not update.counts.get("row-edited")  # type: ignore[call-overload]
    if update.writes:
        apply(campaign.root, update, later(2))
        assert list(campaign.root.rglob(".importing-*")) == []
    addresses = {r.address.address for r in plan(load(campaign.root)).recipients}
    assert NOW in addresses


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_a_full_disk_is_told_and_changes_nothing(campaign: Campaign) -> None:
    before = contents(campaign.root / "data")
    done = started(FULL, cwd=campaign.root)
    assert done.returncode == 1
    assert "data/correzioni.csv" in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(campaign.root / "data") == before


def test_a_folder_that_cannot_be_written_is_told_and_nothing_changes(campaign: Campaign) -> None:
    (campaign.root / PREVIOUS).write_bytes(b"a file where a folder should be")
    before = contents(campaign.root)
    with pytest.raises(ProblemsError) as raised:
        apply(campaign.root, two("comuni.csv", "variazioni.csv"), NOON)
    assert [problem.code for problem in raised.value.problems] == [Code.FILE_UNWRITABLE]
    assert contents(campaign.root) == before


def test_a_file_open_in_excel_is_told_as_such(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows alone refuses so; its refusal is what is made up here."""
    replace = Path.replace

    def refused(self: Path, target: Path) -> Path:
        if target.name == "comuni.csv":
            raise PermissionError(13, "Access is denied")
        return replace(self, target)

    before = (campaign.root / "data" / "comuni.csv").read_bytes()
    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(ProblemsError) as raised:
        apply(campaign.root, two("comuni.csv"), NOON)
    (problem,) = raised.value.problems
    assert problem.code is Code.FILE_BUSY
    assert (campaign.root / "data" / "comuni.csv").read_bytes() == before
    assert list(campaign.root.rglob(".importing-*")) == []


def test_a_new_file_may_be_read_by_whoever_may_read_the_folder(campaign: Campaign) -> None:
    apply(campaign.root, two("nuovo.csv"), NOON)
    mode = (campaign.root / "data" / "nuovo.csv").stat().st_mode
    assert mode & 0o777 == (campaign.root / "data").stat().st_mode & 0o666
    assert again(campaign).configuration == campaign.configuration


def test_a_register_elsewhere_is_recorded_too(campaign: Campaign) -> None:
    (campaign.root / "comuni.csv").write_bytes(b"prima")
    update = replace(two(), files=(Written(Path("comuni.csv"), b"dopo"),))
    (record,) = apply(campaign.root, update, NOON)
    assert record.file_scritto == "comuni.csv"
    assert (campaign.root / record.precedente).read_bytes() == b"prima"
