"""``docs/promises.md`` names proofs that are there."""

import re
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) > 15
    missing = [
        name
        for file, name in named
        if not re.search(
            rf"^\s*(?:async def|def|class) {name}\b",
            (ROOT / file).read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    ]
    assert missing == []


def test_every_command_that_is_named_is_there() -> None:
    named = set(re.findall(r"`python -m ([\w.]+)", PAGE))
    assert "benchmarks.killed" in named
    assert [name for name in named if find_spec(name) is None] == []


def test_every_promise_has_its_proof() -> None:
    rows = [line.split("|")[1:3] for line in PAGE.splitlines() if line.startswith("| ")]
    promises = [row for row in rows if row[0].strip() != "promise"]
    assert all(promise.strip() and "`" in proof for promise, proof in promises)
