"""Letters once made are not made again, and what was damaged or is another's is not used."""

import pickle
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from coalizione_mailer.errors import Code, Problem, Severity
from coalizione_mailer.letter import standing as standing_module
from coalizione_mailer.letter.document import Pdf, PdfSettings
from coalizione_mailer.letter.overprint import edition as edition_module
from coalizione_mailer.letter.overprint.edition import edition
from coalizione_mailer.letter.pdf import render_pdfs
from coalizione_mailer.letter.standing import StandingType

LETTERS = [f"<p>Comune {number}</p>" for number in range(20)]
BODY = b"%PDF the form of all"
PROBLEM = Problem(Code.LETTER_PAGES, Severity.WARNING, found="2", expected=("1",))


def made(html: str) -> Pdf:
    return Pdf(BODY + html.encode(), 2, (PROBLEM,), shared=len(BODY))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "archive" / "letters-made.sqlite"


@pytest.fixture
def full(file: Path, settings: PdfSettings) -> Path:
    """Return a file in which the letters are kept."""
    keep(file, settings, LETTERS)
    return file


def keep(file: Path, settings: PdfSettings, letters: list[str]) -> None:
    kept = StandingType(file, settings)
    for html in letters:
        kept.keep(html, made(html))
    kept.close()


def found(file: Path, settings: PdfSettings, asked: Iterable[str] = LETTERS) -> dict[str, Pdf]:
    kept = StandingType(file, settings)
    letters = {html: one.pdf for html, one in kept.found(asked).items()}
    kept.close()
    return letters


def test_a_letter_comes_back_with_its_bytes_pages_and_problems(
    full: Path, settings: PdfSettings
) -> None:
    letters = found(full, settings)
    assert letters == {html: made(html) for html in LETTERS}
    assert {pdf.shared for pdf in letters.values()} == {len(BODY)}


def test_what_all_letters_share_is_kept_once(full: Path) -> None:
    with sqlite3.connect(full) as connection:
        assert connection.execute("SELECT content FROM bodies").fetchall() == [(BODY,)]
    connection.close()


