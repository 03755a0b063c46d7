"""Every page keeps its word: files are there, commands run, nothing points at this machine."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from coalizione_mailer.cli import main
from coalizione_mailer.cli.app import COMMANDS
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.lifecycle import State
from tests.cli.desk import CATALOGUE

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
GUIDE = ROOT / "docs" / "guida.md"
DATA = ROOT / "docs" / "dati-ufficiali.md"

# Made by the commands, or by whoever uses them; not in a fresh checkout.
MADE = (
    *(
        "archive",
        "anteprima",
        "prova",
        "lettere",
        "prove",
        ".venv",
        "data/rubrica.csv",
        "data/indirizzi",
    ),
    *("data/correzioni.csv", "data/sindaci.csv", "data/fonti.csv", "data/precedenti"),
)
FILE = re.compile(
    r"(?!pdf/)(?:[A-Za-z_.-]+/)+[A-Za-z0-9_.-]*|[A-Za-z_.-]+\.(?:md|toml|py|csv|html|txt|png|pdf|ps1|sh)"
)
# Files as kinds of file, inside a folder that is named just before.
KINDS = ("letter.html", "email.html", "email.txt", "letter.pdf", "message.eml", "indice.html")

ids = [page.name for page in PAGES]


def commands(page: Path) -> Iterator[list[str]]:
    """Give every mailer command of the code blocks, in words."""
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            typed = line.strip().removeprefix("$ ").partition(" > ")[0]
            words = shlex.split(typed, comments=True)
            if words and Path(words[0]).name == "mailer":
                yield words[1:]


ALL = [(page.name, words) for page in PAGES for words in commands(page)]


def test_the_pages_show_every_command() -> None:
    shown = {word for _page, words in ALL for word in words}
    assert {command.name for command in COMMANDS} <= shown


@pytest.mark.parametrize(("_page", "words"), ALL, ids=[" ".join(words) for _, words in ALL])
def test_a_command_that_is_shown_can_be_typed(
    _page: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its options exist and take what is given: --help reads the others and does no more."""
    assert main.run([*words, "--help"]) == ExitCode.DONE
    shown = capsys.readouterr().out
    options = [word.partition("=")[0] for word in words if word.startswith("--")]
    assert all(option in shown or option == "--campaign" for option in options)


def harmless(words: list[str]) -> bool:
    """Whether it needs no server, no letter that has left, and not minutes."""
    if {"resend", "rsvp", "remind"} & set(words):
        return False
    return not {
        "send",
        "resolve",
        "receive",
        "check",
        "log",
        "rehearse",
        "evidence",
        "report",
        "export",
    } & set(words) or bool({"--dry-run", "--offline", "--recipients"} & set(words))


README = [words for words in commands(ROOT / "README.md") if harmless(words)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the campaign, so that trying it leaves nothing in the checkout."""
    copy = tmp_path_factory.mktemp("readme") / "campagna"
    assert main.run(["init", str(copy)]) == ExitCode.DONE
    return copy


@pytest.mark.parametrize("words", README, ids=[" ".join(words) for words in README])
def test_what_the_readme_shows_works_as_written(
    folder: Path,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    if "--campaign" in words and not (folder / "lettere").exists():
        assert main.run(["init", "lettere"]) == ExitCode.DONE
    if words == ["init", "lettere"] and (folder / "lettere").exists():
        words = ["init", "altre"]
    jobs = ["--jobs", "1"] if {"send", "rehearse"} & set(words) else []
    assert main.run([*words, *jobs]) == ExitCode.DONE
    capsys.readouterr()


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    spoken = [*re.findall(r"`([^`\n]+)`", text), *re.findall(r"(?:\]\(|src=\")([^)\"#]+)", text)]
    named = {word for words in spoken for word in words.split() if FILE.fullmatch(word)}
    homes = (ROOT, page.parent, ROOT / "coalizione_mailer")
    missing = [
        name
        for name in sorted(named)
        if not name.startswith(MADE)
        and name not in KINDS
        and not any((home / name).exists() for home in homes)
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = re.findall(r"(?:`|^\$ )make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) <= targets


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_no_page_names_a_registry_or_a_place_of_this_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"(?:pypi|npmjs|pythonhosted|/work/|/tmp/|/home/|/root)\S*", text) == []


def test_the_picture_of_the_letter_is_small_enough_to_be_looked_at() -> None:
    picture = (ROOT / "docs" / "letter.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 200_000


def test_the_readme_names_every_exit_code() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    sentence = text[text.index("Exit codes:") :].split("\n\n")[0]
    assert [int(code) for code in re.findall(r"\b\d+\b", sentence)] == sorted(ExitCode)


def test_the_guide_knows_every_state_a_letter_can_be_in_today() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    today = (State.QUEUED, State.SENDING, State.SENT, State.REFUSED, State.IN_DOUBT)
    assert [state for state in today if f"`{state}`" not in text] == []


@pytest.mark.parametrize("page", [GUIDE, DATA], ids=["guida", "dati-ufficiali"])
def test_the_pages_for_the_secretary_quote_the_screen_word_for_word(page: Path) -> None:
    """What stands in guillemets in its tables is how a sentence of the catalogue begins."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    said: list[str] = []
    for message in catalogue:
        said += [message.string] if isinstance(message.string, str) else message.string or ()
    # A value may stand where the sentence has a place for one.
    placed = [re.sub(r"\{\w+\}", "#", sentence) for sentence in said]
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line[:3] == "| «"]
    assert len(rows) > 15
    for row in rows:
        (quoted,) = re.findall(r"^\| «([^»]+)» \|", row)
        beginning = re.sub(r"\d+(/\d+)?", "#", quoted)
        assert any(sentence.startswith(beginning) for sentence in placed), quoted
