"""``mailer send --dry-run``: everything but the network and the ledger, and what it says of it."""

import json
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.cli.desk import CHOSEN, Mailer, change

DRY = ("send", "--dry-run", "--jobs", "1")


def test_everything_is_made_and_nothing_leaves(plain: Path, mailer: Mailer) -> None:
    answer = mailer(*DRY)
    assert answer.code == 0
    facts = dict(line.split("  ", 1) for line in answer.out.splitlines() if "  " in line)
    facts = {title.strip(): text.strip() for title, text in facts.items()}
    assert (facts["Recipients"], facts["Without an address"]) == ("6", "0")
    assert facts["Messages"].startswith("6, ")
    assert facts["At most"] == "60 a minute, 2,000 a day"
    assert facts["Sending takes"].startswith("5 s; begun now it would end ")
    assert {"Veneto": "3", "Campania": "1"}.items() <= facts.items()
    assert answer.err.splitlines()[-3:] == [
        f"A letter to look at: {Path('prova', 'letter.pdf')}",
        "Nothing was sent. Everything could be.",
        "Next: mailer send",
    ]
    assert (plain / "prova" / "letter.pdf").read_bytes().startswith(b"%PDF-")
    assert not (plain / "archive").exists()


def test_the_summary_as_json_is_the_contract(plain: Path, mailer: Mailer) -> None:
    answer = mailer(*DRY, "--json")
    assert answer.code == 0
    summary = json.loads(answer.out)
    assert list(summary) == ["recipients", "messages", "bytes", "problems", "estimated_seconds"]
    assert (summary["recipients"], summary["messages"]) == (6, 6)
    assert summary["bytes"] > 6 * 10_000
    assert summary["estimated_seconds"] == 5
    assert summary["problems"] == [
        {
            "code": "population-missing",
            "severity": "warning",
            "comune": "081025",
            "text": (
                "popolazione_legale_2011, Misiliscemi (TP): this Comune has no figure in the "
                "chosen column, so it is not in the band. If it should be invited, add it to "
                "include in campaign.toml."
            ),
        },
        {
            "code": "address-reserved",
            "severity": "warning",
            "comune": None,
            "text": (
                f"{Path('data', 'indirizzi-esempio.csv')}: invented addresses (.example and the "
                "like): 6. They reach nobody and are only good for trying, with a server on this "
                "machine. To send for real, use your own address book."
            ),
        },
    ]
    assert not (plain / "archive").exists()


def test_a_missing_address_is_listed_and_fails_the_run(plain: Path, mailer: Mailer) -> None:
    change(plain, "021008,pec,protocollo@pec.bolzano.example", "021008,pec,",
           "data/indirizzi-esempio.csv")  # fmt: skip
    answer = mailer(*DRY, "--json")
    assert answer.code == 1
    summary = json.loads(answer.out)
    assert (summary["recipients"], summary["messages"]) == (5, 5)
    (missing,) = (p for p in summary["problems"] if p["severity"] == "error")
    assert (missing["code"], missing["comune"]) == ("address-missing", "021008")
    assert "Bolzano (BZ): no address in the address book." in missing["text"]

    shown = mailer(*DRY)
    assert shown.code == 1
    assert "Error: " in shown.out
    assert "Bolzano (BZ): no address in the address book." in shown.out
    assert shown.err.splitlines()[-1] == "Nothing was sent. Correct what is above, then try again."


def test_who_is_left_out_by_the_operators_word_fails_nothing(plain: Path, mailer: Mailer) -> None:
    change(plain, "021008,pec,protocollo@pec.bolzano.example", "021008,pec,",
           "data/indirizzi-esempio.csv")  # fmt: skip
    answer = mailer(*DRY, "--json", "--leave-out-missing")
    assert answer.code == 0
    problems = json.loads(answer.out)["problems"]
    assert {p["severity"] for p in problems} == {"warning"}
    assert "address-missing" in {p["code"] for p in problems}


