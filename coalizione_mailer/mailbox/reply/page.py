"""HTML replies as the lines a person sees: quotes marked ``> `` as in plain text, cells by `` | ``.

Colour is kept as a mark around the words that have it: answers in red are how people write into
what they quote. Bounded and linear, as ``mailbox.markup``, which keeps neither.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from coalizione_mailer.mailbox.reply.vocabulary import several

MOST_HTML = 512 * 1024
COLOURED, PLAIN = "\ue000", "\ue001"
"""Marks before and after coloured words; private characters (Unicode, 23.5), taken out at the end.
"""

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})([^<>]{0,4000})>|<[!?][^<>]{0,4000}>")
_SILENT = re.compile(r"(script|style|title|template|head)\b", re.IGNORECASE)
_BREAKING = frozenset(
    several(
        "address article aside blockquote body br dd div dl dt footer form h1 h2 h3 h4 h5 "
        "h6 header hr li main nav ol p pre section table tbody thead tr ul"
    )
)
_PARAGRAPH = frozenset({"p", "h1", "h2", "h3", "h4", "hr", "ul", "ol", "table"})
_STYLED = frozenset({"span", "font", "p", "div", "b", "i", "em", "strong", "td", "li", "u"})
_COLOUR = re.compile(
    r"(?<![-\w])color\s{0,3}[:=]\s{0,3}[\"']?\s{0,3}(#[0-9a-f]{3,8}"
    r"|rgb\([\d ,.]{1,30}\)|[a-z]{3,20})",
    re.IGNORECASE,
)
_GREYS = frozenset(
    several("black windowtext gray grey dimgray darkgray white inherit initial auto")
)
_VOID = frozenset(["br", "hr", "img", "meta", "input", "link", "col", "wbr"])
_CELL_LINE = "\x1e"  # ends a line within a cell
_LINE_ENDS = re.compile(r"[\n\r\x1e]")
_TABLE = 2  # cells of a row; a page laid out in one cell is no table
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")


@dataclass(slots=True)
class _Writer:
    """The lines so far, and where in the page we are."""

    lines: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    quoted: int = 0
    cells: int = 0
    row: bool = False
    colours: list[tuple[str, bool]] = field(default_factory=list)

    def end_line(self) -> None:
        """Close the line; an empty one is kept once."""
        text = "".join(self.words)
        lines = text.split(_CELL_LINE) if self.cells < _TABLE else [text.replace(_CELL_LINE, " ")]
        self.words.clear()
        self.cells = 0
        mark = "> " * bool(self.quoted)
        shown = (_SPACES.sub(" ", line).strip() for line in lines)
        self.lines += [mark + line for line in shown if line.strip(f"{COLOURED}{PLAIN} |")]

    def gap(self) -> None:
        """Leave an empty line."""
        if self.lines and self.lines[-1].strip(" >"):
            self.lines.append(">" if self.quoted else "")


def page_lines(source: str) -> list[str]:
    """Return the lines of an HTML text as they are seen; never raises."""
    writer = _Writer()
    for kind, value, rest in _tokens(source[:MOST_HTML]):
        if kind == "text":
            text = (
                html.unescape(value).replace("\n", " ").replace("\r", " ").replace(_CELL_LINE, " ")
            )
            writer.words.append(text)
        elif kind == "open":
            _open(writer, value, rest)
        else:
            _close(writer, value)
    writer.end_line()
    return writer.lines


def _tokens(source: str) -> Iterator[tuple[str, str, str]]:
    position = 0
    while position < len(source):
        if source.startswith("<!--", position):
            end = source.find("-->", position)
            position = len(source) if end < 0 else end + 3
            continue
        found = _TAG.match(source, position) if source[position] == "<" else None
        if found is None:
            end = source.find("<", position + 1)
            end = len(source) if end < 0 else end
            yield "text", source[position:end], ""
            position = end
            continue
        position = found.end()
        name = (found[2] or "").lower()
        if not found[1] and _SILENT.fullmatch(name):
            position = _after_silent(source, name, position)
        elif name:
            yield ("close" if found[1] else "open"), name, found[3]


def _after_silent(source: str, name: str, position: int) -> int:
    """Return where a tag whose content is not seen ends; a head may lack its end."""
    closed = re.compile(rf"</{name}\b[^<>]{{0,100}}>", re.IGNORECASE).search(source, position)
    if closed is None and name == "head":
        return position
    return closed.end() if closed else len(source)


def _open(writer: _Writer, name: str, rest: str) -> None:
    if name in {"td", "th"}:
        if writer.cells:
            writer.words.append(" | ")
        writer.cells += 1
    elif name in _BREAKING and (not writer.cells or name in {"tr", "table"}):
        _break(writer, name)
    elif name in _BREAKING:
        writer.words.append(_CELL_LINE)
    if name == "blockquote":
        writer.quoted += 1
    if name in _STYLED:
        coloured = _coloured(rest)
        writer.colours.append((name, coloured))
        writer.words.extend([COLOURED] * coloured)


def _break(writer: _Writer, name: str) -> None:
    """End the line, and leave an empty one where a paragraph begins."""
    blank = name == "br" and not "".join(writer.words).strip()
    writer.end_line()
    if name in _PARAGRAPH or blank:
        writer.gap()


def _close(writer: _Writer, name: str) -> None:
    if name in _STYLED:
        _end_colour(writer, name)
    if name == "tr" or (name in _BREAKING and not writer.cells):
        writer.end_line()
        if name in _PARAGRAPH:
            writer.gap()
    elif name == "table":
        writer.end_line()
    elif name in _BREAKING:
        writer.words.append(_CELL_LINE)
    if name == "blockquote" and writer.quoted:
        writer.quoted -= 1


def _end_colour(writer: _Writer, name: str) -> None:
    """Close the nearest tag of this name; the last twenty are looked at."""
    for place in range(len(writer.colours) - 1, max(-1, len(writer.colours) - 21), -1):
        if writer.colours[place][0] == name:
            if writer.colours.pop(place)[1]:
                writer.words.append(PLAIN)
            return


def _coloured(attributes: str) -> bool:
    """Whether a tag gives its words a colour that stands out: neither black, grey nor a link's."""
    found = _COLOUR.search(attributes)
    if found is None:
        return False
    value = found[1].lower()
    if value.startswith("#"):
        digits = value[1:] if len(value) > 4 else "".join(2 * sign for sign in value[1:])  # rgb  # noqa: PLR2004
        return _stands_out([int(digits[at : at + 2] or "0", 16) for at in (0, 2, 4)])
    if value.startswith("rgb"):
        return _stands_out([int(number) % 256 for number in re.findall(r"\d{1,3}", value)[:3]])
    return value not in _GREYS


def _stands_out(channels: list[int]) -> bool:
    """Whether red, green and blue differ by much."""
    return bool(channels) and max(channels) - min(channels) > 110  # noqa: PLR2004
