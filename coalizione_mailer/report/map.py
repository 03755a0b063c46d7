"""The map: the regions' borders, and a sign for every Comune, or for many near each other."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path

from coalizione_mailer.lifecycle import FAILED, State
from coalizione_mailer.report.figures import Town
from coalizione_mailer.report.projection import SHEET, Place

# The signs that must be seen lie above the others.
ORDER = (
    State.DELIVERED,
    State.ACCEPTED,
    State.SENT,
    State.SENDING,
    State.QUEUED,
    State.REFUSED,
    State.BOUNCED,
    State.IN_DOUBT,
)
MOST_SIGNS = 8_000
"""More Comuni than this are gathered: Italy has fewer, but not everybody writes to Comuni."""
_CELL = 160  # hectometres
# What the eye looks for among two thousand.
_SOUGHT = FAILED | {State.IN_DOUBT}
_LARGER = 1.5


@dataclass(frozen=True, slots=True)
class Region:
    """One region: its name and its border, as an SVG path on the sheet."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Borders:
    """The regions of Italy and where their borders come from."""

    source: str
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: ``count`` Comuni in a state; ``code`` and ``name`` where it is one alone.

    ``size`` is how much larger it is than the smallest.
    """

    place: Place
    state: State
    count: int
    code: str = ""
    name: str = ""
    size: float = 1.0


@cache
def borders() -> Borders:
    """Read the borders that come with the program (``scripts/build_borders.py`` made them)."""
    content = json.loads(Path(__file__).with_name("borders.json").read_text(encoding="utf-8"))
    return Borders(content["source"], tuple(Region(**region) for region in content["regions"]))


def signs(towns: Sequence[Town]) -> list[Sign]:
    """Return the signs in the order they are drawn; Comuni whose place is unknown have none."""
    placed = [town for town in towns if town.place is not None and _on_sheet(town.place)]
    found = _gathered(placed) if len(placed) > MOST_SIGNS else _single(placed, _room(len(placed)))
    return sorted(found, key=lambda sign: (ORDER.index(sign.state), sign.code))


def _room(count: int) -> float:
    """Say how large so many signs may be before they hide each other."""
    return next(
        (size for most, size in ((150, 2.0), (600, 1.5), (1500, 1.2)) if count <= most), 1.0
    )


def _single(towns: Iterable[Town], size: float) -> Iterable[Sign]:
    for town in towns:
        assert town.place is not None
        standing = town.standing
        own = size * _LARGER if standing.state in _SOUGHT else size
        yield Sign(town.place, standing.state, 1, standing.codice_catastale, town.name, own)


def _gathered(towns: Iterable[Town]) -> Iterable[Sign]:
    """Put those of one state and one square of the sheet together, at their middle."""
    cells: dict[tuple[State, int, int], list[Place]] = {}
    for town in towns:
        assert town.place is not None
        key = (town.standing.state, town.place.x // _CELL, town.place.y // _CELL)
        cells.setdefault(key, []).append(town.place)
    for (state, _column, _row), places in cells.items():
        x = sum(one.x for one in places) // len(places)
        y = sum(one.y for one in places) // len(places)
        # Its area grows with the count.
        yield Sign(Place(x, y), state, len(places), size=round(min(sqrt(len(places)), 6.0), 2))


def _on_sheet(place: Place) -> bool:
    return 0 <= place.x <= SHEET.x and 0 <= place.y <= SHEET.y
