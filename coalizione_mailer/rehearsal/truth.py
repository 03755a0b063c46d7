"""What truly happened to every letter, from the world's own record: what a ledger is held against.

It knows nothing of how the product reads messages; it was there when they were written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from coalizione_mailer.lifecycle import State
from coalizione_mailer.rehearsal.plots import FAILURES, Word
from coalizione_mailer.rehearsal.replies import Meaning


@dataclass(slots=True)
class Passage:
    """What truly happened to one message: ``copies`` were taken, ``arrived`` of them delivered.

    ``said`` is every true word about it that reached the sender's mailbox, forgeries left out;
    ``answers`` what its readers meant by what they wrote back, and when (epoch seconds).
    """

    message_id: str
    recipient: str
    copies: int = 0
    arrived: int = 0
    said: set[Word] = field(default_factory=set)
    answers: list[tuple[float, Meaning]] = field(default_factory=list)

    @property
    def state(self) -> State:
        """What an office that read every true word, and believed no other, knows in the end."""
        if Word.DELIVERED in self.said:
            return State.DELIVERED
        if self.said & FAILURES:
            return State.BOUNCED
        return State.ACCEPTED if Word.ACCEPTED in self.said else State.SENT


class Truth:
    """The passages of all messages that the server took, by their Message-ID."""

    def __init__(self) -> None:
        self._passages: dict[str, Passage] = {}
        self._meanings: dict[str, tuple[str, Meaning]] = {}

    @property
    def passages(self) -> Mapping[str, Passage]:
        """Every message that was taken."""
        return MappingProxyType(self._passages)

    def taken(self, message_id: str, recipient: str, *, arrives: bool) -> Passage:
        """Note that a message was taken, perhaps once more, and whether it will arrive."""
        passage = self._passages.setdefault(message_id, Passage(message_id, recipient))
        passage.copies += 1
        passage.arrived += arrives
        return passage

    def answered(self, passage: Passage, sha256: str, at: float, meaning: Meaning) -> None:
        """Note that a message (known by its SHA-256) answers a letter, and what it means."""
        passage.answers.append((at, meaning))
        self._meanings[sha256] = (passage.message_id, meaning)

    def meant(self, sha256: str) -> tuple[str, Meaning] | None:
        """Return which letter a message answers and what it means; None for all other mail."""
        return self._meanings.get(sha256)

    def answer(self, message_ids: Iterable[str]) -> Meaning | None:
        """Return what was last meant by the answers to these letters, None if there are none."""
        given = [
            said
            for message_id in message_ids
            if message_id in self._passages
            for said in self._passages[message_id].answers
        ]
        return max(given, key=lambda said: said[0])[1] if given else None

    def was_taken(self, message_id: str) -> bool:
        """Tell what whoever runs the server says when asked: is it there?"""
        return message_id in self._passages

    def arrived(self, message_ids: Iterable[str]) -> int:
        """Count the copies of these messages that lie in a mailbox."""
        return sum(
            self._passages[message_id].arrived
            for message_id in message_ids
            if message_id in self._passages
        )
