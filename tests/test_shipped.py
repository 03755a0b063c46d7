"""A new campaign folder is whole or it is not there."""

import shutil
from pathlib import Path

import pytest

from coalizione_mailer import shipped
from coalizione_mailer.errors import Code, ProblemsError


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small shipped campaign in the place of the real one."""
    source = tmp_path / "source"
    for path in (
        "campaign.toml",
        "templates/invito/letter.html",
        "templates/invito/.swp",
        "attachments/programma.pdf",
        "data/comuni.csv",
        "data/indirizzi-esempio.csv",
        "data/variazioni.csv",
        "data/README.md",
        "data/elsewhere.csv",
    ):
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(path, encoding="utf-8")
    monkeypatch.setattr(shipped, "shipped_files", lambda: source)
    return source


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


WHOLE = [
    "attachments/programma.pdf",
    "campaign.toml",
    "data/README.md",
    "data/comuni.csv",
    "data/indirizzi-esempio.csv",
    "data/variazioni.csv",
    "templates/invito/letter.html",
]


@pytest.mark.usefixtures("campaign")
def test_a_new_folder_gets_the_whole_campaign_and_nothing_else(tmp_path: Path) -> None:
    shipped.copy_to(tmp_path / "lettere" / "2017")
    assert names(tmp_path / "lettere" / "2017") == WHOLE


@pytest.mark.usefixtures("campaign")
def test_an_empty_folder_is_filled_and_keeps_what_is_hidden_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").touch()
    shipped.copy_to(folder)
    assert names(folder) == [".git/HEAD", *WHOLE]


@pytest.mark.usefixtures("campaign")
def test_a_folder_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "campaign.toml").write_text("years of work", encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        shipped.copy_to(folder)
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.found) == (
        Code.FOLDER_NOT_EMPTY,
        str(folder),
        "campaign.toml",
    )
    assert names(folder) == ["campaign.toml"]
    assert (folder / "campaign.toml").read_text(encoding="utf-8") == "years of work"


@pytest.mark.usefixtures("campaign")
def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("a file", encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        shipped.copy_to(tmp_path / "mine")
    assert [problem.code for problem in caught.value.problems] == [Code.FOLDER_NOT_EMPTY]
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "a file"


@pytest.mark.usefixtures("campaign")
@pytest.mark.parametrize("step", ["copyfile", "rename"])
@pytest.mark.parametrize("error", [OSError("no space left"), KeyboardInterrupt()])
def test_an_error_on_the_way_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    calls = 0
    copyfile, rename = shutil.copyfile, Path.rename

    def fails_the_third_time() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise error

    def failing_copyfile(source: Path, target: Path) -> Path:
        fails_the_third_time()
        return copyfile(source, target)

    def failing_rename(source: Path, target: Path) -> Path:
        fails_the_third_time()
        return rename(source, target)

    if step == "copyfile":
        monkeypatch.setattr(shutil, "copyfile", failing_copyfile)
    else:
        monkeypatch.setattr(Path, "rename", failing_rename)
    kept = tmp_path / "kept"
    kept.mkdir()
    for folder in (tmp_path / "new" / "deep", kept):
        calls = 0
        with pytest.raises(type(error)):
            shipped.copy_to(folder)
    assert not (tmp_path / "new").exists()
    assert list(kept.iterdir()) == []


def test_a_read_only_installation_gives_a_campaign_that_can_be_written(
    tmp_path: Path, campaign: Path
) -> None:
    for path in campaign.rglob("*.toml"):
        path.chmod(0o444)
    shipped.copy_to(tmp_path / "mine")
    assert (tmp_path / "mine" / "campaign.toml").stat().st_mode & 0o200


def test_all_that_is_missing_from_the_installation_is_named_at_once(
    tmp_path: Path, campaign: Path
) -> None:
    shutil.rmtree(campaign / "attachments")
    (campaign / "data" / "comuni.csv").unlink()
    with pytest.raises(ProblemsError) as caught:
        shipped.copy_to(tmp_path / "mine")
    assert [(problem.code, problem.file) for problem in caught.value.problems] == [
        (Code.FILE_MISSING, str(campaign / "attachments")),
        (Code.FILE_MISSING, str(campaign / "data" / "comuni.csv")),
    ]
    assert not (tmp_path / "mine").exists()


def test_the_campaign_of_this_checkout_can_be_copied(tmp_path: Path) -> None:
    shipped.copy_to(tmp_path / "mine")
    source = shipped.shipped_files()
    copied = names(tmp_path / "mine")
    assert {"campaign.toml", "data/comuni.csv", "templates/invito/letter.html"} <= set(copied)
    assert all((tmp_path / "mine" / n).read_bytes() == (source / n).read_bytes() for n in copied)
