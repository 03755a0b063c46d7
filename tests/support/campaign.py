"""A campaign folder of the tests' own: many small Comuni, letters that are quick to set."""

import time
from pathlib import Path

from coalizione_mailer.campaign import load
from coalizione_mailer.freeze import freeze
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.plan import plan
from tests.support import letters

_CAMPAIGN = """
[campaign]
name = "prova"
subject = "Invito alla prova"
[event]
title = "La prova"
date = 2017-10-11
time = "10:30"
place = "Fiera di Vicenza"
[protocol]
number = 166
date = 2017-09-18
place = "Roma"
[sender]
name = "Segreteria"
address = "segreteria@ente.example"
reply_to = "segreteria@ente.example"
signatory = { name = "Veronica Nicotra", role = "Il Segretario Generale" }
[recipients]
population = "popolazione"
min = 5000
max = 150000
comuni = "comuni.csv"
addresses = "indirizzi.csv"
channel = "pec"
[letter]
template = "invito"
form = "individual"
[smtp]
host = "127.0.0.1"
port = PORT
security = "none"
connections = 4
"""


def written(folder: Path, count: int, port: int) -> Path:
    """Write the folder of a campaign for so many Comuni, that sends to a port of this machine."""
    template = folder / "invito"
    template.mkdir(parents=True)
    for name in ("letter.html", "email.html", "email.txt"):
        (template / name).write_text(
            "<html lang='it'><title>x</title>Al Comune di {{ comune.denominazione }}\n.\n",
            encoding="utf-8",
        )
    register = ["codice_istat,codice_catastale,denominazione,provincia,sigla,regione,popolazione"]
    book = ["codice_istat,canale,indirizzo,fonte,data,nota"]
    for number in range(1, count + 1):
        comune = letters.comune(number)
        register.append(
            f"{comune.codice_istat},{comune.codice_catastale},{comune.denominazione},"
            f"{comune.provincia},{comune.sigla},{comune.regione},{comune.popolazione}"
        )
        book.append(f"{comune.codice_istat},pec,{letters.address(number)},inventato,2017-09-01,")
    (folder / "comuni.csv").write_text("\n".join(register), encoding="utf-8")
    (folder / "indirizzi.csv").write_text("\n".join(book), encoding="utf-8")
    (folder / "campaign.toml").write_text(_CAMPAIGN.replace("PORT", str(port)), encoding="utf-8")
    return folder


def frozen(folder: Path) -> None:
    """Freeze all letters of a campaign, as ``mailer send`` does before it sends."""
    campaign = load(folder)
    now = time.time()
    ledger = Ledger.open(campaign.configuration.ledger.url, folder, now=now)
    try:
        recipients = plan(campaign).recipients
        freeze(ledger, campaign, recipients, jobs=1, now=now, seen=lambda _prepared: None)
    finally:
        ledger.close()
