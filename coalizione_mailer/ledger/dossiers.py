"""All that the ledger holds of letters, over every round: for those who prove or file them.

Read in chunks: a hundred thousand letters go through, and never lie in memory together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, func, select

from coalizione_mailer.ledger import schema
from coalizione_mailer.ledger.receipts import Receipt, of_deliveries
from coalizione_mailer.ledger.rounds import Kind
from coalizione_mailer.ledger.story import Attempt, Word, attempts_of, words_of
from coalizione_mailer.lifecycle import State

_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivery with what its round says of it; times are seconds since the epoch, UTC."""

    delivery_id: int
    round_number: int
    round_kind: Kind
    campaign: str
    protocol: str
    sender: str
    frozen_at: float
    codice_catastale: str
    codice_istat: str
    denominazione: str
    sigla: str
    regione: str
    channel: str
    address: str
    message_id: str
    head_sha256: str
    letter_sha256: str
    frame_sha256: str
    message_sha256: str
    message_size: int
    state: State
    changed_at: float


@dataclass(frozen=True, slots=True)
class Dossier:
    """A letter with all that happened to it, each list in the order of time."""

    letter: Letter
    attempts: tuple[Attempt, ...]
    words: tuple[Word, ...]
    receipts: tuple[Receipt, ...]

    @property
    def latest(self) -> float:
        """When the ledger last learned something of it (epoch seconds)."""
        return max(self.letter.changed_at, *(one.received_at for one in self.receipts), 0.0)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is: letters, Comuni, what came back, and bytes if each is handed over."""

    letters: int
    comuni: int
    receipts: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Sending:
    """One round as a whole: what it was, when it was frozen, from which inputs."""

    number: int
    kind: Kind
    campaign: str
    protocol: str
    sender: str
    frozen_at: float
    frame_sha256: str
    inputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A Comune that was written to, as its latest letter names it."""

    codice_catastale: str
    codice_istat: str
    denominazione: str
    sigla: str


def places(connection: Connection) -> list[Place]:
    """List the Comuni of every round."""
    table = schema.deliveries.c
    last = select(func.max(table.id)).group_by(table.codice_catastale)
    rows = connection.execute(
        select(table.codice_catastale, table.codice_istat, table.denominazione, table.sigla)
        .where(table.id.in_(last))
        .order_by(table.denominazione, table.codice_catastale)
    )
    return [Place(*row) for row in rows]


def dossiers(connection: Connection, comuni: Collection[str] = ()) -> Iterator[Dossier]:
    """Give the letters of some Comuni (cadastral codes; none means all), those of one together.

    By name of the Comune, then by round.
    """
    table = schema.deliveries.c
    wanted = select(table.id).join(schema.rounds, schema.rounds.c.id == table.round_id)
    if comuni:
        wanted = wanted.where(table.codice_catastale.in_(sorted(comuni)))
    # The name of the latest round, so that a Comune that was renamed stays together.
    named = (
        select(table.codice_catastale.label("code"), func.max(table.id).label("last"))
        .group_by(table.codice_catastale)
        .subquery()
    )
    last = schema.deliveries.alias("last_one")
    ids = connection.scalars(
        wanted.join(named, named.c.code == table.codice_catastale)
        .join(last, last.c.id == named.c.last)
        .order_by(last.c.denominazione, table.codice_catastale, schema.rounds.c.number)
    ).all()
    queue = iter(ids)
    while chunk := list(islice(queue, _CHUNK)):
        yield from _chunk(connection, chunk)


def extent(connection: Connection, comuni: Collection[str] = ()) -> Extent:
    """Measure what handing over these letters takes."""
    table = schema.deliveries.c
    letters = select(
        func.count(),
        func.count(func.distinct(table.codice_catastale)),
        func.coalesce(func.sum(table.message_size), 0),
    )
    came = select(func.count(), func.coalesce(func.sum(schema.receipts.c.size), 0))
    if comuni:
        letters = letters.where(table.codice_catastale.in_(sorted(comuni)))
        ours = select(table.id).where(table.codice_catastale.in_(sorted(comuni)))
        came = came.where(schema.receipts.c.delivery_id.in_(ours))
    count, places, size = connection.execute(letters).one()
    receipts, received = connection.execute(came).one()
    # The message holds the PDF in base64: with the PDF beside it, at most three quarters more.
    return Extent(count, places, receipts, size + size * 3 // 4 + received)


def sendings(connection: Connection) -> list[Sending]:
    """Return every round with its inputs, the earliest first."""
    found = []
    for row in connection.execute(select(schema.rounds).order_by(schema.rounds.c.number)):
        rows = connection.execute(
            select(schema.inputs.c.name, schema.inputs.c.sha256)
            .where(schema.inputs.c.round_id == row.id)
            .order_by(schema.inputs.c.name)
        )
        found.append(
            Sending(
                row.number,
                Kind(row.kind),
                row.campaign,
                row.protocol,
                row.sender,
                row.frozen_at,
                row.frame_sha256,
                {name: sha256 for name, sha256 in rows},  # noqa: C416  a result is no mapping
            )
        )
    return found


def content(connection: Connection, sha256: str) -> bytes | None:
    """Return the bytes kept under a hash as they are now, None where they are gone."""
    kept: bytes | None = connection.scalar(
        select(schema.blobs.c.content).where(schema.blobs.c.sha256 == sha256)
    )
    return kept


def _chunk(connection: Connection, ids: Sequence[int]) -> Iterator[Dossier]:
    letters = {letter.delivery_id: letter for letter in _letters(connection, ids)}
    attempts = attempts_of(connection, ids)
    words = words_of(connection, ids)
    receipts: dict[int | None, list[Receipt]] = defaultdict(list)
    for receipt in of_deliveries(connection, ids):
        receipts[receipt.delivery_id].append(receipt)
    for one in ids:
        yield Dossier(letters[one], tuple(attempts[one]), tuple(words[one]), tuple(receipts[one]))


def _letters(connection: Connection, ids: Sequence[int]) -> Iterator[Letter]:
    table, opened = schema.deliveries.c, schema.rounds.c
    rows = connection.execute(
        select(
            table.id.label("delivery_id"),
            opened.number.label("round_number"),
            opened.kind.label("round_kind"),
            opened.campaign,
            opened.protocol,
            opened.sender,
            opened.frozen_at,
            table.codice_catastale,
            table.codice_istat,
            table.denominazione,
            table.sigla,
            table.regione,
            table.channel,
            table.address,
            table.message_id,
            table.head_sha256,
            table.letter_sha256,
            opened.frame_sha256,
            table.message_sha256,
            table.message_size,
            table.state,
            table.changed_at,
        )
        .join(schema.rounds, opened.id == table.round_id)
        .where(table.id.in_(ids))
    )
    for row in rows.mappings():
        told = {"state": State(row["state"]), "round_kind": Kind(row["round_kind"])}
        yield Letter(**{**row, **told})
