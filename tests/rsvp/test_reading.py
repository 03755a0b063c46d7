"""A reply becomes an entry: which Comune says it, how surely, and what a program is told."""

import json
from datetime import date
from pathlib import Path

import pytest

from coalizione_mailer.errors import Code, ProblemsError
from coalizione_mailer.mailbox.reply.answer import Occasion, Verdict, Why
from coalizione_mailer.registry import read_register
from coalizione_mailer.rsvp.atlas import Atlas
from coalizione_mailer.rsvp.place import is_private
from coalizione_mailer.rsvp.reading import Entry, Reader, as_record, occasion_of, read_threads

ROOT = Path(__file__).parents[2]
THREADS = {"schio@mittente.example": "024100", "olbia@mittente.example": "090047"}
OCCASION = Occasion(date(2017, 10, 11), frozenset({"vicenza", "fiera"}))


@pytest.fixture(scope="module")
def reader() -> Reader:
    register = read_register(ROOT / "data" / "comuni.csv", "popolazione_legale_2011")
    return Reader(Atlas(register), THREADS, OCCASION)


def entry(
    reader: Reader, sender: str, text: str, *, answers: str = "", subject: str = "R"
) -> Entry:
    """Read a reply from an address, perhaps in the thread of one of our letters."""
    thread = f"In-Reply-To: <{answers}@mittente.example>\r\n" if answers else ""
    head = (
        f"From: {sender}\r\nSubject: {subject}\r\n{thread}Content-Type: text/plain; charset=utf-8"
    )
    return reader.read(f"{head}\r\n\r\n{text}\r\n".encode())


def place(found: Entry) -> str | None:
    """Return the name of the Comune."""
    return found.comune.denominazione if found.comune else None


YES = "Parteciperà al workshop il Sindaco Ugo Verdi."


def test_the_thread_tells_the_comune(reader: Reader) -> None:
    found = entry(reader, "ugo@gmail.example", YES, answers="schio")
    assert place(found) == "Schio"
    assert found.why == ()


def test_a_code_of_former_provinces_still_leads_there(reader: Reader) -> None:
    assert place(entry(reader, "x@gmail.example", YES, answers="olbia")) == "Olbia"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("sindaco@comune.schio.vi.example", "Schio"),
        ("a@pec.comune.quartusantelena.ca.example", "Quartu Sant'Elena"),
        ("a@comune.sant-agata-de-goti.bn.example", "Sant'Agata de' Goti"),
        ("comune.schio@pec.example", "Schio"),
        ("a@comune.valverde.ct.example", "Valverde"),
        ("a@comunedischio.example", "Schio"),
        ("a@comune.santeodoro.ss.example", "San Teodoro"),
    ],
)
def test_the_address_tells_the_comune(reader: Reader, address: str, name: str) -> None:
    found = entry(reader, address, YES)
    assert place(found) == name
    assert found.why == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Il Comune di Colle di Val d'Elsa parteciperà al workshop.", "Colle di Val d'Elsa"),
        ("Il Sindaco di Sant'Agata dei Goti sarà al workshop.", "Sant'Agata de' Goti"),
        ("Parteciperà il Sindaco di San Teodoro (ME).", "San Teodoro"),
        ("Parteciperò al workshop.\n\nUgo Verdi\nSindaco di Schio", "Schio"),
        ("PARTECIPA IL SINDACO DEL COMUNE DI FORLI'", "Forlì"),
    ],
)
def test_the_text_tells_the_comune_but_a_private_address_is_looked_at(
    reader: Reader, text: str, name: str
) -> None:
    found = entry(reader, "x@gmail.example", text)
    assert place(found) == name
    assert Why.STRANGER in found.why


def test_a_private_address_with_no_hint_is_not_guessed(reader: Reader) -> None:
    found = entry(reader, "x@libero.example", "Confermo la mia presenza al workshop.")
    assert found.comune is None
    assert Why.COMUNE_UNKNOWN in found.why


