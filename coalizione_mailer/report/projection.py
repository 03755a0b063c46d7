"""Where a place of Italy lies on the map: Lambert's conformal conic projection, in hectometres.

Snyder, Map Projections: A Working Manual (USGS 1395), section 15, on the sphere: at the size of a
page nobody sees the difference from the ellipsoid.
"""

from dataclasses import dataclass
from math import cos, log, pi, radians, sin, tan

_RADIUS = 63710.0  # hectometres
# Two parallels on which nothing is stretched, a sixth of the country away from its ends.
_SOUTH, _NORTH = radians(37.5), radians(45.5)
_MERIDIAN = radians(12.3)


def _height(latitude: float) -> float:
    return tan(pi / 4 + latitude / 2)


_CONE = log(cos(_SOUTH) / cos(_NORTH)) / log(_height(_NORTH) / _height(_SOUTH))
_SCALE = _RADIUS * cos(_SOUTH) * _height(_SOUTH) ** _CONE / _CONE

# The corner of the sheet: west of Bardonecchia and north of the Vetta d'Italia.
_LEFT, _TOP = -4650.0, _SCALE / _height(radians(47.3)) ** _CONE


@dataclass(frozen=True, slots=True)
class Place:
    """A point of the sheet in hectometres: ``x`` to the right, ``y`` down, as SVG has it."""

    x: int
    y: int


SHEET = Place(10150, 13250)
"""The lower right corner of the sheet; the upper left one is 0, 0."""


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Return x and y on the sheet in hectometres, of a place in degrees (WGS 84)."""
    distance = _SCALE / _height(radians(latitude)) ** _CONE
    angle = _CONE * (radians(longitude) - _MERIDIAN)
    return distance * sin(angle) - _LEFT, distance * cos(angle) - _TOP


def place(latitude: float, longitude: float) -> Place:
    """Return the point of the sheet nearest to a place in degrees (WGS 84)."""
    x, y = project(latitude, longitude)
    return Place(round(x), round(y))
