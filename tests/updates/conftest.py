"""A campaign of a dozen Comuni in a folder of its own."""

import shutil
from pathlib import Path

import pytest

from coalizione_mailer.campaign import Campaign, load
from tests.cli.desk import BOOK, REGISTER, ROOT


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "comuni.csv").write_text(REGISTER, encoding="utf-8")
    (tmp_path / "data" / "indirizzi-esempio.csv").write_text(BOOK, encoding="utf-8")
    shutil.copyfile(ROOT / "campaign.toml", tmp_path / "campaign.toml")
    return load(tmp_path)
