"""A caution before data change: letters that are frozen already come from the data as they were."""

import time
from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import say
from coalizione_mailer.cli.language import _

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign


def caution_frozen(campaign: "Campaign") -> None:
    """Say what a change of data means for letters that are frozen and have not all left."""
    from coalizione_mailer.ledger import deliveries, rounds
    from coalizione_mailer.ledger.deliveries import Choice
    from coalizione_mailer.ledger.store import Ledger

    url = campaign.configuration.ledger.url
    ledger = Ledger.open_existing(url, campaign.root, now=time.time())
    if ledger is None:
        return
    try:
        with ledger.reading() as connection:
            opened = rounds.current(connection)
            waiting = opened and deliveries.waiting(connection, Choice(opened.id, frozenset()))
            left = opened is not None and rounds.attempted(connection, opened)
    finally:
        ledger.close()
    if not waiting:
        return
    if left:
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
