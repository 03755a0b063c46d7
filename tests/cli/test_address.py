"""``mailer address``: the office's own word on where a Comune is reached."""

import json
from pathlib import Path

import pytest

from coalizione_mailer.campaign import load
from coalizione_mailer.freeze import inputs
from coalizione_mailer.registry.history import COLUMNS
from tests.cli.desk import Mailer
from tests.support.campaign import frozen

CORRECTIONS = Path("data", "correzioni.csv")
RIGHT = "protocollo@pec.thiene.example"
HISTORY = f"""\
{",".join(COLUMNS)}
024905,L157,Thiene,ricodificato,2026-01-01,024105,L157,Thiene
024999,L999,Tavernelle,fuso,2024-01-22,024128,M436,Sovizzo
"""


def corrected(mailer: Mailer, comune: str = "Thiene", address: str = RIGHT, *more: str) -> None:
    answer = mailer("address", "set", comune, address, "--why", "telefonata", "--yes", *more)
    assert answer.code == 0, answer.err


def test_a_correction_is_used_from_then_on(campaign: Path, mailer: Mailer) -> None:
    answer = mailer("address", "set", "thiene", RIGHT, "--why", "telefonata del 3/9", "--yes")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err.splitlines() == [
        "Thiene (VI) 024105",
        f"protocollo@pec.thiene.example → {RIGHT}",
        f"Written: {CORRECTIONS}",
        "Next: mailer preview 024105",
    ]
    row = (campaign / CORRECTIONS).read_text(encoding="utf-8-sig").splitlines()[1].split(";")
    assert row[:6] == ["024105", "L157", "Thiene", "pec", RIGHT, "correzione"]
    assert row[7] == "telefonata del 3/9"
    found = json.loads(mailer("send", "--dry-run", "--json", "--jobs", "1", "--limit", "1").out)
    assert found["problems"][0]["code"] != "address-missing"


@pytest.mark.usefixtures("campaign")
@pytest.mark.parametrize(
    ("address", "channel", "said"),
    [
        # Providers are known by their names; nothing is sent there or looked up.
        ("thiene@libero.it", "email", "is a private provider's mailbox"),
        ("thiene@libero.it", "pec", "is ordinary mail, and PEC is meant"),
        ("thiene@legalmial.it", "pec", "looks mistyped. Did you mean: thiene@legalmail.it?"),
        ("elettorale@pec.thiene.example", "pec", "is not the protocol office's"),
    ],
)
def test_an_odd_address_is_pointed_out_and_written(
    mailer: Mailer, address: str, channel: str, said: str
) -> None:
    answer = mailer(
        "address", "set", "Thiene", address, "--why", "x", "--channel", channel, "--yes"
    )
    assert answer.code == 0
    assert f"{address} {said}" in answer.err
    assert json.loads(mailer("address", "list", "--json").out)[0]["address"] == address


@pytest.mark.usefixtures("campaign")
def test_the_same_word_twice_changes_nothing(mailer: Mailer) -> None:
    corrected(mailer)
    answer = mailer("address", "set", "Thiene", RIGHT, "--why", "telefonata", "--yes")
    assert answer.code == 9
    assert answer.err == "Nothing to change: this is the correction already.\n"


@pytest.mark.usefixtures("campaign")
def test_the_list_says_who_where_since_when_and_why(mailer: Mailer) -> None:
    corrected(mailer)
    (line,) = mailer("address", "list").out.splitlines()
    assert line.startswith(f"Thiene (VI) 024105  pec  {RIGHT}  ")
    assert line.endswith("  telefonata")
    (one,) = json.loads(mailer("address", "list", "--json").out)
    assert (one["code"], one["comune"], one["address"]) == ("L157", "Thiene", RIGHT)
    assert one["why"] == "telefonata"


