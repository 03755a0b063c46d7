"""Batches taken into a real ledger: evidence, index, states and place, together or not at all."""

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from coalizione_mailer.errors import ServerUnavailableError
from coalizione_mailer.ledger import (
    cursors,
    deliveries,
    held,
    receipts,
    reports,
    rounds,
    schema,
)
from coalizione_mailer.ledger.cursors import Place
from coalizione_mailer.ledger.deliveries import Choice, Settlement
from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.ledger.rounds import Round
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import Event, Phase, State, Strength, judge
from coalizione_mailer.mailbox.classify import classify
from coalizione_mailer.mailbox.reading import Cause, Kind, Reading
from coalizione_mailer.mailbox.sources import Arrival, Mark
from coalizione_mailer.reconcile import Batch, Reconciler, Tally, reconciler
from coalizione_mailer.rehearsal import receipts as provider_receipts
from coalizione_mailer.rehearsal.daticert import Errore, Fact, Tipo
from tests.support import came_back, letters

NOW = letters.FROZEN_AT + 86400
COUNT = 4


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Four letters: sent, in doubt, refused, still waiting."""
    opened_ledger, opened = letters.frozen_ledger(tmp_path, COUNT)
    sent(opened_ledger, opened)
    with closing(opened_ledger):
        yield opened_ledger


def sent(ledger: Ledger, opened: Round) -> None:
    at = letters.FROZEN_AT + 60
    ends = (judge(Phase.END_OF_DATA, 250), judge(Phase.END_OF_DATA, None), judge(Phase.RCPT, 550))
    with ledger.writing() as connection:
        claims = deliveries.claim(connection, Choice(opened.id), 3, now=at)
        deliveries.settle(
            connection,
            [
                Settlement(claimed.delivery_id, claimed.attempt, end, at)
                for claimed, end in zip(claims, ends, strict=True)
            ],
        )


def states(ledger: Ledger) -> list[State]:
    with ledger.reading() as connection:
        found = {one.delivery_id: one.state for one in reports.standings(connection, 1)}
    return [found[number] for number in sorted(found)]


def kept(ledger: Ledger) -> list[Receipt]:
    with ledger.reading() as connection:
        ids = range(1, COUNT + 1)
        return [*receipts.of_deliveries(connection, ids), *receipts.of_nobody(connection)]


def take(ledger: Ledger, *raws: bytes, classifier: Callable[[bytes], Reading] = classify) -> Tally:
    told = Reconciler(ledger, classifier, lambda: NOW, "Invito")
    return told.take(Batch(tuple(Arrival(raw, f"prova/{n}") for n, raw in enumerate(raws))))


def test_receipts_settle_what_was_sent_in_doubt_refused_or_waiting(ledger: Ledger) -> None:
    assert states(ledger) == [State.SENT, State.IN_DOUBT, State.REFUSED, State.QUEUED]
    tally = take(
        ledger,
        came_back.acceptance(0),
        came_back.delivery(1),
        came_back.failure(2),
        came_back.acceptance(3),
    )
    settled = [State.ACCEPTED, State.DELIVERED, State.BOUNCED, State.ACCEPTED]
    assert states(ledger) == settled
    assert tally.changed == dict(enumerate(settled, 1))
    assert (tally.seen, tally.kept.total(), tally.weak, tally.unproved) == (4, 4, 0, 0)
    # Whoever sends next does not send it again.
    with ledger.writing() as connection:
        assert deliveries.claim(connection, Choice(1), 9, now=NOW) == []


def test_what_came_back_is_kept_byte_for_byte_with_all_that_it_says(ledger: Ledger) -> None:
    raw = came_back.failure(0)
    take(ledger, raw)
    (receipt,) = kept(ledger)
    with ledger.reading() as connection:
        assert receipts.content(connection, receipt.sha256) == raw
    assert (receipt.delivery_id, receipt.strength) == (1, Strength.STRONG)
    assert (receipt.kind, receipt.event, receipt.verified) == (
        Kind.PEC_DELIVERY_ERROR,
        Event.FAILURE,
        True,
    )
    assert (receipt.cause, receipt.outcome) == (Cause.DEAD, "hard")
    assert receipt.recipients == (letters.address(0),)
    assert receipt.occurred_at == letters.FROZEN_AT + 60 + 108
    assert (receipt.received_at, receipt.origin) == (NOW, "prova/0")
    with ledger.reading() as connection:
        assert receipts.failures(connection, 1) == {1: receipt}
        assert receipts.by_kind(connection) == {"pec-errore-consegna": 1}


def test_read_twice_it_is_kept_once_whatever_its_line_ends_became(ledger: Ledger) -> None:
    raw = came_back.acceptance(0)
    assert take(ledger, raw, raw).known == 1
    again = take(ledger, raw.replace(b"\r\n", b"\n"), raw)
    assert (again.known, again.kept.total(), again.changed) == (2, 0, {})
    assert len(kept(ledger)) == 1


def test_a_forged_receipt_is_kept_and_changes_nothing(ledger: Ledger) -> None:
    forged = came_back.delivery(0).replace(letters.address(0).encode(), b"altri@borgo0.example")
    unsigned = came_back.delivery(1).replace(b"multipart/signed", b"multipart/mixed")
    before = states(ledger)
    tally = take(ledger, forged, unsigned)
    assert states(ledger) == before
    assert tally.kept.total() == 2
    assert tally.weak + tally.unproved == 2
    assert {receipt.event for receipt in kept(ledger)} == {None}


def test_a_bounce_of_ordinary_mail_needs_no_signature(ledger: Ledger) -> None:
    take(ledger, came_back.dsn(0))
    assert states(ledger)[0] is State.BOUNCED


def test_a_reply_is_tied_whether_it_is_read_before_the_acceptance_or_after(
    ledger: Ledger,
) -> None:
    take(ledger, came_back.reply(0))
    (alone,) = kept(ledger)
    assert (alone.strength, alone.tied_by) == (Strength.WEAK, "address")
    take(ledger, came_back.acceptance(0), came_back.acceptance(1), came_back.reply(1))
    replies = [receipt for receipt in kept(ledger) if receipt.kind == Kind.REPLY]
    assert {(reply.delivery_id, reply.strength, reply.tied_by) for reply in replies} == {
        (1, Strength.STRONG, "reference"),
        (2, Strength.STRONG, "reference"),
    }
    assert states(ledger)[:2] == [State.ACCEPTED, State.ACCEPTED]


def stranger(number: int, cited: str = "") -> bytes:
    """Somebody's answer, from an address nobody wrote to, citing what the provider said."""
    return (
        b"From: sindaca%d@casa.example\r\nSubject: Ci sono\r\n"
        b"Date: Wed, 20 Sep 2017 10:00:00 +0200\r\nIn-Reply-To: <%s>\r\n\r\nA presto\r\n"
        % (number, (cited or came_back.posting(number).identificativo).encode())
    )


