"""A word about coming as rows of the ledger, and as the JSON that brings an earlier one back."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from coalizione_mailer.ledger.schema import answers, participants, receipts
from coalizione_mailer.ledger.words import Answer, Person, Status, Whose, Word

_TABLE = answers.c
CHUNK = 500
"""Values that one question holds at most; SQLite has a limit."""
_LISTS = ("why", "reasons")
_EMPTY = Whose("", "", "", "", "")
_NAMES = tuple(field.name for field in fields(Word))
_OWN_TABLES = ("comune", "participants")
_JOINED = ("id", "evidence", "identity", "sender", "tied_by", *_OWN_TABLES)


def read(connection: Connection, *conditions: Any) -> list[Word]:
    """Return the words that meet these conditions, the earliest first."""
    statement = (
        select(
            answers,
            func.coalesce(receipts.c.sha256, "").label("evidence"),
            func.coalesce(receipts.c.identity, "").label("identity"),
            func.coalesce(receipts.c.sender, "").label("sender"),
            func.coalesce(receipts.c.tied_by, "").label("tied_by"),
        )
        .outerjoin(receipts, receipts.c.id == _TABLE.receipt_id)
        .where(*conditions)
        .order_by(_TABLE.said_at, receipts.c.identity, _TABLE.id)
    )
    rows = list(connection.execute(statement).mappings())
    people = _people(connection, [row["id"] for row in rows])
    return [_word(row, people.get(row["id"], ())) for row in rows]


def _people(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Person, ...]]:
    table = participants.c
    found: dict[int, tuple[Person, ...]] = {}
    for start in range(0, len(ids), CHUNK):
        rows = connection.execute(
            select(participants)
            .where(table.answer_id.in_(ids[start : start + CHUNK]))
            .order_by(table.answer_id, table.number)
        )
        for row in rows:
            found[row.answer_id] = (*found.get(row.answer_id, ()), Person(row.name, row.role))
    return found


def row_of(word: Word) -> dict[str, object]:
    """Return the columns of a word; its people have a table of their own."""
    row: dict[str, object] = {name: getattr(word, name) for name in _NAMES if name not in _JOINED}
    comune = word.comune or _EMPTY
    row |= {field.name: getattr(comune, field.name) for field in fields(Whose)}
    row |= {name: "\n".join(getattr(word, name)) for name in _LISTS}
    return row | {
        "answer": word.answer.value if word.answer else None,
        "status": word.status.value,
    }


def _word(row: RowMapping, people: tuple[Person, ...]) -> Word:
    values = {name: row[name] for name in _NAMES if name not in _OWN_TABLES}
    values |= {name: tuple(values[name].split("\n")) if values[name] else () for name in _LISTS}
    values |= {
        "comune": whose_of(row) if row["codice_catastale"] else None,
        "participants": people,
        "answer": Answer(row["answer"]) if row["answer"] else None,
        "status": Status(row["status"]),
    }
    return Word(**values)


def whose_of(row: RowMapping) -> Whose:
    """Return the Comune of a row."""
    return Whose(*(row[field.name] for field in fields(Whose)))


def dumped(word: Word) -> str:
    """Write a word as JSON, so that it can be brought back."""
    row = row_of(word) | {"participants": [[one.name, one.role] for one in word.participants]}
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def loaded(text: str) -> Word:
    """Bring a word back from JSON."""
    row = json.loads(text)
    comune = Whose(*(row.pop(field.name) for field in fields(Whose)))
    people = tuple(Person(*one) for one in row.pop("participants"))
    word = Word(
        **row | {name: tuple(row[name].split("\n")) if row[name] else () for name in _LISTS}
    )
    return replace(
        word,
        comune=comune if comune.codice_catastale else None,
        participants=people,
        answer=Answer(word.answer) if word.answer else None,
        status=Status(word.status),
    )
