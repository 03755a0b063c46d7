"""``mailer import population``: a column of figures, added to the register or put in its place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.errors import Code, Problem, Severity
from coalizione_mailer.registry.corrections import Atlas
from coalizione_mailer.registry.official.values import Figures, Kind
from coalizione_mailer.registry.sheets import register_csv
from coalizione_mailer.updates.comuni import EXPECTED, LEAST
from coalizione_mailer.updates.holdings import SUMMED, Holdings, moved, read_back
from coalizione_mailer.updates.settings import set_recipients
from coalizione_mailer.updates.update import Change, Topic, Update, Written, in_order

# More codes than this that nobody knows: the list of Comuni is not of the same days.
_STRANGERS = 100
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Matched:
    """Figures by the cadastral codes of today; which are sums, and codes nobody knows."""

    residents: Mapping[str, int]
    summed: frozenset[str]
    strangers: tuple[str, ...]


def plan_population(campaign: Campaign, figures: Figures, *, use: bool) -> Update:
    """Say what a column of figures would change; with ``use``, also what the campaign counts by.

    Who would move across the band is told in either case. Raises ProblemsError.
    """
    held = Holdings(campaign)
    column = figures.column
    matched = _matched(figures, held.atlas)
    known = held.figures(column) if column in held.register.populations else {}
    header = _header(held.sheet.header, column)
    data = register_csv(header, (_cells(row, header, column, matched) for row in held.rows))
    strangers = _strangers(figures, matched)
    many = len(matched.strangers) > _STRANGERS
    counted = column if use else held.register.population
    moves = moved(held, read_back(data, column, figures.source.file))
    changes = [*_differences(held, matched, known)]
    files = [Written(held.register_file, data)] if any(not c.topic.tells for c in changes) else []
    if use and (setting := set_recipients(campaign.root, "population", column)):
        changes.append(setting[0])
        files.append(setting[1])
    return Update(
        Kind.POPULATION,
        (figures.source,),
        in_order([*changes, *moves]),
        tuple(files),
        {"figures": len(matched.residents), "counted": int(counted == column)},
        (*figures.warnings, *([] if many else strangers)),
        (*(strangers if many else []), *_short(figures, matched)),
        column=column,
    )


def _matched(figures: Figures, atlas: Atlas) -> _Matched:
    """Find each figure's Comune; those of several predecessors are added up."""
    given = figures.by_catastale or figures.by_istat
    own: dict[str, int] = {}
    parts: dict[str, int] = {}
    strangers = []
    for code, residents in given.items():
        found = atlas.comune(code)
        if found is None:
            strangers.append(code)
            continue
        comune, same = found
        if same:
            own[comune.codice_catastale] = residents
        else:
            parts[comune.codice_catastale] = parts.get(comune.codice_catastale, 0) + residents
    # A Comune that took others in and kept its own code is counted with them.
    summed = {code: residents + own.get(code, 0) for code, residents in parts.items()}
    return _Matched(own | summed, frozenset(summed), tuple(strangers))


def _header(header: tuple[str, ...], column: str) -> tuple[str, ...]:
    """Put a new column after the last of its kind."""
    if column in header:
        return header
    kin = [n for n, name in enumerate(header) if name.startswith("popolazione") and name != SUMMED]
    place = max(kin, default=len(header) - 1) + 1
    rest = header if SUMMED in header else (*header, SUMMED)
    return (*rest[:place], column, *rest[place:])


def _cells(
    row: Mapping[str, str], header: Iterable[str], column: str, matched: _Matched
) -> list[str]:
    """Write a row with its new figure; a Comune the file does not have has none."""
    code = row["codice_catastale"]
    summed = [name for name in row.get(SUMMED, "").split() if name != column]
    if code in matched.summed:
        summed.append(column)
    new = {column: str(matched.residents.get(code, "")), SUMMED: " ".join(summed)}
    return [new.get(name, row.get(name, "")) for name in header]


def _differences(
    held: Holdings, matched: _Matched, known: Mapping[str, int | None]
) -> Iterator[Change]:
    for comune in held.register.comuni:
        code = comune.codice_catastale
        name = f"{comune.denominazione} ({comune.sigla})"
        now, was = matched.residents.get(code), known.get(code)
        if now is None:
            yield Change(Topic.FIGURE_MISSING, name, code, before=_text(was))
        elif was is None:
            yield Change(Topic.FIGURE_NEW, name, code, after=str(now))
        elif was != now:
            yield Change(Topic.FIGURE_CHANGED, name, code, str(was), str(now))


def _text(figure: int | None) -> str:
    return "" if figure is None else str(figure)


def _strangers(figures: Figures, matched: _Matched) -> list[Problem]:
    """Name the codes that are of no Comune known here."""
    if not matched.strangers:
        return []
    some = tuple(figures.names.get(code) or code for code in matched.strangers[:_SHOWN])
    found = str(len(matched.strangers))
    return [
        Problem(
            Code.IMPORT_STRANGERS,
            Severity.WARNING,
            file=figures.source.file,
            found=found,
            expected=some,
        )
    ]


def _short(figures: Figures, matched: _Matched) -> Iterator[Problem]:
    if len(matched.residents) < LEAST:
        yield Problem(
            Code.IMPORT_SHORT,
            file=figures.source.file,
            found=str(len(matched.residents)),
            expected=(str(EXPECTED),),
        )
