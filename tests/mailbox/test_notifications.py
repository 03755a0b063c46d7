"""Sending services that notify in JSON instead of writing a bounce."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.mailbox.classify import classify
from coalizione_mailer.mailbox.reading import Cause, Kind, Severity
from tests.mailbox.letters_back import OURS, THEY, message

SENDER = "Notifiche <no-reply@notifiche.example>"
MAIL = {"messageId": "0100-a", "commonHeaders": {"messageId": f"<{OURS}>", "to": [THEY]}}


def notified(fields: object, *, wrapped: bool = True, footer: str = "") -> bytes:
    """Make the mail of a notification: in the service's envelope, with its footer maybe."""
    text = json.dumps(fields)
    if wrapped:
        text = json.dumps({"Type": "Notification", "Message": text}, indent=2)
    return message(text + footer, sender=SENDER, subject="Notification Message")


def bounced(kind: str, subtype: str = "General", **row: str) -> dict[str, object]:
    return {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": subtype,
            "bouncedRecipients": [{"emailAddress": THEY, **row}],
        },
        "mail": MAIL,
    }


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_bounce_is_read_with_or_without_its_envelope(*, wrapped: bool) -> None:
    answer = "smtp; 550 5.1.1 user unknown"
    fields = bounced("Permanent", status="5.1.1", action="failed", diagnosticCode=answer)
    reading = classify(notified(fields, wrapped=wrapped, footer="\n--\nTo stop these, click"))
    assert (reading.kind, reading.recipients, reading.message_id) == (Kind.BOUNCE, (THEY,), OURS)
    assert (reading.outcome, reading.cause) == (Severity.HARD, Cause.DEAD)
    assert (reading.status, reading.diagnostic) == ("5.1.1", answer)


@pytest.mark.parametrize(
    ("kind", "subtype", "severity", "cause"),
    [
        ("Permanent", "General", "hard", "dead"),
        ("Permanent", "NoEmail", "hard", "dead"),
        ("Transient", "General", "soft", "temporary"),
        ("Transient", "MailboxFull", "soft", "full"),
        ("Transient", "MessageTooLarge", "soft", "content"),
        ("Transient", "ContentRejected", "soft", "content"),
        ("Undetermined", "Undetermined", "soft", "unknown"),
    ],
)
def test_the_word_of_the_service_stands_in_where_the_server_said_nothing(
    kind: str, subtype: str, severity: str, cause: str
) -> None:
    reading = classify(notified(bounced(kind, subtype)))
    assert (reading.outcome, reading.cause) == (severity, cause)


def test_the_servers_own_words_go_before_the_word_of_the_service() -> None:
    full = bounced("Permanent", status="5.2.2", diagnosticCode="smtp; 552 5.2.2 mailbox full")
    assert classify(notified(full)).cause is Cause.FULL


def test_a_delivery_and_a_delay_are_no_bounces() -> None:
    good = {"eventType": "Delivery", "delivery": {"recipients": [THEY]}, "mail": MAIL}
    late = {
        "eventType": "DeliveryDelay",
        "deliveryDelay": {"delayedRecipients": [{"emailAddress": THEY}]},
        "mail": MAIL,
    }
    first, second = classify(notified(good)), classify(notified(late))
    assert (first.kind, first.final, first.outcome) == (Kind.DELIVERED, True, None)
    assert (second.kind, second.final) == (Kind.DELAY, False)
    assert first.recipients == second.recipients == (THEY,)


def test_json_that_is_no_notification_is_no_bounce() -> None:
    for fields in ({"a": 1}, [1], {"notificationType": "Received"}, {"notificationType": 7}):
        assert classify(notified(fields)).kind not in {Kind.BOUNCE, Kind.DELAY, Kind.DELIVERED}


def test_a_line_broken_on_the_way_and_one_cut_off_do_no_harm() -> None:
    raw = notified(bounced("Permanent"))
    broken = raw.replace(b"bouncedRecipients", b"bouncedRecipients").replace(b", ", b",\n ")
    assert classify(broken).recipients == (THEY,)
    assert classify(raw[: len(raw) // 2]).kind is not Kind.BOUNCE
    assert classify(message("{" + '"a":{' * 40_000, sender=SENDER)).kind is not Kind.BOUNCE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["bounce", "mail", "bouncedRecipients", "emailAddress", "status"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_any_json_is_read_without_a_defect(bounce: object, mail: object) -> None:
    reading = classify(notified({"notificationType": "Bounce", "bounce": bounce, "mail": mail}))
    assert (reading.kind, reading.note) == (Kind.BOUNCE, "")
    assert reading.outcome is not None
