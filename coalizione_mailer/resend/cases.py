"""Letters that came back, or were refused by our own server, and why: one case a Comune."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coalizione_mailer.ledger import receipts, reports
from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.ledger.reports import Standing
from coalizione_mailer.ledger.store import Transaction
from coalizione_mailer.lifecycle import FAILED, State, spoken
from coalizione_mailer.mailbox.reading import Cause
from coalizione_mailer.mailbox.verdict import judge_answer


@dataclass(frozen=True, slots=True)
class Case:
    """A Comune that does not have the letter: its last delivery, why that failed, and when.

    ``words`` are the server's or the provider's own; ``at`` is in seconds since the epoch, UTC.
    ``tried`` are all addresses that failed so far, in small letters.
    """

    letter: Standing
    cause: Cause
    words: str
    at: float
    tried: frozenset[str]

    @property
    def codice_catastale(self) -> str:
        """The key of the Comune."""
        return self.letter.codice_catastale

    def has_tried(self, address: str) -> bool:
        """Tell whether the letter came back from this address."""
        return address.casefold() in self.tried


def cases(connection: Transaction) -> list[Case]:
    """List the Comuni that the letter failed to reach in every round, by region and name.

    One letter that is delivered, accepted, sent, in doubt, under way or waiting, in whatever
    round, keeps its Comune out.
    """
    letters: dict[str, list[Standing]] = {}
    for letter in reports.standings(connection):
        letters.setdefault(letter.codice_catastale, []).append(letter)
    why = receipts.failures(connection)
    return [
        _case(own, why) for own in letters.values() if all(letter.state in FAILED for letter in own)
    ]


def failed_everywhere(connection: Transaction, comuni: Iterable[str]) -> set[str]:
    """Return which of these Comuni the letter still has not reached, nor may have."""
    standing: dict[str, bool] = dict.fromkeys(comuni, True)
    for letter in reports.standings(connection):
        if letter.state not in FAILED:
            standing[letter.codice_catastale] = False
    return {comune for comune in comuni if standing[comune]}


def _case(own: list[Standing], why: Mapping[int, Receipt]) -> Case:
    last = max(own, key=lambda letter: letter.round_number)
    tried = frozenset(letter.address.casefold() for letter in own)
    receipt = why.get(last.delivery_id)
    if last.state is State.REFUSED:
        cause = judge_answer(last.code, last.answer).cause
        words = spoken(last.code, last.answer)
        return Case(last, cause, words, last.changed_at, tried)
    if receipt is None:
        return Case(last, Cause.UNKNOWN, "", last.changed_at, tried)
    words = spoken(receipt.status, receipt.diagnostic)
    cause = Cause(receipt.cause) if receipt.cause else Cause.UNKNOWN
    at = receipt.received_at if receipt.occurred_at is None else receipt.occurred_at
    return Case(last, cause, words, at, tried)
