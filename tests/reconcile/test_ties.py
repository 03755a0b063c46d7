"""Whose letter a message speaks of, and how surely."""

from dataclasses import replace

import pytest

from coalizione_mailer.ledger.addressees import Addressee
from coalizione_mailer.lifecycle import Strength
from coalizione_mailer.mailbox.reading import Kind, Reading
from coalizione_mailer.reconcile.ties import NONE, By, Index, Tie, tie

SENT = [
    Addressee(1, 1, "A001", "protocollo@uno.example", "<r1.a001.ab12@ente.example>"),
    Addressee(2, 1, "A002", "protocollo@due.example", "<r1.a002.cd34@ente.example>"),
    Addressee(3, 1, "A003", "unione@monti.example", "<r1.a003.ef56@ente.example>"),
    Addressee(4, 1, "A004", "unione@monti.example", "<r1.a004.9876@ente.example>"),
    Addressee(5, 2, "A002", "protocollo@due.example", "<r2.a002.5432@ente.example>"),
]
INDEX = Index(SENT, {"opec1@pec.example": 1}, ["166/2017"], "Invito al workshop di apertura")

DELIVERY = Reading(
    Kind.PEC_DELIVERY,
    message_id="r1.a001.ab12@ente.example",
    recipients=("Protocollo@UNO.example",),
)


@pytest.mark.parametrize(
    "written",
    [
        "r1.a001.ab12@ente.example",
        "<r1.a001.ab12@ente.example>",
        " <R1.A001.AB12@Ente.Example>\r\n",
        "r1.a001.ab12@pec.gestore.example",
        "r1.a001.ab12",
    ],
    ids=["bare", "in brackets", "in capitals", "with the provider's domain", "without a domain"],
)
def test_our_message_id_ties_surely_however_it_is_written(written: str) -> None:
    found = tie(replace(DELIVERY, message_id=written), INDEX)
    assert found == Tie(1, Strength.STRONG, By.MESSAGE_ID)


def test_letters_of_every_round_are_found() -> None:
    for message_id, delivery in (("r1.a002.cd34@x", 2), ("r2.a002.5432@x", 5)):
        found = tie(Reading(Kind.BOUNCE, message_id=message_id), INDEX)
        assert (found.delivery_id, found.strength) == (delivery, Strength.STRONG)


@pytest.mark.parametrize(
    "kind",
    [
        Kind.PEC_DELIVERY,
        Kind.PEC_DELIVERY_ERROR,
        Kind.PEC_DELIVERY_WARNING,
        Kind.PEC_VIRUS,
    ],
)
@pytest.mark.parametrize("recipients", [(), ("altri@altrove.example",)])
def test_a_receipt_for_one_recipient_must_name_the_one_we_wrote_to(
    kind: Kind, recipients: tuple[str, ...]
) -> None:
    reading = replace(DELIVERY, kind=kind, recipients=recipients)
    assert tie(reading, INDEX) == Tie(1, Strength.WEAK, By.MESSAGE_ID)


def test_an_acceptance_and_a_bounce_need_not_name_it() -> None:
    for kind in (Kind.PEC_ACCEPTANCE, Kind.PEC_NON_ACCEPTANCE, Kind.BOUNCE):
        reading = replace(DELIVERY, kind=kind, recipients=("alias@uno.example",))
        assert tie(reading, INDEX).strength is Strength.STRONG


def test_a_reply_is_tied_by_what_the_provider_called_our_letter() -> None:
    reading = Reading(
        Kind.REPLY, references=("altro@x.example", "<OPEC1@pec.example>"), sender="x@y.example"
    )
    assert tie(reading, INDEX) == Tie(1, Strength.STRONG, By.REFERENCE)
    by_ours = replace(reading, references=("r1.a002.cd34@ente.example",))
    assert tie(by_ours, INDEX) == Tie(2, Strength.STRONG, By.REFERENCE)


def test_a_bounce_of_the_providers_envelope_is_tied_by_its_id() -> None:
    reading = Reading(Kind.BOUNCE, pec_id="opec1@pec.example")
    assert tie(reading, INDEX) == Tie(1, Strength.STRONG, By.PROVIDER_ID)


def test_an_address_alone_ties_weakly_and_to_the_latest_round() -> None:
    assert tie(Reading(Kind.REPLY, sender="PROTOCOLLO@due.example"), INDEX) == Tie(
        5, Strength.WEAK, By.ADDRESS
    )
    assert tie(Reading(Kind.BOUNCE, recipients=("protocollo@uno.example",)), INDEX) == Tie(
        1, Strength.WEAK, By.ADDRESS
    )


def test_an_address_that_two_comuni_share_ties_to_neither() -> None:
    assert tie(Reading(Kind.REPLY, sender="unione@monti.example"), INDEX) is NONE


@pytest.mark.parametrize(
    ("subject", "by"),
    [
        ("Riscontro alla Vs. nota prot. 166/2017", By.PROTOCOL),
        ("R: prot. n. 166 / 17 del 18/09/2017", By.PROTOCOL),
        ("RE: INVITO al  workshop di apertura del Programma", By.SUBJECT),
        ("Prot. 1166/2017", By.NOTHING),
        ("Prot. 166/20171", By.NOTHING),
        ("Fattura 166", By.NOTHING),
    ],
)
def test_protocol_number_and_subject_tie_weakly_to_the_campaign(subject: str, by: By) -> None:
    found = tie(Reading(Kind.REPLY, sender="sindaco@casa.example", subject=subject), INDEX)
    assert (found.delivery_id, found.by) == (None, by)
    assert found.strength is (Strength.WEAK if by else Strength.NONE)


def test_a_receipt_of_another_message_is_tied_to_nothing() -> None:
    # The office wrote something else to the same Comune, on the same subject.
    reading = Reading(
        Kind.PEC_DELIVERY,
        message_id="altro@ente.example",
        pec_id="opec1@pec.example",
        recipients=("protocollo@uno.example",),
        subject="CONSEGNA: Invito al workshop di apertura",
    )
    assert tie(reading, INDEX) is NONE
