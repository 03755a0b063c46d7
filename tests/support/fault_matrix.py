"""The fault matrix: what a server can do wrong at every step, and what must come of it.

``python -m tests.support.fault_matrix`` writes it to ``docs/fault-matrix.md``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from coalizione_mailer.lifecycle import Event, Phase, State
from coalizione_mailer.rehearsal.faults import Fault, Kind, Step, Then, fault

PAGE = Path(__file__).parents[2] / "docs" / "fault-matrix.md"
PATIENCE = 60.0
"""Seconds the transport waits for an answer."""
IN_TIME = PATIENCE / 2
TOO_LATE = PATIENCE * 1.5


@dataclass(frozen=True)
class Attempt:
    """One row of the ledger's attempts."""

    event: Event
    phase: Phase
    code: int | None

    def __str__(self) -> str:
        return f"{self.event}: {self.code or 'no answer'} at {self.phase}"


TAKEN = Attempt(Event.TAKEN, Phase.END_OF_DATA, 250)


@dataclass(frozen=True)
class Row:
    """What the server does to the first of two letters, and what must come of it in one run.

    ``copies`` is how many the server has at the end, ``connections`` how many the run needed.
    A ``long`` letter is still on its way when the server speaks.
    """

    does: str
    at: Step
    faults: tuple[Fault, ...]
    attempts: tuple[Attempt, ...] = (TAKEN,)
    state: State = State.SENT
    copies: int = 1
    connections: int = 1
    long: bool = False

    @property
    def name(self) -> str:
        return f"{self.at}: {self.does}"


LATER = {
    Kind.PUTS_OFF: 451,
    Kind.TOO_MUCH_TRAFFIC: 450,
    Kind.BARE_LATER: 452,
    Kind.NOT_ASCII: 450,
    Kind.SHUTS_DOWN: 421,
}
NEVER = {Kind.REFUSES: 550, Kind.BARE_NEVER: 554, Kind.MANY_LINES: 553}
MUTE = (Kind.HANGS_UP, Kind.SILENT, Kind.NO_ANSWER)
PHASES = {
    Step.MAIL: Phase.MAIL,
    Step.RCPT: Phase.RCPT,
    Step.DATA: Phase.DATA,
    Step.BODY: Phase.DATA,
    Step.END: Phase.END_OF_DATA,
}
TRANSACTION = {*PHASES, Step.RSET, Step.QUIT}


def said(kind: Kind) -> str:
    """Return what a server of this kind does, with its code."""
    code = (LATER | NEVER).get(kind)
    return f"{kind} ({code})" if code else str(kind)


def put_off(step: Step, faults: tuple[Fault, ...], kind: Kind, connections: int) -> Row:
    """Tried again, and taken then."""
    first = Attempt(Event.DEFERRED, PHASES[step], LATER.get(kind))
    return Row(said(kind), step, faults, (first, TAKEN), connections=connections)


def refused(step: Step, faults: tuple[Fault, ...], kind: Kind, connections: int) -> Row:
    """Not tried again."""
    only = Attempt(Event.REJECTED, PHASES[step], NEVER[kind])
    return Row(said(kind), step, faults, (only,), State.REFUSED, 0, connections)


def doubted(does: str, faults: tuple[Fault, ...], code: int | None = None) -> Row:
    """Nobody knows, and so nobody sends it again."""
    only = Attempt(Event.UNANSWERED, Phase.END_OF_DATA, code)
    copies = int(faults[0].takes)
    does = f"{does}, has the message" if copies else f"{does}, has not the message"
    return Row(does, Step.END, faults, (only,), State.IN_DOUBT, copies, 2)


