"""The tables of the ledger; the one description from which SQLite and PostgreSQL are made.

Times are seconds since the epoch, UTC: the pace computes with them. Bytes are kept once, under
their SHA-256, and never change.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from coalizione_mailer.lifecycle import Event, State

VERSION = 3
"""The version of this schema; ``migrations`` brings older ledgers up to it."""

metadata = MetaData()

_STATES = ", ".join(f"'{state}'" for state in State)
_EVENTS = ", ".join(f"'{event}'" for event in Event)

schema_version = Table(
    "schema_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("applied_at", Float, nullable=False),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

rounds = Table(
    "rounds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("campaign", String(64), nullable=False),
    Column("protocol", String(64), nullable=False),
    Column("sender", String(320), nullable=False),
    Column("identity", String(64), nullable=False),
    Column("frozen_at", Float, nullable=False),
    Column("frame_sha256", ForeignKey("blobs.sha256"), nullable=False),
    Column("kind", String(8), nullable=False, server_default="first"),
)

inputs = Table(
    "inputs",
    metadata,
    Column("round_id", ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(512), primary_key=True),
    Column("sha256", String(64), nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("round_id", ForeignKey("rounds.id", ondelete="CASCADE"), nullable=False),
    Column("codice_catastale", String(4), nullable=False),
    Column("codice_istat", String(6), nullable=False),
    Column("denominazione", String(200), nullable=False),
    Column("sigla", String(2), nullable=False),
    Column("regione", String(64), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("address", String(320), nullable=False),
    Column("message_id", String(255), nullable=False, unique=True),
    Column("head_sha256", ForeignKey("blobs.sha256"), nullable=False),
    Column("letter_sha256", ForeignKey("blobs.sha256"), nullable=False),
    Column("message_sha256", String(64), nullable=False),
    Column("message_size", Integer, nullable=False),
    Column("state", String(12), CheckConstraint(f"state IN ({_STATES})"), nullable=False),
    Column("due", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("previous_id", ForeignKey("deliveries.id")),
    UniqueConstraint("round_id", "codice_catastale"),
)
Index("deliveries_by_turn", deliveries.c.state, deliveries.c.due, deliveries.c.id)
Index("deliveries_by_comune", deliveries.c.codice_catastale, deliveries.c.state)

attempts = Table(
    "attempts",
    metadata,
    Column("delivery_id", ForeignKey("deliveries.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("event", String(16), CheckConstraint(f"event IN ({_EVENTS})")),
    Column("phase", String(12)),
    Column("code", Integer),
    Column("answer", Text),
)
Index("attempts_by_end", attempts.c.ended_at)

# What happened to a delivery outside its attempts: the operator's word, and receipts.
history = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False),
    Column("at", Float, nullable=False),
    Column("event", String(16), CheckConstraint(f"event IN ({_EVENTS})"), nullable=False),
    Column("state", String(12), CheckConstraint(f"state IN ({_STATES})"), nullable=False),
    Column("note", Text, nullable=False),
)
Index("history_by_delivery", history.c.delivery_id)

# The operator's consent to send a letter that came back again, to another address.
approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id", ondelete="CASCADE"), nullable=False),
    Column("at", Float, nullable=False),
    Column("channel", String(8), nullable=False),
    Column("address", String(320), nullable=False),
    Column("source", Text, nullable=False),
    Column("note", Text, nullable=False),
)
Index("approvals_by_delivery", approvals.c.delivery_id)

# What came back. ``identity`` is the SHA-256 with line ends made LF: the same message read over
# IMAP and from a Maildir is one. ``event`` is what it says of the delivery, where it counts.
receipts = Table(
    "receipts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", ForeignKey("blobs.sha256"), nullable=False),
    Column("identity", String(64), nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("delivery_id", ForeignKey("deliveries.id", ondelete="SET NULL")),
    Column("strength", String(8), nullable=False),
    Column("tied_by", String(16), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("event", String(16), CheckConstraint(f"event IN ({_EVENTS})")),
    Column("final", Boolean, nullable=False),
    Column("verified", Boolean),
    Column("signer", Text, nullable=False),
    Column("outcome", String(8)),
    Column("cause", String(16)),
    Column("status", String(16), nullable=False),
    Column("diagnostic", Text, nullable=False),
    Column("recipients", Text, nullable=False),  # one a line, as the next one
    Column("refs", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("pec_id", Text, nullable=False),
    Column("own_id", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("protocol", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("occurred_at", Float),
    Column("received_at", Float, nullable=False),
    Column("origin", Text, nullable=False),
)
Index("receipts_by_delivery", receipts.c.delivery_id)
Index("receipts_by_pec_id", receipts.c.pec_id)

# Messages that may answer a letter whose acceptance was not read yet, kept until that is known: no
# evidence, nor shown to anybody. ``identity`` as above; ``refs``, one a line, is what they answer.
held = Table(
    "held",
    metadata,
    Column("identity", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("refs", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("received_at", Float, nullable=False),
)

# By which authorities the receipts were judged last: the SHA-256 of their certificates; one row.
judged = Table(
    "judged",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("authorities", String(64), nullable=False),
)

# How far each folder of a mailbox was read (RFC 3501, section 2.3.1.1).
cursors = Table(
    "cursors",
    metadata,
    Column("mailbox", String(512), primary_key=True),
    Column("folder", String(512), primary_key=True),
    Column("uidvalidity", Integer, nullable=False),
    Column("uid", Integer, nullable=False),
)

# What was said about coming: one row a message that was read for it, or a word of the operator's.
# The Comune stands as it was then; ``why`` is why a message is doubtful, ``reasons`` why it waits.
answers = Table(
    "answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("receipt_id", ForeignKey("receipts.id"), unique=True),
    Column("tied", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("codice_catastale", String(4), nullable=False),  # empty where nobody knows whose
    Column("codice_istat", String(6), nullable=False),
    Column("denominazione", String(200), nullable=False),
    Column("sigla", String(2), nullable=False),
    Column("regione", String(64), nullable=False),
    Column("answer", String(8)),
    Column("people", Integer),
    Column("own_text", Text, nullable=False),
    Column("doubtful", Boolean, nullable=False),
    Column("why", Text, nullable=False),  # one a line, as the reasons
    Column("said_at", Float, nullable=False),
    Column("taken_at", Float, nullable=False),
    Column("decided_at", Float),
    Column("decided_by", Text, nullable=False),
    Column("aside", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("status", String(12), nullable=False),
    Column("reasons", Text, nullable=False),
)
Index("answers_by_comune", answers.c.codice_catastale)

participants = Table(
    "participants",
    metadata,
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
)

# What the operator did to an answer: who, when, and the answer before and after, as JSON.
answer_changes = Table(
    "answer_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE"), nullable=False),
    Column("at", Float, nullable=False),
    Column("who", Text, nullable=False),
    Column("change", String(12), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
)
Index("answer_changes_by_answer", answer_changes.c.answer_id)
