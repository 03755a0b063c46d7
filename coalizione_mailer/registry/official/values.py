"""What the official files say, once read: sources, listed Comuni, bodies, heads of Comuni.

What IPA's index has by the ten thousand are named tuples: made in a third of a frozen dataclass's
time, and as unchangeable.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import NamedTuple

from coalizione_mailer.errors import Problem


@unique
class Kind(StrEnum):
    """The four imports of ``mailer import``."""

    IPA = "ipa"
    ISTAT = "istat"
    POPULATION = "population"
    MAYORS = "mayors"


@dataclass(frozen=True, slots=True)
class Source:
    """One official file: ``format`` is its published name, ``vintage`` the day it speaks of.

    ``size`` is in bytes, ``rows`` counts the rows that say something; ``file`` has no folder.
    """

    kind: Kind
    format: str
    file: str
    sha256: str
    size: int
    rows: int
    vintage: date | None = None


@dataclass(frozen=True, slots=True)
class ListedComune:
    """A Comune as ISTAT's list names it; ``popolazione_legale`` in residents, where it has it."""

    codice_istat: str
    codice_catastale: str
    denominazione: str
    denominazione_altra_lingua: str
    provincia: str
    sigla: str
    regione: str
    ripartizione: str
    popolazione_legale_2011: int | None = None


@dataclass(frozen=True, slots=True)
class ComuneList:
    """ISTAT's list of Comuni, classic or SITUAS."""

    source: Source
    comuni: tuple[ListedComune, ...]
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """Residents by code, for one column of the register (``popolazione_2025``)."""

    source: Source
    column: str
    by_istat: dict[str, int]
    by_catastale: dict[str, int]
    names: dict[str, str]
    warnings: tuple[Problem, ...] = ()


class Mail(NamedTuple):
    """One ``MailN`` of a body: ``certified`` when its type is PEC, ``position`` counts from 1."""

    address: str
    certified: bool
    position: int


class Body(NamedTuple):
    """One body (ente) of IPA's index; ``catastale`` and ``istat`` are of the Comune of its seat.

    ``codice_ipa`` is ``c_`` and the cadastral code for most Comuni. ``category`` is ``L6`` for
    Comuni and their consortia. ``head`` is given name, family name and title as written.
    """

    codice_ipa: str
    name: str
    category: str
    typology: str
    istat: str
    catastale: str
    head: tuple[str, str, str]
    mails: tuple[Mail, ...]
    updated: date | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class BodyIndex:
    """IPA's ``enti`` or the old ``amministrazioni``; only rows that can concern a Comune."""

    source: Source
    bodies: tuple[Body, ...]
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadRow:
    """One row of the Interior Ministry's files, as written (names in upper case, "NISTICO'").

    ``sex`` is M, F or empty; ``office`` as in ``descrizione_carica``.
    """

    name: str
    sigla: str
    given_name: str
    family_name: str
    sex: str
    office: str
    elected: date | None
    in_office: date | None
    population: int | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Heads:
    """Mayors (``extraordinary`` false) or commissioners (true), one row a person."""

    source: Source
    extraordinary: bool
    rows: tuple[HeadRow, ...]
    warnings: tuple[Problem, ...] = ()
