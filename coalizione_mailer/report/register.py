"""The register of the sending: a row for each delivery, as a protocol office files it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from coalizione_mailer.ledger.dossiers import Dossier
from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.lifecycle import Event, State, Strength
from coalizione_mailer.mailbox.reading import Kind
from coalizione_mailer.pages import vocabulary
from coalizione_mailer.pages.spreadsheet import Cell, Column, Look
from coalizione_mailer.pages.times import in_rome

_DIGITS = 7
_LEFT = frozenset({State.SENT, State.ACCEPTED, State.DELIVERED, State.BOUNCED})
_OUTCOMES = {State.DELIVERED: Event.DELIVERY, State.BOUNCED: Event.FAILURE}

PRINTED = (
    Column("Protocollo", 10.5),
    Column("Data protocollo", 10.5, Look.DAY),
    Column("Invio", 6, Look.CENTRED),
    Column("Comune", 22, Look.WRAPPED),
    Column("Prov.", 5.5, Look.CENTRED),
    Column("Codice ISTAT", 8.5),
    Column("Indirizzo", 32, Look.WRAPPED),
    Column("Canale", 9),
    Column("Inviata il", 17.5, Look.MOMENT),
    Column("Accettata il", 17.5, Look.MOMENT),
    Column("Esito il", 17.5, Look.MOMENT),
    Column("Esito", 19, Look.WRAPPED),
    Column("Causa", 30, Look.WRAPPED),
)
"""What is printed; the other columns follow on the right."""

COLUMNS = (
    *PRINTED,
    Column("Tipo di invio", 30),
    Column("Regione", 18),
    Column("Codice catastale", 9.5),
    Column("Tentativi", 9, Look.NUMBER),
    Column("Ultima risposta del server", 40),
    Column("Dichiarazioni dell'operatore", 30),
    Column("Message-ID", 48),
    Column("Identificativo del gestore", 44),
    Column("SHA-256 del messaggio", 68),
    Column("SHA-256 della ricevuta di accettazione", 68),
    Column("SHA-256 della ricevuta di esito", 68),
    Column("SHA-256 di altri messaggi tornati", 68),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One delivery with the receipts that tell of it; ``protocol_day`` where it is known."""

    dossier: Dossier
    protocol_day: date | None
    acceptance: Receipt | None
    outcome: Receipt | None

    @classmethod
    def of(cls, dossier: Dossier, protocol_day: date | None) -> "Entry":
        """Find, among what came back, the acceptance and what settled the letter."""
        told = dossier.receipts
        return cls(
            dossier,
            protocol_day,
            next((one for one in told if one.event is Event.ACCEPTANCE), None),
            _outcome(dossier),
        )

    @property
    def sent_at(self) -> float | None:
        """When the server took the letter (epoch seconds): it said so, or receipts prove it."""
        taken = [one.ended_at for one in self.dossier.attempts if one.event is Event.TAKEN]
        if not taken and self.dossier.letter.state in _LEFT:
            taken = [one.ended_at for one in self.dossier.attempts]
        return taken[-1] if taken else None

    @property
    def others(self) -> tuple[Receipt, ...]:
        """What else came back."""
        named = (self.acceptance, self.outcome)
        return tuple(one for one in self.dossier.receipts if one not in named)

    def cells(self) -> Iterator[Cell]:
        """Give the row, in the order of the columns."""
        letter, attempts = self.dossier.letter, self.dossier.attempts
        yield protocol_number(letter.protocol)
        yield self.protocol_day
        yield letter.round_number
        yield letter.denominazione
        yield letter.sigla
        yield letter.codice_istat
        yield letter.address
        yield vocabulary.channel(letter.channel)
        yield in_rome(self.sent_at)
        yield in_rome(_when(self.acceptance))
        yield in_rome(_when(self.outcome))
        yield vocabulary.STATES[letter.state]
        yield self._cause()
        yield vocabulary.ROUNDS[letter.round_kind]
        yield letter.regione
        yield letter.codice_catastale
        yield len(attempts)
        yield vocabulary.answer(attempts[-1]) if attempts else ""
        yield "; ".join(map(vocabulary.word, self.dossier.words))
        yield letter.message_id
        yield next((one.pec_id for one in self.dossier.receipts if one.event and one.pec_id), "")
        yield letter.message_sha256
        yield self.acceptance.sha256 if self.acceptance else ""
        yield self.outcome.sha256 if self.outcome else ""
        yield " ".join(one.sha256 for one in self.others)

    def _cause(self) -> str:
        """Say why a letter did not arrive; of one that did, nothing."""
        match self.dossier.letter.state:
            case State.BOUNCED:
                return vocabulary.cause(self.outcome) if self.outcome else ""
            case State.REFUSED | State.IN_DOUBT if self.dossier.attempts:
                return vocabulary.attempt(self.dossier.attempts[-1])
            case _:
                return ""


def protocol_number(protocol: str) -> str:
    """Write ``166/2017`` as the register does: at least seven digits (DPR 445/2000, art. 57)."""
    return protocol.partition("/")[0].zfill(_DIGITS)


def _outcome(dossier: Dossier) -> Receipt | None:
    """Return the receipt that settled the letter: the first delivery, or the last failure."""
    event = _OUTCOMES.get(dossier.letter.state)
    found = [one for one in dossier.receipts if event and one.event is event]
    if event is Event.DELIVERY:
        return next(iter(found), None)
    if event is Event.FAILURE:
        # Two warnings of a provider, a day apart, are a failure without a notice of its own.
        late = [one for one in dossier.receipts if _warns(one)]
        return next(reversed(found or late), None)
    return None


def _warns(receipt: Receipt) -> bool:
    return receipt.kind == Kind.PEC_DELIVERY_WARNING and receipt.strength is Strength.STRONG


def _when(receipt: Receipt | None) -> float | None:
    if receipt is None:
        return None
    return receipt.occurred_at if in_rome(receipt.occurred_at) else receipt.received_at
