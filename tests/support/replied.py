"""A campaign of small letters that all arrived, and the answers of people to them."""

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from coalizione_mailer.ledger import deliveries, reports
from coalizione_mailer.ledger.deliveries import Choice, Settlement
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import Event, Phase, judge
from tests.cli.desk import change
from tests.support import campaign, letters

TAKEN = judge(Phase.END_OF_DATA, 250)


def delivered(folder: Path, count: int, *, undelivered: int = 0, days: int = 30) -> Path:
    """Make a campaign of so many letters, frozen and sent; all are delivered but the last ones.

    The event is so many days from now.
    """
    campaign.written(folder, count, 1)
    day = (datetime.now(UTC) + timedelta(days=days)).date()
    change(folder, "date = 2017-10-11", f"date = {day}")
    template = folder / "templates" / "sollecito"
    template.mkdir(parents=True)
    for name in ("letter.html", "email.html", "email.txt"):
        (template / name).write_text(
            "<html lang='it'><title>x</title>Al Comune di {{ comune.denominazione }}: "
            "{{ protocol.label }}, dopo {{ invitation.label }}\n",
            encoding="utf-8",
        )
    campaign.frozen(folder)
    with closing(opened(folder)) as ledger, ledger.writing() as connection:
        claims = deliveries.claim(connection, Choice(1), count, now=time.time())
        deliveries.settle(
            connection,
            [Settlement(claim.delivery_id, claim.attempt, TAKEN, time.time()) for claim in claims],
        )
        arrived = [claim.delivery_id for claim in claims[: count - undelivered]]
        deliveries.told(connection, dict.fromkeys(arrived, Event.DELIVERY), now=time.time())
    return folder


def opened(folder: Path) -> Ledger:
    return Ledger.open(letters.URL, folder, now=time.time())


def message_id(folder: Path, number: int) -> str:
    """The id of the letter to a Comune."""
    with closing(opened(folder)) as ledger, ledger.reading() as connection:
        found = reports.of_comune(connection, letters.comune(number).codice_catastale)
    return found[0].message_id


def answers(folder: Path, said: list[tuple[int, str]], into: str = "posta") -> Path:
    """Put answers into files, each to the letter of a Comune; a later one was written later."""
    box = folder / into
    box.mkdir()
    for place, (number, text) in enumerate(said):
        at = datetime.now(UTC) - timedelta(minutes=60 - place)
        about = message_id(folder, number)
        raw = (
            f"From: Comune <{letters.address(number)}>\nTo: segreteria@ente.example\n"
            f"Subject: Re: Invito alla prova\nDate: {at:%a, %d %b %Y %H:%M:%S} +0000\n"
            f"Message-ID: <{place}.{number}@borgo{number}.example>\n"
            f"In-Reply-To: {about}\nReferences: {about}\n"
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
            f"{text}\n\nIl giorno 20 set 2017 Segreteria ha scritto:\n> Parteciperete?\n"
        )
        (box / f"{place:03}.eml").write_bytes(raw.replace("\n", "\r\n").encode())
    return box
