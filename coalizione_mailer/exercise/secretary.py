"""The register of answers, kept by a careful person, and held against what was truly meant.

What the product enters by itself must be right as it is. What it leaves to a person is decided as
somebody does who reads each message: by what its writer meant. Then every row must be right.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from coalizione_mailer.exercise.score import Fault, Standings, Wrong
from coalizione_mailer.ledger import answers
from coalizione_mailer.ledger.reports import Standing
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.ledger.words import Answer, Person, Status, Whose, Word
from coalizione_mailer.rehearsal.replies import Meaning, Says
from coalizione_mailer.rehearsal.truth import Truth
from coalizione_mailer.rsvp.entries import Decision, decide

WHO = "prova"
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the list of participants: the answer, who comes by name, how many in all."""

    answer: str
    names: tuple[str, ...] = ()
    number: int = 0

    @classmethod
    def of(cls, word: Word) -> "Row":
        """Return what the register says."""
        names = tuple(sorted(one.name for one in word.participants))
        return cls(word.answer.value if word.answer else NOTHING, names, word.coming)

    @classmethod
    def true(cls, meaning: Meaning) -> "Row":
        """Return what was meant."""
        return cls(meaning.says.value, tuple(sorted(meaning.names)), meaning.number)

    def __str__(self) -> str:
        """Write it as a fault shows it."""
        who = f": {', '.join(self.names)}" if self.names else ""
        return f"{self.answer} ({self.number}){who}" if self.number else f"{self.answer}{who}"


@dataclass(frozen=True, slots=True)
class Kept:
    """How the register was filled: answers that entered by themselves, and by a person.

    ``faults`` are wrong rows of it, ``reported`` wrong figures of the report.
    """

    by_itself: int
    by_person: int
    faults: tuple[Fault, ...]
    reported: tuple[Fault, ...] = ()


class Secretary:
    """Decides what waits, and looks through all that stands."""

    def __init__(
        self, ledger: Ledger, truth: Truth, standings: Standings, codes: Sequence[str]
    ) -> None:
        self._ledger = ledger
        self._truth = truth
        self._letters = {code: standings.of_comune(code) for code in codes}
        self._by_id = {one.message_id: one for own in self._letters.values() for one in own}

    def keep(self, now: Callable[[], float]) -> Kept:
        """Look at what entered, decide what waits, and look at every row in the end."""
        entered = [word for word in self._words() if word.status in _COUNTED]
        faults = list(self._entered_wrongly(entered))
        decided = self._decided(now)
        faults += self._rows(self._standing())
        return Kept(len(entered), decided, tuple(dict.fromkeys(faults)))

    def rows(self) -> Mapping[str, Row]:
        """Return what every Comune that answered truly meant in the end."""
        meant = {
            code: self._truth.answer(one.message_id for one in own)
            for code, own in self._letters.items()
        }
        return {code: Row.true(meaning) for code, meaning in meant.items() if meaning}

    def _words(self) -> list[Word]:
        with self._ledger.reading() as reading:
            return answers.everything(reading)

    def _standing(self) -> dict[str, Word]:
        with self._ledger.reading() as reading:
            found = answers.standing(reading)
        return {word.comune.codice_catastale if word.comune else "": word for word in found}

    def _entered_wrongly(self, entered: Iterable[Word]) -> Iterator[Fault]:
        """Hold each message that counts without a person against what its writer meant."""
        for word in entered:
            meant = self._truth.meant(word.evidence)
            letter = self._by_id.get(meant[0]) if meant else None
            true = Row.true(meant[1]) if meant and letter else Row(NOTHING)
            theirs = letter.codice_catastale if letter else ""
            if Row.of(word) != true or not word.comune or word.comune.codice_catastale != theirs:
                yield _fault(letter or word.comune, word.sender, Row.of(word), true)

    def _decided(self, now: Callable[[], float]) -> int:
        """Decide about what waits, the earliest first, once each: one may bring up another."""
        done: set[int] = set()
        while True:
            with self._ledger.reading() as reading:
                todo = [word for word in answers.waiting(reading) if word.id not in done]
            if not todo:
                return len(done)
            decide(self._ledger, todo[0], self._decision(todo[0]), who=WHO, now=now())
            done.add(todo[0].id)

    def _decision(self, word: Word) -> Decision:
        """Say what a careful reader of a message says: what its writer meant, or: no answer."""
        meant = self._truth.meant(word.evidence)
        letter = self._by_id.get(meant[0]) if meant else None
        if meant is None or letter is None:
            return Decision(None, word.comune, aside=True)
        meaning = meant[1]
        people = tuple(Person(name, _role(word, name)) for name in meaning.names)
        number = meaning.number if meaning.number > len(people) else None
        return Decision(_ANSWERS[meaning.says], _whose(letter), number, people)

    def _rows(self, standing: Mapping[str, Word]) -> Iterator[Fault]:
        """Hold the whole register against the truth, Comune by Comune, both ways."""
        true = self.rows()
        for code in sorted(standing.keys() | true.keys()):
            word = standing.get(code)
            found = Row.of(word) if word else Row(NOTHING)
            meant = true.get(code, Row(NOTHING))
            if found != meant:
                own = self._letters.get(code)
                yield _fault(own[-1] if own else None, word.sender if word else "", found, meant)


_COUNTED = frozenset({Status.STANDING, Status.CONFIRMS})
_ANSWERS = {Says.YES: Answer.YES, Says.NO: Answer.NO, Says.MAYBE: Answer.MAYBE}


def _role(word: Word, name: str) -> str:
    """Return the role that was read beside a name."""
    return next((one.role for one in word.participants if one.name == name), "")


def _whose(letter: Standing) -> Whose:
    return Whose(
        letter.codice_catastale,
        letter.codice_istat,
        letter.denominazione,
        letter.sigla,
        letter.regione,
    )


def _fault(of: Standing | Whose | None, sender: str, found: Row, true: Row) -> Fault:
    comune = f"{of.denominazione} ({of.sigla})" if of else NOTHING
    address = of.address if isinstance(of, Standing) else sender
    return Fault(Wrong.MISJUDGED, comune, address, str(found), str(true))