def held_back(ledger: Ledger) -> int:
    with ledger.reading() as connection:
        return len(held.known(connection))


def test_an_answer_from_elsewhere_is_tied_when_a_later_run_reads_the_acceptance(
    ledger: Ledger,
) -> None:
    first = take(ledger, stranger(0), came_back.unrelated(1))
    assert (first.held, first.foreign, first.kept.total()) == (1, 1, 0)
    assert kept(ledger) == []
    again = take(ledger, stranger(0).replace(b"\r\n", b"\n"))
    assert (again.known, again.held, again.foreign) == (1, 0, 0)
    second = take(ledger, came_back.acceptance(1), came_back.acceptance(0))
    assert second.kept == {"reply": 1, "pec-accettazione": 2}
    first.add(second)
    assert (first.held, first.foreign, held_back(ledger)) == (0, 1, 0)
    (reply,) = (one for one in kept(ledger) if one.kind == Kind.REPLY)
    assert (reply.delivery_id, reply.strength, reply.origin) == (1, Strength.STRONG, "prova/0")
    with ledger.reading() as connection:
        assert receipts.content(connection, reply.sha256) == stranger(0)
    assert take(ledger, stranger(0)).known == 1


def test_an_envelope_that_comes_back_to_us_is_tied_by_the_name_the_provider_gave_it(
    ledger: Ledger,
) -> None:
    # As some mail programs give it back: without the headers that name our own message.
    given = came_back.posting(0).identificativo
    back = came_back.dsn(0).replace(came_back.message_id(0).encode(), f"<{given}>".encode())
    assert take(ledger, back.replace(letters.address(0).encode(), b"x@altrove.example")).held == 1
    take(ledger, came_back.acceptance(0))
    assert states(ledger)[0] is State.BOUNCED


