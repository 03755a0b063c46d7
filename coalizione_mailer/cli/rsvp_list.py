"""``mailer rsvp list``: who is coming, in figures and Comune by Comune."""

from collections.abc import Iterable, Sequence
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.attendance import (
    Desk,
    answer_in_words,
    comune_in_words,
    day,
    desk,
    people_in_words,
    plain,
    source_in_words,
)
from coalizione_mailer.cli.console import command, number, out, print_csv, print_json, say
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.rsvp_history import record, tell_one
from coalizione_mailer.cli.usage import Misuse
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.ledger.words import Status, Whose, Word

if TYPE_CHECKING:
    from coalizione_mailer.ledger.reports import Standing
    from coalizione_mailer.ledger.words import Totals


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
            return tell_one(opened, comune, as_json=as_json)
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
