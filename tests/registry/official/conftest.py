"""Files as they are downloaded, whole or a few Comuni of them, and what becomes of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.registry.official import (
    read_body_index,
    read_comune_list,
    read_figures,
    read_heads,
)
from coalizione_mailer.registry.official.values import Kind
from tests.support.official import Place, official_files, places

__all__ = ["official_files"]

READERS: dict[Kind, Callable[[Path], object]] = {
    Kind.IPA: read_body_index,
    Kind.ISTAT: read_comune_list,
    Kind.POPULATION: read_figures,
    Kind.MAYORS: read_heads,
}


@pytest.fixture(scope="session")
def some() -> tuple[Place, ...]:
    """Give a few Comuni with every trap: NA, lost zeros, accents, second languages, homonyms."""
    wanted = {"Agliè", "Napoli", "L'Aquila", "Castro", "Bolzano", "Macomer", "Forlì", "Roma"}
    return tuple(place for place in places() if place.name in wanted)


@pytest.fixture
def refused() -> Callable[[Kind, Path], list[Problem]]:
    """Return the problems for which a file is refused."""

    def problems(kind: Kind, path: Path) -> list[Problem]:
        with pytest.raises(ProblemsError) as caught:
            READERS[kind](path)
        assert {problem.file for problem in caught.value.problems} == {str(path)}
        return list(caught.value.problems)

    return problems


@pytest.fixture
def verdict(
    refused: Callable[[Kind, Path], list[Problem]],
) -> Callable[[Kind, Path], tuple[Code, str | None]]:
    """Return code and find of the one problem for which a file is refused."""

    def one(kind: Kind, path: Path) -> tuple[Code, str | None]:
        (problem,) = refused(kind, path)
        return problem.code, problem.found

    return one
