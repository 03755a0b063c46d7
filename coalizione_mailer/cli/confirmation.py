"""The operator's word without which nothing leaves: the protocol number, typed or given."""

import typer

from coalizione_mailer.cli.console import number, say
from coalizione_mailer.cli.errand import Errand
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.errors import Code, ConfirmationRefusedError, Problem, UsageError


def refuse_unconfirmed(expected: str, errand: Errand) -> None:
    """Refuse at once what nobody confirms, before the work of a freeze; raises UsageError."""
    given = errand.confirm
    if given is None and not errand.may_ask:
        raise UsageError([Problem(Code.CONFIRMATION_MISSING, expected=(expected,))])
    if given is not None and given.strip() != expected:
        raise UsageError([Problem(Code.CONFIRMATION_WRONG, found=given, expected=(expected,))])


def ask(expected: str, letters: int) -> None:
    """Have the operator type the protocol; raises ConfirmationRefusedError for anything else."""
    question = ngettext(
        "To send this letter, type its protocol: {protocol}. If you type nothing, it stays here.",
        "To send these {n} letters, type their protocol: {protocol}. If you type nothing, they "
        "stay here.",
        letters,
    ).format(n=number(letters), protocol=expected)
    say()
    say(question, "bold")
    try:
        given = typer.prompt(_("Protocol"), default="", show_default=False, err=True)
    except typer.Abort:
        given = ""
    say()
    if given.strip() != expected:
        raise ConfirmationRefusedError(expected, given)
