"""What the server says of itself and of the sender, before any letter."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.campaign.reader import parse
from coalizione_mailer.errors import Code, Severity
from coalizione_mailer.examination import Greeting, greet
from coalizione_mailer.lifecycle import Event, Outcome, Phase
from coalizione_mailer.transport.smtp import Server, SmtpTransport

ROOT = Path(__file__).parents[2]
PEC = (ROOT / "campaign.toml").read_text(encoding="utf-8")
ORDINARY = PEC.replace('profile = "pec"', 'profile = "ordinary"')


@dataclass
class Door:
    """A server that offers and refuses what a test says."""

    extensions: Mapping[str, str] = field(default_factory=dict)
    refusal: Outcome | None = None
    closed: bool = False

    async def connect(self) -> "Door":
        return self

    async def refusal_of(self, _sender: str) -> Outcome | None:
        return self.refusal

    async def close(self) -> None:
        self.closed = True


def greeted(door: Door, text: str = PEC, size: int = 100) -> Greeting:
    greeting = asyncio.run(greet(Campaign(ROOT, parse(text)), door, size))
    assert door.closed
    return greeting


@pytest.mark.parametrize("size", ["", "0", "100", "many"])
def test_a_server_that_takes_such_letters_is_well(size: str) -> None:
    assert greeted(Door({"size": size})) == Greeting()


def test_a_message_larger_than_the_server_takes_stands_in_the_way() -> None:
    greeting = greeted(Door({"size": "99"}))
    (problem,) = greeting.problems
    assert (problem.code, problem.found, problem.expected) == (
        Code.MESSAGE_TOO_LARGE,
        "100",
        ("99",),
    )
    assert not greeting.clear


@pytest.mark.parametrize(
    ("text", "offered", "told"),
    [(PEC, {}, False), (ORDINARY, {}, True), (ORDINARY, {"dsn": ""}, False)],
)
def test_ordinary_mail_without_delivery_notices_is_told(
    text: str,
    offered: Mapping[str, str],
    told: bool,  # noqa: FBT001  a column
) -> None:
    greeting = greeted(Door(offered), text)
    assert [p.code for p in greeting.problems] == [Code.SERVER_WITHOUT_DSN] * told
    assert greeting.clear


@pytest.mark.parametrize(
    ("code", "severity"), [(553, Severity.ERROR), (450, Severity.WARNING), (None, Severity.WARNING)]
)
def test_a_sender_the_server_does_not_take_is_told(code: int | None, severity: Severity) -> None:
    refusal = Outcome(Event.REJECTED, Phase.MAIL, code, "not owned by user")
    (problem,) = greeted(Door(refusal=refusal)).problems
    assert (problem.code, problem.severity) == (Code.SENDER_REFUSED, severity)
    assert problem.found == "segreteria.coalizione@cittalia.com"
    assert problem.expected[0].endswith("not owned by user")


def test_a_server_that_is_not_there_is_said_to_be_unreachable(nobody: int) -> None:
    transport = SmtpTransport(Server("127.0.0.1", nobody, "none"))
    greeting = asyncio.run(greet(Campaign(ROOT, parse(PEC)), transport, 100))
    assert greeting.refusal is not None
    assert (greeting.refusal.port, greeting.refusal.stage) == (nobody, "connect")
    assert not greeting.clear
