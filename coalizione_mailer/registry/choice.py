"""One address per Comune and channel out of all that IPA's index gives, by rule and with reasons.

The rule: the body whose ``Codice_IPA`` is ``c_`` and the cadastral code is the Comune's; where none
is, the body of category L6 that has its seat there and its name. Of its addresses the first of the
channel (``MailN``, certified or not) is taken, unless one of the reasons below speaks against it
and a later one is better. Nothing here depends on the order of rows, and nothing is forgotten:
every address seen is taken, or passed over for a ``Reason``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum, unique

from coalizione_mailer.model import Address, Channel, Comune
from coalizione_mailer.registry.addr_spec import addr_spec, is_reserved
from coalizione_mailer.registry.addresses import AddressBook
from coalizione_mailer.registry.attribution import Attribution, Standing
from coalizione_mailer.registry.mailboxes import ORDINARY, Desk, desk, person
from coalizione_mailer.registry.names import normal
from coalizione_mailer.registry.official.values import Body, BodyIndex
from coalizione_mailer.registry.register import Register

_LONGEST_WRITTEN = 254
_TELLING = 4
"""Shorter names are inside too many words to say whose an address is."""


@unique
class Reason(StrEnum):
    """Why an address was passed over; also what is doubtful about one that had to be taken."""

    LATER = "successivo"  # nothing against it: an earlier one of the same body was taken
    CONSUMER = "provider-privato"
    SHARED = "condiviso"  # with another Comune, and not plainly this one's
    HOLDER = "della-carica"  # the mayor's, a councillor's
    ELECTORAL = "ufficio-elettorale"
    REGISTRY = "ufficio-anagrafe"
    TAX = "ufficio-tributi"
    POLICE = "polizia-locale"
    OFFICE = "altro-ufficio"
    PERSON = "personale"  # somebody's own
    NOT_CERTIFIED = "non-certificato"  # given as PEC, at a provider that gives none
    RESERVED = "dominio-riservato"  # .example and the like: it reaches nobody
    INVALID = "non-valido"
    HOMONYM = "omonimo"  # code against seat and name: perhaps another Comune's
    OTHER_BODY = "altro-ente"  # a consortium's, a union's, a company's
    PREDECESSOR = "comune-cessato"  # of a Comune that is no more
    GONE = "non-piu-pubblicato"


@unique
class Rule(StrEnum):
    """Why an address was taken."""

    FIRST = "primo"
    NEXT = "primo-adatto"  # those before it were passed over for a reason of their own
    NOTHING_BETTER = "unico-possibile"  # something speaks against it, and there is no better one


NEVER = frozenset(
    {
        Reason.INVALID,
        Reason.HOMONYM,
        Reason.OTHER_BODY,
        Reason.PREDECESSOR,
        Reason.GONE,
    }
)
"""With these an address is not taken, though there be no other."""

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


@dataclass(frozen=True, slots=True)
class Seen:
    """One address, with where it was seen: body, place among its addresses, source, days.

    ``codice_catastale`` is the Comune it is told with; ``source`` names format and file.
    """

    codice_catastale: str
    channel: Channel
    address: str
    codice_ipa: str = ""
    ente: str = ""
    position: int = 0
    source: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def key(self) -> tuple[str, Channel, str]:
        """What makes two of them the same."""
        return self.codice_catastale, self.channel, self.address.casefold()


@dataclass(frozen=True, slots=True)
class Taken:
    """The address of a channel, why, and what is doubtful about it (worst first)."""

    seen: Seen
    rule: Rule
    doubts: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class PassedOver:
    """An address that was not taken; ``others`` are the cadastral codes of who shares it."""

    seen: Seen
    reason: Reason
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """All that was seen of one Comune: what was taken, what was passed over (as numbered)."""

    taken: Mapping[Channel, Taken] = field(default_factory=dict)
    passed: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """The choice of every Comune of which something was seen, by cadastral code."""

    by_catastale: Mapping[str, Choice]

    def of(self, comune: Comune) -> Choice:
        """Return the choice of a Comune; an empty one where nothing was seen."""
        return self.by_catastale.get(comune.codice_catastale, Choice())

    def doubtful(self) -> Iterator[Taken]:
        """Give what was taken though something speaks against it."""
        for choice in self.by_catastale.values():
            yield from (taken for taken in choice.taken.values() if taken.doubts)

    def book(self, file: str) -> AddressBook:
        """Return what was taken as an address book, keyed by cadastral code."""
        entries: dict[Channel, dict[str, Address]] = {channel: {} for channel in Channel}
        for code, choice in self.by_catastale.items():
            for channel, taken in choice.taken.items():
                seen = taken.seen
                note = ", ".join(taken.doubts)
                entries[channel][code] = Address(
                    channel, seen.address, seen.source, seen.last, note
                )
        return AddressBook(file, entries)


def choose(index: BodyIndex, register: Register, earlier: Choices | None = None) -> Choices:
    """Choose one address per Comune and channel; ``earlier`` is what was seen before.

    An address that is no longer in the index is kept as GONE, and the day a known one was first
    seen is kept too.
    """
    seen = list(_seen(index, register, _first_days(earlier)))
    sharing = _sharing(seen, register)
    candidates: dict[str, list[_Candidate]] = defaultdict(list)
    for one, body, standing in seen:
        against = _against(one, body, standing, sharing, register)
        candidates[one.codice_catastale].append(_Candidate(one, against, sharing.get(one.key, ())))
    gone = _gone(earlier, {one.key for one, _body, _standing in seen})
    codes = sorted(candidates.keys() | gone.keys())
    return Choices({c: _choice(candidates.get(c, []), gone.get(c, [])) for c in codes})


@dataclass(frozen=True, slots=True)
class _Candidate:
    seen: Seen
    against: tuple[Reason, ...]
    others: tuple[str, ...]

    @property
    def order(self) -> tuple[int, str, int, str]:
        """What is best comes first; then the numbers of the index decide."""
        weight = sum(_WEIGHTS[reason] for reason in self.against)
        return weight, self.seen.codice_ipa, self.seen.position, self.seen.address

    @property
    def number(self) -> tuple[Channel, str, int, str]:
        """Its place as published."""
        return self.seen.channel, self.seen.codice_ipa, self.seen.position, self.seen.address


def _choice(candidates: Iterable[_Candidate], gone: Iterable[PassedOver]) -> Choice:
    """Take the best of each channel; say why the others were not."""
    ordered = sorted(candidates, key=lambda one: one.number)
    taken: dict[Channel, Taken] = {}
    passed = []
    for channel in Channel:
        own = [one for one in ordered if one.seen.channel is channel]
        best = min(own, key=lambda one: one.order, default=None)
        if best is not None and NEVER.isdisjoint(best.against):
            rule = Rule.FIRST if best is own[0] else Rule.NEXT
            taken[channel] = Taken(
                best.seen, Rule.NOTHING_BETTER if best.against else rule, best.against
            )
        else:
            best = None
        passed += [
            PassedOver(one.seen, one.against[0] if one.against else Reason.LATER, one.others)
            for one in own
            if one is not best
        ]
    return Choice(taken, (*passed, *gone))


def _seen(
    index: BodyIndex, register: Register, first: Mapping[tuple[str, Channel, str], date | None]
) -> Iterator[tuple[Seen, Body, Standing]]:
    """Give every address of the index once, with the Comune it is told with."""
    source = f"{index.source.format}, {index.source.file}"
    day = index.source.vintage
    known: dict[tuple[str, Channel, str], tuple[Seen, Body, Standing]] = {}
    for body, comune, standing in Attribution(register).of(index.bodies):
        for mail in body.mails:
            written = " ".join(mail.address.split())[:_LONGEST_WRITTEN]
            one = Seen(
                comune.codice_catastale,
                Channel.PEC if mail.certified else Channel.EMAIL,
                addr_spec(written) or written,
                body.codice_ipa,
                body.name,
                mail.position,
                source,
                day,
                day,
            )
            if one.key in first:
                one = replace(one, first=first[one.key] or day)
            before = known.get(one.key)
            if before is None or _precedes(one, standing, before):
                known[one.key] = (one, body, standing)
    return iter(known.values())


def _precedes(one: Seen, standing: Standing, before: tuple[Seen, Body, Standing]) -> bool:
    """Tell which of two bodies an address is told with: the Comune's own, then as numbered."""
    seen, _body, other = before
    return (standing.rank, one.codice_ipa, one.position, one.ente, one.address) < (
        other.rank,
        seen.codice_ipa,
        seen.position,
        seen.ente,
        seen.address,
    )


