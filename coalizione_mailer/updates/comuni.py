"""``mailer import istat``: the register follows ISTAT's list, by cadastral codes.

Known Comuni keep their figures and places; merged ones get the sums of their predecessors; every
ISTAT code that changes is written down, so that what goes by the old one still finds its Comune.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.errors import Code, Problem, ProblemsError, Severity
from coalizione_mailer.model import Comune
from coalizione_mailer.registry.history import CodeHistory, Event, Variation, history_text
from coalizione_mailer.registry.official.values import ComuneList, Kind, ListedComune
from coalizione_mailer.registry.register import Register
from coalizione_mailer.registry.sheets import register_csv
from coalizione_mailer.updates.holdings import SUMMED, Holdings, moved, older, read_back
from coalizione_mailer.updates.update import Change, Topic, Update, Written, in_order

EXPECTED = 7_900
"""About how many Comuni Italy has."""
LEAST = 7_000

_OFFICIAL = (
    "codice_istat",
    "codice_catastale",
    "denominazione",
    "denominazione_altra_lingua",
    "provincia",
    "sigla",
    "regione",
    "ripartizione",
)
# A letter that ISTAT's encoding cannot write, in a name of the second language: what is known
# is better than that, or than the nothing it is read as.
_LOST = "?"
_SECOND = "denominazione_altra_lingua"

_Row = dict[str, str]


def plan_comuni(campaign: Campaign, listed: ComuneList) -> Update:
    """Say what ISTAT's list would change in the register; raises ProblemsError."""
    held = Holdings(campaign)
    before = {row["codice_catastale"]: row for row in held.rows}
    after = {one.codice_catastale: _row(one, before) for one in listed.comuni}
    recoded = list(_variations(before, listed.comuni, listed.source.vintage))
    history = _with(held.atlas.history, recoded)
    heirs = _heirs(before, after, history)
    _sum(after, before, heirs, held)
    header = list(dict.fromkeys((*held.sheet.header, *_OFFICIAL, SUMMED)))
    data = register_csv(header, ([row.get(name, "") for name in header] for row in after.values()))
    register = read_back(data, held.register.population, listed.source.file)
    band, problems = _band(held, register)
    changes = [*_differences(before, after, heirs), *band]
    files = [Written(held.register_file, data)] if changes else []
    if history != held.atlas.history:
        # Before the register that no longer has the old codes: killed in between, none is lost.
        files.insert(0, Written(held.history_file, history_text(history).encode()))
    return Update(
        Kind.ISTAT,
        (listed.source,),
        in_order(changes),
        tuple(files),
        {"comuni": len(after), "in_band": len(held.chosen(register)) if not problems else 0},
        (*listed.warnings, *problems),
        (*_short(listed), *_backwards(held, before, listed), *older(held.records, [listed.source])),
    )


def _row(one: ListedComune, before: Mapping[str, _Row]) -> _Row:
    """Lay what the list says of a Comune over what is known of it."""
    row = dict(before.get(one.codice_catastale, {}))
    for name in _OFFICIAL:
        said = getattr(one, name)
        lost = _LOST in said or (name == _SECOND and not said)
        if not (row.get(name) and lost):
            row[name] = said
    if one.popolazione_legale_2011 is not None and not row.get("popolazione_legale_2011", "x"):
        row["popolazione_legale_2011"] = str(one.popolazione_legale_2011)
    return row


def _variations(
    before: Mapping[str, _Row], listed: Iterable[ListedComune], day: date | None
) -> Iterator[Variation]:
    """Write down every ISTAT code and every name that is no longer what it was."""
    for one in listed:
        row = before.get(one.codice_catastale)
        if row is None:
            continue
        recoded = row["codice_istat"] != one.codice_istat
        if recoded or row["denominazione"] != one.denominazione:
            yield Variation(
                row["codice_istat"],
                one.codice_catastale,
                row["denominazione"],
                Event.RECODED if recoded else Event.RENAMED,
                day,
                one.codice_istat,
                one.codice_catastale,
                one.denominazione,
            )


def _with(history: CodeHistory, variations: Iterable[Variation]) -> CodeHistory:
    """Add what the history does not know yet; the day alone makes nothing new."""

    def what(one: Variation) -> tuple[str, ...]:
        old = (one.codice_istat_precedente, one.codice_catastale_precedente)
        return (*old, one.denominazione_precedente, one.codice_istat, one.denominazione)

    known = {what(one) for one in history.variations}
    new = tuple(one for one in variations if what(one) not in known)
    return CodeHistory((*history.variations, *new)) if new else history


