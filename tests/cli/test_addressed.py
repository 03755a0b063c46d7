"""Whom the letters address, from ``data/sindaci.csv`` to the letter, the checks and the freeze."""

import json
from html import unescape
from pathlib import Path

import pytest

from coalizione_mailer.campaign import load
from coalizione_mailer.freeze import inputs
from tests.cli.desk import Mailer, change

HEADER = "codice_istat;codice_catastale;denominazione;carica;nome;cognome;sesso;eletto;in_carica"
ROWS = [
    "021008;A952;Bolzano;Sindaco;ANNO;SOFRE';M;2016-05-08;2016-05-09",
    "024105;L157;Thiene;sindaca;GIOVANNA;D'AMICO;F;2017-06-11;2017-06-12",
    "024116;L840;Vicenza;commissario prefettizio;DIEGO;DE ANDREIS;;;2017-06-12",
    "024128;M436;Sovizzo;commissione straordinaria;;;;;2017-06-12",
    "040012;D704;Forlì;sindaco;Nicolò;Nisticò;M;2012-05-06;2012-05-07",
]


@pytest.fixture
def headed(campaign: Path) -> Path:
    """Make a campaign that knows who heads five of its six Comuni."""
    text = "\r\n".join([HEADER, *ROWS, ""])
    (campaign / "data" / "sindaci.csv").write_text(text, encoding="utf-8-sig", newline="")
    return campaign


def addressed(campaign: Path, mailer: Mailer, name: str) -> list[str]:
    """Return the lines of the addressee in the letter of a Comune."""
    answer = mailer("preview", name, "--out", "qui")
    assert answer.code == 0
    html = (campaign / "qui" / "letter.html").read_text(encoding="utf-8")
    html = unescape(html)
    block = html[html.index('<div class="destinatario') : html.index("<h1>")]
    lines = [line.strip() for line in block.splitlines() if line.strip().startswith("<p")]
    return [line[line.index(">") + 1 : line.rindex("<")] for line in lines][:-1]


@pytest.mark.parametrize(
    ("name", "office", "person", "place"),
    [
        ("bolzano", "Al Sindaco", "", "del Comune di Bolzano (BZ)"),
        ("thiene", "Alla Sindaca", "Giovanna D’Amico", "del Comune di Thiene (VI)"),
        ("vicenza", "Al Commissario prefettizio", "Diego De Andreis", "del Comune di Vicenza (VI)"),
        ("sovizzo", "Alla Commissione straordinaria", "", "del Comune di Sovizzo (VI)"),
        ("forli", "Al Sindaco", "Nicolò Nisticò", "del Comune di Forlì (FC)"),
        ("sant'agata", "Al Sindaco", "", "del Comune di Sant’Agata de’ Goti (BN)"),
    ],
)
def test_the_letter_is_to_whoever_heads_the_comune(
    headed: Path, mailer: Mailer, name: str, office: str, person: str, place: str
) -> None:
    assert addressed(headed, mailer, name) == [office, place]
    change(headed, "names = false", "names = true")
    assert addressed(headed, mailer, name) == (
        [office, person, place] if person else [office, place]
    )


def test_what_the_address_book_says_wins_and_then_nobody_is_named(
    headed: Path, mailer: Mailer
) -> None:
    change(headed, "names = false", "names = true")
    book = headed / "data" / "indirizzi-esempio.csv"
    text = book.read_text(encoding="utf-8").replace("nota\n", "nota,carica\n")
    book.write_text(text.replace("esempio\n024116", "esempio,Sindaco\n024116"), encoding="utf-8")
    assert addressed(headed, mailer, "thiene") == ["Al Sindaco", "del Comune di Thiene (VI)"]


def test_a_campaign_without_the_file_writes_to_every_sindaco(
    campaign: Path, mailer: Mailer
) -> None:
    assert addressed(campaign, mailer, "thiene")[0] == "Al Sindaco"


