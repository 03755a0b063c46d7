"""The ministry's rows become one head for each Comune of the register, or a problem each.

The ministry has codes of its own, so its rows are matched by name and province. What cannot be
matched beyond doubt is reported: a letter to the wrong person is worse than one to the office.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from coalizione_mailer.errors import Code, Problem, Severity
from coalizione_mailer.model import Comune
from coalizione_mailer.registry.gazetteer import label, names_of
from coalizione_mailer.registry.given_names import feminine
from coalizione_mailer.registry.history import SAME_BODY, CodeHistory
from coalizione_mailer.registry.mayors import Officeholder, Role, is_feminine, office_text, role_of
from coalizione_mailer.registry.names import Index, loose, normal
from coalizione_mailer.registry.official.values import HeadRow, Heads
from coalizione_mailer.registry.person_names import person_name

_NEVER = date.min
_COMMISSIONERS = (Role.PREFECTURAL, Role.COMMISSIONER, Role.COMMISSION)

# Provinces that Sardinia had, or has again, beside those a register of another year knows.
_SARDINIAN = frozenset({"CA", "CI", "MD", "NU", "OG", "OR", "OT", "SS", "SU", "VS"})
_RENAMED = {"FO": "FC", "PS": "PU"}
_NEAR = 3


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who heads the Comuni, in the order of the register, and what could not be told."""

    holders: tuple[Officeholder, ...]
    problems: tuple[Problem, ...]


def heads_of(
    files: Sequence[Heads],
    comuni: Sequence[Comune],
    *,
    history: CodeHistory | None = None,
    known: Iterable[Officeholder] = (),
) -> Assigned:
    """Give each Comune its head from the ministry's files, and say what is doubtful.

    ``known`` are those of an earlier import: where only the mayors' file is given, the
    commissioners of then still count, and the other way round. Where a Comune has both a mayor
    and commissioners, whoever entered office last heads it: HEAD_TWICE. Rows of nobody in the
    register are HEAD_UNMATCHED (``expected`` has what is near, or the candidates), those of
    suppressed Comuni HEAD_MERGED, those with an unknown office HEAD_OFFICE.
    """
    places = _Places(comuni, history or CodeHistory())
    problems: list[Problem] = []
    claims: dict[str, list[Officeholder]] = {}
    for one in _still_known(known, files):
        claims.setdefault(one.codice_catastale, []).append(one)
    for heads in files:
        for row in heads.rows:
            found = _claim(heads, row, places)
            if isinstance(found, Problem):
                problems.append(found)
            elif found is not None:
                claims.setdefault(found.codice_catastale, []).append(found)
    holders = []
    for comune in comuni:
        if mine := claims.get(comune.codice_catastale):
            holder, doubt = _head(mine)
            holders.append(
                replace(
                    holder, codice_istat=comune.codice_istat, denominazione=comune.denominazione
                )
            )
            problems += doubt
    return Assigned(tuple(holders), tuple(problems))


def _still_known(known: Iterable[Officeholder], files: Iterable[Heads]) -> Iterator[Officeholder]:
    """Yield the heads of the kind that no file speaks of."""
    told = {heads.extraordinary for heads in files}
    return (one for one in known if (one.role in _COMMISSIONERS) not in told)


def _claim(heads: Heads, row: HeadRow, places: "_Places") -> Officeholder | Problem | None:
    """Return whom a row names as the head of which Comune; None for a deputy."""
    role = role_of(row.office)
    if role is Role.DEPUTY:
        return None
    if role is None:
        return _problem(Code.HEAD_OFFICE, heads, row, found=row.office, key=_place(row))
    comune = places.comune(row)
    if isinstance(comune, Comune):
        return _holder(heads, row, role, comune)
    code, expected = comune
    return _problem(code, heads, row, found=_place(row), expected=expected)


def _holder(heads: Heads, row: HeadRow, role: Role, comune: Comune) -> Officeholder:
    woman = row.sex.upper() == "F" or is_feminine(row.office)
    woman = woman or (not row.sex and feminine(row.given_name))
    name = person_name(row.given_name, row.family_name)
    return Officeholder(
        codice_istat=comune.codice_istat,
        codice_catastale=comune.codice_catastale,
        denominazione=comune.denominazione,
        carica=office_text(role, feminine=woman),
        nome=name.given,
        cognome=name.family,
        sesso=row.sex.upper() or ("F" if woman else ""),
        # The commissioners' file has there the election of the council that was dissolved.
        eletto=row.elected if role in (Role.MAYOR, Role.ACTING) else None,
        in_carica=row.in_office,
        fonte=heads.source.file,
        data=heads.source.vintage,
    )


def _head(claims: Sequence[Officeholder]) -> tuple[Officeholder, list[Problem]]:
    """Choose among those who are said to head one Comune."""
    mayors = [one for one in claims if one.role is Role.MAYOR]
    elected = _latest(mayors or [one for one in claims if one.role is Role.ACTING])
    extraordinary = _extraordinary([one for one in claims if one.role in _COMMISSIONERS])
    if elected is None or extraordinary is None:
        chosen = elected or extraordinary
        assert chosen is not None
        return chosen, []
    # On the same day, the commissioner: an election ends his office, and no commissioner a mayor's
    # on the day of his election.
    first, last = sorted((elected, extraordinary), key=_entered)
    doubt = Problem(
        Code.HEAD_TWICE,
        Severity.INFO,
        file=last.fonte,
        found=_told(last),
        expected=(_told(first),),
        comune=last.codice_istat,
    )
    return last, [doubt]


