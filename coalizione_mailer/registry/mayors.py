"""``data/sindaci.csv``: who heads each Comune; read as an office may have edited it, and written.

It has one row per Comune. A name in capitals is taken out of them when it is read; a name that an
office wrote is taken as it stands.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum, unique
from pathlib import Path

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.model import Comune, Head, Office
from coalizione_mailer.registry.codes import CATASTALE, ISTAT, catastale_codes, istat_codes
from coalizione_mailer.registry.names import normal
from coalizione_mailer.registry.person_names import person_name
from coalizione_mailer.registry.sheets import office_csv
from coalizione_mailer.registry.tabular import NOT_AVAILABLE, Table, read_table

KEYS = ("codice_catastale", "codice_istat")


@unique
class Role(StrEnum):
    """What a text on an office means; the values are what ``data/sindaci.csv`` says of a man."""

    MAYOR = "sindaco"
    ACTING = "vicesindaco"  # stands in until the election (TUEL art. 53)
    PREFECTURAL = "commissario prefettizio"  # until the decree (TUEL art. 141)
    COMMISSIONER = "commissario straordinario"  # by the decree (TUEL art. 141)
    COMMISSION = "commissione straordinaria"  # three of them (TUEL art. 143)
    DEPUTY = "sub commissario"  # heads nothing


_FEMININE = {
    Role.MAYOR: "sindaca",
    Role.ACTING: "vicesindaca",
    Role.PREFECTURAL: "commissaria prefettizia",
    Role.COMMISSIONER: "commissaria straordinaria",
}
_OFFICES = {
    Role.MAYOR: (Office.SINDACO, Office.SINDACA),
    # The letter is to the office; it has no holder.
    Role.ACTING: (Office.SINDACO, Office.SINDACO),
    Role.PREFECTURAL: (Office.COMMISSARIO, Office.COMMISSARIA),
    Role.COMMISSIONER: (Office.COMMISSARIO, Office.COMMISSARIA),
    Role.COMMISSION: (Office.COMMISSIONE, Office.COMMISSIONE),
}
_DEPUTIES = re.compile(r"\b(?:sub|vice)\s?commissar|\bad acta\b")
_ACTING = re.compile(
    r"\bvice\s?sindac|\breggente\b|\bfacente funzion|\b(?:assessore|consigliere) anziano"
)
_DAY = re.compile(
    r"(?:(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)|(?P<D>\d\d?)[/.-](?P<M>\d\d?)[/.-](?P<Y>\d{4}))"
    r"(?:[T ][\d:.]+)?"
)


@dataclass(frozen=True, slots=True)
class Officeholder:
    """Who heads one Comune; field names are the columns of the file.

    ``carica`` is a ``Role`` in its form for a man or a woman. ``nome`` and ``cognome`` are as they
    are written where that is sure, else as they were found; both empty for a commission.
    ``fonte`` and ``data`` are the official file and the day it speaks of.
    """

    codice_istat: str
    codice_catastale: str
    denominazione: str
    carica: str
    nome: str = ""
    cognome: str = ""
    sesso: str = ""
    eletto: date | None = None
    in_carica: date | None = None
    fonte: str = ""
    data: date | None = None

    @property
    def role(self) -> Role:
        """What the office is."""
        found = role_of(self.carica)
        assert found is not None
        return found

    @property
    def head(self) -> Head:
        """What a letter needs to know."""
        role = self.role
        named = role not in (Role.ACTING, Role.COMMISSION)
        return Head(
            office=_OFFICES[role][is_feminine(self.carica)],
            name=person_name(self.nome, self.cognome).text if named else "",
            prefectural=role is Role.PREFECTURAL,
            acting=role is Role.ACTING,
            elected=self.eletto if role is Role.MAYOR else None,
            in_office=self.in_carica,
        )


COLUMNS = tuple(column.name for column in fields(Officeholder))


@dataclass(frozen=True, slots=True)
class MayorBook:
    """The rows of the file, found by either code of a Comune; empty where there is no file."""

    file: str = ""
    holders: tuple[Officeholder, ...] = ()
    _by_code: Mapping[str, Officeholder] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        codes = ((getattr(one, key), one) for key in reversed(KEYS) for one in self.holders)
        object.__setattr__(self, "_by_code", {code: one for code, one in codes if code})

    def holder_of(self, comune: Comune) -> Officeholder | None:
        """Return who heads a Comune; the cadastral code decides, since it does not change."""
        return self._by_code.get(comune.codice_catastale) or self._by_code.get(comune.codice_istat)

    def head_of(self, comune: Comune) -> Head | None:
        """Return who heads a Comune as a letter needs it."""
        holder = self.holder_of(comune)
        return holder.head if holder else None


@dataclass(frozen=True, slots=True)
class MayorChange:
    """A Comune whose head or mandate is another one; None where there was or is none."""

    codice_catastale: str
    denominazione: str
    before: Officeholder | None
    after: Officeholder | None


def role_of(text: str) -> Role | None:
    """Return what a text on an office means, as ministry or office write it; None: unknown."""
    plain = normal(text)
    if _DEPUTIES.search(plain):
        return Role.DEPUTY
    if "commission" in plain:
        return Role.COMMISSION
    if "commissari" in plain:
        return Role.PREFECTURAL if "prefetti" in plain else Role.COMMISSIONER
    if _ACTING.search(plain):
        return Role.ACTING
    return Role.MAYOR if re.search(r"\bsindac[oa]\b", plain) else None


def is_feminine(text: str) -> bool:
    """Tell whether a text on an office speaks of a woman."""
    return bool(re.search(r"\b(?:vice\s?)?sindaca\b|\bcommissaria\b", normal(text)))


def office_text(role: Role, *, feminine: bool) -> str:
    """Return the office as ``data/sindaci.csv`` says it."""
    return _FEMININE.get(role, role.value) if feminine else role.value


def read_mayors(path: Path) -> MayorBook:
    """Read who heads the Comuni, whatever a spreadsheet made of the file.

    Raises ProblemsError with all that is wrong, each with its line: COLUMN_MISSING, ROW_WRONG,
    COMUNE_DUPLICATE (``expected`` has the line of the first).
    """
    table = read_table(path, COLUMNS)
    problems = table.require(("carica",))
    if not set(KEYS) & set(table.header):
        problems += [replace(problem, expected=KEYS) for problem in table.require(KEYS[:1])]
    if problems:
        raise ProblemsError([*problems, *table.problems])
    frame = table.frame.copy()
    frame["codice_istat"] = istat_codes(frame["codice_istat"])
    frame["codice_catastale"] = catastale_codes(frame["codice_catastale"])
    frame["carica"] = frame["carica"].str.strip("'")
    table = replace(table, frame=frame)
    if problems := [*table.problems, *_wrong(table), *_twice(table)]:
        raise ProblemsError(sorted(problems, key=lambda problem: problem.line or 0))
    columns = [table.frame[name].tolist() for name in COLUMNS]
    return MayorBook(str(path), tuple(_holder(*row) for row in zip(*columns, strict=True)))


def mayors_csv(holders: Iterable[Officeholder]) -> bytes:
    """Write the file, for the office's spreadsheet."""
    return office_csv(COLUMNS, ([getattr(one, name) for name in COLUMNS] for one in holders))


