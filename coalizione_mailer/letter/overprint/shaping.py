"""Lines set by themselves: hundreds of them in one document, each as it will stand in its letter.

They are set one below the other in the elements of their letter, a few in each, on a page as wide
as the letter's and long enough for all, with marks between the elements. Where there are not as
many runs of glyphs between two marks as there are texts, each text has an element of its own.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import groupby, pairwise

from coalizione_mailer.letter.overprint.operators import Drawing, Operators, Run, marks
from coalizione_mailer.letter.overprint.outline import HIDDEN, TOGETHER, Surroundings

MARK_SHEET = f"""
[{HIDDEN}] {{ display: none !important }}
[{TOGETHER}] {{ white-space: pre-line !important }}
mailer-mark {{ display: block !important; clear: both !important; color: #010203 !important;
  font-size: 1px !important; line-height: 1px !important; white-space: nowrap !important;
  text-indent: 0 !important; letter-spacing: 0 !important }}
"""
"""The style of the marks, a colour that no letter has; and of lines that stand together."""

_MARK_COLOUR = b"0.003922 0.007843 0.011765 rg"
_MARK = "<mailer-mark>.</mailer-mark>"
_DECIMALS = 2  # of a drop: what is left is how floats are written
_LINE_HEIGHT = 160  # CSS pixels of paper for each line and its margins
# Words with one space between them: every kind of white-space sets them alike.
_WORD = r"[!-~\xa1-\xac\xae-\u024f\u2013\u2018-\u201d]+"
_PLAIN = re.compile(rf"{_WORD}(?:[ \xa0]{_WORD})*")


@dataclass(frozen=True, slots=True)
class Line:
    """A text (HTML) in its surroundings."""

    around: Surroundings
    text: str

    @property
    def plain(self) -> bool:
        """Whether it may stand together with others: Latin words, one space between them."""
        return _PLAIN.fullmatch(unescape(self.text)) is not None


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


def sections(groups: Iterable[Sequence[Line]]) -> str:
    """Return groups of lines as HTML, a mark before each and after the last.

    The elements around groups that follow each other are opened once.
    """
    parts = []
    for (outer, outer_end), together in groupby(groups, _outer):
        parts.append(outer)
        for group in together:
            parts += _MARK, group[0].around.around([line.text for line in group])
        parts.append(outer_end)
    return "".join((*parts, _MARK))


def _outer(group: Sequence[Line]) -> tuple[str, str]:
    around = group[0].around
    return around.outer, around.outer_end


def paper(width: float, lines: int) -> str:
    """Return the style rule for a page as wide as the letter's (CSS pixels), and long enough."""
    return f"@page {{ size: {width}px {_LINE_HEIGHT * (lines + 10)}px !important }}"


def grouped(lines: Iterable[Line], most: int) -> list[list[Line]]:
    """Put plain lines that follow each other together, so many at most."""
    groups: list[list[Line]] = []
    room = 0
    for line in lines:
        if room and line.plain and line.around == groups[-1][0].around:
            groups[-1].append(line)
            room -= 1
        else:
            groups.append([line])
            room = most - 1 if line.plain else 0
    return groups


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