def _heirs(
    before: Mapping[str, _Row], after: Mapping[str, _Row], history: CodeHistory
) -> dict[str, list[str]]:
    """Find which Comune of the list each one that is gone became part of: heir -> predecessors."""
    heirs: dict[str, list[str]] = {}
    comuni = {code: _comune(row) for code, row in after.items()}
    by_istat = {one.codice_istat: one for one in comuni.values()}
    for code in before:
        if code not in after:
            found = history.find(code, by_istat, comuni)
            if len(found) == 1:
                heirs.setdefault(found[0].comune.codice_catastale, []).append(code)
    return heirs


def _comune(row: _Row) -> Comune:
    return Comune(**{name: row[name] for name in _OFFICIAL})  # type: ignore[arg-type]


def _sum(
    after: Mapping[str, _Row],
    before: Mapping[str, _Row],
    heirs: Mapping[str, list[str]],
    held: Holdings,
) -> None:
    """Give merged Comuni the figures of those they were made of, in place; mark the sums.

    A column in which one of them has no figure stays without one: half a sum is wrong.
    """
    if not heirs:
        return
    figures = {column: held.figures(column) for column in held.register.populations}
    for heir, gone in heirs.items():
        parts = [heir, *gone] if heir in before else gone
        row = after[heir]
        summed = row.get(SUMMED, "").split()
        for column, known in figures.items():
            residents = [known.get(code) for code in parts]
            total = sum(figure for figure in residents if figure is not None)
            row[column] = "" if None in residents else str(total)
            summed += [column] if row[column] and column not in summed else []
        row[SUMMED] = " ".join(summed)
        largest = max(parts, key=lambda code: figures[held.register.population].get(code) or 0)
        for place in ("latitudine", "longitudine"):
            row[place] = before[largest].get(place, "")


def _band(held: Holdings, register: Register) -> tuple[list[Change], list[Problem]]:
    """Say who moves across the band; or which names of the campaign file no longer exist."""
    try:
        return moved(held, register), []
    except ProblemsError as error:
        return [], [replace(one, severity=Severity.WARNING) for one in error.problems]


def _differences(
    before: Mapping[str, _Row], after: Mapping[str, _Row], heirs: Mapping[str, list[str]]
) -> Iterator[Change]:
    merged = {code: heir for heir, gone in heirs.items() for code in gone}
    for code, row in before.items():
        if code in merged:
            heir = after[merged[code]]
            yield Change(Topic.COMUNE_MERGED, _name(row), code, _name(row), _name(heir))
        elif code not in after:
            yield Change(Topic.COMUNE_GONE, _name(row), code)
    for code, row in after.items():
        old = before.get(code)
        if old is None:
            yield Change(Topic.COMUNE_NEW, _name(row), code)
            continue
        for topic, columns in _WATCHED.items():
            was, now = (", ".join(one.get(c, "") for c in columns) for one in (old, row))
            if was != now:
                yield Change(topic, _name(row), code, was, now)


_WATCHED = {
    Topic.COMUNE_RENAMED: ("denominazione",),
    Topic.COMUNE_OTHER_NAME: ("denominazione_altra_lingua",),
    Topic.COMUNE_RECODED: ("codice_istat",),
    Topic.COMUNE_MOVED: ("provincia", "sigla", "regione"),
}


def _name(row: _Row) -> str:
    return f"{row['denominazione']} ({row['sigla']})"


def _short(listed: ComuneList) -> Iterator[Problem]:
    if len(listed.comuni) < LEAST:
        yield Problem(
            Code.IMPORT_SHORT,
            file=listed.source.file,
            found=str(len(listed.comuni)),
            expected=(str(EXPECTED),),
        )


def _backwards(held: Holdings, before: Mapping[str, _Row], listed: ComuneList) -> Iterator[Problem]:
    """Tell a list of an earlier year: it gives Comuni codes that they no longer have."""
    left = {
        (one.codice_catastale, one.codice_istat, one.codice_istat_precedente)
        for one in held.atlas.history.variations
        if one.evento is Event.RECODED
    }
    back = [
        one
        for one in listed.comuni
        if (row := before.get(one.codice_catastale)) is not None
        and (one.codice_catastale, row["codice_istat"], one.codice_istat) in left
    ]
    if back:
        yield Problem(
            Code.IMPORT_BACKWARDS,
            file=listed.source.file,
            found=str(len(back)),
            expected=(f"{back[0].denominazione} {back[0].codice_istat}",),
        )