def session_rows() -> Iterator[Row]:
    """Before any letter is claimed: no attempt is spent, the next connection carries it."""
    for step in (Step.CONNECT, Step.EHLO, Step.STARTTLS, Step.AUTH):
        # A client knows two ways to log in, and tries both.
        times = 2 if step is Step.AUTH else 1
        again = 1 if step is Step.EHLO else 2
        for kind in LATER:
            wrong = replace(fault(kind, step), times=1 if kind is Kind.SHUTS_DOWN else times)
            yield Row(
                said(kind), step, (wrong,), connections=2 if kind is Kind.SHUTS_DOWN else again
            )
        for kind in NEVER:
            wrong = replace(fault(kind, step), times=times)
            if step in {Step.STARTTLS, Step.AUTH}:
                yield Row(said(kind), step, (wrong,), (), State.QUEUED, 0)
            else:
                yield Row(said(kind), step, (wrong,), connections=again)
        for kind in MUTE:
            yield Row(said(kind), step, (fault(kind, step),), connections=2)
        yield from late(step, connections=2)
    old = Fault(Step.EHLO, b"502 5.5.1 Not implemented")
    for kind in (*LATER, *NEVER, *MUTE):
        yield Row(said(kind), Step.HELO, (old, fault(kind, Step.HELO)), connections=2)
    broken = Fault(Step.STARTTLS, b"220 Ready to start TLS", Then.CLOSE)
    yield Row("agrees, then hangs up", Step.STARTTLS, (broken,), connections=2)


def late(step: Step, connections: int) -> Iterator[Row]:
    """Late, within the client's patience and beyond it."""
    yield Row("answers late, but in time", step, (fault(Kind.LATE, step, wait=IN_TIME),))
    wrong = (fault(Kind.LATE, step, wait=TOO_LATE),)
    if step in PHASES:
        first = Attempt(Event.DEFERRED, PHASES[step], None)
        yield Row("answers too late", step, wrong, (first, TAKEN), connections=connections)
    else:
        yield Row("answers too late", step, wrong, connections=connections)


def command_rows() -> Iterator[Row]:
    """In the transaction, before the message is on its way."""
    for step in (Step.MAIL, Step.RCPT, Step.DATA):
        for kind in LATER:
            connections = 2 if kind is Kind.SHUTS_DOWN else 1
            yield put_off(step, (fault(kind, step),), kind, connections)
        for kind in NEVER:
            yield refused(step, (fault(kind, step),), kind, 1)
        for kind in MUTE:
            yield put_off(step, (fault(kind, step),), kind, 2)
        yield from late(step, connections=2)


def body_rows() -> Iterator[Row]:
    """With the message on its way: its end has not left, so the server cannot have it."""
    for kind in (*LATER, *MUTE):
        then = Then.CLOSE if kind in {Kind.SHUTS_DOWN, Kind.HANGS_UP} else Then.SILENCE
        wrong = replace(fault(kind, Step.BODY), then=then)
        yield replace(put_off(Step.BODY, (wrong,), kind, 2), long=True)
    for kind in NEVER:
        wrong = replace(fault(kind, Step.BODY), then=Then.SILENCE)
        yield replace(refused(Step.BODY, (wrong,), kind, 2), long=True)
    yield Row(
        "says yes before the end",
        Step.BODY,
        (Fault(Step.BODY, b"250 Ok", Then.SILENCE),),
        (Attempt(Event.UNANSWERED, Phase.DATA, 250),),
        State.IN_DOUBT,
        copies=0,
        connections=2,
        long=True,
    )
    for kind in (Kind.HANGS_UP, Kind.SILENT):
        gone = doubted(f"{kind}, all having left", (fault(kind, Step.BODY),))
        yield replace(gone, at=Step.BODY)
    twice = Fault(Step.BODY, b"552 5.3.4 Too much", second=b"552 5.3.4 Too much")
    yield Row(
        "refuses twice (552)",
        Step.BODY,
        (twice,),
        (Attempt(Event.REJECTED, Phase.END_OF_DATA, 552),),
        State.REFUSED,
        copies=0,
        connections=2,
    )
    yield Row("reads slowly", Step.BODY, (Fault(Step.BODY, slow=0.001),))


