"""What is about to happen, said before the question: which letter, to how many, until when."""

import time
from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import err, finishing, number, say, span
from coalizione_mailer.cli.finding import label
from coalizione_mailer.cli.language import _, ngettext

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.freeze import Outdated
    from coalizione_mailer.ledger.rounds import Round

_SHOWN = 5


def announce(campaign: "Campaign", opened: "Round", letters: int, waiting: int) -> None:
    """Show what is about to happen."""
    from rich.markup import escape
    from rich.table import Table

    from coalizione_mailer.ledger.rounds import Kind

    section = campaign.configuration
    seconds = section.smtp.duration(letters, time.time())
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    server = f"{section.smtp.host}:{section.smtp.port}"
    if section.smtp.loopback:
        server += " " + _("(this machine)")
    attached = ", ".join(a.path.name for a in section.attachments)
    protocol = f"{section.protocol.label}, {section.protocol.date:%d/%m/%Y}"
    if opened.protocol != section.protocol.confirmation:
        # The letter is the one that was frozen, whatever the campaign file has become.
        protocol = opened.protocol
    again: tuple[tuple[str, str], ...] = ()
    if opened.kind is Kind.RESEND:
        words = _("round {n}: only to those from whom it came back")
        again = ((_("Sent again"), words.format(n=number(opened.number))),)
    if opened.kind is Kind.REMINDER:
        words = _("round {n}: only to those who have it and have not answered")
        again = ((_("Reminder"), words.format(n=number(opened.number))),)
    rows = (
        (_("Letter"), section.campaign.subject),
        (_("Protocol"), protocol),
        *again,
        (_("From"), f"{section.sender.name} <{section.sender.address}>"),
        (_("Server"), server),
        (_("Attachments"), attached or _("none")),
        (
            _("Letters to send now"),
            number(letters)
            if letters == waiting
            else _("{n} of {all}").format(n=number(letters), all=number(waiting)),
        ),
        (
            _("Sending takes"),
            _("{span}; begun now it would end {when}").format(
                span=span(seconds), when=finishing(seconds)
            ),
        ),
    )
    for title, text in rows:
        table.add_row(title, escape(text))
    err().print()
    err().print(table)


def tell_outdated(letters: "list[Outdated]") -> None:
    """Say which letters leave to an address that has been corrected since they were frozen."""
    if not letters:
        return
    say()
    say(
        ngettext(
            "{n} letter that waits was frozen with another address than the books have now, and "
            "leaves to the former one. If it comes back, the new one counts: mailer resend.",
            "{n} letters that wait were frozen with other addresses than the books have now, and "
            "leave to the former ones. If they come back, the new ones count: mailer resend.",
            len(letters),
        ).format(n=number(len(letters))),
        "yellow",
        word=_("Warning"),
    )
    for one in letters[:_SHOWN]:
        now = _("now: {address}").format(address=one.address.address)
        say(f"  {label(one.letter)}: {one.letter.address} ({now})")
    if more := len(letters[_SHOWN:]):
        say("  " + ngettext("and {n} more", "and {n} more", more).format(n=number(more)))
