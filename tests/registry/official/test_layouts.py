"""What years, programs and people make of the official files, and that it says the same."""

import csv
import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from coalizione_mailer.errors import Code, Severity
from coalizione_mailer.registry.official import (
    read_body_index,
    read_comune_list,
    read_figures,
    read_heads,
)
from coalizione_mailer.registry.official.values import Kind, Mail
from coalizione_mailer.registry.official.workbook import text
from tests.support.official import (
    Place,
    mayor,
    places,
    shouted,
    write_classic,
    write_ipa_csv,
    write_mayors,
    write_posas,
    write_situas,
    zipped,
)


def gzipped(path: Path) -> Path:
    target = path.with_name(f"{path.name}.gz")
    target.write_bytes(gzip.compress(path.read_bytes()))
    return target


def resaved(path: Path, encoding: str, separator: str = ";") -> Path:
    """Save a table again, as Excel does: other separator, other encoding, no needless quotes."""
    content = path.read_bytes().decode("utf-8-sig")
    given = max(",;", key=content.count)
    target = path.with_name("resaved.csv")
    with target.open("w", encoding=encoding, errors="replace", newline="") as stream:
        rows = csv.reader(content.splitlines(keepends=True), delimiter=given)
        csv.writer(stream, delimiter=separator).writerows(rows)
    return target


@pytest.mark.parametrize("pack", [zipped, gzipped])
def test_packed_files_are_read_as_they_come(
    tmp_path: Path, some: tuple[Place, ...], pack: Callable[[Path], Path]
) -> None:
    path = write_posas(tmp_path / "POSAS_2025_it_Comuni.csv", some)
    inside, outside = read_figures(path), read_figures(pack(path))
    assert outside.by_istat == inside.by_istat
    assert outside.source.file == pack(path).name
    assert outside.source.sha256 != inside.source.sha256


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encoding_and_separator_do_not_matter(
    tmp_path: Path, some: tuple[Place, ...], encoding: str, separator: str
) -> None:
    index = write_ipa_csv(tmp_path / "enti.csv", some, others=3)
    again = read_body_index(resaved(index, encoding, separator))
    assert again.bodies == read_body_index(index).bodies
    listed = write_situas(tmp_path / "situas.csv", some)
    comuni = read_comune_list(resaved(listed, encoding, separator)).comuni
    assert comuni == read_comune_list(listed).comuni
    heads = write_mayors(tmp_path / "sindaci.csv", some)
    rows = read_heads(resaved(heads, encoding, separator)).rows
    assert rows == read_heads(heads).rows


def test_with_or_without_its_number_a_body_is_the_same(
    tmp_path: Path, some: tuple[Place, ...]
) -> None:
    numbered = write_ipa_csv(tmp_path / "a.csv", some)
    plain = write_ipa_csv(tmp_path / "b.csv", some, numbered=False)
    assert read_body_index(plain).bodies == read_body_index(numbered).bodies


def test_the_index_as_json_says_the_same(tmp_path: Path, some: tuple[Place, ...]) -> None:
    table = write_ipa_csv(tmp_path / "enti.csv", some, others=3)
    with table.open(encoding="utf-8-sig", newline="") as stream:
        records = list(csv.DictReader(stream))
    path = tmp_path / "enti.json"
    path.write_text(json.dumps({"success": True, "result": {"records": records}}), "utf-8")
    bodies = [body._replace(line=None) for body in read_body_index(table).bodies]
    assert [body._replace(line=None) for body in read_body_index(path).bodies] == bodies


def test_napoli_is_na_and_codes_keep_their_zeros(tmp_path: Path, some: tuple[Place, ...]) -> None:
    for path in (
        write_situas(tmp_path / "a.csv", some),
        write_classic(tmp_path / "b.csv", some, layout=2016),
    ):
        comuni = {c.denominazione: c for c in read_comune_list(path).comuni}
        assert comuni["Napoli"].sigla == "NA"
        assert comuni["Agliè"].codice_istat == "001001"
        assert comuni["Bolzano"].denominazione_altra_lingua == "Bozen"


