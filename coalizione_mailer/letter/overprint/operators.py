"""The operators of a page's content (ISO 32000-2, annex A), as far as text is set with them.

WeasyPrint writes one operator a line; each text is a matrix (``Tm``), a font (``Tf``) and a
string of glyphs (``TJ``).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Operators = Sequence[bytes]

_MATRIX = re.compile(rb"1 0 0 -1 (\S+) (\S+) Tm")
_STRINGS = re.compile(rb"<([0-9a-f]+)>")
# What may stand around a line's text without being drawn itself.
_SILENT = frozenset({b"BT", b"ET", b"Tf", b"gs", b"q", b"Q", b"cm", b"BDC", b"EMC", b"BMC", b"rg"})


@dataclass(frozen=True, slots=True)
class Run:
    """A string of glyphs in one font: ``index`` is where its ``TJ`` stands, ``x`` as written."""

    index: int
    x: bytes
    y: bytes
    font: bytes
    colour: bytes
    glyphs: bytes


@dataclass(frozen=True, slots=True)
class Drawing:
    """Anything else that leaves a mark on the page."""

    index: int


def marks(operators: Iterable[bytes]) -> Iterator[Run | Drawing]:
    """Return what a page shows, in its order; text that is turned or stretched is a Drawing."""
    x = y = font = colour = b""
    for index, operator in enumerate(operators):
        name = operator[operator.rfind(b" ") + 1 :]
        if name == b"Tm":
            match = _MATRIX.fullmatch(operator)
            x, y = match.groups() if match else (b"", b"")
        elif name == b"Tf":
            font = operator
        elif name == b"rg":
            colour = operator
        elif name == b"TJ" and x:
            yield Run(index, x, y, font, colour, operator)
            # A second string at the same place goes on where the first ended.
            x = y = b""
        elif name not in _SILENT and not operator.startswith((b"/", b"<<")):
            yield Drawing(index)


def glyphs(operator: bytes) -> set[int]:
    """Return the glyphs of a ``TJ``, as numbers in their font."""
    return {
        int(string[place : place + 4], 16)
        for string in _STRINGS.findall(operator)
        for place in range(0, len(string), 4)
    }


def moved(run: Run, x: bytes) -> bytes:
    """Return the matrix of a run that begins elsewhere on its line."""
    return b"1 0 0 -1 " + x + b" " + run.y + b" Tm"
