"""``mailer import ipa``: the address book follows IPA; the office's own words are kept apart."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.errors import Code, Problem
from coalizione_mailer.model import Address, Channel, Comune
from coalizione_mailer.registry.addresses import AddressBook, read_addresses
from coalizione_mailer.registry.choice import Choices
from coalizione_mailer.registry.choosing import choose
from coalizione_mailer.registry.corrections import (
    SOURCE,
    Atlas,
    book_csv,
    corrected,
    read_corrections,
    rekeyed,
    with_correction,
)
from coalizione_mailer.registry.mailboxes import consumer
from coalizione_mailer.registry.official.values import BodyIndex, Kind
from coalizione_mailer.registry.seen import read_seen, seen_csv
from coalizione_mailer.updates.holdings import Holdings, older
from coalizione_mailer.updates.settings import set_recipients
from coalizione_mailer.updates.sources import as_imported, copies_of
from coalizione_mailer.updates.store import PREVIOUS
from coalizione_mailer.updates.update import Change, Topic, Update, Written, in_order

BOOK = Path("data/indirizzi.csv")
SEEN = Path("data/indirizzi-visti.csv")

_LATEST = 2

# Of ten Comuni of the band one may be without an address; more is a file cut short.
_TOLERATED = 0.1

_EMPTY: Mapping[Channel, Mapping[str, Address]] = {channel: {} for channel in Channel}


@dataclass(frozen=True, slots=True)
class _Books:
    """What is known of addresses: as imported before, as it lies there now, by the office, new."""

    imported: AddressBook
    current: AddressBook
    corrections: AddressBook
    official: AddressBook


def plan_addresses(campaign: Campaign, index: BodyIndex, held: Holdings | None = None) -> Update:
    """Say what IPA's index would change in the address book; raises ProblemsError.

    ``held`` is what the campaign has, where it was read already.
    """
    held = held or Holdings(campaign)
    atlas = held.atlas
    choices = choose(index, held.register, read_seen(campaign.path(SEEN)))
    books = _books(held, choices.book(BOOK.as_posix()))
    edited = _edited(books, atlas)
    corrections = books.corrections
    for code, address in edited.kept:
        corrections = with_correction(corrections, atlas.register.by_catastale[code], address)
    final = corrected(books.official, corrections, atlas)
    band = held.chosen(held.register)
    channel = campaign.configuration.recipients.channel
    reached = {code: final.address_for(comune, channel) for code, comune in band.items()}
    missing = [band[code] for code, address in reached.items() if address is None]
    changes = [
        *_addresses(books, atlas, band),
        *_missing(missing),
        *_at_consumers(reached, band),
        *edited.changes,
        *_corrections(books, atlas),
    ]
    files = _files(held, books, changes, choices)
    if edited.kept:
        target = campaign.configuration.recipients.corrections
        # Before the book that no longer has them: killed in between, nothing is lost.
        files.insert(0, Written(target, book_csv(corrections, atlas), official=False))
    elsewhere = campaign.configuration.recipients.addresses != BOOK
    if elsewhere and (setting := set_recipients(campaign.root, "addresses", BOOK.as_posix())):
        changes.append(setting[0])
        files.append(setting[1])
    return Update(
        Kind.IPA,
        (index.source,),
        in_order(changes),
        tuple(files),
        {
            "addresses": sum(map(len, books.official.entries.values())),
            "comuni": len({code for of in books.official.entries.values() for code in of}),
            "band": len(band),
            "missing": len(missing),
        },
        index.warnings,
        (*_lost(missing, band, index.source.file), *older(held.records, [index.source])),
    )


def _books(held: Holdings, official: AddressBook) -> _Books:
    """Read what there is, all by the cadastral codes of today."""
    atlas, root = held.atlas, held.campaign.root
    corrections = read_corrections(
        held.campaign.path(held.campaign.configuration.recipients.corrections)
    )
    current = imported = AddressBook(BOOK.as_posix(), _EMPTY)
    if (root / BOOK).exists():
        current = imported = rekeyed(read_addresses(root / BOOK), atlas)
        if not as_imported(held.records, BOOK, (root / BOOK).read_bytes()):
            imported = _baseline(held, current)
    return _Books(imported, current, rekeyed(corrections, atlas), rekeyed(official, atlas))


def _files(
    held: Holdings, books: _Books, changes: Iterable[Change], choices: Choices
) -> list[Written]:
    """Replace the book and all that was seen where an address changes; days change nothing."""
    standing = (held.campaign.root / BOOK).exists()
    if standing and not any(not change.topic.tells for change in changes):
        return []
    return [
        Written(BOOK, partial(book_csv, books.official, held.atlas)),
        Written(SEEN, partial(seen_csv, choices, held.register)),
    ]


def _baseline(held: Holdings, current: AddressBook) -> AddressBook:
    """Find the import that an edited book was made from: of the last ones, the one most like it.

    Killed between the record and the file, the last import on record is not the one that lies
    there. Without any, every row is the office's own.
    """
    root = held.campaign.root
    paths = [root / copy for copy in copies_of(held.records, BOOK)[:_LATEST]]
    # Somebody threw the record away, and left the copies.
    paths = paths or sorted((root / PREVIOUS).glob(f"*-importato-{BOOK.name}"))[-_LATEST:]
    books = [rekeyed(read_addresses(path), held.atlas) for path in paths if path.is_file()]
    if not books:
        return AddressBook(BOOK.as_posix(), _EMPTY)
    return min(books, key=lambda book: sum(1 for _ in _unlike(book, current)))


def _unlike(
    before: AddressBook, after: AddressBook
) -> Iterator[tuple[Channel, str, Address | None, Address | None]]:
    """Give each Comune's address on each channel that is not the same in two books."""
    for channel in Channel:
        old, new = before.entries[channel], after.entries[channel]
        for code in dict.fromkeys((*new, *old)):
            was, now = old.get(code), new.get(code)
            if was is None or now is None or was.address.casefold() != now.address.casefold():
                yield channel, code, was, now


