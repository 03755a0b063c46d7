"""Whatever is in a file, a reader gives values or problems: never another error, never a hang."""

import string
import zipfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coalizione_mailer.errors import Problem, ProblemsError
from coalizione_mailer.registry.official.cells import day, figure, istat_code, something
from coalizione_mailer.registry.official.values import Kind
from tests.registry.official.conftest import READERS
from tests.support.effort import takes_much
from tests.support.mutations import mutated
from tests.support.official import (
    Place,
    write_amministrazioni,
    write_classic,
    write_commissioners,
    write_dimensioni_json,
    write_ipa_csv,
    write_ipa_xlsx,
    write_maggiororgano,
    write_posas,
    write_situas,
    zipped,
)

_SETTINGS = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory, some: tuple[Place, ...]) -> Sequence[bytes]:
    """Give a small good file of each format."""
    folder = tmp_path_factory.mktemp("seeds")
    posas = write_posas(folder / "posas", some)
    paths = [
        write_ipa_csv(folder / "enti", some, others=3),
        write_ipa_xlsx(folder / "xlsx", some, others=3),
        write_amministrazioni(folder / "txt", some),
        write_classic(folder / "2016", some, layout=2016),
        write_classic(folder / "2020", some, layout=2020),
        write_situas(folder / "situas", some),
        posas,
        zipped(posas),
        write_dimensioni_json(folder / "json", some),
        write_maggiororgano(folder / "heads", some),
        write_commissioners(folder / "commissioners", some),
    ]
    return [path.read_bytes() for path in paths]


def read_by_all(folder: Path, content: bytes) -> None:
    """Read bytes with every reader; problems carry values, warnings too."""
    path = folder / "download.csv"
    path.write_bytes(content)
    assert not takes_much(partial(read_with_each, path))


def read_with_each(path: Path) -> None:
    for kind in Kind:
        try:
            value = READERS[kind](path)
        except ProblemsError as error:
            told = error.problems
            assert told
        else:
            told = value.warnings  # type: ignore[attr-defined]
        assert all(isinstance(problem, Problem) for problem in told)


@_SETTINGS
@given(content=st.binary(max_size=2000))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    read_by_all(tmp_path, content)


@_SETTINGS
@given(
    magic=st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08", b"{", b"[", b"\xff\xfe"]),
    content=st.binary(max_size=500),
)
def test_any_bytes_behind_a_promising_start(tmp_path: Path, magic: bytes, content: bytes) -> None:
    read_by_all(tmp_path, magic + content)


@_SETTINGS
@given(seed=st.integers(min_value=0, max_value=2**32), number=st.integers(0, 10))
def test_any_damage_to_a_good_file(
    tmp_path: Path, seeds: Sequence[bytes], seed: int, number: int
) -> None:
    read_by_all(tmp_path, mutated(seeds[number], Random(seed)))


@_SETTINGS
@given(
    cells=st.lists(st.text(max_size=30), min_size=1, max_size=40),
    column=st.integers(0, 30),
    number=st.sampled_from([0, 3, 4, 5, 6, 9, 10]),
)
def test_any_text_in_any_cell(
    tmp_path: Path, seeds: Sequence[bytes], cells: list[str], column: int, number: int
) -> None:
    lines = seeds[number].splitlines(keepends=True)
    separator = b"," if number == 0 else b";"
    for place, cell in enumerate(cells):
        line = 1 + place % (len(lines) - 1)
        row = lines[line].split(separator)
        row[column % len(row)] = cell.encode("utf-8", "surrogatepass")
        lines[line] = separator.join(row)
    read_by_all(tmp_path, b"".join(lines))


@_SETTINGS
@given(members=st.dictionaries(st.text(string.printable, max_size=20), st.binary(max_size=200)))
def test_any_archive(tmp_path: Path, members: dict[str, bytes]) -> None:
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.csv", content)
    read_by_all(tmp_path, path.read_bytes())


@given(st.text())
def test_any_cell(cell: str) -> None:
    assert something(cell) in {"", cell.strip()}
    found, code = figure(cell), istat_code(cell)
    assert found is None or 0 <= found <= 9_999_999
    assert code == cell.strip() or (len(code) == 6 and code.isdigit())
    day(cell)


@given(st.dates())
def test_a_day_is_read_in_both_ways_of_writing_it(when: object) -> None:
    assert day(f"{when:%Y-%m-%d}".zfill(10)) == when
    assert day(f"{when:%d/%m/}" + f"{when:%Y}".zfill(4)) == when


@given(st.integers(0, 9_999_999))
def test_a_figure_is_read_with_and_without_points(count: int) -> None:
    assert figure(str(count)) == count
    assert figure(f"{count:,}".replace(",", ".")) == count