def test_the_town_of_the_event_is_not_where_they_come_from(reader: Reader) -> None:
    text = "Verremo a Vicenza, il Sindaco di Vicenza lo sa. Parteciperà l'assessore Ada Conti."
    assert entry(reader, "x@gmail.example", text).comune is None


def test_another_comune_that_answers_in_a_thread_is_looked_at(reader: Reader) -> None:
    text = "Al workshop verrò a nome del Comune di Thiene.\n\nAda Conti\nassessora"
    found = entry(reader, "a@comune.thiene.vi.example", text, answers="schio")
    assert place(found) == "Thiene"
    assert Why.COMUNE_CONTRADICTED in found.why


def test_homonyms_that_nothing_tells_apart_are_not_guessed(reader: Reader) -> None:
    found = entry(reader, "x@gmail.example", "Il Comune di San Teodoro parteciperà al workshop.")
    assert found.comune is None


def test_advertising_is_not_put_before_anybody(reader: Reader) -> None:
    text = "Offerte di settembre: chieda un preventivo, il listino è in allegato. Carta Blu Srl"
    found = entry(reader, "x@gmail.example", text, subject="Offerta")
    assert str(found.answer.kind) == "unrelated"
    assert found.why == ()


def test_a_comune_that_asks_for_something_else_is_looked_at(reader: Reader) -> None:
    text = "Si chiede copia del regolamento cimiteriale.\nUfficio Anagrafe"
    found = entry(reader, "a@comune.schio.vi.example", text, subject="Richiesta")
    assert str(found.answer.kind) == "unrelated"
    assert found.why == (Why.OTHER_MATTER,)


def test_an_absence_past_the_event_is_looked_at_and_a_short_one_not(reader: Reader) -> None:
    head = (
        "From: a@comune.schio.vi.example\r\nAuto-Submitted: auto-replied\r\n"
        "Date: Mon, 02 Oct 2017 10:00:00 +0200\r\nContent-Type: text/plain\r\n\r\n"
    )
    gone = reader.read(f"{head}Sono assente fino al 20 ottobre.".encode())
    back = reader.read(f"{head}Sono assente fino al 4 ottobre.".encode())
    dead = reader.read(f"{head}Questa casella non e' piu' attiva.".encode())
    assert (gone.needs_human, back.needs_human, dead.needs_human) == (True, False, True)
    assert place(back) == "Schio"


def test_a_program_is_told_the_fields_of_the_contract(reader: Reader) -> None:
    found = entry(reader, "a@comune.schio.vi.example", YES, answers="schio")
    record = json.loads(json.dumps(as_record("r.eml", found)))
    assert record == {
        "file": "r.eml",
        "kind": "reply",
        "answer": Verdict.YES,
        "participants": [{"name": "Ugo Verdi", "role": "sindaco"}],
        "count": 1,
        "comune": "Schio",
        "replaces_earlier": False,
        "needs_human": False,
        "why": [],
        "own_text": YES,
    }


def test_private_addresses_are_known_by_their_provider() -> None:
    assert is_private("a@gmail.example")
    assert not is_private("a@comune.schio.vi.example")


def test_threads_are_read_with_codes_that_lost_their_zeros(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("message_id,codice_istat\n<a@x.example>,1125\n", encoding="utf-8")
    assert read_threads(file) == {"a@x.example": "001125"}


def test_a_row_without_a_code_is_named(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("message_id,codice_istat\na@x.example,001125\nb@x.example,\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        read_threads(file)
    assert [(p.code, p.line) for p in caught.value.problems] == [(Code.ROW_WRONG, 3)]


def test_the_occasion_is_the_campaigns_event() -> None:
    found = occasion_of({"date": date(2017, 10, 11), "place": "Fiera di Vicenza, via Rossi 1"})
    assert found.day == date(2017, 10, 11)
    assert {"vicenza", "fiera"} <= found.words
