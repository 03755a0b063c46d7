"""The Italian words of what is handed over: kinds, states, ties, answers; one table each."""

from typing import TYPE_CHECKING

from coalizione_mailer.ledger import rounds
from coalizione_mailer.lifecycle import Event, Phase, State, Strength
from coalizione_mailer.mailbox.reading import Cause, Kind
from coalizione_mailer.model import Channel

if TYPE_CHECKING:
    from coalizione_mailer.ledger.receipts import Receipt
    from coalizione_mailer.ledger.story import Attempt, Word

KINDS = {
    Kind.PEC_ACCEPTANCE: "Ricevuta di accettazione",
    Kind.PEC_NON_ACCEPTANCE: "Avviso di non accettazione",
    Kind.PEC_TAKEN_IN_CHARGE: "Ricevuta di presa in carico tra gestori",
    Kind.PEC_DELIVERY: "Ricevuta di avvenuta consegna",
    Kind.PEC_DELIVERY_ERROR: "Avviso di mancata consegna",
    Kind.PEC_DELIVERY_WARNING: "Avviso di mancata consegna per superamento dei tempi",
    Kind.PEC_VIRUS: "Avviso di rilevazione di virus informatico",
    Kind.BOUNCE: "Mancato recapito (posta ordinaria)",
    Kind.DELAY: "Avviso di ritardo (posta ordinaria)",
    Kind.DELIVERED: "Notifica di recapito (posta ordinaria)",
    Kind.FEEDBACK: "Segnalazione inoltrata da un gestore",
    Kind.AUTO_REPLY: "Risposta automatica",
    Kind.PROTOCOL_ACK: "Conferma di protocollazione",
    Kind.REPLY: "Risposta di una persona",
    Kind.OTHER: "Messaggio non riconosciuto",
}
STATES = {
    State.QUEUED: "non ancora inviata",
    State.SENDING: "in corso di invio",
    State.SENT: "inviata",
    State.ACCEPTED: "accettata dal gestore",
    State.DELIVERED: "consegnata",
    State.BOUNCED: "non consegnata",
    State.REFUSED: "rifiutata dal server di invio",
    State.IN_DOUBT: "in dubbio",
}
CAUSES = {
    Cause.DEAD: "indirizzo inesistente",
    Cause.FULL: "casella piena",
    Cause.CONTENT: "contenuto rifiutato",
    Cause.CLOSED: "la casella non accetta posta ordinaria",
    Cause.TEMPORARY: "non raggiungibile nei tempi",
    Cause.UNKNOWN: "causa non indicata",
}
ROUNDS = {
    rounds.Kind.FIRST: "primo invio",
    rounds.Kind.RESEND: "nuovo invio della stessa lettera",
    rounds.Kind.REMINDER: "sollecito",
}
CHANNELS = {Channel.PEC: "PEC", Channel.EMAIL: "posta ordinaria"}
TIES = {
    "message-id": "Message-ID della lettera",
    "provider-id": "identificativo del gestore",
    "reference": "risposta alla lettera (In-Reply-To)",
    "address": "indirizzo",
    "protocol": "numero di protocollo",
    "subject": "oggetto",
    "": "nessuno",
}
"""By what a message was tied (``reconcile.ties.By``)."""
EVENTS = {
    Event.ACCEPTANCE: "prova l'accettazione",
    Event.DELIVERY: "prova la consegna",
    Event.FAILURE: "prova la mancata consegna",
}
_ENDS = {
    Event.TAKEN: "presa in carico",
    Event.REJECTED: "rifiutata",
    Event.DEFERRED: "rinviata a più tardi",
    Event.UNANSWERED: "in dubbio: nessuna risposta",
}
_PHASES = {
    Phase.CONNECT: "al collegamento",
    Phase.MAIL: "al mittente",
    Phase.RCPT: "al destinatario",
    Phase.DATA: "prima della fine del messaggio",
    Phase.END_OF_DATA: "alla fine del messaggio",
}


def channel(value: str) -> str:
    """Say which kind of mail it was."""
    return CHANNELS[Channel(value)]


def kind(value: str) -> str:
    """Say what came back."""
    return KINDS[Kind(value)]


def signature(receipt: "Receipt") -> str:
    """Say whether the provider's signature was verified when the receipt was read."""
    if receipt.verified is not None:
        return "valida" if receipt.verified else "NON valida"
    return "assente" if receipt.kind.startswith("pec-") else "non prevista"


def tie(receipt: "Receipt") -> str:
    """Say how a receipt was tied to the letter, and how surely."""
    surely = {Strength.STRONG: "certo", Strength.WEAK: "debole", Strength.NONE: "nessuno"}
    if receipt.strength is Strength.NONE:
        return surely[Strength.NONE]
    return f"{surely[receipt.strength]}: {TIES[receipt.tied_by]}"


def worth(receipt: "Receipt") -> str:
    """Say what a receipt proves of the letter."""
    return EVENTS[receipt.event] if receipt.event else "agli atti, non prova la consegna"


def cause(receipt: "Receipt") -> str:
    """Say why a letter came back, with the code and words of whoever said so."""
    why = CAUSES[Cause(receipt.cause)] if receipt.cause else ""
    # Most words of a server begin with the code.
    code = "" if receipt.diagnostic.startswith(receipt.status) else receipt.status
    said = " ".join(f"{code} {receipt.diagnostic}".split())
    return ": ".join(part for part in (why, said) if part)


def attempt(one: "Attempt") -> str:
    """Say how an attempt ended, and where."""
    if one.event is None:
        return "non concluso"
    where = f", {_PHASES[one.phase]}" if one.phase and one.event is not Event.TAKEN else ""
    return f"{_ENDS[one.event]}{where}"


def answer(one: "Attempt") -> str:
    """Write the server's own code and words on one line."""
    return f"{one.code or ''} {' '.join(one.answer.split())}".strip()


def word(one: "Word") -> str:
    """Say what somebody said of a letter in doubt."""
    match one.event:
        case Event.OPERATOR_SENT:
            return f"{one.note}: la lettera è arrivata"
        case Event.OPERATOR_QUEUE:
            return f"{one.note}: la lettera non è arrivata, va inviata di nuovo"
        case _:
            return f"{STATES[one.state]} {one.note}".rstrip()
