"""``mailer evidence``: what a lawyer would ask for, and can verify without us."""

import csv
import hashlib
import io
import re
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from coalizione_mailer.evidence import index
from coalizione_mailer.letter.message import CRLF, join
from tests.cli.desk import Mailer
from tests.support import came_back, letters, sent

BORGO_1 = "borgo-1-000001-invio-1"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four letters: the first three sent; the first delivered, the second came back."""
    made = sent.campaign_of(tmp_path / "campagna", 4, 3)
    forged = sent.delivery(1).replace(b"Borgo", b"Bordo").replace(b"consegnato", b"consegnatx")
    sent.came_in(
        made,
        [
            *(sent.acceptance(number) for number in range(3)),
            sent.delivery(0),
            sent.failure(1),
            forged,
        ],
    )
    monkeypatch.chdir(made)
    return made


def sums(text: bytes) -> dict[str, str]:
    """Read a list of sums as ``sha256sum -c`` does: hash, two blanks, name."""
    lines = text.decode().splitlines()
    return {line[66:]: line[:64] for line in lines if line[64:66] == "  "}


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def rows(sheet: bytes) -> list[dict[str, str]]:
    assert sheet.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig")), delimiter=";"))


def kept(folder: Path, sha256: str) -> bytes:
    """What the ledger's own file holds under a hash."""
    with closing(sqlite3.connect(folder / "archive" / "ledger.sqlite")) as database:
        (content,) = database.execute(
            "SELECT content FROM blobs WHERE sha256=?", (sha256,)
        ).fetchone()
    assert isinstance(content, bytes)
    return content


def spoil(folder: Path, sha256: str) -> None:
    """Change one byte of what the ledger holds."""
    before = kept(folder, sha256)
    after = before[:-1] + bytes([before[-1] ^ 1])
    with closing(sqlite3.connect(folder / "archive" / "ledger.sqlite")) as database, database:
        database.execute("UPDATE blobs SET content=? WHERE sha256=?", (after, sha256))


