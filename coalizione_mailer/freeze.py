"""The freeze: recipients, letters and messages fixed in the ledger before the first one leaves.

A freeze is one transaction: interrupted, nothing is frozen; done, the bytes that will leave are
those whose SHA-256 is on record, whatever happens to templates and data afterwards.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.campaign.configuration import Reminding
from coalizione_mailer.correspondence import Correspondence, Identity, Prepared, problems_of
from coalizione_mailer.errors import FrozenChangedError, Problem, ProblemsError, Severity
from coalizione_mailer.ledger import reports, rounds
from coalizione_mailer.ledger.reports import Standing
from coalizione_mailer.ledger.rounds import Frozen, Kind, Round
from coalizione_mailer.ledger.store import Ledger, sqlite_path
from coalizione_mailer.letter.templates import files_of
from coalizione_mailer.lifecycle import State
from coalizione_mailer.model import Address, Recipient
from coalizione_mailer.plan import book_of, register_of
from coalizione_mailer.registry.history import FILE as HISTORY

FROZEN_SECTIONS = (
    "campaign",
    "event",
    "protocol",
    "sender",
    "recipients",
    "letter",
    "attachments",
)
"""Sections of the campaign file that the letters come from; a server may change on the way."""

_RECIPIENTS = "campaign.toml [recipients]"


def archive(campaign: Campaign) -> Path:
    """Return the folder of the campaign's archive: where the ledger is, or would be."""
    path = sqlite_path(campaign.configuration.ledger.url, campaign.root)
    return path.parent if path is not None else campaign.root / "archive"


def inputs(campaign: Campaign) -> dict[str, str]:
    """Return everything the letters come from, by name, with its SHA-256; raises OSError.

    A file that is not there has no name in it either: compared with a freeze, it was removed.
    """
    configuration = campaign.configuration
    found = {
        f"campaign.toml [{section}]": _hash_section(configuration, section)
        for section in FROZEN_SECTIONS
    }
    files = [
        *files_of(campaign.path(configuration.letter.template)),
        *(campaign.path(attachment.path) for attachment in configuration.attachments),
        campaign.path(configuration.recipients.comuni),
        campaign.path(configuration.recipients.addresses),
        campaign.path(configuration.recipients.corrections),
        campaign.path(configuration.recipients.mayors),
        campaign.path(configuration.recipients.comuni).with_name(HISTORY),
    ]
    for path in filter(Path.exists, files):
        with path.open("rb") as stream:
            found[_name(campaign, path)] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def _name(campaign: Campaign, path: Path) -> str:
    name = path.relative_to(campaign.root) if path.is_relative_to(campaign.root) else path
    return name.as_posix()


def _of_addresses(campaign: Campaign, frozen: Mapping[str, str]) -> set[str]:
    """Name the inputs that say where letters go, and nothing of what is in them.

    One of them is the section that names the address book, where it names another one since the
    freeze and is the same otherwise: an import writes a book of its own.
    """
    wanted = campaign.configuration.recipients
    names = {
        _name(campaign, campaign.path(path)) for path in (wanted.addresses, wanted.corrections)
    }
    for book in frozen.keys() - names:
        then = wanted.model_copy(update={"addresses": Path(book)})
        if _hash(then) == frozen.get(_RECIPIENTS):
            return names | {book, _RECIPIENTS}
    return names


def _hash_section(configuration: object, section: str) -> str:
    return _hash(getattr(configuration, section))


def _hash(value: object) -> str:
    values = value if isinstance(value, tuple) else (value,)
    plain = [item.model_dump(mode="json") for item in values]
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def standing_round(ledger: Ledger, campaign: Campaign) -> Round | None:
    """Return the earliest round that is not done, else the latest; None where nothing is frozen.

    Raises FrozenChangedError when what the letters came from is no longer the same. Once letters
    have left, other addresses are no reason to stop: they count when a letter comes back.
    """
    with ledger.reading() as connection:
        opened = reports.unfinished(connection) or rounds.current(connection)
        if opened is None or opened.kind is not Kind.FIRST:
            return opened
        attempted = rounds.attempted(connection, opened)
        changes = rounds.changes(connection, opened, inputs(campaign))
        books = _of_addresses(campaign, rounds.frozen_inputs(connection, opened))
    if attempted:
        changes = [change for change in changes if change.name not in books]
    if changes:
        raise FrozenChangedError(changes, attempted=attempted)
    return opened


@dataclass(frozen=True, slots=True)
class Outdated:
    """A letter that waits, frozen to an address that is no longer the one in the books."""

    letter: Standing
    address: Address


def outdated(ledger: Ledger, campaign: Campaign, opened: Round) -> list[Outdated]:
    """List the letters that will leave to a former address; raises ProblemsError.

    Nothing is read where the books are as they were at the freeze.
    """
    if opened.kind is not Kind.FIRST:
        return []
    with ledger.reading() as connection:
        changed = {one.name for one in rounds.changes(connection, opened, inputs(campaign))}
        if not changed & _of_addresses(campaign, rounds.frozen_inputs(connection, opened)):
            return []
        waiting = list(reports.standings(connection, opened.id, State.QUEUED))
    register = register_of(campaign)
    book, choice = book_of(campaign, register), campaign.configuration.recipients.channel
    found = []
    for letter in waiting:
        comune = register.by_catastale.get(letter.codice_catastale)
        address = comune and book.address_for(comune, choice)
        if address and address.address.casefold() != letter.address.casefold():
            found.append(Outdated(letter, address))
    return found


def thaw(ledger: Ledger) -> bool:
    """Forget a freeze of which no letter was ever handed over; False when it is too late."""
    with ledger.writing() as connection:
        first = next(iter(rounds.every(connection)), None)
        if first is None:
            return True
        if rounds.attempted(connection, first):
            return False
        rounds.discard(connection, first)
    return True


def freeze(
    ledger: Ledger,
    campaign: Campaign,
    recipients: tuple[Recipient, ...],
    *,
    jobs: int,
    now: float,
    seen: Callable[[Prepared], None],
) -> Round:
    """Write every letter and message into the ledger as a round; ``seen`` is told of each.

    It is the first round, or one of reminders where the campaign reminds.

    Raises ProblemsError when one cannot be written, LedgerError; then nothing is frozen.
    """
    fixed = inputs(campaign)
    configuration = campaign.configuration
    with ledger.reading() as connection:
        number = len(rounds.every(connection)) + 1
    opened = Round(
        number=number,
        campaign=configuration.campaign.name,
        protocol=configuration.protocol.confirmation,
        sender=configuration.sender.address,
        identity=secrets.token_hex(16),
        frozen_at=now,
        kind=Kind.REMINDER if isinstance(configuration, Reminding) else Kind.FIRST,
    )
    correspondence = Correspondence(campaign, Identity.frozen(opened.identity, number, now))
    errors: list[Problem] = []

    def frozen() -> Iterator[Frozen]:
        for prepared in correspondence.prepared(recipients, jobs):
            seen(prepared)
            errors.extend(p for p in problems_of(prepared) if p.severity is Severity.ERROR)
            yield Frozen(
                recipient=prepared.recipient,
                message_id=prepared.message_id,
                head=prepared.head,
                letter=prepared.pdf.data,
                message_sha256=prepared.sha256,
                message_size=len(prepared.message),
            )

    with ledger.writing() as connection:
        rounds.write(connection, opened, correspondence.frame, fixed, frozen())
        if errors:
            raise ProblemsError(errors)
        standing = rounds.current(connection)
    assert standing is not None
    return standing
