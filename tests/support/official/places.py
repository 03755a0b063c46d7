"""Comuni and people of the official files; people are invented."""

import csv
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum, auto
from functools import cache
from pathlib import Path
from random import Random

from coalizione_mailer.registry.names import normal

_REGISTER = Path(__file__).parents[3] / "data" / "comuni.csv"
_CHANGES = _REGISTER.with_name("variazioni.csv")

UPDATED = date(2026, 9, 14)
"""The newest row of IPA's file, and the day of the ministry's."""

_SYLLABLES = (
    "ba be bo ca co da di fa fo ga la le li ma me mo na no pa pe ra ri ro sa ta te to va vi"
)
_ENDINGS = "ntini rdelli sconi ldi ssoni ttari nchi rvesi gnolo zzari"
_WOMEN = [
    "Anna",
    "Lucia",
    "Chiara",
    "Elena",
    "Marta",
    "Noè-Maria",
    "Teresa",
    "Ilaria",
    "Zoe",
    "Agnese",
]
_MEN = [
    "Andrea",
    "Luca",
    "Paolo",
    "Niccolò",
    "Pietro",
    "Gian",
    "Piero",
    "Carlo",
    "Nicola",
    "Dario",
    "Ugo",
]
# Family names that a title case would spoil.
_DELICATE = ("Nisticò", "D'Amico", "De Andreis", "Dalla Chiesa", "Lo Turco", "Dell'Orto")


@dataclass(frozen=True, slots=True)
class Place:
    """A Comune of the register: ``residents`` in 2025, ``legal`` in 2011; none is missing."""

    number: int
    istat: str
    catastale: str
    name: str
    other: str
    provincia: str
    sigla: str
    regione: str
    ripartizione: str
    legal: int
    residents: int

    @property
    def both(self) -> str:
        """The name as on the road signs: ``Bolzano/Bozen``."""
        return f"{self.name}/{self.other}" if self.other else self.name

    @property
    def domain(self) -> str:
        """The Comune's own domain; the cadastral code tells homonyms apart."""
        return f"{normal(self.name).replace(' ', '')}-{self.catastale.lower()}.example"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone invented, spelled with care; ``sex`` is M or F."""

    given: str
    family: str
    sex: str
    office: str
    elected: date
    in_office: date


class Oddity(Enum):
    """What is odd about a Comune's row in IPA's file."""

    NONE = auto()
    NO_PEC = auto()
    """Ordinary addresses only."""
    PLACEHOLDER_FIRST = auto()
    """``da_indicare`` typed as PEC stands before the right address."""
    ORDINARY_FIRST = auto()
    ELECTORAL_FIRST = auto()
    """The electoral office's PEC stands before the protocol's."""
    WRONG_SYNTAX = auto()
    """The only PEC is no address."""
    DEVIATING_CODE = auto()
    """``Codice_IPA`` is not ``c_`` and the cadastral code."""
    UPPER_CASE = auto()
    NO_HEAD = auto()
    """A placeholder instead of the mayor."""


_ODDITIES = {
    5: Oddity.NO_PEC,
    11: Oddity.PLACEHOLDER_FIRST,
    23: Oddity.ORDINARY_FIRST,
    31: Oddity.ELECTORAL_FIRST,
    43: Oddity.WRONG_SYNTAX,
    59: Oddity.DEVIATING_CODE,
    67: Oddity.UPPER_CASE,
    79: Oddity.NO_HEAD,
}
_CYCLE = 211


def oddity(place: Place) -> Oddity:
    """Return what is odd about a Comune's row: for each oddity some 37 Comuni."""
    return _ODDITIES.get(place.number % _CYCLE, Oddity.NONE)


@cache
def places() -> tuple[Place, ...]:
    """Return the Comuni of the register, in its order."""
    with _REGISTER.open(encoding="utf-8", newline="") as stream:
        return tuple(_place(number, row) for number, row in enumerate(csv.DictReader(stream)))


