"""The programme of the day is made by our own pipeline, and is what its template says."""

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from scripts.build_programme import programme

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "attachments" / "programma.pdf"


@pytest.fixture(scope="module")
def built() -> bytes:
    return programme(ROOT)


def glyphs(data: bytes) -> Iterator[bytes]:
    """Return the glyphs set on the first page, in order, wherever they stand."""
    with pikepdf.open(io.BytesIO(data)) as document:
        for instruction in pikepdf.parse_content_stream(document.pages[0], "Tj TJ"):
            runs = instruction.operands[0]
            shown = runs if isinstance(runs, pikepdf.Array) else [runs]
            yield b"".join(bytes(run) for run in shown if isinstance(run, pikepdf.String))


def test_the_committed_programme_sets_the_same_glyphs_as_one_built_now(built: bytes) -> None:
    # Not the same bytes: they also depend on the machine's HarfBuzz, which cuts the fonts.
    assert b"".join(glyphs(built)) == b"".join(glyphs(COMMITTED.read_bytes()))
    with pikepdf.open(io.BytesIO(built)) as new, pikepdf.open(COMMITTED) as old:
        assert dict(new.docinfo.items()) == dict(old.docinfo.items())


def test_the_programme_is_the_same_bytes_each_time(built: bytes) -> None:
    assert programme(ROOT) == built


def test_the_programme_is_one_page_of_tagged_pdf_a_2a() -> None:
    with pikepdf.open(COMMITTED) as document:
        assert len(document.pages) == 1
        assert str(document.Root.Lang) == "it"
        assert document.Root.MarkInfo.Marked
        with document.open_metadata() as metadata:
            assert metadata.pdfa_status == "2A"
            assert (
                metadata["dc:title"] == "Programma - Workshop di apertura del Programma CO-ALIZIONE"
            )
            assert metadata["pdf:Keywords"] == "Prot. 166 W/LP/DI/CO-cc17"
