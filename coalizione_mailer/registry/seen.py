"""``data/indirizzi-visti.csv``: every address an import saw, what was made of it, and why.

One row an address, for the office to open in its spreadsheet: ``esito`` is taken or passed over,
``motivo`` the rule or the reason. Written by ``mailer import``, read by ``mailer comuni --why``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.model import Channel
from coalizione_mailer.registry.choice import (
    Choice,
    Choices,
    PassedOver,
    Reason,
    Rule,
    Seen,
    Taken,
)
from coalizione_mailer.registry.codes import CATASTALE, catastale_codes
from coalizione_mailer.registry.dialect import Columns, anything, matching, read_strictly
from coalizione_mailer.registry.official.cells import day
from coalizione_mailer.registry.register import Register
from coalizione_mailer.registry.sheets import iso, office_csv
from coalizione_mailer.registry.tabular import Table, read_table

FILE = "indirizzi-visti.csv"
"""Its name, beside the register."""

COLUMNS = (
    "codice_istat",
    "codice_catastale",
    "denominazione",
    "canale",
    "indirizzo",
    "esito",
    "motivo",
    "dubbi",
    "condiviso_con",
    "codice_ipa",
    "ente",
    "posizione",
    "fonte",
    "visto_dal",
    "visto_il",
)
_TAKEN, _PASSED = "usato", "scartato"
_WHERE = (
    "codice_catastale",
    "canale",
    "indirizzo",
    "codice_ipa",
    "ente",
    "posizione",
    "fonte",
    "visto_dal",
    "visto_il",
)
_OUTCOME = ("esito", "motivo", "dubbi", "condiviso_con")
# By their words: to ask an enumeration takes five times as long, and there are 15,000 rows.
_CHANNELS = {channel.value: channel for channel in Channel}
_REASONS = {reason.value: reason for reason in Reason}
_RULES = {rule.value: rule for rule in Rule}
_OUTCOMES: Mapping[str, Collection[str]] = {_TAKEN: _RULES, _PASSED: _REASONS}
_POSITION = r"\d{1,3}"


def seen_csv(choices: Choices, register: Register) -> bytes:
    """Write all that was seen, in the order of the register; those it does not have come last."""
    known = register.by_catastale
    places = {code: place for place, code in enumerate(known)}
    codes = sorted(choices.by_catastale)
    codes.sort(key=lambda code: places.get(code, len(places)))
    rows: list[tuple[str, ...]] = []
    for code in codes:
        comune = known.get(code)
        names = (comune.codice_istat, code, comune.denominazione) if comune else ("", code, "")
        choice = choices.by_catastale[code]
        # What is used first.
        for channel in _CHANNELS.values():
            if taken := choice.taken.get(channel):
                doubts = " ".join(taken.doubts)
                rows.append(names + _row(taken.seen, (_TAKEN, taken.rule, doubts, "")))
        for seen, reason, others in choice.passed:
            rows.append(names + _row(seen, (_PASSED, reason, "", " ".join(others))))
    return office_csv(COLUMNS, rows)


def read_seen(path: Path) -> Choices:
    """Read what was seen; a campaign without the file has seen nothing.

    Raises ProblemsError with all that is wrong, each with its line: COLUMN_MISSING, ROW_WRONG.
    """
    if not path.exists():
        return Choices({})
    return _read_strictly(path) or _read_carefully(path)


def _read_strictly(path: Path) -> Choices | None:
    """Read what needs no repair; None for any other file."""
    checks = dict.fromkeys(COLUMNS, anything) | {
        "codice_catastale": matching(CATASTALE),
        "canale": _CHANNELS.__contains__,
        "esito": _OUTCOMES.__contains__,
        "posizione": matching(_POSITION),
        "dubbi": lambda text: _REASONS.keys() >= set(text.split()),
        "visto_dal": lambda text: text == "" or day(text),
        "visto_il": lambda text: text == "" or day(text),
    }
    read = read_strictly(path, checks, COLUMNS[1:])
    if read is None:
        return None
    columns = read[1]
    for outcome, why in set(zip(columns["esito"], columns["motivo"], strict=True)):
        if why not in _OUTCOMES[outcome]:
            return None
    choices, twice = _choices(columns)
    return None if twice else choices


def _read_carefully(path: Path) -> Choices:
    """Read what a spreadsheet may have made of the file."""
    table = read_table(path, COLUMNS)
    if problems := [*table.require(COLUMNS[1:]), *table.problems]:
        raise ProblemsError(problems)
    table.frame["codice_catastale"] = catastale_codes(table.frame["codice_catastale"])
    if problems := _wrong_cells(table):
        raise ProblemsError(sorted(problems, key=lambda problem: problem.line or 0))
    choices, twice = _choices({name: table.frame[name].tolist() for name in COLUMNS})
    if twice:
        lines = table.frame.index.tolist()
        raise ProblemsError([_twice(table.file, lines[row], seen) for row, seen in twice])
    return choices


def _choices(columns: Columns) -> tuple[Choices, list[tuple[int, Seen]]]:
    """Make the choices of cells that are right; what was taken twice comes out with its row."""
    taken: dict[str, dict[Channel, Taken]] = defaultdict(dict)
    passed: dict[str, list[PassedOver]] = defaultdict(list)
    twice = []
    outcomes = (columns[name] for name in _OUTCOME)
    for row, (seen, outcome, why, doubts, others) in enumerate(
        zip(_seen(columns), *outcomes, strict=True)
    ):
        code = seen.codice_catastale
        if outcome == _PASSED:
            passed[code].append(PassedOver(seen, _REASONS[why], tuple(others.split())))
        elif seen.channel in taken[code]:
            twice.append((row, seen))
        else:
            doubtful = tuple(_REASONS[word] for word in doubts.split())
            taken[code][seen.channel] = Taken(seen, _RULES[why], doubtful)
    codes = sorted(taken.keys() | passed.keys())
    found = {c: Choice(dict(taken.get(c, {})), tuple(passed.get(c, ()))) for c in codes}
    return Choices(found), twice


def _row(seen: Seen, outcome: tuple[str, str, str, str]) -> tuple[str, ...]:
    _code, channel, address, codice_ipa, ente, position, source, first, last = seen
    where = (codice_ipa, ente, str(position), source, iso(first), iso(last))
    return (channel, address, *outcome, *where)


def _wrong_cells(table: Table) -> list[Problem]:
    frame = table.frame
    used = frame["esito"] == _TAKEN
    reasons, rules = list(Reason), list(Rule)
    problems = [
        *table.wrong("codice_catastale", ~frame["codice_catastale"].str.fullmatch(CATASTALE)),
        *table.wrong("canale", ~frame["canale"].isin(list(Channel)), expected=tuple(Channel)),
        *table.wrong("esito", ~frame["esito"].isin([_TAKEN, _PASSED]), expected=(_TAKEN, _PASSED)),
        *table.wrong("motivo", used & ~frame["motivo"].isin(rules), expected=rules),
        *table.wrong("motivo", ~used & ~frame["motivo"].isin(reasons), expected=reasons),
        *table.wrong("posizione", ~frame["posizione"].str.fullmatch(_POSITION)),
    ]
    doubts = [not set(text.split()) <= set(reasons) for text in frame["dubbi"].tolist()]
    problems += table.wrong("dubbi", doubts, expected=reasons)
    for column in ("visto_dal", "visto_il"):
        days = [text != "" and day(text) is None for text in frame[column].tolist()]
        problems += table.wrong(column, days, expected=("2017-09-18",))
    return problems


def _seen(columns: Columns) -> Iterator[Seen]:
    """Give what each row saw, of cells that are right."""
    cells = (columns[name] for name in _WHERE)
    for code, channel, address, codice_ipa, ente, position, source, first, last in zip(
        *cells, strict=True
    ):
        yield Seen(
            code,
            _CHANNELS[channel],
            # What Excel would have run as a formula has an apostrophe before it.
            address.removeprefix("'"),
            codice_ipa.removeprefix("'"),
            ente.removeprefix("'"),
            int(position),
            source.removeprefix("'"),
            day(first),
            day(last),
        )


def _twice(file: str, line: int, seen: Seen) -> Problem:
    return Problem(Code.ROW_WRONG, file=file, line=line, key="esito", found=seen.address)
