"""Where the SMTP password comes from, and who may read it."""

import sys
from pathlib import Path

import keyring
import pytest
from keyring.errors import KeyringLocked

from coalizione_mailer.campaign import Campaign, load
from coalizione_mailer.cli.password import password
from coalizione_mailer.errors import Code, ProblemsError
from tests.cli.desk import change

Secrets = dict[tuple[str, str], str]


def put(monkeypatch: pytest.MonkeyPatch, secrets: Secrets | None) -> None:
    """Have the key store hold these secrets; None: it is locked."""

    def get_password(service: str, username: str) -> str | None:
        if secrets is None:
            raise KeyringLocked
        return secrets.get((service, username))

    monkeypatch.setattr(keyring, "get_password", get_password)


@pytest.fixture(autouse=True)
def own_key_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's own key store out of the tests."""
    put(monkeypatch, {})


def with_user(campaign: Path, more: str = "") -> Campaign:
    change(campaign, 'username = ""', f'username = "segreteria"\n{more}')
    return load(campaign)


def refused(campaign: Campaign) -> Code:
    with pytest.raises(ProblemsError) as caught:
        password(campaign, ask=False)
    (problem,) = caught.value.problems
    return problem.code


def test_a_server_without_a_user_wants_no_password(campaign: Path) -> None:
    assert password(load(campaign), ask=False) == ""


def test_the_key_store_has_it_under_the_programs_name(
    campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(monkeypatch, {("coalizione-mailer", "segreteria"): "segreto"})
    assert password(with_user(campaign), ask=False) == "segreto"


@pytest.mark.parametrize("secrets", [{}, None])
@pytest.mark.usefixtures("english")
def test_without_one_it_is_asked_for_if_somebody_is_there(
    campaign: Path,
    monkeypatch: pytest.MonkeyPatch,
    secrets: Secrets | None,
) -> None:
    put(monkeypatch, secrets)
    configured = with_user(campaign)
    assert refused(configured) is Code.PASSWORD_MISSING
    monkeypatch.setattr("getpass.getpass", lambda prompt: f"typed after {prompt}")
    assert password(configured, ask=True) == "typed after Password of segreteria: "


def test_a_file_of_the_operators_own_has_it_on_its_first_line(campaign: Path) -> None:
    file = campaign / "segreto.txt"
    file.write_text("parola d'ordine\n", encoding="utf-8")
    file.chmod(0o600)
    configured = with_user(campaign, 'password_file = "segreto.txt"')
    assert password(configured, ask=False) == "parola d'ordine"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bits")
def test_a_file_that_others_can_read_is_refused(campaign: Path) -> None:
    file = campaign / "segreto.txt"
    file.write_text("segreto", encoding="utf-8")
    configured = with_user(campaign, 'password_file = "segreto.txt"')
    for mode in (0o640, 0o604, 0o620):
        file.chmod(mode)
        assert refused(configured) is Code.PASSWORD_READABLE


def test_a_file_that_is_not_there_is_named(campaign: Path) -> None:
    configured = with_user(campaign, 'password_file = "segreto.txt"')
    assert refused(configured) is Code.FILE_MISSING