class TestOfOneComune:
    def test_the_message_is_byte_for_byte_what_was_frozen(
        self, folder: Path, mailer: Mailer
    ) -> None:
        assert mailer("evidence", "borgo 1", "--out", "prove").code == 0
        frozen = letters.frozen(1)
        found = files(folder / "prove")
        message = found[f"{BORGO_1}-messaggio.eml"]
        assert message == join(frozen.head, frozen.letter, letters.composer().frame)
        assert hashlib.sha256(message).hexdigest() == frozen.message_sha256
        assert found[f"{BORGO_1}-lettera.pdf"] == frozen.letter
        assert message_from_bytes(message, policy=default)["Message-ID"] == frozen.message_id

    def test_every_receipt_is_byte_for_byte_what_came_and_named_by_kind_time_and_hash(
        self, folder: Path, mailer: Mailer
    ) -> None:
        assert mailer("evidence", "A001", "--out", "prove").code == 0
        came = {
            sent.acceptance(1): "pec-accettazione",
            sent.failure(1): "pec-errore-consegna",
        }
        found = files(folder / "prove")
        for raw, kind in came.items():
            digest = hashlib.sha256(raw).hexdigest()
            (name,) = (name for name in found if digest[:16] in name)
            assert re.fullmatch(rf"{BORGO_1}-\d{{8}}-\d{{6}}-{kind}-[0-9a-f]{{16}}\.eml", name)
            assert found[name] == raw

    def test_the_sums_are_those_of_every_file(self, folder: Path, mailer: Mailer) -> None:
        assert mailer("evidence", "000001", "--out", "prove").code == 0
        found = files(folder / "prove")
        listed = sums(found.pop("SHA256SUMS"))
        assert listed == {
            name: hashlib.sha256(content).hexdigest() for name, content in found.items()
        }

    def test_openssl_verifies_the_true_receipts_and_not_the_forged_one(
        self, folder: Path, mailer: Mailer
    ) -> None:
        openssl = shutil.which("openssl")
        if openssl is None:
            pytest.skip("openssl is not installed")
        assert mailer("evidence", "borgo 1", "--out", "prove").code == 0
        authority = folder / "autorita.pem"
        authority.write_bytes(came_back.authority().pem)
        verified = {}
        for row in rows((folder / "prove" / "indice.csv").read_bytes()):
            if row["Firma del gestore"]:
                told = [openssl, "smime", "-verify", "-purpose", "any", "-CAfile", str(authority)]
                told += ["-attime", str(int(sent.SENT_AT)), "-out", str(folder / "contenuto.txt")]
                done = subprocess.run(
                    [*told, "-in", str(folder / "prove" / row["File"])],
                    capture_output=True,
                    check=False,
                )
                verified[row["File"]] = (row["Firma del gestore"], done.returncode == 0)
        assert sorted(verified.values()) == [
            ("NON valida", False),
            ("valida", True),
            ("valida", True),
        ]

    def test_the_sheet_says_what_each_file_is(self, folder: Path, mailer: Mailer) -> None:
        assert mailer("evidence", "borgo 1", "--out", "prove").code == 0
        told = [
            (row["Documento"], row["Firma del gestore"], row["Valore"], row["Consegnato"])
            for row in rows((folder / "prove" / "indice.csv").read_bytes())
        ]
        assert told == [
            ("Lettera", "", "", "sì"),
            ("Messaggio come partito", "", "", "sì"),
            ("Ricevuta di accettazione", "valida", "prova l'accettazione", "sì"),
            (
                "Ricevuta di avvenuta consegna",
                "NON valida",
                "agli atti, non prova la consegna",
                "sì",
            ),
            ("Avviso di mancata consegna", "valida", "prova la mancata consegna", "sì"),
        ]

    def test_the_same_record_gives_the_same_bytes_and_a_second_run_completes(
        self, folder: Path, mailer: Mailer
    ) -> None:
        assert mailer("evidence", "borgo 0", "--out", "prove").code == 0
        first = files(folder / "prove")
        (folder / "prove" / "indice.html").unlink()
        (folder / "prove" / ".mailer-left").write_bytes(b"of a run that was killed")
        assert mailer("evidence", "borgo 0", "--out", "prove").code == 0
        assert files(folder / "prove") == first
        sent.came_in(folder, [sent.reply(0)])
        assert mailer("evidence", "borgo 0", "--out", "prove").code == 0
        later = files(folder / "prove")
        assert len(later) == len(first) + 1
        assert all(later[name] == first[name] for name in first if name.endswith((".eml", ".pdf")))

    def test_a_folder_with_something_else_in_it_is_refused(
        self, folder: Path, mailer: Mailer
    ) -> None:
        assert mailer("evidence", "borgo 0", "--out", "prove").code == 0
        before = files(folder / "prove")
        answer = mailer("evidence", "borgo 1", "--out", "prove")
        assert answer.code == 1
        assert answer.err.endswith("Choose a new or empty one.\n")
        assert files(folder / "prove") == before

    def test_a_letter_that_never_left_is_said_to_be_just_that(
        self, folder: Path, mailer: Mailer
    ) -> None:
        assert mailer("evidence", "borgo 3", "--out", "prove").code == 0
        page = (folder / "prove" / "indice.html").read_text(encoding="utf-8")
        assert "Questa lettera non è mai stata consegnata al server" in page