def test_other_peoples_answers_are_forgotten_when_every_letter_has_its_receipt(
    ledger: Ledger,
) -> None:
    take(ledger, stranger(0, "opec1.altro@pec.gestore.example"))
    take(ledger, *map(came_back.acceptance, range(COUNT - 1)))
    assert held_back(ledger) == 1
    tally = take(ledger, came_back.acceptance(COUNT - 1))
    assert (held_back(ledger), tally.held, tally.kept) == (0, -1, {"pec-accettazione": 1})
    assert take(ledger, stranger(0, "opec1.altro@pec.gestore.example")).foreign == 1
    assert not [one for one in kept(ledger) if one.kind == Kind.REPLY]


def test_a_letter_that_may_have_left_twice_has_two_acceptances_to_wait_for(
    tmp_path: Path,
) -> None:
    ledger, opened = letters.frozen_ledger(tmp_path, 1)
    with closing(ledger):
        for end in (judge(Phase.RCPT, 450), judge(Phase.END_OF_DATA, None)):
            with ledger.writing() as connection:
                (claimed,) = deliveries.claim(connection, Choice(opened.id), 1, now=NOW)
                settled = Settlement(claimed.delivery_id, claimed.attempt, end, NOW, NOW)
                deliveries.settle(connection, [settled])
        with ledger.writing() as connection:
            deliveries.resolve(connection, [1], Event.OPERATOR_QUEUE, now=NOW, note="")
            (claimed,) = deliveries.claim(connection, Choice(opened.id), 1, now=NOW)
            taken = judge(Phase.END_OF_DATA, 250)
            settled = Settlement(claimed.delivery_id, claimed.attempt, taken, NOW)
            deliveries.settle(connection, [settled])
        take(ledger, stranger(0, "opec9.9@pec.gestore.example"), came_back.acceptance(0))
        assert held_back(ledger) == 1
        other = replace(came_back.posting(0), identificativo="opec9.9@pec.gestore.example")
        fact = Fact(Tipo.ACCETTAZIONE, came_back.SENT_AT)
        take(ledger, provider_receipts.receipt(came_back.provider(), other, fact))
        assert held_back(ledger) == 0
        assert [one.delivery_id for one in kept(ledger)] == [1, 1, 1]


@pytest.mark.parametrize(
    "message",
    [
        stranger(0, "CAK8a7.12@posta.example"),
        stranger(0).replace(b"20 Sep", b"10 Sep"),
        stranger(0).replace(b"In-Reply-To", b"X-Altro"),
    ],
    ids=["an ordinary id", "older than the letters", "no id at all"],
)
def test_a_private_letter_that_cannot_turn_out_to_be_an_answer_is_not_held_back(
    ledger: Ledger, message: bytes
) -> None:
    tally = take(ledger, message)
    assert (tally.foreign, tally.held, held_back(ledger)) == (1, 0, 0)


def test_who_sends_ordinary_mail_waits_for_no_acceptance(ledger: Ledger) -> None:
    told = Reconciler(ledger, classify, lambda: NOW, certified=False)
    assert told.take(Batch((Arrival(stranger(0), "prova"),))).foreign == 1
    assert held_back(ledger) == 0


def test_what_is_held_back_is_bounded_in_number_in_bytes_and_in_time(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "MOST", 2)
    tally = take(ledger, *map(stranger, range(3)))
    assert (tally.held, tally.unheld, tally.foreign) == (2, 1, 1)
    late = Reconciler(ledger, classify, lambda: NOW + 91 * 86400)
    assert late.take(Batch((Arrival(came_back.unrelated(1), "prova"),))).held == -2
    monkeypatch.setattr(held, "MOST_BYTES", len(stranger(0)) + 10)
    tally = take(ledger, *map(stranger, range(3)))
    assert (tally.held, tally.unheld) == (1, 2)


