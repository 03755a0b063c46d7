"""All that a report is made from, read once: the ledger in one view, the register, the campaign."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.ledger import answers, dossiers, figures, receipts, reports
from coalizione_mailer.ledger.dossiers import Sending
from coalizione_mailer.ledger.figures import Fate, Moments
from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.ledger.reports import Silence, Standing
from coalizione_mailer.ledger.store import Ledger, Transaction
from coalizione_mailer.ledger.words import Answer, Word
from coalizione_mailer.model import Comune
from coalizione_mailer.plan import register_of, selection_of
from coalizione_mailer.report.funnel import Funnel, journeys


@dataclass(frozen=True, slots=True)
class Record:
    """What the ledger and the register say; ``now`` is when they were asked (epoch seconds).

    ``standings`` has one letter a Comune, the one that tells where it stands. ``silent`` and
    ``failures`` are keyed on deliveries, ``comuni`` and ``replied`` on cadastral codes.
    ``left_out`` are chosen Comuni that nobody wrote to: no address was known.
    """

    now: float
    standings: tuple[Standing, ...]
    fates: tuple[Fate, ...]
    silent: frozenset[int]
    failures: Mapping[int, Receipt]
    moments: Moments
    rounds: tuple[Sending, ...]
    came_back: Mapping[str, int]
    unsure: int
    answers: tuple[Word, ...]
    waiting: int
    replied: frozenset[str]
    comuni: Mapping[str, Comune]
    left_out: tuple[Comune, ...]


def read(campaign: Campaign, ledger: Ledger, silence: Silence, now: float) -> Record:
    """Read a campaign's record; raises LedgerError, and ProblemsError for its register."""
    register = register_of(campaign)
    chosen = selection_of(campaign, register).comuni
    with ledger.reading() as connection:
        standings = tuple(reports.overall(connection))
        written = {one.codice_catastale for one in standings}
        return Record(
            now=now,
            standings=standings,
            fates=tuple(figures.fates(connection)),
            silent=frozenset(reports.silent(connection, silence)),
            failures=receipts.failures(connection),
            moments=figures.moments(connection),
            rounds=tuple(dossiers.sendings(connection)),
            came_back=receipts.by_kind(connection),
            unsure=figures.unsure(connection),
            answers=tuple(answers.standing(connection)),
            waiting=len(answers.waiting(connection)),
            replied=frozenset(answers.replied(connection)),
            comuni=register.by_catastale,
            left_out=tuple(one for one in chosen if one.codice_catastale not in written),
        )


def funnel(connection: Transaction) -> Funnel:
    """Count how far the letter got, of the ledger alone: what the screen shows."""
    standing = answers.standing(connection)
    followed = journeys(figures.fates(connection), answers.replied(connection), coming(standing))
    return Funnel.of(followed.values())


def coming(words: Iterable[Word]) -> set[str]:
    """Return the Comuni whose answer is yes, by cadastral code."""
    return {
        word.comune.codice_catastale for word in words if word.comune and word.answer is Answer.YES
    }
