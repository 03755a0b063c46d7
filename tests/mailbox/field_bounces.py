"""Bounces as the mail systems of the field write them: invented, from what is known of each.

They were written before the rules were held against them (docs/bounces.md has the figure), and are
the forms that an Italian office meets. What is expected of each is what its words mean.
"""

from dataclasses import dataclass

from tests.mailbox.letters_back import OURS, RETURNED, THEY, group, message, mixed, report

HOST = "comune.sovizzo.example"


@dataclass(frozen=True, slots=True)
class Back:
    """A message that came back, and what it means; ``outcome`` and ``cause`` in our words."""

    name: str
    raw: bytes
    outcome: str
    cause: str
    kind: str = "bounce"
    recipients: tuple[str, ...] = (THEY,)
    message_id: str = OURS


def _dsn(
    name: str, status: str, words: str, means: str, *, text: str = "", action: str = "failed"
) -> Back:
    """Make a report of one recipient; ``means`` is outcome and cause."""
    outcome, cause = means.split()
    raw = report(group(status=status, diagnostic=words, action=action), text=text or "Report.")
    return Back(name, raw, outcome, cause, "delay" if action == "delayed" else "bounce")


def _gmail(name: str, status: str, answer: str, means: str, title: str, body: str) -> Back:
    """Make Gmail's notice in Italian: title, sentence, the remote server's answer, and a report."""
    text = f"** {title} **\n\n{body}\n\nLa risposta dal server remoto è stata:\n{answer}\n"
    outcome, cause = means.split()
    raw = report(
        group(status=status, diagnostic=answer),
        text=text,
        more=f"X-Failed-Recipients: {THEY}\nAuto-Submitted: auto-replied\n",
    )
    return Back(name, raw, outcome, cause)


EXCHANGE_ONLINE = [
    _dsn(
        "nobody of this name",
        "5.1.10",
        f"550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {THEY} not found by SMTP address "
        "lookup",
        "hard dead",
        text=f"Your message to {THEY} couldn't be delivered.\n\nprotocollo wasn't found at {HOST}.",
    ),
    _dsn(
        "nobody of this name, in Italian",
        "5.1.10",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound",
        "hard dead",
        text=f"Impossibile recapitare il messaggio a {THEY}.\n\n"
        f"protocollo non è stato trovato in {HOST}.\n\n"
        "Come risolvere il problema: l'indirizzo potrebbe essere errato o non esistere più.",
    ),
    _dsn(
        "a group that outsiders may not write to",
        "5.7.133",
        "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; "
        "Delivery restriction check failed because the sender was not authenticated",
        "soft content",
        text=f"Your message to {THEY} couldn't be delivered.\n\nprotocollo isn't accepting "
        "messages from senders outside of its organization.",
    ),
    _dsn(
        "quota in the words of its store",
        "5.2.2",
        "554 5.2.2 STOREDRV.Deliver.Exception:QuotaExceededException."
        "MapiExceptionShutoffQuotaExceeded; Failed to process message due to a permanent exception",
        "soft full",
    ),
    _dsn(
        "no such domain",
        "5.4.310",
        f"550 5.4.310 DNS domain {HOST} does not exist [Message=InfoDomainNonexistent]",
        "hard dead",
    ),
    _dsn(
        "expired, refused all the time",
        "5.4.316",
        "550 5.4.316 Message expired, connection refused(Socket error code 10061)",
        "soft temporary",
    ),
    _dsn(
        "our address is on its list",
        "5.7.511",
        "550 5.7.511 Access denied, banned sender[192.0.2.7]. To request removal from this list "
        "please forward this message to delist@messaging.example.",
        "soft content",
    ),
    _dsn(
        "rejected by whoever is behind it",
        "5.0.350",
        "550 5.0.350 Remote server returned an error -> 550 #5.1.0 Address rejected.",
        "hard dead",
    ),
]

GOOGLE = [
    _gmail(
        "nobody of this name",
        "5.1.1",
        "550-5.1.1 The email account that you tried to reach does not exist. Please try\n"
        " 550-5.1.1 double-checking the recipient's email address for typos",
        "hard dead",
        "Indirizzo non trovato",
        f"Il tuo messaggio non è stato recapitato a {THEY} perché l'indirizzo non è stato trovato "
        "o non può ricevere posta.",
    ),
    _gmail(
        "full",
        "5.2.2",
        "552-5.2.2 The recipient's inbox is out of storage space and inactive. Please direct the\n"
        " 552-5.2.2 recipient to their provider's help page",
        "soft full",
        "Posta in arrivo del destinatario piena",
        f"Il tuo messaggio non è stato recapitato a {THEY}. La sua casella di posta è piena.",
    ),
    _gmail(
        "disabled: it is there (RFC 3463, X.2.1)",
        "5.2.1",
        "550-5.2.1 The email account that you tried to reach is inactive.",
        "soft unknown",
        "Messaggio non recapitato",
        f"Si è verificato un problema nel recapitare il tuo messaggio a {THEY}.",
    ),
    _gmail(
        "no such domain",
        "5.1.2",
        f"DNS Error: DNS type 'mx' lookup of {HOST} responded with code NXDOMAIN Domain name not "
        f"found: {HOST}",
        "hard dead",
        "Indirizzo non trovato",
        f"Il tuo messaggio non è stato recapitato a {THEY} perché non è stato possibile trovare "
        f"il dominio {HOST}.",
    ),
    _dsn(
        "still trying, in Italian",
        "4.4.1",
        f"The recipient server did not accept our requests to connect. [{HOST}. 192.0.2.8: timed "
        "out]",
        "soft temporary",
        action="delayed",
        text=f"** Recapito incompleto **\n\nSi è verificato un problema temporaneo durante il "
        f"recapito del messaggio a {THEY}. Gmail continuerà a provare per altre 46 ore. Riceverai "
        "una notifica se il recapito non riesce definitivamente.",
    ),
]

