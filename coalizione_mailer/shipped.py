"""The campaign that comes with the program, and its copy in a new folder: where ``init`` starts."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from coalizione_mailer.errors import Code, Problem, ProblemsError

# In a wheel they lie in this folder of the package; in a checkout at its top, beside the package.
FOLDER = "shipped"
PATHS = (
    "campaign.toml",
    "templates",
    "attachments",
    "data/comuni.csv",
    "data/variazioni.csv",
    "data/indirizzi-esempio.csv",
    "data/README.md",
)


def shipped_files() -> Path:
    """Return the folder that holds the shipped campaign; it is there to be read only."""
    package = Path(__file__).parent
    carried = package / FOLDER
    return carried if carried.is_dir() else package.parent


def copy_to(folder: Path) -> None:
    """Make a campaign folder: all of the shipped campaign or, on any error, nothing.

    Raises ProblemsError for a folder in which somebody already keeps something; what begins with
    a dot does not count, so that a fresh ``git init`` is welcome.
    """
    source = shipped_files()
    files = list(_files(source))
    _refuse_occupied(folder)
    made = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _copy(source, files, folder)
    except BaseException:
        _undo(folder, made)
        raise


def _files(source: Path) -> Iterator[Path]:
    """Yield every file of the campaign, relative to its folder."""
    missing = [path for path in PATHS if not (source / path).exists()]
    if missing:
        raise ProblemsError([Problem(Code.FILE_MISSING, file=str(source / p)) for p in missing])
    for path in PATHS:
        for file in (source / path, *sorted((source / path).rglob("*"))):
            if file.is_file() and not file.name.startswith("."):
                yield file.relative_to(source)


def _refuse_occupied(folder: Path) -> None:
    if folder.is_file():
        found = [folder.name]
    elif folder.exists():
        found = sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))
    else:
        found = []
    if found:
        problem = Problem(Code.FOLDER_NOT_EMPTY, file=str(folder), found=", ".join(found[:3]))
        raise ProblemsError([problem])


def _copy(source: Path, files: list[Path], folder: Path) -> None:
    """Copy aside, then move in by renaming: only whole files ever appear under their names."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as aside:
        for file in files:
            target = Path(aside) / file
            target.parent.mkdir(parents=True, exist_ok=True)
            # Only the bytes: an installed package may be read-only, a campaign must not be.
            shutil.copyfile(source / file, target)
        for name in _top():
            (Path(aside) / name).rename(folder / name)


def _undo(folder: Path, made: list[Path]) -> None:
    for name in _top():
        shutil.rmtree(folder / name, ignore_errors=True)
        with suppress(OSError):
            (folder / name).unlink()
    for parent in made:
        with suppress(OSError):
            parent.rmdir()


def _top() -> list[str]:
    return sorted({Path(path).parts[0] for path in PATHS})
