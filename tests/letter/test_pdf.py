"""A letter becomes a PDF that archives take, the same everywhere."""

import base64
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from coalizione_mailer.errors import Code, Problem, ProblemsError, Severity
from coalizione_mailer.letter import pdf as pdf_module
from coalizione_mailer.letter.pdf import Pdf, PdfSettings, render_pdfs, subsetter_available
from tests.letter.example import configuration

PAGE = """<!DOCTYPE html>
<html lang="it">
<head><title>Invito</title><meta name="keywords" content="prova"><style>
@page {{ @bottom-center {{ content: "piede"; font-family: "Source Serif Pro" }} }}
body {{ font-family: Arial, sans-serif }} h1 {{ font-weight: 600 }} em {{ font-style: italic }}
</style></head>
<body><h1>Oggetto</h1><p>Comune di {name}, <em>{name}</em></p>{more}</body></html>"""
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


def page(name: str = "Vicenza", more: str = "") -> str:
    return PAGE.format(name=name, more=more)


def one(html: str, settings: PdfSettings) -> Pdf:
    (pdf,) = render_pdfs([html], settings, jobs=1)
    return pdf


def opened(pdf: Pdf) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf.data))


def font_files(document: pikepdf.Pdf) -> dict[str, bytes]:
    """Return the fonts of the first page with what is embedded of each."""
    resources = document.pages[0].resources
    found = {}
    for font in resources.Font.values():
        descriptor = font.DescendantFonts[0].FontDescriptor
        found[str(font.BaseFont)] = descriptor.FontFile2.read_bytes()
    return found


