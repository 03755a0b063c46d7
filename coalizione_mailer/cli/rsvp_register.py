"""The commands of ``mailer rsvp`` that keep the register of who is coming."""

from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.rsvp_export import export
from coalizione_mailer.cli.rsvp_list import list_
from coalizione_mailer.cli.rsvp_review import review
from coalizione_mailer.cli.rsvp_set import set_

COMMANDS = (
    (
        "list",
        list_,
        _("Show who is coming, and how many."),
        _(
            "Show who is coming: the answers on record, Comune by Comune, and the figures. With "
            "the name of a Comune, all that it said and what was done with it."
        ),
    ),
    (
        "review",
        review,
        _("Look at the answers that are not sure, one key each."),
        _(
            "Look at the answers that are not sure, one after the other: what they wrote, what "
            "the program makes of it, and why it is not sure. One key decides; it is written at "
            "once, and can be taken back. Stop whenever you like: nothing is lost."
        ),
    ),
    (
        "set",
        set_,
        _("Write down an answer you know from elsewhere."),
        _(
            "Write down an answer you know from elsewhere, as from a telephone call. What you "
            "write no message changes unless you say so."
        ),
    ),
    (
        "export",
        export,
        _("Write the list for the door, and name badges."),
        _(
            "Write a workbook for Excel: the list for the door with a box to tick, the answers "
            "by region, those still to decide. With --badges, name badges to print and cut."
        ),
    ),
)
