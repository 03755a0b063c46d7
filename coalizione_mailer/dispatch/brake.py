"""The brake: what answers that are alike, one after the other, say of the server itself.

A server that is overloaded would else see all 2,400 letters, and put all of them off; or refuse
them all for a reason of its own, such as a quota, and none could be sent again.
"""

from dataclasses import dataclass

from coalizione_mailer.dispatch.orders import Ending
from coalizione_mailer.lifecycle import Event

DEFERRALS = 10
"""So many letters put off in a row make a pause, each pause longer than the one before."""
PAUSE = 60.0
"""Seconds of the first pause."""
PAUSES = 5
"""After so many there is no other, and the run ends."""
REFUSALS = 10
"""So many letters refused in a row end the run."""


@dataclass(slots=True)
class Brake:
    """Hears every answer of a run; nothing may leave before ``until`` (epoch seconds)."""

    until: float = 0.0
    _put_off: int = 0
    _refused: int = 0

    def heard(self, event: Event, now: float) -> Ending | None:
        """Take note of how an attempt ended; return why the run must end, if it must."""
        self._put_off = self._put_off + 1 if event is Event.DEFERRED else 0
        self._refused = self._refused + 1 if event is Event.REJECTED else 0
        if self._refused >= REFUSALS:
            return Ending.REFUSING
        pauses, rest = divmod(self._put_off, DEFERRALS)
        if pauses >= PAUSES:
            return Ending.LATER
        if pauses and rest == 0:
            self.until = now + PAUSE * pauses
        return None
