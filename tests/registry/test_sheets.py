"""What is written for the office opens in Excel, runs nothing there, and can be read back."""

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
