"""What a run is given, and what it gives back: orders, time, somebody who watches, a result."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Protocol

from coalizione_mailer.dispatch.desk import Job
from coalizione_mailer.errors import ServerUnavailableError
from coalizione_mailer.ledger.deliveries import Settlement
from coalizione_mailer.ledger.rounds import Round
from coalizione_mailer.lifecycle import Event
from coalizione_mailer.pace import Limit


@unique
class Ending(StrEnum):
    """Why a run ended."""

    DONE = "done"
    STOPPED = "stopped"  # the operator asked
    LATER = "later"  # the rest has its turn later than a run waits
    UNAVAILABLE = "unavailable"  # the server could not be used
    REFUSING = "refusing"  # the server refused one letter after the other


@dataclass(frozen=True, slots=True)
class Orders:
    """What a run is to do: from whom, at what pace, over how many connections, how many letters.

    ``next_open`` says when letters may leave, from a moment on (working hours).
    """

    round: Round
    limits: Sequence[Limit] = ()
    connections: int = 4
    at_most: int | None = None
    only: frozenset[str] = frozenset()
    next_open: Callable[[float], float] = float


@dataclass(slots=True)
class Result:
    """How a run ended: outcomes by event, and when to run again if it must be (epoch seconds)."""

    ending: Ending = Ending.DONE
    outcomes: Counter[Event] = field(default_factory=Counter)
    resume_at: float | None = None
    error: ServerUnavailableError | None = None


class Observer(Protocol):
    """Whoever wants to see the run: a progress bar."""

    def settled(self, job: Job, settlement: Settlement) -> None:
        """An attempt has ended and is on record."""
        ...

    def waits(self, seconds: float) -> None:
        """Nothing leaves for so long."""
        ...


@dataclass(frozen=True, slots=True)
class Clock:
    """Time handed in: ``now`` in seconds since the epoch, never going back within a run."""

    now: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
