"""One address per Comune and channel out of all that IPA's index gives, by rule and with reasons.

The rule: the body whose ``Codice_IPA`` is ``c_`` and the cadastral code is the Comune's; where none
is, the body of category L6 that has its seat there and its name. Of its addresses the first of the
channel (``MailN``, certified or not) is taken, unless one of the reasons below speaks against it
and a later one is better. Nothing here depends on the order of rows, and nothing is forgotten:
every address seen is taken, or passed over for a ``Reason``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from coalizione_mailer.model import Channel
from coalizione_mailer.registry.addr_spec import addr_spec, is_reserved
from coalizione_mailer.registry.attribution import Attribution, Standing
from coalizione_mailer.registry.choice import (
    NEVER,
    Choice,
    Choices,
    PassedOver,
    Reason,
    Rule,
    Seen,
    Taken,
)
from coalizione_mailer.registry.mailboxes import ORDINARY, Desk, desk, perhaps_person, person
from coalizione_mailer.registry.names import normal
from coalizione_mailer.registry.official.values import Body, BodyIndex
from coalizione_mailer.registry.register import Register

_LONGEST_WRITTEN = 254
_TELLING = 4
"""Shorter names are inside too many words to say whose an address is."""

# What weighs more comes later; desks weigh the same.
_WEIGHTS: Mapping[Reason, int] = {
    Reason.LATER: 0,
    Reason.CONSUMER: 1,
    Reason.SHARED: 2,
    Reason.HOLDER: 4,
    Reason.ELECTORAL: 8,
    Reason.REGISTRY: 8,
    Reason.TAX: 8,
    Reason.POLICE: 8,
    Reason.OFFICE: 8,
    Reason.PERSON: 16,
    Reason.NOT_CERTIFIED: 32,
    Reason.RESERVED: 64,
    **dict.fromkeys(NEVER, 128),
}
_DESKS = {
    Desk.ELECTORAL: Reason.ELECTORAL,
    Desk.REGISTRY: Reason.REGISTRY,
    Desk.TAX: Reason.TAX,
    Desk.POLICE: Reason.POLICE,
    Desk.OTHER: Reason.OFFICE,
    Desk.HOLDER: Reason.HOLDER,
}


def choose(index: BodyIndex, register: Register, earlier: Choices | None = None) -> Choices:
    """Choose one address per Comune and channel; ``earlier`` is what was seen before.

    An address that is no longer in the index is kept as GONE, and the day a known one was first
    seen is kept too.
    """
    before = {seen.key: seen for seen in (earlier.seen() if earlier else ())}
    candidates = _candidates(index, register, before)
    sharing = _sharing(candidates.values(), register)
    by_comune: dict[str, list[_Candidate]] = defaultdict(list)
    for key, one in candidates.items():
        one.others = sharing.get(key, ())
        one.against = _against(one, register)
        by_comune[key[0]].append(one)
    gone: dict[str, list[PassedOver]] = defaultdict(list)
    for key, seen in before.items():
        if key not in candidates:
            gone[key[0]].append(PassedOver(seen, Reason.GONE))
    codes = sorted(by_comune.keys() | gone.keys())
    return Choices({c: _choice(by_comune.get(c, []), gone.get(c, [])) for c in codes})


_Key: TypeAlias = tuple[str, Channel, str]


@dataclass(slots=True)
class _Candidate:
    """An address on its way to be chosen or not."""

    seen: Seen
    valid: bool
    body: Body
    standing: Standing
    against: tuple[Reason, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def number(self) -> tuple[str, int, str]:
        """Its place as published."""
        return self.seen.codice_ipa, self.seen.position, self.seen.address

    @property
    def weight(self) -> int:
        """How much speaks against it."""
        return sum(_WEIGHTS[reason] for reason in self.against)


def _choice(candidates: list[_Candidate], gone: Iterable[PassedOver]) -> Choice:
    """Take the best of each channel; say why the others were not."""
    if len(candidates) > 1:
        candidates = sorted(candidates, key=lambda one: one.number)
    taken: dict[Channel, Taken] = {}
    passed: list[PassedOver] = []
    for channel in Channel:
        own = [one for one in candidates if one.seen.channel is channel]
        # The first of those against which least speaks: they are in order.
        best = min(own, key=lambda one: one.weight) if len(own) > 1 else next(iter(own), None)
        if best is not None and NEVER.isdisjoint(best.against):
            rule = Rule.FIRST if best is own[0] else Rule.NEXT
            # What reaches nobody is only for trying; among such addresses the rule is the same.
            if not {Reason.RESERVED}.issuperset(best.against):
                rule = Rule.NOTHING_BETTER
            taken[channel] = Taken(best.seen, rule, best.against)
        else:
            best = None
        passed += [_passed(one, best) for one in own if one is not best]
    return Choice(taken, (*passed, *gone))


def _passed(one: _Candidate, best: _Candidate | None) -> PassedOver:
    """Name what speaks against an address and not against the one taken, the heaviest."""
    known = best.against if best else ()
    reasons = (reason for reason in one.against if reason not in known)
    return PassedOver(one.seen, next(reasons, Reason.LATER), one.others)


def _candidates(
    index: BodyIndex, register: Register, before: Mapping[_Key, Seen]
) -> dict[_Key, _Candidate]:
    """Give every address of the index once, with the Comune it is told with."""
    source = f"{index.source.format}, {index.source.file}"
    day = index.source.vintage
    found: dict[_Key, _Candidate] = {}
    for body, comune, standing in Attribution(register).of(index.bodies):
        code, name = body.codice_ipa, body.name
        for mail in body.mails:
            address = addr_spec(mail.address)
            written = address or " ".join(mail.address.split())[:_LONGEST_WRITTEN]
            channel = Channel.PEC if mail.certified else Channel.EMAIL
            key = (comune.codice_catastale, channel, written.casefold())
            first = before[key].first if key in before else day
            seen = Seen(key[0], channel, written, code, name, mail.position, source, first, day)
            one = _Candidate(seen, address is not None, body, standing)
            if key not in found or _precedes(one, found[key]):
                found[key] = one
    return found


def _precedes(one: _Candidate, other: _Candidate) -> bool:
    """Tell with which of two bodies an address is told: the Comune's own, then as numbered."""
    return (one.standing.rank, *one.number, one.body.name) < (
        other.standing.rank,
        *other.number,
        other.body.name,
    )