def test_other_peoples_letters_are_counted_and_not_kept(ledger: Ledger) -> None:
    strange = (
        b"From: zia@casa.example\r\nSubject: Domenica\r\nDate: Tue, 19 Sep 2017 10:00:00 +0200"
    )
    tally = take(ledger, strange + b"\r\n\r\nVieni a pranzo?\r\n")
    assert (tally.foreign, tally.kept.total()) == (1, 0)
    with ledger.reading() as connection:
        assert connection.scalar(select(schema.receipts.c.id)) is None


def test_what_breaks_the_classifier_or_is_too_large_for_it_is_kept(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(raw: bytes) -> Reading:
        raise RecursionError(raw)

    take(ledger, b"broken", classifier=broken)
    monkeypatch.setattr(reconciler, "READABLE", 10)
    take(ledger, b"much too large", classifier=broken)
    assert {(one.kind, one.note) for one in kept(ledger)} == {
        (Kind.OTHER, "unreadable"),
        (Kind.OTHER, "too-large"),
    }


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_taken(ledger: Ledger) -> None:
    told = Reconciler(ledger, classify, lambda: NOW)
    lost = Arrival(None, "prova/x.eml", trouble="Permission denied")
    tally = told.take(Batch((lost, Arrival(came_back.acceptance(0), "prova/y.eml"))))
    assert tally.unreadable == [lost]
    assert states(ledger)[0] is State.ACCEPTED


def test_what_a_source_gave_before_it_broke_off_is_taken_in(ledger: Ledger) -> None:
    def breaking() -> Iterator[Arrival]:
        yield Arrival(came_back.acceptance(0), "prova/1")
        yield Arrival(came_back.acceptance(1), "prova/2")
        raise ServerUnavailableError("imap.ente.example", 993, "lost", "")

    told = Reconciler(ledger, classify, lambda: NOW)
    batches = Batch.cut(breaking())
    assert told.take(next(batches)).kept.total() == 2
    with pytest.raises(ServerUnavailableError):
        next(batches)


def test_batches_are_bounded_by_number_and_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciler, "_BATCH", 3)
    monkeypatch.setattr(reconciler, "_BATCH_BYTES", 10)
    sizes = [1, 1, 1, 1, 9, 20, 1]
    cut = Batch.cut(Arrival(b"x" * size, "prova") for size in sizes)
    assert [[len(one.raw or b"") for one in batch.arrivals] for batch in cut] == [
        [1, 1, 1],
        [1, 9],
        [20],
        [1],
    ]


def test_the_place_in_the_mailbox_is_written_with_what_was_read(ledger: Ledger) -> None:
    def arrival(uid: int, raw: bytes, uidvalidity: int = 7) -> Arrival:
        return Arrival(raw, f"INBOX UID {uid}", Mark("imap://x", "INBOX", uidvalidity, uid))

    told = Reconciler(ledger, classify, lambda: NOW)

    def places() -> dict[str, Place]:
        with ledger.reading() as connection:
            return cursors.places(connection, "imap://x")

    told.take(Batch((arrival(3, came_back.acceptance(0)), arrival(5, came_back.unrelated(1)))))
    assert places() == {"INBOX": Place("imap://x", "INBOX", 7, 5)}
    told.take(Batch((arrival(4, came_back.acceptance(1)),)))
    assert places()["INBOX"].uid == 5
    told.take(Batch((arrival(1, came_back.acceptance(0), uidvalidity=8),)))
    assert places() == {"INBOX": Place("imap://x", "INBOX", 8, 1)}


def test_a_batch_that_fails_leaves_nothing_behind(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cursors, "advance", stop)
    with pytest.raises(KeyboardInterrupt):
        take(ledger, came_back.acceptance(0))
    assert kept(ledger) == []
    assert states(ledger)[0] is State.SENT