def test_a_correction_taken_away_leaves_the_address_book(campaign: Path, mailer: Mailer) -> None:
    corrected(mailer)
    corrected(mailer, "Thiene", "posta@thiene.example", "--channel", "email")
    answer = mailer("address", "unset", "Thiene", "--channel", "pec", "--yes")
    assert (answer.code, answer.err.splitlines()[1]) == (0, f"No longer used: {RIGHT}")
    assert [one["channel"] for one in json.loads(mailer("address", "list", "--json").out)] == [
        "email"
    ]
    assert mailer("address", "unset", "Thiene", "--yes").code == 0
    assert mailer("address", "list").err == "There are no corrections.\n"
    assert mailer("address", "unset", "Thiene", "--yes").code == 9
    assert (campaign / CORRECTIONS).exists()


def test_a_comune_is_found_by_a_code_of_the_past(campaign: Path, mailer: Mailer) -> None:
    (campaign / "data" / "variazioni.csv").write_text(HISTORY, encoding="utf-8")
    recoded = mailer("address", "set", "024905", RIGHT, "--why", "x", "--yes")
    assert recoded.err.splitlines()[0] == "024905 is an old code of Thiene (VI) 024105."
    merged = mailer("address", "set", "024999", "p@pec.sovizzo.example", "--why", "x", "--yes")
    assert merged.err.splitlines()[0] == (
        "024999 was a Comune that is part of Sovizzo (VI) 024128 today."
    )


def test_a_correction_written_under_an_old_code_says_so(campaign: Path, mailer: Mailer) -> None:
    (campaign / "data" / "variazioni.csv").write_text(HISTORY, encoding="utf-8")
    (campaign / CORRECTIONS).write_text(
        f"codice_istat;canale;indirizzo\n24905;pec;{RIGHT}\n", encoding="cp1252"
    )
    found = json.loads(mailer("check", "--offline", "--json").out)
    (told,) = [one for one in found["problems"] if one["code"] == "code-old"]
    assert told["severity"] == "info"
    assert "024905 = Thiene (VI) 024105" in told["text"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Thiene", "non un indirizzo", "--why", "x"), "non un indirizzo is not an e-mail address"),
        (("Tiene", RIGHT, "--why", "x"), "No Comune is called Tiene. Did you mean: Thiene"),
        (("Castro", RIGHT, "--why", "x"), "More than one Comune is called Castro."),
        (("Thiene", RIGHT), "Missing: --why."),
        (("Thiene", RIGHT, "--why", "x"), "Nothing was written: nobody confirmed."),
    ],
)
def test_what_is_wrong_is_explained_and_nothing_is_written(
    campaign: Path, mailer: Mailer, words: tuple[str, ...], said: str
) -> None:
    answer = mailer("address", "set", *words)
    assert answer.code in {1, 2}
    assert said in answer.err
    assert not (campaign / CORRECTIONS).exists()


@pytest.mark.parametrize(("given", "code"), [("y", 0), ("", 130)])
def test_the_operator_is_asked(
    campaign: Path, mailer: Mailer, monkeypatch: pytest.MonkeyPatch, given: str, code: int
) -> None:
    monkeypatch.setattr("coalizione_mailer.cli.address.interactive", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *_words, **_options: given)
    assert mailer("address", "set", "Thiene", RIGHT, "--why", "x").code == code
    assert (campaign / CORRECTIONS).exists() == (code == 0)


@pytest.mark.usefixtures("campaign")
def test_without_a_command_the_choice_is_shown(mailer: Mailer) -> None:
    answer = mailer("address")
    assert (answer.code, answer.out) == (2, "")
    assert "unset" in answer.err


def test_a_correction_after_the_freeze_is_noticed(campaign: Path) -> None:
    before = inputs(load(campaign))
    (campaign / CORRECTIONS).write_text("codice_istat;canale;indirizzo\n", encoding="utf-8")
    after = inputs(load(campaign))
    assert set(after) - set(before) == {"data/correzioni.csv"}


def test_letters_that_are_frozen_are_pointed_out(plain: Path, mailer: Mailer) -> None:
    frozen(plain)
    answer = mailer("address", "set", "Thiene", RIGHT, "--why", "x", "--yes")
    assert answer.code == 0
    assert "freeze them anew afterwards with mailer send --refreeze." in answer.err
