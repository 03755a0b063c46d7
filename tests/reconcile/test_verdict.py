"""What messages say of a delivery, and which may say it."""

from dataclasses import replace

import pytest

from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.lifecycle import Event, Strength
from coalizione_mailer.mailbox.reading import Kind
from coalizione_mailer.reconcile.ties import PEC_RECEIPTS, By, Tie
from coalizione_mailer.reconcile.verdict import event, meaning, together
from tests.support.came_back import ABSENT, BAD, GOOD, reading

SURE = Tie(1, Strength.STRONG, By.MESSAGE_ID)

MEANS = {
    Kind.PEC_ACCEPTANCE: Event.ACCEPTANCE,
    Kind.PEC_NON_ACCEPTANCE: Event.FAILURE,
    Kind.PEC_DELIVERY: Event.DELIVERY,
    Kind.PEC_DELIVERY_ERROR: Event.FAILURE,
    Kind.PEC_DELIVERY_WARNING: Event.FAILURE,
    Kind.BOUNCE: Event.FAILURE,
    Kind.DELIVERED: Event.DELIVERY,
}


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_means_what_the_design_says(kind: Kind) -> None:
    assert meaning(reading(kind, 0)) == MEANS.get(kind)


def test_a_notice_that_time_runs_out_is_no_failure_before_it_has() -> None:
    assert meaning(reading(Kind.PEC_DELIVERY_WARNING, 0, final=False)) is None


@pytest.mark.parametrize("kind", sorted(PEC_RECEIPTS & MEANS.keys()))
@pytest.mark.parametrize("signature", [BAD, ABSENT, None, replace(GOOD, trusted=False)])
def test_a_pec_receipt_without_a_signature_that_holds_says_nothing(
    kind: Kind, signature: object
) -> None:
    assert event(reading(kind, 0), SURE) is MEANS[kind]
    assert event(replace(reading(kind, 0), signature=signature), SURE) is None  # type: ignore[arg-type]


def test_a_bounce_has_no_signature_and_must_not_have_a_broken_one() -> None:
    assert event(reading(Kind.BOUNCE, 0), SURE) is Event.FAILURE
    assert event(replace(reading(Kind.BOUNCE, 0), signature=BAD), SURE) is None


@pytest.mark.parametrize("tied", [Tie(1, Strength.WEAK, By.ADDRESS), Tie()])
@pytest.mark.parametrize("kind", Kind)
def test_a_weak_tie_says_nothing_whatever_it_is(kind: Kind, tied: Tie) -> None:
    assert event(reading(kind, 0), tied) is None


def warning(hour: float, **changes: object) -> Receipt:
    noted = Receipt(
        "", "", 0, Kind.PEC_DELIVERY_WARNING, 0.0, delivery_id=1, strength=Strength.STRONG,
        verified=True, occurred_at=hour * 3600,
    )  # fmt: skip
    return replace(noted, **changes)  # type: ignore[arg-type]


def test_the_second_notice_that_time_runs_out_is_the_last() -> None:
    assert together([warning(12)]) is None
    assert together([warning(12), warning(12)]) is None
    assert together([warning(24), warning(12)]) is Event.FAILURE
    assert together([warning(12), warning(24, verified=None)]) is None
    assert together([warning(12), warning(24, strength=Strength.WEAK)]) is None


def test_a_delivery_beats_all_in_any_order() -> None:
    said = [warning(1, event=e) for e in (Event.DELIVERY, Event.FAILURE, Event.ACCEPTANCE)]
    assert together(said) is together(reversed(said)) is Event.DELIVERY
    assert together(said[1:]) is Event.FAILURE
    assert together([]) is None