def _place(number: int, row: dict[str, str]) -> Place:
    legal = int(row["popolazione_legale_2011"] or row["popolazione_2023"] or 1500)
    return Place(
        number,
        row["codice_istat"],
        row["codice_catastale"],
        row["denominazione"],
        row["denominazione_altra_lingua"],
        row["provincia"],
        row["sigla"],
        row["regione"],
        row["ripartizione"],
        legal,
        max(30, int(row["popolazione_2023"] or legal) + number % 41 - 20),
    )


# Sardinia's provinces since 2026 by the first digits of their codes; SU changed its meaning.
_SARDINIA = {
    "112": ("Sassari", "SS"),
    "113": ("Gallura Nord-Est Sardegna", "GA"),
    "114": ("Nuoro", "NU"),
    "115": ("Oristano", "OR"),
    "116": ("Ogliastra", "OG"),
    "117": ("Medio Campidano", "MD"),
    "118": ("Cagliari", "CA"),
    "119": ("Sulcis Iglesiente", "SU"),
}
_RECODED = "2026-01-01"
_MERGED = ("C056", "F838")


@cache
def changed_places() -> tuple[Place, ...]:
    """Return the Comuni after 2025: Sardinia's with new codes, Castegnero and Nanto as one."""
    with _CHANGES.open(encoding="utf-8", newline="") as stream:
        recoded = {
            row["codice_catastale"]: row["codice_istat"]
            for row in csv.DictReader(stream)
            if row["data"] == _RECODED
        }
    result = []
    for place in places():
        if place.catastale in _MERGED:
            if place.catastale == _MERGED[0]:
                result.append(_merger(place))
        elif place.regione == "Sardegna":
            istat = recoded[place.catastale]
            name, sigla = _SARDINIA[istat[:3]]
            result.append(replace(place, istat=istat, provincia=name, sigla=sigla))
        else:
            result.append(place)
    return tuple(result)


def _merger(first: Place) -> Place:
    second = next(place for place in places() if place.catastale == _MERGED[1])
    return replace(
        first,
        istat="024129",
        catastale="M439",
        name="Castegnero Nanto",
        legal=first.legal + second.legal,
        residents=first.residents + second.residents,
    )


def pec(place: Place) -> str | None:
    """Return the address that an import of IPA must choose for a Comune."""
    if oddity(place) in {Oddity.NO_PEC, Oddity.WRONG_SYNTAX}:
        return None
    return f"protocollo@pec.{place.domain}"


def mayor(place: Place) -> Person:
    """Return a Comune's mayor; one in five hundred was elected more than five years ago."""
    elected = date(2019, 5, 26) if place.number % 500 == 7 else date(2024, 6, 9)
    return invented(f"mayor {place.catastale}", "Sindaco", elected, elected + timedelta(days=1))


def commissioners(place: Place) -> tuple[Person, ...]:
    """Return who governs a Comune that has no mayor: one, with a sub-commissioner, or three."""
    offices = {
        17: ("Commissario Prefettizio",),
        61: ("Commissario Straordinario", "Sub commissario Straordinario"),
        113: ("Commissione straordinaria",) * 3,
    }.get(place.number % 331, ())
    return tuple(
        invented(f"{turn} {place.catastale}", office, date(2024, 6, 9), date(2026, 3, 2))
        for turn, office in enumerate(offices)
    )


def invented(seed: str, office: str, elected: date, in_office: date) -> Person:
    random = Random(seed)
    sex = random.choice("MF")
    given = random.choice(_MEN if sex == "M" else _WOMEN)
    syllables = random.choices(_SYLLABLES.split(), k=2)
    family = "".join([*syllables, random.choice(_ENDINGS.split())]).capitalize()
    if random.random() < 0.05:
        family = random.choice(_DELICATE)
    return Person(given, family, sex, office, elected, in_office)