UNIX = [
    _dsn(
        "postfix, no such host",
        "5.4.4",
        f"Host or domain name not found. Name service error for name={HOST} type=AAAA: Host not "
        "found",
        "hard dead",
    ),
    _dsn(
        "postfix, days of silence",
        "4.4.1",
        f"connect to mx.{HOST}[192.0.2.8]:25: Connection timed out",
        "soft temporary",
    ),
    _dsn(
        "dovecot behind postfix, full",
        "5.2.2",
        f"552 5.2.2 <{THEY}> Quota exceeded (mailbox for user is full)",
        "soft full",
        text=f"<{THEY}>: host {HOST}[private/dovecot-lmtp] said: 552 5.2.2\n    <{THEY}> Quota "
        "exceeded (mailbox for user is full) (in reply to\n    end of DATA command)",
    ),
    _dsn(
        "zimbra, no such account",
        "5.1.1",
        f"550 5.1.1 <{THEY}>: Recipient address rejected: {HOST}",
        "hard dead",
    ),
    _dsn("zimbra, full for days", "4.2.2", "452 4.2.2 Over quota", "soft full"),
    _dsn(
        "zimbra, closed by its administrator",
        "5.2.1",
        f"550 5.2.1 <{THEY}>: Recipient address rejected: mailbox closed for maintenance",
        "soft temporary",
    ),
    Back(
        "exim, mail hosts that are none",
        message(
            "This message was created automatically by mail delivery software.\n\nA message that "
            "you sent could not be delivered to one or more of its\nrecipients. This is a "
            f"permanent error. The following address(es) failed:\n\n  {THEY}\n    all relevant MX "
            "records point to non-existent hosts\n\n"
            f"------ This is a copy of your message, including all the headers. ------\n{RETURNED}",
            more=f"X-Failed-Recipients: {THEY}\n",
        ),
        "hard",
        "dead",
    ),
    Back(
        "exim, refused before the recipient was named",
        message(
            "A message that you sent could not be delivered to one or more of its\nrecipients. "
            f"This is a permanent error. The following address(es) failed:\n\n  {THEY}\n    host "
            f"mx.{HOST} [192.0.2.8]\n    SMTP error from remote mail server after initial "
            "connection:\n    554 No.\n\n------ This is a copy of the message. ------\n"
            f"{RETURNED}",
            more=f"X-Failed-Recipients: {THEY}\n",
        ),
        "soft",
        "content",
    ),
    Back(
        "qmail, no such host",
        message(
            "Hi. This is the qmail-send program at relay.example.\nI'm afraid I wasn't able to "
            "deliver your message to the following addresses.\nThis is a permanent error; I've "
            f"given up. Sorry it didn't work out.\n\n<{THEY}>:\nSorry, I couldn't find any host "
            f"named {HOST}. (#5.1.2)\n\n--- Below this line is a copy of the message.\n\n{RETURNED}"
        ),
        "hard",
        "dead",
    ),
    Back(
        "qmail, connection and queue",
        message(
            "Hi. This is the qmail-send program at relay.example.\nI'm afraid I wasn't able to "
            f"deliver your message to the following addresses.\n\n<{THEY}>:\nConnected to "
            "192.0.2.8 but greeting failed.\nRemote host said: 421 Too busy\nI'm not going to try "
            "again; this message has been in the queue too long.\n\n--- Below this line is a copy "
            f"of the message.\n\n{RETURNED}"
        ),
        "soft",
        "temporary",
    ),
    _dsn(
        "sendmail, five days",
        "4.4.7",
        f"Deferred: Connection refused by mx.{HOST}.",
        "soft temporary",
        text="   ----- The following addresses had permanent fatal errors -----\n"
        f"<{THEY}>\n\n   ----- Transcript of session follows -----\n<{THEY}>... Deferred: "
        f"Connection refused by mx.{HOST}.\nMessage could not be delivered for 5 days\nMessage "
        "will be deleted from queue",
    ),
    Back(
        "lotus domino, in Italian",
        mixed(
            "Non è stato possibile consegnare il messaggio\n\nInvito\n\na:\n\n"
            f"{THEY}\n\nperché:\n\nL'utente protocollo ({THEY}) non è elencato nella Directory di "
            "Domino\n",
            subject="ERRORE DI CONSEGNA: L'utente protocollo non è elencato",
            sender="postmaster@relay.example",
        ),
        "hard",
        "dead",
    ),
]

