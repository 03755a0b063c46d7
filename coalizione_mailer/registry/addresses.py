"""The address book: which Comune is reached where, since when, and on whose word."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import starmap
from pathlib import Path

from coalizione_mailer.campaign.configuration import ChannelChoice
from coalizione_mailer.errors import Code, Problem, ProblemsError, Severity
from coalizione_mailer.model import Address, Channel, Comune, Office, Recipient
from coalizione_mailer.registry.addr_spec import addr_spec
from coalizione_mailer.registry.codes import CATASTALE, ISTAT, catastale_codes, istat_codes
from coalizione_mailer.registry.dialect import Columns, anything, matching, read_strictly
from coalizione_mailer.registry.gazetteer import label
from coalizione_mailer.registry.tabular import Table, missing, plain, read_table

REQUIRED = ("canale", "indirizzo")
KEYS = ("codice_catastale", "codice_istat")
OPTIONAL = ("fonte", "data", "nota", "carica")

_CHANNELS = {
    "pec": Channel.PEC,
    "posta_certificata": Channel.PEC,
    "email": Channel.EMAIL,
    "e_mail": Channel.EMAIL,
    "mail": Channel.EMAIL,
    "peo": Channel.EMAIL,
}
ALLOWED = {
    ChannelChoice.PEC: (Channel.PEC,),
    ChannelChoice.EMAIL: (Channel.EMAIL,),
    ChannelChoice.PEC_THEN_EMAIL: (Channel.PEC, Channel.EMAIL),
}
"""The channels of each choice, in the order they are tried."""

_TOLD = ("canale", "data", "carica", "fonte", "nota")

_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?:[T ][\d:.]+)?")
_ITALIAN = re.compile(r"(?P<d>\d\d?)[/.-](?P<m>\d\d?)[/.-](?P<y>\d{4})(?: [\d:.]+)?")


@dataclass(frozen=True, slots=True)
class AddressBook:
    """Addresses by channel and by the code the file used; ``warnings`` are rows not taken."""

    file: str
    entries: Mapping[Channel, Mapping[str, Address]]
    warnings: tuple[Problem, ...] = ()

    def address_for(self, comune: Comune, choice: ChannelChoice) -> Address | None:
        """Return the address of a Comune on the chosen channel, or on the next one it allows."""
        for channel in ALLOWED[choice]:
            found = self._at(comune, channel)
            if found:
                return found
        return None

    def _at(self, comune: Comune, channel: Channel) -> Address | None:
        # ISTAT codes change (all of Sardinia in 2025), cadastral ones do not: they decide.
        known = self.entries.get(channel, {})
        return known.get(comune.codice_catastale) or known.get(comune.codice_istat)


def read_addresses(path: Path) -> AddressBook:
    """Read an address book; a row with no address says nothing and is passed over.

    Each row names its Comune by ``codice_catastale`` or, where that is empty, ``codice_istat``.
    Raises ProblemsError with all that is wrong, each with its line: COLUMN_MISSING, ROW_WRONG,
    ADDRESS_WRONG. The first address of a Comune on a channel is kept; another one is an
    ADDRESS_CONFLICT among ``warnings`` (``expected`` has the one kept).
    """
    return _read_strictly(path) or _read_carefully(path)


def _read_strictly(path: Path) -> AddressBook | None:
    """Read an address book that needs no repair and no warning; None for any other."""
    checks = {
        "codice_catastale": matching(CATASTALE, empty=True),
        "codice_istat": matching(ISTAT, empty=True),
        "canale": _CHANNELS.__contains__,
        "indirizzo": anything,
        "data": lambda text: text == "" or _day(text),
        "carica": lambda text: text == "" or _office(text),
        "fonte": anything,
        "nota": anything,
    }
    read = read_strictly(path, checks, REQUIRED)
    if read is None:
        return None
    columns = read[1]
    entries: dict[Channel, dict[str, Address]] = {channel: {} for channel in Channel}
    codes = zip(columns["codice_catastale"], columns["codice_istat"], strict=True)
    keys = [catastale or istat for catastale, istat in codes]
    specs = list(map(addr_spec, columns["indirizzo"]))
    if None in specs or not all(keys):
        return None
    for key, address in zip(keys, _made(columns, specs), strict=True):
        entries[address.channel][key] = address
    # A Comune with two addresses on one channel is for the other reader to tell.
    return AddressBook(str(path), entries) if sum(map(len, entries.values())) == len(keys) else None


def _made(columns: Columns, specs: Iterable[str | None]) -> Iterator[Address]:
    """Make the addresses of rows in which all is right; the same text is the same object."""
    names = {text: _CHANNELS[plain(text)] for text in set(columns["canale"])}
    channels = [names[text] for text in columns["canale"]]
    days, offices = map(_day, columns["data"]), map(_office, columns["carica"])
    sources, notes = (_lines(columns[name]) for name in ("fonte", "nota"))
    rows = zip(channels, specs, sources, days, notes, offices, strict=True)
    return starmap(Address, rows)


def _read_carefully(path: Path) -> AddressBook:
    """Read an address book as people make them, repairing what can be repaired."""
    table = read_table(path, (*KEYS, *REQUIRED, *OPTIONAL))
    problems = table.require(REQUIRED)
    if not set(KEYS) & set(table.header):
        problems += [replace(problem, expected=KEYS) for problem in table.require(KEYS[-1:])]
    if problems:
        raise ProblemsError([*problems, *table.problems])
    table = replace(table, frame=table.frame[~missing(table.frame["indirizzo"])].copy())
    keys, wrong_keys = _keys(table)
    addresses, wrong_cells = _addresses(table)
    if problems := [*table.problems, *wrong_keys, *wrong_cells]:
        raise ProblemsError(sorted(problems, key=lambda problem: problem.line or 0))
    return _book(table, zip(keys, addresses, strict=True))


def recipients(
    comuni: Iterable[Comune], book: AddressBook, choice: ChannelChoice
) -> tuple[list[Recipient], list[Problem]]:
    """Give each Comune its address, and say which have none or share one.

    ADDRESS_MISSING is an error per Comune; ADDRESS_SHARED a warning per address, ``expected``
    being the Comuni that share it. ``comune`` of a problem is the ISTAT code.
    """
    found: list[Recipient] = []
    problems: list[Problem] = []
    by_address: dict[str, list[Comune]] = {}
    for comune in comuni:
        address = book.address_for(comune, choice)
        if address is None:
            problems.append(_missing_address(comune, book, choice))
        else:
            found.append(Recipient(comune, address))
            by_address.setdefault(address.address.casefold(), []).append(comune)
    return found, problems + [
        _shared_address(address, sharing, book)
        for address, sharing in by_address.items()
        if len(sharing) > 1
    ]


def _keys(table: Table) -> tuple[list[str], list[Problem]]:
    """Return the code each row goes by."""
    catastale = catastale_codes(table.frame["codice_catastale"])
    istat = istat_codes(table.frame["codice_istat"])
    wrong = [
        *table.wrong("codice_catastale", (catastale != "") & ~catastale.str.fullmatch(CATASTALE)),
        *table.wrong("codice_istat", (istat != "") & ~istat.str.fullmatch(ISTAT)),
        *table.wrong("codice_istat", (istat == "") & (catastale == "")),
    ]
    return catastale.mask(catastale == "", istat).tolist(), wrong


def _addresses(table: Table) -> tuple[list[Address], list[Problem]]:
    """Return the address of each row, for what is right of it, and what is wrong."""
    frame = table.frame
    channels = [_CHANNELS.get(plain(text)) for text in frame["canale"].tolist()]
    specs = [addr_spec(text) for text in frame["indirizzo"].tolist()]
    days = [_day(text) for text in frame["data"].tolist()]
    offices = [_office(text) for text in frame["carica"].tolist()]
    dated = ~missing(frame["data"])
    unread = [
        office is None and text != ""
        for office, text in zip(offices, frame["carica"].tolist(), strict=True)
    ]
    problems = [
        *table.wrong("canale", [channel is None for channel in channels], expected=tuple(Channel)),
        *table.wrong("indirizzo", [spec is None for spec in specs], Code.ADDRESS_WRONG),
        *table.wrong("data", [day is None and some for day, some in zip(days, dated, strict=True)]),
        *table.wrong("carica", unread, expected=tuple(Office)),
    ]
    if problems:
        return [], problems
    return list(_made({name: frame[name].tolist() for name in _TOLD}, specs)), []


def _book(table: Table, rows: Iterable[tuple[str, Address]]) -> AddressBook:
    entries: dict[Channel, dict[str, Address]] = {channel: {} for channel in Channel}
    warnings = []
    for line, (key, address) in zip(table.frame.index, rows, strict=True):
        kept = entries[address.channel].setdefault(key, address)
        if _told(kept) != _told(address):
            warnings.append(
                Problem(
                    Code.ADDRESS_CONFLICT,
                    Severity.WARNING,
                    file=table.file,
                    line=int(line),
                    key=key,
                    found=address.address,
                    expected=(kept.address,),
                )
            )
    return AddressBook(table.file, entries, tuple(warnings))


def _told(address: Address) -> tuple[str, Office]:
    """Return what two rows of one Comune must agree on."""
    return address.address.casefold(), address.office or Office.SINDACO


@lru_cache
def _day(text: str) -> date | None:
    """Read ``2017-09-18`` or ``18/9/2017``, with or without a time after it."""
    parts = _ISO.fullmatch(text) or _ITALIAN.fullmatch(text)
    if not parts:
        return None
    try:
        return date(int(parts["y"]), int(parts["m"]), int(parts["d"]))
    except ValueError:
        return None


@lru_cache
def _office(text: str) -> Office | None:
    """Read ``Sindaca`` or ``Commissario straordinario``; None where it is neither."""
    first = text.casefold().split()[:1]
    return Office(first[0]) if first and first[0] in tuple(Office) else None


def _lines(texts: Sequence[str]) -> list[str]:
    """Return texts on one line each; the same text is the same object."""
    one = {text: " ".join(text.split()) for text in set(texts)}
    return [one[text] for text in texts]


def _missing_address(comune: Comune, book: AddressBook, choice: ChannelChoice) -> Problem:
    return Problem(
        Code.ADDRESS_MISSING,
        file=book.file,
        key=choice.value,
        found=label(comune),
        comune=comune.codice_istat,
    )


def _shared_address(address: str, comuni: Iterable[Comune], book: AddressBook) -> Problem:
    sharing = tuple(label(comune) for comune in comuni)
    return Problem(
        Code.ADDRESS_SHARED, Severity.WARNING, file=book.file, found=address, expected=sharing
    )
