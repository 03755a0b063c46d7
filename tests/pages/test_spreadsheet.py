"""Workbooks read back cell by cell, with a reader that knows nothing of the writer."""

import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from coalizione_mailer.pages.spreadsheet import Cell, Column, Look, Sheet, workbook
from coalizione_mailer.pages.times import in_rome

AT = 1_505_902_500.0


def write(path: Path, look: Look, rows: Sequence[Sequence[Cell]]) -> Path:
    with workbook(path) as book:
        book.write(Sheet("Prova", "Prova & titolo", [Column("Uno", 20, look)], 1), rows)
        book.date(AT, "Prova")
    return path


def read(path: Path) -> list[object]:
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_name("Prova")
    return [row[0] for row in sheet.to_python()[1:]]


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://x.example";"qui")',
    "+39 02",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "=cmd|'/c calc'!A0",
]


def test_what_looks_like_a_formula_is_text_and_stays_text_when_edited(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", Look.TEXT, [[text] for text in FORMULAS])
    assert read(path) == FORMULAS
    sheet = parts(path)["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    (quoted,) = set(re.findall(r'<c r="A\d+" s="(\d+)" t="inlineStr"><is><t[^>]*>[=+\-@\t]', sheet))
    formats = re.findall(r"<xf [^>]*>", parts(path)["xl/styles.xml"].split("<cellXfs")[1])
    assert 'quotePrefix="1"' in formats[int(quoted)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=40)
    )
)
def test_any_text_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    wanted = [text for text in texts if text.strip()]
    path = tmp_path_factory.mktemp("testo") / "x.xlsx"
    assert read(write(path, Look.WRAPPED, [[text] for text in wanted])) == wanted


def test_dates_and_times_are_real_and_italian(tmp_path: Path) -> None:
    moments = write(tmp_path / "m.xlsx", Look.MOMENT, [[in_rome(AT)], [None]])
    assert read(moments)[0] == datetime(2017, 9, 20, 12, 15)  # noqa: DTZ001  a sheet has no zones
    days = write(tmp_path / "d.xlsx", Look.DAY, [[date(2017, 9, 18)]])
    assert read(days) == [date(2017, 9, 18)]


def test_a_date_before_excels_calendar_is_written_out(tmp_path: Path) -> None:
    assert read(write(tmp_path / "x.xlsx", Look.MOMENT, [[in_rome(-1e10)]])) == ["10/02/1653"]


def test_text_longer_than_a_cell_is_cut(tmp_path: Path) -> None:
    (found,) = read(write(tmp_path / "x.xlsx", Look.TEXT, [["a" * 40_000]]))
    assert found == "a" * 32_000


def test_it_is_ready_to_be_looked_through_and_printed(tmp_path: Path) -> None:
    inside = parts(write(tmp_path / "x.xlsx", Look.TEXT, [["a"], ["b"]]))
    sheet, book = inside["xl/worksheets/sheet1.xml"], inside["xl/workbook.xml"]
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in sheet
    assert '<autoFilter ref="A1:A3"/>' in sheet
    assert re.search(
        r'<pageSetup paperSize="9" [^>]*fitToHeight="0" orientation="landscape"', sheet
    )
    assert "<oddFooter>&amp;L&amp;A&amp;CPagina &amp;P di &amp;N</oddFooter>" in sheet
    assert "<oddHeader>&amp;L&amp;BProva &amp;&amp; titolo</oddHeader>" in sheet
    assert "Prova!$1:$1" in book
    assert "Prova!$A$1:$A$3" in book


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (write(tmp_path / name, Look.TEXT, [["a"]]) for name in ("1.xlsx", "2.xlsx"))
    assert one.read_bytes() == two.read_bytes()
    assert "2017-09-20T12:15:00Z" in parts(one)["docProps/core.xml"]


def test_what_the_system_refuses_comes_as_its_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "nessuna" / "x.xlsx", Look.TEXT, [])