def test_what_many_problems_have_in_common_is_said_once(plain: Path, mailer: Mailer) -> None:
    (plain / "data" / "indirizzi-esempio.csv").write_text(
        "codice_istat,canale,indirizzo\n", encoding="utf-8"
    )
    answer = mailer(*DRY)
    assert answer.code == 1
    assert answer.out.count("no address in the address book.") == 1
    assert "Error (6): no address" in answer.out
    assert answer.out.count("indirizzi-esempio.csv, pec, ") == 5
    assert "  and 1 more" in answer.out


def test_every_message_is_written_where_the_operator_wants_it(plain: Path, mailer: Mailer) -> None:
    answer = mailer(*DRY, "--out", "messaggi")
    assert answer.code == 0
    assert "All messages, to be opened with a mail program: messaggi" in answer.err
    written = {path.name[:6]: path for path in (plain / "messaggi").iterdir()}
    assert sorted(written) == sorted(CHOSEN)
    assert all(path.suffix == ".eml" for path in written.values())
    message = message_from_bytes(written["062070"].read_bytes(), policy=default)
    assert str(message["To"]) == "Sant'Agata de' Goti <protocollo@pec.santagata.example>"


def test_a_partial_run_says_what_was_left_out(plain: Path, mailer: Mailer) -> None:
    answer = mailer(*DRY, "--limit", "2")
    assert answer.code == 0
    assert "2 of 6" in answer.out
    assert answer.err.splitlines()[-2:] == [
        "Nothing was sent. What was tried could be.",
        "Next, try all: mailer send --dry-run",
    ]
    assert plain.is_dir()


@pytest.mark.usefixtures("plain")
def test_single_comuni_are_tried_by_name(mailer: Mailer) -> None:
    answer = mailer(*DRY, "--json", "--only", "forli", "--only", "L840")
    assert json.loads(answer.out)["recipients"] == 2
    unknown = mailer(*DRY, "--json", "--only", "nowhere", "--only", "castro")
    assert (unknown.code, unknown.out) == (1, "")
    assert [line.split(".")[0] for line in unknown.err.splitlines()] == [
        "No Comune is called nowhere",
        "More than one Comune is called castro",
    ]


def test_the_next_command_names_the_folder_it_is_for(
    plain: Path, mailer: Mailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = plain.rename(plain.parent / "la campagna")
    monkeypatch.chdir(named.parent)
    answer = mailer("--campaign", "la campagna", *DRY)
    assert answer.err.splitlines()[-1] == "Next: mailer --campaign 'la campagna' send"


def test_invented_addresses_are_an_error_where_the_server_is_real(
    plain: Path, mailer: Mailer
) -> None:
    change(plain, 'host = "127.0.0.1"', 'host = "smtp.ente.example"')
    change(plain, 'security = "none"', 'security = "tls"')
    answer = mailer(*DRY, "--json")
    assert answer.code == 1
    errors = [p["code"] for p in json.loads(answer.out)["problems"] if p["severity"] == "error"]
    assert errors == ["address-reserved"]


def test_a_long_letter_is_a_warning(plain: Path, mailer: Mailer) -> None:
    change(plain, "<body>", "<body>" + "<p>parola " * 200, "templates/invito/letter.html")
    answer = mailer(*DRY, "--json", "--limit", "1")
    assert answer.code == 0
    assert "letter-pages" in {p["code"] for p in json.loads(answer.out)["problems"]}


@pytest.mark.parametrize("option", [("--out", "x"), ("--json",)])
def test_options_of_the_dry_run_do_nothing_alone(
    plain: Path, mailer: Mailer, option: tuple[str, ...]
) -> None:
    answer = mailer("send", *option)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f"{option[0]}: this option goes with --dry-run only. Nothing was done.\n"
    assert not (plain / "archive").exists()
    assert not (plain / "x").exists()
