"""``data/sindaci.csv``: written, edited by an office, read back, compared."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.errors import Code, ProblemsError
from coalizione_mailer.model import Head, Office
from coalizione_mailer.registry import Register
from coalizione_mailer.registry.mayors import (
    MayorBook,
    Officeholder,
    Role,
    changed_mayors,
    day,
    mayors_csv,
    office_text,
    read_mayors,
    role_of,
)

Write = Callable[[str], Path]

VICENZA = Officeholder(
    codice_istat="024116",
    codice_catastale="L840",
    denominazione="Vicenza",
    carica="sindaca",
    nome="Anna",
    cognome="D'Amico",
    sesso="F",
    eletto=date(2022, 6, 12),
    in_carica=date(2022, 6, 13),
    fonte="sindaciincarica.csv",
    data=date(2025, 1, 17),
)
AGLIE = Officeholder("001001", "A074", "Agliè", "commissione straordinaria")


def mistakes(path: Path) -> list[tuple[Code, int | None, str | None, str | None]]:
    with pytest.raises(ProblemsError) as error:
        read_mayors(path)
    return [(p.code, p.line, p.key, p.found) for p in error.value.problems]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "sindaci.csv"
    path.write_bytes(mayors_csv([VICENZA, AGLIE]))
    assert read_mayors(path).holders == (VICENZA, AGLIE)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfcodice_istat;codice_catastale;denominazione")


def test_excel_may_save_it_in_its_own_way(tmp_path: Path) -> None:
    path = tmp_path / "sindaci.csv"
    text = mayors_csv([VICENZA]).decode("utf-8-sig")
    text = text.replace("024116", "24116").replace("2022-06-12", "12/06/2022")
    text = text.replace("L840", "l840").replace("sindaca;", "Sindaca ;").replace(";F;", ";f;")
    path.write_bytes(text.encode("cp1252"))
    assert read_mayors(path).holders == (VICENZA,)


def test_columns_may_be_missing_but_for_a_code_and_the_office(write: Write) -> None:
    book = read_mayors(write("codice_istat;carica\n024116;Sindaco\n"))
    assert book.holders == (Officeholder("024116", "", "", "sindaco"),)
    assert mistakes(write("denominazione;nome\nVicenza;Anna\n")) == [
        (Code.COLUMN_MISSING, 1, "carica", "denominazione, nome"),
        (Code.COLUMN_MISSING, 1, "codice_catastale", "denominazione, nome"),
    ]


def test_every_mistake_has_its_line(write: Write) -> None:
    rows = [
        "codice_istat;codice_catastale;carica;eletto",
        "024116;L840;assessore alla cultura e podestà;",
        "024116;L840;sindaco;31/02/2022",
        ";;sindaco;",
        "24;L8;sub commissario;-",
        "024116;L840;sindaco;",
    ]
    assert mistakes(write("\n".join(rows))) == [
        (Code.ROW_WRONG, 2, "carica", "assessore alla cultura e podestà"),
        (Code.ROW_WRONG, 3, "eletto", "31/02/2022"),
        (Code.COMUNE_DUPLICATE, 3, "codice_catastale", "L840"),
        (Code.ROW_WRONG, 4, "codice_catastale", ""),
        (Code.ROW_WRONG, 5, "codice_catastale", "L8"),
        (Code.ROW_WRONG, 5, "codice_istat", "24"),
        (Code.ROW_WRONG, 5, "carica", "sub commissario"),
        (Code.COMUNE_DUPLICATE, 6, "codice_catastale", "L840"),
    ]


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "sindaci.csv") == [(Code.FILE_MISSING, None, None, None)]


def test_the_cadastral_code_decides_and_the_istat_code_helps(shipped: Register) -> None:
    vicenza = shipped.by_catastale["L840"]
    old = replace(VICENZA, codice_istat="999999", nome="Bruna")
    assert MayorBook("", (old,)).holder_of(vicenza) == old
    assert MayorBook("", (replace(VICENZA, codice_catastale=""),)).holder_of(vicenza) is not None
    other = replace(AGLIE, codice_istat="024116")
    assert MayorBook("", (other, VICENZA)).holder_of(vicenza) == VICENZA
    assert MayorBook().head_of(vicenza) is None
    assert MayorBook("", (VICENZA,)).head_of(vicenza) == VICENZA.head


@pytest.mark.parametrize(
    ("written", "role"),
    [
        ("Sindaco", Role.MAYOR),
        ("SINDACA", Role.MAYOR),
        ("Vicesindaco reggente", Role.ACTING),
        ("Assessore anziano", Role.ACTING),
        ("Vice Sindaco facente funzioni", Role.ACTING),
        ("Sindaco f.f. (facente funzione)", Role.ACTING),
        ("Commissario Prefettizio", Role.PREFECTURAL),
        ("Commissaria prefettizia", Role.PREFECTURAL),
        ("Commissario Straordinario", Role.COMMISSIONER),
        ("Commissario regionale", Role.COMMISSIONER),
        ("Commissario", Role.COMMISSIONER),
        ("Componente della Commissione Straordinaria", Role.COMMISSION),
        ("Commissione straordinaria", Role.COMMISSION),
        ("Sub commissario Prefettizio", Role.DEPUTY),
        ("Subcommissario straordinario", Role.DEPUTY),
        ("Vice Commissario", Role.DEPUTY),
        ("Commissario ad acta", Role.DEPUTY),
        ("Prefetto", None),
        ("", None),
    ],
)
def test_an_office_is_known_by_its_words(written: str, role: Role | None) -> None:
    assert role_of(written) is role


@pytest.mark.parametrize("feminine", [False, True])
@pytest.mark.parametrize("role", Role)
def test_the_text_of_an_office_is_read_back(role: Role, *, feminine: bool) -> None:
    assert role_of(office_text(role, feminine=feminine)) is role


@pytest.mark.parametrize(
    ("carica", "head"),
    [
        ("sindaco", Head(Office.SINDACO, "Anna D'Amico", elected=VICENZA.eletto)),
        ("sindaca", Head(Office.SINDACA, "Anna D'Amico", elected=VICENZA.eletto)),
        ("vicesindaca", Head(Office.SINDACO, acting=True)),
        ("commissario prefettizio", Head(Office.COMMISSARIO, "Anna D'Amico", prefectural=True)),
        ("commissaria straordinaria", Head(Office.COMMISSARIA, "Anna D'Amico")),
        ("commissione straordinaria", Head(Office.COMMISSIONE)),
    ],
)
def test_the_letter_is_told_office_and_name(carica: str, head: Head) -> None:
    found = replace(VICENZA, carica=carica).head
    assert found == replace(head, in_office=VICENZA.in_carica)


def test_a_name_that_is_not_sure_is_kept_as_it_was_found_and_not_given_to_the_letter(
    write: Write,
) -> None:
    (holder,) = read_mayors(
        write("codice_catastale;carica;nome;cognome\nL840;sindaco;GIO' 2;ROSSI\n")
    ).holders
    assert (holder.nome, holder.cognome, holder.head.name) == ("GIO' 2", "ROSSI", "")


def test_a_name_that_the_office_corrected_is_taken_as_it_stands(write: Write) -> None:
    (holder,) = read_mayors(
        write("codice_catastale;carica;nome;cognome\nL840;sindaco;Giò;de' Rossi Sofré\n")
    ).holders
    assert holder.head.name == "Giò de' Rossi Sofré"


def test_another_person_office_or_mandate_is_a_change_and_another_source_is_none() -> None:
    newer = replace(VICENZA, fonte="x.csv", data=date(2026, 1, 1), cognome="D'AMICO")
    assert list(changed_mayors([VICENZA, AGLIE], [newer, AGLIE])) == []
    other = replace(VICENZA, nome="Bruna")
    (change,) = changed_mayors([VICENZA, AGLIE], [other, AGLIE])
    assert (change.codice_catastale, change.before, change.after) == ("L840", VICENZA, other)
    again = replace(VICENZA, eletto=date(2027, 6, 6))
    assert [one.after for one in changed_mayors([VICENZA], [again])] == [again]
    respelled = replace(VICENZA, cognome="d'Amico")
    assert [one.after for one in changed_mayors([VICENZA], [respelled])] == [respelled]
    commissioner = replace(VICENZA, carica="commissaria prefettizia")
    (change,) = changed_mayors([VICENZA], [commissioner])
    assert (change.before, change.after) == (VICENZA, commissioner)


def test_who_is_new_and_who_is_gone_is_a_change() -> None:
    new, gone = changed_mayors([AGLIE], [VICENZA])
    assert (new.denominazione, new.before, new.after) == ("Vicenza", None, VICENZA)
    assert (gone.denominazione, gone.before, gone.after) == ("Agliè", AGLIE, None)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_day_is_read_as_computers_and_as_italians_write_it(of: date) -> None:
    assert day(of.isoformat()) == day(f"{of:%d/%m/%Y}") == day(f"{of.isoformat()} 00:00:00") == of
    assert day(f"{of.day}-{of.month}-{of.year}") == of


@given(st.text(max_size=12))
def test_what_is_no_day_is_none(text: str) -> None:
    found = day(text)
    assert found is None or str(found.year) in text
