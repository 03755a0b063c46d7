"""Comuni found by name, ISTAT code or cadastral code; homonyms told apart by their province."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.model import Comune
from coalizione_mailer.registry.codes import ISTAT_DIGITS
from coalizione_mailer.registry.history import CodeHistory, Found
from coalizione_mailer.registry.names import Index, loose, normal

_CANDIDATES = 10

_CODE = re.compile(r"[0-9]{4,6}|[A-Za-z][0-9]{3,}")
_LABEL_CODE = re.compile(r".*\s([0-9]{6})")
_OF_COMUNE = re.compile(
    r"(?:il\s+)?comune\s+(?:di\s+|del\s+|della\s+|dell['\u2019]\s*)?", re.IGNORECASE
)
# "Castro (BG)", "Castro (Bergamo)"; or, without parentheses, a sigla alone: "Castro BG".
_QUALIFIED = re.compile(r"(.+?)[\s,]*\(\s*([^()]+?)\s*\)|(.+?)[\s,]+([A-Za-z]{2})")


def label(comune: Comune) -> str:
    """Return what tells a Comune from every other: ``Castro (BG) 016065``."""
    return f"{comune.denominazione} ({comune.sigla}) {comune.codice_istat}"


def names_of(comune: Comune) -> Iterator[str]:
    """Give every name of a Comune: Italian, the other language, both as on the road signs."""
    yield comune.denominazione
    if comune.denominazione_altra_lingua:
        yield comune.denominazione_altra_lingua
        yield f"{comune.denominazione}/{comune.denominazione_altra_lingua}"


class Gazetteer:
    """The index of a register's Comuni, built when first asked."""

    def __init__(self, comuni: tuple[Comune, ...], history: CodeHistory | None = None) -> None:
        self._comuni = comuni
        self._history = history or CodeHistory()

    @cached_property
    def by_istat(self) -> dict[str, Comune]:
        """Comuni by ISTAT code, six digits."""
        return {comune.codice_istat: comune for comune in self._comuni}

    @cached_property
    def by_catastale(self) -> dict[str, Comune]:
        """Comuni by cadastral code."""
        return {comune.codice_catastale: comune for comune in self._comuni}

    @cached_property
    def _index(self) -> Index[Comune]:
        return Index(self._comuni, names_of)

    @cached_property
    def _sigle(self) -> dict[str, str]:
        """Sigle by themselves and by the names of their provinces, in normal form."""
        sigle = {}
        for comune in self._comuni:
            for name in (comune.sigla, comune.provincia, *comune.provincia.split("/")):
                sigle[normal(name)] = comune.sigla
        return sigle

    def find(self, text: str) -> Comune:
        """Return the one Comune that is meant.

        Raises ProblemsError with COMUNE_UNKNOWN (``expected`` has the nearest names) or
        COMUNE_AMBIGUOUS (``expected`` has the candidates), as written by ``label``.
        """
        text = " ".join(text.split())
        found = self._by_code(text) if _CODE.fullmatch(text) else self._by_name(text)
        if len(found) == 1:
            return found[0]
        code = Code.COMUNE_AMBIGUOUS if found else Code.COMUNE_UNKNOWN
        expected = tuple(label(comune) for comune in (found or self.near(text))[:_CANDIDATES])
        raise ProblemsError([Problem(code, found=text, expected=expected)])

    def search(self, text: str) -> list[Comune]:
        """Return the Comuni whose names begin like the words of the text, best first."""
        text = " ".join(text.split())
        if _CODE.fullmatch(text):
            return self._by_code(text)
        found = [] if text.endswith(")") else self._ranked(text, lambda _: True)
        if not found and (qualified := self._qualified(text)):
            name, sigla = qualified
            found = self._ranked(name, lambda comune: comune.sigla == sigla)
        return found

    def near(self, text: str) -> list[Comune]:
        """Return the Comuni a former name leads to, then those spelled most alike, best first."""
        former = [
            found.comune
            for change in self._history.former(text)
            for found in self._found(change.codice_catastale)
        ]
        return list(dict.fromkeys([*former, *self._index.near(text)]))

    def _by_code(self, text: str) -> list[Comune]:
        """Find by the code of today or, where nobody bears it, by an older or a newer one."""
        code = text.zfill(ISTAT_DIGITS) if text.isdigit() else text.upper()
        own = self.by_istat.get(code) or self.by_catastale.get(code)
        return [own] if own else [found.comune for found in self._found(code)]

    def _found(self, code: str) -> tuple[Found, ...]:
        return self._history.find(code, self.by_istat, self.by_catastale)

    def _by_name(self, text: str) -> list[Comune]:
        same = self._index.same(text)
        if len(same) == 1:
            return same
        return (
            self._by_label(text)
            or self._by_qualified_name(text)
            or self._index.match(text)
            or self._by_plain_name(text)
        )

    def _by_label(self, text: str) -> list[Comune]:
        """Take back what ``label`` wrote, as copied from a list of candidates."""
        code = _LABEL_CODE.fullmatch(text)
        found = self._by_code(code[1]) if code else []
        return [comune for comune in found if normal(label(comune)) == normal(text)]

    def _by_qualified_name(self, text: str) -> list[Comune]:
        qualified = self._qualified(text)
        if not qualified:
            return []
        name, sigla = qualified
        return self._index.match(name, lambda comune: comune.sigla == sigla)

    def _by_plain_name(self, text: str) -> list[Comune]:
        """Forgive "Comune di" before the name."""
        plain = _OF_COMUNE.sub("", text, count=1) if _OF_COMUNE.match(text) else ""
        return self._by_name(plain) if plain else []

    def _qualified(self, text: str) -> tuple[str, str] | None:
        """Tell a name from the province after it."""
        parts = _QUALIFIED.fullmatch(text)
        if not parts:
            return None
        name, province = (parts[1], parts[2]) if parts[1] else (parts[3], parts[4])
        sigla = self._sigle.get(normal(province))
        return (name, sigla) if sigla else None

    def _ranked(self, text: str, keep: Callable[[Comune], bool]) -> list[Comune]:
        wanted, roughly = normal(text), loose(text)
        if not wanted:
            return []
        ranked = []
        for comune in filter(keep, self._comuni):
            rank = min(_rank(wanted, roughly, name) for name in names_of(comune))
            if rank < _NO_MATCH:
                ranked.append((rank, comune.denominazione, comune.codice_istat, comune))
        return [comune for *_, comune in sorted(ranked, key=lambda entry: entry[:3])]


_NO_MATCH = 5


def _rank(wanted: str, roughly: str, name: str) -> int:
    """Say how well a name answers a search (its normal and loose form); the lower the better."""
    found, found_roughly = normal(name), loose(name)
    steps = (
        wanted == found,
        roughly == found_roughly,
        found.startswith(wanted),
        _words_begin(wanted, found),
        _words_begin(roughly, found_roughly),
    )
    return steps.index(True) if True in steps else _NO_MATCH


def _words_begin(wanted: str, found: str) -> bool:
    """Say whether every word asked for begins some word of the name."""
    words = found.split()
    return all(any(word.startswith(part) for word in words) for part in wanted.split())
