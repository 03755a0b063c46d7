"""Questions to the ledger: where every letter is, and what was answered."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from coalizione_mailer.ledger.deliveries import Choice, waiting
from coalizione_mailer.ledger.rounds import Kind, Round, every
from coalizione_mailer.ledger.schema import attempts, deliveries, rounds
from coalizione_mailer.lifecycle import Event, State, foremost
from coalizione_mailer.model import Channel


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one letter is: the last answer of the server, and when it has its next turn.

    ``changed_at``, ``due`` and ``started_at`` are seconds since the epoch, UTC.
    """

    delivery_id: int
    codice_istat: str
    codice_catastale: str
    denominazione: str
    sigla: str
    regione: str
    channel: str
    address: str
    message_id: str
    state: State
    changed_at: float
    due: float
    attempts: int
    started_at: float | None
    code: int | None
    answer: str
    round_number: int = 1


def overall(connection: Connection) -> list[Standing]:
    """List where each Comune stands with the letter, whatever rounds it was sent in.

    By region and name, as ``standings``: of several letters of a Comune the one that tells.
    """
    letters: dict[str, list[Standing]] = {}
    for letter in standings(connection):
        letters.setdefault(letter.codice_catastale, []).append(letter)
    told = []
    for own in letters.values():
        own.sort(key=lambda letter: letter.round_number)
        told.append(own[foremost([letter.state for letter in own])])
    return told


def of_comune(connection: Connection, codice_catastale: str) -> list[Standing]:
    """List all letters to a Comune, the first round first."""
    own = [one for one in standings(connection) if one.codice_catastale == codice_catastale]
    return sorted(own, key=lambda letter: letter.round_number)


def overall_counts(connection: Connection) -> dict[State, int]:
    """Count the Comuni by where they stand, empty states included."""
    rows = connection.execute(
        select(deliveries.c.codice_catastale, deliveries.c.state)
        .join(rounds, rounds.c.id == deliveries.c.round_id)
        .where(rounds.c.kind != Kind.REMINDER.value)
        .order_by(rounds.c.number)
    )
    states: dict[str, list[State]] = {}
    for comune, state in rows:
        states.setdefault(comune, []).append(State(state))
    found = Counter(own[foremost(own)] for own in states.values())
    return {state: found[state] for state in State}


def unfinished(connection: Connection) -> Round | None:
    """Return the earliest round that has letters left to send, None where none has."""
    for opened in every(connection):
        if waiting(connection, Choice(opened.id)):
            return opened
    return None


def counts(connection: Connection, round_id: int) -> dict[State, int]:
    """Count the deliveries of a round in every state, empty states included."""
    rows = connection.execute(
        select(deliveries.c.state, func.count())
        .where(deliveries.c.round_id == round_id)
        .group_by(deliveries.c.state)
    )
    found = {State(state): count for state, count in rows}
    return {state: found.get(state, 0) for state in State}


@dataclass(frozen=True, slots=True)
class Silence:
    """What makes a letter silent: sent before a moment (epoch seconds), and not heard of since.

    ``states`` are those in which a letter still waits for word of its delivery.
    """

    before: float
    states: frozenset[State] = frozenset({State.ACCEPTED, State.SENT})


def silent(connection: Connection, silence: Silence) -> set[int]:
    """Return the deliveries by PEC that ought to be delivered or back by now, and are neither.

    Ordinary mail says nothing of what arrives; nor does PEC of ordinary mailboxes.
    """
    ended = (
        select(func.max(attempts.c.ended_at))
        .where(attempts.c.delivery_id == deliveries.c.id)
        .scalar_subquery()
    )
    return set(
        connection.scalars(
            select(deliveries.c.id).where(
                deliveries.c.channel == Channel.PEC.value,
                deliveries.c.state.in_(sorted(silence.states)),
                func.coalesce(ended, deliveries.c.changed_at) <= silence.before,
            )
        )
    )


def settled_doubts(connection: Connection) -> int:
    """Count the letters that had no answer, and that a receipt has settled since."""
    return connection.execute(
        select(func.count(func.distinct(attempts.c.delivery_id)))
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(
            attempts.c.event == Event.UNANSWERED.value,
            deliveries.c.state.in_([State.ACCEPTED, State.DELIVERED, State.BOUNCED]),
        )
    ).scalar_one()


def largest(connection: Connection, round_id: int) -> int:
    """Return the size of the largest message of a round, in bytes."""
    return (
        connection.scalar(
            select(func.coalesce(func.max(deliveries.c.message_size), 0)).where(
                deliveries.c.round_id == round_id
            )
        )
        or 0
    )


def standings(
    connection: Connection, round_id: int | None = None, state: State | None = None
) -> Iterator[Standing]:
    """List the letters of a round by region and name, perhaps those in one state only.

    Without a round, of all that carried the letter itself; reminders are others.
    """
    last = (
        select(attempts.c.delivery_id, func.max(attempts.c.number).label("number"))
        .group_by(attempts.c.delivery_id)
        .subquery()
    )
    table = deliveries.c
    statement = (
        select(
            table.id.label("delivery_id"),
            table.codice_istat,
            table.codice_catastale,
            table.denominazione,
            table.sigla,
            table.regione,
            table.channel,
            table.address,
            table.message_id,
            table.state,
            table.changed_at,
            table.due,
            func.coalesce(last.c.number, 0).label("attempts"),
            attempts.c.started_at,
            attempts.c.code,
            func.coalesce(attempts.c.answer, "").label("answer"),
            rounds.c.number.label("round_number"),
        )
        .join(rounds, rounds.c.id == table.round_id)
        .outerjoin(last, last.c.delivery_id == table.id)
        .outerjoin(
            attempts,
            (attempts.c.delivery_id == table.id) & (attempts.c.number == last.c.number),
        )
        .where(
            rounds.c.kind != Kind.REMINDER.value if round_id is None else table.round_id == round_id
        )
        .order_by(table.regione, table.denominazione, table.id)
    )
    if state is not None:
        statement = statement.where(table.state == state.value)
    for row in connection.execute(statement).mappings():
        yield Standing(**{**row, "state": State(row["state"])})
