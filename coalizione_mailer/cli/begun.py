"""A round that was begun and is not done: the commands that send go on with it."""

from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import number, say
from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import Code, Problem, ProblemsError

if TYPE_CHECKING:
    from coalizione_mailer.ledger.rounds import Kind, Round
    from coalizione_mailer.ledger.store import Ledger


def unfinished(ledger: "Ledger") -> "dict[Round, int]":
    """Return the rounds of which letters wait, the first one first, and how many wait."""
    from coalizione_mailer.ledger import deliveries, rounds
    from coalizione_mailer.ledger.deliveries import Choice

    with ledger.reading() as connection:
        waiting = {
            opened: deliveries.waiting(connection, Choice(opened.id))
            for opened in rounds.every(connection)
        }
    return {opened: count for opened, count in waiting.items() if count}


def going_on(ledger: "Ledger", kind: "Kind") -> "Round | None":
    """Return a round of a kind that is not done, and say so.

    One of which nothing has left is forgotten, to be planned anew. Raises ProblemsError where the
    first sending is not done.
    """
    from coalizione_mailer.ledger.rounds import Kind
    from coalizione_mailer.resend import withdraw

    for opened, waiting in unfinished(ledger).items():
        if opened.kind is Kind.FIRST:
            raise ProblemsError([Problem(Code.FIRST_UNFINISHED, found=str(waiting))])
        if opened.kind is kind and not withdraw(ledger, opened):
            text = _("Going on with round {n}, which is not done.")
            say(text.format(n=number(opened.number)))
            return opened
    return None
