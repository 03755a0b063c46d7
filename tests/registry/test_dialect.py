"""A table in our own dialect is read without pandas, and as pandas would have it read."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.errors import ProblemsError
from coalizione_mailer.registry import addresses, history, reader, seen
from coalizione_mailer.registry.addresses import AddressBook
from coalizione_mailer.registry.choosing import choose
from coalizione_mailer.registry.corrections import Atlas, book_csv
from coalizione_mailer.registry.history import CodeHistory
from coalizione_mailer.registry.official.values import Body, BodyIndex, Kind, Mail, Source
from coalizione_mailer.registry.register import Register
from coalizione_mailer.registry.seen import seen_csv
from coalizione_mailer.shipped import copy_to

DAY = date(2026, 11, 20)
POPULATION = "popolazione_legale_2011"
REGISTER = """\
codice_istat,denominazione,denominazione_altra_lingua,provincia,sigla,regione,ripartizione,\
codice_catastale,popolazione_legale_2011,popolazione_2023,popolazione_sommata,latitudine,longitudine
001001,Agliè,,Torino,TO,Piemonte,Nord-ovest,A074,2644,2558,,45.3634669,7.7686057
063049,Napoli,,Napoli,NA,Campania,Sud,F839,962003,913462,,40.8399,14.2519
021008,Bolzano,Bozen,Bolzano,BZ,Trentino-Alto Adige,Nord-est,A952,,,popolazione_2023,,
"""
BOOK = """\
codice_istat,codice_catastale,canale,indirizzo,fonte,data,nota,carica
001001,,pec,protocollo@pec.uno.example,inventato,2017-09-01,esempio,
,F839,email,due@due.example,,,,Sindaca
063049,F839,pec,Due@due.example,inventato,18/9/2017,,
"""


def register(text: str, folder: Path) -> Register | None:
    path = folder / "comuni.csv"
    path.write_bytes(text.encode())
    return reader._read_strictly(path, POPULATION)


def book(text: str, folder: Path) -> AddressBook | None:
    path = folder / "indirizzi.csv"
    path.write_bytes(text.encode())
    return addresses._read_strictly(path)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data that ships."""
    folder = tmp_path_factory.mktemp("dialect") / "campaign"
    copy_to(folder)
    return folder / "data"


def test_what_ships_is_in_the_dialect_and_read_alike(data: Path) -> None:
    comuni, book_, changes = (
        data / name for name in ("comuni.csv", "indirizzi-esempio.csv", "variazioni.csv")
    )
    strict: Register | AddressBook | CodeHistory | None
    strict = reader._read_strictly(comuni, POPULATION)
    assert strict == reader._read_carefully(comuni, POPULATION)
    strict = addresses._read_strictly(book_)
    assert strict == addresses._read_carefully(book_)
    strict = history._read_strictly(changes)
    assert strict == history._read_carefully(changes)


def test_a_register_and_a_book_are_read_alike(tmp_path: Path) -> None:
    found = register(REGISTER, tmp_path)
    assert found == reader._read_carefully(tmp_path / "comuni.csv", POPULATION)
    entries = book(BOOK, tmp_path)
    assert entries is not None
    assert entries == addresses._read_carefully(tmp_path / "indirizzi.csv")


def test_what_is_written_for_the_office_is_read_alike(data: Path, shipped: Register) -> None:
    atlas = Atlas(shipped, shipped.history)
    written = data / "indirizzi.csv"
    written.write_bytes(book_csv(addresses.read_addresses(data / "indirizzi-esempio.csv"), atlas))
    entries = addresses._read_strictly(written)
    assert entries is not None
    assert entries == addresses._read_carefully(written)
    mail = Mail("protocollo@pec.uno.example", certified=True, position=1)
    own = Body("c_e788", "Comune di Macomer", "L6", "", "", "E788", ("", "", ""), (mail,), DAY)
    source = Source(Kind.IPA, "enti", "enti.csv", "0" * 64, 1, 1, DAY)
    sighted = choose(BodyIndex(source, (own,)), shipped)
    written.write_bytes(seen_csv(sighted, shipped))
    assert seen._read_strictly(written) == seen._read_carefully(written) == sighted


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("001001", "1001"),  # lost its zeros
        ("001001", "001001 "),
        ("Agliè", "Agli\u200bè"),
        ("Agliè", ""),
        ("Agliè", "AgliÃ¨"),
        (",TO,", ",to,"),
        ("A074", "a074"),
        ("2644", "2.644"),
        ("2644", "-"),
        ("2644", "26440000"),
        ("45.3634669", "45,3634669"),
        ("45.3634669", "95.3634669"),
        ("063049", "001001"),  # twice
        ("F839", "A074"),
        ("codice_istat", "Codice ISTAT"),
        ("codice_istat", "\ufeffcodice_istat"),
        ("popolazione_2023,", "popolazione_legale_2011,"),
        ("popolazione_legale_2011", "popolazione"),
        ("Torino,TO", "Torino;TO"),
        (",7.7686057", ""),
        ("Torino", 'Tor"ino"'),
        ("\n063049", "\n\n063049"),
    ],
)
def test_a_register_that_needs_a_second_look_gets_one(old: str, new: str, tmp_path: Path) -> None:
    assert old in REGISTER
    assert register(REGISTER.replace(old, new, 1), tmp_path) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pec,protocollo", "PEC,protocollo"),
        ("protocollo@pec.uno.example", ""),
        ("protocollo@pec.uno.example", "protocollo@@pec.uno.example"),
        ("2017-09-01", "2017-09-31"),
        ("Sindaca", "Podestà"),
        ("001001,", ","),
        ("001001,", "1001,"),
        (",F839,email", ",F839,pec"),  # another address of one Comune on one channel
    ],
)
def test_an_address_book_that_needs_a_second_look_gets_one(
    old: str, new: str, tmp_path: Path
) -> None:
    assert old in BOOK
    text = BOOK.replace(old, new, 1)
    if "F839,pec" in new:
        text = text.replace("Due@due.example", "altro@due.example")
    assert book(text, tmp_path) is None


@given(
    place=st.integers(0, len(REGISTER)),
    new=st.sampled_from(['"', ",", "\n", "\r", " ", "\0", "9", "x", "à", "\ufeff", ";", "\t", ""]),
    cut=st.integers(0, 3),
)
def test_whatever_is_in_the_file_strictly_read_is_as_carefully_read(
    place: int, new: str, cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("register")
    found = register(REGISTER[:place] + new + REGISTER[place + cut :], folder)
    if found is not None:
        try:
            assert found == reader._read_carefully(folder / "comuni.csv", POPULATION)
        except ProblemsError as error:
            pytest.fail(str(error))
