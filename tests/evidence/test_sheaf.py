"""Names of what is handed over: from the Comune, the kind, the moment and the hash alone."""

import re
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.evidence.sheaf import Sheaf, loose, sheaves
from coalizione_mailer.ledger.dossiers import Dossier, Letter
from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.ledger.rounds import Kind as RoundKind
from coalizione_mailer.lifecycle import State
from coalizione_mailer.mailbox.reading import Kind

LETTER = Letter(
    delivery_id=1,
    round_number=2,
    round_kind=RoundKind.RESEND,
    campaign="prova",
    protocol="166/2017",
    sender="segreteria@ente.example",
    frozen_at=1_505_700_000.0,
    codice_catastale="A001",
    codice_istat="000001",
    denominazione="Borgo",
    sigla="VI",
    regione="Veneto",
    channel="pec",
    address="protocollo@borgo1.example",
    message_id="<r2.a001@ente.example>",
    head_sha256="1" * 64,
    letter_sha256="2" * 64,
    frame_sha256="3" * 64,
    message_sha256="4" * 64,
    message_size=1000,
    state=State.SENT,
    changed_at=1_505_700_000.0,
)
NAME = re.compile(r"[a-z0-9][a-z0-9.-]*-000001-invio-2-[a-z0-9-]+\.(?:eml|pdf)")
hostile = st.text() | st.sampled_from(["../../etc/passwd", "C:\\x.exe", "a\0b", "․․/x", "\r\n"])


@st.composite
def receipts(draw: st.DrawFn) -> Receipt:
    """A message that came back, with anything at all in what it says of itself."""
    words: dict[str, Any] = {
        name: draw(hostile)
        for name in ("subject", "sender", "own_id", "message_id", "pec_id", "protocol", "origin")
    }
    plain = Receipt(
        sha256=draw(st.text("0123456789abcdef", min_size=64, max_size=64)),
        identity="x",
        size=1,
        kind=draw(st.sampled_from(Kind)).value,
        received_at=1_505_800_000.0,
        occurred_at=draw(st.none() | st.floats()),
    )
    return replace(plain, **words)


def bound(letter: Letter, *came: Receipt) -> Sheaf:
    (sheaf,) = sheaves([Dossier(letter, (), (), came)])
    return sheaf


@given(receipts(), hostile)
def test_nothing_that_somebody_wrote_is_in_a_name(receipt: Receipt, comune: str) -> None:
    sheaf = bound(replace(LETTER, denominazione=comune), receipt)
    assert all(NAME.fullmatch(exhibit.name) for exhibit in sheaf.exhibits())
    assert re.fullmatch(r"comuni/[a-z0-9][a-z0-9.-]*", sheaf.folder)
    (apart,) = loose([receipt])
    assert re.fullmatch(r"senza-lettera/\d{8}-\d{6}-[a-z-]+-[0-9a-f]{16}\.eml", apart.name)


@given(st.lists(receipts(), max_size=4, unique_by=lambda one: one.sha256[:16]))
def test_no_two_files_of_a_comune_have_one_name(came: list[Receipt]) -> None:
    names = [exhibit.name for exhibit in bound(LETTER, *came).exhibits()]
    assert len(set(names)) == len(names) == len(came) + 2


def test_what_came_back_is_in_the_order_of_time_the_acceptance_first() -> None:
    plain = Receipt("a" * 64, "x", 1, Kind.PEC_DELIVERY.value, 1_505_800_000.0)
    late = replace(plain, sha256="b" * 64, occurred_at=1_505_700_200.0)
    early = replace(late, sha256="c" * 64, occurred_at=1_505_700_100.9)
    acceptance = replace(early, sha256="d" * 64, kind=Kind.PEC_ACCEPTANCE.value)
    returned = bound(LETTER, plain, late, early, acceptance).files[0].returned
    assert [one.sha256[0] for one in returned] == ["d", "c", "b", "a"]