def end_rows() -> Iterator[Row]:
    """After the final dot: only an answer tells what became of the message (RFC 1047)."""
    step = Step.END
    for kind in LATER:
        connections = 2 if kind is Kind.SHUTS_DOWN else 1
        yield put_off(step, (fault(kind, step),), kind, connections)
    for kind in NEVER:
        yield refused(step, (fault(kind, step),), kind, 1)
    for takes in (True, False):
        for kind in MUTE:
            yield doubted(str(kind), (fault(kind, step, takes=takes),))
        too_late = fault(Kind.LATE, step, takes=takes, wait=TOO_LATE)
        yield doubted("answers too late", (too_late,))
    yield Row(
        "answers late, but in time", step, (fault(Kind.LATE, step, takes=True, wait=IN_TIME),)
    )
    for code in (354, 600):
        what = Fault(step, b"%d what" % code, takes=True)
        yield doubted(f"answers {code}", (what,), code)
    lines = Fault(step, "250-però\r\n250-sì,\r\n250 preso".encode(), takes=True)
    yield Row("says yes in many lines, in UTF-8", step, (lines,))


def after_rows() -> Iterator[Row]:
    """When the letter has its answer already: what goes wrong now must not touch the next."""
    no = Fault(Step.RCPT, b"550 5.1.1 No such user")
    only = (Attempt(Event.REJECTED, Phase.RCPT, 550),)
    for kind in (*LATER, *NEVER, *MUTE):
        both = (no, fault(kind, Step.RSET))
        yield Row(said(kind), Step.RSET, both, only, State.REFUSED, 0, 2)
    for kind in (*LATER, *NEVER, *MUTE):
        yield Row(said(kind), Step.QUIT, (fault(kind, Step.QUIT),))


ROWS = (*session_rows(), *command_rows(), *body_rows(), *end_rows(), *after_rows())

HEAD = f"""\
# The fault matrix

What a server can do wrong, at every step of a session, to the first of two letters; and what must
come of it. Each line is a test with a real ledger, a real server and real sockets
(`tests/test_fault_matrix.py`), and this page is written from those tests:
`python -m tests.support.fault_matrix` writes it, and a test fails when it is out of date.

In every line the second letter is sent, once, whatever became of the first; where the run ends,
both stay queued and the next run sends them. Otherwise a second run changes nothing: letters in
doubt are never sent again without an operator's word (`mailer resolve`).

*At*: the step of RFC 5321; `connect` is before the greeting, `helo` after a refused `ehlo`,
`body` with the message on its way, `end` after the final dot, `rset` after a letter that was
refused. *Attempts*: the rows in the ledger, one after the other; none is spent on a session that
does not come about. *Copies*: how many of the letter the server has. *Connections*: how many one
run needed for both letters. From `mail` on every line holds for a server that takes commands at
once (PIPELINING, RFC 2920) and for one that does not, and is tested with both. The client waits
{PATIENCE:.0f} s for an answer.

| at | the server | attempts | the letter is | copies | connections |
|---|---|---|---|---:|---:|
"""

TAIL = """
What a server is like, as opposed to what it does once:

| the server | what comes of it |
|---|---|
"""

NATURES = {
    "has a certificate of an unknown authority": "the run ends at once; every letter stays queued, "
    "no attempt spent",
    "has a certificate for another host": "the same",
    "cannot protect the connection": "the same",
    "knows another password": "the same",
    "lets in one connection at a time (421 4.7.0 to the others)": "every letter sent, once, over "
    "the one that is open",
    "greylists every address for five minutes": "every letter sent, once, at its second attempt",
    "takes two letters a minute (450 4.7.1 to the others)": "every letter sent, once",
    "puts off, refuses and hangs up by chance, before the final dot": "every letter "
    "sent, once, or refused",
    "hangs up by chance after the final dot, having the message or not": "every letter sent or in "
    "doubt; none has two copies",
}


def cells(row: Row) -> Iterable[str]:
    """Return what the page says of a row."""
    attempts = ", then ".join(map(str, row.attempts)) or "none"
    state = f"{row.state}; the run ends" if row.state is State.QUEUED else str(row.state)
    does = f"{row.does}, in a long letter" if row.long else row.does
    return (row.at, does, attempts, f"`{state}`".replace("; the run ends`", "`; the run ends"),
            str(row.copies), str(row.connections))  # fmt: skip


def page() -> str:
    """Write the page."""
    lines = [f"| {' | '.join(cells(row))} |" for row in ROWS]
    natures = [f"| {does} | {comes} |" for does, comes in NATURES.items()]
    return HEAD + "\n".join(lines) + "\n" + TAIL + "\n".join(natures) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
