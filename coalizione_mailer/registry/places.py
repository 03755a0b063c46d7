"""Comuni as the Interior Ministry names them: by name and province, since its codes are its own.

What cannot be told beyond doubt is not guessed: a letter to the wrong person is worse than one to
the office.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

from coalizione_mailer.errors import Code
from coalizione_mailer.model import Comune
from coalizione_mailer.registry.gazetteer import label, names_of
from coalizione_mailer.registry.history import SAME_BODY, CodeHistory
from coalizione_mailer.registry.names import Index, loose, normal

# Provinces that Sardinia had, or has again, beside those a register of another year knows.
_SARDINIAN = frozenset({"CA", "CI", "MD", "NU", "OG", "OR", "OT", "SS", "SU", "VS"})
_RENAMED = {"FO": "FC", "PS": "PU"}
_NEAR = 3


class Places:
    """The register as the ministry names it: by name and sigla."""

    def __init__(self, comuni: Sequence[Comune], history: CodeHistory) -> None:
        self._comuni = comuni
        self._index = Index(comuni, names_of)
        self._history = history
        self._by_catastale = {comune.codice_catastale: comune for comune in comuni}
        self._regions: Mapping[str, str] = {comune.sigla: comune.regione for comune in comuni}

    def comune(self, name: str, sigla: str) -> Comune | tuple[Code, tuple[str, ...]]:
        """Return the Comune that is meant, or the code of a problem and what is near."""
        sigla = _RENAMED.get(sigla.upper(), sigla.upper())
        here = self._index.same(name, lambda comune: comune.sigla == sigla)
        anywhere = self._index.same(name)
        near = here or [one for one in anywhere if self._may_be(one, sigla)]
        # Of homonyms only the sigla tells; but for Sardinia, whose provinces come and go.
        sure = here or len(anywhere) == 1 or sigla in _SARDINIAN
        if len(near) == 1 and sure:
            return near[0]
        if near:
            return Code.HEAD_UNMATCHED, tuple(map(label, near))
        return self._formerly(name, sigla) or self._loosely(name, sigla)

    def _formerly(self, name: str, sigla: str) -> Comune | tuple[Code, tuple[str, ...]] | None:
        """Look for a name that a Comune no longer has; its own head only if it was but renamed."""
        renamed: dict[str, Comune] = {}
        merged: dict[str, Comune] = {}
        for change in self._history.former(name):
            comune = self._by_catastale.get(change.codice_catastale)
            if comune is not None and self._may_be(comune, sigla):
                into = renamed if change.evento in SAME_BODY else merged
                into[comune.codice_catastale] = comune
        if len(renamed) == 1 and not merged:
            return next(iter(renamed.values()))
        into = {**renamed, **merged}
        return (Code.HEAD_MERGED, tuple(map(label, into.values()))) if into else None

    def _loosely(self, name: str, sigla: str) -> Comune | tuple[Code, tuple[str, ...]]:
        """Forgive articles, abbreviated saints, spaces and j for i, within the province."""
        found = self._index.match(name, lambda comune: comune.sigla == sigla)
        found = found or self._squashed.get((_squashed(name), sigla), [])
        if len(found) == 1 and _is_called(found[0], name):
            return found[0]
        near = found or self._index.near(name, _NEAR)
        return Code.HEAD_UNMATCHED, tuple(map(label, near))

    @cached_property
    def _squashed(self) -> dict[tuple[str, str], list[Comune]]:
        found: dict[tuple[str, str], list[Comune]] = {}
        for comune in self._comuni:
            for key in {(_squashed(name), comune.sigla) for name in names_of(comune)}:
                found.setdefault(key, []).append(comune)
        return found

    def _may_be(self, comune: Comune, sigla: str) -> bool:
        """Tell whether a Comune may have had that province: of its region, or of none today."""
        if sigla in _SARDINIAN and comune.sigla in _SARDINIAN:
            return True
        return not sigla or self._regions.get(sigla) == comune.regione


def _squashed(name: str) -> str:
    return normal(name).replace(" ", "").replace("j", "i")


def _is_called(comune: Comune, name: str) -> bool:
    """Tell whether this is a Comune's name but for its small words; part of it is not enough."""
    return any(
        loose(name) == loose(own) or _squashed(name) == _squashed(own) for own in names_of(comune)
    )
