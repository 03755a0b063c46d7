"""One address per Comune and channel out of all that IPA's index gives, by rule and with reasons.

The rule: the body whose ``Codice_IPA`` is ``c_`` and the cadastral code is the Comune's; where none
is, the body of category L6 that has its seat there and its name. Of its addresses the first of the
channel (``MailN``, certified or not) is taken, unless one of the reasons below speaks against it
and a later one is better. Nothing here depends on the order of rows, and nothing is forgotten:
every address seen is taken, or passed over for a ``Reason``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

from coalizione_mailer.model import Channel
from coalizione_mailer.registry.addr_spec import addr_spec
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
from coalizione_mailer.registry.names import normal
from coalizione_mailer.registry.objections import NOBODYS, objections, weight
from coalizione_mailer.registry.official.values import Body, BodyIndex, Mail
from coalizione_mailer.registry.register import Register

_LONGEST_WRITTEN = 254
_TELLING = 4
"""Shorter names are inside too many words to say whose an address is."""

# To look up a member of an enumeration takes as long as to look into a dictionary twice.
_PEC, _EMAIL = Channel.PEC, Channel.EMAIL
_OWN = Standing.OWN
_LATER, _INVALID = Reason.LATER, (Reason.INVALID,)

_Key: TypeAlias = tuple[str, Channel, str]
# Who else has an address: by address, then by the Comune it is seen with.
_Sharing: TypeAlias = Mapping[str, Mapping[str, tuple[str, ...]]]
# What speaks against an address, and who shares it.
_Weighed: TypeAlias = tuple[Seen, tuple[Reason, ...], tuple[str, ...]]


class _Told(NamedTuple):
    """A body told with a Comune: each of its mails as written, valid or not, and for comparison."""

    body: Body
    standing: Standing
    mails: "list[_Spelled]"


# The mail, its address as SMTP takes it (None: it does not), as it is shown, without case.
_Spelled: TypeAlias = tuple[Mail, str | None, str, str]


class _Known(NamedTuple):
    """What every choice needs: Comuni, who shares what, what was seen before, whence and when."""

    register: Register
    sharing: _Sharing
    before: Mapping[_Key, Seen]
    source: str
    day: date | None


def choose(index: BodyIndex, register: Register, earlier: Choices | None = None) -> Choices:
    """Choose one address per Comune and channel; ``earlier`` is what was seen before.

    An address that is no longer in the index is kept as GONE, and the day a known one was first
    seen is kept too.
    """
    before = {seen.key: seen for seen in (earlier.seen() if earlier else ())}
    told = _told(index, register)
    source = f"{index.source.format}, {index.source.file}"
    known = _Known(register, _sharing(told, register), before, source, index.source.vintage)
    gone = _gone(told, before)
    return Choices(
        {
            code: _choice(code, told.get(code, ()), known, gone.get(code, ()))
            for code in sorted(told.keys() | gone.keys())
        }
    )


def _told(index: BodyIndex, register: Register) -> dict[str, list[_Told]]:
    """Give the bodies that concern each Comune, by cadastral code."""
    told: dict[str, list[_Told]] = {}
    for body, comune, standing in Attribution(register).of(index.bodies):
        one = _Told(body, standing, [_spelled(mail) for mail in body.mails])
        code = comune.codice_catastale
        if code in told:
            told[code].append(one)
        else:
            told[code] = [one]
    return told


def _spelled(mail: Mail) -> _Spelled:
    address = addr_spec(mail.address)
    written = address or " ".join(mail.address.split())[:_LONGEST_WRITTEN]
    return mail, address, written, written.casefold()


def _gone(
    told: Mapping[str, Iterable[_Told]], before: Mapping[_Key, Seen]
) -> Mapping[str, list[PassedOver]]:
    """Give what was seen before and is no longer there."""
    gone: dict[str, list[PassedOver]] = defaultdict(list)
    there: set[_Key] = set()
    if before:
        there = {
            (code, _PEC if mail.certified else _EMAIL, folded)
            for code, bodies in told.items()
            for one in bodies
            for mail, _address, _written, folded in one.mails
        }
    for key, seen in before.items():
        if key not in there:
            gone[key[0]].append(PassedOver(seen, Reason.GONE))
    return gone


def _sharing(told: Mapping[str, Iterable[_Told]], register: Register) -> _Sharing:
    """Return who else has an address, where it is not plainly the Comune's own."""
    first: dict[str, str] = {}
    shared: dict[str, set[str]] = {}
    for code, bodies in told.items():
        for _body, standing, mails in bodies:
            if standing is not _OWN:
                continue
            for _mail, address, _written, folded in mails:
                if address and first.setdefault(folded, code) != code:
                    shared.setdefault(folded, {first[folded]}).add(code)
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
    code: str, bodies: Sequence[_Told], known: _Known, gone: Iterable[PassedOver]
) -> Choice:
    """Take the best of each channel; say why the others were not."""
    taken: dict[Channel, Taken] = {}
    passed: list[PassedOver] = []
    for channel, own in _weighed(code, bodies, known):
        if not own:
            continue
        # The first of those against which least speaks: they are in order.
        best = own[0] if len(own) == 1 else min(own, key=_weight)
        seen, against, _others = best
        if NEVER.isdisjoint(against):
            taken[channel] = Taken(seen, _rule(best, own[0]), against)
            passed += [_passed(one, against) for one in own if one is not best]
        else:
            passed += [_passed(one, ()) for one in own]
    return Choice(taken, (*passed, *gone))


