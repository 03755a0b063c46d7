"""Who is written to: the band, regions, provinces, and those named one by one."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.model import Comune, Selection
from coalizione_mailer.registry.gazetteer import label
from coalizione_mailer.registry.register import Register
from coalizione_mailer.registry.territory import Province, Territory

T = TypeVar("T")


def select(  # noqa: PLR0913  the six keys of [recipients]
    register: Register,
    *,
    minimum: int | None = None,
    maximum: int | None = None,
    regions: Sequence[str] = (),
    provinces: Sequence[str] = (),
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> Selection:
    """Select the Comuni of the band (residents, both ends included) in the places given.

    A Comune must be in one of the regions, where there are any, and in one of the provinces;
    ``include`` adds to what that gives, ``exclude`` takes away. Regions, provinces and Comuni are
    given by name or code. Raises ProblemsError with every mistake, ``key`` being the key of
    ``[recipients]``.
    """
    problems: list[Problem] = []
    if minimum is not None and maximum is not None and minimum > maximum:
        problems.append(
            Problem(Code.VALUE_WRONG, key="min", found=str(minimum), expected=(str(maximum),))
        )
    territory = Territory(register.comuni)
    wanted = _Wanted(
        minimum=minimum,
        maximum=maximum,
        regions=_each("regions", regions, territory.region, problems),
        provinces=_each("provinces", provinces, territory.province, problems),
        include=_each("include", include, register.find, problems),
        exclude=_each("exclude", exclude, register.find, problems),
    )
    problems += wanted.contradictions(territory)
    if problems:
        raise ProblemsError(problems)
    return wanted.among(register.comuni)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for, with every name understood."""

    minimum: int | None
    maximum: int | None
    regions: Collection[str]
    provinces: Collection[Province]
    include: Collection[Comune]
    exclude: Collection[Comune]

    def contradictions(self, territory: Territory) -> Iterator[Problem]:
        """Give what cannot hold together: left alone, it would quietly select nobody."""
        elsewhere = [
            one for one in self.provinces if self.regions and one.region not in self.regions
        ]
        if elsewhere:
            inside = tuple(one.sigla for one in territory.provinces if one.region in self.regions)
            for province in elsewhere:
                yield Problem(
                    Code.VALUE_WRONG, key="provinces", found=str(province), expected=inside
                )
        for comune in self.exclude:
            if comune in self.include:
                yield Problem(
                    Code.VALUE_WRONG, key="exclude", found=label(comune), comune=comune.codice_istat
                )

    def among(self, comuni: Sequence[Comune]) -> Selection:
        """Return the Comuni that answer, in the order of the register."""
        include = {comune.codice_istat for comune in self.include}
        exclude = {comune.codice_istat for comune in self.exclude}
        placed = self._placed()
        banded = self.minimum is not None or self.maximum is not None
        selected: list[Comune] = []
        without: list[Comune] = []
        for comune in comuni:
            if comune.codice_istat in exclude:
                continue
            if comune.codice_istat in include:
                selected.append(comune)
            elif placed(comune) and banded and comune.popolazione is None:
                without.append(comune)
            elif placed(comune) and self._in_band(comune.popolazione):
                selected.append(comune)
        return Selection(tuple(selected), tuple(without))

    def _placed(self) -> Callable[[Comune], bool]:
        regions = frozenset(self.regions)
        sigle = frozenset(province.sigla for province in self.provinces)

        def placed(comune: Comune) -> bool:
            in_region = not regions or comune.regione in regions
            return in_region and (not sigle or comune.sigla in sigle)

        return placed

    def _in_band(self, residents: int | None) -> bool:
        if residents is None:
            return True
        large_enough = self.minimum is None or residents >= self.minimum
        return large_enough and (self.maximum is None or residents <= self.maximum)


def _each(
    key: str, texts: Sequence[str], find: Callable[[str], T], problems: list[Problem]
) -> list[T]:
    """Find what each text means; those that mean nothing become problems of the key."""
    found: list[T] = []
    for text in texts:
        try:
            found.append(find(text))
        except ProblemsError as error:
            problems += [replace(problem, key=key) for problem in error.problems]
    return found
