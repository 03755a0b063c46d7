"""What is written for the office opens in Excel, runs nothing there, and can be read back."""

import csv
import io
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.registry.sheets import harmless, office_csv, read_sheet, register_csv

HEADER = ("codice_istat", "denominazione", "nota")
ROWS = (("001001", "Agliè", ""), ("021008", "Bolzano", "due; nomi"))


def read(folder: Path, data: bytes) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    (folder / "tabella.csv").write_bytes(data)
    sheet = read_sheet(folder / "tabella.csv")
    return sheet.header, sheet.rows


def test_a_table_for_the_office_opens_in_an_italian_excel() -> None:
    data = office_csv(HEADER, ROWS)
    assert data.startswith(b"\xef\xbb\xbfcodice_istat;denominazione;nota\r\n")
    assert data.count(b"\r\n") == 3


def test_both_dialects_are_read_back(tmp_path: Path) -> None:
    assert read(tmp_path, office_csv(HEADER, ROWS)) == (HEADER, ROWS)
    assert read(tmp_path, register_csv(HEADER, ROWS)) == (HEADER, ROWS)


def test_a_table_saved_by_excel_as_cp1252_is_read_back(tmp_path: Path) -> None:
    text = office_csv(HEADER, ROWS).decode("utf-8-sig")
    assert read(tmp_path, text.encode("cp1252")) == (HEADER, ROWS)


@given(st.text())
def test_no_cell_runs_as_a_formula(text: str) -> None:
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


CELLS = st.text(";\"'=+-@\t\r\n aè", max_size=4) | st.none() | st.integers(-9, 9)
PLAIN = st.text("abcè .:", max_size=4)


@given(st.lists(st.lists(CELLS | PLAIN, max_size=4) | st.lists(PLAIN, min_size=2, max_size=2)))
def test_cells_that_are_only_joined_are_as_the_csv_module_writes_them(
    rows: list[list[object]],
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([[harmless(cell) for cell in row] for row in rows])
    assert office_csv(["a", "b"], rows).decode() == "\ufeffa;b\r\n" + text.getvalue()