def body_with(tmp_path: Path, place: Place, **cells: str) -> Path:
    """Return IPA's file with one body, some of its cells other than they were."""
    path = write_ipa_csv(tmp_path / "enti.csv", [place], others=0)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(row))
        writer.writeheader()
        writer.writerow(row | cells)
    return path


@pytest.mark.parametrize("placeholder", ["da_indicare", "non indicato", "n.d.", "-", "NULL", " "])
def test_placeholders_are_nothing(
    tmp_path: Path, some: tuple[Place, ...], placeholder: str
) -> None:
    path = body_with(
        tmp_path,
        some[0],
        Nome_responsabile=placeholder,
        Mail1=placeholder,
        Tipo_Mail1="PEC",
        Mail2=" b@pec.example ",
        Tipo_Mail2="pec",
        Mail3="c@comune.example",
        Tipo_Mail3="Altro",
    )
    (body,) = read_body_index(path).bodies
    assert body.head[0] == ""
    assert body.mails == (
        Mail("b@pec.example", certified=True, position=2),
        Mail("c@comune.example", certified=False, position=3),
    )


def test_the_seat_is_known_by_a_code_that_lost_its_zeros(
    tmp_path: Path, some: tuple[Place, ...]
) -> None:
    path = body_with(tmp_path, some[0], Codice_comune_ISTAT="1001", Codice_catastale_comune="a074")
    (body,) = read_body_index(path).bodies
    assert (body.istat, body.catastale) == ("001001", "A074")


def test_a_body_that_is_there_twice_counts_once_and_is_told(
    tmp_path: Path, some: tuple[Place, ...]
) -> None:
    path = write_ipa_csv(tmp_path / "enti.csv", some, others=0)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, lines[1]]))
    index = read_body_index(path)
    assert len(index.bodies) == len(some)
    (warning,) = index.warnings
    assert (warning.code, warning.severity) == (Code.COMUNE_DUPLICATE, Severity.WARNING)
    assert (warning.line, warning.expected) == (len(lines) + 1, ("2",))


def test_a_row_of_the_index_that_cannot_be_told_apart_is_passed_over_and_told(
    tmp_path: Path, some: tuple[Place, ...]
) -> None:
    path = write_ipa_csv(tmp_path / "enti.csv", some, others=0)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b'1,"a"b,c\r\n', *lines[1:], b"x," * 60 + b"x\r\n"]))
    index = read_body_index(path)
    assert len(index.bodies) == len(some)
    assert {(w.code, w.line) for w in index.warnings} == {
        (Code.ROW_WRONG, 2),
        (Code.ROW_WRONG, len(lines) + 2),
    }


# ------------------------------------------------------------------------------ the ministry


def ministry_with(tmp_path: Path, some: tuple[Place, ...], old: str, new: bytes) -> Path:
    path = write_mayors(tmp_path / "sindaciincarica.csv", some)
    content = path.read_bytes()
    assert old.encode() in content
    path.write_bytes(content.replace(old.encode(), new))
    return path


def test_quotes_that_were_never_doubled_spoil_no_row(
    tmp_path: Path, some: tuple[Place, ...]
) -> None:
    whole = read_heads(write_mayors(tmp_path / "whole.csv", some)).rows
    for broken in (b'LISTA "INSIEME" PER', b'"INSIEME', b'A ; "B" ; C', b"A\x9dB", b'INSIEME"'):
        path = ministry_with(tmp_path, some, "INSIEME PER L'ESEMPIO", broken)
        heads = read_heads(path)
        assert heads.rows == whole
        assert heads.warnings == ()


