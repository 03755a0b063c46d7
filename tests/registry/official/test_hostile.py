"""What is no official file is refused in one sentence: what it looks like, what was expected."""

import gzip
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from coalizione_mailer.cli.advice import full
from coalizione_mailer.errors import Code, Problem
from coalizione_mailer.registry.official import read_body_index, read_figures
from coalizione_mailer.registry.official.container import MAX_UNPACKED
from coalizione_mailer.registry.official.values import Kind
from tests.support.official import (
    Place,
    write_classic,
    write_ipa_csv,
    write_ipa_xlsx,
    write_mayors,
    write_posas,
    write_situas,
    zipped,
)

Refused = Callable[[Kind, Path], list[Problem]]
Verdict = Callable[[Kind, Path], tuple[Code, str | None]]

ERROR_403 = b"""<!DOCTYPE html>
<html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1></body></html>"""
EXCEL_HTML = b"""\xef\xbb\xbf\r\n<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table>
<tr><td>Codice_IPA</td></tr></table></html>"""


def packed(members: dict[str, bytes], level: int = 9) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


LOOKS = {
    "": (b"", "empty"),
    "only spaces": (b"\xef\xbb\xbf \r\n\t\n", "empty"),
    "an error page saved as csv": (ERROR_403, "html"),
    "a web page saved as xls": (EXCEL_HTML, "html"),
    "a web page in UTF-16": (ERROR_403.decode().encode("utf-16"), "html"),
    "a page of XML": (b'<?xml version="1.0"?><enti><ente/></enti>', "xml"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "pdf"),
    "an image": (b"\x89PNG\r\n\x1a\n" + bytes(64), "image"),
    "an archive of another kind": (b"7z\xbc\xaf\x27\x1c" + bytes(64), "archive"),
    "an old spreadsheet": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "xls"),
    "noise": (bytes(range(256)) * 8, "binary"),
    "a text": (b"Gentile utente,\nil servizio non e' disponibile.\n", "table"),
    "another table": (b"nome;cognome\nAnna;Prova\n", "table"),
    "another JSON": (b'{"errore": [1, 2, {"a": null}]}', "table"),
    "a bare number in JSON": (b"[1]", "table"),
    "a text document": (packed({"word/document.xml": b"<w/>"}), "word"),
    "an OpenDocument sheet": (packed({"mimetype": b"x", "content.xml": b"<o/>"}), "ods"),
    "an archive of images": (packed({"a.png": b"x", "__MACOSX/a.csv": b"x"}), "zip-empty"),
    "an archive of two tables": (packed({"a.csv": b"x", "b/b.csv": b"x"}), "zip-many"),
    "an archive in an archive": (packed({"a.zip": packed({"a.csv": b"x"})}), "zip-nested"),
    "an archive that says it is a table": (packed({"a.csv": packed({"b": b""})}), "zip-nested"),
    "a web page in an archive": (packed({"enti.csv": ERROR_403}), "html"),
    "a web page in gzip": (gzip.compress(ERROR_403), "html"),
}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("case", LOOKS)
def test_what_is_no_table_is_named_and_what_was_expected(
    tmp_path: Path, refused: Refused, kind: Kind, case: str
) -> None:
    content, look = LOOKS[case]
    path = tmp_path / "enti.csv"
    path.write_bytes(content)
    (problem,) = refused(kind, path)
    assert (problem.code, problem.found) == (Code.FILE_NOT_OFFICIAL, look)
    if not look.startswith("zip-"):
        family = {"ipa": "IPA", "istat": "ISTAT", "population": "ISTAT", "mayors": "DAIT"}[kind]
        assert {name.split()[0] for name in problem.expected} == {family}
    assert "{" not in full(problem)


def test_a_locked_archive_is_refused(tmp_path: Path, verdict: Verdict) -> None:
    content = bytearray(packed({"enti.csv": b"x"}))
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 8] |= 1
    path = tmp_path / "enti.zip"
    path.write_bytes(content)
    assert verdict(Kind.IPA, path) == (Code.FILE_NOT_OFFICIAL, "zip-locked")


@pytest.mark.parametrize("kind", Kind)
def test_a_file_of_another_command_is_sent_there(
    tmp_path: Path, some: tuple[Place, ...], refused: Refused, kind: Kind
) -> None:
    files = {
        Kind.IPA: write_ipa_csv(tmp_path / "a.csv", some, others=5),
        Kind.ISTAT: write_situas(tmp_path / "b.csv", some),
        Kind.POPULATION: write_posas(tmp_path / "c.csv", some),
        Kind.MAYORS: write_mayors(tmp_path / "d.csv", some),
    }
    for other, path in files.items():
        if other is not kind:
            (problem,) = refused(kind, path)
            assert (problem.code, problem.expected) == (Code.FILE_OTHER_KIND, (str(other),))
            assert f"mailer import {other}" in full(problem)


