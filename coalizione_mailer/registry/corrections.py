"""The office's own corrections (``data/correzioni.csv``), and the address book they win over.

Kept apart from what was imported, so that no import can lose them. Same columns as the address
book; ``nota`` says why. Codes of the past lead to the Comune of today.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from coalizione_mailer.errors import Code, Problem, Severity
from coalizione_mailer.model import Address, Channel, Comune
from coalizione_mailer.registry.addresses import AddressBook, read_addresses
from coalizione_mailer.registry.codes import ISTAT_DIGITS
from coalizione_mailer.registry.gazetteer import label
from coalizione_mailer.registry.history import CodeHistory
from coalizione_mailer.registry.register import Register
from coalizione_mailer.registry.sheets import iso, office_csv

COLUMNS = (
    "codice_istat",
    "codice_catastale",
    "denominazione",
    "canale",
    "indirizzo",
    "fonte",
    "data",
    "nota",
)
_OFFICE = "carica"

SOURCE = "correzione"
"""What ``fonte`` says of a correction made with ``mailer address set``."""


@dataclass(frozen=True, slots=True)
class Atlas:
    """The Comuni of today and what became of those of the past: any code leads to its Comune."""

    register: Register
    history: CodeHistory

    def comune(self, code: str) -> tuple[Comune, bool] | None:
        """Return the Comune a code means, and whether the code was its own (not a predecessor's).

        None where the code is unknown, or is that of a Comune that was divided among several.
        """
        found = self.history.find(code, self.register.by_istat, self.register.by_catastale)
        if not found or (len(found) > 1 and found[0].steps):
            return None
        return found[0].comune, found[0].same_body


def read_corrections(path: Path) -> AddressBook:
    """Read the corrections; a campaign without the file has none. Raises ProblemsError."""
    if path.exists():
        return read_addresses(path)
    return AddressBook(str(path), {channel: {} for channel in Channel})


def corrected(book: AddressBook, corrections: AddressBook, atlas: Atlas) -> AddressBook:
    """Lay the corrections over an address book, both by the cadastral codes of today.

    What a Comune has under a code of its own goes before what its predecessors had. CODE_OLD among
    the warnings: one for all rows under old codes of a file (INFO: recoded; WARNING: predecessors),
    CORRECTION_UNKNOWN: a correction whose Comune nobody knows.
    """
    own, own_inherited, told = _followed(corrections, atlas)
    base, base_inherited, base_told = _followed(book, atlas)
    entries = {
        channel: base_inherited[channel]
        | own_inherited[channel]
        | base[channel]
        | {code: _addressed(one, base[channel].get(code)) for code, one in own[channel].items()}
        for channel in Channel
    }
    warnings = (*book.warnings, *corrections.warnings, *base_told, *told)
    return AddressBook(book.file, entries, (*warnings, *_unknown(corrections, atlas)))


def _addressed(own: Address, base: Address | None) -> Address:
    """Let a correction of the address alone leave the address book's word on the mayor."""
    return replace(own, office=base.office) if base and own.office is None else own


def with_correction(corrections: AddressBook, comune: Comune, address: Address) -> AddressBook:
    """Add a correction, or put it in the place of the Comune's former one on that channel."""
    rest = without_correction(corrections, comune, address.channel)
    channel = {**rest.entries[address.channel], comune.codice_catastale: address}
    return replace(rest, entries={**rest.entries, address.channel: channel})


def without_correction(
    corrections: AddressBook, comune: Comune, channel: Channel | None = None
) -> AddressBook:
    """Take a Comune's corrections away: on one channel or, without it, on all."""
    codes = (comune.codice_catastale, comune.codice_istat)
    return replace(
        corrections,
        entries={
            of: entries
            if channel not in {None, of}
            else {code: address for code, address in entries.items() if code not in codes}
            for of, entries in corrections.entries.items()
        },
    )


def rekeyed(book: AddressBook, atlas: Atlas) -> AddressBook:
    """Bring a book's keys to the cadastral codes of today, where a code was the Comune's own."""
    if (known := _of_today(book, atlas)) is not None:
        return replace(book, entries=known)
    entries: dict[Channel, dict[str, Address]] = {channel: {} for channel in Channel}
    for channel, code, address in _rows(book):
        found = atlas.comune(code)
        key = found[0].codice_catastale if found and found[1] else code
        entries[channel].setdefault(key, address)
    return replace(book, entries=entries)


def book_csv(book: AddressBook, atlas: Atlas) -> bytes:
    """Write an address book for the office, in the order of the register; unknown codes last."""
    known = atlas.register.by_catastale
    places = {code: place for place, code in enumerate(known)}
    entries = rekeyed(book, atlas).entries
    codes = sorted({code for of in entries.values() for code in of})
    codes.sort(key=lambda code: places.get(code, len(places)))
    channels = [entries.get(channel, {}) for channel in Channel]
    offices = any(one.office for of in channels for one in of.values())
    rows: list[tuple[str, ...]] = []
    for code in codes:
        whose = _codes(code, known.get(code))
        rows += [whose + _cells(of[code], offices=offices) for of in channels if code in of]
    return office_csv((*COLUMNS, _OFFICE) if offices else COLUMNS, rows)


def _codes(code: str, comune: Comune | None) -> tuple[str, str, str]:
    if comune is not None:
        return comune.codice_istat, comune.codice_catastale, comune.denominazione
    return (code, "", "") if _is_istat(code) else ("", code, "")


def _cells(address: Address, *, offices: bool) -> tuple[str, ...]:
    cells = (address.channel, address.address, address.source, iso(address.seen), address.note)
    return (*cells, address.office or "") if offices else cells


def _of_today(book: AddressBook, atlas: Atlas) -> dict[Channel, dict[str, Address]] | None:
    """Return a book's addresses by cadastral codes, if all keys are codes of today, of one kind.

    They are after every import, and in the shipped example.
    """
    by_catastale, by_istat = atlas.register.by_catastale, atlas.register.by_istat
    own: dict[Channel, dict[str, Address]] = {}
    for channel in Channel:
        entries = book.entries.get(channel, {})
        if entries.keys() <= by_catastale.keys():
            own[channel] = dict(entries)
        elif entries.keys() <= by_istat.keys():
            own[channel] = {by_istat[code].codice_catastale: one for code, one in entries.items()}
        else:
            return None
    return own


def _is_istat(code: str) -> bool:
    return code.isdigit() and len(code) == ISTAT_DIGITS


def _rows(book: AddressBook) -> Iterator[tuple[Channel, str, Address]]:
    """Give all rows, those under cadastral codes first: they decide."""
    rows = [
        (channel, code, address)
        for channel in Channel
        for code, address in book.entries.get(channel, {}).items()
    ]
    return iter(sorted(rows, key=lambda row: _is_istat(row[1])))


_ByChannel = Mapping[Channel, dict[str, Address]]


def _followed(book: AddressBook, atlas: Atlas) -> tuple[_ByChannel, _ByChannel, list[Problem]]:
    """Tell a book's addresses apart: a Comune's own, and those of its predecessors.

    Where predecessors had different ones none is used: CODE_DISPUTED. A code of today goes before
    an older one of the same Comune.
    """
    if (known := _of_today(book, atlas)) is not None:
        return known, {channel: {} for channel in Channel}, []
    own: dict[Channel, dict[str, Address]] = {channel: {} for channel in Channel}
    heirs: dict[Channel, dict[str, list[Address]]] = {channel: {} for channel in Channel}
    old: dict[bool, dict[str, Comune]] = {True: {}, False: {}}
    current = (atlas.register.by_istat, atlas.register.by_catastale)
    rows = sorted(_rows(book), key=lambda row: not any(row[1] in codes for codes in current))
    for channel, code, address in rows:
        if not any(code in codes for codes in current):
            found = atlas.comune(code)
            if found is None:
                own[channel].setdefault(code, address)
                continue
            comune, same = found
            old[same].setdefault(code, comune)
            if same:
                own[channel].setdefault(comune.codice_catastale, address)
            else:
                heirs[channel].setdefault(comune.codice_catastale, []).append(address)
        else:
            comune = current[0].get(code) or current[1][code]
            own[channel].setdefault(comune.codice_catastale, address)
    inherited, disputed = _inherited(book, heirs, own, atlas)
    return own, inherited, [*_told(book, old), *disputed]


def _inherited(
    book: AddressBook,
    heirs: Mapping[Channel, Mapping[str, list[Address]]],
    own: _ByChannel,
    atlas: Atlas,
) -> tuple[_ByChannel, list[Problem]]:
    """Return what predecessors agree on; tell where they do not and the Comune has nothing else."""
    inherited: dict[Channel, dict[str, Address]] = {channel: {} for channel in Channel}
    disputed = []
    for channel, by_code in heirs.items():
        for code, addresses in by_code.items():
            different = {address.address.casefold(): address.address for address in addresses}
            if len(different) == 1:
                inherited[channel][code] = addresses[0]
            elif code not in own[channel]:
                comune = atlas.register.by_catastale[code]
                disputed.append(
                    Problem(
                        Code.CODE_DISPUTED,
                        Severity.WARNING,
                        file=book.file,
                        found=", ".join(different.values()),
                        expected=(label(comune),),
                        comune=comune.codice_istat,
                    )
                )
    return inherited, disputed


def _told(book: AddressBook, old: Mapping[bool, Mapping[str, Comune]]) -> Iterator[Problem]:
    for same, found in old.items():
        if found:
            code, comune = next(iter(found.items()))
            yield Problem(
                Code.CODE_OLD if same else Code.CODE_PREDECESSOR,
                Severity.INFO if same else Severity.WARNING,
                file=book.file,
                found=str(len(found)),
                expected=(f"{code} = {label(comune)}",),
            )


def _unknown(corrections: AddressBook, atlas: Atlas) -> Iterator[Problem]:
    for _channel, code, address in _rows(corrections):
        if atlas.comune(code) is None:
            yield Problem(
                Code.CORRECTION_UNKNOWN,
                Severity.WARNING,
                file=corrections.file,
                key=code,
                found=address.address,
            )
