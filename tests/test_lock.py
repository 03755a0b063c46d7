"""The locks pin what pyproject.toml asks for, and name no place to fetch it from."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def runtime() -> list[str]:
    return list(project()["project"]["dependencies"])


def development() -> list[str]:
    groups = project()["dependency-groups"]
    return [*runtime(), *groups["test"], *groups["check"], *groups["build"]]


def text(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("lock", "asked"),
    [("requirements.lock", runtime()), ("requirements-dev.lock", development())],
)
def test_the_lock_pins_what_is_asked_for(lock: str, asked: list[str]) -> None:
    pinned: dict[str, list[str]] = {}
    for name, version in PINNED.findall(text(lock)):
        pinned.setdefault(name, []).append(version)
    for requirement in map(Requirement, asked):
        versions = pinned.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement} is not in {lock}: make lock"
        assert all(requirement.specifier.contains(v) for v in versions), f"{lock}: make lock"


def test_what_runs_is_what_was_tested() -> None:
    assert set(PINNED.findall(text("requirements.lock"))) <= set(
        PINNED.findall(text("requirements-dev.lock"))
    )


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_names_no_place(lock: str) -> None:
    lines = [line for line in text(lock).splitlines() if not line.startswith("#")]
    assert not [line for line in lines if "://" in line or line.startswith(("-", "."))]
    assert all("==" in line or line.startswith("    --hash=sha256:") for line in lines)