def test_a_list_without_figures_is_a_list(
    tmp_path: Path, some: tuple[Place, ...], refused: Refused
) -> None:
    path = write_classic(tmp_path / "a.csv", some, layout=2024)
    (problem,) = refused(Kind.POPULATION, path)
    assert (problem.code, problem.expected) == (Code.FILE_OTHER_KIND, ("istat",))


def test_a_file_that_is_not_there_and_a_folder_are_refused(
    tmp_path: Path, refused: Refused
) -> None:
    (problem,) = refused(Kind.IPA, tmp_path / "no.csv")
    assert problem.code is Code.FILE_MISSING
    (problem,) = refused(Kind.IPA, tmp_path)
    assert problem.code is Code.FILE_UNREADABLE


# ------------------------------------------------------------------------------- cut short


def test_a_download_that_stopped_in_a_row_is_cut_short(
    tmp_path: Path, some: tuple[Place, ...], verdict: Verdict
) -> None:
    path = write_ipa_csv(tmp_path / "enti.csv", some, others=5)
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    assert verdict(Kind.IPA, path) == (Code.FILE_TRUNCATED, "text")
    path.write_bytes(whole[: whole.rindex(b'"') - 5])
    assert verdict(Kind.IPA, path) == (Code.FILE_TRUNCATED, "text")


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("pack", [zipped, None])
def test_archives_and_spreadsheets_that_stopped_are_cut_short(
    tmp_path: Path,
    some: tuple[Place, ...],
    verdict: Verdict,
    kept: float,
    pack: Callable[[Path], Path] | None,
) -> None:
    path = write_ipa_xlsx(tmp_path / "enti.xlsx", some, others=5)
    if pack:
        path = pack(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    assert verdict(Kind.IPA, path) == (Code.FILE_TRUNCATED, "zip")


def test_gzip_that_stopped_is_cut_short(tmp_path: Path, verdict: Verdict) -> None:
    path = tmp_path / "enti.csv.gz"
    path.write_bytes(gzip.compress(bytes(range(32, 127)) * 100)[:-20])
    assert verdict(Kind.IPA, path) == (Code.FILE_TRUNCATED, "gzip")


def test_json_that_stopped_or_never_ends_is_cut_short(tmp_path: Path, verdict: Verdict) -> None:
    path = tmp_path / "dimensioni.json"
    for content in (b'{"resultset": [{"PRO_COM_T": "001', b"[" * 100_000, b'{"a": 1e'):
        path.write_bytes(content)
        assert verdict(Kind.POPULATION, path) == (Code.FILE_TRUNCATED, "json")


def test_posas_that_stopped_between_two_rows_misses_a_total(
    tmp_path: Path, some: tuple[Place, ...], refused: Refused
) -> None:
    path = write_posas(tmp_path / "POSAS_2025.csv", some)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-2]))
    (problem,) = refused(Kind.POPULATION, path)
    last = some[-1]
    assert (problem.code, problem.found) == (Code.TOTAL_MISSING, f"{last.name} ({last.istat})")


# -------------------------------------------------------------------------------- too large


