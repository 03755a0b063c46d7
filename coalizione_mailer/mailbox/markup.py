"""HTML of strangers turned into plain text: nothing is run, fetched or kept but the words."""

import re
from html.parser import HTMLParser

MOST_HTML = 512 * 1024

_BREAKING = re.compile(
    "address|article|aside|blockquote|body|br|d[dlt]|div|footer|form|h[1-6]|header|hr|li|main|nav|"
    "ol|p|pre|section|t[dhr]|table|ul"
)
_SILENT = frozenset({"script", "style", "head", "title", "template"})
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


class _Words(HTMLParser):
    """Collects what a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line where the tag does, and be silent inside what is never shown."""
        del attrs
        self._line(tag)
        if tag in _SILENT:
            self.silent += 1

    def handle_endtag(self, tag: str) -> None:
        """End a line where the tag does."""
        self._line(tag)
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)

    def _line(self, tag: str) -> None:
        if _BREAKING.fullmatch(tag):
            self.words.append("\n")
        if tag == "body":  # a head that nobody closed ends here
            self.silent = 0

    def handle_data(self, data: str) -> None:
        """Keep the words; line breaks in the source are blanks (HTML 4, 9.1)."""
        if not self.silent:
            self.words.append(data.replace("\n", " "))


def readable(html: str) -> str:
    """Return the words of an HTML text, a line for each block; never raises."""
    words = _Words()
    try:
        words.feed(html[:MOST_HTML])
        words.close()
    except (AssertionError, ValueError):  # of html.parser, on declarations it cannot read
        pass
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(words.words).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()
