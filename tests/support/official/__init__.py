"""The official files, full size, for all Comuni of ``data/comuni.csv``: invented, always the same.

What to ask for::

    places() -> tuple[Place, ...]            the Comuni of the register, in its order
    changed_places() -> tuple[Place, ...]    the same after 2025: Sardinia recoded, one merger
    pec(place) -> str | None                 the address an import must choose; None: there is none
    mayor(place) -> Person
    commissioners(place) -> tuple[Person, ...]    most Comuni have none

    write_ipa_csv(path, chosen=None, *, others=15_500, numbered=True)   IPA's enti, CSV dump
    write_ipa_xlsx(path, chosen=None, *, others=15_500)                 the same, zeros lost
    write_amministrazioni(path, chosen=None, *, others=100)             IPA before 2020, tabs
    write_classic(path, chosen=None, *, layout=2024)                    ISTAT: 2016, 2020, 2024
    write_situas(path, chosen=None)                                     ISTAT after 2025
    write_posas(path, chosen=None, *, year=2025, ages=2)                real size: ages=101
    write_dimensioni_json(path, chosen=None), write_dimensioni_csv(path, chosen=None)
    write_mayors(path, chosen=None, *, encoding="utf-8")                sindaciincarica
    write_commissioners(path, chosen=None)                              organistraordinari…
    write_maggiororgano(path, chosen=None)                              both in one
    zipped(path)                                                        beside it, with .zip

    official_files: OfficialFiles            fixture, once per session, also under xdist

All return the path. ``chosen=None`` is ``places()``, for ``write_situas`` ``changed_places()``. To
use the fixture, import it into the test module or its conftest; nobody changes its files. What is
odd in IPA's file goes by ``oddity(place)``; nearly all Comuni have none.
"""

from tests.support.official.files import OfficialFiles, official_files, write_all, zipped
from tests.support.official.ipa import write_amministrazioni, write_ipa_csv, write_ipa_xlsx
from tests.support.official.istat import write_classic, write_situas
from tests.support.official.ministry import (
    shouted,
    write_commissioners,
    write_maggiororgano,
    write_mayors,
)
from tests.support.official.places import (
    UPDATED,
    Oddity,
    Person,
    Place,
    changed_places,
    commissioners,
    mayor,
    oddity,
    pec,
    places,
)
from tests.support.official.population import (
    write_dimensioni_csv,
    write_dimensioni_json,
    write_posas,
)

__all__ = [
    "UPDATED",
    "Oddity",
    "OfficialFiles",
    "Person",
    "Place",
    "changed_places",
    "commissioners",
    "mayor",
    "oddity",
    "official_files",
    "pec",
    "places",
    "shouted",
    "write_all",
    "write_amministrazioni",
    "write_classic",
    "write_commissioners",
    "write_dimensioni_csv",
    "write_dimensioni_json",
    "write_ipa_csv",
    "write_ipa_xlsx",
    "write_maggiororgano",
    "write_mayors",
    "write_posas",
    "write_situas",
    "zipped",
]
