"""``mailer receive``: as the operator runs it, over real receipts and a real IMAP server."""

import json
import os
import re
import signal
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coalizione_mailer.ledger import deliveries, reports
from coalizione_mailer.ledger.deliveries import Choice, Settlement
from coalizione_mailer.ledger.reports import Standing
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import Outcome, Phase, State, judge
from coalizione_mailer.rehearsal import receipts
from coalizione_mailer.rehearsal.authority import Authority
from coalizione_mailer.rehearsal.certified import Posting, Provider
from coalizione_mailer.rehearsal.daticert import Errore, Fact, Tipo
from tests.cli.desk import Mailer, change, launched
from tests.support import came_back, imap_server, letters
from tests.support import campaign as campaigns
from tests.support.imap_server import PASSWORD, USER, ImapServer
from tests.support.patience import PATIENCE, until

COUNT = 6
TAKEN = judge(Phase.END_OF_DATA, 250)
LOST = judge(Phase.END_OF_DATA, None)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A campaign of six letters: five sent, the sixth in doubt."""
    made = campaigns.written(tmp_path / "campagna", COUNT, 1)
    campaigns.frozen(made)
    hand_over(made, [TAKEN] * 5 + [LOST])
    monkeypatch.chdir(made)
    return made


def opened(folder: Path) -> Ledger:
    return Ledger.open(letters.URL, folder, now=time.time())


def hand_over(folder: Path, outcomes: Sequence[Outcome], ago: float = 0.0) -> None:
    at = time.time() - ago
    with closing(opened(folder)) as ledger, ledger.writing() as connection:
        claims = deliveries.claim(connection, Choice(1), len(outcomes), now=time.time())
        deliveries.settle(
            connection,
            [
                Settlement(claimed.delivery_id, claimed.attempt, outcome, at)
                for claimed, outcome in zip(claims, outcomes, strict=True)
            ],
        )


def standings(folder: Path) -> list[Standing]:
    with closing(opened(folder)) as ledger, ledger.reading() as connection:
        return sorted(reports.standings(connection, 1), key=lambda one: one.delivery_id)


def receipt(
    letter: Standing,
    tipo: Tipo,
    content: bytes = b"Subject: Invito\r\n\r\n",
    by: Provider | None = None,
) -> bytes:
    failed = tipo is Tipo.ERRORE_CONSEGNA
    posting = Posting(
        "segreteria@ente.example", letter.address, False, "Invito alla prova",  # noqa: FBT003
        letter.message_id, f"opec.{letter.delivery_id}@pec.gestore.example", content,
    )  # fmt: skip
    detail = "5.1.1 - Gestore di prova - indirizzo non valido" if failed else ""
    errore = Errore.NO_DEST if failed else Errore.NESSUNO
    return receipts.receipt(
        by or came_back.provider(), posting, Fact(tipo, datetime.now(UTC), errore, detail)
    )


def all_receipts(folder: Path, by: Provider | None = None) -> list[bytes]:
    """Of every letter an acceptance; all are delivered but the first, which comes back."""
    return [
        receipt(letter, tipo, by=by)
        for letter in standings(folder)
        for tipo in (
            Tipo.ACCETTAZIONE,
            Tipo.ERRORE_CONSEGNA if letter.delivery_id == 1 else Tipo.AVVENUTA_CONSEGNA,
        )
    ]


def put(folder: Path, raws: Sequence[bytes]) -> None:
    """Put messages into files."""
    folder.mkdir(exist_ok=True)
    for number, raw in enumerate(raws):
        (folder / f"{number:04}.eml").write_bytes(raw)


def states(folder: Path) -> list[State]:
    return [letter.state for letter in standings(folder)]


SETTLED = [State.BOUNCED] + [State.DELIVERED] * (COUNT - 1)


def test_receipts_in_a_folder_settle_the_letters_and_are_told_of(
    folder: Path, mailer: Mailer
) -> None:
    put(folder / "posta", [*all_receipts(folder), came_back.unrelated(1)])
    answer = mailer("receive", "posta")
    assert answer.code == 0
    told = [" ".join(line.split()) for line in answer.out.splitlines()]
    assert told[0].startswith("13 messages read in ")
    assert "6 new: PEC acceptance: our provider took it" in told
    assert "5 new: PEC delivery: it is in the mailbox of the Comune" in told
    assert "1 new: PEC failure: it could not be delivered" in told
    assert "5 letters that are now: delivered" in told
    assert "1 letter that is now: came back" in told
    assert states(folder) == SETTLED
    assert "settled by its receipts" in mailer("resolve").err


def test_programs_are_told_the_same_and_a_second_reading_changes_nothing(
    folder: Path, mailer: Mailer
) -> None:
    put(folder / "posta", all_receipts(folder))
    first = json.loads(mailer("receive", "posta", "--json", "--no-input").out)
    assert (first["read"], first["new"], first["known"], first["unrelated"]) == (12, 12, 0, 0)
    assert first["settled"] == {"bounced": 1, "delivered": 5}
    assert first["kinds"]["pec-avvenuta-consegna"] == 5
    again = json.loads(mailer("receive", "posta", "--json").out)
    assert (again["read"], again["new"], again["known"], again["settled"]) == (12, 0, 12, {})


def test_an_answer_from_elsewhere_waits_for_the_receipts_that_tell_whose_it_is(
    folder: Path, mailer: Mailer
) -> None:
    cited = b"In-Reply-To: <opec.3@pec.gestore.example>\r\n"
    private = b"From: sindaca@casa.example\r\nSubject: Ci sono\r\n" + cited + b"\r\nA presto\r\n"
    put(folder / "altra", [private])
    answer = mailer("receive", "altra")
    assert "1 of them perhaps answers: put aside" in " ".join(answer.out.split())
    assert json.loads(mailer("receive", "altra", "--json").out)["known"] == 1
    assert "sindaca" not in mailer("rsvp", "review", "--json").out
    put(folder / "posta", all_receipts(folder))
    told = json.loads(mailer("receive", "posta", "--json").out)
    assert (told["read"], told["new"], told["held"]) == (12, 13, 0)
    assert "answer of a person" in mailer("log", "borgo 3").out


def test_the_story_of_a_letter_tells_of_its_receipts(folder: Path, mailer: Mailer) -> None:
    put(folder / "posta", all_receipts(folder))
    assert mailer("receive", "posta").code == 0
    told = mailer("log", "borgo 1").out
    assert "PEC acceptance: our provider took it [signature of " in told
    assert "PEC failure: it could not be delivered, the address does not exist: 5.1.1" in told
    receipts = json.loads(mailer("log", "borgo 1", "--json").out)["receipts"]
    first, _second = sorted(receipts, key=lambda one: str(one["kind"]))
    assert (first["kind"], first["strength"], first["verified"]) == (
        "pec-accettazione",
        "strong",
        True,
    )


def test_only_the_authorities_that_are_named_are_believed(folder: Path, mailer: Mailer) -> None:
    put(folder / "posta", all_receipts(folder)[:2])
    file = folder / "campaign.toml"
    text = file.read_text(encoding="utf-8")
    other = Authority("Un'altra", time.time())
    (folder / "altra.pem").write_bytes(other.pem)
    file.write_text(text + '[mailbox]\nauthorities = ["altra.pem"]\n', encoding="utf-8")
    answer = mailer("receive", "posta")
    assert "2 PEC receipts have no signature that holds: they are kept" in answer.err
    assert states(folder)[0] is State.SENT


def named(folder: Path, *names: str) -> None:
    """Name the authorities to trust, in place of those of before."""
    file = folder / "campaign.toml"
    before, _section, _after = file.read_text(encoding="utf-8").partition("[mailbox]")
    file.write_text(f"{before}[mailbox]\nauthorities = {json.dumps(names)}\n", encoding="utf-8")


def test_authorities_named_later_judge_the_kept_receipts_again(
    folder: Path, mailer: Mailer
) -> None:
    (folder / "altra.pem").write_bytes(Authority("Un'altra", time.time()).pem)
    real, domain = Authority("Quella vera", time.time()), "pec.gestore.example"
    (folder / "vera.pem").write_bytes(real.pem)
    provider = Provider("Gestore", domain, real.seal("Gestore", f"posta-certificata@{domain}"))
    cited = b"In-Reply-To: <opec.3@pec.gestore.example>\r\n"
    private = b"From: sindaca@casa.example\r\nSubject: Ci sono\r\n" + cited + b"\r\nA presto\r\n"
    put(folder / "posta", [*all_receipts(folder, provider), private])
    (folder / "vuota").mkdir()
    named(folder, "altra.pem")
    assert json.loads(mailer("receive", "posta", "--json").out)["unverified"] == 2 * COUNT
    assert "have changed" not in mailer("receive", "vuota").err
    named(folder, "altra.pem", "vera.pem")
    answer = mailer("receive", "vuota")
    assert (
        "The authorities of campaign.toml have changed: 12 receipts that were kept count now."
    ) in answer.err.splitlines()
    assert "5 letters that are now: delivered" in " ".join(answer.out.split())
    assert states(folder) == SETTLED
    # What the acceptance tells counts too.
    assert "answer of a person" in mailer("log", "borgo 3").out
    named(folder, "vera.pem", "altra.pem")
    assert "have changed" not in mailer("receive", "vuota").err
    # Nobody vouches for them any more: that is said once, and nothing goes back.
    named(folder, "altra.pem")
    answer = mailer("receive", "vuota")
    assert "12 receipts that counted would not count now" in answer.err
    assert "Borgo 1 (" in answer.err
    assert states(folder) == SETTLED
    assert "have changed" not in mailer("receive", "vuota").err


def test_a_letter_not_heard_of_for_two_days_is_silent(folder: Path, mailer: Mailer) -> None:
    with closing(sqlite3.connect(folder / "archive" / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("UPDATE attempts SET ended_at = ended_at - 49 * 3600 WHERE delivery_id < 4")
    put(folder / "posta", all_receipts(folder)[:3])
    assert "silent" in mailer("status").err
    assert json.loads(mailer("status", "--json").out)["silent"] == 3
    assert mailer("receive", "posta").code == 0
    assert states(folder)[:3] == [State.BOUNCED, State.ACCEPTED, State.SENT]
    listed = json.loads(mailer("status", "--state", "silent", "--json").out)
    assert [one["denominazione"] for one in listed["letters"]] == ["Borgo 2", "Borgo 3"]


def test_before_the_freeze_there_is_nothing_to_read_for(plain: Path, mailer: Mailer) -> None:
    answer = mailer("receive", str(plain))
    assert (answer.code, answer.out) == (9, "")
    assert answer.err == "Nothing has been sent yet, nor frozen for sending.\n"
    assert not (plain / "archive").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nulla", "nemmeno"), "nulla: this file does not exist."),
        ((), "No mailbox is named. Name the messages to read: mailer receive PATH."),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_mailbox_that_is_not_there_is_answered_with_a_sentence(
    mailer: Mailer, arguments: tuple[str, ...], said: str
) -> None:
    answer = mailer("receive", *arguments)
    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err
    assert len(answer.err.splitlines()) == max(len(arguments), 1)


@pytest.fixture
def server(folder: Path) -> Iterator[ImapServer]:
    """A mailbox that campaign.toml names, its password in a file."""
    secret = folder.parent / "segreto.txt"
    secret.write_text(PASSWORD, encoding="utf-8")
    secret.chmod(0o600)
    with imap_server.running() as running:
        file = folder / "campaign.toml"
        file.write_text(
            file.read_text(encoding="utf-8") + "[mailbox]\n"
            f'host = "127.0.0.1"\nport = {running.port}\nsecurity = "none"\n'
            f'username = "{USER}"\npassword_file = "../segreto.txt"\n',
            encoding="utf-8",
        )
        yield running


def test_the_mailbox_is_read_from_where_it_was_read_to_and_stays_as_it_is(
    folder: Path, server: ImapServer, online: Mailer
) -> None:
    came = all_receipts(folder)
    server.put(*came[:5])
    before = server.flags()
    first = json.loads(online("receive", "--json").out)
    assert (first["read"], first["new"]) == (5, 5)
    assert server.flags() == before
    server.put(*came[5:])
    second = json.loads(online("receive", "--json").out)
    assert (second["read"], second["new"]) == (len(came) - 5, len(came) - 5)
    assert json.loads(online("receive", "--json").out)["read"] == 0
    assert online("receive").out == "Nothing new has come.\n"
    assert states(folder) == SETTLED
    assert online("status").err.endswith("Next: mailer resend\n")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("../segreto.txt", "../altro.txt", "5 the login was refused"),
        ("[mailbox]", '[mailbox]\nfolders = ["Ricevute"]',
         "1 mailbox.folders: the mailbox has no folder Ricevute. It has: INBOX"),
        ("[mailbox]", '[mailbox]\nauthorities = ["nulla.pem"]', "1 nulla.pem: this file does not"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_mailbox_is_one_sentence(
    server: ImapServer, online: Mailer, before: str, after: str, said: str
) -> None:
    Path("../altro.txt").write_text("sbagliata", encoding="utf-8")
    Path("../altro.txt").chmod(0o600)
    change(Path(), before, after)
    answer = online("receive")
    code, _space, sentence = said.partition(" ")
    assert (answer.code, answer.out) == (int(code), "")
    assert sentence in answer.err
    assert len(answer.err.splitlines()) == 1
    assert "sbagliata" not in answer.err
    assert server.port


def rows(folder: Path, table: str = "receipts") -> int:
    with closing(sqlite3.connect(folder / "archive" / "ledger.sqlite")) as ledger:
        count: int = ledger.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return count


def test_killed_while_it_reads_it_goes_on_and_nothing_is_twice(
    folder: Path, server: ImapServer
) -> None:
    many = [
        *all_receipts(folder),
        *(b"Subject: %d\r\nX-Spam-Flag: YES\r\n\r\n%d\r\n" % (n, n) for n in range(450)),
    ]
    server.put(*many)
    for _ in range(3):
        process = launched("--campaign", str(folder), "receive", "--no-input")
        count = rows(folder)
        until(lambda seen=count, run=process: rows(folder) > seen or run.poll() is not None)  # type: ignore[misc]
        process.kill()
        process.communicate()
    done = launched("--campaign", str(folder), "receive", "--no-input", "--json")
    out, _err = done.communicate(timeout=PATIENCE)
    assert done.returncode == 0
    assert json.loads(out)["known"] == 0
    assert rows(folder) == len(many)
    assert states(folder) == SETTLED


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGINT for another process")
def test_it_goes_on_listening_until_ctrl_c(folder: Path, server: ImapServer) -> None:
    came = all_receipts(folder)
    server.put(*came[:2])
    process = launched("--campaign", str(folder), "receive", "--follow", "--no-input")
    until(lambda: rows(folder) == 2)
    server.put(*came[2:])
    assert process.stderr is not None
    told = b""
    while sum(map(int, re.findall(rb"(\d+) PEC", told))) < len(came) - 2:
        line = process.stderr.readline()
        assert line, told
        told += line
    # What is answered enters the register as it comes, not at the end only.
    server.put(*(came_back.reply(n, f"<opec.{n + 1}@pec.gestore.example>") for n in range(2)))
    heard = 0
    while heard < 2:
        line = process.stderr.readline()
        assert line, told
        told += line
        heard += sum(map(int, re.findall(rb"^(\d+) answers? (?:was|were|waits?)", line)))
    assert rows(folder, "answers") == 2
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, told + err
    assert b"Listening for more. Ctrl-C ends it." in told
    assert b"5  new: PEC delivery" in out
    assert states(folder) == SETTLED
