"""``mailer import mayors``: who heads each Comune, from the Interior Ministry's files."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.errors import Code, Problem
from coalizione_mailer.registry.heads import heads_of
from coalizione_mailer.registry.mayors import (
    MayorChange,
    Officeholder,
    changed_mayors,
    mayors_csv,
    read_mayors,
)
from coalizione_mailer.registry.official.values import Heads, Kind
from coalizione_mailer.updates.holdings import Holdings, older
from coalizione_mailer.updates.update import Change, Topic, Update, Written, in_order

# Of ten Comuni with a head known before, one may lose it; more is a file cut short.
_TOLERATED = 0.1


def plan_mayors(campaign: Campaign, files: Sequence[Heads]) -> Update:
    """Say whose head would change; raises ProblemsError."""
    held = Holdings(campaign)
    target = campaign.configuration.recipients.mayors
    path = campaign.path(target)
    known = read_mayors(path).holders if path.exists() else ()
    comuni = held.register.comuni
    assigned = heads_of(files, comuni, history=held.atlas.history, known=known)
    changes = [_change(one) for one in changed_mayors(known, assigned.holders)]
    data = mayors_csv(assigned.holders)
    sources = tuple(heads.source for heads in files)
    return Update(
        Kind.MAYORS,
        sources,
        in_order(changes),
        (Written(Path(target), data),) if changes else (),
        {"heads": len(assigned.holders), "without": len(comuni) - len(assigned.holders)},
        (*(problem for heads in files for problem in heads.warnings), *assigned.problems),
        (*_lost(known, changes, sources[0].file), *older(held.records, sources)),
    )


def _change(one: MayorChange) -> Change:
    topics = {
        (False, True): Topic.MAYOR_NEW,
        (True, True): Topic.MAYOR_CHANGED,
        (True, False): Topic.MAYOR_GONE,
    }
    topic = topics[one.before is not None, one.after is not None]
    before, after = _told(one.before), _told(one.after)
    if before == after:
        before, after = (_dated(holder) for holder in (one.before, one.after))
    return Change(topic, one.denominazione, one.codice_catastale, before, after)


def _dated(one: Officeholder | None) -> str:
    """Say who it is and since which election: a new mandate of the same person."""
    return f"{_told(one)}, {one.eletto}" if one and one.eletto else _told(one)


def _told(one: Officeholder | None) -> str:
    """Say who it is: the name as a letter would have it, else as it was found; and the office."""
    if one is None:
        return ""
    name = one.head.name or f"{one.nome} {one.cognome}".strip()
    return f"{name}, {one.carica}" if name else one.carica


def _lost(known: Sequence[Officeholder], changes: Iterable[Change], file: str) -> Iterator[Problem]:
    gone = sum(change.topic is Topic.MAYOR_GONE for change in changes)
    if known and gone > _TOLERATED * len(known):
        yield Problem(
            Code.IMPORT_LOSES_HEADS, file=file, found=str(gone), expected=(str(len(known)),)
        )