def test_archives_that_unpack_to_too_much_are_refused(tmp_path: Path, verdict: Verdict) -> None:
    bomb = bytes(60 * 2**20)
    path = tmp_path / "bomb"
    path.write_bytes(packed({"enti.csv": bomb}))
    assert verdict(Kind.IPA, path) == (Code.FILE_TOO_LARGE, "ratio")
    path.write_bytes(packed({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": bomb}))
    assert verdict(Kind.IPA, path) == (Code.FILE_TOO_LARGE, "ratio")
    path.write_bytes(gzip.compress(bomb))
    assert verdict(Kind.IPA, path) == (Code.FILE_TOO_LARGE, "ratio")


def test_an_archive_that_lies_about_its_size_is_no_better(tmp_path: Path, verdict: Verdict) -> None:
    content = bytearray(packed({"enti.csv": bytes(60 * 2**20)}))
    directory = content.rfind(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<L", 1000)
    path = tmp_path / "enti.zip"
    path.write_bytes(content)
    assert verdict(Kind.IPA, path) == (Code.FILE_TRUNCATED, "zip")


def test_gzip_of_more_than_is_read_is_refused(tmp_path: Path, verdict: Verdict) -> None:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    chunk = bytes(range(256)) * 4096
    parts = [packer.compress(chunk) for _ in range(MAX_UNPACKED // len(chunk) + 1)]
    path = tmp_path / "enti.gz"
    path.write_bytes(b"".join([*parts, packer.flush()]))
    assert verdict(Kind.IPA, path) == (Code.FILE_TOO_LARGE, "bytes")


def test_an_archive_of_too_many_files_is_refused(tmp_path: Path, verdict: Verdict) -> None:
    path = tmp_path / "enti.zip"
    path.write_bytes(packed({f"{n}.png": b"" for n in range(2001)}))
    assert verdict(Kind.IPA, path) == (Code.FILE_TOO_LARGE, "members")
    path.write_bytes(packed({f"{n:0200}.png": b"" for n in range(5000)}))
    assert verdict(Kind.IPA, path) == (Code.FILE_TOO_LARGE, "members")


def test_a_million_rows_are_refused(tmp_path: Path, verdict: Verdict) -> None:
    path = tmp_path / "enti.csv"
    header = b"Codice_IPA,Denominazione_ente,Codice_Categoria,Mail1,Tipo_Mail1\n"
    path.write_bytes(header + b"x,y,L33,,\n" * 1_000_000)
    assert verdict(Kind.IPA, path) == (Code.FILE_TOO_LARGE, "rows")


def sheet_with(tmp_path: Path, some: tuple[Place, ...], change: Callable[[str], str]) -> Path:
    """Return IPA's spreadsheet with the XML of its sheet changed."""
    path = write_ipa_xlsx(tmp_path / "enti.xlsx", some, others=5)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    members[sheet] = change(members[sheet].decode()).encode()
    path.write_bytes(packed(members))
    return path


END = "</sheetData>"


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "rows"),
        ('<row r="999"><c r="XFD999"><v>1</v></c></row>', "rows"),
        ("<row r='999'><c r='XFD999'><v>1</v></c></row>", "rows"),
        ('<row r="999"><c s="1" r="DA999"><v>1</v></c></row>', "rows"),
        ('<row r="999"><c\n\tr = "XFD999"><v>1</v></c></row>', "rows"),
        ('<row r="999"><c r="&#88;FD999"><v>1</v></c></row>', "rows"),
        ("<row>" + "<c><v>1</v></c>" * 105 + "</row>", "columns"),
        ("<row>" + "<c t='n'><v>1</v></c>" * 105 + "</row>", "columns"),
        ("<row/>" * 100_000, "rows"),
    ],
)
def test_a_cell_far_away_does_not_take_the_memory_of_all_before_it(
    tmp_path: Path, some: tuple[Place, ...], verdict: Verdict, cell: str, found: str
) -> None:
    path = sheet_with(tmp_path, some, lambda xml: xml.replace(END, cell + END))
    assert verdict(Kind.IPA, path) == (Code.FILE_TOO_LARGE, found)


def test_spreadsheets_of_other_programs_are_read(tmp_path: Path, some: tuple[Place, ...]) -> None:
    """Cells without references, attributes in another order, a prefix before every name."""
    path = write_ipa_xlsx(tmp_path / "enti.xlsx", some, others=5)
    bodies = read_body_index(path).bodies

    def reordered(xml: str) -> str:
        return re.sub(r'<c (r="\w+") (t="\w+")', r"<c \2 \1", xml)

    def prefixed(xml: str) -> str:
        xml = re.sub(r"<(/?)(?!\?)", r"<\1x:", xml)
        return xml.replace('xmlns="', 'xmlns:x="')

    for change in (reordered, prefixed):
        assert read_body_index(sheet_with(tmp_path, some, change)).bodies == bodies


def test_formulas_are_what_they_last_gave_and_never_run(
    tmp_path: Path, some: tuple[Place, ...]
) -> None:
    path = sheet_with(
        tmp_path,
        some,
        lambda xml: xml.replace("<is><t>Comune di Roma</t></is>", "<is><t>=1+1</t></is>"),
    )
    assert "=1+1" in {body.name for body in read_body_index(path).bodies}


# ----------------------------------------------------------------------------- wrong figures


def test_a_total_that_is_not_the_sum_of_its_ages_is_refused(
    tmp_path: Path, some: tuple[Place, ...], refused: Refused
) -> None:
    path = write_posas(tmp_path / "POSAS_2025.csv", some)
    place = some[0]
    total = f"{place.residents}\n".encode()
    path.write_bytes(path.read_bytes().replace(total, f"{place.residents + 1}\n".encode(), 1))
    (problem,) = refused(Kind.POPULATION, path)
    assert (problem.code, problem.line) == (Code.TOTAL_WRONG, 5)
    assert (problem.found, problem.expected) == (str(place.residents + 1), (str(place.residents),))


def test_posas_says_its_year_or_is_refused(
    tmp_path: Path, some: tuple[Place, ...], verdict: Verdict
) -> None:
    path = write_posas(tmp_path / "POSAS.csv", some)
    titleless = b"".join(path.read_bytes().splitlines(keepends=True)[1:])
    path.write_bytes(titleless)
    assert verdict(Kind.POPULATION, path) == (Code.FILE_NOT_OFFICIAL, "yearless")
    named = tmp_path / "POSAS_2024_it_Comuni.csv"
    named.write_bytes(titleless)
    assert read_figures(named).column == "popolazione_2024"


def test_two_censuses_in_one_file_are_refused(tmp_path: Path, refused: Refused) -> None:
    rows = [
        {"PRO_COM_T": f"00100{n}", "COMUNE": "X", "POP_LEG": 5, "ANNO_CENSIMENTO": 2011 + 10 * n}
        for n in range(2)
    ]
    path = tmp_path / "dimensioni.json"
    path.write_text(json.dumps({"resultset": rows}), encoding="utf-8")
    (problem,) = refused(Kind.POPULATION, path)
    assert (problem.key, problem.found, problem.expected) == ("anno_censimento", "2021", ("2011",))


@pytest.mark.parametrize(
    ("change", "code", "key", "found"),
    [
        ({"PRO_COM_T": "x"}, Code.ROW_WRONG, "pro_com_t", "x"),
        ({"POP_LEG": None}, Code.ROW_WRONG, "pop_leg", ""),
        ({"POP_LEG": -5}, Code.ROW_WRONG, "pop_leg", "-5"),
        ({"PRO_COM_T": "001001"}, Code.COMUNE_DUPLICATE, "pro_com_t", "001001"),
        ({"ANNO_CENSIMENTO": "x"}, Code.ROW_WRONG, "anno_censimento", "x"),
    ],
)
def test_a_wrong_row_of_the_dimensions_refuses_the_file(
    tmp_path: Path, refused: Refused, change: dict[str, object], code: Code, key: str, found: str
) -> None:
    row = {"PRO_COM_T": "001001", "COMUNE": "Agliè", "POP_LEG": 5, "ANNO_CENSIMENTO": 2021}
    path = tmp_path / "dimensioni.json"
    second = {"PRO_COM_T": "001002", "COMUNE": "Airasca"}
    rows = [row, row | second | change]
    path.write_text(json.dumps({"resultset": rows}), encoding="utf-8")
    (problem,) = refused(Kind.POPULATION, path)
    assert (problem.code, problem.line, problem.key) == (code, 2, key)
    assert problem.found == found


def test_dimensions_of_nobody_say_no_year(tmp_path: Path, verdict: Verdict) -> None:
    path = tmp_path / "dimensioni.csv"
    path.write_text("PRO_COM_T;COMUNE;POP_LEG;ANNO_CENSIMENTO\n", encoding="utf-8")
    assert verdict(Kind.POPULATION, path) == (Code.FILE_NOT_OFFICIAL, "yearless")


def test_a_spreadsheet_that_is_none_within_is_cut_short(
    tmp_path: Path, some: tuple[Place, ...], verdict: Verdict
) -> None:
    path = sheet_with(tmp_path, some, lambda xml: xml.replace("</row>", "</ro", 1))
    assert verdict(Kind.IPA, path) == (Code.FILE_TRUNCATED, "xlsx")
    path.write_bytes(packed({"xl/workbook.xml": b"<workbook/>"}))
    assert verdict(Kind.IPA, path)[0] in {Code.FILE_TRUNCATED, Code.FILE_NOT_OFFICIAL}


def test_gzip_that_is_damaged_is_cut_short(tmp_path: Path, verdict: Verdict) -> None:
    content = bytearray(gzip.compress(bytes(range(32, 127)) * 100))
    content[12:40] = b"\xff" * 28
    path = tmp_path / "enti.csv.gz"
    path.write_bytes(content)
    assert verdict(Kind.IPA, path) == (Code.FILE_TRUNCATED, "gzip")


def test_every_wrong_row_of_a_list_is_told_with_its_line(
    tmp_path: Path, some: tuple[Place, ...], refused: Refused
) -> None:
    path = write_classic(tmp_path / "a.csv", some, layout=2020)
    text = path.read_bytes().decode("cp1252")
    lines = text.split("\r\n")
    lines[1] = lines[1].replace(some[0].catastale, "A0")
    lines[3] = lines[2]
    lines.insert(4, '01;"broken"quote')
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    problems = refused(Kind.ISTAT, path)
    assert [(p.code, p.line, p.key) for p in problems] == [
        (Code.ROW_WRONG, 4, "codice_catastale_del_comune"),
        (Code.COMUNE_DUPLICATE, 6, "codice_comune_formato_alfanumerico"),
        (Code.COMUNE_DUPLICATE, 6, "codice_catastale_del_comune"),
        (Code.ROW_WRONG, 7, None),
    ]
