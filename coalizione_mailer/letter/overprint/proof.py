"""The proof: a letter printed on a form, held against the same letter set whole.

They must have the same pages with the same operators, the same structure and metadata, and fonts
in which every glyph used looks, measures and reads the same. (A form's fonts have more glyphs.)
"""

import io
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from coalizione_mailer.letter.overprint.operators import glyphs

if TYPE_CHECKING:
    import pikepdf

# Of the catalogue: what is compared by itself, or is how the file is written.
_APART = frozenset({"/Pages", "/Type"})
_PAGE_APART = frozenset({"/Parent", "/Contents", "/Resources"})
_FONT_APART = frozenset({"/DescendantFonts", "/ToUnicode"})
_GLYPHS_APART = frozenset({"/W", "/FontDescriptor"})
# Of a font's description: what depends on which glyphs it has.
_SUBSET = frozenset({"/FontFile2", "/FontFile3", "/CIDSet", "/FontBBox"})
_FONT = re.compile(rb"(/\S+) \S+ Tf")
_READS = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]*)>")
_DEEP = 60


def differences(printed: bytes, whole: bytes) -> tuple[str, ...]:
    """Return in what two PDFs differ, as short fixed words; nothing for the same letter."""
    import pikepdf

    with pikepdf.open(io.BytesIO(printed)) as one, pikepdf.open(io.BytesIO(whole)) as other:
        return tuple(dict.fromkeys(_differences(one, other)))


def _differences(one: "pikepdf.Pdf", other: "pikepdf.Pdf") -> Iterator[str]:
    if len(one.pages) != len(other.pages):
        yield "pages"
        return
    used: dict[str, set[int]] = {}
    for ours, theirs in zip(one.pages, other.pages, strict=True):
        yield from _page_differences(ours.obj, theirs.obj)
        _count(used, ours.obj.Contents.read_bytes())
    for name, numbers in used.items():
        yield from _font_differences(_fonts(one).get(name), _fonts(other).get(name), numbers)
    if _plain(one.Root, _APART) != _plain(other.Root, _APART):
        yield "structure"
    if _plain(one.docinfo, frozenset()) != _plain(other.docinfo, frozenset()):
        yield "metadata"


def _page_differences(ours: Any, theirs: Any) -> Iterator[str]:
    if ours.Contents.read_bytes() != theirs.Contents.read_bytes():
        yield "content"
    if _plain(ours, _PAGE_APART) != _plain(theirs, _PAGE_APART):
        yield "page"
    fonts = frozenset({"/Font"})
    if _plain(ours.Resources, fonts) != _plain(theirs.Resources, fonts):
        yield "resources"


def _count(used: dict[str, set[int]], content: bytes) -> None:
    """Note which glyphs of which font a page uses."""
    font = ""
    for operator in content.split(b"\n"):
        if match := _FONT.fullmatch(operator):
            font = match[1].decode()
        elif operator.endswith(b"TJ"):
            used.setdefault(font, set()).update(glyphs(operator))


def _fonts(pdf: "pikepdf.Pdf") -> Any:
    return pdf.pages[0].obj.Resources.Font


def _font_differences(ours: Any, theirs: Any, numbers: set[int]) -> Iterator[str]:
    if ours is None or theirs is None:
        yield "font"
        return
    one, other = ours.DescendantFonts[0], theirs.DescendantFonts[0]
    if _plain(ours, _FONT_APART) != _plain(theirs, _FONT_APART):
        yield "font"
    if _plain(one, _GLYPHS_APART) != _plain(other, _GLYPHS_APART):
        yield "font"
    if _descriptor(one) != _descriptor(other) or not _contains(one, other):
        yield "font"
    if _taken(_widths(one), numbers) != _taken(_widths(other), numbers):
        yield "widths"
    if _taken(_readings(ours), numbers) != _taken(_readings(theirs), numbers):
        yield "text"
    if _outlines(one, numbers) != _outlines(other, numbers):
        yield "glyphs"


def _taken(values: dict[int, Any], numbers: set[int]) -> dict[int, Any]:
    return {glyph: values.get(glyph) for glyph in numbers}


def _descriptor(font: Any) -> Any:
    """Return what describes a font whatever its glyphs are."""
    return _plain(font.FontDescriptor, _SUBSET)


def _contains(one: Any, other: Any) -> bool:
    """Tell whether the box around one font's glyphs has room for the other's."""
    (left, bottom, right, top), theirs = (
        [float(side) for side in font.FontDescriptor.FontBBox] for font in (one, other)
    )
    return left <= theirs[0] and bottom <= theirs[1] and right >= theirs[2] and top >= theirs[3]


def _widths(font: Any) -> dict[int, float]:
    """Read the widths of glyphs (ISO 32000-2, 9.7.4.3)."""
    found: dict[int, float] = {}
    items = list(font.W)
    while items:
        first = int(items.pop(0))
        following = items.pop(0)
        if isinstance(following, (int, float)) or not hasattr(following, "__len__"):
            width = float(items.pop(0))
            found |= dict.fromkeys(range(first, int(following) + 1), width)
        else:
            found |= {first + place: float(width) for place, width in enumerate(following)}
    return found


def _readings(font: Any) -> dict[int, bytes]:
    """Read which characters glyphs stand for (ISO 32000-2, 9.10.3)."""
    return {int(glyph, 16): text for glyph, text in _READS.findall(font.ToUnicode.read_bytes())}


def _outlines(font: Any, numbers: set[int]) -> dict[int, Any]:
    """Read the outlines of glyphs from an embedded TrueType font, composed of their parts."""
    descriptor = font.FontDescriptor
    if "/FontFile2" not in descriptor:
        return {}
    names, outlines = _glyphs(descriptor.FontFile2.read_bytes())
    found = {}
    for number in numbers:
        if number < len(names):
            points, ends, flags = outlines[names[number]].getCoordinates(outlines)
            found[number] = (points.array, list(ends), bytes(flags))
    return found


@lru_cache(maxsize=8)  # a form's fonts are looked at with each letter that is proved
def _glyphs(data: bytes) -> tuple[list[str], Any]:
    """Return the names of a font's glyphs, in their order, and its table of outlines."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with TTFont(io.BytesIO(data), lazy=True) as face:
        return face.getGlyphOrder(), face["glyf"]


def _plain(value: Any, apart: frozenset[str], depth: int = 0) -> Any:
    """Return an object and all it refers to as plain values; pages and parents as just that."""
    import pikepdf

    if depth > _DEEP:
        return "…"
    if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        if depth and value.get("/Type") == pikepdf.Name.Page:
            return "page"
        found = {
            key: _plain(item, frozenset({"/P", "/Parent", "/Length", "/Filter"}), depth + 1)
            for key, item in value.items()
            if key not in apart
        }
        if isinstance(value, pikepdf.Stream):
            found["stream"] = value.read_bytes()
        return found
    if isinstance(value, pikepdf.Array):
        return [_plain(item, frozenset({"/P", "/Parent"}), depth + 1) for item in value]
    return value if isinstance(value, (int, float, bool, str)) else bytes(str(value), "utf-8")
