"""The address book, and who can be reached."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalizione_mailer.campaign.configuration import ChannelChoice
from coalizione_mailer.errors import Code, Problem, ProblemsError, Severity
from coalizione_mailer.model import Address, Channel, Comune, Office
from coalizione_mailer.registry import AddressBook, Register, read_addresses, recipients

Write = Callable[[str | bytes], Path]

HEADER = "codice_istat,canale,indirizzo,fonte,data,nota"
VICENZA = "024116,pec,protocollo@pec.vicenza.example,IPA,2017-09-01,"
AGLIE = "001001,email,protocollo@aglie.example,telefono,,Chiamato il 3"


@pytest.fixture
def vicenza(shipped: Register) -> Comune:
    return shipped.find("Vicenza")


@pytest.fixture
def aglie(shipped: Register) -> Comune:
    return shipped.find("Agliè")


def problems(path: Path) -> list[Problem]:
    with pytest.raises(ProblemsError) as caught:
        read_addresses(path)
    return list(caught.value.problems)


def address(book: AddressBook, comune: Comune, choice: ChannelChoice) -> str | None:
    found = book.address_for(comune, choice)
    return found.address if found else None


def test_an_address_keeps_where_and_when_it_was_seen(write: Write, aglie: Comune) -> None:
    book = read_addresses(write(f"{HEADER}\n{VICENZA}\n{AGLIE}\n"))
    assert book.address_for(aglie, ChannelChoice.EMAIL) == Address(
        Channel.EMAIL, "protocollo@aglie.example", "telefono", None, "Chiamato il 3"
    )


def test_the_choice_of_channel_decides_the_address(
    write: Write, vicenza: Comune, aglie: Comune
) -> None:
    rows = [HEADER, VICENZA, AGLIE, "024116,email,urp@vicenza.example,,,"]
    book = read_addresses(write("\n".join(rows)))
    assert address(book, vicenza, ChannelChoice.PEC) == "protocollo@pec.vicenza.example"
    assert address(book, vicenza, ChannelChoice.EMAIL) == "urp@vicenza.example"
    assert address(book, vicenza, ChannelChoice.PEC_THEN_EMAIL) == "protocollo@pec.vicenza.example"
    assert address(book, aglie, ChannelChoice.PEC) is None
    assert address(book, aglie, ChannelChoice.PEC_THEN_EMAIL) == "protocollo@aglie.example"


@given(
    separator=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    code=st.sampled_from(["001001", "1001", " 001001 ", "'001001"]),
    day=st.sampled_from(["2017-09-01", "01/09/2017", "1/9/2017", "2017-09-01 00:00:00"]),
    channel=st.sampled_from(["pec", "PEC", " Pec "]),
)
@settings(deadline=None)
def test_however_the_file_is_mangled_the_address_is_the_same(
    shipped: Register,
    tmp_path_factory: pytest.TempPathFactory,
    **mangled: str,
) -> None:
    separator = mangled["separator"]
    rows = [
        HEADER.replace(",", separator),
        separator.join(
            [mangled["code"], mangled["channel"], "a@aglie.example", "Città", mangled["day"], ""]
        ),
    ]
    path = tmp_path_factory.mktemp("book") / "book.csv"
    path.write_bytes(mangled["line_end"].join(rows).encode(mangled["encoding"]))
    found = read_addresses(path).address_for(shipped.find("Agliè"), ChannelChoice.PEC)
    assert found == Address(Channel.PEC, "a@aglie.example", "Città", date(2017, 9, 1))


@pytest.mark.parametrize(
    ("written", "office"),
    [
        ("", None),
        ("Sindaco", Office.SINDACO),
        ("SINDACA", Office.SINDACA),
        ("Commissario straordinario", Office.COMMISSARIO),
        ("commissaria", Office.COMMISSARIA),
        ("Commissione straordinaria", Office.COMMISSIONE),
    ],
)
def test_the_office_decides_how_the_letter_speaks(
    write: Write, vicenza: Comune, written: str, office: Office | None
) -> None:
    book = read_addresses(write(f"{HEADER},carica\n{VICENZA},{written}\n"))
    found = book.address_for(vicenza, ChannelChoice.PEC)
    assert found is not None
    assert found.office is office


def test_the_cadastral_code_decides_where_both_are_there(
    write: Write, vicenza: Comune, aglie: Comune
) -> None:
    rows = ["codice_istat;codice_catastale;canale;indirizzo", "024116;a074;pec;a@aglie.example"]
    book = read_addresses(write("\n".join(rows)))
    assert address(book, aglie, ChannelChoice.PEC) == "a@aglie.example"
    assert address(book, vicenza, ChannelChoice.PEC) is None


def test_a_row_without_an_address_says_nothing(write: Write, vicenza: Comune) -> None:
    book = read_addresses(
        write(f"{HEADER}\n024116,pec,,,,\n024116,pec,n.d.,,,\n,,,,,da chiamare\n")
    )
    assert address(book, vicenza, ChannelChoice.PEC) is None
    assert book.warnings == ()


@pytest.mark.parametrize(
    ("row", "code", "key", "found"),
    [
        ("024116,pec,vicenza.example,,,", Code.ADDRESS_WRONG, "indirizzo", "vicenza.example"),
        (
            "024116,pec,a@b.example;c@d.example,,,",
            Code.ADDRESS_WRONG,
            "indirizzo",
            "a@b.example;c@d.example",
        ),
        ('024116,pec,"a@b.example\r\nBcc: c@d.example",,,', Code.ADDRESS_WRONG, "indirizzo", None),
        ("024116,fax,a@b.example,,,", Code.ROW_WRONG, "canale", "fax"),
        ("024116,,a@b.example,,,", Code.ROW_WRONG, "canale", ""),
        ("24,pec,a@b.example,,,", Code.ROW_WRONG, "codice_istat", "24"),
        (",pec,a@b.example,,,", Code.ROW_WRONG, "codice_istat", ""),
        ("024116,pec,a@b.example,,31/2/2017,", Code.ROW_WRONG, "data", "31/2/2017"),
        ("024116,pec,a@b.example,,9/18/2017,", Code.ROW_WRONG, "data", "9/18/2017"),
        ("024116,pec,a@b.example,,ieri,", Code.ROW_WRONG, "data", "ieri"),
    ],
)
def test_a_wrong_cell_is_told_with_its_line_and_column(
    write: Write, row: str, code: Code, key: str, found: str | None
) -> None:
    (problem,) = problems(write(f"{HEADER}\n{VICENZA}\n{row}\n"))
    assert (problem.code, problem.line, problem.key) == (code, 3, key)
    if found is not None:
        assert problem.found == found


def test_a_wrong_channel_or_office_is_told_with_those_there_are(write: Write) -> None:
    channel, office = problems(write(f"{HEADER},carica\n024116,fax,a@b.example,,,,Re\n"))
    assert channel.expected == ("pec", "email")
    assert office.expected == ("sindaco", "sindaca", "commissario", "commissaria", "commissione")


def test_all_wrong_rows_are_told_at_once_in_the_order_of_the_file(write: Write) -> None:
    rows = [
        HEADER,
        "1,pec,a@b.example,,,",
        VICENZA + ",more",
        "024116,pec,nobody,,,",
        "024116,x,a@b.example,,,",
    ]
    assert [(each.line, each.key) for each in problems(write("\n".join(rows)))] == [
        (2, "codice_istat"),
        (3, None),
        (4, "indirizzo"),
        (5, "canale"),
    ]


def test_a_wrong_cadastral_code_is_told(write: Write) -> None:
    (problem,) = problems(write("codice_catastale,canale,indirizzo\nAO74,pec,a@b.example\n"))
    assert (problem.key, problem.found) == ("codice_catastale", "AO74")


def test_missing_columns_are_told_and_either_code_will_do(write: Write) -> None:
    channel, key = problems(write("comune;indirizzo\nVicenza;a@b.example\n"))
    assert (channel.code, channel.key) == (Code.COLUMN_MISSING, "canale")
    assert key.expected == ("codice_catastale", "codice_istat")


def test_the_first_of_two_addresses_is_kept_and_the_other_told(
    write: Write, vicenza: Comune
) -> None:
    other = VICENZA.replace("protocollo@", "urp@")
    book = read_addresses(write(f"{HEADER}\n{VICENZA}\n{AGLIE}\n{other}"))
    assert address(book, vicenza, ChannelChoice.PEC) == "protocollo@pec.vicenza.example"
    assert book.warnings == (
        Problem(
            Code.ADDRESS_CONFLICT,
            Severity.WARNING,
            file=book.file,
            line=4,
            key="024116",
            found="urp@pec.vicenza.example",
            expected=("protocollo@pec.vicenza.example",),
        ),
    )


def test_the_same_address_twice_is_no_conflict(write: Write) -> None:
    book = read_addresses(write("\n".join([HEADER, VICENZA, VICENZA.replace("prot", "Prot")])))
    assert book.warnings == ()


def test_who_has_no_address_is_told_and_the_others_are_recipients(
    write: Write, vicenza: Comune, aglie: Comune
) -> None:
    book = read_addresses(write(f"{HEADER}\n{VICENZA}\n"))
    reached, missing = recipients([aglie, vicenza], book, ChannelChoice.PEC)
    assert [(each.comune, each.address.address) for each in reached] == [
        (vicenza, "protocollo@pec.vicenza.example")
    ]
    assert missing == [
        Problem(
            Code.ADDRESS_MISSING,
            file=book.file,
            key="pec",
            found="Agliè (TO) 001001",
            comune="001001",
        )
    ]


def test_an_address_that_several_share_is_told_once(
    write: Write, vicenza: Comune, aglie: Comune
) -> None:
    rows = [HEADER, VICENZA, "001001,pec,PROTOCOLLO@pec.vicenza.example,,,"]
    book = read_addresses(write("\n".join(rows)))
    reached, shared = recipients([aglie, vicenza], book, ChannelChoice.PEC)
    assert len(reached) == 2
    assert shared == [
        Problem(
            Code.ADDRESS_SHARED,
            Severity.WARNING,
            file=book.file,
            found="protocollo@pec.vicenza.example",
            expected=("Agliè (TO) 001001", "Vicenza (VI) 024116"),
        )
    ]
