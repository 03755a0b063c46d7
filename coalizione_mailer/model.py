"""The values everything else speaks of: Comuni, addresses, recipients, messages (design, 2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique


@unique
class Channel(StrEnum):
    """Certified mail (PEC, DPR 68/2005) or ordinary e-mail."""

    PEC = "pec"
    EMAIL = "email"


@unique
class Office(StrEnum):
    """Who heads the Comune; it decides the forms of the letter (TUEL, DLgs 267/2000)."""

    SINDACO = "sindaco"
    SINDACA = "sindaca"
    COMMISSARIO = "commissario"
    COMMISSARIA = "commissaria"
    COMMISSIONE = "commissione"


@dataclass(frozen=True, slots=True)
class Comune:
    """A municipality of the ISTAT register; ``catastale`` joins, ``istat`` is for people.

    Field names are the columns of ``data/comuni.csv``, so that a template says what the file says.
    ``popolazione`` is the figure of the column the campaign chose, in residents.
    ``popolazione_sommata`` tells that it is the sum of the predecessors of a merged Comune.
    """

    codice_istat: str
    codice_catastale: str
    denominazione: str
    denominazione_altra_lingua: str
    provincia: str
    sigla: str
    regione: str
    ripartizione: str
    popolazione: int | None = None
    popolazione_sommata: bool = False
    latitudine: float | None = None
    longitudine: float | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """One address of one Comune, with where and when it was seen.

    ``office`` is the office's own word on who heads the Comune, None where it says nothing.
    """

    channel: Channel
    address: str
    source: str = ""
    seen: date | None = None
    note: str = ""
    office: Office | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """Who heads a Comune, as far as a letter needs to know.

    ``name`` is as it is printed, and empty where it cannot be told for sure. ``prefectural`` is a
    commissioner before the decree (TUEL art. 141), ``acting`` a vice-mayor who stands in (art. 53).
    """

    office: Office
    name: str = ""
    prefectural: bool = False
    acting: bool = False
    elected: date | None = None
    in_office: date | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """A Comune of the selection, the address its letter goes to, and who heads it, if known."""

    comune: Comune
    address: Address
    head: Head | None = None

    @property
    def office(self) -> Office:
        """The office the letter is addressed to: the address book's word, then the official."""
        official = self.head.office if self.head else Office.SINDACO
        return self.address.office or official

    @property
    def officeholder(self) -> Head | None:
        """Who holds that office; None where the address book knows better who heads the Comune."""
        return self.head if self.head and self.head.office is self.office else None


@dataclass(frozen=True, slots=True)
class Selection:
    """Who is in the band, as shown before anything happens.

    ``without_population`` are Comuni that pass every other filter but have no figure in the
    chosen column: listed, never silently dropped.
    """

    comuni: tuple[Comune, ...]
    without_population: tuple[Comune, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """What SMTP is told (RFC 5321): one sender, one recipient, and how to report."""

    sender: str
    recipient: str
    envelope_id: str


def by_region(comuni: Iterable[Comune]) -> dict[str, int]:
    """Count Comuni by region, largest first, names breaking ties."""
    counts: dict[str, int] = {}
    for comune in comuni:
        counts[comune.regione] = counts.get(comune.regione, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