def test_a_letter_on_its_way_is_settled_and_its_attempt_ends_by_itself(tmp_path: Path) -> None:
    ledger, opened = letters.frozen_ledger(tmp_path, 2)
    with closing(ledger):
        with ledger.writing() as connection:
            deliveries.claim(connection, Choice(opened.id), 2, now=letters.FROZEN_AT + 60)
        take(ledger, came_back.acceptance(0), came_back.delivery(1))
        assert states(ledger) == [State.ACCEPTED, State.DELIVERED]
        # The answer comes after the receipt: or never, and a new run cleans up.
        with ledger.writing() as connection:
            taken = Settlement(1, 1, judge(Phase.END_OF_DATA, 250), NOW)
            deliveries.settle(connection, [taken])
            assert deliveries.doubt_leftovers(connection, now=NOW) == 0
            ended = connection.execute(
                select(schema.attempts.c.event).order_by(schema.attempts.c.delivery_id)
            )
            assert list(ended.scalars()) == ["taken", "unanswered"]
        assert states(ledger) == [State.ACCEPTED, State.DELIVERED]


def test_letters_thawed_and_frozen_anew_lose_no_evidence(tmp_path: Path) -> None:
    ledger, opened = letters.frozen_ledger(tmp_path, 2)
    with closing(ledger):
        take(ledger, came_back.reply(0))
        with ledger.writing() as connection:
            rounds.discard(connection, opened)
        (alone,) = kept(ledger)
        assert alone.delivery_id is None
        with ledger.reading() as connection:
            assert receipts.content(connection, alone.sha256) == came_back.reply(0)


def untrusting(raw: bytes) -> Reading:
    """Understand a message while the authority that vouches for its signer is not named."""
    found = classify(raw)
    if found.signature is None:
        return found
    return replace(found, signature=replace(found.signature, trusted=False))


def test_signatures_are_judged_again_by_other_authorities_even_after_an_interruption(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciler, "_BATCH", 1)
    forged = came_back.delivery(3).replace(letters.address(3).encode(), b"altri@borgo3.example")
    raws = came_back.delivery(0), came_back.acceptance(1), stranger(1), forged
    told = Reconciler(ledger, untrusting, lambda: NOW)
    told.take(Batch(tuple(Arrival(raw, "prova") for raw in raws)))
    before = states(ledger)
    told = Reconciler(ledger, classify, lambda: NOW, authorities="quelle vere")
    assert told.to_judge_again() == 3

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        told.judge_again(stop)
    assert states(ledger) == before
    judged = told.judge_again()
    assert (judged.receipts, judged.risen, judged.fallen) == (3, 2, {})
    assert (judged.tally.kept, states(ledger)[:2]) == (
        {"reply": 1},
        [State.DELIVERED, State.ACCEPTED],
    )
    assert states(ledger)[3] is State.QUEUED
    assert (told.to_judge_again(), told.judge_again().receipts) == (0, 0)
    # Nobody vouches any more: that is told, by letter, and what was settled stays.
    judged = Reconciler(ledger, untrusting, lambda: NOW, authorities="altre").judge_again()
    assert (judged.risen, judged.fallen) == (0, {1: 1, 2: 1})
    assert states(ledger)[:2] == [State.DELIVERED, State.ACCEPTED]


@given(
    st.sampled_from([one for one in Tipo if one is not Tipo.POSTA_CERTIFICATA]),
    st.floats(0.0, 1.0),
)
@settings(max_examples=60, deadline=None)
def test_a_receipt_says_the_same_with_any_part_of_its_certification_data(
    tipo: Tipo, share: float
) -> None:
    failed = tipo is Tipo.ERRORE_CONSEGNA
    fact = Fact(
        tipo,
        came_back.SENT_AT,
        Errore.NO_DEST if failed else Errore.NESSUNO,
        "5.1.1 - Gestore di prova - indirizzo non valido" if failed else "",
    )
    whole, part = (
        classify(provider_receipts.receipt(came_back.provider(), came_back.posting(0), fact, kept))
        for kept in (1.0, share)
    )
    assert part.verified is True
    assert part.pec_id == whole.pec_id == came_back.posting(0).identificativo
    assert (part.kind, part.message_id, part.recipients) == (
        whole.kind,
        whole.message_id,
        whole.recipients,
    )
    assert (part.final, part.outcome, part.cause) == (whole.final, whole.outcome, whole.cause)


