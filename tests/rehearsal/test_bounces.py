"""Ordinary mail that comes back: each dialect says to whom, why, and of which letter."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from itertools import product

import pytest

from coalizione_mailer.rehearsal.bounces import Dialect, Reason, Return, bounce, delay

LETTER = (
    b"From: segreteria@ente.example\r\nTo: protocollo@borgo.example\r\nSubject: Invito\r\n"
    b"Message-ID: <r1.a001.5eed@ente.example>\r\n\r\nCaro Sindaco,\r\n"
)


def back(reason: Reason) -> Return:
    return Return(
        sender="segreteria@ente.example",
        recipient="protocollo@borgo.example",
        original=LETTER,
        host="mx.borgo.example",
        at=datetime(2017, 9, 18, 8, 0, tzinfo=UTC),
        reason=reason,
    )


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=default)


def everything(message: EmailMessage) -> str:
    """All text of a message, decoded."""
    texts = []
    for part in message.walk():
        if part.get_content_maintype() in {"text", "message"} and not part.is_multipart():
            payload = part.get_payload(decode=True)
            texts.append(payload.decode("utf-8") if isinstance(payload, bytes) else "")
        elif part.get_content_type() in {"message/delivery-status", "message/rfc822"}:
            texts += [str(inner) for inner in part.get_payload()]
    return "\n".join(texts)


def status(message: EmailMessage) -> list[Message]:
    """The field groups of a report: of the message, then of each recipient."""
    (found,) = [p for p in message.walk() if p.get_content_type() == "message/delivery-status"]
    return [part for part in found.get_payload() if isinstance(part, Message)]


@pytest.mark.parametrize(("dialect", "reason"), list(product(Dialect, Reason)))
def test_a_bounce_names_the_address_and_gives_our_message_id_back(
    dialect: Dialect, reason: Reason
) -> None:
    content = bounce(dialect, back(reason))
    found = read(content)
    assert found["To"] == "segreteria@ente.example"
    assert found["Return-Path"] == "<>"
    text = everything(found)
    assert "protocollo@borgo.example" in text
    assert "r1.a001.5eed@ente.example" in text
    assert content.count(b"\n") == content.count(b"\r\n")


@pytest.mark.parametrize("dialect", [Dialect.POSTFIX, Dialect.EXCHANGE])
def test_a_report_has_the_fields_of_the_standard(dialect: Dialect) -> None:
    found = read(bounce(dialect, back(Reason.NO_USER)))
    assert found.get_content_type() == "multipart/report"
    of_message, of_recipient = status(found)
    assert of_message["Reporting-MTA"] == "dns; mx.borgo.example"
    assert of_recipient["Final-Recipient"] == "rfc822; protocollo@borgo.example"
    assert of_recipient["Action"] == "failed"
    assert of_recipient["Status"] == {"postfix": "5.1.1", "exchange": "5.1.10"}[dialect]


def test_a_delay_is_not_a_failure() -> None:
    found = read(delay(back(Reason.TIME_OUT)))
    assert [part["Action"] for part in status(found)] == [None, "delayed"]


def test_two_dialects_have_nothing_in_common() -> None:
    bodies = {bounce(dialect, back(Reason.FULL)) for dialect in Dialect}
    assert len(bodies) == len(Dialect)