def _latest(claims: Sequence[Officeholder]) -> Officeholder | None:
    """Return who entered office last; several persons on one day leave the office without name."""
    if not claims:
        return None
    last = max(claims, key=_entered)
    rivals = {(one.nome, one.cognome) for one in claims if _entered(one) == _entered(last)}
    if len(rivals) == 1:
        return last
    sexes = {one.sesso for one in claims}
    nobody = replace(last, nome="", cognome="")
    return nobody if len(sexes) == 1 else replace(nobody, carica=last.role.value, sesso="")


def _extraordinary(claims: Sequence[Officeholder]) -> Officeholder | None:
    """Return the commissioner, or the commission where they are several (TUEL art. 143)."""
    last = _latest(claims)
    if last is None:
        return None
    same = {(one.nome, one.cognome) for one in claims if one.role is last.role}
    several = last.role is Role.COMMISSIONER and len(same) > 1
    if several or any(one.role is Role.COMMISSION for one in claims):
        return replace(last, carica=Role.COMMISSION.value, nome="", cognome="", sesso="")
    return last


def _entered(one: Officeholder) -> tuple[date, date]:
    return one.in_carica or one.eletto or _NEVER, one.data or _NEVER


def _told(one: Officeholder) -> str:
    """Say who it is: office and the day of entering it."""
    since = one.in_carica or one.eletto
    return f"{one.carica}, {since.isoformat()}" if since else one.carica


class _Places:
    """The register as the ministry names it: by name and sigla."""

    def __init__(self, comuni: Sequence[Comune], history: CodeHistory) -> None:
        self._comuni = comuni
        self._index = Index(comuni, names_of)
        self._history = history
        self._by_catastale = {comune.codice_catastale: comune for comune in comuni}
        self._regions: Mapping[str, str] = {comune.sigla: comune.regione for comune in comuni}

    def comune(self, row: HeadRow) -> Comune | tuple[Code, tuple[str, ...]]:
        """Return the Comune of a row, or the code of a problem and what is near."""
        sigla = _RENAMED.get(row.sigla.upper(), row.sigla.upper())
        here = self._index.same(row.name, lambda comune: comune.sigla == sigla)
        anywhere = self._index.same(row.name)
        near = here or [one for one in anywhere if self._may_be(one, sigla)]
        # Of homonyms only the sigla tells; but for Sardinia, whose provinces come and go.
        sure = here or len(anywhere) == 1 or sigla in _SARDINIAN
        if len(near) == 1 and sure:
            return near[0]
        if near:
            return Code.HEAD_UNMATCHED, tuple(map(label, near))
        return self._formerly(row.name, sigla) or self._loosely(row.name, sigla)

    def _formerly(self, name: str, sigla: str) -> Comune | tuple[Code, tuple[str, ...]] | None:
        """Look for a name that a Comune no longer has; its own head only if it was but renamed."""
        renamed: dict[str, Comune] = {}
        merged: dict[str, Comune] = {}
        for change in self._history.former(name):
            comune = self._by_catastale.get(change.codice_catastale)
            if comune is not None and self._may_be(comune, sigla):
                into = renamed if change.evento in SAME_BODY else merged
                into[comune.codice_catastale] = comune
        if len(renamed) == 1 and not merged:
            return next(iter(renamed.values()))
        into = {**renamed, **merged}
        return (Code.HEAD_MERGED, tuple(map(label, into.values()))) if into else None

    def _loosely(self, name: str, sigla: str) -> Comune | tuple[Code, tuple[str, ...]]:
        """Forgive articles, abbreviated saints, spaces and j for i, within the province."""
        found = self._index.match(name, lambda comune: comune.sigla == sigla)
        found = found or self._squashed.get((_squashed(name), sigla), [])
        if len(found) == 1 and _is_called(found[0], name):
            return found[0]
        near = found or self._index.near(name, _NEAR)
        return Code.HEAD_UNMATCHED, tuple(map(label, near))

    @cached_property
    def _squashed(self) -> dict[tuple[str, str], list[Comune]]:
        found: dict[tuple[str, str], list[Comune]] = {}
        for comune in self._comuni:
            for key in {(_squashed(name), comune.sigla) for name in names_of(comune)}:
                found.setdefault(key, []).append(comune)
        return found

    def _may_be(self, comune: Comune, sigla: str) -> bool:
        """Tell whether a Comune may have had that province: of its region, or of none today."""
        if sigla in _SARDINIAN and comune.sigla in _SARDINIAN:
            return True
        return not sigla or self._regions.get(sigla) == comune.regione


def _squashed(name: str) -> str:
    return normal(name).replace(" ", "").replace("j", "i")


def _is_called(comune: Comune, name: str) -> bool:
    """Tell whether this is a Comune's name but for its small words; part of it is not enough."""
    return any(
        loose(name) == loose(own) or _squashed(name) == _squashed(own) for own in names_of(comune)
    )


def _place(row: HeadRow) -> str:
    return f"{row.name} ({row.sigla})" if row.sigla else row.name


def _problem(
    code: Code,
    heads: Heads,
    row: HeadRow,
    *,
    found: str,
    key: str | None = None,
    expected: tuple[str, ...] = (),
) -> Problem:
    return Problem(
        code,
        Severity.WARNING,
        file=heads.source.file,
        line=row.line,
        key=key,
        found=found,
        expected=expected,
    )