def structure(node: pikepdf.Object) -> Iterator[str]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from structure(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield str(node.S)
        if "/K" in node:
            yield from structure(node.K)


def test_a_letter_is_one_page_of_tagged_pdf_a_2a_in_italian(settings: PdfSettings) -> None:
    pdf = one(page(), settings)
    assert (pdf.pages, pdf.problems) == (1, ())
    document = opened(pdf)
    assert len(document.pages) == 1
    assert str(document.Root.Lang) == "it"
    assert document.Root.MarkInfo.Marked
    assert document.Root.ViewerPreferences.DisplayDocTitle
    assert {"/Document", "/H1", "/P"} <= set(structure(document.Root.StructTreeRoot.K))
    assert str(document.Root.OutputIntents[0].S) == "/GTS_PDFA1"
    with document.open_metadata() as metadata:
        assert metadata.pdfa_status == "2A"


def test_the_letter_carries_title_protocol_and_its_own_date(settings: PdfSettings) -> None:
    document = opened(one(page(), settings))
    with document.open_metadata() as metadata:
        assert metadata["dc:title"] == "Invito"
        assert metadata["pdf:Keywords"] == "prova, 166/2017"
        assert metadata["xmp:CreateDate"] == "2017-09-18"
        assert metadata["xmp:ModifyDate"] == "2017-09-18"
    assert str(document.docinfo.Keywords) == "prova, 166/2017"
    assert str(document.docinfo.CreationDate) == "D:20170918"


def test_keywords_and_dates_of_the_template_are_left_alone(settings: PdfSettings) -> None:
    html = page().replace(
        '<meta name="keywords" content="prova">',
        '<meta name="keywords" content="Prot. 166/2017"><meta name="dcterms.created"'
        ' content="2016-02-29">',
    )
    with opened(one(html, settings)).open_metadata() as metadata:
        assert metadata["pdf:Keywords"] == "Prot. 166/2017"
        assert metadata["xmp:CreateDate"] == "2016-02-29"
        assert metadata["xmp:ModifyDate"] == "2017-09-18"


def test_only_the_declared_font_is_embedded_whatever_the_template_asks(
    settings: PdfSettings,
) -> None:
    files = font_files(opened(one(page(), settings)))
    names = {re.sub(r"^/[A-Z]{6}\+", "", name) for name in files}
    assert names == {
        "Source-Serif-Pro",
        "Source-Serif-Pro-Italic",
        "Source-Serif-Pro-Semi-Bold",
    }
    # Cut to size: a whole face is 200 kB.
    assert all(1_000 < len(content) < 20_000 for content in files.values())


def test_the_same_letter_has_the_same_bytes_in_another_folder_and_process(
    settings: PdfSettings, tmp_path: Path
) -> None:
    (settings.template / "stemma.png").write_bytes(PIXEL)
    elsewhere = tmp_path / "altrove"
    shutil.copytree(settings.root / "templates", elsewhere / "templates")
    moved = replace(settings, root=elsewhere, template=elsewhere / "templates" / "invito")
    html = page(more='<img src="stemma.png" alt="stemma"><a href="../x.html">x</a>')
    here = one(html, settings)
    (there, again) = render_pdfs([html + "<!-- 1 -->", html], moved, jobs=2)
    assert here.data == again.data == there.data
    assert here.problems == ()
    assert str(tmp_path).encode() not in b"".join(
        stream.read_bytes() for stream in opened(here).objects if isinstance(stream, pikepdf.Stream)
    )


def test_the_identifier_comes_from_the_content(settings: PdfSettings) -> None:
    first, second = (
        bytes(opened(one(page(name), settings)).trailer.ID[0]) for name in ("Vicenza", "Verona")
    )
    assert first != second


def test_letters_come_back_in_their_order_from_several_processes(settings: PdfSettings) -> None:
    names = [f"Comune{number}" for number in range(12)]
    alone = list(render_pdfs(map(page, names), settings, jobs=1))
    spread = list(render_pdfs(map(page, names), settings, jobs=2))
    assert spread == alone
    assert len({pdf.data for pdf in spread}) == 12


def test_nothing_changes_when_workers_are_replaced(
    settings: PdfSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_module, "_LIFETIME", 2)
    names = [f"Comune{number}" for number in range(10)]
    alone = list(render_pdfs(map(page, names), settings, jobs=1))
    assert list(render_pdfs(map(page, names), settings, jobs=2)) == alone


def test_letters_are_asked_for_an_edition_at_a_time(
    settings: PdfSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_module, "_EDITION", 10)
    asked = []

    def letters() -> Iterator[str]:
        for number in range(1000):
            asked.append(number)
            yield page()

    pdfs = render_pdfs(letters(), settings, jobs=2)
    next(pdfs)
    assert len(asked) == 10
    pdfs.close()  # type: ignore[attr-defined]


def test_while_others_set_letters_this_process_has_something_else_to_do(
    settings: PdfSettings,
) -> None:
    left = list(range(5))

    def meanwhile() -> bool:
        return bool(left and [left.pop()])

    names = [f"Comune{number}" for number in range(20)]
    pdfs = list(render_pdfs(map(page, names), settings, 2, meanwhile=meanwhile))
    assert left == []
    assert pdfs == list(render_pdfs(map(page, names), settings, 1))


def test_what_goes_wrong_meanwhile_is_told(settings: PdfSettings) -> None:
    def meanwhile() -> bool:
        raise ProblemsError([Problem(Code.TEMPLATE_FIELD, found="comune.nome")])

    with pytest.raises(ProblemsError) as told:
        list(render_pdfs([page()] * 2 + [page("Verona")], settings, 2, meanwhile=meanwhile))
    assert [problem.found for problem in told.value.problems] == ["comune.nome"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_identical_letters_are_set_once(settings: PdfSettings, jobs: int) -> None:
    pdfs = list(render_pdfs([page()] * 20, settings, jobs))
    assert len(pdfs) == 20
    assert len({id(pdf) for pdf in pdfs}) == 1


def test_no_letters_need_no_workers(settings: PdfSettings) -> None:
    assert list(render_pdfs([], settings, jobs=2)) == []


def test_a_second_page_is_told(settings: PdfSettings) -> None:
    pdf = one(page(more='<p style="break-before: page">oltre</p>'), settings)
    assert pdf.pages == 2
    (problem,) = pdf.problems
    assert (problem.code, problem.severity) == (Code.LETTER_PAGES, Severity.WARNING)
    assert (problem.found, problem.expected) == ("2", ("1",))


def test_a_character_the_font_lacks_is_told_not_borrowed_from_the_machine(
    settings: PdfSettings,
) -> None:
    pdf = one(page("漢 Vicenza"), settings)
    assert [(p.code, p.found) for p in pdf.problems] == [(Code.GLYPH_MISSING, "漢")]
    assert all("Source-Serif-Pro" in name for name in font_files(opened(pdf)))


def test_a_style_sheet_parsed_once_gives_the_same_letter_as_one_parsed_each_time(
    settings: PdfSettings,
) -> None:
    (settings.template / "vuoto.css").write_text("")
    shared, apart = (
        one(page(more=more), settings).data
        for more in ("", '<link rel="stylesheet" href="vuoto.css">')
    )
    assert shared == apart


def test_sheets_with_conditions_or_imports_keep_their_meaning(settings: PdfSettings) -> None:
    (settings.template / "due.css").write_text("@page { size: 100mm 100mm }")
    imported = page().replace("<style>", '<style>@import url("due.css");', 1)
    on_screen = page().replace("<style>", '<style media="screen">@page { size: A5 }</style><style>')
    small, plain = (opened(one(html, settings)) for html in (imported, on_screen))
    assert round(float(small.pages[0].MediaBox[2])) == 283
    assert round(float(plain.pages[0].MediaBox[2])) == 595


def test_files_of_the_template_and_the_campaign_can_be_read(settings: PdfSettings) -> None:
    (settings.template / "uno stemma.png").write_bytes(PIXEL)
    (settings.root / "logo.png").write_bytes(PIXEL)
    more = '<img src="uno%20stemma.png" alt="a"><img src="../../logo.png" alt="b">'
    more += f'<img src="{(settings.root / "logo.png").as_uri()}" alt="c">'
    assert one(page(more=more), settings).problems == ()


def test_pictures_written_into_the_template_can_be_read(settings: PdfSettings) -> None:
    more = f'<img src="data:image/png;base64,{base64.b64encode(PIXEL).decode()}" alt="a">'
    assert one(page(more=more), settings).problems == ()


def test_a_template_folder_outside_the_campaign_can_be_read(
    settings: PdfSettings, tmp_path: Path
) -> None:
    campaign = tmp_path / "campagna"
    campaign.mkdir()
    (settings.template / "stemma.png").write_bytes(PIXEL)
    apart = replace(settings, root=campaign)
    assert one(page(more='<img src="stemma.png" alt="a">'), apart).problems == ()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/x.png",
        "https://campaign.invalid.example/x.png",
        "ftp://ente.example/x.png",
        "../../../../../../etc/passwd",
        "/etc/passwd",
        "%2e%2e/%2e%2e/%2e%2e/fuori.png",
        "collegamento.png",
        "manca.png",
    ],
)
def test_nothing_else_is_read(settings: PdfSettings, tmp_path: Path, url: str) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-fuori.png"
    outside.write_bytes(PIXEL)
    (settings.template / "collegamento.png").symlink_to(outside)
    with pytest.raises(ProblemsError) as refusal:
        one(page(more=f'<img src="{url}" alt="">'), settings)
    (problem,) = refusal.value.problems
    assert problem.code is Code.TEMPLATE_RESOURCE
    assert (problem.found or "").endswith(url.replace("../", "").lstrip("/"))


