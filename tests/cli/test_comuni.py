"""``mailer comuni``: who gets the letter, and the search of a name as people write it."""

import csv
import io
import json

import pytest

from coalizione_mailer.cli import console
from tests.cli.desk import CHOSEN, Mailer


def codes(table: str) -> list[str]:
    """Return the ISTAT codes of a list on the screen."""
    return [line.split()[0] for line in table.splitlines()[1:]]


@pytest.mark.usefixtures("campaign")
def test_by_itself_it_shows_who_gets_the_letter(mailer: Mailer) -> None:
    answer = mailer("comuni")
    assert answer.code == 0
    assert sorted(codes(answer.out)) == sorted(CHOSEN)
    assert answer.err.splitlines() == [
        "6 Comuni.",
        "* Born of a merger, with the sum of the former Comuni: Sovizzo.",
        "Not chosen, because they have no figure in popolazione_legale_2011: Misiliscemi (TP).",
    ]


@pytest.mark.usefixtures("campaign")
def test_a_sum_is_marked_and_figures_are_grouped(mailer: Mailer) -> None:
    lines = {line.split()[1]: line.split()[-1] for line in mailer("comuni").out.splitlines()}
    assert (lines["M436"], lines["L840"]) == ("7,885*", "111,500")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sant'agata", ["062070"]),
        ("sant agata de goti", ["062070"]),
        ("SANT\N{RIGHT SINGLE QUOTATION MARK}AGATA", ["062070"]),
        ("forli", ["040012"]),
        ("Forli'", ["040012"]),
        ("FORLÌ", ["040012"]),
        ("bozen", ["021008"]),
        ("castro", ["016065", "075096"]),
        ("castro (LE)", ["075096"]),
        ("reggio emilia", ["035033"]),
        ("reggio nell emilia", ["035033"]),
        ("L840", ["024116"]),
        ("l840", ["024116"]),
        ("24116", ["024116"]),
    ],
)
@pytest.mark.usefixtures("campaign")
def test_accents_apostrophes_and_case_are_forgiven(
    mailer: Mailer, text: str, found: list[str]
) -> None:
    answer = mailer("comuni", "--search", text)
    assert answer.code == 0
    assert codes(answer.out) == found


@pytest.mark.usefixtures("campaign")
def test_a_near_miss_suggests_what_was_meant(mailer: Mailer) -> None:
    answer = mailer("comuni", "--search", "vicnza")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err.startswith("No Comune is called vicnza. Did you mean: Vicenza (VI)")


@pytest.mark.usefixtures("campaign")
def test_a_comune_outside_the_choice_is_told_from_one_that_does_not_exist(mailer: Mailer) -> None:
    answer = mailer("comuni", "--search", "vicenza", "--region", "campania")
    assert answer.out == ""
    assert answer.err.splitlines()[0] == "There are Comuni called vicenza, but not in this choice."


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--min", "110000", "--max", "120000"), ["024116", "040012"]),
        (("--min", "7885", "--max", "7885"), ["024128"]),
        (("--region", "veneto"), ["024105", "024116", "024128", "028060"]),
        (("--region", "veneto", "--region", "Puglia"),
         ["024105", "024116", "024128", "028060", "075096"]),
        (("--province", "vi", "--min", "20000"), ["024105", "024116"]),
        (("--province", "Napoli"), ["063049"]),
        (("--province", "NA"), ["063049"]),
        (("--region", "sicilia"), ["081025"]),
        (("--region", "sicilia", "--min", "1"), []),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("campaign")
def test_bands_include_both_ends_and_places_are_given_by_name_or_sigla(
    mailer: Mailer, options: tuple[str, ...], found: list[str]
) -> None:
    answer = mailer("comuni", *options)
    assert answer.code == 0
    assert sorted(codes(answer.out)) == found


@pytest.mark.usefixtures("campaign")
def test_json_has_every_column_of_the_register(mailer: Mailer) -> None:
    answer = mailer("comuni", "--json", "--search", "bolzano")
    assert json.loads(answer.out) == [
        {
            "codice_istat": "021008",
            "codice_catastale": "A952",
            "denominazione": "Bolzano",
            "denominazione_altra_lingua": "Bozen",
            "provincia": "Bolzano/Bozen",
            "sigla": "BZ",
            "regione": "Trentino-Alto Adige",
            "ripartizione": "Nord-est",
            "popolazione": 102575,
            "popolazione_sommata": False,
            "latitudine": 46.5,
            "longitudine": 11.4,
        }
    ]
    assert answer.err == ""


@pytest.mark.usefixtures("campaign")
def test_csv_is_read_back_as_it_was(mailer: Mailer) -> None:
    rows = list(csv.DictReader(io.StringIO(mailer("comuni", "--csv").out)))
    assert sorted(row["codice_istat"] for row in rows) == sorted(CHOSEN)
    naples = next(csv.DictReader(io.StringIO(mailer("comuni", "--csv", "--search", "napoli").out)))
    assert (naples["sigla"], naples["popolazione"]) == ("NA", "962003")


@pytest.mark.parametrize("cell", ["=1+1", "+39", "-1", "@SUM(A1)", "\t=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(
    capsys: pytest.CaptureFixture[str], cell: str
) -> None:
    console.print_csv(["a", "b"], [[cell, None], [-1, "x=1"]])
    assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == [
        ["a", "b"],
        [f"'{cell}", ""],
        ["-1", "x=1"],
    ]


@pytest.mark.usefixtures("campaign")
def test_stats_count_by_region_the_largest_first(mailer: Mailer) -> None:
    answer = mailer("comuni", "--stats")
    assert [line.rsplit(maxsplit=1) for line in answer.out.splitlines()] == [
        ["Region", "Comuni"],
        ["Veneto", "3"],
        ["Campania", "1"],
        ["Emilia-Romagna", "1"],
        ["Trentino-Alto Adige", "1"],
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--region", "venet"), "--region: no region is called venet. Did you mean: Veneto?"),
        (("--province", "ZZ"), "--province: no province is called ZZ."),
        (("--min", "5", "--max", "3"),
         "--min: the smallest population, 5, is above the largest, 3. Swap them."),
        (("--min", "-1"), "--min: found -1; it must be a whole number, 0 or more."),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("campaign")
def test_a_wrong_option_is_named(mailer: Mailer, options: tuple[str, ...], said: str) -> None:
    answer = mailer("comuni", *options)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(said)
