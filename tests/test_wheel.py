"""The wheel is all that a machine without the checkout needs."""

import json
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program in the wheel is a copy: counted with the source it would be counted twice."""
    monkeypatch.delenv("COVERAGE_PROCESS_START", raising=False)
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built once."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_the_program_its_words_and_a_campaign(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        files = set(archive.namelist())
    assert {
        "coalizione_mailer/cli/main.py",
        "coalizione_mailer/pages/templates/rapporto/disegni.html",
        "coalizione_mailer/pages/templates/rapporto/pagina.html",
        "coalizione_mailer/pages/templates/rapporto/programma.js",
        "coalizione_mailer/pages/templates/rapporto/stile.css",
        "coalizione_mailer/report/borders.json",
        "coalizione_mailer/cli/locale/it/LC_MESSAGES/coalizione_mailer.mo",
        "coalizione_mailer/py.typed",
        "coalizione_mailer/shipped/attachments/programma.pdf",
        "coalizione_mailer/shipped/campaign.toml",
        "coalizione_mailer/shipped/data/README.md",
        "coalizione_mailer/shipped/data/comuni.csv",
        "coalizione_mailer/shipped/data/indirizzi-esempio.csv",
        "coalizione_mailer/shipped/data/variazioni.csv",
        "coalizione_mailer/shipped/templates/invito/email.html",
        "coalizione_mailer/shipped/templates/invito/email.txt",
        "coalizione_mailer/shipped/templates/invito/letter.html",
        "coalizione_mailer/shipped/templates/stile/lettera.css",
    } <= files
    tops = {name.split("/")[0] for name in files}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"coalizione_mailer"}


def test_the_program_of_the_wheel_starts_campaigns_with_its_own_files(
    wheel: Path, tmp_path: Path
) -> None:
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    program = f"""
import json, sys
sys.path.insert(0, {str(tmp_path / "site")!r})
from pathlib import Path
from coalizione_mailer import shipped
shipped.copy_to(Path({str(tmp_path / "campagna")!r}))
print(json.dumps([shipped.__file__, str(shipped.shipped_files())]))
"""
    command = [sys.executable, "-I", "-c", program]
    answer = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert json.loads(answer.stdout) == [
        str(tmp_path / "site" / "coalizione_mailer" / "shipped.py"),
        str(tmp_path / "site" / "coalizione_mailer" / "shipped"),
    ]
    assert (tmp_path / "campagna" / "campaign.toml").is_file()
