"""Lines are read many at a time, and come out as the csv module reads them one after the other."""

import csv
import io
from collections.abc import Iterator
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.registry.official.tables import _rfc4180

LINES = st.sampled_from(
    [
        "a,b,c",
        "a,,",
        '"a, b",c,d',
        '"a ""b""",c',
        '"two\nlines",c',
        '"three\r\nlines\r",c,d',
        "",
        '"never closed',
        'broken "quotes" inside,b',
        '"broken"after,b',
        "à",
    ]
)


def one_by_one(text: str) -> tuple[list[tuple[int, list[str]]], list[int]]:
    """Return the rows of a text and the lines of those that are broken, by one reader."""
    rows: list[tuple[int, list[str]]] = []
    broken: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return rows, broken
        except csv.Error:
            broken.append(line)
        else:
            if row:
                rows.append((line, row))
        line = reader.line_num + 1


def in_blocks(text: str) -> tuple[list[tuple[int, list[str]]], list[int]]:
    broken: list[tuple[int, str]] = []
    blocks = _rfc4180(io.StringIO(text, newline=""), ",", broken)
    rows: Iterator[tuple[int, list[str]]] = chain.from_iterable(
        zip(numbers, rows, strict=True) for numbers, rows in blocks
    )
    return list(rows), [line for line, _words in broken]


@given(
    parts=st.lists(st.tuples(LINES, st.integers(1, 130)), max_size=6),
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.sampled_from(["", "\n"]),
)
def test_rows_and_their_lines_are_the_same_in_blocks(
    parts: list[tuple[str, int]], end: str, last: str
) -> None:
    text = end.join(line for line, times in parts for _ in range(times)) + last
    assert in_blocks(text) == one_by_one(text)
