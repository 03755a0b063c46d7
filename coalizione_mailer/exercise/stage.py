"""The campaign of a rehearsal: the shipped one in a folder of its own, with invented recipients."""

import csv
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from coalizione_mailer import shipped
from coalizione_mailer.campaign import Campaign, load
from coalizione_mailer.campaign.configuration import Form
from coalizione_mailer.model import Address, Channel, Comune, Recipient
from coalizione_mailer.plan import atlas_of, book_of, plan, register_of, selection_of
from coalizione_mailer.registry.addresses import AddressBook
from coalizione_mailer.registry.corrections import book_csv
from coalizione_mailer.rehearsal.provider import Town
from coalizione_mailer.updates import Written, write
from coalizione_mailer.updates.settings import set_recipients

BOOK = Path("data/rubrica-prova.csv")
_ORDINARY = 0.1


@dataclass(frozen=True, slots=True)
class Stage:
    """A campaign and its recipients; ``towns`` is how the world knows them, by address."""

    campaign: Campaign
    recipients: tuple[Recipient, ...]
    towns: Mapping[str, Town]

    @property
    def codes(self) -> list[str]:
        """The Comuni that are written to, by cadastral code."""
        return [recipient.comune.codice_catastale for recipient in self.recipients]


def prepare(folder: Path, seed: int, most: int | None, *, circular: bool = False) -> Stage:
    """Make the campaign in an empty folder, for all of its Comuni or so many drawn by lot.

    One in ten is reached by ordinary mail, the others by PEC. With ``circular`` all get the same
    letter, which is quicker. Raises ProblemsError.
    """
    shipped.copy_to(folder)
    _set(folder, "channel", "pec-then-email")
    campaign = load(folder)
    register = register_of(campaign)
    comuni = selection_of(campaign, register).comuni
    lot = random.Random(f"{seed} stage")  # noqa: S311  nothing secret
    if most is not None and most < len(comuni):
        comuni = tuple(sorted(lot.sample(comuni, most), key=lambda comune: comune.codice_istat))
        _keep_only(campaign.path(campaign.configuration.recipients.comuni), comuni)
    book = _divided(book_of(campaign, register), comuni, lot)
    write(folder, [Written(BOOK, book_csv(book, atlas_of(register)))])
    _set(folder, "addresses", BOOK.as_posix())
    campaign = _in_circular_form(load(folder)) if circular else load(folder)
    recipients = plan(campaign).recipients
    return Stage(campaign, recipients, {town.address: town for town in map(_town, recipients)})


def _set(folder: Path, key: str, value: str) -> None:
    if changed := set_recipients(folder, key, value):
        write(folder, [changed[1]])


def _in_circular_form(campaign: Campaign) -> Campaign:
    configuration = campaign.configuration
    letter = configuration.letter.model_copy(update={"form": Form.CIRCULAR})
    return replace(campaign, configuration=configuration.model_copy(update={"letter": letter}))


def _keep_only(path: Path, comuni: Iterable[Comune]) -> None:
    """Leave only these in a register."""
    codes = {comune.codice_istat for comune in comuni}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = [row for row in reader if row["codice_istat"] in codes]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, reader.fieldnames or (), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _divided(book: AddressBook, comuni: Iterable[Comune], lot: random.Random) -> AddressBook:
    """Leave each Comune one address: of PEC or, for a few, of ordinary mail."""
    entries: dict[Channel, dict[str, Address]] = {channel: {} for channel in Channel}
    for comune in comuni:
        channel = Channel.EMAIL if lot.random() < _ORDINARY else Channel.PEC
        known = book.entries[channel]
        for code in (comune.codice_catastale, comune.codice_istat):
            if code in known:
                entries[channel][comune.codice_catastale] = known[code]
    return replace(book, entries=entries)


def _town(recipient: Recipient) -> Town:
    return Town(
        recipient.comune.denominazione,
        recipient.address.address,
        certified=recipient.address.channel is Channel.PEC,
    )
