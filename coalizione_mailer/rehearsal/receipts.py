"""What a PEC provider certifies of a message (RFC 6109, section 3.1): its receipts, signed."""

import hashlib

from coalizione_mailer.rehearsal import mime
from coalizione_mailer.rehearsal.certified import Posting, Provider, given_back, mixed, sealed
from coalizione_mailer.rehearsal.daticert import Errore, Fact, Tipo, cut, daticert

_PREFIXES = {
    Tipo.ACCETTAZIONE: "ACCETTAZIONE: ",
    Tipo.NON_ACCETTAZIONE: "AVVISO DI NON ACCETTAZIONE: ",
    Tipo.PRESA_IN_CARICO: "PRESA IN CARICO: ",
    Tipo.AVVENUTA_CONSEGNA: "CONSEGNA: ",
    Tipo.ERRORE_CONSEGNA: "AVVISO DI MANCATA CONSEGNA: ",
    Tipo.PREAVVISO: "AVVISO DI MANCATA CONSEGNA PER SUP. TEMPO MASSIMO: ",
}
_VIRUS_PREFIXES = {
    Tipo.NON_ACCETTAZIONE: "AVVISO DI NON ACCETTAZIONE PER VIRUS: ",
    Tipo.ERRORE_CONSEGNA: "AVVISO DI MANCATA CONSEGNA PER VIRUS: ",
}
_TEXTS = {
    Tipo.ACCETTAZIONE: (
        'Il giorno {day} alle ore {hour} ({zone}) il messaggio\n"{subject}" proveniente da '
        '"{sender}"\ned indirizzato a:\n{recipient} ("{kind}")\nè stato accettato dal sistema ed '
        "inoltrato al destinatario."
    ),
    Tipo.NON_ACCETTAZIONE: (
        'Il giorno {day} alle ore {hour} ({zone}) nel messaggio\n"{subject}" proveniente da '
        '"{sender}"\ned indirizzato a:\n{recipient}\nè stato rilevato un problema che ne '
        "impedisce l'accettazione: {detail}.\nIl messaggio non è stato accettato."
    ),
    Tipo.PRESA_IN_CARICO: (
        'Il giorno {day} alle ore {hour} ({zone}) il messaggio\n"{subject}" proveniente da '
        '"{sender}"\ned indirizzato a:\n{recipient}\nè stato accettato dal sistema.'
    ),
    Tipo.AVVENUTA_CONSEGNA: (
        'Il giorno {day} alle ore {hour} ({zone}) il messaggio\n"{subject}" proveniente da '
        '"{sender}"\ned indirizzato a "{recipient}"\nè stato consegnato nella casella di '
        "destinazione."
    ),
    Tipo.ERRORE_CONSEGNA: (
        'Il giorno {day} alle ore {hour} ({zone}) nel messaggio\n"{subject}" proveniente da '
        '"{sender}"\ne destinato all\'utente "{recipient}"\nè stato rilevato un errore: {detail}.\n'
        "Il messaggio è stato rifiutato dal sistema."
    ),
    Tipo.PREAVVISO: (
        'Il giorno {day} alle ore {hour} ({zone}) il messaggio\n"{subject}" proveniente da '
        '"{sender}"\ne destinato all\'utente "{recipient}"\n{detail}.'
    ),
}
TWELVE_HOURS = (
    "5.4.1 - non è stato consegnato nelle prime dodici ore dal suo invio: la consegna sarà "
    "ancora tentata"
)
TWENTY_FOUR_HOURS = (
    "5.4.1 - non è stato consegnato nelle prime ventiquattro ore dal suo invio: la spedizione "
    "non è andata a buon fine"
)


def receipt(provider: Provider, posting: Posting, fact: Fact, share: float = 1.0) -> bytes:
    """Write a receipt and sign it (RFC 6109, section 3.1), with a share of its data (0 to 1)."""
    body = receipt_body(provider, posting, fact, share)
    return sealed(provider, receipt_head(provider, posting, fact), body)


def receipt_head(provider: Provider, posting: Posting, fact: Fact) -> mime.Fields:
    """Return the header of a receipt (RFC 6109, section 3.1.1)."""
    prefixes = _VIRUS_PREFIXES if fact.errore is Errore.VIRUS else _PREFIXES
    head = [
        ("Return-Path", f"<{provider.address}>"),
        ("From", provider.address),
        ("To", posting.sender),
        ("Subject", prefixes[fact.tipo] + posting.subject),
        ("Date", mime.dated(fact.at)),
        ("Message-ID", f"<{_own(fact, posting)}@{provider.domain}>"),
        ("X-Ricevuta", fact.tipo.value),
        ("X-Riferimento-Message-ID", posting.message_id),
    ]
    if fact.tipo is Tipo.AVVENUTA_CONSEGNA:
        head.append(("X-TipoRicevuta", provider.habits.ricevuta.value))
    if fact.errore is Errore.VIRUS:
        head.append(("X-VerificaSicurezza", "errore"))
    return head


def receipt_body(provider: Provider, posting: Posting, fact: Fact, share: float = 1.0) -> bytes:
    """Return what is signed of a receipt."""
    words = _TEXTS[fact.tipo].format(
        day=f"{fact.at:%d/%m/%Y}",
        hour=f"{fact.at:%H:%M:%S}",
        zone=f"{fact.at:%z}",
        subject=posting.subject,
        sender=posting.sender,
        recipient=posting.recipient,
        kind="posta ordinaria" if posting.external else "posta certificata",
        detail=fact.detail,
    )
    words += f"\nIdentificativo messaggio: {posting.identificativo}\n"
    original = None
    if fact.tipo is Tipo.AVVENUTA_CONSEGNA:
        original = given_back(provider.habits.ricevuta, posting.content)
    own = _own(fact, posting)
    certified = cut(daticert(provider, posting, fact), share)
    return mixed(provider, words, certified, original, own)


def _own(fact: Fact, posting: Posting) -> str:
    """Name a receipt: the same one has the same name, as often as it is sent."""
    seed = f"{fact.tipo}/{fact.at.isoformat()}/{posting.identificativo}"
    return "opec." + hashlib.sha256(seed.encode()).hexdigest()[:20]
