"""``docs/architecture.md`` draws what the code does."""

import re
import tomllib
from pathlib import Path

from coalizione_mailer.ledger.schema import metadata
from coalizione_mailer.lifecycle import TRANSITIONS, Event, State

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def block(start: str) -> list[str]:
    """Return the lines of the code block that begins so."""
    return PAGE.split(start, 1)[1].split("```", 1)[0].strip().splitlines()


def table(heading: str) -> list[str]:
    """Return the first cells of the table with this heading."""
    lines = PAGE.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0].splitlines()
    return [name for line in lines for name in re.findall(r"`([^`]+)`", line.split("|")[1:2][0])
            if line.startswith("| `")]  # fmt: skip


def test_the_diagram_is_the_table_of_transitions() -> None:
    drawn = {}
    first, *edges = (line.strip() for line in block("stateDiagram-v2"))
    assert first == "[*] --> queued"
    for edge in edges:
        match = re.fullmatch(r"(\w+) --> (\w+): ([\w-]+)", edge)
        assert match, edge
        before, after, event = match.groups()
        assert (State(before), Event(event)) not in drawn
        drawn[State(before), Event(event)] = State(after)
    assert drawn == TRANSITIONS


def test_every_event_is_explained() -> None:
    assert sorted(table("event")) == sorted(Event)


def test_every_table_of_the_ledger_is_explained() -> None:
    assert sorted(table("table")) == sorted(metadata.tables)


def test_the_layers_are_those_that_are_held() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    assert block("```text") == layers