def _sharing(
    seen: Iterable[tuple[Seen, Body, Standing]], register: Register
) -> dict[tuple[str, Channel, str], tuple[str, ...]]:
    """Return who else has an address, where it is not plainly the Comune's own."""
    holders: dict[str, set[str]] = defaultdict(set)
    keys = []
    for one, _body, standing in seen:
        if standing is Standing.OWN:
            holders[one.address.casefold()].add(one.codice_catastale)
            keys.append(one.key)
    return {
        key: tuple(sorted(shared - {key[0]}))
        for key in keys
        if len(shared := holders[key[2]]) > 1 and _owner(key[2], shared, register) != key[0]
    }


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


def _against(
    one: Seen,
    body: Body,
    standing: Standing,
    sharing: Mapping[tuple[str, Channel, str], tuple[str, ...]],
    register: Register,
) -> tuple[Reason, ...]:
    """Say what speaks against an address, the heaviest first."""
    if standing is not Standing.OWN:
        return (Reason(standing.value),)
    if addr_spec(one.address) is None:
        return (Reason.INVALID,)
    local, _at, domain = one.address.rpartition("@")
    found = []
    if where := desk(local):
        found.append(_DESKS[where])
    names = normal(register.by_catastale[one.codice_catastale].denominazione)
    if person(local, body.head[:2], names):
        found.append(Reason.PERSON)
    if domain in ORDINARY:
        found.append(Reason.NOT_CERTIFIED if one.channel is Channel.PEC else Reason.CONSUMER)
    if one.key in sharing:
        found.append(Reason.SHARED)
    if is_reserved(one.address):
        found.append(Reason.RESERVED)
    return tuple(sorted(found, key=lambda reason: (-_WEIGHTS[reason], reason)))


def _first_days(earlier: Choices | None) -> dict[tuple[str, Channel, str], date | None]:
    return {seen.key: seen.first for seen, _again in _all(earlier)}


def _gone(
    earlier: Choices | None, now: set[tuple[str, Channel, str]]
) -> dict[str, list[PassedOver]]:
    """Return what was seen before and is not in the index any more."""
    gone: dict[str, list[PassedOver]] = defaultdict(list)
    for seen, _again in _all(earlier):
        if seen.key not in now:
            gone[seen.codice_catastale].append(PassedOver(seen, Reason.GONE))
    return gone


def _all(choices: Choices | None) -> Iterator[tuple[Seen, bool]]:
    """Give every address of former choices, and whether it was taken."""
    for choice in choices.by_catastale.values() if choices else ():
        yield from ((taken.seen, True) for taken in choice.taken.values())
        yield from ((passed.seen, False) for passed in choice.passed)
