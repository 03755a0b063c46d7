"""``mailer init``: from an empty folder to a dry run that works."""

import json
from pathlib import Path

import pytest

from tests.cli.desk import Mailer


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ["lettere", "le mie lettere/2017"])
def test_a_new_campaign_can_be_tried_as_it_is(mailer: Mailer, tmp_path: Path, name: str) -> None:
    made = mailer("init", name)
    assert (made.code, made.out) == (0, "")
    lines = made.err.splitlines()
    folder = Path(name)
    assert lines[0] == f"A new campaign is in {folder}. It is a copy of the example: make it yours."
    for line in lines[1:-1]:
        assert (tmp_path / line.strip().split(": ")[0]).exists()
    typed = f"'{folder}'" if " " in name else str(folder)
    assert lines[-1] == f"Next: mailer --campaign {typed} send --dry-run"

    tried = mailer("--campaign", name, "send", "--dry-run", "--json", "--limit", "2", "--jobs", "1")
    assert tried.code == 0
    assert json.loads(tried.out)["messages"] == 2


def test_an_empty_folder_that_is_there_is_used(mailer: Mailer, tmp_path: Path) -> None:
    (tmp_path / "vuota").mkdir()
    assert mailer("init", "vuota").code == 0
    assert mailer("--campaign", "vuota", "comuni", "--search", "vicenza").code == 0


def test_a_folder_in_use_is_left_alone(mailer: Mailer, tmp_path: Path) -> None:
    (tmp_path / "campaign.toml").write_text("anni di lavoro", encoding="utf-8")
    answer = mailer("init", ".")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == (
        ".: there is something in this folder already: campaign.toml. Choose a new or empty one.\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["campaign.toml"]
