"""The register file, and what people make of it."""

import csv
import io
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.registry import Register, read_register

Write = Callable[[str | bytes], Path]

SHIPPED = Path(__file__).parents[2] / "data" / "comuni.csv"
LEGAL = "popolazione_legale_2011"

HEADER = "codice_istat,denominazione,provincia,sigla,regione,codice_catastale,popolazione_2023"
AGLIE = "001001,Agliè,Torino,TO,Piemonte,A074,2558"
NAPOLI = "063049,Napoli,Napoli,NA,Campania,F839,913462"


def rows_of(*names: str) -> list[dict[str, str]]:
    with SHIPPED.open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["denominazione"] in names]


# A lost zero, NA, a sum, no figure, a second language, apostrophes, homonyms, every accent.
ROWS = rows_of(
    "Agliè",
    "Napoli",
    "Sovizzo",
    "Misiliscemi",
    "Appiano sulla strada del vino",
    "Ortisei",
    "L'Aquila",
    "Castro",
    "Cantù",
    "San Donà di Piave",
    "Vicenza",
    "Roma",
)


@dataclass(frozen=True)
class Mangling:
    """What a spreadsheet, or a person, can do to the file without changing what it says."""

    columns: list[str]
    separator: str
    encoding: str
    line_end: str
    quoting: int
    named_separator: bool
    zeros_lost: bool
    thousands: str
    naples_eaten: bool
    blank: str
    empty_cells: int
    lower_catastale: bool
    shouted_header: bool

    def apply(self, rows: list[dict[str, str]]) -> bytes:
        stream = io.StringIO(newline="")
        writer = csv.writer(
            stream,
            delimiter=self.separator,
            lineterminator=self.line_end,
            quoting=self.quoting,  # type: ignore[arg-type]  # one of csv's own constants
        )
        header = [
            name.upper().replace("_", " ") if self.shouted_header else name for name in self.columns
        ]
        writer.writerow(header)
        for row in rows:
            cells = [self.cell(column, row) for column in self.columns]
            writer.writerow(cells + [""] * self.empty_cells)
            stream.write(self.line_end * self.empty_cells)
        first = f"sep={self.separator}{self.line_end}" if self.named_separator else ""
        return (first + stream.getvalue()).encode(self.encoding)

    def cell(self, column: str, row: dict[str, str]) -> str:
        text = row.get(column, "note, with; anything")
        match column:
            case "codice_istat" if self.zeros_lost:
                text = text.lstrip("0")
            case "codice_catastale" if self.lower_catastale:
                text = text.lower()
            case "sigla" if self.naples_eaten and text == "NA":
                text = ""
            case "popolazione_legale_2011" if text:
                text = f"{int(text):,}".replace(",", self.thousands)
            case _:
                pass
        return f"{self.blank}{text}{self.blank}"


COLUMNS = [*ROWS[0], "note"]

manglings = st.builds(
    Mangling,
    columns=st.permutations(COLUMNS),
    separator=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    named_separator=st.booleans(),
    zeros_lost=st.booleans(),
    thousands=st.sampled_from(["", ".", ",", "'", "\xa0"]),
    naples_eaten=st.booleans(),
    blank=st.sampled_from(["", " ", "\xa0"]),
    empty_cells=st.integers(0, 2),
    lower_catastale=st.booleans(),
    shouted_header=st.booleans(),
)


def read_bytes(content: bytes, population: str = LEGAL) -> Register:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "comuni.csv"
        path.write_bytes(content)
        return read_register(path, population)


@settings(deadline=None)
@given(mangling=manglings)
def test_however_the_file_is_mangled_the_register_is_the_same(
    shipped: Register, mangling: Mangling
) -> None:
    expected = [shipped.by_istat[row["codice_istat"]] for row in ROWS]
    assert list(read_bytes(mangling.apply(ROWS)).comuni) == expected


