"""Which body of IPA's index is which Comune: by its code, its seat and its name, two against one.

Samone, Livo, Peglio, Castro and San Teodoro are two Comuni each: where code and seat disagree and
the name fits both, nobody can say, and nobody gets the addresses.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum, unique
from functools import cached_property

from coalizione_mailer.model import Comune
from coalizione_mailer.registry.gazetteer import names_of
from coalizione_mailer.registry.names import loose, normal
from coalizione_mailer.registry.official.values import Body
from coalizione_mailer.registry.register import Register

_CATEGORY = "L6"
_CODE = re.compile(r"c_([a-z][0-9]{3,6})")
_CALLED = re.compile(
    r"(?:comune|comun|commune|citta|municipio|gemeinde|marktgemeinde|stadtgemeinde)"
    r"(?: general)?(?: (?:di|del|della|dello|dell|dei|degli|de|d))? "
)


@unique
class Standing(StrEnum):
    """What a body is to the Comune it is told with."""

    OWN = "proprio"
    OTHER_BODY = "altro-ente"
    HOMONYM = "omonimo"
    PREDECESSOR = "comune-cessato"

    @property
    def rank(self) -> int:
        """Their order: the Comune's own body first."""
        return list(Standing).index(self)


class Attribution:
    """Bodies told to Comuni, on one register."""

    def __init__(self, register: Register) -> None:
        self._register = register

    @cached_property
    def _called(self) -> Mapping[str, list[Comune]]:
        """Comuni by their names; asked for the few bodies that have neither code nor seat."""
        called: dict[str, list[Comune]] = defaultdict(list)
        for comune in self._register.comuni:
            for name in _names(comune):
                called[name].append(comune)
        return called

    def of(self, bodies: Iterable[Body]) -> Iterator[tuple[Body, Comune, Standing]]:
        """Give each body that concerns a Comune, with the Comune and what it is to it.

        A body found by seat and name only is the Comune's where no other bears its code.
        """
        known = self._register.by_catastale
        coded: set[str] = set()
        named: list[tuple[Body, Comune]] = []
        for body in bodies:
            if body.codice_ipa.lower() == f"c_{body.catastale.lower()}" and body.catastale in known:
                # Code and seat agree, as they nearly always do.
                coded.add(body.catastale)
                yield body, known[body.catastale], Standing.OWN
                continue
            comune, standing, by_code = self._one(body)
            if comune is None:
                continue
            if standing is Standing.OWN and not by_code:
                named.append((body, comune))
                continue
            if standing is Standing.OWN:
                coded.add(comune.codice_catastale)
            yield body, comune, standing
        for body, comune in named:
            yield (
                body,
                comune,
                Standing.OTHER_BODY if comune.codice_catastale in coded else Standing.OWN,
            )

    def _one(self, body: Body) -> tuple[Comune | None, Standing, bool]:
        """Return the Comune, what the body is to it, and whether its code says so."""
        coded, same = self._coded(body.codice_ipa)
        seat = self._seat(body)
        if coded is not None and same:
            return self._by_code(body, coded, seat)
        if coded is not None:
            # The code of a Comune that was merged: its successor may go on under it.
            own = self._is_called(body, coded)
            return coded, Standing.OWN if own else Standing.PREDECESSOR, False
        if body.category != _CATEGORY:
            return None, Standing.OTHER_BODY, False
        if seat is None:
            homonyms = self._called.get(_core(body.name), []) if body.name else []
            return (homonyms[0] if len(homonyms) == 1 else None), Standing.OWN, False
        return seat, Standing.OWN if self._is_called(body, seat) else Standing.OTHER_BODY, False

    def _by_code(
        self, body: Body, coded: Comune, seat: Comune | None
    ) -> tuple[Comune, Standing, bool]:
        if seat is None or seat == coded:
            return coded, Standing.OWN, True
        own, elsewhere = self._is_called(body, coded), self._is_called(body, seat)
        if own and not elsewhere:
            return coded, Standing.OWN, True
        if elsewhere and not own:
            return seat, Standing.OWN, False
        return coded, Standing.HOMONYM, True

    def _coded(self, codice_ipa: str) -> tuple[Comune | None, bool]:
        own = self._register.by_catastale.get(codice_ipa[2:].upper())
        if own is not None and codice_ipa[:2].lower() == "c_":
            return own, True
        parts = _CODE.fullmatch(codice_ipa.lower())
        found = self._register.follow(parts[1].upper()) if parts else ()
        return (found[0].comune, found[0].same_body) if len(found) == 1 else (None, False)

    def _seat(self, body: Body) -> Comune | None:
        for code in (body.catastale, body.istat):
            found = self._register.follow(code) if code else ()
            if found and (len(found) == 1 or not found[0].steps):
                return found[0].comune
        return None

    @staticmethod
    def _is_called(body: Body, comune: Comune) -> bool:
        return _core(body.name) in _names(comune)


def _names(comune: Comune) -> frozenset[str]:
    return frozenset(loose(name) for name in names_of(comune))


def _core(name: str) -> str:
    """Return the name after "Comune di", as names are compared loosely."""
    return loose(_CALLED.sub("", normal(name), count=1) if _CALLED.match(normal(name)) else name)
