"""Files appear whole or not at all."""

from pathlib import Path

import pytest

from coalizione_mailer.errors import Code, ProblemsError
from coalizione_mailer.files import replacing


def test_whoever_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "registro.csv"
    target.write_text("prima", encoding="utf-8")

    def breaks_off() -> None:
        with replacing(target) as made:
            made.write_text("poi", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        breaks_off()
    assert [(path.name, path.read_text("utf-8")) for path in tmp_path.iterdir()] == [
        (target.name, "prima")
    ]


def test_what_a_killed_run_left_goes_with_the_next(tmp_path: Path) -> None:
    for name in (".mailer-prove.zip-x1", ".mailer-altro.zip-x1", "prove.zip"):
        (tmp_path / name).write_bytes(b"half")
    with replacing(tmp_path / "prove.zip") as made:
        made.write_bytes(b"whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".mailer-altro.zip-x1", "prove.zip"]
    assert (tmp_path / "prove.zip").read_bytes() == b"whole"


def test_a_file_that_excel_holds_open_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows has it: the file is there, and cannot be replaced."""

    def held(_self: Path, _target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", held)
    target = tmp_path / "registro.xlsx"
    with pytest.raises(ProblemsError) as caught, replacing(target) as made:
        made.write_bytes(b"x")
    (problem,) = caught.value.problems
    assert (problem.code, problem.file) == (Code.FILE_BUSY, str(target))
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_nothing_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ProblemsError) as caught, replacing(tmp_path / "file" / "x.csv"):
        pytest.fail("there is no such place")
    assert caught.value.problems[0].code is Code.FILE_UNWRITABLE
