"""What can be known before the first letter leaves."""

import asyncio
import socket
from datetime import date
from pathlib import Path

import pytest

from coalizione_mailer.campaign import load
from coalizione_mailer.errors import Code, Severity
from coalizione_mailer.examination import examine, examine_server
from coalizione_mailer.shipped import copy_to
from coalizione_mailer.transport.smtp import Server, SmtpTransport

BEFORE_THE_EVENT = date(2017, 9, 20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "campaign"
    copy_to(root)
    change(root, "regions = []", 'regions = ["Molise"]')
    return root


def change(root: Path, old: str, new: str) -> None:
    path = root / "campaign.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def codes(root: Path, today: date = BEFORE_THE_EVENT) -> dict[Code, Severity]:
    return {p.code: p.severity for p in examine(load(root), today=today).problems}


def test_the_shipped_campaign_has_nothing_in_its_way_before_the_event(folder: Path) -> None:
    found = examine(load(folder), today=BEFORE_THE_EVENT)
    assert found.clear
    assert found.plan is not None
    assert len(found.plan.recipients) == 11
    assert found.message_bytes > 50_000
    assert found.seconds == 10.0


def test_an_event_that_is_over_is_only_a_warning_while_trying_on_this_machine(folder: Path) -> None:
    assert codes(folder, date(2017, 10, 12))[Code.EVENT_PAST] is Severity.WARNING


def test_an_event_that_is_over_stands_in_the_way_of_a_real_server(folder: Path) -> None:
    change(folder, 'host = "127.0.0.1"', 'host = "smtp.ente.example"')
    change(folder, 'security = "none"', 'security = "tls"')
    found = codes(folder, date(2017, 10, 12))
    assert found[Code.EVENT_PAST] is Severity.ERROR
    assert found[Code.ADDRESS_RESERVED] is Severity.ERROR


def test_an_event_on_its_own_day_is_not_over(folder: Path) -> None:
    assert Code.EVENT_PAST not in codes(folder, date(2017, 10, 11))


def test_an_event_before_its_letter_cannot_be_meant(folder: Path) -> None:
    change(folder, "date = 2017-10-11", "date = 2017-09-01")
    assert codes(folder)[Code.EVENT_BEFORE_LETTER] is Severity.ERROR


def test_a_wrong_template_is_found_without_rendering_a_letter(folder: Path) -> None:
    path = folder / "templates" / "invito" / "email.txt"
    path.write_text("{{ comune.denominazone }}", encoding="utf-8")
    assert codes(folder)[Code.TEMPLATE_FIELD] is Severity.ERROR


def test_a_message_above_what_pec_carries_is_found(folder: Path) -> None:
    (folder / "attachments" / "programma.pdf").write_bytes(b"%PDF" + bytes(25_000_000))
    assert codes(folder)[Code.MESSAGE_TOO_LARGE] is Severity.ERROR


def test_errors_come_before_warnings(folder: Path) -> None:
    change(folder, "date = 2017-10-11", "date = 2017-09-01")
    problems = examine(load(folder), today=BEFORE_THE_EVENT).problems
    severities = [problem.severity for problem in problems]
    assert severities == sorted(severities, key=list(Severity).index)
    assert severities[0] is Severity.ERROR


def test_a_server_that_is_not_there_is_said_to_be_unreachable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    refusal = asyncio.run(examine_server(SmtpTransport(Server("127.0.0.1", port, "none"))))
    assert refusal is not None
    assert (refusal.port, refusal.stage) == (port, "connect")
