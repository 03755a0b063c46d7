"""The notices of mail systems that do not speak RFC 3464, read by their words (``rules.toml``).

No mail system is recognised by name. A notice says that something failed and names an address; it
does so in few ways: after an announcement ("the following addresses …"), at the beginning of a
line, in the SMTP dialogue, or in a sentence. The strongest way that is found in a notice counts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from coalizione_mailer.mailbox.notice import Notice
from coalizione_mailer.mailbox.rules import Group, rules

MOST_LINES = 800
MOST_ADDRESSES = 400
MOST_BLOCK = 16
"""Lines after an address that may say why."""
MOST_ALIAS = 3
"""Lines between an address and the one it was made from."""
MOST_NAME = 100
NEAR = 60
"""Characters beside an address that are about it."""

_ADDRESS = re.compile(
    r"[^\s<>()\[\]\"',;:|*\\@]{1,64}@[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,250}[A-Za-z0-9_])?"
)
_LEAD = " \t<>[]\"'*-=(|.:#\u2022\u00b7"
_REPLY = re.compile(r"[45]\d\d[ -]")
_DIALOGUE = re.compile(r"[45]\d\d(?: [45]\.\d{1,3}\.\d{1,3})?")
_RULE = re.compile(r"^[ \t]{0,8}[-=*_#]{3,}")


class Weight(IntEnum):
    """How surely an address in a notice is one that failed."""

    MENTIONED = 1
    DIALOGUE = 2  # in the SMTP dialogue
    SAID = 3  # in a sentence
    BEGINS = 4  # at the beginning of a line
    ANNOUNCED = 5  # so, and after the words that announce it


@dataclass(frozen=True, slots=True)
class Sighting:
    """An address where it was seen: ``text`` is what is said of it."""

    address: str
    weight: Weight
    line: int
    text: str = ""


def sightings(notice: Notice) -> tuple[Sighting, ...]:
    """Return the failed recipients that the words of a notice name, the surest way only."""
    seen = _look(notice.lines[:MOST_LINES], notice.written_to)
    seen = [each for each in seen if not _foreign(each, notice)] or seen
    if not seen:
        return ()
    ours = [each for each in seen if each.address.lower() in notice.written_to]
    best = max(each.weight for each in seen)
    if best is Weight.MENTIONED:
        chosen = ours or (seen if len({each.address.lower() for each in seen}) == 1 else [])
    elif best <= Weight.SAID and ours:
        chosen = [each for each in ours if each.weight is best] or [
            each for each in seen if each.weight is best
        ]
    else:
        chosen = [each for each in seen if each.weight is best]
    unique: dict[str, Sighting] = {}
    for each in chosen:
        unique.setdefault(each.address.lower(), each)
    starts = sorted(each.line for each in unique.values())
    return tuple(
        Sighting(each.address, each.weight, each.line, _said(notice.lines, each.line, starts))
        for each in unique.values()
    )


def _look(lines: tuple[str, ...], ours: tuple[str, ...]) -> list[Sighting]:
    """Weigh every address of every line."""
    opener = rules().named["opener"]
    found: list[Sighting] = []
    announced = False
    before = ""
    for number, line in enumerate(lines):
        if _RULE.match(line):
            announced = False
        if "@" in line and len(found) < MOST_ADDRESSES:
            for place in _places(line, before):
                _take(found, place, number, ours=ours, announced=announced)
        small = line.casefold().strip()
        announced = announced or opener.speaks(small)
        before = small or before
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """An address in its line, in small letters: what stands before and after it, and above."""

    address: str
    lead: str
    tail: str
    above: str

    @property
    def near(self) -> str:
        """The words just before the address, be they at the end of the line above."""
        words = (self.lead or self.above).rstrip(" :<\"'-(").rsplit(". ", 1)[-1]
        return words[-NEAR:]


def _places(line: str, above: str) -> Iterator[_Place]:
    """Find the addresses of a line; a name that looks like one is none."""
    small = line.casefold()
    for match in _ADDRESS.finditer(line):
        tail = small[match.end() :]
        if tail.lstrip().startswith("<") and "@" in tail[:300]:
            continue
        lead = small[: match.start()].strip(_LEAD)
        yield _Place(match.group(), lead, tail, "" if lead else above)


def _take(
    found: list[Sighting],
    place: _Place,
    number: int,
    *,
    ours: tuple[str, ...],
    announced: bool,
) -> None:
    """Add the address of a place with its weight, or put ours where its alias stands."""
    weight: Weight | None
    address = place.address
    if any(word in (place.lead or place.above)[-NEAR:] for word in rules().named["alias"].words):
        if address.lower() in ours and found and number - found[-1].line <= MOST_ALIAS:
            found[-1] = replace(found[-1], address=address)
        return
    if address[:5].casefold() == "smtp=":  # in an X.400 address, as Exchange wrote them
        address = address[5:]
        weight = Weight.ANNOUNCED if announced else Weight.SAID
    else:
        weight = _weigh(place, announced=announced)
    if weight is not None:
        found.append(Sighting(address, weight, number))


def _weigh(place: _Place, *, announced: bool) -> Weight | None:
    """Weigh one address by what stands before and after it in its line; None: not a recipient."""
    named = rules().named
    near = place.near
    if place.lead.endswith(("=?", "http", "//", "?", "&")):
        return None
    if _begins(place, announced=announced):
        return Weight.ANNOUNCED if announced else Weight.BEGINS
    if "rcpt to" in place.lead[-24:]:
        return Weight.DIALOGUE
    if near.endswith(named["not-a-recipient"].words) and not near.endswith(named["before"].words):
        return None
    if near.endswith(named["before"].words) or _follows(place.tail, named["after"]):
        return Weight.SAID
    return Weight.DIALOGUE if _REPLY.search(place.lead[-NEAR:]) else Weight.MENTIONED


def _begins(place: _Place, *, announced: bool) -> bool:
    """Whether the address begins its line, and what follows is a reason or nothing."""
    named_first = (
        place.tail.startswith(">")
        and len(place.lead) < MOST_NAME
        and ("@" in place.lead or place.lead.endswith('"'))
    )
    if place.lead and not named_first and not _DIALOGUE.fullmatch(place.lead):
        return False
    end = place.tail.lstrip(" \t>])\"'")
    return (
        announced
        or not end
        or end[0] in ":;.,([-<="
        or _REPLY.match(end) is not None
        or _follows(end, rules().named["after"])
    )


def _follows(tail: str, group: Group) -> bool:
    return tail[:NEAR].lstrip(" \t>])\"'").lstrip(".:, ").startswith(group.words)


def _foreign(seen: Sighting, notice: Notice) -> bool:
    """Whether it is an address of ours, or of those who help, and not one we wrote to."""
    small = seen.address.lower()
    if small in notice.written_to:
        return False
    return small in notice.written_by or (
        small.startswith(rules().named["system-address"].words) and seen.weight < Weight.BEGINS
    )


def _said(lines: tuple[str, ...], start: int, starts: list[int]) -> str:
    """Return what a notice says of an address: its line and those after, up to the next one."""
    end = next((each for each in starts if each > start), start + MOST_BLOCK)
    return "\n".join(lines[start : min(end, start + MOST_BLOCK)])
