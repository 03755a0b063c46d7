"""What goes wrong between us and our own server, on a script made from a seed."""

import random
from collections.abc import Sequence
from dataclasses import replace

from coalizione_mailer.rehearsal.faults import Fault, Kind, Script, Step, Then, fault
from coalizione_mailer.rehearsal.rules import Chance

NO_SUCH_USER = b"550 5.1.1 User unknown"

_CERTAIN = (
    fault(Kind.HANGS_UP, Step.END, takes=True),
    fault(Kind.HANGS_UP, Step.END),
    Fault(Step.RCPT, NO_SUCH_USER),
    fault(Kind.PUTS_OFF, Step.RCPT),
    fault(Kind.HANGS_UP, Step.BODY),
    fault(Kind.NO_ANSWER, Step.END, takes=True),
    fault(Kind.SHUTS_DOWN, Step.DATA),
    fault(Kind.LATE, Step.END, takes=True, wait=90.0),
)
"""What happens in every rehearsal, each to one letter."""

_PUT_OFF = (
    fault(Kind.PUTS_OFF, Step.RCPT),
    fault(Kind.TOO_MUCH_TRAFFIC, Step.RCPT),
    fault(Kind.BARE_LATER, Step.DATA),
    fault(Kind.PUTS_OFF, Step.END),
    fault(Kind.NOT_ASCII, Step.RCPT),
)
_CUT_OFF = (
    fault(Kind.HANGS_UP, Step.RCPT),
    fault(Kind.HANGS_UP, Step.DATA),
    fault(Kind.HANGS_UP, Step.BODY),
    fault(Kind.SHUTS_DOWN, Step.DATA),
)
_UNANSWERED = (
    fault(Kind.HANGS_UP, Step.END, takes=True),
    fault(Kind.HANGS_UP, Step.END),
    fault(Kind.NO_ANSWER, Step.END, takes=True),
    fault(Kind.NO_ANSWER, Step.END),
)
_SLOW = (fault(Kind.LATE, Step.RCPT, wait=20.0), fault(Kind.LATE, Step.DATA, wait=45.0))
_REFUSED = (Fault(Step.RCPT, NO_SUCH_USER), fault(Kind.REFUSES, Step.RCPT))


def script(seed: int, addresses: Sequence[str]) -> Script:
    """Return what will go wrong with these letters."""
    lot = random.Random(f"{seed} trouble")  # noqa: S311  nothing secret
    order = sorted(addresses)
    lot.shuffle(order)
    certain = [
        replace(wrong, recipient=address) for wrong, address in zip(_CERTAIN, order, strict=False)
    ]
    lost = [Fault(Step.CONNECT, then=Then.CLOSE, nth=number) for number in (2, 7)]
    rules = (
        Chance(seed, 0.03, _PUT_OFF),
        Chance(seed + 1, 0.01, _CUT_OFF),
        Chance(seed + 2, 0.01, _UNANSWERED),
        Chance(seed + 3, 0.003, _SLOW),
        Chance(seed + 4, 0.002, _REFUSED),
    )
    return Script([*certain, *lost], rules)
