"""What speaks against an address, by its look alone or by who else has it, and how much."""

from collections.abc import Mapping
from functools import lru_cache

from coalizione_mailer.model import Channel
from coalizione_mailer.registry.addr_spec import is_reserved_domain
from coalizione_mailer.registry.choice import NEVER, Reason
from coalizione_mailer.registry.mailboxes import ORDINARY, Desk, desk, perhaps_person, person
from coalizione_mailer.registry.names import normal

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

NOBODYS: tuple[Reason, ...] = (Reason.RESERVED,)
"""What speaks against an address that reaches nobody."""
_ORDINARY: Mapping[Channel, tuple[Reason, ...]] = {
    Channel.PEC: (Reason.NOT_CERTIFIED,),
    Channel.EMAIL: (Reason.CONSUMER,),
}


def objections(
    address: str, channel: Channel, comune: str, head: tuple[str, str, str], *, shared: bool
) -> tuple[Reason, ...]:
    """Say what speaks against a valid address of a Comune's own, the heaviest first.

    ``comune`` is its name, ``head`` who heads it, ``shared`` whether another Comune has it too.
    """
    local, _at, domain = address.rpartition("@")
    if domain in ORDINARY:
        of_domain = _ORDINARY[channel]
    else:
        of_domain = NOBODYS if is_reserved_domain(domain) else ()
    where, perhaps = _of_local(local)
    if not (where or perhaps or shared):
        # So it is with nearly all.
        return of_domain
    found = [*of_domain, *where]
    if perhaps and person(local, head[:2], normal(comune)):
        found.append(Reason.PERSON)
    if shared:
        found.append(Reason.SHARED)
    found.sort(key=lambda reason: (-_WEIGHTS[reason], reason))
    return tuple(found)


@lru_cache(maxsize=4096)
def weight(against: tuple[Reason, ...]) -> int:
    """How much it is altogether."""
    return sum([_WEIGHTS[reason] for reason in against])


@lru_cache(maxsize=4096)
def _of_local(local: str) -> tuple[tuple[Reason, ...], bool]:
    """Say what the part before the @ tells by itself, and whether a person's name may be in it."""
    where = desk(local)
    return (_DESKS[where],) if where else (), perhaps_person(local)
