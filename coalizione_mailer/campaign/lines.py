"""Where a key stands in a TOML text: tomllib gives values without their lines."""

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-\s\"']+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+|\"[^\"]+\"|'[^']+')\s*=")


def line_of(text: str, path: tuple[str | int, ...]) -> int | None:
    """Return the line (from 1) of a key, of the nearest table that holds it, or None.

    ``path`` is the way to the value: table names, indexes of arrays of tables, then the key.
    Keys of an inline table are found on the line of the table.
    """
    best: tuple[int, int] | None = None
    for number, where in _places(text):
        depth = _shared(where, path)
        if depth == len(where) and (best is None or depth > best[0]):
            best = (depth, number)
    return best[1] if best else None


def _places(text: str) -> list[tuple[int, tuple[str | int, ...]]]:
    """List every header and key with its line and its whole path."""
    places: list[tuple[int, tuple[str | int, ...]]] = []
    table: tuple[str | int, ...] = ()
    seen: dict[tuple[str | int, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = tuple(part.strip(" \"'") for part in header[2].split("."))
            if header[1] == "[[":
                seen[table] = seen.get(table, -1) + 1
                table = (*table, seen[table])
            places.append((number, table))
        elif key := _KEY.match(line):
            places.append((number, (*table, key[1].strip("\"'"))))
    return places


def _shared(where: tuple[str | int, ...], path: tuple[str | int, ...]) -> int:
    """Count the leading steps two paths have in common."""
    count = 0
    for mine, theirs in zip(where, path, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
