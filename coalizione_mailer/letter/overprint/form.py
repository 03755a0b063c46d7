"""The form: a letter's PDF in which only some lines are still to be printed.

All of it but the content of its pages is written once; a letter is that, then its pages, then
the cross-reference (ISO 32000-2, 7.5.8), so that nothing of another letter is in it.
"""

import hashlib
import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coalizione_mailer.letter.overprint.operators import Operators, Run, marks
from coalizione_mailer.letter.overprint.page import Page, divide
from coalizione_mailer.letter.overprint.shaping import Shaped

if TYPE_CHECKING:
    import pikepdf

_IN_USE, _IN_STREAM = 1, 2
_WIDTHS = (1, 4, 2)
_HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"


class FormError(ValueError):
    """A letter that cannot serve as a form; the argument is a short fixed word for why."""


@dataclass(frozen=True, slots=True)
class Form:
    """A letter's PDF without its pages' content, and that content, with slots in it.

    ``entries`` is the cross-reference of ``body``, by object number; ``contents`` the numbers of
    the pages' contents; ``trailer`` the keys of the trailer.
    """

    body: bytes
    entries: bytes
    contents: tuple[int, ...]
    trailer: bytes
    pages: tuple[Page, ...]

    def overprinted(self, lines: Sequence[Shaped]) -> bytes:
        """Return the PDF of the letter with these lines, one for each slot."""
        contents, compressed = zip(*(page.printed(lines) for page in self.pages), strict=True)
        return self._written(contents, compressed)

    def _written(self, contents: Sequence[bytes], compressed: Sequence[bytes]) -> bytes:
        parts, position = [self.body], len(self.body)
        entries = bytearray(self.entries)
        for number, content in zip(self.contents, compressed, strict=True):
            _set_entry(entries, number, _IN_USE, position)
            data = _stream(number, b"/Filter /FlateDecode", content)
            parts.append(data)
            position += len(data)
        number = len(entries) // sum(_WIDTHS)
        entries += _entry(_IN_USE, position)
        digest = hashlib.sha256(b"\0".join(contents)).hexdigest()[:32].encode()
        keys = (
            b"/Type /XRef /W [%d %d %d] /Size %d " % (*_WIDTHS, number + 1)
            + self.trailer
            + b" /ID [<%b> <%b>] /Filter /FlateDecode" % (digest, digest)
        )
        parts.append(_stream(number, keys, zlib.compress(bytes(entries))))
        parts.append(b"startxref\n%d\n%%%%EOF\n" % position)
        return b"".join(parts)


def form(letter: bytes, fonts: bytes, lines: Sequence[Shaped]) -> Form:
    """Make a form of a letter's PDF, with the fonts of another, for the lines that it has.

    Raises FormError where a line is not in it exactly once, or a font is not in the other.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(letter)) as pdf, pikepdf.open(io.BytesIO(fonts)) as other:
        _graft(pdf, other)
        tidied = io.BytesIO()  # without what nothing refers to any more
        pdf.save(tidied, static_id=True, fix_metadata_version=False)
    with pikepdf.open(tidied) as pdf:
        pages = tuple(operators(page) for page in pdf.pages)
        contents = tuple(page.obj.Contents.objgen[0] for page in pdf.pages)
        body, entries = _body(pdf, frozenset(contents))
        trailer = b" ".join(
            b"%b %b" % (key.encode(), _unparsed(pdf.trailer[key]))
            for key in ("/Root", "/Info")
            if key in pdf.trailer
        )
    runs: list[dict[int, Run]] = [{} for _ in pages]
    for number, line in enumerate(lines):
        place, run = _run(pages, line)
        runs[place][number] = run
    divided = tuple(divide(*both) for both in zip(pages, runs, strict=True))
    return Form(body, entries, contents, trailer, divided)


def operators(page: "pikepdf.Page") -> tuple[bytes, ...]:
    """Return the operators of a page that WeasyPrint wrote, one a line."""
    return tuple(page.obj.Contents.read_bytes().split(b"\n"))


def first_page(document: bytes) -> Operators:
    """Return the operators of a document's first page; none where there are more pages."""
    import pikepdf

    with pikepdf.open(io.BytesIO(document)) as pdf:
        return operators(pdf.pages[0]) if len(pdf.pages) == 1 else ()


