"""Whatever is wrong, the operator gets sentences: no traceback, nothing on stdout, an exit code."""

import os
from pathlib import Path

import pytest

from coalizione_mailer.cli import main
from coalizione_mailer.cli.advice import lines, system
from coalizione_mailer.errors import (
    CampaignLockedError,
    Code,
    LedgerError,
    MailerError,
    Problem,
    ProblemsError,
    ServerUnavailableError,
)
from tests.cli.desk import BOOK, Mailer, change, launched
from tests.support.patience import PATIENCE

REGISTER = Path("data", "comuni.csv")
ADDRESSES = Path("data", "indirizzi-esempio.csv")


def away(_campaign: Path) -> None:
    os.chdir("/")


def no_campaign_file(campaign: Path) -> None:
    (campaign / "campaign.toml").unlink()


def a_folder_as_campaign_file(campaign: Path) -> None:
    no_campaign_file(campaign)
    (campaign / "campaign.toml").mkdir()


def a_picture_as_campaign_file(campaign: Path) -> None:
    (campaign / "campaign.toml").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")


def no_register(campaign: Path) -> None:
    (campaign / REGISTER).unlink()


def an_empty_register(campaign: Path) -> None:
    (campaign / REGISTER).write_text("", encoding="utf-8")


def a_workbook_as_address_book(campaign: Path) -> None:
    (campaign / ADDRESSES).write_bytes(b"PK\x03\x04\0\0" * 100)


def a_folder_as_address_book(campaign: Path) -> None:
    (campaign / ADDRESSES).unlink()
    (campaign / ADDRESSES).mkdir()


def a_wrong_address(campaign: Path) -> None:
    change(campaign, "protocollo@pec.vicenza.example", "vicenza at example", str(ADDRESSES))


def addresses_all_wrong(campaign: Path) -> None:
    rows = "".join(f"{number:06},pec,x,,,\n" for number in range(1000))
    (campaign / ADDRESSES).write_text(BOOK.splitlines()[0] + "\n" + rows, encoding="utf-8")


def a_register_without_a_column(campaign: Path) -> None:
    change(campaign, "sigla,", "prov,", str(REGISTER))


def another_population(campaign: Path) -> None:
    change(campaign, '"popolazione_legale_2011"', '"popolazione_2011"')


def no_templates(campaign: Path) -> None:
    (campaign / "templates" / "invito" / "email.txt").unlink()


def a_broken_template(campaign: Path) -> None:
    (campaign / "templates" / "invito" / "email.txt").write_text("\n{{ x", encoding="utf-8")


def a_strange_pdf(campaign: Path) -> None:
    change(campaign, '"pdf/a-2a"', '"pdf/x"')


def a_strange_ledger(campaign: Path) -> None:
    change(campaign, "[smtp]", '[ledger]\nurl = "archive/ledger"\n\n[smtp]')


def a_comune_that_does_not_exist(campaign: Path) -> None:
    change(campaign, "include = []", 'include = ["Vicnza"]')


GARBAGE = [
    (away, ("comuni",), "campaign.toml: there is no campaign here."),
    (no_campaign_file, ("status",), "campaign.toml: there is no campaign here."),
    (a_folder_as_campaign_file, ("status",),
     "campaign.toml: this is a folder, and a file was expected."),
    (a_picture_as_campaign_file, ("comuni",), "campaign.toml: this is not a text file in UTF-8."),
    (no_register, ("comuni",), f"{REGISTER}: this file does not exist."),
    (an_empty_register, ("comuni",), f"{REGISTER}, line 1, codice_istat: this column is missing."),
    (a_workbook_as_address_book, ("preview", "vicenza"),
     f"{ADDRESSES}: this is not a text file in UTF-8."),
    (a_folder_as_address_book, ("send", "--dry-run"),
     f"{ADDRESSES}: this is a folder, and a file was expected."),
    (a_wrong_address, ("send", "--dry-run"),
     f"{ADDRESSES}, line 3, indirizzo: vicenza at example is not an e-mail address."),
    (addresses_all_wrong, ("send", "--dry-run"), "and 975 more like these"),
    (a_register_without_a_column, ("comuni",),
     f"{REGISTER}, line 1, sigla: this column is missing. The first row has: codice_istat,"),
    (another_population, ("comuni",),
     "column called popolazione_2011. It has: popolazione_legale_2011, popolazione_2023."),
    (no_templates, ("preview", "vicenza"),
     f"{Path('templates', 'invito', 'email.txt')}: this file does not exist."),
    (a_broken_template, ("send", "--dry-run"),
     f"{Path('templates', 'invito', 'email.txt')}, line 2: the template cannot be read here:"),
    (a_strange_pdf, ("send", "--dry-run"),
     "letter.pdf_variant: found pdf/x, which cannot be. Allowed are: "),
    (a_strange_ledger, ("status",), "this is not the address of a database."),
    (a_comune_that_does_not_exist, ("comuni",), "is called Vicnza. Did you mean: Vicenza"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "arguments", "said"), GARBAGE, ids=[case[0].__name__ for case in GARBAGE]
)
def test_garbage_is_answered_with_a_sentence(
    plain: Path,
    mailer: Mailer,
    monkeypatch: pytest.MonkeyPatch,
    spoil: "object",
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(plain)
    assert callable(spoil)
    spoil(plain)
    answer = mailer(*arguments)
    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert "fault" not in answer.err
    assert "Errno" not in answer.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--campaign", "nowhere", "comuni"), 1, "there is no campaign here"),
        (("--campaign", "campaign.toml", "comuni"), 1, "a folder was expected"),
        (("init", "campaign.toml"), 1, "there is something in this folder already"),
        (("init", "."), 1, "there is something in this folder already: attachments, campaign.toml"),
        (("preview", "vicenza", "--out", "campaign.toml"), 1, "campaign.toml"),
        (("comuni", "--search", ""), 0, ""),
        (("comuni", "--search", "\N{SNOWMAN}" * 500), 0, "No Comune is called"),
        (("comuni", "--nope"), 2, "There is no option --nope."),
        (("nope",), 2, "There is no command nope."),
        (("init",), 2, "Missing: FOLDER. The folder to make."),
        ((), 2, "Usage: mailer"),
        (("--campaign",), 2, "--campaign needs a value after it."),
        (("--campaign", "."), 2, "Usage: mailer"),
        (("send", "--jobs", "0"), 2, "--jobs: found 0; it must be a whole number, 1 or more."),
        (("status", "--csv", "x"), 2, "Not expected here: x."),
    ],
)
@pytest.mark.usefixtures("plain")
def test_the_program_itself_ends_as_it_should(
    program: Mailer, arguments: tuple[str, ...], code: int, said: str
) -> None:
    answer = program(*arguments)
    assert answer.code == code
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert "\x1b" not in answer.out + answer.err
    assert answer.out == "" or code == 0


