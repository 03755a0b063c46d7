"""Notices of further mail programs, each with a form of its own: invented, in their manner.

Written when the rules had been mended on ``field_bounces.py``, and before they were held to these.
"""

from tests.mailbox.field_bounces import HOST, Back
from tests.mailbox.letters_back import RETURNED, THEY, WE, group, message, mixed, report

EXCHANGE_HTML = message(
    "<html><body><p><b>Impossibile recapitare il messaggio ai destinatari o gruppi seguenti:</b>"
    f'</p><p><a href="mailto:{THEY}">{THEY}</a><br>L\'indirizzo di posta elettronica immesso non '
    "è stato trovato. Verificare l'indirizzo e riprovare.</p><p>Informazioni di diagnostica per "
    f"amministratori:</p><p>Server di generazione: srv.{HOST}</p><p>{THEY}<br>#550 5.1.1 "
    "RESOLVER.ADR.RecipNotFound; not found ##</p></body></html>",
    sender="Microsoft Outlook <postmaster@relay.example>",
    subject="Non recapitabile: Invito",
).replace(b"text/plain", b"text/html")

PROGRAMS = [
    Back("exchange, a page in Italian", EXCHANGE_HTML, "hard", "dead", message_id=""),
    Back(
        "exchange, late, in Italian",
        report(
            group(action="delayed", status="4.4.7", diagnostic="400 4.4.7 Message delayed"),
            text=f"Il recapito ai seguenti destinatari o gruppi è stato ritardato:\n\n{THEY}\n\n"
            "Il messaggio non è ancora stato recapitato. Verranno effettuati altri tentativi.",
        ),
        "soft",
        "temporary",
        "delay",
    ),
    Back(
        "hmailserver",
        message(
            "Your message did not reach some or all of the intended recipients.\n\n   Sent: Mon, "
            "18 Sep 2017 10:00:00 +0200\n   Subject: Invito\n\nThe following recipient(s) could "
            f"not be reached:\n\n{THEY}\n   Error Type: SMTP\n   Remote server (192.0.2.8) issued "
            f"an error.\n   hMailServer sent: RCPT TO:<{THEY}>\n   Remote server replied: 550 "
            "Unknown user\n\nhMailServer\n",
            sender="mailer-daemon@relay.example",
            subject="Message undeliverable: Invito",
        ),
        "hard",
        "dead",
        message_id="",
    ),
    Back(
        "smartermail",
        message(
            f"Could not deliver message to the following recipient(s):\n\nFailed Recipient: {THEY}"
            "\nReason: Remote host said: 552 5.2.2 This message is larger than the current system "
            f"limit or the recipient's mailbox is full.\n\n   -- The header and top 20 lines of "
            f"the message follows --\n\n{RETURNED}",
            sender="System Administrator <postmaster@relay.example>",
            subject="Delivery Failure",
        ),
        "soft",
        "full",
    ),
    Back(
        "communigate",
        mixed(
            f"Failed to deliver to '{THEY}'\nSMTP module(domain {HOST}) reports:\n message text "
            f"rejected by mx.{HOST}:\n 554 5.7.1 Spam message rejected\n",
            subject="Undeliverable mail: Invito",
        ),
        "soft",
        "content",
    ),
    Back(
        "groupwise",
        mixed(
            "The message that you sent was undeliverable to the following:\n\tprotocollo "
            f"({THEY}) (user not found)\n\nPossibly truncated original message follows:\n",
            sender="Mail System <postmaster@relay.example>",
            subject="Message status - undeliverable",
        ),
        "hard",
        "dead",
    ),
    Back(
        "courier",
        report(
            group(status="5.0.0", diagnostic="550 User unknown"),
            text="           UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot "
            f"be delivered:\n\n<{THEY}>:\n    mx.{HOST} [192.0.2.8]:\n>>> RCPT TO:<{THEY}>\n<<< "
            "550 User unknown\n",
        ),
        "hard",
        "dead",
    ),
    Back(
        "plesk, with qmail",
        message(
            "Hi. This is the qmail-send program at relay.example.\nI'm afraid I wasn't able to "
            f"deliver your message to the following addresses.\n\n<{THEY}>:\n192.0.2.8 does not "
            "like recipient.\nRemote host said: 550 5.1.1 This address does not exist here\nGiving "
            f"up on 192.0.2.8.\n\n--- Below this line is a copy of the message.\n\n{RETURNED}"
        ),
        "hard",
        "dead",
    ),
    Back(
        "qmail, the letter was refused",
        message(
            "Hi. This is the qmail-send program at relay.example.\nI'm afraid I wasn't able to "
            f"deliver your message to the following addresses.\n\n<{THEY}>:\n192.0.2.8 failed "
            "after I sent the message.\nRemote host said: 554 5.7.1 Messaggio rifiutato dal filtro "
            f"dei contenuti\n\n--- Below this line is a copy of the message.\n\n{RETURNED}"
        ),
        "soft",
        "content",
    ),
    Back(
        "icewarp",
        mixed(
            "Message delivery failed permanently.\n\nRecipient address: "
            f"{THEY}\nReason: Remote server rejected the recipient: 550 5.1.1 {THEY} mailbox not "
            "found\n",
            subject="Undelivered mail: Invito",
        ),
        "hard",
        "dead",
    ),
    Back(
        "fortimail",
        report(
            group(
                status="5.7.1",
                diagnostic="554 5.7.1 This message has been blocked because it "
                "contains a banned file attachment",
            ),
        ),
        "soft",
        "content",
    ),
    Back(
        "an appliance that speaks of licences",
        report(group(status="5.0.0", diagnostic="550 recipient domain not licensed on this host")),
        "soft",
        "unknown",
    ),
    Back(
        "office in two languages",
        report(
            group(
                status="5.1.1",
                diagnostic="550 5.1.1 Empfänger existiert nicht / il destinatario non esiste",
            ),
        ),
        "hard",
        "dead",
    ),
    Back(
        "yahoo, in Italian",
        message(
            "Spiacenti, non è stato possibile recapitare il messaggio al seguente indirizzo.\n\n"
            f"<{THEY}>:\n554: 30: Sorry, your message cannot be delivered. This mailbox is "
            f"disabled (554.30).\n\n--- Di seguito il messaggio originale.\n\n{RETURNED}",
            subject="Errore di consegna",
        ),
        "soft",
        "unknown",
    ),
    Back(
        "outlook.com, full",
        report(
            group(
                status="5.2.2",
                diagnostic="554 5.2.2 mailbox full;STOREDRV; (in reply to end of DATA command)",
            ),
            text=f"Si è verificato un errore durante il recapito ai seguenti destinatari:\n{THEY}\n"
            "La cassetta postale del destinatario è piena.",
        ),
        "soft",
        "full",
    ),
    Back(
        "a report that names nobody but in the header",
        message(
            "Il tuo messaggio non è stato consegnato perché la casella è piena.",
            sender="Postmaster <postmaster@relay.example>",
            subject="Messaggio non consegnato",
            more=f"X-Failed-Recipients: {THEY}\n",
        ),
        "soft",
        "full",
        message_id="",
    ),
    Back(
        "a mailbox forwarded to a dead one",
        report(
            group(
                final="mario@altrove.example",
                original=THEY,
                status="5.1.1",
                diagnostic="550 5.1.1 <mario@altrove.example>: no such user",
            ),
        ),
        "hard",
        "dead",
    ),
    Back(
        "sender refused by the gateway",
        report(
            group(
                status="5.1.8",
                diagnostic=f"553 5.1.8 <{WE}>... Domain of sender address does not exist",
            ),
        ),
        "soft",
        "content",
    ),
    Back(
        "greylisted to death",
        report(
            group(
                status="4.7.1",
                diagnostic="451 4.7.1 Greylisting in effect, please try again later",
            ),
        ),
        "soft",
        "temporary",
    ),
    Back(
        "too big",
        report(
            group(
                status="5.3.4",
                diagnostic="552 5.3.4 Dimensione del messaggio superiore al limite della casella",
            ),
        ),
        "soft",
        "content",
    ),
]
