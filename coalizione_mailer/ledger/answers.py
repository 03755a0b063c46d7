"""What was said about coming: one word a message or an operator's, and which of them stands.

What stands is decided elsewhere, from all words of a Comune together, and written here with them:
whoever reports need only read. Times are seconds since the epoch, UTC.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from coalizione_mailer.ledger.answer_rows import CHUNK, dumped, loaded, read, row_of, whose_of
from coalizione_mailer.ledger.schema import (
    answer_changes,
    answers,
    deliveries,
    participants,
    receipts,
)
from coalizione_mailer.ledger.words import (
    OPERATOR,
    Answer,
    Change,
    Changed,
    Deed,
    Person,
    Status,
    Totals,
    Unread,
    Whose,
    Word,
)
from coalizione_mailer.lifecycle import Strength

__all__ = ["OPERATOR", "Answer", "Person", "Status", "Totals", "Whose", "Word"]

_TABLE = answers.c


def unread(connection: Connection, kinds: Collection[str]) -> list[Unread]:
    """List the messages of these kinds that are to be read, also again since they were tied anew.

    One that the operator has decided about is never read again.
    """
    table, letter = receipts.c, deliveries.c
    rows = connection.execute(
        select(
            table.id,
            table.sha256,
            table.kind,
            func.coalesce(table.occurred_at, table.received_at).label("said_at"),
            table.received_at,
            table.strength,
            table.tied_by,
            table.delivery_id,
            _TABLE.id.label("answer_id"),
            _TABLE.tied,
            _TABLE.decided_at,
            _TABLE.status,
            *(letter[field.name] for field in fields(Whose)),
        )
        .outerjoin(answers, _TABLE.receipt_id == table.id)
        .outerjoin(deliveries, letter.id == table.delivery_id)
        .where(table.kind.in_(sorted(kinds)), _TABLE.decided_at.is_(None))
        .order_by(table.id)
    ).mappings()
    return [
        Unread(
            row["id"],
            row["sha256"],
            row["kind"],
            # Nothing was said after it came: a clock of theirs that is ahead counts as now.
            min(row["said_at"], row["received_at"]),
            _tied(row),
            Strength(row["strength"]),
            row["tied_by"],
            whose_of(row) if row["codice_catastale"] else None,
            Status(row["status"]) if row["status"] else None,
        )
        for row in rows
        if row["answer_id"] is None or row["tied"] != _tied(row)
    ]


def threads(connection: Connection) -> dict[str, str]:
    """Return the ISTAT code of the Comune by every id that belongs to a letter to it.

    Those are our own Message-IDs and whatever else the answers to them refer to.
    """
    letter, table = deliveries.c, receipts.c
    found = {
        message_id.strip("<>"): code
        for message_id, code in connection.execute(select(letter.message_id, letter.codice_istat))
    }
    rows = connection.execute(
        select(table.refs, table.pec_id, letter.codice_istat)
        .join(deliveries, letter.id == table.delivery_id)
        .where(table.strength == Strength.STRONG.value)
    )
    for refs, pec_id, code in rows:
        for reference in filter(None, (*refs.split("\n"), pec_id)):
            found.setdefault(reference, code)
    return found


def invited(connection: Connection) -> set[str]:
    """Return the Comuni that a letter was made for, by cadastral code."""
    return set(connection.scalars(select(deliveries.c.codice_catastale).distinct()))


def take(connection: Connection, words: Sequence[Word]) -> set[str]:
    """Write what messages say; return the Comuni whose words are no longer the same.

    What was read before of the same message gives way, unless the operator has decided about it.
    """
    touched: set[str] = set()
    for word in words:
        before = connection.execute(
            select(_TABLE.id, _TABLE.codice_catastale, _TABLE.decided_at).where(
                _TABLE.receipt_id == word.receipt_id
            )
        ).one_or_none()
        if before is not None:
            if before.decided_at is not None:
                continue
            touched.add(before.codice_catastale)
            connection.execute(delete(participants).where(participants.c.answer_id == before.id))
            connection.execute(delete(answers).where(_TABLE.id == before.id))
        _insert(connection, word)
        touched.add(_code(word))
    return touched


def decide(
    connection: Connection, before: Word | None, after: Word, deed: Deed
) -> tuple[int, set[str]]:
    """Write the operator's word and what it was before; return its id, and whose it touches.

    Without ``before`` it is a new word.
    """
    word_id = _insert(connection, after) if before is None else before.id
    if before is not None:
        connection.execute(update(answers).where(_TABLE.id == word_id).values(row_of(after)))
        connection.execute(delete(participants).where(participants.c.answer_id == word_id))
        _insert_people(connection, word_id, after.participants)
    connection.execute(
        insert(answer_changes).values(
            answer_id=word_id,
            at=deed.at,
            who=deed.who,
            change=deed.change.value,
            before=dumped(before) if before else "",
            after=dumped(after),
        )
    )
    return word_id, {_code(word) for word in (before, after) if word is not None}


def settle(connection: Connection, words: Iterable[Word]) -> None:
    """Write what words are worth."""
    for word in words:
        connection.execute(
            update(answers)
            .where(_TABLE.id == word.id)
            .values(status=word.status.value, reasons="\n".join(word.reasons))
        )


def of_comuni(connection: Connection, codes: Collection[str]) -> list[Word]:
    """Return all words of some Comuni (cadastral codes; empty: nobody knows whose)."""
    found: list[Word] = []
    wanted = sorted(codes)
    for start in range(0, len(wanted), CHUNK):
        found += read(connection, _TABLE.codice_catastale.in_(wanted[start : start + CHUNK]))
    return found


def everything(connection: Connection) -> list[Word]:
    """Return all words, the earliest first."""
    return read(connection)


def standing(connection: Connection) -> list[Word]:
    """Return the answer of each Comune that has one, by name of the Comune."""
    found = read(connection, _TABLE.status == Status.STANDING.value)
    return sorted(found, key=by_name)


def waiting(connection: Connection) -> list[Word]:
    """Return what a person has to look at, the earliest first."""
    return read(connection, _TABLE.status == Status.WAITING.value)


def by_name(word: Word) -> tuple[str, str]:
    """Sort words by Comune as people look for them: case and accents apart."""
    import unicodedata

    name = word.comune.denominazione if word.comune else "\uffff"
    plain = unicodedata.normalize("NFKD", name)
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return letters.casefold(), word.comune.codice_istat if word.comune else ""


def replied(connection: Connection) -> set[str]:
    """Return the Comuni that have answered in any way, also doubtfully; by cadastral code.

    Automatic messages and what the operator put aside are no answers.
    """
    told = [one.value for one in Status if one not in (Status.ASIDE, Status.NOTHING)]
    rows = connection.scalars(
        select(_TABLE.codice_catastale).where(
            _TABLE.status.in_(told),
            _TABLE.kind.in_(("reply", OPERATOR)) | _TABLE.answer.is_not(None),
        )
    )
    return set(rows) - {""}


def totals(connection: Connection) -> Totals:
    """Count the register; silent are the Comuni that were written to and said nothing."""
    told = standing(connection)
    counts = {answer: sum(word.answer is answer for word in told) for answer in Answer}
    return Totals(
        yes=counts[Answer.YES],
        no=counts[Answer.NO],
        maybe=counts[Answer.MAYBE],
        people=sum(word.coming for word in told),
        waiting=len(waiting(connection)),
        silent=len(invited(connection) - replied(connection)),
    )


def changes(connection: Connection, word_ids: Collection[int] | None = None) -> list[Changed]:
    """Return what the operator did, perhaps to some words only, in the order it was done."""
    table = answer_changes.c
    statement = select(answer_changes).order_by(table.id)
    if word_ids is not None:
        statement = statement.where(table.answer_id.in_(sorted(word_ids)))
    return [
        Changed(
            row.answer_id,
            Deed(Change(row.change), row.who, row.at),
            loaded(row.before) if row.before else None,
            loaded(row.after),
        )
        for row in connection.execute(statement)
    ]


def _insert(connection: Connection, word: Word) -> int:
    (word_id,) = connection.execute(insert(answers).values(row_of(word))).inserted_primary_key or (
        0,
    )
    _insert_people(connection, word_id, word.participants)
    return int(word_id)


def _insert_people(connection: Connection, word_id: int, people: Sequence[Person]) -> None:
    rows = [
        {"answer_id": word_id, "number": number, "name": one.name, "role": one.role}
        for number, one in enumerate(people, 1)
    ]
    if rows:
        connection.execute(insert(participants), rows)


def _tied(row: RowMapping) -> str:
    return f"{row['delivery_id'] or ''}/{row['strength']}"


def _code(word: Word) -> str:
    return word.comune.codice_catastale if word.comune else ""