@pytest.mark.usefixtures("plain")
def test_without_a_terminal_there_is_no_colour_and_nothing_moves(program: Mailer) -> None:
    answer = program("send", "--dry-run", "--jobs", "1")
    assert answer.code == 0
    assert not set("\x1b\r━") & set(answer.out + answer.err)
    assert answer.err.splitlines()[0].startswith("Letters: 6/6  in ")


@pytest.mark.parametrize("arguments", [("comuni", "--csv"), ("comuni",), ("--help",)])
@pytest.mark.usefixtures("plain")
def test_a_reader_that_goes_away_is_no_error(arguments: tuple[str, ...]) -> None:
    program = launched(*arguments)
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdout.close()
    said = program.stderr.read()
    program.stderr.close()
    assert program.wait(PATIENCE) == 0
    assert b"Broken" not in said
    assert b"Exception" not in said


def test_a_fault_of_the_program_is_told_and_kept_for_its_programmer(
    campaign: Path, mailer: Mailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_root: Path) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("coalizione_mailer.campaign.load", broken)
    monkeypatch.setattr("tempfile.tempdir", str(campaign))
    answer = mailer("status")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("The program has a fault (ZeroDivisionError).")
    (report,) = campaign.glob("mailer-*.txt")
    assert str(report) in answer.err
    assert "ZeroDivisionError" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (2, "x: there is no such file or folder. Check the name."),
        (13, "x: you are not allowed to use it. Check its permissions."),
        (28, "x: the disk is full. Make room, then try again."),
        (5, f"x: the system says: {os.strerror(5)}."),
    ],
)
@pytest.mark.usefixtures("english")
def test_what_the_system_refuses_is_told_in_words(number: int, said: str) -> None:
    assert system(OSError(number, os.strerror(number), "x")) == said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (LedgerError("a/l.sqlite", "locked"), "it is in use, perhaps by another mailer."),
        (LedgerError("a/l.sqlite", "full"), "the disk is full."),
        (LedgerError("a/l.sqlite", "io"), "the disk answers with errors."),
        (LedgerError("a/l.sqlite", "readonly"), "it cannot be written."),
        (LedgerError("a/l.sqlite", "unopenable", "why"), "it cannot be opened: why."),
        (LedgerError("a/l.sqlite", "newer", "2 > 1"), "a newer version of mailer made it."),
        (LedgerError("a/l.sqlite", "database", "why"), "the database says: why."),
        (ServerUnavailableError("h", 25, "timeout", ""), "The server h:25: no answer in time."),
        (ServerUnavailableError("h", 25, "tls", "bad"), "cannot be protected: bad."),
        (ServerUnavailableError("h", 25, "login", "535"), "the login was refused: 535."),
        (ServerUnavailableError("h", 25, "session", "421"), "it does not take letters now: 421."),
        (CampaignLockedError("anna@pc", "10:30"), "by anna@pc, since 10:30."),
        (MailerError("x"), "x"),
    ],
)
@pytest.mark.usefixtures("english")
def test_every_error_has_its_sentence(error: MailerError, said: str) -> None:
    (line,) = lines(error)
    assert said in line


@pytest.mark.usefixtures("english")
def test_a_flood_of_mistakes_ends_with_how_many_more_there_are() -> None:
    told = lines(ProblemsError([Problem(Code.ROW_WRONG, line=n) for n in range(1, 1001)]))
    assert told[0] == "line 1: this row cannot be read: nothing. Look at its quotation marks."
    assert told[-1] == "and 975 more like these"


def test_main_ends_the_process_with_the_code(
    campaign: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["mailer", "--campaign", str(campaign / "no"), "status"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 1
    assert capsys.readouterr().out == ""
