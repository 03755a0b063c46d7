"""``mailer rsvp list``: who is coming, in figures and Comune by Comune."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.attendance import (
    Desk,
    answer_in_words,
    comune_in_words,
    day,
    desk,
    doubt_in_words,
    people_in_words,
    plain,
    source_in_words,
)
from coalizione_mailer.cli.console import command, number, out, print_csv, print_json, say
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.status import moment, told
from coalizione_mailer.cli.usage import Misuse
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.ledger.words import OPERATOR, Status, Whose, Word

if TYPE_CHECKING:
    from coalizione_mailer.ledger.reports import Standing
    from coalizione_mailer.ledger.words import Changed, Totals


@unique
class Listed(StrEnum):
    """What can be listed: the answers, what waits, and who said nothing."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    WAITING = "waiting"
    NONE = "none"


def list_(
    context: typer.Context,
    comune: Annotated[
        str | None,
        typer.Argument(
            metavar="[COMUNE]",
            help=_("Only this Comune, with all it said and what was done with it."),
            show_default=False,
        ),
    ] = None,
    answer: Annotated[
        Listed | None,
        typer.Option(
            "--answer",
            metavar=_("ANSWER"),
            help=_("Only these: {answers}.").format(answers=", ".join(Listed)),
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("As JSON, for other programs."))
    ] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help=_("As CSV, for a spreadsheet."))] = False,
) -> int:
    """List the answers."""
    if as_json and as_csv:
        raise Misuse(_("--json and --csv cannot go together: choose one."), context)
    with desk(context.obj) as opened:
        if opened is None:
            return ExitCode.NOTHING_TO_DO
        opened.read()
        if comune is not None:
            return _one(opened, comune, as_json=as_json)
        words, totals = _chosen(opened, answer)
        if as_json:
            print_json({"totals": _figures(totals), "entries": [record(word) for word in words]})
        elif as_csv:
            print_csv(_HEADER, map(_cells, words))
        else:
            _print(words)
            _print_totals(totals)
            if totals.waiting:
                typed = command(opened.campaign.root, "rsvp review")
                say(_("Next: {command}").format(command=typed))
        return ExitCode.DONE


def record(word: Word) -> dict[str, object]:
    """Return what programs are told of an answer."""
    comune = word.comune
    return {
        "comune": comune.denominazione if comune else None,
        "codice_istat": comune.codice_istat if comune else None,
        "provincia": comune.sigla if comune else None,
        "regione": comune.regione if comune else None,
        "answer": word.answer,
        "people": word.coming,
        "participants": [{"name": one.name, "role": one.role} for one in word.participants],
        "status": word.status,
        "why": list(word.reasons),
        "said_at": moment(word.said_at) or None,
        "from": word.sender or None,
        "tied_by": word.tied_by or None,
        "evidence": word.evidence or None,
        "source": "operator" if word.kind == OPERATOR else "message",
        "changed_by": word.decided_by or "message",
        "changed_at": moment(word.decided_at) or None,
        "note": word.note,
        "own_text": word.own_text,
    }


def _chosen(opened: Desk, answer: Listed | None) -> "tuple[Sequence[Word], Totals]":
    """Return what is to be listed, and the figures of the whole register."""
    from coalizione_mailer.ledger import answers, reports

    with opened.ledger.reading() as connection:
        totals = answers.totals(connection)
        if answer is Listed.WAITING:
            return answers.waiting(connection), totals
        if answer is Listed.NONE:
            replied = answers.replied(connection)
            letters = reports.overall(connection)
            return [
                _said_nothing(one) for one in letters if one.codice_catastale not in replied
            ], totals
        standing = answers.standing(connection)
    chosen = [word for word in standing if answer is None or word.answer == answer.value]
    return chosen, totals


def _said_nothing(letter: "Standing") -> Word:
    """Return the empty word of a Comune that has not answered."""
    return Word(
        "",
        0.0,
        0.0,
        comune=Whose(
            letter.codice_catastale,
            letter.codice_istat,
            letter.denominazione,
            letter.sigla,
            letter.regione,
        ),
        status=Status.NOTHING,
    )


_HEADER = (
    *("comune", "provincia", "regione", "codice_istat", "risposta", "persone", "partecipanti"),
    *("data", "da", "prova_sha256", "nota"),
)


def _cells(word: Word) -> list[object]:
    """Return a row for an Italian spreadsheet."""
    from coalizione_mailer.pages import attendance

    comune = word.comune
    place = (
        (comune.denominazione, comune.sigla, comune.regione, comune.codice_istat)
        if comune
        else ("", "", "", "")
    )
    told_by = (attendance.day(word), attendance.source(word)) if word.said_at else ("", "")
    return [
        *place,
        attendance.answer(word),
        word.coming,
        plain(attendance.people(word)),
        *map(plain, told_by),
        word.evidence,
        plain(word.note),
    ]


