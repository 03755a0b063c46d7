"""The proof finds whatever is not as in the letter set whole."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from coalizione_mailer.letter.overprint.proof import differences
from coalizione_mailer.letter.typesetter import Typesetter
from tests.letter.overprint.conftest import letter


@pytest.fixture(scope="module")
def whole(typesetter: Typesetter) -> bytes:
    return typesetter.set(letter("del Comune di Ala")).data


def changed(data: bytes, change: Callable[[Any], None]) -> bytes:
    """Return a PDF in which something was changed."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out, fix_metadata_version=False)
        return out.getvalue()


def font(pdf: Any) -> Any:
    return next(iter(dict(pdf.pages[0].obj.Resources.Font).values()))


def content(pdf: Any) -> None:
    stream = pdf.pages[0].obj.Contents
    stream.write(stream.read_bytes().replace(b" Tm", b"1 Tm", 1))


def reading(pdf: Any) -> None:
    stream = font(pdf).ToUnicode
    stream.write(stream.read_bytes().replace(b"> <00", b"> <01"))


def all_widths(pdf: Any) -> None:
    for entry in font(pdf).DescendantFonts[0].W:
        if isinstance(entry, pikepdf.Array):
            for place in range(len(entry)):
                entry[place] += 7


def glyphs(pdf: Any) -> None:
    file = font(pdf).DescendantFonts[0].FontDescriptor.FontFile2
    with TTFont(io.BytesIO(file.read_bytes())) as face:
        for name in face.getGlyphOrder():
            if face["glyf"][name].numberOfContours > 0:
                face["glyf"][name].coordinates.translate((9, 0))
        out = io.BytesIO()
        face.save(out)
    file.write(out.getvalue())


def base_font(pdf: Any) -> None:
    font(pdf).BaseFont = pikepdf.Name("/ABCDEF+Arial")


def structure(pdf: Any) -> None:
    pdf.Root.StructTreeRoot.K = pikepdf.Array([])


def language(pdf: Any) -> None:
    pdf.Root.Lang = pikepdf.String("en")


def page(pdf: Any) -> None:
    pdf.pages[0].obj.MediaBox[2] = 100


def pages(pdf: Any) -> None:
    pdf.pages.append(pdf.pages[0])


def metadata(pdf: Any) -> None:
    pdf.docinfo["/Title"] = "Altro"


def test_a_letter_is_as_itself(whole: bytes) -> None:
    assert differences(whole, whole) == ()
    assert differences(changed(whole, lambda _pdf: None), whole) == ()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (content, "content"),
        (reading, "text"),
        (all_widths, "widths"),
        (glyphs, "glyphs"),
        (base_font, "font"),
        (structure, "structure"),
        (language, "structure"),
        (page, "page"),
        (pages, "pages"),
        (metadata, "metadata"),
    ],
)
def test_what_differs_is_named(change: Callable[[Any], None], found: str, whole: bytes) -> None:
    assert found in differences(changed(whole, change), whole)


def test_another_letter_is_not_this_one(typesetter: Typesetter, whole: bytes) -> None:
    assert "content" in differences(typesetter.set(letter("del Comune di Ora")).data, whole)
