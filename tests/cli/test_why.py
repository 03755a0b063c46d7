"""``mailer comuni NAME --why``: the secretary asks why a letter goes where it goes."""

import json
from datetime import date
from pathlib import Path

import pytest

from coalizione_mailer.registry.choosing import choose
from coalizione_mailer.registry.official.values import Body, BodyIndex, Kind, Mail, Source
from coalizione_mailer.registry.reader import read_register
from coalizione_mailer.registry.seen import seen_csv
from tests.cli.desk import Mailer, change

BOOK = str(Path("data", "indirizzi-esempio.csv"))
USED = "protocollo@pec.vicenza.example"


@pytest.fixture
def imported(campaign: Path) -> Path:
    """Leave what an import of IPA would have seen of Vicenza and Thiene."""
    register = read_register(campaign / "data" / "comuni.csv", "popolazione_legale_2011")
    bodies = [
        body("l840", "Vicenza", "elettorale@pec.vicenza.example", USED, "unione@pec.example"),
        body("l157", "Thiene", "unione@pec.example"),
    ]
    source = Source(Kind.IPA, "IPA enti", "enti.csv", "0" * 64, 1, 2, date(2026, 11, 20))
    choices = choose(BodyIndex(source, tuple(bodies)), register)
    (campaign / "data" / "indirizzi-visti.csv").write_bytes(seen_csv(choices, register))
    return campaign


def body(code: str, name: str, *addresses: str) -> Body:
    mails = tuple(Mail(text, True, n) for n, text in enumerate(addresses, start=1))  # noqa: FBT003  certified
    seat = code.upper()
    return Body(f"c_{code}", f"Comune di {name}", "L6", "", "", seat, ("", "", ""), mails)


@pytest.mark.usefixtures("imported")
def test_it_says_which_address_is_used_and_why_the_others_are_not(mailer: Mailer) -> None:
    answer = mailer("comuni", "Vicenza", "--why")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "Vicenza (VI) 024116",
        "",
        "PEC",
        f"  {USED}",
        "      Used: the first one with nothing against it.",
        "      Check it: an invented domain (.example and the like): it reaches nobody.",
        "      Seen: Comune di Vicenza, code c_l840, Mail2; IPA enti, enti.csv; 20/11/2026",
        "  elettorale@pec.vicenza.example",
        "      Passed over: the electoral office's, not the protocol office's.",
        "      Seen: Comune di Vicenza, code c_l840, Mail1; IPA enti, enti.csv; 20/11/2026",
        "  unione@pec.example",
        "      Passed over: it is also the address of Thiene (VI) 024105.",
        "      Seen: Comune di Vicenza, code c_l840, Mail3; IPA enti, enti.csv; 20/11/2026",
        "",
        "Ordinary e-mail: -",
    ]
    assert answer.err == f"The letter goes to {USED}.\n"


def test_a_private_providers_mailbox_is_pointed_out_in_a_correction_too(
    imported: Path, mailer: Mailer
) -> None:
    (imported / "data" / "correzioni.csv").write_text(
        "codice_catastale;canale;indirizzo;fonte;data;nota\n"
        "L840;email;vicenza@libero.it;correzione;2026-11-21;telefonata\n",
        encoding="utf-8",
    )
    lines = mailer("comuni", "L840", "--why").out.splitlines()
    place = lines.index("  vicenza@libero.it")
    assert lines[place + 1].strip().startswith("Used: it is your office's own correction")
    assert lines[place + 2].strip() == (
        "Check it: a private provider's mailbox, not the Comune's own domain."
    )


def test_a_correction_goes_before_what_was_chosen(imported: Path, mailer: Mailer) -> None:
    (imported / "data" / "correzioni.csv").write_text(
        "codice_catastale;canale;indirizzo;fonte;data;nota\n"
        "L840;pec;sue@pec.vicenza.example;correzione;2026-11-21;telefonata\n",
        encoding="utf-8",
    )
    told = json.loads(mailer("comuni", "L840", "--why", "--json").out)
    assert told["letter_goes_to"] == "sue@pec.vicenza.example"
    outcomes = {one["address"]: one["outcome"] for one in told["addresses"]}
    assert outcomes == {
        "sue@pec.vicenza.example": "correction",
        USED: "overruled",
        "elettorale@pec.vicenza.example": "passed-over",
        "unione@pec.example": "passed-over",
    }
    lines = mailer("comuni", "L840", "--why").out.splitlines()
    assert "      Note: telefonata" in lines
    assert "      Source: correzione, 21/11/2026" in lines


@pytest.mark.usefixtures("imported")
def test_json_has_reasons_and_sharers(mailer: Mailer) -> None:
    told = json.loads(mailer("comuni", "024116", "--why", "--json").out)
    assert told["codice_catastale"] == "L840"
    by_address = {one["address"]: one for one in told["addresses"]}
    assert by_address[USED]["rule"] == "primo-adatto"
    assert by_address["elettorale@pec.vicenza.example"]["reason"] == "ufficio-elettorale"
    assert by_address["unione@pec.example"]["shared_with"] == ["Thiene (VI) 024105"]
    assert by_address[USED]["last_seen"] == "2026-11-20"
    assert [one["used"] for one in told["addresses"]] == [True, False, False]


@pytest.mark.usefixtures("campaign")
def test_before_any_import_it_tells_of_the_address_book_and_what_to_do(mailer: Mailer) -> None:
    answer = mailer("comuni", "Vicenza", "--why")
    assert answer.out.splitlines()[3:7] == [
        f"  {USED}",
        "      Used: it stands in the address book; no import chose it.",
        "      Note: esempio",
        "      Source: inventato, 01/09/2017",
    ]
    assert answer.err.splitlines()[-1].endswith("mailer import ipa FILE")


@pytest.mark.usefixtures("campaign")
def test_a_comune_without_an_address_is_told_so(mailer: Mailer) -> None:
    answer = mailer("comuni", "Napoli", "--why")
    assert answer.code == 0
    assert answer.err.splitlines()[0] == "The letter has no address to go to."


@pytest.mark.usefixtures("campaign")
def test_without_a_comune_there_is_nothing_to_explain(mailer: Mailer) -> None:
    answer = mailer("comuni", "--why")
    assert (answer.code, answer.out) == (2, "")
    assert "--why" in answer.err


@pytest.mark.usefixtures("campaign")
def test_a_name_alone_is_searched_for(mailer: Mailer) -> None:
    assert mailer("comuni", "thiene").out == mailer("comuni", "--search", "thiene").out


def test_a_broken_file_of_what_was_seen_is_named_with_its_line(
    imported: Path, mailer: Mailer
) -> None:
    change(imported, "ufficio-elettorale", "chissà", str(Path("data", "indirizzi-visti.csv")))
    answer = mailer("comuni", "Vicenza", "--why")
    assert (answer.code, answer.out) == (1, "")
    assert "indirizzi-visti.csv" in answer.err
