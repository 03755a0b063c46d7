"""Letters of the ledger found by what people call a Comune."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from coalizione_mailer.errors import Code, Problem, ProblemsError

if TYPE_CHECKING:
    from coalizione_mailer.ledger.reports import Standing
    from coalizione_mailer.ledger.rounds import Round
    from coalizione_mailer.ledger.store import Ledger

_SUGGESTED = 5


class Named(Protocol):
    """What is found by the name or a code of its Comune."""

    @property
    def codice_catastale(self) -> str:
        """The cadastral code."""
        ...

    @property
    def codice_istat(self) -> str:
        """The ISTAT code."""
        ...

    @property
    def denominazione(self) -> str:
        """The name."""
        ...

    @property
    def sigla(self) -> str:
        """The letters of the province."""
        ...


_Found = TypeVar("_Found", bound=Named)


def label(letter: Named) -> str:
    """Return what tells a Comune from its homonyms: name and province."""
    return f"{letter.denominazione} ({letter.sigla})"


def find_letters(ledger: "Ledger", opened: "Round", names: Sequence[str]) -> "list[Standing]":
    """Find the letters of a round by name or code; raises ProblemsError with all that is wrong."""
    from coalizione_mailer.ledger import reports

    with ledger.reading() as connection:
        return among(list(reports.standings(connection, opened.id)), names)


def among(letters: Sequence[_Found], names: Sequence[str]) -> list[_Found]:
    """Pick letters from a list by name or code; raises ProblemsError with all that is wrong."""
    found, problems = [], []
    for name in names:
        matches = [letter for letter in letters if _is_called(letter, name)]
        if len(matches) == 1:
            found.append(matches[0])
            continue
        code = Code.COMUNE_AMBIGUOUS if matches else Code.LETTER_UNKNOWN
        nearest = matches or _nearest(letters, name)
        problems.append(Problem(code, found=name, expected=tuple(map(label, nearest))))
    if problems:
        raise ProblemsError(problems)
    return found


def _is_called(letter: Named, name: str) -> bool:
    from coalizione_mailer.registry.names import normal

    if name.strip().upper() in (letter.codice_catastale, letter.codice_istat):
        return True
    return normal(name) in (normal(letter.denominazione), normal(label(letter)))


def _nearest(letters: Sequence[_Found], name: str) -> list[_Found]:
    from rapidfuzz import fuzz, process

    scored = process.extract(name, [label(letter) for letter in letters], scorer=fuzz.WRatio)
    return [letters[index] for _name, _score, index in scored[:_SUGGESTED]]