def test_a_refusal_in_a_worker_reaches_us(settings: PdfSettings) -> None:
    pdfs = render_pdfs([page(), page(more='<img src="manca.png" alt="">')], settings, jobs=2)
    assert next(pdfs).problems == ()
    with pytest.raises(ProblemsError) as refusal:
        next(pdfs)
    assert refusal.value.problems[0].code is Code.TEMPLATE_RESOURCE


def test_a_broken_image_is_told(settings: PdfSettings) -> None:
    (settings.template / "rotta.png").write_bytes(b"version https://git-lfs.github.com/spec/v1")
    (problem,) = one(page(more='<img src="rotta.png" alt="">'), settings).problems
    assert problem.code is Code.TEMPLATE_RESOURCE
    assert "rotta.png" in (problem.found or "")


def test_an_unknown_variant_is_refused_with_those_there_are(settings: PdfSettings) -> None:
    with pytest.raises(ProblemsError) as refusal:
        one(page(), replace(settings, variant="pdf/a-9z"))
    (problem,) = refusal.value.problems
    assert (problem.key, problem.found) == ("letter.pdf_variant", "pdf/a-9z")
    assert "pdf/a-2a" in problem.expected


def test_settings_come_from_the_campaign() -> None:
    settings = PdfSettings.of(Path("/campagna"), configuration())
    assert settings == PdfSettings(
        Path("/campagna"),
        Path("/campagna/templates/invito"),
        "pdf/a-2a",
        date(2017, 9, 18),
        ("166 W/LP/DI/CO-cc17",),
    )


def test_the_subsetter_is_looked_for() -> None:
    assert isinstance(subsetter_available(), bool)


NO_PANGO = """
import sys, pathlib
from cffi import FFI
def dlopen(self, *names):
    raise OSError("cannot load library")
FFI.dlopen = dlopen
from coalizione_mailer.errors import ProblemsError
from coalizione_mailer.letter.pdf import subsetter_available
try:
    subsetter_available()
except ProblemsError as error:
    print(error.problems[0].code.value, "cannot load library" in error.problems[0].found)
"""


def test_a_machine_without_pango_is_told_and_nothing_else_is_printed() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", NO_PANGO], capture_output=True, text=True, check=True
    )
    assert (ran.stdout, ran.stderr) == ("pango-missing True\n", "")


QUIET_IMPORT = """
import sys
from ctypes import util
started = []
sys.addaudithook(lambda event, args: started.append(event) if event in (
    "subprocess.Popen", "os.posix_spawn", "os.fork", "os.exec", "os.system") else None)
ask = util.find_library
from coalizione_mailer.letter.pdf import subsetter_available
subsetter_available()
print(started, util.find_library is ask)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere libraries are looked for otherwise")
def test_no_program_is_run_to_find_the_libraries() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", QUIET_IMPORT], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[] True\n"
