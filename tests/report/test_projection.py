"""Where places lie on the sheet."""

import csv
from math import asin, cos, hypot, radians, sin, sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.report.map import borders
from coalizione_mailer.report.projection import SHEET, place

ROOT = Path(__file__).parents[2]

latitudes = st.floats(35.5, 47.0)
longitudes = st.floats(6.7, 18.5)


def distance(here: tuple[float, float], there: tuple[float, float]) -> float:
    """The way along the surface, in hectometres (haversine)."""
    (south, west), (north, east) = (tuple(map(radians, one)) for one in (here, there))
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * 63710 * asin(sqrt(half))


def test_every_comune_of_italy_is_on_the_sheet() -> None:
    with (ROOT / "data" / "comuni.csv").open(encoding="utf-8", newline="") as file:
        found = [
            place(float(r["latitudine"]), float(r["longitudine"])) for r in csv.DictReader(file)
        ]
    assert len(found) > 7_000
    assert all(0 < one.x < SHEET.x and 0 < one.y < SHEET.y for one in found)


@given(latitudes, longitudes, st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
def test_distances_are_true_to_one_part_in_a_hundred(
    latitude: float, longitude: float, north: float, east: float
) -> None:
    here, there = (latitude, longitude), (latitude + north, longitude + east)
    a, b = place(*here), place(*there)
    true = distance(here, there)
    # Places are whole hectometres: one at each end.
    assert hypot(a.x - b.x, a.y - b.y) == pytest.approx(true, rel=0.01, abs=2)


def test_north_is_up_and_east_is_right() -> None:
    rome, milan, bari = place(41.9, 12.5), place(45.46, 9.19), place(41.12, 16.87)
    assert milan.y < rome.y
    assert milan.x < rome.x < bari.x


def test_the_borders_are_those_of_twenty_regions() -> None:
    found = borders()
    assert len({region.name for region in found.regions}) == 20
    assert all(
        region.path.startswith("M") and region.path.endswith("z") for region in found.regions
    )
    assert "ISTAT" in found.source