class TestTampering:
    def test_changed_bytes_are_named_and_not_handed_over(
        self, folder: Path, mailer: Mailer
    ) -> None:
        raw = sent.acceptance(1)
        digest = hashlib.sha256(raw).hexdigest()
        spoil(folder, digest)
        answer = mailer("evidence", "borgo 1", "--out", "prove")
        assert answer.code == 1
        assert "1 file was not handed over: its bytes in the record are not what was" in answer.err
        found = files(folder / "prove")
        assert not any(digest[:16] in name for name in found)
        assert digest not in sums(found["SHA256SUMS"]).values()
        (row,) = (row for row in rows(found["indice.csv"]) if row["SHA-256"] == digest)
        assert row["Consegnato"] == "no: byte alterati"
        assert "byte alterati" in found["indice.html"].decode()

    def test_a_changed_letter_takes_its_message_with_it_and_leaves_the_others(
        self, folder: Path, mailer: Mailer
    ) -> None:
        spoil(folder, hashlib.sha256(letters.frozen(1).letter).hexdigest())
        answer = mailer("evidence", "--all", "--out", "tutto.zip")
        assert answer.code == 1
        with zipfile.ZipFile(folder / "tutto.zip") as archive:
            names = archive.namelist()
        assert not any(
            BORGO_1 in name and name.endswith(("lettera.pdf", "ggio.eml")) for name in names
        )
        assert sum(name.endswith("lettera.pdf") for name in names) == 3

    def test_where_all_is_changed_the_first_are_named_and_the_others_counted(
        self, folder: Path, mailer: Mailer
    ) -> None:
        with closing(sqlite3.connect(folder / "archive" / "ledger.sqlite")) as database, database:
            database.execute("UPDATE blobs SET content=x'00'")
        answer = mailer("evidence", "--all", "--out", "tutto.zip")
        assert (answer.code, answer.err.count("  comuni/borgo-")) == (1, 10)
        assert answer.err.endswith("and 4 more like these\n")

    def test_bytes_that_are_gone_are_named_too(self, folder: Path, mailer: Mailer) -> None:
        digest = hashlib.sha256(sent.failure(1)).hexdigest()
        with closing(sqlite3.connect(folder / "archive" / "ledger.sqlite")) as database, database:
            database.execute("DELETE FROM blobs WHERE sha256=?", (digest,))
        answer = mailer("evidence", "borgo 1", "--out", "prove")
        assert (answer.code, digest[:16] in answer.err) == (1, True)


class TestOfAll:
    def test_one_zip_has_every_comune_and_sums_that_hold(
        self, folder: Path, mailer: Mailer
    ) -> None:
        answer = mailer("evidence", "--all", "--out", "prove")
        assert (answer.code, answer.out.endswith("prove-prova.zip\n")) == (0, True)
        assert "Letters: 4/4" in answer.err
        assert "Index: 8/8" in answer.err
        with zipfile.ZipFile(folder / "prove" / "prove-prova.zip") as archive:
            assert archive.testzip() is None
            contents = {name: archive.read(name) for name in archive.namelist()}
        listed = sums(contents.pop("SHA256SUMS"))
        assert listed == {
            name: hashlib.sha256(content).hexdigest() for name, content in contents.items()
        }
        told = rows(contents["indice.csv"])
        assert {row["Comune"] for row in told} == {f"Borgo {number}" for number in range(4)}
        assert {row["File"] for row in told} <= contents.keys()
        frozen = letters.frozen(2)
        message = contents["comuni/borgo-2-000002/borgo-2-000002-invio-1-messaggio.eml"]
        assert hashlib.sha256(message).hexdigest() == frozen.message_sha256

    def test_the_same_record_gives_the_same_zip(self, folder: Path, mailer: Mailer) -> None:
        for name in ("uno.zip", "due.zip"):
            assert mailer("evidence", "--all", "--out", name).code == 0
        assert (folder / "uno.zip").read_bytes() == (folder / "due.zip").read_bytes()

    def test_every_link_of_every_page_leads_to_a_file_of_the_zip(
        self, folder: Path, mailer: Mailer
    ) -> None:
        assert mailer("evidence", "--all", "--out", "tutto.zip").code == 0
        with zipfile.ZipFile(folder / "tutto.zip") as archive:
            names = set(archive.namelist())
            pages = {n: archive.read(n).decode() for n in names if n.endswith(".html")}
        links = {name: list(linked(page)) for name, page in pages.items()}
        assert sum(map(len, links.values())) > 15
        for name, targets in links.items():
            for target in targets:
                assert resolved(name, target) in names, (name, target)

    def test_what_belongs_to_no_letter_is_there_apart(self, folder: Path, mailer: Mailer) -> None:
        sent.came_in(folder, [sent.reply(9, "<altro@altrove.example>")])
        with closing(sqlite3.connect(folder / "archive" / "ledger.sqlite")) as database:
            (loose,) = database.execute(
                "SELECT count(*) FROM receipts WHERE delivery_id IS NULL"
            ).fetchone()
        assert mailer("evidence", "--all", "--out", "tutto.zip").code == 0
        with zipfile.ZipFile(folder / "tutto.zip") as archive:
            found = [name for name in archive.namelist() if name.startswith("senza-lettera/")]
        assert len(found) == loose

    def test_a_failure_on_the_way_leaves_nothing_half_written(
        self, folder: Path, mailer: Mailer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_arguments: object, **_more: object) -> Iterator[bytes]:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(index, "root_page", broken)
        answer = mailer("evidence", "--all", "--out", "prove")
        assert (answer.code, list((folder / "prove").iterdir())) == (1, [])
        assert "the disk is full" in answer.err