def problems(path: Path, population: str = "popolazione_2023") -> list[Problem]:
    with pytest.raises(ProblemsError) as caught:
        read_register(path, population)
    return list(caught.value.problems)


def found(path: Path) -> list[tuple[Code, int | None, str | None, str | None]]:
    return [(each.code, each.line, each.key, each.found) for each in problems(path)]


def test_optional_columns_may_be_missing(write: Write) -> None:
    (comune,) = read_register(write(f"{HEADER}\n{AGLIE}\n"), "popolazione_2023").comuni
    assert comune.denominazione == "Agliè"
    assert comune.denominazione_altra_lingua == comune.ripartizione == ""
    assert comune.popolazione == 2558
    assert comune.popolazione_sommata is False
    assert comune.latitudine is comune.longitudine is None


def test_the_sum_is_marked_only_on_the_figure_it_concerns() -> None:
    assert {"popolazione_legale_2011", "popolazione_2023"} <= set(ROWS[0])
    row = dict(rows_of("Sovizzo")[0], popolazione_sommata="popolazione_legale_2011")
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(row))
    writer.writeheader()
    writer.writerow(row)
    raw = stream.getvalue().encode()
    assert read_bytes(raw, "popolazione_legale_2011").comuni[0].popolazione_sommata is True
    assert read_bytes(raw, "popolazione_2023").comuni[0].popolazione_sommata is False


@pytest.mark.parametrize(
    ("written", "residents"),
    [
        ("2644", 2644),
        ("2.644", 2644),
        ('"2,644"', 2644),
        ("2 644", 2644),
        ("2'644", 2644),
        ("2’644", 2644),
        ("2644.0", 2644),
        ('"2.644,00"', 2644),
        ("1.234.567", 1234567),
        ("1.000", 1000),
        ("0", 0),
        ("", None),
        ("-", None),
        ("n.d.", None),
        ("NaN", None),
    ],
)
def test_residents_are_read_as_people_write_them(
    write: Write, written: str, residents: int | None
) -> None:
    path = write(f"{HEADER}\n{AGLIE.removesuffix('2558')}{written}\n")
    assert read_register(path, "popolazione_2023").comuni[0].popolazione == residents


@pytest.mark.parametrize(
    "written", ["2.64", "2.6", "2,64", "12.5", "-3", "abc", "1.23.456", "10000000", "2644 ab"]
)
def test_residents_that_lost_digits_or_never_were_a_number_are_refused(
    write: Write, written: str
) -> None:
    path = write(f'{HEADER}\n{AGLIE.removesuffix("2558")}"{written}"\n')
    assert found(path) == [(Code.ROW_WRONG, 2, "popolazione_2023", written)]


@pytest.mark.parametrize("written", ['="063049"', "'063049", '"=""063049"""', " 63049 "])
def test_codes_wrapped_to_keep_their_zeros_are_unwrapped(write: Write, written: str) -> None:
    path = write(f"{HEADER}\n{NAPOLI.replace('063049', written)}\n")
    assert read_register(path, "popolazione_2023").comuni[0].codice_istat == "063049"


@pytest.mark.parametrize(
    ("right", "wrong", "column"),
    [
        ("001001", "101", "codice_istat"),
        ("001001", "1001001", "codice_istat"),
        ("001001", "", "codice_istat"),
        ("A074", "AO74", "codice_catastale"),
        ("A074", "", "codice_catastale"),
        ("Agliè", "", "denominazione"),
        ("Agliè", "Agli?", "denominazione"),
        ("Agliè", "AgliÃ¨", "denominazione"),
        ("Agliè", "Agli\ufffd", "denominazione"),
        ("Agliè", "AgliŠ", "denominazione"),
        ("Agliè", "Agliˆ", "denominazione"),
        ("Agliè", '"Agliè\nBcc: x"', "denominazione"),
        ("TO", "", "sigla"),
        ("TO", "Torino", "sigla"),
        ("Piemonte", "1", "regione"),
    ],
)
def test_a_wrong_cell_is_told_with_its_line_and_column(
    write: Write, right: str, wrong: str, column: str
) -> None:
    path = write(f"{HEADER}\n{NAPOLI}\n{AGLIE.replace(right, wrong)}\n")
    assert found(path) == [(Code.ROW_WRONG, 3, column, wrong.strip('"'))]


