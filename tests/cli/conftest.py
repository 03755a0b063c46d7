"""A small campaign of its own for each test, and ``mailer`` run in the process or as a program."""

import gettext
import io
import shutil
import socket
import tempfile
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from coalizione_mailer.cli import language, main
from tests.cli.desk import BOOK, CATALOGUE, REGISTER, ROOT, Answer, Mailer, started


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the shipped campaign with a dozen Comuni, and go into its folder."""
    folder = tmp_path / "campagna"
    shutil.copytree(ROOT / "templates", folder / "templates")
    for name, text in (("comuni.csv", REGISTER), ("indirizzi-esempio.csv", BOOK)):
        (folder / "data").mkdir(exist_ok=True)
        (folder / "data" / name).write_text(text, encoding="utf-8")
    (folder / "attachments").mkdir()
    (folder / "attachments" / "programma.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    shutil.copyfile(ROOT / "campaign.toml", folder / "campaign.toml")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def plain(campaign: Path) -> Path:
    """Make the letters as short as can be: what they look like is tested elsewhere."""
    (campaign / "templates" / "invito" / "letter.html").write_text(
        '<html lang="it"><title>x</title><body>Al Sindaco del Comune di {{ comune.denominazione }}',
        encoding="utf-8",
    )
    return campaign


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak English within this process, whoever runs the test."""
    monkeypatch.setattr(language, "_catalogue", gettext.NullTranslations())


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at the first connection."""

    def refuse(*_arguments: object) -> None:
        pytest.fail("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.fixture
def online(english: None, capsys: pytest.CaptureFixture[str]) -> Mailer:  # noqa: ARG001  for what it does
    """Return ``mailer`` within this process, in English: quicker than a program of its own."""

    def run(*arguments: str) -> Answer:
        capsys.readouterr()
        code = main.run(arguments)
        captured = capsys.readouterr()
        return Answer(int(code), captured.out, captured.err)

    return run


@pytest.fixture
def mailer(online: Mailer, offline: None) -> Mailer:  # noqa: ARG001  for what it does
    """Return ``mailer`` within this process, where it can reach nobody."""
    return online


@pytest.fixture
def program() -> Mailer:
    """Return ``mailer`` as a program of its own, as from a script: no terminal anywhere."""

    def run(*arguments: str, **environment: str) -> Answer:
        return started(arguments, {"MAILER_LANG": "en", **environment})

    return run


@pytest.fixture(scope="session")
def italian() -> None:
    """Compile the Italian catalogue where it lies, unless it is up to date: set-up does the same.

    A program that runs meanwhile finds the old one or the new one, never half of it.
    """
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, domain=language.DOMAIN)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    target = CATALOGUE.with_suffix(".mo")
    if target.exists() and target.read_bytes() == compiled.getvalue():
        return
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".tmp", delete=False) as aside:
        aside.write(compiled.getvalue())
    Path(aside.name).replace(target)
