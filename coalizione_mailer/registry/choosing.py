"""One address per Comune and channel out of all that IPA's index gives, by rule and with reasons.

The rule: the body whose ``Codice_IPA`` is ``c_`` and the cadastral code is the Comune's; where none
is, the body of category L6 that has its seat there and its name. Of its addresses the first of the
channel (``MailN``, certified or not) is taken, unless one of the reasons below speaks against it
and a later one is better. Nothing here depends on the order of rows, and nothing is forgotten:
every address seen is taken, or passed over for a ``Reason``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from coalizione_mailer.model import Channel
from coalizione_mailer.registry.addr_spec import addr_spec, is_reserved_domain
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


# To look up a member of an enumeration takes as long as to look into a dictionary twice.
_PEC, _EMAIL = Channel.PEC, Channel.EMAIL
_OWN = Standing.OWN
_NOBODYS = (Reason.RESERVED,)

_Key: TypeAlias = tuple[str, Channel, str]
# By address, as addresses are compared: without case.
_ByAddress: TypeAlias = "dict[str, _Candidate]"
# Who else has an address: by address, then by the Comune it is seen with.
_Sharing: TypeAlias = Mapping[str, Mapping[str, tuple[str, ...]]]


class _Candidate(NamedTuple):
    """An address on its way to be chosen or not."""

    seen: Seen
    valid: bool
    body: Body
    standing: Standing


class _Weighed(NamedTuple):
    """A candidate with what speaks against it, and who shares it."""

    seen: Seen
    against: tuple[Reason, ...]
    others: tuple[str, ...]


class _Sighted:
    """All that is seen of one Comune: by channel and address, and in how many bodies."""

    __slots__ = ("bodies", "by_channel")

    def __init__(self) -> None:
        self.by_channel: dict[Channel, _ByAddress] = {_PEC: {}, _EMAIL: {}}
        self.bodies = 0


def choose(index: BodyIndex, register: Register, earlier: Choices | None = None) -> Choices:
    """Choose one address per Comune and channel; ``earlier`` is what was seen before.

    An address that is no longer in the index is kept as GONE, and the day a known one was first
    seen is kept too.
    """
    before = {seen.key: seen for seen in (earlier.seen() if earlier else ())}
    sighted = _sighted(index, register, before)
    sharing = _sharing(sighted, register)
    gone: dict[str, list[PassedOver]] = defaultdict(list)
    for (code, channel, address), seen in before.items():
        if code not in sighted or address not in sighted[code].by_channel[channel]:
            gone[code].append(PassedOver(seen, Reason.GONE))
    nothing = _Sighted()
    return Choices(
        {
            code: _choice(sighted.get(code, nothing), sharing, register, gone.get(code, ()))
            for code in sorted(sighted.keys() | gone.keys())
        }
    )


def _sighted(
    index: BodyIndex, register: Register, before: Mapping[_Key, Seen]
) -> dict[str, _Sighted]:
    """Give every address of the index once, with the Comune it is told with."""
    source = f"{index.source.format}, {index.source.file}"
    day = index.source.vintage
    found: dict[str, _Sighted] = {}
    for body, comune, standing in Attribution(register).of(index.bodies):
        code = comune.codice_catastale
        sighted = found.get(code)
        if sighted is None:
            sighted = found[code] = _Sighted()
        sighted.bodies += 1
        for mail in body.mails:
            address = addr_spec(mail.address)
            written = address or " ".join(mail.address.split())[:_LONGEST_WRITTEN]
            folded = written.casefold()
            channel = _PEC if mail.certified else _EMAIL
            known = before.get((code, channel, folded)) if before else None
            first = known.first if known else day
            seen = Seen(
                code,
                channel,
                written,
                body.codice_ipa,
                body.name,
                mail.position,
                source,
                first,
                day,
            )
            one = _Candidate(seen, address is not None, body, standing)
            other = sighted.by_channel[channel].setdefault(folded, one)
            if other is not one and _precedes(one, other):
                sighted.by_channel[channel][folded] = one
    return found


def _precedes(one: _Candidate, other: _Candidate) -> bool:
    """Tell with which of two bodies an address is told: the Comune's own, then as numbered."""
    return (one.standing.rank, *_number(one), one.body.name) < (
        other.standing.rank,
        *_number(other),
        other.body.name,
    )


def _number(one: _Candidate) -> tuple[str, int, str]:
    """Return its place as published."""
    return one.seen.codice_ipa, one.seen.position, one.seen.address


