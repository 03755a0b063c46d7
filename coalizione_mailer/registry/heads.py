"""The ministry's rows become one head for each Comune of the register, or a problem each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from coalizione_mailer.errors import Code, Problem, Severity
from coalizione_mailer.model import Comune
from coalizione_mailer.registry.given_names import feminine
from coalizione_mailer.registry.history import CodeHistory
from coalizione_mailer.registry.mayors import Officeholder, Role, is_feminine, office_text, role_of
from coalizione_mailer.registry.names import normal
from coalizione_mailer.registry.official.values import HeadRow, Heads
from coalizione_mailer.registry.person_names import person_name
from coalizione_mailer.registry.places import Places

_NEVER = date.min
_COMMISSIONERS = (Role.PREFECTURAL, Role.COMMISSIONER, Role.COMMISSION)


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
    commissioners of then still count, and the other way round. What the office knew better
    stays: the spelling of a name that capitals leave unsure, the form for a commissioner. Where a
    Comune has both a mayor and commissioners, whoever entered office last heads it: HEAD_TWICE.
    Rows of nobody in the register are HEAD_UNMATCHED (``expected`` has what is near), those of
    suppressed Comuni HEAD_MERGED, those with an unknown office HEAD_OFFICE.
    """
    places = Places(comuni, history or CodeHistory())
    problems: list[Problem] = []
    before = {one.codice_catastale: one for one in _coded(known, comuni)}
    claims: dict[str, list[Officeholder]] = {}
    for one in _still_known(before.values(), files):
        claims[one.codice_catastale] = [one]
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
            holder = _as_spelled(holder, before.get(comune.codice_catastale))
            holders.append(
                replace(
                    holder, codice_istat=comune.codice_istat, denominazione=comune.denominazione
                )
            )
            problems += doubt
    return Assigned(tuple(holders), tuple(problems))


def _coded(known: Iterable[Officeholder], comuni: Iterable[Comune]) -> Iterator[Officeholder]:
    """Give rows of the office's file their cadastral code, where they have only the other."""
    codes = {comune.codice_istat: comune.codice_catastale for comune in comuni}
    for one in known:
        code = one.codice_catastale or codes.get(one.codice_istat, "")
        yield replace(one, codice_catastale=code)


def _still_known(known: Iterable[Officeholder], files: Iterable[Heads]) -> Iterator[Officeholder]:
    """Yield the heads of the kind that no file speaks of."""
    told = {heads.extraordinary for heads in files} | {
        # One of the ministry's files has both.
        role_of(row.office) in _COMMISSIONERS
        for heads in files
        for row in heads.rows
    }
    return (one for one in known if (one.role in _COMMISSIONERS) not in told)


def _as_spelled(holder: Officeholder, before: Officeholder | None) -> Officeholder:
    """Keep what the office knew better of the same person in the same office."""
    if before is None or before.role is not holder.role or _letters(before) != _letters(holder):
        return holder
    if holder.role in _COMMISSIONERS:
        holder = replace(holder, carica=before.carica, sesso=before.sesso)
    if person_name(holder.nome, holder.cognome).sure:
        return holder
    return replace(holder, nome=before.nome, cognome=before.cognome)


def _letters(one: Officeholder) -> tuple[str, str]:
    return normal(one.nome), normal(one.cognome)


def _claim(heads: Heads, row: HeadRow, places: "Places") -> Officeholder | Problem | None:
    """Return whom a row names as the head of which Comune; None for a deputy."""
    role = role_of(row.office)
    if role is Role.DEPUTY:
        return None
    if role is None:
        return _problem(Code.HEAD_OFFICE, heads, row, found=row.office, key=_place(row))
    comune = places.comune(row.name, row.sigla)
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
