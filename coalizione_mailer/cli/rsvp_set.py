"""``mailer rsvp set``: an answer known from elsewhere, by the operator's word."""

import time
from typing import Annotated

import typer

from coalizione_mailer.cli.attendance import (
    Desk,
    answer_in_words,
    comune_in_words,
    day,
    desk,
    people_in_words,
    source_in_words,
)
from coalizione_mailer.cli.console import command, number, say
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.usage import Misuse
from coalizione_mailer.errors import ExitCode
from coalizione_mailer.ledger.words import Answer, Person, Status, Word


def set_(
    context: typer.Context,
    comune: Annotated[
        str, typer.Argument(metavar="COMUNE", help=_("Name, ISTAT code or cadastral code."))
    ],
    yes: Annotated[bool, typer.Option("--yes", help=_("Somebody comes."))] = False,
    no: Annotated[bool, typer.Option("--no", help=_("Nobody comes."))] = False,
    maybe: Annotated[bool, typer.Option("--maybe", help=_("They do not know yet."))] = False,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar=_("NAME"), help=_("Who comes; once for each person.")),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            "--role",
            metavar=_("ROLE"),
            help=_("The role of the person named just before, in the same order as the names."),
        ),
    ] = None,
    people: Annotated[
        int | None,
        typer.Option(
            "--people", metavar="N", min=1, help=_("How many come; without it, those named.")
        ),
    ] = None,
    note: Annotated[
        str,
        typer.Option("--note", metavar=_("TEXT"), help=_("Where you know it from, and the like.")),
    ] = "",
) -> int:
    """Write down an answer."""
    from coalizione_mailer.ledger.lock import operator
    from coalizione_mailer.rsvp import entries

    answer = _answer(context, yes=yes, no=no, maybe=maybe)
    persons = _persons(context, name or [], role or [])
    _refuse_contradictions(context, answer, persons, people)
    with desk(context.obj) as opened:
        if opened is None:
            return ExitCode.NOTHING_TO_DO
        opened.read()
        found = opened.find(comune)
        decision = entries.Decision(answer, found, people, persons, _line(note))
        before = _standing(opened, found.codice_catastale)
        if before is not None and before.by_operator and _same(before, decision):
            say(_("Nothing to change: this is the answer on record already."))
            return ExitCode.NOTHING_TO_DO
        word = entries.tell(opened.ledger, decision, who=operator(), now=time.time())
        say(comune_in_words(found), "bold")
        if before is not None:
            say(_("Before: {answer}").format(answer=_told(before)))
        say(_("Now on record: {answer}").format(answer=_told(word)))
        _tell_waiting(opened, found.codice_catastale)
    return ExitCode.DONE


def _answer(context: typer.Context, *, yes: bool, no: bool, maybe: bool) -> Answer:
    given = [one for one, said in zip(Answer, (yes, no, maybe), strict=True) if said]
    if len(given) != 1:
        raise Misuse(_("Say one of --yes, --no and --maybe."), context)
    return given[0]


def _persons(context: typer.Context, names: list[str], roles: list[str]) -> tuple[Person, ...]:
    """Put names and roles together."""
    if len(roles) > len(names):
        raise Misuse(
            _("There are more roles than names: write --name before each --role."), context
        )
    if any(not _line(one) for one in names):
        raise Misuse(_("--name is empty: leave it out where nobody is named."), context)
    padded = [*roles, *[""] * (len(names) - len(roles))]
    return tuple(Person(_line(one), _line(role)) for one, role in zip(names, padded, strict=True))


def _refuse_contradictions(
    context: typer.Context, answer: Answer, persons: tuple[Person, ...], people: int | None
) -> None:
    if answer is Answer.NO and (persons or people):
        raise Misuse(_("With --no nobody comes: leave out --name and --people."), context)
    if people is not None and people < len(persons):
        raise Misuse(_("--people is less than the persons named."), context)


def _standing(opened: Desk, code: str) -> Word | None:
    from coalizione_mailer.ledger import answers

    with opened.ledger.reading() as connection:
        words = answers.of_comuni(connection, [code])
    return next((word for word in words if word.status is Status.STANDING), None)


def _same(before: Word, decision: object) -> bool:
    return all(
        getattr(before, name) == getattr(decision, name)
        for name in ("answer", "people", "participants", "note")
    )


def _told(word: Word) -> str:
    said = ", ".join(filter(None, (answer_in_words(word.answer), people_in_words(word))))
    return f"{said} ({source_in_words(word)}, {day(word.said_at)})"


def _tell_waiting(opened: Desk, code: str) -> None:
    """Say that messages of this Comune still wait to be looked at."""
    from coalizione_mailer.ledger import answers

    with opened.ledger.reading() as connection:
        words = answers.of_comuni(connection, [code])
    waiting = sum(word.status is Status.WAITING for word in words)
    if waiting:
        say(
            ngettext(
                "{n} message of this Comune still waits for you: {command}",
                "{n} messages of this Comune still wait for you: {command}",
                waiting,
            ).format(n=number(waiting), command=command(opened.campaign.root, "rsvp review")),
            "yellow",
        )


def _line(text: str) -> str:
    """Make one line of a text."""
    return " ".join(text.split())
