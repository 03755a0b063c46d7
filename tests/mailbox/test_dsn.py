"""Delivery status notifications (RFC 3464), as the standard says and as they come."""

from coalizione_mailer.mailbox.classify import classify
from coalizione_mailer.mailbox.dsn import Action, read_reports
from coalizione_mailer.mailbox.reading import Cause, Kind, Severity
from tests.mailbox.letters_back import OURS, RETURNED, THEY, group, message, report


def test_a_failure_names_the_recipient_the_reason_and_our_message() -> None:
    reading = classify(report(group(diagnostic="550 5.1.1 User unknown")))
    assert reading.kind is Kind.BOUNCE
    assert reading.final
    assert reading.outcome is Severity.HARD
    assert reading.cause is Cause.DEAD
    assert reading.recipients == (THEY,)
    assert reading.status == "5.1.1"
    assert reading.diagnostic == "550 5.1.1 User unknown"
    assert reading.message_id == OURS
    assert reading.verified is None


def test_a_delay_is_no_failure() -> None:
    reading = classify(report(group(action="delayed", status="4.4.1")))
    assert reading.kind is Kind.DELAY
    assert not reading.final
    assert reading.outcome is Severity.SOFT
    assert reading.recipients == (THEY,)


def test_a_delay_with_a_dead_word_in_it_is_still_being_tried() -> None:
    reading = classify(report(group(action="delayed", status="4.4.3", diagnostic="Host unknown")))
    assert (reading.kind, reading.outcome) == (Kind.DELAY, Severity.SOFT)


def test_delivered_relayed_and_expanded_are_good_news() -> None:
    for action in ("delivered", "relayed", "expanded"):
        reading = classify(report(group(action=action, status="2.0.0")))
        assert reading.kind is Kind.DELIVERED
        assert reading.outcome is None
        assert reading.recipients == (THEY,)


def test_a_failure_beside_a_delay_and_a_delivery_names_only_who_failed() -> None:
    reading = classify(
        report(
            group("a@x.example", "delivered", "2.0.0"),
            group("b@x.example", "failed", "5.2.2"),
            group("c@x.example", "delayed", "4.0.0"),
        )
    )
    assert (reading.kind, reading.recipients) == (Kind.BOUNCE, ("b@x.example",))
    assert reading.cause is Cause.FULL


def test_of_several_recipients_one_alive_makes_it_soft() -> None:
    both = (group("a@x.example", status="5.1.1"), group("b@x.example", status="5.2.2"))
    assert classify(report(*both)).outcome is Severity.SOFT
    assert classify(report(*both)).recipients == ("a@x.example", "b@x.example")


def test_the_address_we_wrote_to_is_named_not_the_one_it_became() -> None:
    reading = classify(report(group(final="inbox7@internal.example", original=THEY)))
    assert reading.recipients == (THEY,)


def test_it_calls_itself_an_automatic_reply_and_is_a_bounce_all_the_same() -> None:
    raw = report(group(), more="Auto-Submitted: auto-replied\n")
    assert classify(raw).kind is Kind.BOUNCE


def test_the_returned_part_went_through_pec_and_our_id_is_the_one_it_refers_to() -> None:
    envelope = RETURNED.replace(f"<{OURS}>", "<opec1.2@pec.example>") + ""
    envelope = f"X-Riferimento-Message-ID: <{OURS}>\n{envelope}"
    reading = classify(report(group(), returned=envelope))
    assert (reading.message_id, reading.pec_id) == (OURS, "opec1.2@pec.example")


def test_words_for_people_judge_where_the_report_is_vague() -> None:
    text = f"<{THEY}>: the address couldn't be found"
    reading = classify(report(group(status="5.0.0"), text=text))
    assert reading.outcome is Severity.HARD
    full = classify(report(group(status="5.0.0"), text=f"<{THEY}>:\nmailbox is full"))
    assert (full.outcome, full.cause) == (Severity.SOFT, Cause.FULL)


def test_groups_without_an_empty_line_between_are_two_recipients() -> None:
    text = f"{group('a@x.example')}\n{group('b@x.example')}"
    assert [each.final for each in read_reports((text,))] == ["a@x.example", "b@x.example"]


def test_fields_as_they_come_folded_spaced_in_capitals_and_in_brackets() -> None:
    text = (
        "FINAL-RECIPIENT : RFC822; <a@x.example>\nACTION: Failed (bad destination)\n"
        "STATUS: 5.1.1 (no mailbox)\nDiagnostic-Code: SMTP; 550-first\n 550 second\n"
    )
    (found,) = read_reports((text,))
    assert (found.action, found.final, found.status) == (Action.FAILED, "a@x.example", "5.1.1")
    assert found.diagnostic == "550-first 550 second"
    assert found.code == "550"


def test_without_an_action_the_class_of_the_status_stands_for_it() -> None:
    text = "Final-Recipient: rfc822; a@x.example\nStatus: "
    assert [each.action for each in read_reports((text + "5.0.0",))] == [Action.FAILED]
    assert [each.action for each in read_reports((text + "2.0.0",))] == [Action.DELIVERED]
    assert read_reports((text,)) == ()


def test_fields_in_the_text_of_a_mail_system_are_read_too() -> None:
    assert classify(message(group())).recipients == (THEY,)


def test_a_thousand_recipients_are_enough() -> None:
    text = "\n\n".join(group(f"a{n}@x.example") for n in range(3000))
    assert len(read_reports((text,))) == 1000