def _print(words: Iterable[Word]) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in (_("Comune"), _("Answer"), _("Who comes"), _("When"), _("From")):
        table.add_column(title, overflow="fold")
    for word in words:
        cells = (
            comune_in_words(word.comune),
            answer_in_words(word.answer),
            people_in_words(word),
            day(word.said_at) if word.said_at else "",
            source_in_words(word) if word.said_at else "",
        )
        table.add_row(*map(escape, cells))
    if table.row_count:
        out().print(table)


def _print_totals(totals: "Totals") -> None:
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for count, text in (
        (totals.yes, ngettext("Comune comes", "Comuni come", totals.yes)),
        (totals.people, ngettext("person in all", "people in all", totals.people)),
        (totals.no, ngettext("Comune does not come", "Comuni do not come", totals.no)),
        (totals.maybe, ngettext("Comune perhaps comes", "Comuni perhaps come", totals.maybe)),
        (
            totals.waiting,
            ngettext("answer waits for you", "answers wait for you", totals.waiting),
        ),
        (
            totals.silent,
            ngettext("Comune has not answered", "Comuni have not answered", totals.silent),
        ),
    ):
        table.add_row(number(count), text)
    out().print(table)


def _figures(totals: "Totals") -> dict[str, int]:
    return {
        "yes": totals.yes,
        "no": totals.no,
        "maybe": totals.maybe,
        "people": totals.people,
        "waiting": totals.waiting,
        "not_answered": totals.silent,
    }


def _one(opened: Desk, name: str, *, as_json: bool) -> int:
    """Tell all that one Comune said, and what was done with it."""
    from coalizione_mailer.ledger import answers

    comune = opened.find(name)
    with opened.ledger.reading() as connection:
        words = answers.of_comuni(connection, [comune.codice_catastale])
        changes = answers.changes(connection, [word.id for word in words])
    if as_json:
        print_json({"entries": [record(word) | _history(word, changes) for word in words]})
    elif not words:
        say(_("{comune} has not answered.").format(comune=comune_in_words(comune)))
    else:
        out().print(comune_in_words(comune), style="bold", markup=False)
        for line in _story(words, changes):
            out().print(line, markup=False, soft_wrap=True)
    return ExitCode.DONE if words else ExitCode.NOTHING_TO_DO


def _history(word: Word, changes: "Sequence[Changed]") -> dict[str, object]:
    return {
        "changes": [
            {"at": moment(one.deed.at), "who": one.deed.who, "what": one.deed.change}
            for one in changes
            if one.word_id == word.id
        ]
    }


def _story(words: Sequence[Word], changes: "Sequence[Changed]") -> Iterator[str]:
    """Give the lines that tell of each word, the earliest first."""
    for word in words:
        said = " ".join(filter(None, (answer_in_words(word.answer), people_in_words(word))))
        yield f"{told(word.said_at)}  {said}  [{status_in_words(word.status)}]"
        yield "    " + _("From: {source}").format(source=source_in_words(word))
        for reason in word.reasons:
            yield f"    - {doubt_in_words(reason)}"
        if word.evidence:
            yield "    " + _("The message is kept: SHA-256 {sha256}").format(sha256=word.evidence)
        if word.note:
            yield "    " + _("Note: {note}").format(note=plain(word.note))
        yield from (f"    | {line}" for line in plain(word.own_text).splitlines() if line.strip())
        yield from (
            f"    {told(one.deed.at)}  {one.deed.who}: {_deed(one)}"
            for one in changes
            if one.word_id == word.id
        )


def status_in_words(status: Status) -> str:
    """Say what a word is worth."""
    words = {
        Status.STANDING: _("on record"),
        Status.CONFIRMS: _("says the same as the record"),
        Status.REPLACED: _("replaced by a later answer"),
        Status.WAITING: _("waits for you"),
        Status.ASIDE: _("not an answer"),
        Status.NOTHING: _("says nothing about coming"),
    }
    return words[status]


def _deed(one: "Changed") -> str:
    from coalizione_mailer.ledger.words import Change

    words = {
        Change.DECIDED: _("decided: {answer}"),
        Change.SET: _("entered: {answer}"),
        Change.ASIDE: _("put aside: not an answer"),
        Change.UNDONE: _("took the decision back"),
    }
    return words[one.deed.change].format(answer=answer_in_words(one.after.answer))
