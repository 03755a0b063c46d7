"""``mailer import``: from the download to ``check``, as the secretary does it, full size."""

import csv
import json
import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from filelock import FileLock

from coalizione_mailer.campaign import load
from coalizione_mailer.cli import importing, main
from coalizione_mailer.ledger.lock import sole_sender
from coalizione_mailer.plan import plan
from tests.cli.desk import Answer, Mailer, change
from tests.support import official
from tests.support.official import (
    OfficialFiles,
    Place,
    changed_places,
    official_files,
    pec,
    places,
)
from tests.support.smtp_server import SmtpServer

__all__ = ["official_files"]

KNOWN = {place.catastale: pec(place) for place in places()}
# The one that was merged has no row of its own in IPA's file.
EXPECTED = {place.catastale: KNOWN.get(place.catastale) for place in changed_places()}
BAND = range(5_000, 150_001)


@pytest.fixture(scope="session")
def finished(official_files: OfficialFiles, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a campaign as the page for the secretary says, no step by hand; made once for all.

    IPA's and ISTAT's figures are of the days before Sardinia had new codes; the list is of after.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base  # noqa: TID251  xdist's
    root = shared / "campagna-importata"
    with FileLock(shared / "campagna-importata.lock"):
        if not (root / "finished").exists():
            _import_all(root, official_files)
            (root / "finished").touch()
    return root


def _import_all(root: Path, files: OfficialFiles) -> None:
    assert main.run(["init", str(root)]) == 0
    for words in (
        ["istat", files.situas],
        ["population", files.posas, "--use"],
        ["ipa", files.ipa_csv],
        ["mayors", files.mayors, files.commissioners],
    ):
        assert main.run(["--campaign", str(root), "import", *map(str, words), "--yes"]) == 0


def in_band(place: Place) -> bool:
    return place.residents in BAND


def reached(root: Path) -> dict[str, str]:
    """Return the address of everyone a campaign writes to, by cadastral code."""
    recipients = plan(load(root)).recipients
    return {one.comune.codice_catastale: one.address.address.lower() for one in recipients}


def test_every_comune_of_the_band_has_exactly_the_right_address(finished: Path) -> None:
    right = {p.catastale: EXPECTED[p.catastale] for p in changed_places() if in_band(p)}
    assert len(right) > 2_000
    assert reached(finished) == {code: address for code, address in right.items() if address}


def test_only_those_without_an_address_in_the_files_stand_in_the_way(
    finished: Path, mailer: Mailer
) -> None:
    answer = mailer("--campaign", str(finished), "check", "--offline", "--json")
    found = json.loads(answer.out)
    errors = [one for one in found["problems"] if one["severity"] == "error"]
    assert {one["code"] for one in errors} == {"address-missing"}
    without = {p.istat for p in changed_places() if in_band(p) and not EXPECTED[p.catastale]}
    assert {one["comune"] for one in errors} == without


def test_the_server_is_greeted_too(finished: Path, online: Mailer, tmp_path: Path) -> None:
    root = shutil.copytree(finished, tmp_path / "campagna")
    with SmtpServer().in_thread() as server:
        change(root, "port = 1025", f"port = {server.port}")
        answer = online("--campaign", str(root), "check", "--json")
        assert server.connections == 1
    codes = {one["code"] for one in json.loads(answer.out)["problems"]}
    assert not {code for code in codes if code.startswith("server-")}


def test_every_form_of_the_index_says_the_same(
    finished: Path, official_files: OfficialFiles, mailer: Mailer
) -> None:
    for file in (official_files.ipa_csv, official_files.ipa_xlsx, official_files.amministrazioni):
        answer = mailer("--campaign", str(finished), "import", "ipa", str(file), "--yes")
        assert answer.code == 9
        assert answer.err.splitlines()[-1].startswith("Nothing to change")


def test_the_sources_are_on_record(finished: Path, mailer: Mailer) -> None:
    rows = json.loads(mailer("--campaign", str(finished), "comuni", "--sources", "--json").out)
    states = {(row["tipo"], row["file_scritto"]): row["state"] for row in rows}
    assert states == {
        ("mayors", "data/sindaci.csv"): "as-imported",
        ("ipa", "data/indirizzi.csv"): "as-imported",
        ("ipa", "data/indirizzi-visti.csv"): "as-imported",
        ("population", "data/comuni.csv"): "as-imported",
        ("istat", "data/comuni.csv"): "superseded",
        ("shipped", "data/comuni.csv"): "superseded",
        # The changes that ship know Sardinia's codes already.
        ("shipped", "data/variazioni.csv"): "as-shipped",
    }
    shown = mailer("--campaign", str(finished), "comuni", "--sources").out
    assert "IPA enti enti.csv" in shown
    assert "rewritten since" in shown


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a campaign as shipped, and go into its folder."""
    root = tmp_path / "campagna"
    assert main.run(["init", str(root)]) == 0
    monkeypatch.chdir(root)
    return root


def contents(root: Path) -> dict[str, bytes]:
    return {
        p.relative_to(root).as_posix(): p.read_bytes()
        for p in root.rglob("*")
        if p.is_file() and "archive" not in p.parts
    }


def imported(mailer: Mailer, *words: object) -> Answer:
    return mailer("import", *map(str, words))


def test_nothing_is_written_before_somebody_said_so(
    fresh: Path, official_files: OfficialFiles, mailer: Mailer
) -> None:
    before = contents(fresh)
    refused = imported(mailer, "ipa", official_files.ipa_csv)
    assert refused.code == 2
    assert "Changed in campaign.toml: 1" in refused.out
    assert refused.err == (
        "Nothing was written: nobody confirmed. To write without being asked, add: --yes.\n"
    )
    assert contents(fresh) == before
    wrong = imported(mailer, "ipa", fresh / "campaign.toml")
    assert (wrong.code, wrong.out) == (1, "")
    assert "campaign.toml" in wrong.err
    shown = imported(mailer, "ipa", official_files.ipa_csv, "--dry-run")
    assert shown.code == 0
    assert "Changed in campaign.toml: 1" in shown.out
    assert shown.err.splitlines()[-1] == "Nothing was written."
    assert contents(fresh) == before


@pytest.mark.parametrize(("given", "code"), [("yes", 0), ("y", 0), ("", 130), ("no", 130)])
def test_only_a_clear_yes_writes(
    fresh: Path,
    official_files: OfficialFiles,
    mailer: Mailer,
    monkeypatch: pytest.MonkeyPatch,
    given: str,
    code: int,
) -> None:
    monkeypatch.setattr(importing, "interactive", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *_words, **_options: given)
    answer = imported(mailer, "mayors", official_files.mayors)
    assert answer.code == code
    assert (fresh / "data" / "sindaci.csv").exists() == (code == 0)


def test_the_dry_run_as_json_has_every_change(
    fresh: Path, official_files: OfficialFiles, mailer: Mailer
) -> None:
    before = contents(fresh)
    answer = imported(mailer, "istat", official_files.situas, "--dry-run", "--json")
    found = json.loads(answer.out)
    assert found["counts"]["comune-recoded"] == len(found["changes"]["comune-recoded"]) == 377
    assert [one["code"] for one in found["changes"]["comune-new"]] == ["M439"]
    assert {one["code"] for one in found["changes"]["comune-merged"]} == {"C056", "F838"}
    assert found["written"] is False
    assert contents(fresh) == before


def test_a_long_list_is_cut_unless_all_is_asked_for(
    fresh: Path,  # noqa: ARG001  for where it is
    official_files: OfficialFiles,
    mailer: Mailer,
) -> None:
    short = imported(mailer, "istat", official_files.situas, "--dry-run").out
    assert "  and 365 more: --all shows them" in short
    whole = imported(mailer, "istat", official_files.situas, "--dry-run", "--all").out
    assert "more: --all" not in whole
    assert len(whole.splitlines()) > 377


def test_half_a_file_is_refused_and_the_override_named(
    fresh: Path, mailer: Mailer, tmp_path: Path
) -> None:
    half = tmp_path / "enti.csv"
    all_ = places()
    official.write_ipa_csv(half, all_[: len(all_) // 2], others=10)
    before = contents(fresh)
    answer = imported(mailer, "ipa", half, "--yes")
    assert answer.code == 1
    assert "would lose their address" in answer.err
    assert answer.err.splitlines()[-1].endswith("--allow-losses.")
    assert contents(fresh) == before
    assert imported(mailer, "ipa", half, "--yes", "--allow-losses").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sindaci", "x.csv"), "sindaci cannot be imported. Choose one of: ipa, istat,"),
        (("ipa",), "Missing: FILE."),
        (("ipa", "a.csv", "b.csv", "--yes"), "Found 2 files, where one is expected;"),
        (("ipa", "a.csv", "--use", "--yes"), "--use: this option goes with population only."),
    ],
)
def test_what_cannot_be_meant_is_explained(
    fresh: Path,  # noqa: ARG001  for where it is
    mailer: Mailer,
    words: tuple[str, ...],
    said: str,
) -> None:
    answer = imported(mailer, *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(said)


def test_another_file_is_refused_for_what_it_is(fresh: Path, mailer: Mailer) -> None:
    page = fresh / "enti.csv"
    page.write_text("<html><body><h1>403 Forbidden</h1></body></html>", encoding="utf-8")
    before = contents(fresh)
    answer = imported(mailer, "ipa", page, "--yes")
    assert answer.code == 1
    assert len(answer.err.splitlines()) == 1
    assert "enti.csv" in answer.err
    assert contents(fresh) == before


def test_the_address_book_opens_in_excel(finished: Path) -> None:
    data = (finished / "data" / "indirizzi.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfcodice_istat;codice_catastale;denominazione;canale;")
    rows = list(csv.reader(data.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert {len(row) for row in rows} == {8}


def test_an_import_waits_for_no_sending_and_no_other_import(
    fresh: Path, official_files: OfficialFiles, mailer: Mailer
) -> None:
    before = contents(fresh)
    with sole_sender(fresh / "archive", since=datetime.now().astimezone()):
        answer = imported(mailer, "ipa", official_files.ipa_csv, "--yes")
    assert answer.code == 5
    assert answer.err.startswith("This campaign is being sent or changed already, by ")
    assert contents(fresh) == before