def changed_mayors(
    before: Iterable[Officeholder], after: Iterable[Officeholder]
) -> Iterator[MayorChange]:
    """Yield the Comuni with another head, office or mandate; in the order of ``after``.

    Comuni are told by their cadastral code. A newer source by itself is no change.
    """
    old = {one.codice_catastale or one.codice_istat: one for one in before}
    for new in after:
        code = new.codice_catastale or new.codice_istat
        known = old.pop(code, None)
        if known is None or _who(known) != _who(new):
            yield MayorChange(code, new.denominazione, known, new)
    for code, gone in old.items():
        yield MayorChange(code, gone.denominazione, gone, None)


def day(text: str) -> date | None:
    """Read ``2017-09-18`` or ``18/9/2017``, with or without a time after it; None: neither."""
    parts = _DAY.fullmatch(text)
    if not parts:
        return None
    year, month, number = (parts[key] or parts[key.swapcase()] for key in "ymd")
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        return None


def _who(one: Officeholder) -> tuple[str, str, str, date | None]:
    """Return what makes a head another one; who is elected again has a new mandate."""
    name = person_name(one.nome, one.cognome)
    return one.carica, name.given, name.family, one.eletto


def _wrong(table: Table) -> list[Problem]:
    frame = table.frame
    istat, catastale = frame["codice_istat"], frame["codice_catastale"]
    roles = [role_of(text) for text in frame["carica"].tolist()]
    problems = [
        *table.wrong("codice_catastale", (catastale != "") & ~catastale.str.fullmatch(CATASTALE)),
        *table.wrong("codice_istat", (istat != "") & ~istat.str.fullmatch(ISTAT)),
        *table.wrong("codice_catastale", (istat == "") & (catastale == "")),
        *table.wrong(
            "carica",
            [role in (None, Role.DEPUTY) for role in roles],
            expected=tuple(role for role in Role if role is not Role.DEPUTY),
        ),
    ]
    for column in ("eletto", "in_carica", "data"):
        cells = frame[column].tolist()
        unread = [text.lower() not in NOT_AVAILABLE and day(text) is None for text in cells]
        problems += table.wrong(column, unread, expected=("2017-09-18",))
    return problems


def _twice(table: Table) -> list[Problem]:
    """Name every row of a Comune that an earlier row has already."""
    first: dict[str, int] = {}
    problems = []
    pairs = zip(*(table.frame[key].tolist() for key in KEYS), strict=True)
    for line, (catastale, istat) in zip(table.frame.index, pairs, strict=True):
        code = catastale or istat
        seen = first.setdefault(code, int(line)) if code else int(line)
        if seen != int(line):
            problems.append(
                Problem(
                    Code.COMUNE_DUPLICATE,
                    file=table.file,
                    line=int(line),
                    key=KEYS[0] if catastale else KEYS[1],
                    found=code,
                    expected=(str(seen),),
                )
            )
    return problems


def _holder(istat: str, catastale: str, name: str, carica: str, *rest: str) -> Officeholder:
    given, family, sex, elected, in_office, source, seen = (" ".join(text.split()) for text in rest)
    role = role_of(carica)
    assert role is not None
    person = person_name(given, family)
    return Officeholder(
        codice_istat=istat,
        codice_catastale=catastale,
        denominazione=name,
        carica=office_text(role, feminine=is_feminine(carica)),
        nome=person.given,
        cognome=person.family,
        sesso=sex.upper(),
        eletto=day(elected),
        in_carica=day(in_office),
        fonte=source,
        data=day(seen),
    )
