"""HTML of strangers turned into plain text: nothing is run, fetched or kept but the words.

The standard library's parser takes quadratic time on unclosed tags; here each is looked for in a
bounded stretch, and what does not close is text.
"""

import html
import re
from collections.abc import Iterator

MOST_HTML = 512 * 1024
MOST_TAG = 4000  # characters of one tag; longer ones are text

_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]{0,20})")
_BREAKING = re.compile(
    "address|article|aside|blockquote|body|br|d[dlt]|div|footer|form|h[1-6]|header|hr|li|main|nav|"
    "ol|p|pre|section|t[hr]|table|ul"
)
_CELL = re.compile("td|th")
_SILENT = frozenset({"script", "style", "title", "template"})
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def readable(source: str) -> str:
    """Return the words of an HTML text, a line for each block; never raises, and is linear."""
    words = "".join(_pieces(source[:MOST_HTML]))
    lines = (_SPACES.sub(" ", line).strip() for line in html.unescape(words).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _pieces(source: str) -> Iterator[str]:
    """Return the text between the tags, with line breaks where blocks begin and end.

    Line breaks in the source are blanks (HTML 4, 9.1).
    """
    small = source.lower()
    position = 0
    while position < len(source):
        start = source.find("<", position)
        if start < 0:
            break
        yield source[position:start].replace("\n", " ")
        end, name = _tag(small, start)
        if name in _SILENT:
            end = _after(small, ">", _after(small, f"</{name}", end))
        elif _BREAKING.fullmatch(name):
            yield "\n"
        elif _CELL.fullmatch(name):
            yield " "
        elif end == start + 1:
            yield "<"
        position = end
    else:
        return
    yield source[position:].replace("\n", " ")


def _tag(small: str, start: int) -> tuple[int, str]:
    """Return where the tag at ``start`` ends, and its name; a bare ``<`` ends after itself."""
    if small.startswith("<!--", start):
        return _after(small, "-->", start), ""
    name = _NAME.match(small, start + 1)
    if name is None and small[start + 1 : start + 2] not in {"!", "?"}:
        return start + 1, ""
    end = small.find(">", start, start + MOST_TAG)
    if end < 0:
        return start + 1, ""
    closing = small[start + 1] == "/"
    return end + 1, "" if name is None or (closing and name[1] in _SILENT) else name[1]


def _after(small: str, mark: str, start: int) -> int:
    """Return the place after the next mark; the end of the text where there is none."""
    found = small.find(mark, start)
    return len(small) if found < 0 else found + len(mark)