@pytest.mark.parametrize("written", ["91", "45.3634.669", "north", "-181"])
def test_a_place_off_the_map_is_refused(write: Write, written: str) -> None:
    path = write(f"{HEADER},latitudine\n{AGLIE},{written}\n")
    assert found(path) == [(Code.ROW_WRONG, 2, "latitudine", written)]


def test_a_longitude_may_have_a_comma(write: Write) -> None:
    path = write(f'{HEADER},longitudine\n{AGLIE},"7,76"\n')
    assert read_register(path, "popolazione_2023").comuni[0].longitudine == 7.76


def test_all_wrong_rows_are_told_at_once_in_the_order_of_the_file(write: Write) -> None:
    lines = [
        HEADER,
        AGLIE,
        " , ,,,,,",
        "x,77,Torino,TOR,Piemonte,B1,many",
        AGLIE + ",more,cells",
        NAPOLI,
    ]
    assert found(write("\n".join(lines))) == [
        (Code.ROW_WRONG, 4, "codice_istat", "x"),
        (Code.ROW_WRONG, 4, "codice_catastale", "B1"),
        (Code.ROW_WRONG, 4, "denominazione", "77"),
        (Code.ROW_WRONG, 4, "sigla", "TOR"),
        (Code.ROW_WRONG, 4, "popolazione_2023", "many"),
        (Code.ROW_WRONG, 5, None, "9"),
    ]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
@settings(deadline=None, max_examples=25)
def test_line_numbers_are_those_of_an_editor_whatever_notes_are_in_between(
    breaks: list[int], line_end: str
) -> None:
    lines = [f'{HEADER},"no{line_end}te"']
    lines += [f'{AGLIE.replace("2558", "x")},"{line_end * count}"' for count in breaks]
    content = line_end.join(lines)
    with pytest.raises(ProblemsError) as caught:
        read_bytes(content.encode(), "popolazione_2023")
    expected = [
        number
        for number, line in enumerate(content.split(line_end), start=1)
        if line.startswith("001001")
    ]
    wrong = [each for each in caught.value.problems if each.code is Code.ROW_WRONG]
    assert [each.line for each in wrong] == expected


def test_a_code_that_is_there_twice_is_told_with_the_line_of_the_first(write: Write) -> None:
    twice = AGLIE.replace("A074", "A075")
    path = write("\n".join([HEADER, AGLIE, NAPOLI, twice, NAPOLI.replace("063049", "63050")]))
    assert [(each.line, each.key, each.found, each.expected) for each in problems(path)] == [
        (4, "codice_istat", "001001", ("2",)),
        (5, "codice_catastale", "F839", ("3",)),
    ]
    assert {each.code for each in problems(path)} == {Code.COMUNE_DUPLICATE}


def test_missing_columns_are_told_with_those_there_must_be(write: Write) -> None:
    path = write("codice_istat;denominazione;popolazione_2023\n001001;Agliè;2558\n")
    missing = problems(path)
    assert [each.key for each in missing] == ["provincia", "sigla", "regione", "codice_catastale"]
    assert {each.code for each in missing} == {Code.COLUMN_MISSING}
    assert all("codice_istat" in each.expected for each in missing)
    assert missing[0].found == "codice_istat, denominazione, popolazione_2023"


@pytest.mark.parametrize("content", ["", "\n\n", '"', "hello\n", "sep=x\n"])
def test_a_file_that_is_no_table_misses_every_column(write: Write, content: str) -> None:
    codes = [each.code for each in problems(write(content))]
    assert codes.count(Code.COLUMN_MISSING) == 6


