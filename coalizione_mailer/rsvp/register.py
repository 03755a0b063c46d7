"""Which word of a Comune stands: decided from all its words together, in the order they were said.

So it makes no difference in which order messages were read, nor how often. Nothing that stands is
altered by a message alone: what differs from it waits for a person.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from coalizione_mailer.ledger.words import OPERATOR, Answer, Doubt, Status, Word
from coalizione_mailer.mailbox.reply.answer import Why

REPLY = "reply"
"""The kind of message by which a person answers."""


_UNDECIDED = frozenset({Why.MAYBE.value})
_UNNAMED = _UNDECIDED | {Why.WHO_MISSING.value}


def settled(words: Iterable[Word]) -> list[Word]:
    """Say of all words of one Comune what each is worth; at most one stands."""
    standing: Word | None = None
    found: list[Word] = []
    for word in sorted(words, key=said):
        status, reasons = _judged(word, standing)
        if status is Status.STANDING:
            found = [_replaced(one) if one.status is Status.STANDING else one for one in found]
            standing = word
        found.append(replace(word, status=status, reasons=reasons))
    return list(_overtaken(found))


def said(word: Word) -> tuple[float, bool, str, int]:
    """Return the place of a word in time; what a person of the office says comes last."""
    return word.said_at, word.kind == OPERATOR, word.identity, word.id


def same(before: Word, after: Word) -> bool:
    """Tell whether two words say the same: the answer, how many, and who."""
    return _matter(before) == _matter(after)


def _judged(word: Word, standing: Word | None) -> tuple[Status, tuple[str, ...]]:
    if word.by_operator:
        return (Status.ASIDE if word.aside else Status.STANDING), ()
    if doubts := _doubts(word):
        return Status.WAITING, doubts
    if word.kind != REPLY:
        return Status.NOTHING, ()
    if standing is not None and not same(standing, word):
        return Status.WAITING, (Doubt.ALTERS.value,)
    keeps = standing and (standing.by_operator or _roles(standing) > _roles(word))
    return (Status.CONFIRMS if keeps else Status.STANDING), ()


def _doubts(word: Word) -> tuple[str, ...]:
    """Return why a word must be looked at, whatever stands; its reader's reasons first."""
    own = []
    if word.kind == REPLY:
        if word.answer is None:
            own.append(Doubt.NO_ANSWER.value)
        if word.answer is Answer.MAYBE:
            own.append(Doubt.MAYBE.value)
        if word.comune is None:
            own.append(Doubt.COMUNE_UNKNOWN.value)
    if not own and not word.doubtful:
        return ()
    return tuple(dict.fromkeys([*word.why, *own]))


def _overtaken(words: list[Word]) -> Iterator[Word]:
    """Let what was still open give way to a sure word that was said after it.

    To a word of the operator's also gives way what differs from the word that stood before it.
    """
    sure = (Status.STANDING, Status.CONFIRMS)
    last = max((n for n, word in enumerate(words) if word.status in sure), default=-1)
    told = max((n for n, word in enumerate(words) if word.by_operator), default=-1)
    for number, word in enumerate(words):
        doubts = set(word.reasons)
        same_answer = last >= 0 and words[last].answer is word.answer
        closed = number < last and doubts <= (_UNNAMED if same_answer else _UNDECIDED)
        known = number < told and doubts <= _UNNAMED | {Doubt.ALTERS.value}
        waits = word.status is Status.WAITING
        yield _replaced(word) if waits and (closed or known) else word


def _replaced(word: Word) -> Word:
    return replace(word, status=Status.REPLACED, reasons=())


def _matter(word: Word) -> tuple[object, ...]:
    names = sorted(sorted(one.name.casefold().split()) for one in word.participants if one.name)
    number = word.coming if word.answer is Answer.YES else word.people
    return (word.answer, number, names) if word.answer is not Answer.NO else (word.answer,)


def _roles(word: Word) -> int:
    return sum(bool(one.role) for one in word.participants)