def _weighed(
    code: str, bodies: Sequence[_Told], known: _Known
) -> tuple[tuple[Channel, list[_Weighed]], ...]:
    """Say what speaks against each address of a Comune, and who shares it, by channel."""
    register, sharing, before, source, day = known
    certified: list[_Weighed] = []
    ordinary: list[_Weighed] = []
    for (body, standing, _mails), (mail, address, written, folded) in _each_once(bodies):
        channel, own = (_PEC, certified) if mail.certified else (_EMAIL, ordinary)
        earlier = before.get((code, channel, folded)) if before else None
        first = earlier.first if earlier else day
        where = (body.codice_ipa, body.name, mail.position, source)
        seen = Seen(code, channel, written, *where, first, day)
        if standing is not _OWN:
            own.append((seen, (Reason(standing.value),), ()))
        elif address is None:
            own.append((seen, _INVALID, ()))
        else:
            others = sharing.get(folded, {}).get(code, ()) if sharing else ()
            name = register.by_catastale[code].denominazione
            against = objections(address, channel, name, body.head, shared=bool(others))
            own.append((seen, against, others))
    return (_PEC, certified), (_EMAIL, ordinary)


def _each_once(bodies: Sequence[_Told]) -> Iterable[tuple[_Told, _Spelled]]:
    """Give every address of a Comune once on each channel, in order.

    It is told with the Comune's own body before others, then as numbered.
    """
    if len(bodies) == 1:
        one = bodies[0]
        if len({spelled[3] for spelled in one.mails}) == len(one.mails):
            # So it is with nearly all, and they are in order as published.
            return [(one, spelled) for spelled in one.mails]
    ranked: dict[tuple[bool, str], tuple[_Told, _Spelled]] = {}
    all_ = [(of, spelled) for of in bodies for spelled in of.mails]
    for pair in sorted(all_, key=_rank):
        ranked.setdefault((pair[1][0].certified, pair[1][3]), pair)
    return sorted(ranked.values(), key=_number)


def _rank(pair: tuple[_Told, _Spelled]) -> tuple[int, str, int, str, str]:
    """Tell with which of two bodies an address is told."""
    return (pair[0].standing.rank, *_number(pair), pair[0].body.name)


def _number(pair: tuple[_Told, _Spelled]) -> tuple[str, int, str]:
    """Return its place as published."""
    (body, _standing, _mails), (mail, _address, written, _folded) = pair
    return body.codice_ipa, mail.position, written


def _weight(one: _Weighed) -> int:
    return weight(one[1])


def _rule(best: _Weighed, first: _Weighed) -> Rule:
    # What reaches nobody is only for trying; among such addresses the rule is the same.
    if best[1] and best[1] != NOBODYS:
        return Rule.NOTHING_BETTER
    return Rule.FIRST if best is first else Rule.NEXT


def _passed(one: _Weighed, known: tuple[Reason, ...]) -> PassedOver:
    """Name what speaks against an address and not against the one taken, the heaviest."""
    seen, against, others = one
    for reason in against:
        if reason not in known:
            return PassedOver(seen, reason, others)
    return PassedOver(seen, _LATER, others)
