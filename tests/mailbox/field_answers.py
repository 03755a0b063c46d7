"""Answers of servers, as the providers of the field give them: invented, in their manner.

Each with what it means: hard is an address or host that does not exist or has moved. Like
``field_bounces.py`` they were written before the rules were held against them.
"""

MICROSOFT = [
    ("550 5.4.1 [a@b.example]: Recipient address rejected: Access denied. AS(2018)", "hard dead"),
    (
        "550 5.2.122 The recipient has exceeded their limit for the number of messages per hour",
        "soft temporary",
    ),
    ("550 5.7.64 TenantAttribution; Relay Access Denied", "soft content"),
    ("550 5.4.14 Hop count exceeded - possible mail loop ATTR34", "soft temporary"),
    ("550 5.1.20 Multiple From addresses are not allowed without Sender address", "soft content"),
    ("550 5.6.11 Invalid characters encountered in the message header", "soft content"),
    ("550 5.7.124 Sender not in allowed-senders list", "soft content"),
    (
        "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP",
        "soft content",
    ),
    ("550 5.7.350 Remote server returned message detected as spam", "soft content"),
    ("432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded", "soft temporary"),
    ("550 5.1.351 Remote server returned unknown recipient or mailbox unavailable", "hard dead"),
    ("550 5.4.312 Message expired, DNS query failed(ServerFailure)", "soft temporary"),
    (
        "550 5.7.193 UserAccessBlocked; access blocked by a rule for external tenants",
        "soft content",
    ),
]
GOOGLE = [
    (
        "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents it",
        "soft temporary",
    ),
    (
        "550-5.7.26 Unauthenticated email from b.example is not accepted due to its DMARC policy",
        "soft content",
    ),
    (
        "552-5.7.0 This message was blocked because its content presents a security issue",
        "soft content",
    ),
    ("452-4.2.2 The recipient's inbox is out of storage space", "soft full"),
    ("552 5.2.3 Your message exceeded our message size limits", "soft content"),
    ("421-4.7.28 unusual rate of unsolicited mail originating from your IP", "soft content"),
]
ELSEWHERE = [
    (
        "554 30 Sorry, your message to a@b.example cannot be delivered. This mailbox is disabled.",
        "soft unknown",
    ),
    (
        "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.7, as the ip is in a list",
        "soft content",
    ),
    ("552 1 Requested mail action aborted, mailbox not found", "hard dead"),
    ("554 5.7.1 [CS01] Message rejected due to local policy.", "soft content"),
    ("554 No SMTP service. Bad DNS PTR resource record.", "soft content"),
    (
        "550 Requested action not taken: mailbox unavailable. Reject due to SPF policy.",
        "soft content",
    ),
    ("554 IP=192.0.2.7 - A problem occurred. (Ask your postmaster for help.)", "soft content"),
    ("550 5.1.1 unknown or illegal alias: a@b.example", "hard dead"),
    ("550 5.1.1 Email address could not be found, or was misspelled", "hard dead"),
    ("554 5.4.7 [internal] exceeded max time without delivery", "soft temporary"),
    ("550 5.4.4 [internal] domain lookup failed", "hard dead"),
    ("501 5.1.3 Bad recipient address syntax", "hard dead"),
    ("571 Delivery not authorized, message refused", "soft content"),
    ("550 Message rejected because of unacceptable content", "soft content"),
    ("550 Verification failed for <segreteria@coalizione.example>", "soft content"),
    ("550 This address no longer accepts mail.", "hard dead"),
    ("450 4.7.1 Greylisting in action, please come back later", "soft temporary"),
    ("550 Administrative prohibition", "soft content"),
    ("550 permanent failure for one or more recipients (a@b.example:blocked)", "soft content"),
    ("550 5.1.1 User unknown in relay recipient table", "hard dead"),
    ("550 5.7.1 Command rejected", "soft content"),
    ("554 5.7.1 Your message could not be delivered: too many hops", "soft temporary"),
    ("550 5.1.6 recipient no longer on server", "hard dead"),
    ("550 the recipient has left the organisation", "hard dead"),
]
ITALIAN = [
    ("550 Casella dismessa", "hard dead"),
    ("550 utenza non abilitata alla ricezione di posta dall'esterno", "soft unknown"),
    ("550 5.1.1 il destinatario non fa più parte dell'ente", "hard dead"),
    ("550 il dominio del mittente non è tra quelli consentiti", "soft content"),
    ("554 messaggio rifiutato perché contiene allegati non ammessi", "soft content"),
    ("552 il messaggio supera la dimensione massima consentita", "soft content"),
    ("il dominio non esiste o non ha un server di posta", "hard dead"),
    ("impossibile risolvere il nome del server di posta", "hard dead"),
    ("550 la casella di posta ha raggiunto il limite", "soft full"),
    ("la casella ha esaurito lo spazio", "soft full"),
    ("la casella di posta del destinatario è al completo", "soft full"),
    ("552 limite di archiviazione raggiunto", "soft full"),
    ("550 quota esaurita", "soft full"),
    ("casella momentaneamente non disponibile", "soft temporary"),
    ("recapito fallito dopo 5 giorni di tentativi", "soft temporary"),
    ("550 indirizzo di posta elettronica disattivato", "hard dead"),
    ("550 5.1.1 account non attivo", "soft unknown"),
    ("550 casella chiusa", "hard dead"),
    ("550 utente non più in servizio", "hard dead"),
    ("550 l'indirizzo specificato non esiste, controllare di averlo scritto bene", "hard dead"),
    ("550 destinatario non riconosciuto", "hard dead"),
    ("550 destinatario non presente", "hard dead"),
    ("550 nessun utente con questo nome", "hard dead"),
    ("550 la casella non può ricevere messaggi da indirizzi di posta non PEC", "soft closed"),
    ("550 la casella accetta messaggi solamente da caselle certificate", "soft closed"),
    ("550 ricezione consentita ai soli messaggi di posta certificata", "soft closed"),
    ("il server del destinatario ha interrotto la connessione", "soft temporary"),
    ("554 il messaggio è stato classificato come indesiderato", "soft content"),
    ("554 mittente non accettato", "soft content"),
    ("550 indirizzo IP in lista di blocco", "soft content"),
    ("451 riprovare fra qualche minuto", "soft temporary"),
    ("550 messaggio respinto dall'antivirus del destinatario", "soft content"),
    ("550 casella sospesa per mancato rinnovo", "soft unknown"),
    ("550 dominio scaduto", "hard dead"),
    ("550 dominio sospeso", "soft unknown"),
]

FAMILIES = {
    "microsoft": MICROSOFT,
    "google": GOOGLE,
    "elsewhere": ELSEWHERE,
    "italian": ITALIAN,
}