def told(mailer: Mailer, *arguments: str) -> dict[str, tuple[str, str]]:
    problems = json.loads(mailer(*arguments, "--json").out)["problems"]
    return {p["code"]: (p["severity"], p["text"]) for p in problems}


DRY = ("send", "--dry-run", "--jobs", "1")
CHECK = ("check", "--offline")
FILE = Path("data", "sindaci.csv")


@pytest.mark.parametrize("command", [DRY, CHECK])
def test_names_that_are_not_sure_are_counted_where_names_are_asked_for(
    headed: Path, mailer: Mailer, command: tuple[str, ...]
) -> None:
    assert "name-unsure" not in told(mailer, *command)
    change(headed, "names = false", "names = true")
    assert told(mailer, *command)["name-unsure"] == (
        "info",
        (
            f"{FILE}: letters that go to the office without the person's name, since it is not "
            "known for sure: 2 (Bolzano (BZ), Sant'Agata de' Goti (BN))."
        ),
    )


def test_names_cannot_be_written_where_nobody_is_known(campaign: Path, mailer: Mailer) -> None:
    change(campaign, "names = false", "names = true")
    assert told(mailer, *CHECK)["heads-missing"] == (
        "warning",
        (
            f"{FILE}: the letters are to name the mayors, and nothing says who they are. Import "
            "them: mailer import mayors FILE. Or set names = false."
        ),
    )


def test_the_circular_form_names_nobody_and_misses_nobody(campaign: Path, mailer: Mailer) -> None:
    change(campaign, "names = false", "names = true")
    change(campaign, 'form = "individual"', 'form = "circular"')
    assert not {"heads-missing", "name-unsure"} & set(told(mailer, *CHECK))


@pytest.mark.usefixtures("headed")
def test_old_mandates_and_vacant_offices_are_counted(mailer: Mailer) -> None:
    found = told(mailer, *CHECK)
    assert found["mandate-stale"] == (
        "warning",
        (
            f"{FILE}: mayors elected over five years before the date of the letter, so perhaps no "
            "longer in office: 1 (Forlì (FC)). Import newer files: mailer import mayors FILE."
        ),
    )
    assert found["mandate-vacant"] == (
        "warning",
        (
            f"{FILE}: Comuni of which no mayor or commissioner is known; the letter goes to the "
            "Sindaco: 1 (Sant'Agata de' Goti (BN))."
        ),
    )


def test_a_mistake_in_the_file_is_named_with_its_line_and_nothing_is_done(
    headed: Path, mailer: Mailer
) -> None:
    path = headed / FILE
    path.write_text(f"{HEADER}\n024105;L157;Thiene;podestà;;;;;\n", encoding="utf-8")
    answer = mailer(*DRY)
    assert answer.code == 1
    assert answer.out == ""
    assert "sindaci.csv, line 2, carica: found podestà; allowed are: sindaco, vice" in answer.err


def test_a_file_that_the_campaign_names_has_to_be_there(headed: Path, mailer: Mailer) -> None:
    change(headed, 'channel = "pec"', 'channel = "pec"\nmayors = "data/altri.csv"')
    answer = mailer(*DRY)
    assert answer.code == 1
    assert "altri.csv: this file does not exist." in answer.err


def test_the_freeze_counts_the_file_among_its_inputs(headed: Path) -> None:
    before = inputs(load(headed))
    (headed / FILE).write_text(f"{HEADER}\n", encoding="utf-8")
    after = inputs(load(headed))
    assert {name for name in before if before[name] != after[name]} == {FILE.as_posix()}
    (headed / FILE).unlink()
    assert FILE.as_posix() not in inputs(load(headed))


def test_names_is_true_or_false(campaign: Path, mailer: Mailer) -> None:
    change(campaign, "names = false", 'names = "sì"')
    answer = mailer(*DRY)
    assert answer.code == 1
    assert 'letter.names: found "sì", which cannot be. For example: true, false.' in answer.err
