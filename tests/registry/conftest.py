"""The register that ships, read once, and files written for one test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coalizione_mailer.registry import Register, read_register

ROOT = Path(__file__).parents[2]

Write = Callable[[str | bytes], Path]


@pytest.fixture(scope="session")
def shipped() -> Register:
    return read_register(ROOT / "data" / "comuni.csv", "popolazione_legale_2011")


@pytest.fixture(scope="session")
def shipped_2023() -> Register:
    return read_register(ROOT / "data" / "comuni.csv", "popolazione_2023")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file as given: text in UTF-8 with its own line ends, bytes as they are."""

    def written(content: str | bytes) -> Path:
        path = tmp_path / "table.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written
