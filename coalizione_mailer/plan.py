"""The plan: who gets the letter, at which address, and what stands in the way. Nothing is written.

Register, selection and address book come together here; every use case starts from a plan.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.campaign.configuration import Form
from coalizione_mailer.errors import Code, Problem, ProblemsError, Severity
from coalizione_mailer.letter.message import File
from coalizione_mailer.model import Comune, Office, Recipient, Selection
from coalizione_mailer.registry.addr_spec import is_reserved
from coalizione_mailer.registry.addresses import AddressBook, read_addresses, recipients
from coalizione_mailer.registry.corrections import Atlas, corrected, read_corrections
from coalizione_mailer.registry.mayors import MayorBook, read_mayors
from coalizione_mailer.registry.reader import read_register
from coalizione_mailer.registry.register import Register
from coalizione_mailer.registry.selection import select

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is written to, and every problem known so far; ``missing`` have no address."""

    recipients: tuple[Recipient, ...]
    selection: Selection
    missing: tuple[Comune, ...]
    problems: tuple[Problem, ...]


def register_of(campaign: Campaign) -> Register:
    """Read the campaign's register; raises ProblemsError."""
    wanted = campaign.configuration.recipients
    return read_register(campaign.path(wanted.comuni), wanted.population)


def selection_of(campaign: Campaign, register: Register) -> Selection:
    """Choose the Comuni of the campaign's band; raises ProblemsError."""
    wanted = campaign.configuration.recipients
    return select(
        register,
        minimum=wanted.min,
        maximum=wanted.max,
        regions=wanted.regions,
        provinces=wanted.provinces,
        include=wanted.include,
        exclude=wanted.exclude,
    )


def atlas_of(register: Register) -> Atlas:
    """Return any code's Comune of today; what became of codes was read with the register."""
    return Atlas(register, register.history)


def book_of(campaign: Campaign, register: Register) -> AddressBook:
    """Read the campaign's address book with the office's corrections; raises ProblemsError."""
    wanted = campaign.configuration.recipients
    book = read_addresses(campaign.path(wanted.addresses))
    corrections = read_corrections(campaign.path(wanted.corrections))
    return corrected(book, corrections, atlas_of(register))


def mayors_of(campaign: Campaign) -> MayorBook:
    """Read who heads the Comuni; nobody is known where nothing was imported. Raises ProblemsError.

    A file that the campaign file names has to be there.
    """
    wanted = campaign.configuration.recipients
    path = campaign.path(wanted.mayors)
    if "mayors" not in wanted.model_fields_set and not path.exists():
        return MayorBook(str(path))
    return read_mayors(path)


def attachments_of(campaign: Campaign) -> list[File]:
    """Read the attachments; raises ProblemsError naming every one that cannot be read."""
    files, problems = [], []
    for attachment in campaign.configuration.attachments:
        path = campaign.path(attachment.path)
        try:
            files.append(File(path.name, path.read_bytes()))
        except FileNotFoundError:
            problems.append(Problem(Code.FILE_MISSING, file=str(path)))
        except OSError as error:
            problems.append(Problem(Code.FILE_UNREADABLE, file=str(path), found=str(error)))
    if problems:
        raise ProblemsError(problems)
    return files


def plan(campaign: Campaign, only: Iterable[str] = ()) -> Plan:
    """Make the plan of a campaign, perhaps for some Comuni only; raises ProblemsError."""
    register = register_of(campaign)
    selection = selection_of(campaign, register)
    if wanted := _wanted(register, only):
        selection = Selection(tuple(c for c in selection.comuni if c in wanted), ())
    book = book_of(campaign, register)
    chosen, problems = recipients(selection.comuni, book, campaign.configuration.recipients.channel)
    chosen = _headed(campaign, chosen)
    reached = {recipient.comune.codice_catastale for recipient in chosen}
    return Plan(
        recipients=tuple(chosen),
        selection=selection,
        missing=tuple(c for c in selection.comuni if c.codice_catastale not in reached),
        problems=(
            *book.warnings,
            *problems,
            *_without_population(campaign, selection),
            *_reserved(campaign, chosen),
            *_unnamed(campaign, chosen),
        ),
    )


def one(campaign: Campaign, name: str) -> tuple[Recipient, bool]:
    """Find one Comune and its address, and tell whether the campaign writes to it.

    Raises ProblemsError when the name is unknown or ambiguous, or there is no address.
    """
    register = register_of(campaign)
    comune = register.find(name)
    chosen, problems = recipients(
        [comune], book_of(campaign, register), campaign.configuration.recipients.channel
    )
    if not chosen:
        raise ProblemsError(problems)
    return _headed(campaign, chosen)[0], comune in selection_of(campaign, register).comuni


def _wanted(register: Register, names: Iterable[str]) -> set[Comune]:
    """Find the Comuni the operator named; all that are wrong in one ProblemsError."""
    found: set[Comune] = set()
    problems: list[Problem] = []
    for name in names:
        try:
            found.add(register.find(name))
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return found


def _without_population(campaign: Campaign, selection: Selection) -> list[Problem]:
    column = campaign.configuration.recipients.population
    return [
        Problem(Code.POPULATION_MISSING, Severity.WARNING, comune=c.codice_istat, key=column)
        for c in selection.without_population
    ]


def _headed(campaign: Campaign, chosen: Iterable[Recipient]) -> list[Recipient]:
    """Say of each recipient who heads the Comune."""
    mayors = mayors_of(campaign)
    return [replace(recipient, head=mayors.head_of(recipient.comune)) for recipient in chosen]


def _unnamed(campaign: Campaign, chosen: Sequence[Recipient]) -> list[Problem]:
    """Say to how many Comuni the letter names nobody, where it is to name somebody."""
    letter = campaign.configuration.letter
    if not letter.names or letter.form is Form.CIRCULAR:
        return []
    file = str(campaign.configuration.recipients.mayors)
    if chosen and not any(recipient.head for recipient in chosen):
        return [Problem(Code.HEADS_MISSING, Severity.WARNING, file=file)]
    unnamed = [recipient.comune for recipient in chosen if not _named(recipient)]
    return summary(Code.NAME_UNSURE, Severity.INFO, file, unnamed)


def summary(code: Code, severity: Severity, file: str, comuni: Sequence[Comune]) -> list[Problem]:
    """Return one problem for many Comuni: how many, and the first of them; none for none."""
    if not comuni:
        return []
    first = [f"{comune.denominazione} ({comune.sigla})" for comune in comuni[:_SHOWN]]
    more = ("\N{HORIZONTAL ELLIPSIS}",) if len(comuni) > _SHOWN else ()
    return [Problem(code, severity, file=file, found=str(len(comuni)), expected=(*first, *more))]


def _named(recipient: Recipient) -> bool:
    """Tell whether somebody is named, or nobody is to be: a commission has no name."""
    holder = recipient.officeholder
    return recipient.office is Office.COMMISSIONE or bool(holder and holder.name)


def _reserved(campaign: Campaign, chosen: Iterable[Recipient]) -> list[Problem]:
    """Warn of addresses that reach nobody; an error where the server is not this machine."""
    severity = Severity.WARNING if campaign.configuration.smtp.loopback else Severity.ERROR
    found = [r for r in chosen if is_reserved(r.address.address)]
    if not found:
        return []
    book = str(Path(campaign.configuration.recipients.addresses))
    return [Problem(Code.ADDRESS_RESERVED, severity, file=book, found=str(len(found)))]