KINDS = [
    Kind.PEC_ACCEPTANCE,
    Kind.PEC_NON_ACCEPTANCE,
    Kind.PEC_DELIVERY,
    Kind.PEC_DELIVERY_ERROR,
    Kind.PEC_DELIVERY_WARNING,
    Kind.BOUNCE,
    Kind.DELAY,
    Kind.DELIVERED,
    Kind.REPLY,
    Kind.OTHER,
]


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    """One of all that can come back, some of it forged, some for somebody else."""
    kind = draw(st.sampled_from(KINDS))
    number = draw(st.integers(0, COUNT - 1))
    full = came_back.reading(
        kind,
        number,
        hours=draw(st.sampled_from([0.5, 12.0, 24.0])),
        final=draw(st.booleans()),
        signature=draw(st.sampled_from([came_back.GOOD] * 4 + [came_back.BAD, came_back.ABSENT])),
        recipients=draw(st.sampled_from([None, None, None, ("altri@altrove.example",)])),
    )
    if kind in (Kind.BOUNCE, Kind.REPLY) and draw(st.booleans()):
        # Only what the provider called it: tied when an acceptance has told it.
        return Reading(
            kind,
            pec_id=full.pec_id if kind is Kind.BOUNCE else "",
            references=(full.pec_id,),
            occurred=full.occurred,
            sender=draw(st.sampled_from([letters.address(number), "sindaca@casa.example"])),
        )
    return full


@st.composite
def campaigns(draw: st.DrawFn) -> tuple[list[Reading], int, list[int]]:
    """A campaign's receipts, an order, and where runs end."""
    came = draw(st.lists(readings(), min_size=1, max_size=14))
    cuts = draw(st.lists(st.integers(1, 5), min_size=1, max_size=6))
    return came, draw(st.integers(0, 10**6)), cuts


def outcome(folder: Path, came: Sequence[tuple[int, Reading]], cuts: Sequence[int]) -> object:
    """Take in messages in this order, some at a time; return states and ties."""
    ledger, opened = letters.frozen_ledger(folder, COUNT)
    by_name = {f"{number}".encode(): reading for number, reading in came}
    with closing(ledger):
        sent(ledger, opened)
        waiting = [Arrival(f"{number}".encode(), "prova") for number, _reading in came]
        step = 0
        while waiting:
            size = cuts[step % len(cuts)]
            # Every time a run of its own.
            told = Reconciler(ledger, by_name.__getitem__, lambda: NOW)
            told.take(Batch(tuple(waiting[:size])))
            waiting, step = waiting[size:], step + 1
        ties = {(one.sha256, one.delivery_id, one.strength, one.event) for one in kept(ledger)}
        with ledger.reading() as connection:
            failed = {
                number: one.sha256 for number, one in receipts.failures(connection, 1).items()
            }
            waits = held.known(connection)
        return states(ledger), ties, failed, waits


@given(campaigns())
@settings(max_examples=40, deadline=None)
def test_any_order_any_repetition_and_any_interruption_end_the_same(
    campaign: tuple[list[Reading], int, list[int]],
) -> None:
    came, seed, cuts = campaign
    numbered = list(enumerate(came))
    lots = random.Random(seed)
    shuffled = numbered + lots.sample(numbered, lots.randint(0, len(numbered)))
    lots.shuffle(shuffled)
    folder = Path(tempfile.mkdtemp())
    try:
        in_order = outcome(folder / "one", numbered, [len(numbered)])
        assert outcome(folder / "other", shuffled, cuts) == in_order
    finally:
        shutil.rmtree(folder)


def test_a_late_delivery_beats_the_notice_after_24_hours_in_any_order(ledger: Ledger) -> None:
    warned = came_back.receipt(0, Tipo.PREAVVISO, 24.0)
    late = came_back.receipt(0, Tipo.AVVENUTA_CONSEGNA, 25.0)
    take(ledger, late)
    take(ledger, warned)
    assert states(ledger)[0] is State.DELIVERED
