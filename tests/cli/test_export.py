"""``mailer export``: the register of the sending, read back as the protocol office would."""

import csv
import io
import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from coalizione_mailer.rehearsal.daticert import Tipo
from tests.cli.desk import Mailer, change
from tests.support import came_back, letters, sent

SHEETS = ["Registro", "Riepilogo", "Impronte e versioni"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four letters: the first three sent; the first delivered, the second came back."""
    made = sent.campaign_of(tmp_path / "campagna", 4, 3)
    came = [*map(sent.acceptance, range(3)), sent.delivery(0), sent.failure(1)]
    sent.came_in(made, [*came, sent.reply(0)])
    monkeypatch.chdir(made)
    return made


def read(path: Path, sheet: str = "Registro") -> list[dict[str, object]]:
    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def italian(seconds: float) -> datetime:
    """In September Italy is two hours ahead."""
    return datetime(1970, 1, 1) + timedelta(seconds=int(letters.FROZEN_AT + seconds) + 7200)  # noqa: DTZ001  as a sheet has it


def test_a_row_has_all_that_is_filed_of_a_delivery(folder: Path, mailer: Mailer) -> None:
    answer = mailer("export", "registro.xlsx")
    assert (answer.code, answer.out) == (0, "4 letters: registro.xlsx\n")
    first = read(folder / "registro.xlsx")[0]
    frozen = letters.frozen(0)
    others = first.pop("SHA-256 di altri messaggi tornati")
    assert others == sha256(sent.reply(0)).hexdigest()
    assert first == {
        "Protocollo": "0000166",
        "Data protocollo": date(2017, 9, 18),
        "Invio": 1,
        "Comune": "Borgo 0",
        "Prov.": "VI",
        "Codice ISTAT": "000000",
        "Indirizzo": "protocollo@borgo0.example",
        "Canale": "PEC",
        "Inviata il": italian(60),
        "Accettata il": italian(60 + 36),
        "Esito il": italian(60 + 72),
        "Esito": "consegnata",
        "Causa": "",
        "Tipo di invio": "primo invio",
        "Regione": "Veneto",
        "Codice catastale": "A000",
        "Tentativi": 1,
        "Ultima risposta del server": f"250 {sent.TAKEN}",
        "Dichiarazioni dell'operatore": "",
        "Message-ID": frozen.message_id,
        "Identificativo del gestore": came_back.posting(0).identificativo,
        "SHA-256 del messaggio": frozen.message_sha256,
        "SHA-256 della ricevuta di accettazione": sha256(sent.acceptance(0)).hexdigest(),
        "SHA-256 della ricevuta di esito": sha256(sent.delivery(0)).hexdigest(),
    }


def test_each_letter_says_how_it_ended_and_why(folder: Path, mailer: Mailer) -> None:
    assert mailer("export", "registro.xlsx").code == 0
    told = [(row["Comune"], row["Esito"], row["Causa"]) for row in read(folder / "registro.xlsx")]
    assert told == [
        ("Borgo 0", "consegnata", ""),
        (
            "Borgo 1",
            "non consegnata",
            "indirizzo inesistente: 5.1.1 - Gestore di prova - indirizzo non valido",
        ),
        ("Borgo 2", "accettata dal gestore", ""),
        ("Borgo 3", "non ancora inviata", ""),
    ]
    last = read(folder / "registro.xlsx")[3]
    assert [last[title] for title in ("Inviata il", "Accettata il", "Esito il")] == ["", "", ""]


def test_what_the_server_refused_or_never_answered_says_where(folder: Path, mailer: Mailer) -> None:
    with closing(sqlite3.connect(folder / "archive" / "ledger.sqlite")) as database, database:
        for place, state, event in ((1, "refused", "rejected"), (3, "in_doubt", "unanswered")):
            database.execute("UPDATE deliveries SET state=? WHERE id=?", (state, place))
            database.execute("UPDATE attempts SET event=? WHERE delivery_id=?", (event, place))
        database.execute("UPDATE attempts SET event='unanswered' WHERE delivery_id=2")
    assert mailer("export", "registro.xlsx").code == 0
    rows = read(folder / "registro.xlsx")
    assert [(row["Esito"], row["Causa"], row["Inviata il"]) for row in (rows[0], rows[2])] == [
        ("rifiutata dal server di invio", "rifiutata, alla fine del messaggio", ""),
        ("in dubbio", "in dubbio: nessuna risposta, alla fine del messaggio", ""),
    ]
    # Its receipts prove that the second one had left, though the server never answered.
    assert rows[1]["Inviata il"] == italian(60)


def test_the_other_sheets_count_and_say_from_what(folder: Path, mailer: Mailer) -> None:
    assert mailer("export", "registro.xlsx").code == 0
    path = folder / "registro.xlsx"
    assert CalamineWorkbook.from_path(path).sheet_names == SHEETS
    counted = {(row["Che cosa"], row["Voce"]): row["Quante"] for row in read(path, SHEETS[1])}
    assert counted["Lettere", "in tutto"] == 4
    assert counted["Invio 1", "consegnata"] == 1
    assert counted["Ricevute e messaggi tornati", "Ricevuta di accettazione"] == 3
    assert counted["Ricevute che valgono", "prova la mancata consegna"] == 1
    sources = {(row["Che cosa"], row["Voce"]): row["Valore"] for row in read(path, SHEETS[2])}
    assert sources["Invio 1", "protocollo"] == "166/2017"
    assert sources["Invio 1", "SHA-256 di campaign.toml"] == "0" * 64
    frame = sha256(letters.composer().frame).hexdigest()
    assert sources["Invio 1", "SHA-256 degli allegati comuni"] == frame


def test_csv_has_the_same_for_an_italian_excel(folder: Path, mailer: Mailer) -> None:
    assert mailer("export", "registro.csv").code == 0
    content = (folder / "registro.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert [(row["Protocollo"], row["Comune"], row["Esito il"]) for row in rows[:2]] == [
        ("0000166", "Borgo 0", f"{italian(132):%d/%m/%Y %H:%M:%S}"),
        ("0000166", "Borgo 1", f"{italian(168):%d/%m/%Y %H:%M:%S}"),
    ]


def test_a_formula_that_somebody_wrote_runs_in_neither(folder: Path, mailer: Mailer) -> None:
    """The operator's own word, and a hostile provider's name for our letter."""
    with closing(sqlite3.connect(folder / "archive" / "ledger.sqlite")) as database, database:
        database.execute("UPDATE receipts SET pec_id='=1+1' WHERE event IS NOT NULL")
    assert mailer("export", "registro.xlsx").code == 0
    assert mailer("export", "registro.csv").code == 0
    assert read(folder / "registro.xlsx")[0]["Identificativo del gestore"] == "=1+1"
    text = (folder / "registro.csv").read_text(encoding="utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert row["Identificativo del gestore"] == "'=1+1"


def test_the_same_record_gives_the_same_bytes(folder: Path, mailer: Mailer) -> None:
    for name in ("uno.xlsx", "due.xlsx"):
        assert mailer("export", name).code == 0
    assert (folder / "uno.xlsx").read_bytes() == (folder / "due.xlsx").read_bytes()


def test_a_late_failure_has_the_last_warning_as_its_receipt(folder: Path, mailer: Mailer) -> None:
    """Two warnings of a provider, a day apart, and no notice of failure."""
    warnings = [came_back.receipt(2, Tipo.PREAVVISO, hours) for hours in (12, 36)]
    sent.came_in(folder, warnings)
    assert mailer("export", "registro.xlsx").code == 0
    row = read(folder / "registro.xlsx")[2]
    assert (row["Esito"], row["SHA-256 della ricevuta di esito"]) == (
        "non consegnata",
        sha256(warnings[1]).hexdigest(),
    )


def test_the_protocols_day_is_left_out_where_the_campaign_file_has_another(
    folder: Path, mailer: Mailer
) -> None:
    change(folder, "number = 166", "number = 167")
    assert mailer("export", "registro.xlsx").code == 0
    row = read(folder / "registro.xlsx")[0]
    assert (row["Protocollo"], row["Data protocollo"]) == ("0000166", "")


def test_another_ending_is_refused(folder: Path, mailer: Mailer) -> None:
    answer = mailer("export", "registro.ods")
    assert (answer.code, list(folder.glob("registro*"))) == (2, [])
    assert answer.err == "FILE: found registro.ods, which cannot be. Allowed are: .xlsx, .csv.\n"


def test_a_file_that_is_open_in_excel_is_said_so(
    folder: Path, mailer: Mailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(_self: Path, _target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    (folder / "registro.xlsx").write_bytes(b"prima")
    monkeypatch.setattr(Path, "replace", held)
    answer = mailer("export", "registro.xlsx")
    assert answer.code == 1
    assert "If it is open in Excel, close it there" in answer.err
    assert (folder / "registro.xlsx").read_bytes() == b"prima"
    assert not list(folder.glob(".mailer-*"))


def test_before_the_freeze_there_is_nothing_to_export(plain: Path, mailer: Mailer) -> None:
    answer = mailer("export", "registro.xlsx")
    assert (answer.code, answer.out) == (9, "")
    assert not (plain / "registro.xlsx").exists()
