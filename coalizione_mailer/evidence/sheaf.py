"""What is handed over of one Comune, as values: every file's name, hash and moment.

Names come from the Comune's own name and code, a kind, a date and a hash: never from anything
that somebody wrote into a message.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from coalizione_mailer.ledger.dossiers import Dossier, Letter
from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.letter.message import ascii_name
from coalizione_mailer.mailbox.reading import Kind
from coalizione_mailer.pages.times import in_rome

PDF, MESSAGE = "lettera.pdf", "messaggio.eml"
LOOSE = "senza-lettera"

_TITLES = {PDF: "Lettera", MESSAGE: "Messaggio come partito"}
# Of a hash, in a name: what keeps two receipts of one second apart.
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One file handed over; ``at`` is its moment (epoch seconds), ``receipt`` what came back."""

    name: str
    title: str
    sha256: str
    size: int | None
    at: float
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class File:
    """One letter of one round: our own part of it, and what came back."""

    dossier: Dossier
    own: tuple[Exhibit, ...]
    returned: tuple[Exhibit, ...]


@dataclass(frozen=True, slots=True)
class Sheaf:
    """All letters to one Comune, the earliest round first."""

    files: tuple[File, ...]

    @property
    def last(self) -> Letter:
        """The letter of the latest round."""
        return self.files[-1].dossier.letter

    @property
    def code(self) -> str:
        """The cadastral code."""
        return self.last.codice_catastale

    @property
    def istat(self) -> str:
        """The ISTAT code."""
        return self.last.codice_istat

    @property
    def region(self) -> str:
        """The region."""
        return self.last.regione

    @property
    def name(self) -> str:
        """The name, with the province that tells it from its homonyms."""
        return f"{self.last.denominazione} ({self.last.sigla})"

    @property
    def folder(self) -> str:
        """Where its files are in an archive of many."""
        return f"comuni/{_stem(self.last)}"

    @property
    def receipts(self) -> int:
        """How many messages came back."""
        return sum(len(file.returned) for file in self.files)

    @property
    def latest(self) -> float:
        """When the ledger last learned something of it (epoch seconds)."""
        return max(file.dossier.latest for file in self.files)

    def exhibits(self) -> Iterator[Exhibit]:
        """Give every file, letter by letter."""
        for file in self.files:
            yield from (*file.own, *file.returned)


def sheaves(dossiers: Iterable[Dossier]) -> Iterator[Sheaf]:
    """Bind letters that come Comune by Comune."""
    for _code, group in groupby(dossiers, key=lambda one: one.letter.codice_catastale):
        yield Sheaf(tuple(map(_file, group)))


def loose(receipts: Iterable[Receipt]) -> list[Exhibit]:
    """Name what concerns the campaign and no letter of it."""
    return [_returned(f"{LOOSE}/", receipt) for receipt in receipts]


def _file(dossier: Dossier) -> File:
    letter = dossier.letter
    prefix = f"{_stem(letter)}-invio-{letter.round_number}-"
    own = (
        Exhibit(prefix + PDF, _TITLES[PDF], letter.letter_sha256, None, letter.frozen_at),
        Exhibit(
            prefix + MESSAGE,
            _TITLES[MESSAGE],
            letter.message_sha256,
            letter.message_size,
            letter.frozen_at,
        ),
    )
    # Receipts know no fractions of a second: within one, the acceptance comes first.
    returned = sorted(
        (_returned(prefix, one) for one in dossier.receipts),
        key=lambda one: (int(one.at), one.title != Kind.PEC_ACCEPTANCE, one.name),
    )
    return File(dossier, own, tuple(returned))


def _stem(letter: Letter) -> str:
    # A name with a full stop in it must not be taken for one with an ending.
    return f"{ascii_name(letter.denominazione.replace('.', ' '))}-{letter.codice_istat}"


def _returned(prefix: str, receipt: Receipt) -> Exhibit:
    said = receipt.occurred_at
    at = said if said is not None and in_rome(said) else receipt.received_at
    day = f"{in_rome(at):%Y%m%d-%H%M%S}"
    kind = Kind(receipt.kind)
    name = f"{prefix}{day}-{kind.value}-{receipt.sha256[:_DIGITS]}.eml"
    return Exhibit(name, kind.value, receipt.sha256, receipt.size, at, receipt)
