"""``mailer rsvp export``: the lists for the door as a workbook, and the name badges."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalizione_mailer.cli.attendance import Desk, desk
from coalizione_mailer.cli.console import command, number, out, say
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.usage import Misuse
from coalizione_mailer.errors import Code, ExitCode, Problem, UsageError

if TYPE_CHECKING:
    from coalizione_mailer.rsvp.workbook import Register


def export(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar=_("[FILE]"),
            help=_("The workbook to write: a name that ends in .xlsx."),
            show_default=False,
        ),
    ] = None,
    badges: Annotated[
        Path | None,
        typer.Option(
            "--badges",
            metavar=_("FILE"),
            help=_("Write name badges too, eight to an A4 page: a name that ends in .pdf."),
        ),
    ] = None,
) -> int:
    """Write the lists of who is coming."""
    if file is None and badges is None:
        raise Misuse(_("Say which file to write: rsvp export adesioni.xlsx"), context)
    _refuse_other_ending("FILE", file, ".xlsx")
    _refuse_other_ending("--badges", badges, ".pdf")
    with desk(context.obj) as opened:
        if opened is None:
            return ExitCode.NOTHING_TO_DO
        opened.read()
        register, day = _register(opened), opened.campaign.configuration.event.date
        if badges is not None and not _write_badges(badges, register, day):
            return ExitCode.NOTHING_TO_DO
        if file is not None:
            _write_workbook(file, register)
        if waiting := len(register.waiting):
            say(
                ngettext(
                    "{n} answer still waits for you, and is not among those who come: {command}",
                    "{n} answers still wait for you, and are not among those who come: {command}",
                    waiting,
                ).format(n=number(waiting), command=command(opened.campaign.root, "rsvp review")),
                "yellow",
            )
    return ExitCode.DONE


def _register(opened: Desk) -> "Register":
    from coalizione_mailer.ledger import answers
    from coalizione_mailer.letter.italian import giorno_anno, ora
    from coalizione_mailer.rsvp.workbook import Register

    event = opened.campaign.configuration.event
    with opened.ledger.reading() as connection:
        standing, waiting = answers.standing(connection), answers.waiting(connection)
    place = f"{giorno_anno(event.date)}, ore {ora(event.time)}, {event.place}"
    return Register(event.title, place, tuple(standing), tuple(waiting))


def _write_workbook(file: Path, register: "Register") -> None:
    from coalizione_mailer.files import replacing
    from coalizione_mailer.rsvp import workbook

    with replacing(file) as made:
        workbook.write(made, register)
    people = len(workbook.coming(register))
    line = ngettext("{n} person: {path}", "{n} people: {path}", people)
    out().print(line.format(n=number(people), path=file), markup=False, soft_wrap=True)


def _write_badges(file: Path, register: "Register", day: date) -> bool:
    """Write the badges; False where nobody comes."""
    from coalizione_mailer.files import replacing
    from coalizione_mailer.rsvp.badges import badges
    from coalizione_mailer.rsvp.workbook import coming

    people = coming(register)
    if not people:
        say(_("Nobody comes yet: there are no badges to write."))
        return False
    pdf = badges(people, register.title, register.place, day)
    with replacing(file) as made:
        made.write_bytes(pdf.data)
    line = ngettext("{n} badge: {path}", "{n} badges: {path}", len(people))
    out().print(line.format(n=number(len(people)), path=file), markup=False, soft_wrap=True)
    return True


def _refuse_other_ending(key: str, file: Path | None, ending: str) -> None:
    if file is not None and file.suffix.lower() != ending:
        problem = Problem(Code.VALUE_NOT_ALLOWED, key=key, found=file.name, expected=(ending,))
        raise UsageError([problem])