def _graft(pdf: "pikepdf.Pdf", other: "pikepdf.Pdf") -> None:
    """Put the fonts of another document, which has more glyphs, in the place of the same ones."""
    ours, theirs = (document.pages[0].obj.Resources.Font for document in (pdf, other))
    for name in ours.keys():  # noqa: SIM118  a dictionary of pikepdf iterates otherwise
        if name not in theirs or ours[name].BaseFont != theirs[name].BaseFont:
            raise FormError("fonts")
        ours[name] = pdf.copy_foreign(theirs[name])


def _run(pages: Sequence[Operators], line: Shaped) -> tuple[int, Run]:
    """Find the one run of the letter that a line is, and its page."""
    found = [
        (number, mark)
        for number, page in enumerate(pages)
        for mark in marks(page)
        if isinstance(mark, Run) and line.is_at(mark)
    ]
    if len(found) != 1:
        raise FormError("line")
    number, run = found[0]
    matrix, font = pages[number][run.index - 2 : run.index]
    if not (matrix.endswith(b" Tm") and font == run.font):
        raise FormError("line")
    return number, run


def _body(pdf: "pikepdf.Pdf", contents: frozenset[int]) -> tuple[bytes, bytes]:
    """Write every object but the contents of pages; return them and their cross-reference."""
    import pikepdf

    parts, position = [_HEADER], len(_HEADER)
    packed: dict[int, bytes] = {}
    places: dict[int, bytes] = {}
    for item in pdf.objects:
        number = item.objgen[0]
        if number in contents:
            continue
        if not isinstance(item, pikepdf.Stream):
            packed[number] = item.unparse(resolved=True)
            continue
        keys = b" ".join(
            b"%b %b" % (key.encode(), _unparsed(value))
            for key, value in item.stream_dict.items()
            if key != "/Length"
        )
        data = _stream(number, keys, item.read_raw_bytes())
        places[number] = _entry(_IN_USE, position)
        parts.append(data)
        position += len(data)
    pack = max((*packed, *places, *contents)) + 1
    places |= {number: _entry(_IN_STREAM, pack, index) for index, number in enumerate(packed)}
    places[pack] = _entry(_IN_USE, position)
    parts.append(_packed(pack, packed))
    free = _entry(0, 0)
    return b"".join(parts), b"".join(places.get(number, free) for number in range(pack + 1))


def _unparsed(value: Any) -> bytes:
    """Write a value, which pikepdf may give as a number or text of Python's."""
    import pikepdf

    return pikepdf.Array([value]).unparse()[1:-1].strip()


def _packed(number: int, objects: Mapping[int, bytes]) -> bytes:
    """Write an object stream (ISO 32000-2, 7.5.7)."""
    index, data = [], b""
    for key, value in objects.items():
        index.append(b"%d %d" % (key, len(data)))
        data += value + b"\n"
    first = b" ".join(index) + b"\n"
    keys = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (len(objects), len(first))
    return _stream(number, keys, zlib.compress(first + data, 9))


def _stream(number: int, keys: bytes, data: bytes) -> bytes:
    return b"%d 0 obj\n<<%b /Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
        number,
        keys,
        len(data),
        data,
    )


def _entry(kind: int, second: int, third: int = 0) -> bytes:
    """Write an entry of the cross-reference stream."""
    values = zip((kind, second, third), _WIDTHS, strict=True)
    return b"".join(value.to_bytes(width, "big") for value, width in values)


def _set_entry(entries: bytearray, number: int, kind: int, second: int) -> None:
    width = sum(_WIDTHS)
    entries[number * width : (number + 1) * width] = _entry(kind, second)
