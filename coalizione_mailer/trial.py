"""A test to the operator: typical letters as the Comuni would get them, outside the ledger."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.correspondence import Correspondence, Identity, Prepared, typical
from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.lifecycle import Outcome
from coalizione_mailer.model import Envelope, Recipient
from coalizione_mailer.plan import plan
from coalizione_mailer.registry.addr_spec import addr_spec, is_reserved
from coalizione_mailer.transport import Session, Transport, Wire


@dataclass(frozen=True, slots=True)
class Tried:
    """One letter of the test, and what the server said to it."""

    letter: Prepared
    outcome: Outcome


def own_address(campaign: Campaign, text: str) -> str:
    """Return the operator's address; raises ProblemsError if no letter can be sent there."""
    address = addr_spec(text)
    if address is None:
        raise ProblemsError([Problem(Code.ADDRESS_WRONG, found=text)])
    if is_reserved(address) and not campaign.configuration.smtp.loopback:
        raise ProblemsError([Problem(Code.ADDRESS_RESERVED, found=address)])
    return address


def letters_to(
    campaign: Campaign, address: str, *, only: Sequence[str], mark: str, now: float
) -> list[Prepared]:
    """Write the typical letters, addressed to the operator, with a mark before the subject.

    Raises ProblemsError.
    """
    chosen = plan(campaign, only).recipients
    if not chosen:
        raise ProblemsError([Problem(Code.NOBODY_CHOSEN, file="campaign.toml", key="recipients")])
    identity = Identity.frozen(secrets.token_hex(16), 0, now)
    correspondence = Correspondence(_marked(campaign, mark), identity)
    to_self = [_readdressed(recipient, address) for recipient in typical(chosen)]
    return list(correspondence.prepared(to_self, jobs=1))


async def hand_over(letters: Sequence[Prepared], sender: str, transport: Transport) -> list[Tried]:
    """Give the letters to the server, one after the other; raises ServerUnavailableError."""
    session: Session | None = None
    tried = []
    try:
        for letter in letters:
            if session is None or not session.alive:
                session = await transport.connect()
            envelope = Envelope(
                sender,
                letter.recipient.address.address,
                letter.message_id.strip("<>").partition("@")[0],
            )
            tried.append(Tried(letter, await session.deliver(envelope, Wire.of(letter.message))))
    finally:
        if session is not None:
            await session.close()
    return tried


def _marked(campaign: Campaign, mark: str) -> Campaign:
    configuration = campaign.configuration
    section = configuration.campaign
    marked = section.model_copy(update={"subject": f"{mark} {section.subject}"})
    return replace(campaign, configuration=configuration.model_copy(update={"campaign": marked}))


def _readdressed(recipient: Recipient, address: str) -> Recipient:
    return replace(recipient, address=replace(recipient.address, address=address))