def change(file: Path, statement: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(statement)
    connection.close()


FIRST = "(SELECT rowid FROM letters LIMIT 1)"
SECOND = "(SELECT rowid FROM letters LIMIT 1 OFFSET 1)"


@pytest.mark.parametrize(
    "damage",
    [
        f"UPDATE letters SET tail = CAST('<p>Comune X</p>' AS BLOB) WHERE rowid = {FIRST}",
        f"UPDATE letters SET pages = 1 WHERE rowid = {FIRST}",
        f"UPDATE letters SET problems = '[]' WHERE rowid = {FIRST}",
        f"UPDATE letters SET sha256 = x'00' WHERE rowid = {FIRST}",
        f"UPDATE letters SET body = x'00' WHERE rowid = {FIRST}",
        # Another's letter, whole and with its own hash, under this letter's key.
        (
            "UPDATE letters SET (body, tail, pages, problems, sha256) = (SELECT body, tail, pages, "
            f"problems, sha256 FROM letters WHERE rowid = {SECOND}) WHERE rowid = {FIRST}"
        ),
    ],
)
def test_a_damaged_or_foreign_letter_is_not_used(
    damage: str, full: Path, settings: PdfSettings
) -> None:
    change(full, damage)
    letters = found(full, settings)
    assert len(letters) == len(LETTERS) - 1
    assert all(pdf == made(html) for html, pdf in letters.items())


def test_without_what_they_share_no_letter_is_used(full: Path, settings: PdfSettings) -> None:
    change(full, "UPDATE bodies SET content = CAST('%PDF of another' AS BLOB)")
    assert found(full, settings) == {}


def test_letters_of_another_day_variant_or_template_are_not_used(
    full: Path, settings: PdfSettings
) -> None:
    assert len(found(full, settings)) == len(LETTERS)
    assert found(full, replace(settings, variant="pdf/a-3a")) == {}
    assert found(full, replace(settings, date=settings.date.replace(year=2018))) == {}
    assert found(full, replace(settings, keywords=("167/2017",))) == {}
    (settings.template / "emblem.svg").write_text("<svg/>", encoding="utf-8")
    assert found(full, settings) == {}


def test_letters_of_another_version_of_the_program_are_not_used(
    full: Path, settings: PdfSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_module, "_version", lambda name: f"{name} of tomorrow")
    assert found(full, settings) == {}


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_file_that_is_none_is_begun_again(
    content: bytes, file: Path, settings: PdfSettings
) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    assert found(file, settings) == {}
    keep(file, settings, LETTERS)
    assert len(found(file, settings)) == len(LETTERS)


def test_a_damaged_file_is_done_without_and_begun_again(full: Path, settings: PdfSettings) -> None:
    content = full.read_bytes()
    full.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    assert found(full, settings) == {}
    keep(full, settings, LETTERS)
    keep(full, settings, LETTERS)
    assert len(found(full, settings)) == len(LETTERS)


def test_while_another_program_writes_letters_are_made_without_it(
    full: Path, settings: PdfSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_module, "_PATIENCE", 0.01)
    other = sqlite3.connect(full, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    keep(full, settings, ["<p>Nuovo</p>"])
    assert len(found(full, settings)) == len(LETTERS)
    other.execute("ROLLBACK")
    other.close()
    assert len(found(full, settings)) == len(LETTERS)


def test_the_oldest_letters_make_room(
    full: Path, settings: PdfSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = StandingType(full, settings)
    kept.found(LETTERS[10:])
    kept.close()
    size = full.stat().st_size
    monkeypatch.setattr(standing_module, "MOST_BYTES", size)
    new = [f"<p>Nuovo {number} {'x' * 900}</p>" for number in range(8)]
    keep(full, settings, new)
    assert set(LETTERS[10:]) >= set(found(full, settings))
    assert list(found(full, settings, new)) == new


def test_more_letters_than_there_is_room_for_do_not_drive_each_other_out(
    file: Path, settings: PdfSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_module, "MOST_BYTES", 100_000)
    many = [f"<p>Tanti {number} {'x' * 900}</p>" for number in range(1000)]
    keep(file, settings, many)
    there = found(file, settings, many)
    assert 0 < len(there) < len(many)
    assert list(there) == many[: len(there)]


def test_a_few_letters_begin_no_file(file: Path, settings: PdfSettings) -> None:
    keep(file, settings, LETTERS[:3])
    assert not file.parent.exists()


def test_a_file_inside_the_template_is_not_made(settings: PdfSettings) -> None:
    keep(settings.template / "letters-made.sqlite", settings, LETTERS)
    assert list(settings.template.glob("letters-made*")) == []


def test_only_the_owner_may_read_it(full: Path) -> None:
    assert full.stat().st_mode & 0o077 == 0 or full.drive


def test_what_was_made_is_not_made_again(
    file: Path, settings: PdfSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def noted(letters: list[str], *rest: object) -> object:
        asked.append(len(letters))
        return edition(letters, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(edition_module, "edition", noted)
    first = list(render_pdfs(LETTERS, settings, 1, file))
    new = [f"<p>Nuovo {number}</p>" for number in range(17)]
    again = list(render_pdfs([*LETTERS, *new, *LETTERS], settings, 1, file))
    assert again[:20] == again[37:] == first
    assert asked == [20, 17]


def test_a_letter_that_reads_beyond_its_template_is_made_each_time(
    file: Path, settings: PdfSettings
) -> None:
    (settings.root / "emblem.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', encoding="utf-8"
    )
    letters = [f'<p>{n}</p><img src="../../emblem.svg" alt="">' for n in range(20)]
    made_ = list(render_pdfs(letters, settings, 1, file))
    assert not any(pdf.lasting for pdf in made_)
    assert not file.exists()


def test_letters_whose_proof_failed_are_made_and_told_again(
    file: Path, settings: PdfSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Problem(Code.LETTERS_WHOLE, Severity.INFO, found="content")

    def failed(letters: list[str], *_rest: object) -> object:
        return iter([replace(made(html), problems=(told,) * (n == 0)) for n, html in
                     enumerate(letters)])  # fmt: skip

    monkeypatch.setattr(edition_module, "edition", failed)
    for _ in range(2):
        pdfs = list(render_pdfs(LETTERS, settings, 1, file))
        assert [pdf.problems for pdf in pdfs] == [(told,), *[()] * 19]


KILLED = """
import os, pickle, sys
from coalizione_mailer.letter.standing import StandingType
from tests.letter.test_standing import LETTERS, made
file, settings = pickle.load(sys.stdin.buffer)
kept = StandingType(file, settings)
for number in range(30):
    for html in LETTERS:
        kept.keep(html, made(html))
os._exit(9)
"""


def test_letters_are_kept_where_nobody_was_asked_to_close(
    file: Path, settings: PdfSettings
) -> None:
    """A program that is killed leaves what it had written, and the next one uses it."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED],
        input=pickle.dumps((file, settings)),
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 9
    assert len(found(file, settings)) == len(LETTERS)
