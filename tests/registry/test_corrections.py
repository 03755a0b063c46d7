"""The office's corrections win, are kept apart, and find their Comune under any code it had."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from coalizione_mailer.errors import Code, Severity
from coalizione_mailer.model import Address, Channel, Comune, Office
from coalizione_mailer.registry.addresses import AddressBook
from coalizione_mailer.registry.corrections import (
    Atlas,
    book_csv,
    corrected,
    read_corrections,
    with_correction,
    without_correction,
)
from coalizione_mailer.registry.history import CodeHistory, Event, Variation
from coalizione_mailer.registry.register import Register


def comune(istat: str, catastale: str, name: str) -> Comune:
    return Comune(istat, catastale, name, "", "Prova", "PR", "Prova", "Prova", 6000)


CAGLIARI = comune("292009", "B354", "Cagliari")
SOVIZZO = comune("024128", "M436", "Sovizzo")
THIENE = comune("024105", "L157", "Thiene")
ATLAS = Atlas(
    Register((SOVIZZO, THIENE, CAGLIARI), "popolazione"),
    CodeHistory(
        (
            Variation(
                "092009",
                "B354",
                "Cagliari",
                Event.RECODED,
                date(2026, 1, 1),
                "292009",
                "B354",
                "Cagliari",
            ),
            Variation(
                "024043",
                "D897",
                "Gambugliano",
                Event.MERGED,
                date(2024, 1, 22),
                "024128",
                "M436",
                "Sovizzo",
            ),
        )
    ),
)


def address(local: str, channel: Channel = Channel.PEC, note: str = "") -> Address:
    return Address(channel, f"{local}@pec.example", "prova", date(2026, 1, 2), note)


def book(**entries: str) -> AddressBook:
    """Make a book of PEC addresses: ``c_B354="a"``."""
    pec = {code.removeprefix("c_"): address(local) for code, local in entries.items()}
    return AddressBook("libro.csv", {Channel.PEC: pec, Channel.EMAIL: {}})


def pec_of(found: AddressBook, one: Comune) -> str | None:
    entry = found.entries[Channel.PEC].get(one.codice_catastale)
    return entry.address.partition("@")[0] if entry else None


def test_a_correction_wins_over_the_address_book_and_touches_nobody_else() -> None:
    found = corrected(book(c_L157="vecchio", c_B354="altro"), book(c_L157="nuovo"), ATLAS)
    assert (pec_of(found, THIENE), pec_of(found, CAGLIARI)) == ("nuovo", "altro")
    assert found.warnings == ()


@pytest.mark.parametrize("code", ["c_092009", "c_292009", "c_B354"])
def test_a_correction_finds_its_comune_under_every_code_it_ever_had(code: str) -> None:
    found = corrected(book(c_B354="vecchio"), book(**{code: "nuovo"}), ATLAS)
    assert pec_of(found, CAGLIARI) == "nuovo"


def test_a_correction_of_the_address_alone_leaves_the_word_on_the_mayor() -> None:
    base, own = book(c_L157="vecchio"), book(c_L157="nuovo")
    woman = replace(base.entries[Channel.PEC]["L157"], office=Office.SINDACA)
    base = replace(base, entries={**base.entries, Channel.PEC: {"L157": woman}})
    found = corrected(base, own, ATLAS).entries[Channel.PEC]["L157"]
    assert (found.address, found.office) == ("nuovo@pec.example", Office.SINDACA)
    man = replace(own.entries[Channel.PEC]["L157"], office=Office.SINDACO)
    own = replace(own, entries={**own.entries, Channel.PEC: {"L157": man}})
    assert corrected(base, own, ATLAS).entries[Channel.PEC]["L157"].office is Office.SINDACO


def test_even_the_common_office_is_written_where_somebody_said_it(tmp_path: Path) -> None:
    said = replace(address("a"), office=Office.SINDACO)
    path = tmp_path / "correzioni.csv"
    path.write_bytes(book_csv(with_correction(book(), THIENE, said), ATLAS))
    assert read_corrections(path).entries[Channel.PEC]["L157"].office is Office.SINDACO


def test_an_old_code_is_told_once_for_the_whole_file() -> None:
    found = corrected(book(c_092009="a"), book(), ATLAS)
    (told,) = found.warnings
    assert (told.code, told.severity, told.found) == (Code.CODE_OLD, Severity.INFO, "1")
    assert told.expected == ("092009 = Cagliari (PR) 292009",)


def test_the_address_of_a_predecessor_is_used_only_where_there_is_no_other() -> None:
    alone = corrected(book(c_D897="gambugliano"), book(), ATLAS)
    assert pec_of(alone, SOVIZZO) == "gambugliano"
    assert [told.code for told in alone.warnings] == [Code.CODE_PREDECESSOR]
    both = corrected(book(c_M436="sovizzo"), book(c_D897="gambugliano"), ATLAS)
    assert pec_of(both, SOVIZZO) == "sovizzo"


def test_predecessors_who_disagree_leave_the_comune_without_an_address() -> None:
    merged = (*ATLAS.history.variations, replace(ATLAS.history.variations[1],
              codice_catastale_precedente="I879", codice_istat_precedente="024103"))  # fmt: skip
    atlas = Atlas(ATLAS.register, CodeHistory(merged))
    found = corrected(book(c_D897="gambugliano", c_024103="vecchio"), book(), atlas)
    assert pec_of(found, SOVIZZO) is None
    told = found.warnings[-1]
    assert (told.code, told.severity) == (Code.CODE_DISPUTED, Severity.WARNING)
    assert told.found == "gambugliano@pec.example, vecchio@pec.example"
    assert told.expected == ("Sovizzo (PR) 024128",)
    agreed = corrected(book(c_D897="uno", c_024103="uno"), book(), atlas)
    assert pec_of(agreed, SOVIZZO) == "uno"
    own = corrected(book(c_D897="a", c_024103="b", c_M436="suo"), book(), atlas)
    assert pec_of(own, SOVIZZO) == "suo"
    assert Code.CODE_DISPUTED not in [told.code for told in own.warnings]


def test_the_row_under_todays_code_goes_before_one_under_an_older_code() -> None:
    found = corrected(book(c_092009="vecchio", c_292009="nuovo"), book(), ATLAS)
    assert pec_of(found, CAGLIARI) == "nuovo"


def test_a_correction_of_nobody_is_pointed_out() -> None:
    (told,) = corrected(book(), book(c_Z999="nessuno"), ATLAS).warnings
    assert (told.code, told.key, told.found) == (
        Code.CORRECTION_UNKNOWN,
        "Z999",
        "nessuno@pec.example",
    )


def test_no_file_means_no_corrections(tmp_path: Path) -> None:
    none = read_corrections(tmp_path / "correzioni.csv")
    assert none.entries == {Channel.PEC: {}, Channel.EMAIL: {}}


def test_corrections_are_written_for_excel_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "correzioni.csv"
    before = with_correction(book(c_Z999="perso"), THIENE, address("nuovo", note="= errata; PEC"))
    path.write_bytes(book_csv(before, ATLAS))
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines == [
        "codice_istat;codice_catastale;denominazione;canale;indirizzo;fonte;data;nota",
        '024105;L157;Thiene;pec;nuovo@pec.example;prova;2026-01-02;"\'= errata; PEC"',
        ";Z999;;pec;perso@pec.example;prova;2026-01-02;",
    ]
    after = read_corrections(path)
    assert pec_of(corrected(book(), after, ATLAS), THIENE) == "nuovo"
    assert set(after.entries[Channel.PEC]) == {"L157", "Z999"}


def test_setting_replaces_and_unsetting_removes_the_one_channel() -> None:
    one = with_correction(book(c_024105="vecchio"), THIENE, address("nuovo"))
    assert [a.address for a in one.entries[Channel.PEC].values()] == ["nuovo@pec.example"]
    two = with_correction(one, THIENE, address("posta", Channel.EMAIL))
    assert without_correction(two, THIENE, Channel.PEC).entries[Channel.PEC] == {}
    assert without_correction(two, THIENE, Channel.PEC).entries[Channel.EMAIL] != {}
    assert without_correction(two, THIENE).entries == {Channel.PEC: {}, Channel.EMAIL: {}}
