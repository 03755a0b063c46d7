"""What a letter shares with others, and the lines that are its own: text, no typesetting.

A line of its own is a short text that is all there is in a block element. Whether it truly is
one line, and stands where the form has it, is for the typesetter to say and for the proof.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

# A text alone in a block element. Cells and lists are left out: their text moves what is beside.
_LINE = re.compile(
    r"(<(p|div|h[1-6]|address)(?:\s[^<>]*)?>)([^<>]{1,160})(?=</\2\s*>)", re.IGNORECASE
)
_BODY = re.compile(r"<body(?:\s[^<>]*)?>", re.IGNORECASE)
_END_OF_BODY = re.compile(r"</body\s*>", re.IGNORECASE)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
HIDDEN = "data-mailer-hidden"
"""The attribute of elements that are there for style rules only."""
TOGETHER = "data-mailer-together"
"""The attribute of an element in which several lines stand below each other."""
_NOTHING = f"<mailer-nothing {HIDDEN}></mailer-nothing>"
# Stands for a line in the outline: no text of a template has a NUL, which HTML forbids.
_HOLE = "\0"


@dataclass(frozen=True, slots=True)
class Outline:
    """A letter in two: the ``fixed`` text with a hole for each of its ``lines`` (HTML, escaped)."""

    fixed: str
    lines: tuple[str, ...]


def outline(html: str) -> Outline:
    """Take a letter apart; one without a body, or with NULs, has no lines."""
    body = _BODY.search(html)
    if body is None or _HOLE in html:
        return Outline(html, ())
    lines: list[str] = []

    def hole(match: re.Match[str]) -> str:
        lines.append(match[3])
        return match[1] + _HOLE

    fixed = html[: body.end()] + _LINE.sub(hole, html[body.end() :])
    return Outline(fixed, tuple(lines))


def together(fixed: str, lines: Sequence[str]) -> str:
    """Put an outline and lines together again."""
    if not lines:
        return fixed
    parts = fixed.split(_HOLE)
    return "".join(part + line for part, line in zip(parts, (*lines, ""), strict=True))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The elements that are open around a line: those around its own (``outer``), and its own.

    ``before`` is the element that precedes its own, emptied and hidden.
    """

    outer: str
    before: str
    start: str
    end: str
    outer_end: str

    def around(self, texts: Sequence[str]) -> str:
        """Return a line in its own element, or several below each other in one like it."""
        start = self.start if len(texts) == 1 else _marked(self.start, self.end[2:-1], TOGETHER)
        return "".join((self.before, start, "\n".join(texts), self.end))


def surroundings(fixed: str) -> tuple[Surroundings, ...]:
    """Return the surroundings of each hole of an outline, in their order.

    The element just before a line stays, for rules such as ``p + p``. Others are left out: a rule
    that counts them may find fewer, and the line is set differently, which is seen and refused.
    """
    parser = _Surroundings()
    parser.feed(body_of(fixed))
    parser.close()
    return tuple(parser.found)


def head_of(html: str) -> str:
    """Return a letter up to and including the tag that opens its body."""
    body = _BODY.search(html)
    return html[: body.end()] if body else html


def body_of(html: str) -> str:
    """Return what is in a letter's body."""
    rest = html[len(head_of(html)) :]
    end = _END_OF_BODY.search(rest)
    return rest[: end.start()] if end else rest


class _Surroundings(HTMLParser):
    """Remembers, at each hole, the elements that are open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[Surroundings] = []
        self._open: list[tuple[str, str]] = []
        # The element last closed in each open one, and in the body itself.
        self._before = [_NOTHING]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element, or pass by one that can hold nothing."""
        del attrs
        text = self.get_starttag_text() or ""
        if tag in _VOID:
            self._before[-1] = _marked(text, tag, HIDDEN)
        else:
            self._open.append((tag, text))
            self._before.append(_NOTHING)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take ``<p/>`` for the ``<p>`` that HTML sees in it."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those that were left open in it."""
        if all(name != tag for name, _ in self._open):
            return
        name = text = ""
        while name != tag:
            name, text = self._open.pop()
            self._before.pop()
        self._before[-1] = f"{_marked(text, name, HIDDEN)}</{name}>"

    def handle_data(self, data: str) -> None:
        """Look for a hole."""
        if data == _HOLE:
            *around, (name, start) = self._open
            self.found.append(
                Surroundings(
                    outer="".join(text for _, text in around),
                    before=self._before[-2],
                    start=start,
                    end=f"</{name}>",
                    outer_end="".join(f"</{tag}>" for tag, _ in reversed(around)),
                )
            )


def _marked(start_tag: str, name: str, attribute: str) -> str:
    """Add an attribute to a start tag."""
    return f"<{name} {attribute}{start_tag[1 + len(name) :]}"
