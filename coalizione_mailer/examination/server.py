"""What the server says of itself and of the sender; it is given no letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.campaign.configuration import Profile
from coalizione_mailer.errors import Code, Problem, ServerUnavailableError, Severity
from coalizione_mailer.lifecycle import Outcome


class Host(Protocol):
    """A session that tells what its server can do."""

    @property
    def extensions(self) -> Mapping[str, str]:
        """What EHLO offers, by keyword in lower case."""
        ...

    async def refusal_of(self, sender: str) -> Outcome | None:
        """Ask whether letters from a sender are taken; None if they are."""
        ...

    async def close(self) -> None:
        """Say goodbye; never raises."""
        ...


class Door(Protocol):
    """Opens such sessions."""

    async def connect(self) -> Host:
        """Connect, secure, greet, log in; raises ServerUnavailableError."""
        ...


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a greeting brought: the server's refusal, or what it said that matters."""

    refusal: ServerUnavailableError | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def clear(self) -> bool:
        """Whether nothing stands in the way of sending."""
        return self.refusal is None and not any(
            problem.severity is Severity.ERROR for problem in self.problems
        )


async def greet(campaign: Campaign, door: Door, message_bytes: int) -> Greeting:
    """See that the server answers, is protected as asked, lets us in, and takes such letters."""
    try:
        host = await door.connect()
    except ServerUnavailableError as error:
        return Greeting(error)
    try:
        sender = campaign.configuration.sender.address
        refusal = await host.refusal_of(sender)
        problems = _offers(campaign, host.extensions, message_bytes)
    finally:
        await host.close()
    if refusal is not None:
        problems.append(_sender(sender, refusal))
    return Greeting(None, tuple(problems))


def _offers(campaign: Campaign, offered: Mapping[str, str], largest: int) -> list[Problem]:
    """Hold the extensions against the letters: SIZE (RFC 1870) and DSN (RFC 3461)."""
    smtp = campaign.configuration.smtp
    problems = []
    size = offered.get("size", "").strip()
    if size.isdigit() and 0 < int(size) < largest:
        problems.append(
            Problem(Code.MESSAGE_TOO_LARGE, found=str(largest), expected=(size,), key="SIZE")
        )
    if smtp.profile is Profile.ORDINARY and "dsn" not in offered:
        problems.append(Problem(Code.SERVER_WITHOUT_DSN, Severity.INFO, found=smtp.host))
    return problems


def _sender(sender: str, refusal: Outcome) -> Problem:
    """Tell of a sender that the server does not take; one for now only may be taken later."""
    final = refusal.code is not None and refusal.code // 100 == 5  # noqa: PLR2004  RFC 5321, 4.2.1
    return Problem(
        Code.SENDER_REFUSED,
        Severity.ERROR if final else Severity.WARNING,
        file="campaign.toml",
        key="sender.address",
        found=sender,
        expected=(f"{refusal.code or ''} {refusal.text}".strip(),),
    )