class TestWhatComesFromOutside:
    def test_markup_in_what_others_wrote_is_text(self, folder: Path, mailer: Mailer) -> None:
        assert mailer("evidence", "borgo 1", "--out", "prove").code == 0
        page = (folder / "prove" / "indice.html").read_text(encoding="utf-8")
        assert "&lt;b&gt;Ok&lt;/b&gt;" in page
        assert "<b>Ok" not in page

    def test_a_hostile_message_chooses_no_name(self, folder: Path, mailer: Mailer) -> None:
        hostile = sent.reply(1).replace(
            b"Subject:",
            b'Content-Disposition: attachment; filename="../../x.exe"' + CRLF + b"Subject:",
            1,
        )
        sent.came_in(folder, [hostile])
        assert mailer("evidence", "borgo 1", "--out", "prove").code == 0
        names = files(folder / "prove").keys() - {"indice.html", "indice.csv", "SHA256SUMS"}
        assert all(re.fullmatch(rf"{BORGO_1}-[a-z0-9-]+\.(?:eml|pdf)", name) for name in names)
        assert any("-reply-" in name for name in names)

    def test_a_moment_that_no_calendar_has_does_no_harm(self, folder: Path, mailer: Mailer) -> None:
        """Receipts of 1970, of the year 2223, and of one that has no date at all."""
        with closing(sqlite3.connect(folder / "archive" / "ledger.sqlite")) as database, database:
            for place, at in ((1, 0.0), (2, 8e9), (3, 1e15)):
                database.execute("UPDATE receipts SET occurred_at=? WHERE id=?", (at, place))
        assert mailer("evidence", "--all", "--out", "tutto.zip").code == 0
        with zipfile.ZipFile(folder / "tutto.zip") as archive:
            years = {info.date_time[0] for info in archive.infolist()}
            stamps = [name for name in archive.namelist() if "-19700101-010000-" in name]
        assert years == {1980, 2017, 2107}
        assert len(stamps) == 1


class TestAsking:
    def test_a_disk_without_room_is_named_before_anything_is_written(
        self, folder: Path, mailer: Mailer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1000))
        answer = mailer("evidence", "--all", "--out", "prove")
        assert (answer.code, (folder / "prove").exists()) == (1, False)
        assert "the disk has room for 1,000 bytes" in answer.err

    def test_a_ledger_without_a_letter_proves_nothing(self, plain: Path, mailer: Mailer) -> None:
        letters.open_ledger(plain).close()
        for words in (("evidence", "--all"), ("export", "registro.csv")):
            answer = mailer(*words)
            assert (answer.code, answer.out) == (9, "")

    def test_one_comune_or_all_has_to_be_said(self, folder: Path, mailer: Mailer) -> None:
        assert folder.exists()
        for words in ((), ("vicenza", "--all")):
            answer = mailer("evidence", *words)
            assert (answer.code, "Name one Comune, or say --all." in answer.err) == (2, True)

    def test_an_unknown_comune_is_named(self, folder: Path, mailer: Mailer) -> None:
        answer = mailer("evidence", "borga 1", "--out", "prove")
        assert answer.code == 1
        assert "None of the letters in question is for borga 1" in answer.err
        assert not (folder / "prove").exists()

    def test_before_the_freeze_there_is_nothing_to_prove(self, plain: Path, mailer: Mailer) -> None:
        answer = mailer("evidence", "--all")
        assert (answer.code, answer.out) == (9, "")
        assert not (plain / "archive").exists()


def linked(page: str) -> Iterator[str]:
    """Every target of a page."""
    found: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag not in ("script", "img", "link", "iframe")
            found.extend(value for name, value in attrs if name in ("href", "src") and value)

    Links().feed(page)
    yield from found


def resolved(page: str, target: str) -> str:
    parts = page.split("/")[:-1]
    for part in target.split("/"):
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)
