"""What is said of mayors and commissioners: at the import, by ``check``, by the dry run."""

from collections.abc import Callable

from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import Code


def sentences() -> dict[Code, Callable[[], str]]:
    """Map the codes to their sentences."""
    return {
        Code.HEAD_UNMATCHED: lambda: _("no Comune of the list is {found}. This row was not used."),
        Code.HEAD_MERGED: lambda: _("{found} is part of {expected} today. This row was not used."),
        Code.HEAD_OFFICE: lambda: _(
            "the office {found} is not known, so nobody can say how to address it. This row was "
            "not used."
        ),
        Code.HEAD_TWICE: lambda: _(
            "both a mayor and a commissioner. Who entered office last is used: {found}; not used: "
            "{expected}."
        ),
        Code.HEADS_MISSING: lambda: _(
            "the letters are to name the mayors, and nothing says who they are. Import them: "
            "mailer import mayors FILE. Or set names = false."
        ),
        Code.NAME_UNSURE: lambda: _(
            "letters that go to the office without the person's name, since it is not known for "
            "sure: {found} ({expected})."
        ),
        Code.MANDATE_STALE: lambda: _(
            "mayors elected over five years before the date of the letter, so perhaps no longer "
            "in office: {found} ({expected}). Import newer files: mailer import mayors FILE."
        ),
        Code.MANDATE_VACANT: lambda: _(
            "Comuni of which no mayor or commissioner is known; the letter goes to the Sindaco: "
            "{found} ({expected})."
        ),
    }
