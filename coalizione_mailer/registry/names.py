"""Names of places as people write them: brought to one form, matched, suggested."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Generic, TypeVar

T = TypeVar("T")

# Modifier letters are letters to Unicode and apostrophes to people (U+02BC).
_WORDS = re.compile(r"[^\W_\u02b0-\u02ff]+")

# Left out when names are compared loosely: "reggio emilia" is Reggio nell'Emilia.
_PARTICLES = frozenset(
    _WORDS.findall(
        "a ad al all alla alle allo ai agli con d da dal dall dalla dalle dallo dai dagli de del "
        "dell della delle dello dei degli di e ed gli i il in l la le lo ne nel nell nella nelle "
        "nello nei negli su sul sull sulla sulle sullo sui sugli"
    )
)
# "S. Giovanni" may stand for any of them.
_SAINTS = frozenset(_WORDS.findall("s ss san sant santa sante santi santo st"))

_NEAR_ENOUGH = 60.0


def normal(text: str) -> str:
    """Return the words of a name without accents, case, apostrophes and hyphens."""
    if not text.isascii():
        # Twice, since folding the case can bring new compositions (U+0130).
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(_WORDS.findall(text.casefold()))


def loose(text: str) -> str:
    """Return the words of a name that carry it: no articles, every saint abbreviated."""
    words = normal(text).split()
    kept = ["s" if word in _SAINTS else word for word in words if word not in _PARTICLES]
    return " ".join(kept or words)


class Index(Generic[T]):
    """Things with one or more names, found by what people write.

    A match is looked for in steps, and the first step that finds something decides: the name as
    written, the normal form, the loose form, then names that contain all the words asked for.
    """

    def __init__(self, items: Sequence[T], names: Callable[[T], Iterable[str]]) -> None:
        self._items = items
        self._exact: dict[str, list[int]] = {}
        for number, item in enumerate(items):
            for name in names(item):
                self._exact.setdefault(name, []).append(number)

    @cached_property
    def _normal(self) -> dict[str, list[int]]:
        return self._by(normal)

    @cached_property
    def _loose(self) -> dict[str, list[int]]:
        return self._by(loose)

    @cached_property
    def _words(self) -> list[tuple[frozenset[str], list[int]]]:
        return [(frozenset(key.split()), numbers) for key, numbers in self._loose.items()]

    def _by(self, form: Callable[[str], str]) -> dict[str, list[int]]:
        """Return the things by another form of their names, in the order they came in."""
        found: dict[str, list[int]] = {}
        pairs = [(number, name) for name, numbers in self._exact.items() for number in numbers]
        for number, name in sorted(pairs, key=itemgetter(0)):
            found.setdefault(form(name), []).append(number)
        return found

    def same(self, text: str, keep: Callable[[T], bool] = lambda _: True) -> list[T]:
        """Return what has this very name, as written or else in normal form."""
        exact = self._kept(self._exact.get(text.strip(), []), keep)
        return exact or self._kept(self._normal.get(normal(text), []), keep)

    def match(self, text: str, keep: Callable[[T], bool] = lambda _: True) -> list[T]:
        """Return what the first successful step finds: nothing, one, or candidates."""
        key = loose(text)
        return (
            self.same(text, keep)
            or self._kept(self._loose.get(key, []), keep)
            or self._kept(self._containing(key), keep)
        )

    def near(self, text: str, limit: int = 5) -> list[T]:
        """Return what is spelled most alike, best first."""
        from rapidfuzz import fuzz, process

        found = process.extract(
            loose(text),
            list(self._loose),
            scorer=fuzz.token_sort_ratio,
            score_cutoff=_NEAR_ENOUGH,
            limit=limit,
        )
        numbers = [number for key, _score, _place in found for number in self._loose[key]]
        return self._kept(numbers, lambda _: True)[:limit]

    def _containing(self, key: str) -> list[int]:
        wanted = frozenset(key.split())
        if not wanted:
            return []
        return [number for words, numbers in self._words if wanted <= words for number in numbers]

    def _kept(self, numbers: Iterable[int], keep: Callable[[T], bool]) -> list[T]:
        items = (self._items[number] for number in dict.fromkeys(numbers))
        return [item for item in items if keep(item)]
