"""What of a mailbox is kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coalizione_mailer.lifecycle import Strength
from coalizione_mailer.mailbox.reading import Kind, Reading
from coalizione_mailer.reconcile.relevance import concerns, moment
from coalizione_mailer.reconcile.ties import NONE, PEC_RECEIPTS, By, Tie

FROZEN = datetime(2017, 9, 18, tzinfo=UTC)
AT = FROZEN.timestamp()
WEAK = Tie(1, Strength.WEAK, By.ADDRESS)
SURE = Tie(1, Strength.STRONG, By.MESSAGE_ID)
PEOPLE = (Kind.REPLY, Kind.AUTO_REPLY, Kind.PROTOCOL_ACK)


def test_what_is_tied_is_kept() -> None:
    for kind in Kind:
        for tied in (WEAK, SURE):
            assert concerns(Reading(kind, occurred=FROZEN), tied, AT)


def test_of_the_time_before_the_freeze_only_what_is_surely_ours() -> None:
    old = Reading(Kind.OTHER, occurred=FROZEN - timedelta(days=3))
    assert concerns(old, SURE, AT)
    assert not concerns(old, WEAK, AT)
    assert not concerns(old, NONE, AT)


@pytest.mark.parametrize("kind", PEOPLE)
def test_other_peoples_letters_are_not_kept(kind: Kind) -> None:
    assert not concerns(Reading(kind, occurred=FROZEN), NONE, AT)


def test_what_is_not_understood_is_kept() -> None:
    assert concerns(Reading(Kind.OTHER), NONE, AT)


@pytest.mark.parametrize("kind", sorted({*PEC_RECEIPTS, Kind.BOUNCE, Kind.DELAY, Kind.FEEDBACK}))
def test_receipts_of_other_messages_are_not_kept_and_those_of_an_unknown_one_are(
    kind: Kind,
) -> None:
    nameless = Reading(kind, occurred=FROZEN)
    assert concerns(nameless, NONE, AT)
    assert not concerns(replace(nameless, message_id="altro@ente.example"), NONE, AT)


def test_an_impossible_date_is_none() -> None:
    assert moment(Reading(Kind.OTHER, occurred=datetime.min)) is None  # noqa: DTZ901  as found
    assert moment(Reading(Kind.OTHER)) is None
    assert moment(Reading(Kind.OTHER, occurred=FROZEN)) == AT
