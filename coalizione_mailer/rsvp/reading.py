"""A reply as an entry of the list: what it says, and which Comune says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.mailbox.reading import Reading
from coalizione_mailer.mailbox.reply.answer import Answer, Occasion, ReplyKind, Why
from coalizione_mailer.mailbox.reply.reader import read
from coalizione_mailer.model import Comune
from coalizione_mailer.registry.names import normal
from coalizione_mailer.rsvp.atlas import Atlas
from coalizione_mailer.rsvp.place import place_of

COLUMNS = ("message_id", "codice_istat")
"""The columns of a file of threads: our Message-IDs, and the Comune each was written to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A message read for the list; ``why`` holds every reason for a person to look at it."""

    answer: Answer
    comune: Comune | None
    why: tuple[Why, ...]

    @property
    def needs_human(self) -> bool:
        """Whether it waits for a person."""
        return bool(self.why)


class Reader:
    """Reads replies against a register, the threads of a sending, and its occasion."""

    def __init__(
        self,
        atlas: Atlas,
        threads: Mapping[str, str] | None = None,
        occasion: Occasion | None = None,
    ) -> None:
        self._atlas = atlas
        self._threads = threads or {}
        self._occasion = occasion or Occasion()

    def read(self, raw: bytes, reading: Reading | None = None) -> Entry:
        """Read one message; never raises."""
        answer = read(raw, self._occasion, reading)
        place = place_of(answer, self._atlas, self._threads, self._occasion)
        why = tuple(dict.fromkeys((*answer.why, *place.why)))
        return Entry(answer, place.comune, why)


def occasion_of(event: Mapping[str, Any]) -> Occasion:
    """Return what an invitation is about, from the ``[event]`` of a campaign."""
    day = event.get("date")
    place = normal(str(event.get("place", ""))).split()
    words = {word for word in place if len(word) > 3 and not word.isdigit()}  # noqa: PLR2004
    return Occasion(day if isinstance(day, date) else None, frozenset(words - _NOT_PLACES))


_NOT_PLACES = frozenset(
    [
        "piazza",
        "viale",
        "corso",
        "largo",
        "palazzo",
        "sala",
        "centro",
        "presso",
        "dell",
        "della",
        "delle",
    ]
)


def read_threads(path: Path) -> dict[str, str]:
    """Read what the ledger would know: Message-ID to ISTAT code of today, older or newer.

    Raises ProblemsError: COLUMN_MISSING, ROW_WRONG, and those of ``read_table``.
    """
    from coalizione_mailer.registry.codes import istat_codes
    from coalizione_mailer.registry.tabular import read_table

    table = read_table(path, COLUMNS)
    if problems := [*table.require(COLUMNS), *table.problems]:
        raise ProblemsError(problems)
    codes = istat_codes(table.frame["codice_istat"])
    identifiers = table.frame["message_id"].str.strip().str.strip("<>")
    lacking = (identifiers == "") | ~codes.str.fullmatch(r"\d{6}")
    if lacking.any():
        line = int(str(table.frame.index[lacking.tolist().index(True)]))
        found = str(table.frame["codice_istat"].tolist()[lacking.tolist().index(True)])
        raise ProblemsError(
            [Problem(Code.ROW_WRONG, file=str(path), line=line, key="codice_istat", found=found)]
        )
    return dict(zip(identifiers.tolist(), codes.tolist(), strict=True))


def unread_record(file: str) -> dict[str, Any]:
    """Return what programs are told of a message that could not be read."""
    entry = Entry(Answer(ReplyKind.UNRELATED), None, (Why.TOO_LONG,))
    return as_record(file, entry)


def as_record(file: str, entry: Entry) -> dict[str, Any]:
    """Return an entry as programs are told of it (a contract: ``mailer rsvp read --json``)."""
    answer = entry.answer
    return {
        "file": file,
        "kind": str(answer.kind),
        "answer": str(answer.answer) if answer.answer else None,
        "participants": [
            {"name": one.name, "role": one.role or None} for one in answer.participants
        ],
        "count": answer.count,
        "comune": entry.comune.denominazione if entry.comune else None,
        "replaces_earlier": answer.replaces_earlier,
        "needs_human": entry.needs_human,
        "why": [str(reason) for reason in entry.why],
        "own_text": answer.own_text,
    }