def _sharing(found: Mapping[str, _Sighted], register: Register) -> _Sharing:
    """Return who else has an address, where it is not plainly the Comune's own."""
    first: dict[str, str] = {}
    shared: dict[str, set[str]] = {}
    for code, sighted in found.items():
        for by_address in sighted.by_channel.values():
            for address, one in by_address.items():
                if one.standing is not _OWN or not one.valid:
                    continue
                holder = first.setdefault(address, code)
                if holder != code:
                    shared.setdefault(address, {holder}).add(code)
    sharing = {}
    for address, codes in shared.items():
        owner = _owner(address, codes, register)
        sharing[address] = {code: tuple(sorted(codes - {code})) for code in codes - {owner}}
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


def _choice(
    sighted: _Sighted, sharing: _Sharing, register: Register, gone: Iterable[PassedOver]
) -> Choice:
    """Take the best of each channel; say why the others were not."""
    taken: dict[Channel, Taken] = {}
    passed: list[PassedOver] = []
    for channel, by_address in sighted.by_channel.items():
        if not by_address:
            continue
        candidates = list(by_address.values())
        if sighted.bodies > 1:
            candidates.sort(key=_number)
        own = [_weighed(one, sharing, register) for one in candidates]
        # The first of those against which least speaks: they are in order.
        best = own[0] if len(own) == 1 else min(own, key=_weight)
        if NEVER.isdisjoint(best.against):
            taken[channel] = Taken(best.seen, _rule(best, own[0]), best.against)
            passed += [_passed(one, best.against) for one in own if one is not best]
        else:
            passed += [_passed(one, ()) for one in own]
    return Choice(taken, (*passed, *gone))


def _weighed(one: _Candidate, sharing: _Sharing, register: Register) -> _Weighed:
    """Say what speaks against an address, and who shares it."""
    seen, valid, _body, standing = one
    if standing is not _OWN:
        return _Weighed(seen, (Reason(standing.value),), ())
    if not valid:
        return _Weighed(seen, (Reason.INVALID,), ())
    others = (
        sharing.get(seen.address.casefold(), {}).get(seen.codice_catastale, ()) if sharing else ()
    )
    return _Weighed(seen, _against(one, others, register), others)


def _weight(one: _Weighed) -> int:
    """How much speaks against it."""
    return sum([_WEIGHTS[reason] for reason in one.against])


def _rule(best: _Weighed, first: _Weighed) -> Rule:
    # What reaches nobody is only for trying; among such addresses the rule is the same.
    if best.against and best.against != _NOBODYS:
        return Rule.NOTHING_BETTER
    return Rule.FIRST if best is first else Rule.NEXT


def _passed(one: _Weighed, known: tuple[Reason, ...]) -> PassedOver:
    """Name what speaks against an address and not against the one taken, the heaviest."""
    for reason in one.against:
        if reason not in known:
            return PassedOver(one.seen, reason, one.others)
    return PassedOver(one.seen, Reason.LATER, one.others)


def _against(one: _Candidate, others: tuple[str, ...], register: Register) -> tuple[Reason, ...]:
    """Say what speaks against a valid address of the Comune's own, the heaviest first."""
    local, _at, domain = one.seen.address.rpartition("@")
    of_domain = _of_domain(domain, one.seen.channel)
    where, perhaps = _of_local(local)
    if not (where or perhaps or others):
        # So it is with nearly all.
        return of_domain
    found = [*of_domain, *where]
    if perhaps:
        names = normal(register.by_catastale[one.seen.codice_catastale].denominazione)
        if person(local, one.body.head[:2], names):
            found.append(Reason.PERSON)
    if others:
        found.append(Reason.SHARED)
    found.sort(key=lambda reason: (-_WEIGHTS[reason], reason))
    return tuple(found)


@lru_cache(maxsize=4096)
def _of_local(local: str) -> tuple[tuple[Reason, ...], bool]:
    """Say what the part before the @ tells by itself, and whether a person's name may be in it."""
    where = desk(local)
    return (_DESKS[where],) if where else (), perhaps_person(local)


def _of_domain(domain: str, channel: Channel) -> tuple[Reason, ...]:
    if domain in ORDINARY:
        return (Reason.NOT_CERTIFIED if channel is Channel.PEC else Reason.CONSUMER,)
    return _NOBODYS if is_reserved_domain(domain) else ()
