"""Lines set by themselves: hundreds of them in one document, each as it will stand in its letter.

They are set one below the other in the elements of their letter, on a page as wide as the
letter's and long enough for all, with marks between them. What is not one run of glyphs between
two marks is not a line.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from coalizione_mailer.letter.overprint.operators import Drawing, Operators, Run, marks
from coalizione_mailer.letter.overprint.outline import HIDDEN, Surroundings

MARK_SHEET = f"""
[{HIDDEN}] {{ display: none !important }}
mailer-mark {{ display: block !important; clear: both !important; color: #010203 !important;
  font-size: 1px !important; line-height: 1px !important; white-space: nowrap !important;
  text-indent: 0 !important; letter-spacing: 0 !important }}
"""
"""The style of the marks: a colour that no letter has."""

_MARK_COLOUR = b"0.003922 0.007843 0.011765 rg"
_MARK = "<mailer-mark>.</mailer-mark>"
_DECIMALS = 2  # of a drop: what is left is how floats are written
_LINE_HEIGHT = 160  # CSS pixels of paper for each line and its margins


@dataclass(frozen=True, slots=True)
class Line:
    """A text (HTML) in its surroundings."""

    around: Surroundings
    text: str


@dataclass(frozen=True, slots=True)
class Shaped:
    """A line set: where it begins (``x``), in which font and size, and its string of glyphs.

    ``drop`` is how far it stands below the first line of its text (CSS pixels).
    """

    x: bytes
    font: bytes
    glyphs: bytes
    drop: float = 0.0

    def is_at(self, run: Run) -> bool:
        """Tell whether a run of a page is this line."""
        return (self.x, self.font, self.glyphs) == (run.x, run.font, run.glyphs)


Lines = tuple[Shaped, ...]
"""A text set: the lines that it takes."""


def sections(lines: Iterable[Line], stride: int) -> str:
    """Return the lines as HTML, with a mark before each ``stride`` of them and after the last.

    The elements around lines that follow each other are opened once.
    """
    parts, number = [], 0
    for (outer, outer_end), together in groupby(lines, _outer):
        parts.append(outer)
        for line in together:
            if number % stride == 0:
                parts.append(_MARK)
            parts += line.around.inner, line.text, line.around.inner_end
            number += 1
        parts.append(outer_end)
    return "".join((*parts, _MARK))


def _outer(line: Line) -> tuple[str, str]:
    return line.around.outer, line.around.outer_end


def paper(width: float, lines: int) -> str:
    """Return the style rule for a page as wide as the letter's (CSS pixels), and long enough."""
    return f"@page {{ size: {width}px {_LINE_HEIGHT * (lines + 10)}px !important }}"


def strides(lines: Sequence[Line], stride: int) -> list[Sequence[Line]]:
    """Divide lines as the marks of ``sections`` do."""
    return [lines[begin : begin + stride] for begin in range(0, len(lines), stride)]


def read(operators: Operators, sizes: Sequence[int]) -> list[list[Lines] | None]:
    """Read what stands between the marks: so many texts each time, or None.

    Several texts are told apart only where each takes one line.

    Returns None for all where the marks are not all there.
    """
    found = list(_between_marks(operators))
    if len(found) != len(sizes):
        return [None] * len(sizes)
    return [_texts(between, size) for between, size in zip(found, sizes, strict=True)]


def _between_marks(operators: Operators) -> Iterator[Sequence[Run | Drawing]]:
    seen = list(marks(operators))
    places = [
        place
        for place, mark in enumerate(seen)
        if isinstance(mark, Run) and mark.colour == _MARK_COLOUR
    ]
    for begin, end in pairwise(places):
        yield seen[begin + 1 : end]


def _texts(between: Sequence[Run | Drawing], size: int) -> list[Lines] | None:
    runs = [mark for mark in between if isinstance(mark, Run)]
    if not runs or len(runs) != len(between):
        return None
    if size == 1:
        lines = _below_each_other(runs)
        return [lines] if lines else None
    if len(runs) != size:
        return None
    return [(Shaped(run.x, run.font, run.glyphs),) for run in runs]


def _below_each_other(runs: Sequence[Run]) -> Lines:
    """Return the lines of one text; none where two runs stand on one line."""
    heights = [float(run.y) for run in runs]
    if any(below <= above for above, below in pairwise(heights)):
        return ()
    return tuple(
        Shaped(run.x, run.font, run.glyphs, round(height - heights[0], _DECIMALS))
        for run, height in zip(runs, heights, strict=True)
    )