@dataclass(frozen=True, slots=True)
class _Edited:
    """Rows that somebody changed by hand: ``kept`` become corrections."""

    kept: tuple[tuple[str, Address], ...]
    changes: tuple[Change, ...]


def _edited(books: _Books, atlas: Atlas) -> _Edited:
    """Find the office's own words in the address book, but for what is official or corrected."""
    kept, changes = [], []
    for channel, code, was, now in _unlike(books.imported, books.current):
        comune = atlas.register.by_catastale.get(code)
        official = books.official.entries[channel].get(code)
        if comune is None or now is None or _same(now, official):
            continue
        if code in books.corrections.entries[channel]:
            continue
        note = now.note if was is None or now.note != was.note else ""
        kept.append((code, replace(now, source=SOURCE, note=note or _HAND)))
        before = was.address if was else ""
        changes.append(Change(Topic.ROW_EDITED, _name(comune), code, before, now.address, note))
    return _Edited(tuple(kept), tuple(changes))


_HAND = "modifica a mano nella rubrica"


def _addresses(books: _Books, atlas: Atlas, band: Mapping[str, Comune]) -> list[Change]:
    """Say which official addresses are new, changed or gone, the band's Comuni first."""
    inside: list[Change] = []
    outside: list[Change] = []
    known = atlas.register.by_catastale
    # PEC comes first.
    for channel, code, was, now in _unlike(books.imported, books.official):
        comune = known.get(code)
        topic = _TOPICS[was is not None, now is not None]
        why = "" if channel is _PEC else channel.value
        before, after = was.address if was else "", now.address if now else ""
        name = _name(comune) if comune else code
        of = inside if code in band else outside
        of.append(Change(topic, name, code, before, after, why))
    return inside + outside


_PEC = Channel.PEC
_TOPICS = {
    (False, True): Topic.ADDRESS_NEW,
    (True, True): Topic.ADDRESS_CHANGED,
    (True, False): Topic.ADDRESS_GONE,
}


def _corrections(books: _Books, atlas: Atlas) -> Iterator[Change]:
    """Say which corrections have become official, and which a newer official address contradicts.

    Newer: another one than when it was imported last or, where it was not, of a later day than
    the correction.
    """
    for channel, entries in books.corrections.entries.items():
        for code, mine in entries.items():
            official = books.official.entries[channel].get(code)
            if official is None:
                continue
            comune = atlas.register.by_catastale.get(code)
            name = _name(comune) if comune else code
            if _same(mine, official):
                yield Change(
                    Topic.CORRECTION_SUPERFLUOUS, name, code, after=mine.address, why=mine.note
                )
            elif _newer(official, books.imported.entries[channel].get(code), mine):
                yield Change(
                    Topic.CORRECTION_CONTRADICTED,
                    name,
                    code,
                    mine.address,
                    official.address,
                    mine.note,
                )


def _newer(official: Address, imported: Address | None, mine: Address) -> bool:
    if imported is not None:
        return not _same(imported, official)
    return bool(mine.seen and official.seen and official.seen > mine.seen)


def _same(one: Address, other: Address | None) -> bool:
    return other is not None and one.address.casefold() == other.address.casefold()


def _missing(comuni: Iterable[Comune]) -> Iterator[Change]:
    return (Change(Topic.ADDRESS_MISSING, _name(c), c.codice_catastale) for c in comuni)


def _at_consumers(
    reached: Mapping[str, Address | None], band: Mapping[str, Comune]
) -> Iterator[Change]:
    """Say which letters would go to a private provider's mailbox."""
    for code, address in reached.items():
        if address and consumer(address.address):
            yield Change(Topic.ADDRESS_CONSUMER, _name(band[code]), code, after=address.address)


def _lost(missing: list[Comune], band: Mapping[str, Comune], file: str) -> Iterator[Problem]:
    if len(missing) > _TOLERATED * len(band):
        found, expected = str(len(missing)), (str(len(band)),)
        yield Problem(Code.IMPORT_LOSES, file=file, found=found, expected=expected)


def _name(comune: Comune) -> str:
    return f"{comune.denominazione} ({comune.sigla})"
