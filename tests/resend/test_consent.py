"""Proposals go out as a spreadsheet, and come back from whatever saved it; or are refused."""

from pathlib import Path

import pytest

from coalizione_mailer.errors import Code, ProblemsError
from coalizione_mailer.ledger.reports import Standing
from coalizione_mailer.lifecycle import State
from coalizione_mailer.mailbox.reading import Cause
from coalizione_mailer.model import Address, Channel
from coalizione_mailer.resend import Case, Held, Hold, Proposal, Source
from coalizione_mailer.resend.consent import COLUMNS, proposals_csv, read_consents
from tests.support import letters


def held(number: int, *addresses: str) -> Held:
    """A letter that came back, with addresses to try."""
    comune = letters.comune(number)
    standing = Standing(
        delivery_id=number,
        codice_istat=comune.codice_istat,
        codice_catastale=comune.codice_catastale,
        denominazione=comune.denominazione,
        sigla=comune.sigla,
        regione=comune.regione,
        channel="pec",
        address=letters.address(number),
        message_id=f"<{number}@ente.example>",
        state=State.BOUNCED,
        changed_at=letters.FROZEN_AT,
        due=letters.FROZEN_AT,
        attempts=1,
        started_at=letters.FROZEN_AT,
        code=250,
        answer="",
    )
    tried = frozenset({letters.address(number)})
    case = Case(standing, Cause.DEAD, "=5.1.1 non valido", letters.FROZEN_AT, tried)
    proposals = tuple(
        Proposal(Address(Channel.PEC, address, "ipa"), Source.SEEN, "successivo")
        for address in addresses
    )
    return Held(case, Hold.CONSENT, proposals)


KNOWN = (held(1, "uno@borgo1.example", "due@borgo1.example"), held(2, "uno@borgo2.example"))


def approved(path: Path, text: str, encoding: str = "utf-8-sig") -> list[tuple[str, str]]:
    path.write_bytes(text.encode(encoding))
    return [
        (one.held.case.letter.denominazione, one.proposal.address.address)
        for one in read_consents(path, KNOWN)
    ]


def written() -> list[list[str]]:
    """What the office gets, as rows of cells."""
    return [line.split(";") for line in proposals_csv(KNOWN).decode("utf-8-sig").splitlines()]


def with_yes(*places: int, word: str = "sì") -> list[list[str]]:
    rows = written()
    for place in places:
        rows[place][-1] = word
    return rows


def saved(rows: list[list[str]], separator: str = ";") -> str:
    return "\r\n".join(separator.join(row) for row in rows) + "\r\n"


def test_every_proposal_has_a_row_and_nothing_in_it_runs_as_a_formula() -> None:
    header, *rows = written()
    assert tuple(header) == COLUMNS
    assert [(row[1], row[3], row[4], row[5], row[6], row[-1]) for row in rows] == [
        ("Borgo 1", letters.address(1), "indirizzo inesistente", "'=5.1.1 non valido", a, "")
        for a in ("uno@borgo1.example", "due@borgo1.example")
    ] + [
        (
            "Borgo 2",
            letters.address(2),
            "indirizzo inesistente",
            "'=5.1.1 non valido",
            "uno@borgo2.example",
            "",
        )
    ]


@pytest.mark.parametrize("word", ["sì", "SI", "x", "Sí".replace("í", "ì"), "1", "VERO"])
@pytest.mark.parametrize(
    ("separator", "encoding"),
    [(";", "utf-8-sig"), (",", "utf-8"), ("\t", "utf-16"), (";", "cp1252")],
)
def test_a_yes_is_read_from_whatever_excel_made_of_the_file(
    tmp_path: Path, word: str, separator: str, encoding: str
) -> None:
    text = saved(with_yes(2, 3, word=word), separator)
    assert approved(tmp_path / "p.csv", text, encoding) == [
        ("Borgo 1", "due@borgo1.example"),
        ("Borgo 2", "uno@borgo2.example"),
    ]


def test_zeros_that_excel_took_away_are_put_back(tmp_path: Path) -> None:
    rows = with_yes(1)
    rows[1][0] = "1"
    assert approved(tmp_path / "p.csv", saved(rows)) == [("Borgo 1", "uno@borgo1.example")]


def test_rows_without_a_yes_say_nothing(tmp_path: Path) -> None:
    rows = with_yes(1, word="no")
    rows[2][6] = "was@ist.example"
    assert approved(tmp_path / "p.csv", saved(rows)) == []


@pytest.mark.parametrize(
    ("column", "cell", "code", "key"),
    [
        (-1, "forse", Code.ROW_WRONG, "approva"),
        (0, "000099", Code.PROPOSAL_UNKNOWN, "codice_istat"),
        (1, "Borgo 2", Code.PROPOSAL_UNKNOWN, "comune"),
        (3, "altro@borgo1.example", Code.PROPOSAL_UNKNOWN, "indirizzo_tornato"),
        (6, "uno@borgo2.example", Code.PROPOSAL_UNKNOWN, "indirizzo_proposto"),
        (6, "mio@borgo1.example", Code.PROPOSAL_UNKNOWN, "indirizzo_proposto"),
        (6, "", Code.PROPOSAL_UNKNOWN, "indirizzo_proposto"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused_with_its_line(
    tmp_path: Path, column: int, cell: str, code: Code, key: str
) -> None:
    rows = with_yes(1, 3)
    rows[1][column] = cell
    with pytest.raises(ProblemsError) as caught:
        approved(tmp_path / "p.csv", saved(rows))
    (problem,) = caught.value.problems
    assert (problem.code, problem.line, problem.key, problem.found) == (code, 2, key, cell)


def test_the_code_of_another_comune_is_refused(tmp_path: Path) -> None:
    rows = with_yes(1)
    rows[1][0] = "000002"
    with pytest.raises(ProblemsError) as caught:
        approved(tmp_path / "p.csv", saved(rows))
    (problem,) = caught.value.problems
    assert (problem.key, problem.found, problem.expected) == ("comune", "Borgo 1", ("Borgo 2",))


def test_two_addresses_for_one_comune_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        approved(tmp_path / "p.csv", saved(with_yes(1, 2)))
    (problem,) = caught.value.problems
    assert (problem.code, problem.line, problem.found) == (Code.PROPOSAL_TWICE, 3, "Borgo 1")


def test_a_column_sorted_alone_is_noticed(tmp_path: Path) -> None:
    rows = with_yes(1, 3)
    rows[1][6], rows[3][6] = rows[3][6], rows[1][6]
    with pytest.raises(ProblemsError) as caught:
        approved(tmp_path / "p.csv", saved(rows))
    assert [problem.line for problem in caught.value.problems] == [2, 4]


def test_a_file_without_the_column_of_consent_is_refused(tmp_path: Path) -> None:
    rows = [row[:-1] for row in written()]
    with pytest.raises(ProblemsError) as caught:
        approved(tmp_path / "p.csv", saved(rows))
    assert [(one.code, one.key) for one in caught.value.problems] == [
        (Code.COLUMN_MISSING, "approva")
    ]
