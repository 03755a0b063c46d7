"""What is asked about an answer that the operator corrects: Comune, answer, who, how many."""

from typing import TYPE_CHECKING

import typer

from coalizione_mailer.cli.attendance import Desk, answer_in_words, comune_in_words, plain
from coalizione_mailer.cli.console import number, say
from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import ProblemsError
from coalizione_mailer.ledger.words import Answer, Person, Whose, Word

if TYPE_CHECKING:
    from coalizione_mailer.rsvp.entries import Decision


def edited(word: Word, opened: Desk) -> "Decision | None":
    """Ask for each part of the answer; Enter keeps what is shown."""
    from coalizione_mailer.rsvp.entries import Decision

    say(_("Enter alone keeps what stands between brackets; where there is none, it goes back."))
    comune = asked_comune(word.comune, opened)
    if comune is None:
        return None
    answer = _asked_answer(word.answer)
    if answer is None:
        return None
    people, persons = word.people, word.participants
    if answer is Answer.NO:
        people, persons = None, ()
    else:
        persons = _asked_persons(persons)
        people = _asked_number(people, least=len(persons))
    note = _asked(_("Note"), word.note)
    return Decision(answer, comune, people, persons, note)


def asked_comune(known: Whose | None, opened: Desk) -> Whose | None:
    """Ask for the Comune until there is one; nothing typed gives up."""
    from coalizione_mailer.cli.advice import lines

    while True:
        shown = comune_in_words(known) if known else ""
        given = _asked(_("Comune"), shown)
        if given == shown:
            return known
        try:
            return opened.find(given)
        except ProblemsError as error:
            for line in lines(error):
                say(line, "yellow")


def _asked(question: str, shown: str) -> str:
    """Ask for a line; Enter gives back what is shown."""
    given: str = typer.prompt(question, default=shown, show_default=bool(shown), err=True)
    return " ".join(given.split())


def _asked_answer(known: Answer | None) -> Answer | None:
    from coalizione_mailer.registry.names import normal

    words = {answer: answer_in_words(answer) for answer in Answer}
    said = {normal(word): answer for answer, word in words.items()}
    question = _("Answer ({answers})").format(answers=", ".join(words.values()))
    while given := _asked(question, words[known] if known else ""):
        # As quickly typed: in any case, and without accents.
        if normal(given) in said:
            return said[normal(given)]
    return None


def _asked_persons(known: tuple[Person, ...]) -> tuple[Person, ...]:
    """Ask who comes, a line each; a dash alone for nobody by name."""
    named = "; ".join(f"{one.name}, {one.role}".rstrip(", ") for one in known)
    say(
        _(
            "Who comes: a line for each person, as: name, role. An empty line ends it. Nothing at "
            "all keeps: {names}. A dash alone: nobody is named."
        ).format(names=plain(named) or "-")
    )
    persons: list[Person] = []
    while given := _asked(f"  {number(len(persons) + 1)}", ""):
        if given == "-":
            return ()
        name, _comma, role = given.partition(",")
        persons.append(Person(name.strip(), role.strip()))
    return tuple(persons) or known


def _asked_number(known: int | None, *, least: int) -> int | None:
    """Ask how many come: not less than are named."""
    while True:
        shown = max(known or 0, least)
        given = _asked(_("How many people"), str(shown) if shown else "")
        if not given:
            return None
        if given.isdecimal() and int(given) >= max(1, least):
            return int(given)
        say(_("A whole number, {least} or more.").format(least=number(max(1, least))), "yellow")
