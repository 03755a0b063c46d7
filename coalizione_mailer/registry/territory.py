"""Regions and provinces of a register, found by name, sigla or ISTAT code."""

import re
from dataclasses import dataclass
from functools import cached_property

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.model import Comune
from coalizione_mailer.registry.names import Index

# In ISTAT's order: the first is 01.
_BY_CODE = (
    "Piemonte",
    "Valle d'Aosta",
    "Lombardia",
    "Trentino-Alto Adige",
    "Veneto",
    "Friuli-Venezia Giulia",
    "Liguria",
    "Emilia-Romagna",
    "Toscana",
    "Umbria",
    "Marche",
    "Lazio",
    "Abruzzo",
    "Molise",
    "Campania",
    "Puglia",
    "Basilicata",
    "Calabria",
    "Sicilia",
    "Sardegna",
)
# Metropolitan cities have a code of their own, 200 above their province's.
_METROPOLITAN = 200
_DIGITS = re.compile(r"[0-9]{1,3}")
_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Province:
    """A province, or what stands in its place; its ISTAT code begins those of its Comuni."""

    sigla: str
    name: str
    region: str
    code: str

    def __str__(self) -> str:
        return f"{self.name} ({self.sigla})"


class Territory:
    """The regions and provinces that the Comuni of a register are in."""

    def __init__(self, comuni: tuple[Comune, ...]) -> None:
        self.regions = tuple(dict.fromkeys(comune.regione for comune in comuni))
        first: dict[str, Comune] = {}
        for comune in comuni:
            first.setdefault(comune.sigla, comune)
        self.provinces = tuple(
            Province(sigla, comune.provincia, comune.regione, comune.codice_istat[:3])
            for sigla, comune in first.items()
        )

    def region(self, text: str) -> str:
        """Return the region meant, as the register names it.

        Raises ProblemsError with REGION_UNKNOWN; ``expected`` has the nearest names, or all.
        """
        text = text.strip()
        if _DIGITS.fullmatch(text) and 0 < int(text) <= len(_BY_CODE):
            found = self._regions.match(_BY_CODE[int(text) - 1])
        else:
            found = self._regions.match(text)
        if len(found) == 1:
            return found[0]
        expected = found or self._regions.near(text, _SUGGESTED) or self.regions
        raise ProblemsError([Problem(Code.REGION_UNKNOWN, found=text, expected=tuple(expected))])

    def province(self, text: str) -> Province:
        """Return the province meant: by sigla, ISTAT code (zeros forgiven) or name.

        Raises ProblemsError with PROVINCE_UNKNOWN; ``expected`` has the nearest names.
        """
        text = text.strip()
        found = self._by_code(text) or self._provinces.match(text)
        if len(found) == 1:
            return found[0]
        near = found or self._provinces.near(text, _SUGGESTED)
        expected = tuple(str(province) for province in near)
        raise ProblemsError([Problem(Code.PROVINCE_UNKNOWN, found=text, expected=expected)])

    def _by_code(self, text: str) -> list[Province]:
        if not _DIGITS.fullmatch(text):
            return [province for province in self.provinces if province.sigla == text.upper()]
        number = int(text)
        code = f"{number - _METROPOLITAN if number > _METROPOLITAN else number:03}"
        return [province for province in self.provinces if province.code == code]

    @cached_property
    def _regions(self) -> Index[str]:
        return Index(self.regions, lambda name: (name, *name.split("/")))

    @cached_property
    def _provinces(self) -> Index[Province]:
        return Index(self.provinces, lambda one: (one.name, *one.name.split("/")))
