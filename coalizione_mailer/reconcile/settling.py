"""What the ledger notes of a message, and how all that is noted of a letter settles it."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from coalizione_mailer.ledger import addressees, deliveries, receipts
from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.ledger.store import Transaction
from coalizione_mailer.lifecycle import Event, State, Strength
from coalizione_mailer.mailbox.reading import Kind, Reading, Signature, SignatureState
from coalizione_mailer.mailbox.sources import Arrival
from coalizione_mailer.reconcile import ties, verdict
from coalizione_mailer.reconcile.relevance import moment


def noted(arrival: Arrival, raw: bytes, reading: Reading, now: float) -> Receipt:
    """Return what the ledger notes of a message, not yet tied."""
    signature = reading.signature
    return Receipt(
        sha256=hashlib.sha256(raw).hexdigest(),
        identity=receipts.identity(raw),
        size=len(raw),
        kind=reading.kind.value,
        received_at=now,
        origin=arrival.origin,
        final=reading.final,
        verified=reading.verified,
        signer=signature.signer if signature else "",
        outcome=reading.outcome.value if reading.outcome else None,
        cause=reading.cause.value if reading.cause else None,
        status=reading.status,
        diagnostic=reading.diagnostic,
        recipients=reading.recipients,
        refs=tuple(map(ties.bare, reading.references)),
        message_id=reading.message_id,
        pec_id=ties.bare(reading.pec_id),
        own_id=reading.own_id,
        sender=reading.sender,
        subject=reading.subject,
        protocol=reading.protocol,
        note=reading.note,
        occurred_at=moment(reading),
    )


def tied(receipt: Receipt, reading: Reading, tie: ties.Tie) -> Receipt:
    """Return a receipt with whose it is, and what it says of that letter."""
    return replace(
        receipt,
        delivery_id=tie.delivery_id,
        strength=tie.strength,
        tied_by=tie.by.value,
        event=verdict.event(reading, tie),
    )


def judged(receipt: Receipt, reading: Reading, index: ties.Index) -> Receipt:
    """Return a receipt as it is when its signature is judged anew, and nothing else of it."""
    signer = reading.signature.signer if reading.signature else ""
    after = replace(receipt, verified=reading.verified, signer=signer)
    before = reading_of(after)
    return tied(after, before, ties.tie(before, index))


def reading_of(receipt: Receipt) -> Reading:
    """Return of a kept message what ties and settles it."""
    states = {True: SignatureState.GOOD, False: SignatureState.BAD, None: SignatureState.ABSENT}
    return Reading(
        Kind(receipt.kind),
        final=receipt.final,
        recipients=receipt.recipients,
        message_id=receipt.message_id,
        pec_id=receipt.pec_id,
        signature=Signature(states[receipt.verified]),
        sender=receipt.sender,
        subject=receipt.subject,
        references=receipt.refs,
    )


def index_of(connection: Transaction, subject: str) -> ties.Index:
    """Return all that a message can be tied by."""
    return ties.Index(
        addressees.addressees(connection),
        addressees.provider_ids(connection),
        addressees.protocols(connection),
        subject,
    )


def has_ids(receipt: Receipt) -> bool:
    """Tell whether a receipt brings an id, or may be tied by one."""
    return bool(receipt.refs or receipt.pec_id or receipt.message_id)


def learn(connection: Transaction, index: ties.Index) -> set[int | None]:
    """Tie again what could not be tied before a receipt told the provider's ids."""
    retied = []
    for receipt in receipts.loose(connection):
        reading = reading_of(receipt)
        tie = ties.tie(reading, index)
        if tie.strength is Strength.STRONG:
            retied.append(tied(receipt, reading, tie))
    receipts.retie(connection, retied)
    return {receipt.delivery_id for receipt in retied}


def settle(connection: Transaction, touched: Iterable[int | None], now: float) -> dict[int, State]:
    """Let all receipts of some deliveries speak together."""
    ids = {delivery for delivery in touched if delivery is not None}
    by_delivery: dict[int, list[Receipt]] = {delivery: [] for delivery in ids}
    for receipt in receipts.of_deliveries(connection, ids):
        by_delivery[receipt.delivery_id or 0].append(receipt)
    said: dict[int, Event] = {}
    for delivery, told in by_delivery.items():
        if event := verdict.together(told):
            said[delivery] = event
    return deliveries.told(connection, said, now=now)