def _sharing(candidates: Iterable[_Candidate], register: Register) -> dict[_Key, tuple[str, ...]]:
    """Return who else has an address, where it is not plainly the Comune's own."""
    holders: dict[str, list[_Candidate]] = defaultdict(list)
    for one in candidates:
        if one.standing is Standing.OWN and one.valid:
            holders[one.seen.address.casefold()].append(one)
    sharing: dict[_Key, tuple[str, ...]] = {}
    for address, shared in holders.items():
        codes = {one.seen.codice_catastale for one in shared} if len(shared) > 1 else set()
        if len(codes) > 1:
            owner = _owner(address, codes, register)
            for one in shared:
                code = one.seen.codice_catastale
                if code != owner:
                    sharing[one.seen.key] = tuple(sorted(codes - {code}))
    return sharing


def _owner(address: str, codes: Iterable[str], register: Register) -> str | None:
    """Return the one Comune whose name stands in an address, if there is one."""
    plain = normal(address).replace(" ", "")
    named: dict[int, list[str]] = defaultdict(list)
    for code in codes:
        name = normal(register.by_catastale[code].denominazione).replace(" ", "")
        if len(name) >= _TELLING and name in plain:
            named[len(name)].append(code)
    longest = named[max(named)] if named else []
    return longest[0] if len(longest) == 1 else None


def _against(one: _Candidate, register: Register) -> tuple[Reason, ...]:
    """Say what speaks against an address, the heaviest first."""
    if one.standing is not Standing.OWN:
        return (Reason(one.standing.value),)
    if not one.valid:
        return (Reason.INVALID,)
    local, _at, domain = one.seen.address.rpartition("@")
    found = list(_of_domain(domain, one.seen.channel))
    if where := desk(local):
        found.append(_DESKS[where])
    if perhaps_person(local):
        names = normal(register.by_catastale[one.seen.codice_catastale].denominazione)
        if person(local, one.body.head[:2], names):
            found.append(Reason.PERSON)
    if one.others:
        found.append(Reason.SHARED)
    if len(found) > 1:
        found.sort(key=lambda reason: (-_WEIGHTS[reason], reason))
    return tuple(found)


@lru_cache(maxsize=16384)
def _of_domain(domain: str, channel: Channel) -> tuple[Reason, ...]:
    found = []
    if domain in ORDINARY:
        found.append(Reason.NOT_CERTIFIED if channel is Channel.PEC else Reason.CONSUMER)
    if is_reserved(domain):
        found.append(Reason.RESERVED)
    return tuple(found)
