"""A small picture on the screen: how many Comuni the letter got how far with."""

from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import number, out
from coalizione_mailer.cli.language import _

if TYPE_CHECKING:
    from rich.table import Table

    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.report.funnel import Funnel

_WIDTH = 30
_BLOCK, _PLAIN = "\N{FULL BLOCK}", "#"


def show(ledger: "Ledger | None") -> None:
    """Print the picture to a terminal; a program that reads the output has no use for it."""
    screen = out()
    if ledger is None or not screen.is_terminal:
        return
    from coalizione_mailer.report.record import funnel

    with ledger.reading() as connection:
        counted = funnel(connection)
    if counted.selected:
        screen.print(picture(counted, _mark(screen.encoding)))
        screen.print()


def _mark(encoding: str) -> str:
    try:
        _BLOCK.encode(encoding)
    except UnicodeEncodeError:
        return _PLAIN
    return _BLOCK


def picture(funnel: "Funnel", mark: str = _BLOCK) -> "Table":
    """Draw the funnel: a bar for each step, as long as its share of the Comuni."""
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column(no_wrap=True)
    for title, count, style in (
        (_("Comuni chosen"), funnel.selected, ""),
        (_("Sent"), funnel.sent, ""),
        (_("Accepted"), funnel.accepted, ""),
        (_("Delivered"), funnel.delivered, "cyan"),
        (_("Came back"), funnel.bounced, "red"),
        (_("Recovered"), funnel.recovered, "cyan"),
        (_("Answered"), funnel.answered, "green"),
        (_("Coming"), funnel.coming, "green"),
    ):
        # Whatever there is can be seen, be it one of thousands.
        length = max(round(count * _WIDTH / funnel.selected), bool(count))
        table.add_row(title, number(count), mark * length, style=style)
    return table
