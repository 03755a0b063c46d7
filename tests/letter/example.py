"""A small campaign of the tests' own, and a Comune that answers to it."""

from coalizione_mailer.campaign.configuration import Configuration
from coalizione_mailer.campaign.reader import parse
from coalizione_mailer.model import Address, Channel, Comune, Office, Recipient

CAMPAIGN = """
[campaign]
name = "prova"
subject = "Invito alla prova"
[event]
title = "La prova"
date = 2017-10-11
time = "10:30"
place = "Fiera di Vicenza"
edition = "XXXIV"
items = ["pane", "vino"]
guest = { role = "Prefetto" }
[protocol]
number = 166
suffix = "W/LP/DI/CO-cc17"
date = 2017-09-18
place = "Roma"
[sender]
name = "Segreteria"
address = "segreteria@ente.example"
reply_to = "risposte@ente.example"
signatory = { name = "Veronica Nicotra", role = "Il Segretario Generale" }
[recipients]
population = "popolazione_legale_2011"
min = 5000
max = 150000
addresses = "indirizzi.csv"
channel = "pec"
[letter]
template = "templates/invito"
form = "FORM"
[smtp]
host = "127.0.0.1"
port = 1025
security = "none"
"""


def configuration(form: str = "individual") -> Configuration:
    return parse(CAMPAIGN.replace("FORM", form))


def recipient(
    name: str = "Vicenza", office: Office = Office.SINDACO, sigla: str = "VI"
) -> Recipient:
    comune = Comune("024116", "L840", name, "", "Vicenza", sigla, "Veneto", "Nord-est", 113655)
    return Recipient(comune, Address(Channel.PEC, "vicenza@pec.example", office=office))
