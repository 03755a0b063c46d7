"""Which Comune answers: from the thread, the sender's address, the text, in this order.

A name is a Comune's only where the writer says so ("il Comune di …", "Sindaco di …", his
signature). What disagrees is told, never decided.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from coalizione_mailer.mailbox.reply.answer import Answer, Occasion, ReplyKind, Why
from coalizione_mailer.mailbox.reply.vocabulary import vocabulary
from coalizione_mailer.model import Comune
from coalizione_mailer.registry.names import normal
from coalizione_mailer.rsvp.atlas import Atlas

_MOST_TEXT = 12_000


@dataclass(frozen=True, slots=True)
class Place:
    """The Comune that answers, if it can be known, and why a person should look."""

    comune: Comune | None = None
    why: tuple[Why, ...] = ()


def place_of(answer: Answer, atlas: Atlas, threads: Mapping[str, str], occasion: Occasion) -> Place:
    """Say which Comune answers, and whether that is sure."""
    thread = atlas.of_thread(answer.references, threads)
    address = atlas.of_address(answer.sender)
    said, hinted = _in_text(answer, atlas, occasion)
    own = _agreed(said, address, thread)
    if thread is not None:
        return _with_thread(thread, address, own)
    found = address or own or hinted
    if address and own and not set(own) & set(address):
        return Place(own[0] if len(own) == 1 else None, (Why.COMUNE_CONTRADICTED,))
    if len(found) > 1:
        found = _only(found, own or hinted, address)
    comune = found[0] if len(found) == 1 else None
    return Place(comune, _doubts(answer, comune, address))


def _agreed(
    said: list[tuple[Comune, ...]],
    address: tuple[Comune, ...],
    thread: Comune | None,
) -> tuple[Comune, ...]:
    """Return what the text says: what agrees with thread or address, else the last it says."""
    known = {comune for comune in (*address, thread) if comune is not None}
    for comuni in said:
        both = tuple(comune for comune in comuni if comune in known)
        if both:
            return both
    return said[0] if said else ()


def _only(
    found: tuple[Comune, ...],
    other: tuple[Comune, ...],
    address: tuple[Comune, ...],
) -> tuple[Comune, ...]:
    """Tell homonyms apart by what else is known."""
    both = tuple(comune for comune in found if comune in other or comune in address)
    return both if len(both) == 1 else found


def _with_thread(thread: Comune, address: tuple[Comune, ...], own: tuple[Comune, ...]) -> Place:
    """Hold the thread against the address and the text."""
    if address and thread not in address:
        comune = own[0] if len(own) == 1 else address[0] if len(address) == 1 else None
        return Place(comune or thread, (Why.COMUNE_CONTRADICTED,))
    if own and thread not in own and not address:
        return Place(own[0] if len(own) == 1 else thread, (Why.COMUNE_CONTRADICTED,))
    return Place(thread)


def _doubts(answer: Answer, comune: Comune | None, address: tuple[Comune, ...]) -> tuple[Why, ...]:
    """Say why a Comune that no thread tells is not sure; only a person's mail matters."""
    if answer.kind is not ReplyKind.REPLY:
        return ()
    if is_private(answer.sender):
        return (Why.COMUNE_UNKNOWN, Why.STRANGER) if comune is None else (Why.STRANGER,)
    if comune is None:
        return (Why.COMUNE_UNKNOWN,)
    return () if address else (Why.STRANGER,)


def is_private(address: str) -> bool:
    """Whether an address is of a provider at which anybody can have one."""
    labels = address.rpartition("@")[2].lower().split(".")
    return any(label in vocabulary().lists["consumer"] for label in labels[:-1][-1:])


def _in_text(
    answer: Answer,
    atlas: Atlas,
    occasion: Occasion,
) -> tuple[list[tuple[Comune, ...]], tuple[Comune, ...]]:
    """Return what the writer says his Comune is, most telling first, and what is only hinted."""
    letter, signature = answer.body or answer.own_text, answer.signature
    said = [
        named.comuni
        for text in (signature, letter, answer.subject)
        for named in atlas.named(text)
        if named.comuni and not _venue(named.comuni, occasion)
    ]
    keyed = [
        comuni
        for found in re.finditer(
            r"(?im)^[\s*•-]{0,6}(?:comune|ente)(?: di appartenenza)?\s{0,3}[:|=]\s{0,4}",
            answer.own_text[:_MOST_TEXT],
        )
        if (
            comuni := atlas.at(
                re.sub(
                    r"(?i)^comune\s(?:di\s)?",
                    "",
                    answer.own_text[found.end() : found.end() + 100].split("\n")[0],
                ),
                0,
            )
        )
    ]
    hints = [
        *(named for named in atlas.whole_lines(signature)),
        *(named for text in (letter, signature) for named in atlas.loosely_named(text)),
    ]
    hinted = [each.comuni for each in hints if each.comuni and not _venue(each.comuni, occasion)]
    return [*keyed, *said], hinted[0] if hinted else ()


def _venue(comuni: tuple[Comune, ...], occasion: Occasion) -> bool:
    """Whether the name is that of the town where the event is."""
    return all(normal(comune.denominazione) in occasion.words for comune in comuni)
