"""A caution before data change: letters that are frozen already come from the data as they were."""

import time
from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import say
from coalizione_mailer.cli.language import _

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign


def caution_frozen(campaign: "Campaign", *, addresses: bool = False) -> None:
    """Say what a change of data means for letters that are frozen and have not all left.

    A change of ``addresses`` alone stops nothing once letters have left.
    """
    from coalizione_mailer.ledger import reports, rounds
    from coalizione_mailer.ledger.rounds import Kind
    from coalizione_mailer.ledger.store import Ledger

    url = campaign.configuration.ledger.url
    ledger = Ledger.open_existing(url, campaign.root, now=time.time())
    if ledger is None:
        return
    try:
        with ledger.reading() as connection:
            opened = reports.unfinished(connection)
            left = opened is not None and rounds.attempted(connection, opened)
    finally:
        ledger.close()
    if opened is None or opened.kind is not Kind.FIRST:
        return
    if left and addresses:
        text = _(
            "Letters have left already, and others are waiting: those leave to the addresses they "
            "were frozen with. What you write now counts when a letter comes back: mailer resend."
        )
    elif left:
        text = _(
            "Letters have left already, and others are waiting: if you write this, mailer send "
            "stops until the data are as they were. Better wait for the end of the sending."
        )
    else:
        text = _(
            "The letters are frozen already: if you write this, freeze them anew afterwards with "
            "mailer send --refreeze."
        )
    say()
    say(text, "yellow", word=_("Warning"))
