"""The round that sends again: opened in one transaction, whole or not at all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.errors import Problem
from coalizione_mailer.ledger import approvals, rounds
from coalizione_mailer.ledger.approvals import Approval
from coalizione_mailer.ledger.rounds import Frozen, Kind, Round
from coalizione_mailer.ledger.store import Ledger, Transaction
from coalizione_mailer.resend.cases import failed_everywhere
from coalizione_mailer.resend.decision import Sending
from coalizione_mailer.resend.letter import Again, Originals, letters


@dataclass(frozen=True, slots=True)
class Opening:
    """How a round is opened: on how many processes, when (epoch seconds), on what consent.

    ``note`` says how the operator consented to whole sources; ``seen`` is told of each letter.
    """

    now: float
    jobs: int = 1
    note: str = ""
    seen: Callable[[Again], None] = field(default=lambda _again: None)


def prepared(
    ledger: Ledger, campaign: Campaign, sendings: Sequence[Sending], opening: Opening
) -> Iterator[Again]:
    """Make every letter of a resend for real, and write nothing; raises ProblemsError."""
    with ledger.reading() as connection:
        opened = _next(connection, opening.now)
        originals = _originals(connection, sendings)
    return letters(campaign, sendings, originals, opened, opening.jobs)


def open_round(
    ledger: Ledger, campaign: Campaign, sendings: Sequence[Sending], opening: Opening
) -> Round | None:
    """Write the round that sends these letters again; None where none is left to be sent.

    Looked at once more within the transaction: whoever has been heard of meanwhile is not in it.
    Raises ProblemsError, LedgerError; then nothing is written.
    """
    with ledger.writing() as connection:
        alive = failed_everywhere(connection, {one.case.codice_catastale for one in sendings})
        left = [one for one in sendings if one.case.codice_catastale in alive]
        if not left:
            return None
        opened = _next(connection, opening.now)
        originals = _originals(connection, left)
        again = letters(campaign, left, originals, opened, opening.jobs)
        rounds.write(connection, opened, originals.frame, {}, _frozen(again, opening.seen))
        approvals.approve(connection, _consents(left, opening))
        return rounds.current(connection)


def withdraw(ledger: Ledger, opened: Round) -> bool:
    """Forget a later round of which nothing was handed over; False otherwise."""
    with ledger.writing() as connection:
        if opened.kind is Kind.FIRST or rounds.attempted(connection, opened):
            return False
        rounds.discard(connection, opened)
    return True


def _frozen(again: Iterable[Again], seen: Callable[[Again], None]) -> Iterator[Frozen]:
    for one in again:
        seen(one)
        yield one.frozen


def _next(connection: Transaction, now: float) -> Round:
    """Return the round to be opened; it keeps the campaign, protocol and sender of the first."""
    standing = rounds.every(connection)
    first, last = standing[0], standing[-1]
    return Round(
        number=last.number + 1,
        campaign=first.campaign,
        protocol=first.protocol,
        sender=first.sender,
        identity=first.identity,
        frozen_at=now,
        kind=Kind.RESEND,
    )


def _originals(connection: Transaction, sendings: Sequence[Sending]) -> Originals:
    first = rounds.every(connection)[0]
    firsts = rounds.firsts(connection, {one.case.codice_catastale for one in sendings})
    return Originals(firsts, rounds.frame(connection, first))


def _consents(sendings: Iterable[Sending], opening: Opening) -> Iterator[Approval]:
    for one in sendings:
        if one.proposal is not None:
            yield Approval(
                one.case.letter.delivery_id,
                opening.now,
                one.address.channel,
                one.address.address,
                one.source,
                opening.note,
            )


def problems_of(again: Iterable[Again]) -> list[Problem]:
    """Name what is to be known of letters that were made again."""
    return [problem for one in again for problem in one.problems]