ITALIAN = [
    _dsn(
        "a PEC box that takes nothing else",
        "5.7.1",
        f"554 5.7.1 <{THEY}>: Recipient address rejected: Impossibile inviare a caselle PEC "
        "messaggi provenienti da caselle di posta tradizionale",
        "soft closed",
    ),
    _dsn(
        "no box of this name",
        "5.1.1",
        f"550 5.1.1 <{THEY}>: l'indirizzo del destinatario non risulta attivo sui nostri sistemi",
        "hard dead",
    ),
    _dsn(
        "no code that says more than no",
        "5.0.0",
        f"550 <{THEY}> nessuna casella corrisponde a questo nome",
        "hard dead",
    ),
    _dsn(
        "full, without a code that says so",
        "5.0.0",
        f"554 <{THEY}>: lo spazio a disposizione della casella del destinatario è terminato",
        "soft full",
    ),
    _dsn(
        "our provider's address is on a list",
        "5.0.0",
        "550 mail not accepted from blacklisted IP address [192.0.2.7] [smtp-18; LIB_102]",
        "soft content",
    ),
    Back(
        "a system that writes sentences",
        message(
            "Gentile utente,\n\nil messaggio da Lei inviato non è stato consegnato al seguente "
            f"destinatario:\n\n{THEY}\n\nMotivo: il server di destinazione ha rifiutato la "
            "connessione per 3 giorni consecutivi.\n\nIl messaggio originale è riportato di "
            f"seguito.\n\n{RETURNED}",
            sender="Servizio di posta <postmaster@relay.example>",
            subject="Mancata consegna del messaggio",
        ),
        "soft",
        "temporary",
    ),
]

GATEWAYS = [
    Back(
        "mdaemon",
        mixed(
            "The attached message had PERMANENT fatal delivery errors!\n\nAfter one or more "
            "unsuccessful delivery attempts the attached message has\nbeen removed from the mail "
            f"queue on this server.\n\nFailed address: {THEY}\n\n--- Session Transcript ---\n "
            f"10:05:01: Attempting SMTP connection to mx.{HOST}\n 10:05:02: --> RCPT To:<{THEY}>\n "
            f"10:05:02: <-- 550 5.1.1 <{THEY}>, Recipient unknown\n--- End Transcript ---\n",
            sender="MDaemon at relay.example <MDaemon@relay.example>",
            subject="Permanent Delivery Failure",
        ),
        "hard",
        "dead",
    ),
    Back(
        "kerio",
        mixed(
            "Your message was not delivered to one or more recipients.\n\nThis is a report of "
            f"your message's delivery:\n\nRecipient: {THEY}\nResult: Failed\nDetails: 552 5.2.2 "
            "User quota exceeded, message can't be stored\n",
            sender="Mail Delivery Subsystem <postmaster@relay.example>",
            subject="Delivery failure",
        ),
        "soft",
        "full",
    ),
    _dsn(
        "barracuda, blocked",
        "5.0.0",
        f"550 permanent failure for one or more recipients ({THEY}:blocked)",
        "soft content",
    ),
    _dsn(
        "proofpoint, blocked",
        "5.7.1",
        "554 5.7.1 Blocked - see https://ipcheck.gateway.example/?ip=192.0.2.7",
        "soft content",
    ),
    _dsn(
        "mimecast, nobody of this name",
        "5.0.0",
        "550 Invalid Recipient - https://community.gateway.example/docs/1369#550 [x1Yz.it12]",
        "hard dead",
    ),
    _dsn(
        "mimecast, a rule of theirs",
        "5.0.0",
        "550 Rejected by header based manually Blocked Senders: segreteria - "
        "https://community.gateway.example/docs/1369#550",
        "soft content",
    ),
    _dsn(
        "ironport, nobody of this name",
        "5.0.0",
        "5.1.0 - Unknown address error 550-'#5.1.0 Address rejected.' (delivery attempts: 0)",
        "hard dead",
        text=f"The following message to <{THEY}> was undeliverable.\nThe reason for the problem:\n"
        "5.1.0 - Unknown address error 550-'#5.1.0 Address rejected.'",
    ),
    _dsn(
        "ironport, our name is bad",
        "5.0.0",
        "5.3.0 - Other mail system problem 554-'Your access to this mail system has been rejected "
        "due to the sending MTA's poor reputation.' (delivery attempts: 0)",
        "soft content",
    ),
    _dsn(
        "sophos, virus and policy in one word",
        "5.0.0",
        "550 Administrative prohibition",
        "soft content",
    ),
]

FAMILIES = {
    "exchange online": EXCHANGE_ONLINE,
    "google": GOOGLE,
    "unix": UNIX,
    "italian": ITALIAN,
    "gateways": GATEWAYS,
}