def test_a_table_without_rows_is_a_register_without_comuni(write: Write) -> None:
    assert read_register(write(HEADER), "popolazione_2023").comuni == ()


@pytest.mark.parametrize("column", ["popolazione_2024", "sigla", "popolazione_sommata", ""])
def test_an_unknown_population_is_told_with_those_there_are(column: str) -> None:
    (problem,) = problems(SHIPPED, column)
    assert (problem.code, problem.found) == (Code.POPULATION_UNKNOWN, column)
    assert problem.expected == ("popolazione_legale_2011", "popolazione_2023")


def test_any_other_column_can_hold_the_population(write: Write) -> None:
    path = write(f"{HEADER.replace('popolazione_2023', 'Abitanti')}\n{AGLIE}\n")
    register = read_register(path, "abitanti")
    assert (register.population, register.comuni[0].popolazione) == ("abitanti", 2558)


def test_a_column_that_is_there_twice_is_refused(write: Write) -> None:
    (problem,) = problems(write(f"{HEADER},sigla\n{AGLIE},TO\n"))
    assert (problem.code, problem.line, problem.key) == (Code.COLUMN_DUPLICATE, 1, "sigla")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path / "none.csv")
    assert (problem.code, problem.file) == (Code.FILE_MISSING, str(tmp_path / "none.csv"))


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    assert [each.code for each in problems(tmp_path)] == [Code.FILE_UNREADABLE]


def test_a_workbook_is_no_text(write: Write) -> None:
    (problem,) = problems(write(b"PK\x03\x04\x00\x00\x00\x00"))
    assert (problem.code, problem.found) == (Code.FILE_UNREADABLE, "NUL")


def test_a_file_too_large_is_not_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coalizione_mailer.registry.tabular.MAX_BYTES", 10)
    (problem,) = problems(write(HEADER))
    assert (problem.code, problem.expected) == (Code.FILE_UNREADABLE, ("10",))


def test_damaged_utf8_is_not_taken_for_the_encoding_of_windows(write: Write) -> None:
    damaged = f"{HEADER}\n{AGLIE}\n".encode() + b"040012,Forl\xec,Forl\xec,FC,x,D704,1\n"
    assert found(write(damaged)) == [
        (Code.ROW_WRONG, 3, None, "040012,Forl\ufffd,Forl\ufffd,FC,x,D704,1")
    ]


def test_a_broken_quote_is_told_with_its_line_and_the_rest_is_read(write: Write) -> None:
    path = write(f'{HEADER}\n{AGLIE}\n"0630"49,Napoli\n{NAPOLI.replace("NA", "NAP")}\n')
    assert [(each.line, each.key) for each in problems(path)] == [(3, None), (4, "sigla")]


def test_a_quote_that_is_never_closed_is_told_where_it_opens(write: Write) -> None:
    path = write(f'{HEADER}\n{AGLIE}\n"063049,Napoli\n{NAPOLI}\n')
    assert [(each.code, each.line) for each in problems(path)] == [(Code.ROW_WRONG, 3)]


def test_provinces_and_regions_are_one_string_each(shipped: Register) -> None:
    assert len({id(comune.provincia) for comune in shipped.comuni}) == 107
    assert len({id(comune.regione) for comune in shipped.comuni}) == 20


def test_lines_are_right_below_the_line_that_names_the_separator(write: Write) -> None:
    path = write(f"sep=;\n{HEADER}\n{AGLIE}\n".replace(",", ";").replace("2558", "x"))
    assert found(path) == [(Code.ROW_WRONG, 3, "popolazione_2023", "x")]


def test_pandas_and_rapidfuzz_are_loaded_only_when_needed() -> None:
    program = (
        "import sys, coalizione_mailer.registry as registry; "
        "print({'pandas', 'rapidfuzz'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
