"""What a server does wrong, and when: the script of a rehearsal, without a socket.

The words are those of the SMTP transaction (RFC 5321, section 3); ``rules`` has misbehaviour that
follows from what went before.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, unique
from typing import Protocol

from coalizione_mailer.rehearsal.record import Taken


@unique
class Step(StrEnum):
    """Where in a session a fault can happen."""

    CONNECT = "connect"  # before the greeting
    EHLO = "ehlo"
    HELO = "helo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"  # before the 354
    BODY = "body"  # after the 354, with the message on its way
    END = "end"  # after the final dot
    RSET = "rset"
    QUIT = "quit"


@unique
class Then(Enum):
    """What the server does after its answer, or instead of one."""

    GO_ON = "go on"
    CLOSE = "close"
    SILENCE = "silence"


@dataclass(frozen=True)
class Fault:
    """One misbehaviour: an answer that is not the usual one (or none), and what follows.

    ``takes`` tells whether a message that had come to its end is kept all the same. ``second`` is
    said after a body that was answered before its end. ``wait`` is in seconds before the answer,
    which is the usual one where the fault has none; ``slow`` in seconds between two lines of a
    body, which is then taken as usual.

    When: ``recipient`` binds the fault to one address and ``marker`` to any that has it in it,
    both from RCPT on; ``nth`` to that occasion of the step, from 1; ``times`` is how often.
    """

    at: Step
    answer: bytes = b""
    then: Then = Then.GO_ON
    takes: bool = False
    recipient: str | None = None
    second: bytes = b""
    wait: float = 0.0
    slow: float = 0.0
    marker: str = ""
    nth: int | None = None
    times: int = 1

    @property
    def late(self) -> bool:
        """Whether nothing is wrong but the time."""
        return self.then is Then.GO_ON and not self.answer and not self.slow

    def fits(self, occasion: "Occasion") -> bool:
        """Tell whether this is the moment."""
        return (
            self.at is occasion.step
            and self.recipient in {None, occasion.recipient}
            and self.marker in occasion.recipient
            and self.nth in {None, occasion.number}
        )


@dataclass(frozen=True, slots=True)
class Occasion:
    """A step that a session comes to: for which recipient, which in number, and when.

    ``number`` counts the steps of this kind over all sessions, from 1; ``record`` is what the
    server has taken so far.
    """

    step: Step
    recipient: str
    number: int
    at: float
    record: Sequence[Taken] = ()


class Rule(Protocol):
    """Misbehaviour that follows from the occasion."""

    def fault(self, occasion: Occasion) -> Fault | None:
        """Return what goes wrong now, if anything."""
        ...


@dataclass(eq=False)
class _Pending:
    """A fault whose moment may come so many times more."""

    fault: Fault
    left: int


class Script:
    """What a server will do wrong: faults that wait for their moment, then rules, in order."""

    def __init__(self, faults: Iterable[Fault] = (), rules: Iterable[Rule] = ()) -> None:
        self._pending = [_Pending(fault, fault.times) for fault in faults]
        self._rules = tuple(rules)
        self._met: Counter[Step] = Counter()

    def add(self, *faults: Fault) -> None:
        """Let these go wrong too."""
        self._pending += [_Pending(fault, fault.times) for fault in faults]

    def meet(
        self, step: Step, recipient: str, at: float, record: Sequence[Taken] = ()
    ) -> Fault | None:
        """Return what goes wrong at this step, and remember that it was come to."""
        self._met[step] += 1
        occasion = Occasion(step, recipient, self._met[step], at, record)
        for pending in self._pending:
            if pending.fault.fits(occasion):
                pending.left -= 1
                if not pending.left:
                    self._pending.remove(pending)
                return pending.fault
        found = (rule.fault(occasion) for rule in self._rules)
        return next((fault for fault in found if fault is not None), None)

    @property
    def waiting(self) -> list[Fault]:
        """Faults whose moment has not come, or not often enough."""
        return [pending.fault for pending in self._pending]


@unique
class Kind(StrEnum):
    """Everything a server can do wrong at a step; ``fault`` makes it."""

    PUTS_OFF = "puts off"  # 4xx
    REFUSES = "refuses"  # 5xx
    TOO_MUCH_TRAFFIC = "too much traffic"  # 4.7.x
    SHUTS_DOWN = "shuts down"  # 421 in mid-session (RFC 5321, section 3.8)
    HANGS_UP = "hangs up"
    SILENT = "never answers"
    LATE = "answers late"
    NO_ANSWER = "answers nonsense"
    BARE_LATER = "puts off without an enhanced code"
    BARE_NEVER = "refuses without an enhanced code"
    MANY_LINES = "refuses in many lines"
    NOT_ASCII = "puts off in Latin-1"


_ANSWERS: Mapping[Kind, tuple[bytes, Then]] = {
    Kind.PUTS_OFF: (b"451 4.3.0 Try again later", Then.GO_ON),
    Kind.REFUSES: (b"550 5.7.1 Not here", Then.GO_ON),
    Kind.TOO_MUCH_TRAFFIC: (b"450 4.7.1 Too much traffic", Then.GO_ON),
    Kind.SHUTS_DOWN: (b"421 4.3.2 Shutting down", Then.CLOSE),
    Kind.HANGS_UP: (b"", Then.CLOSE),
    Kind.SILENT: (b"", Then.SILENCE),
    Kind.NO_ANSWER: (b"hello", Then.GO_ON),
    Kind.BARE_LATER: (b"452", Then.GO_ON),
    Kind.BARE_NEVER: (b"554", Then.GO_ON),
    Kind.MANY_LINES: (b"553-5.1.3 No\r\n553-5.1.3 such\r\n553 5.1.3 address", Then.GO_ON),
    Kind.NOT_ASCII: ("450 4.2.1 Più tardi".encode("latin-1"), Then.GO_ON),
}


def fault(kind: Kind, step: Step, *, takes: bool = False, wait: float = 0.0) -> Fault:
    """Make the fault of this kind at this step; ``wait`` is how late a late answer is."""
    if kind is Kind.LATE:
        late = b"250 2.0.0 Ok" if takes else b"451 4.3.0 Try again later"
        return Fault(step, late if step is Step.END else b"", takes=takes, wait=wait)
    answer, then = _ANSWERS[kind]
    return Fault(step, answer, then, takes=takes)