def test_two_encodings_in_one_file_are_told_apart_line_by_line(
    tmp_path: Path, some: tuple[Place, ...]
) -> None:
    content = write_mayors(tmp_path / "a.csv", some).read_bytes().replace(b"INSIEME", "È".encode())
    lines = content.splitlines(keepends=True)
    name = shouted(mayor(some[0]).given).encode()
    lines[3] = lines[3].replace("È".encode(), b"\xc8").replace(name, b"NICOL\xd2")
    path = tmp_path / "b.csv"
    path.write_bytes(b"".join(lines))
    assert read_heads(path).rows[0].given_name == "NICOLÒ"


def test_a_day_that_is_none_is_told_and_left_out(tmp_path: Path, some: tuple[Place, ...]) -> None:
    path = ministry_with(tmp_path, some[:1], "10/06/2024", b"31/02/2024")
    heads = read_heads(path)
    assert (heads.rows[0].elected, heads.rows[0].in_office) == (date(2024, 6, 9), None)
    (warning,) = heads.warnings
    assert (warning.line, warning.key, warning.found) == (
        4,
        "data_entrata_in_carica",
        "31/02/2024",
    )


def test_a_row_without_a_comune_is_passed_over_and_told(
    tmp_path: Path, some: tuple[Place, ...]
) -> None:
    path = ministry_with(tmp_path, some[:2], f'"{shouted(some[0].both)}"', b'""')
    heads = read_heads(path)
    assert [row.name for row in heads.rows] == [shouted(some[1].both)]
    assert [(w.line, w.key) for w in heads.warnings] == [(4, "denominazione_comune")]


# -------------------------------------------------------------------------------- population


def test_years_without_an_overall_total_are_the_sum_of_men_and_women(tmp_path: Path) -> None:
    path = tmp_path / "POSAS_2019_it_Comuni.csv"
    path.write_text(
        '"Popolazione residente per età al 1° gennaio 2019"\n'
        "Codice comune;Denominazione;Età;Maschi celibi;Totale maschi;Totale femmine\n"
        "1001;Agliè;0;1;1.200;1.300\n1001;Agliè;999;1;1200;1300\n",
        encoding="utf-8",
    )
    figures = read_figures(path)
    assert (figures.column, figures.by_istat) == ("popolazione_2019", {"001001": 2500})
    assert figures.source.vintage == date(2019, 1, 1)


@pytest.mark.parametrize(
    ("row", "key", "found"),
    [
        ("x;Agliè;0;1;1;2", "codice_comune", "x"),
        ("001001;Agliè;131;1;1;2", "età", "131"),
        ("001001;Agliè;-1;1;1;2", "età", "-1"),
        ("001001;Agliè;0;1;1;2,5", "totale", "2,5"),
        ("001001;Agliè;0;1;1;", "totale", ""),
    ],
)
def test_a_wrong_row_of_posas_refuses_the_file(
    tmp_path: Path, refused: Callable[..., list[object]], row: str, key: str, found: str
) -> None:
    path = tmp_path / "POSAS_2025.csv"
    path.write_text(
        "Codice comune;Comune;Età;Totale maschi;Totale femmine;Totale\n"
        f"{row}\n001001;Agliè;999;1;1;2\n",
        encoding="utf-8",
    )
    problems = refused(Kind.POPULATION, path)
    assert (Code.ROW_WRONG, 2, key, found) in {
        (p.code, p.line, p.key, p.found)  # type: ignore[attr-defined]
        for p in problems
    }


def test_a_comune_with_two_totals_is_refused(
    tmp_path: Path, refused: Callable[..., list[object]]
) -> None:
    path = write_posas(tmp_path / "POSAS_2025.csv", [places()[0]] * 2, ages=1)
    assert Code.COMUNE_DUPLICATE in {
        problem.code  # type: ignore[attr-defined]
        for problem in refused(Kind.POPULATION, path)
    }


# -------------------------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (79095.0, "79095"),
        (0.5, "0.5"),
        (True, "1"),
        (date(2024, 2, 29), "2024-02-29"),
        (" x ", "x"),
    ],
)
def test_cells_of_a_spreadsheet_are_written_as_people_would(cell: object, written: str) -> None:
    assert text(cell) == written
