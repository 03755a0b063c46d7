"""The figures of a campaign, computed from its record: page, JSON and screen show no others."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.ledger.reports import Standing
from coalizione_mailer.ledger.words import Answer, Word
from coalizione_mailer.lifecycle import FAILED, State, spoken
from coalizione_mailer.mailbox.reading import Cause
from coalizione_mailer.model import Comune
from coalizione_mailer.report.course import Course, course
from coalizione_mailer.report.funnel import Funnel, Journey, journeys
from coalizione_mailer.report.projection import Place, place
from coalizione_mailer.report.record import Record, coming

REFUSED = "refused"
"""Stands among the causes for letters that our own server did not take."""


@dataclass(frozen=True, slots=True)
class Town:
    """One Comune that was written to: where it stands, and where it lies, if that is known."""

    standing: Standing
    journey: Journey
    provincia: str
    place: Place | None
    silent: bool
    failure: Receipt | None
    answer: Word | None

    @property
    def name(self) -> str:
        """What tells it from its homonyms."""
        return f"{self.standing.denominazione} ({self.standing.sigla})"

    @property
    def cause(self) -> str:
        """Why its letter came back, or was refused."""
        if self.standing.state is State.REFUSED:
            return REFUSED
        return (self.failure and self.failure.cause) or Cause.UNKNOWN.value

    @property
    def words(self) -> str:
        """The words of the server that gave the letter back, on one line."""
        if self.failure is None:
            return spoken(self.standing.code, self.standing.answer)
        return spoken(self.failure.status, self.failure.diagnostic)


@dataclass(frozen=True, slots=True)
class Area:
    """A region, or a province of it, and how far the letter got there."""

    region: str
    name: str
    sigla: str
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class Answers:
    """Comuni by what they answered, people who come, and answers a person has to look at."""

    yes: int
    no: int
    maybe: int
    people: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is reported; ``towns`` by region and name, ``causes`` most frequent first."""

    record: Record
    funnel: Funnel
    states: Mapping[State, int]
    towns: tuple[Town, ...]
    regions: tuple[Area, ...]
    provinces: tuple[Area, ...]
    causes: Mapping[str, int]
    answers: Answers
    course: Course | None

    @property
    def failed(self) -> list[Town]:
        """Those without the letter: it came back, or was refused, and no later one got there."""
        return [town for town in self.towns if town.standing.state in FAILED]

    @property
    def silent(self) -> list[Town]:
        """Those of whom nothing was heard although it ought to have been."""
        return [town for town in self.towns if town.silent]

    @property
    def doubtful(self) -> list[Town]:
        """Those whose letter may or may not have left."""
        return [town for town in self.towns if town.standing.state is State.IN_DOUBT]


def figures(record: Record) -> Figures:
    """Compute all figures of a record."""
    towns = tuple(_towns(record))
    states = Counter(town.standing.state for town in towns)
    causes = Counter(town.cause for town in towns if town.standing.state in FAILED)
    return Figures(
        record=record,
        funnel=Funnel.of(town.journey for town in towns),
        states={state: states[state] for state in State},
        towns=towns,
        regions=areas(towns),
        provinces=areas(towns, provinces=True),
        causes=dict(sorted(causes.items(), key=lambda item: (-item[1], item[0]))),
        answers=_answers(record),
        course=course(record.moments),
    )


def areas(towns: Iterable[Town], *, provinces: bool = False) -> tuple[Area, ...]:
    """Add Comuni up by region or by province, in the order of the alphabet."""
    found: dict[tuple[str, str, str], list[Journey]] = {}
    for town in towns:
        region = town.standing.regione
        key = (region, town.provincia, town.standing.sigla) if provinces else (region, region, "")
        found.setdefault(key, []).append(town.journey)
    return tuple(Area(*key, Funnel.of(own)) for key, own in sorted(found.items()))


def _towns(record: Record) -> Iterable[Town]:
    followed = journeys(record.fates, record.replied, coming(record.answers))
    said = {word.comune.codice_catastale: word for word in record.answers if word.comune}
    for standing in record.standings:
        code = standing.codice_catastale
        comune = record.comuni.get(code)
        yield Town(
            standing=standing,
            journey=followed[code],
            provincia=comune.provincia if comune else standing.sigla,
            place=_place(comune),
            silent=standing.delivery_id in record.silent,
            failure=record.failures.get(standing.delivery_id),
            answer=said.get(code),
        )


def _place(comune: Comune | None) -> Place | None:
    if comune is None or comune.latitudine is None or comune.longitudine is None:
        return None
    return place(comune.latitudine, comune.longitudine)


def _answers(record: Record) -> Answers:
    counts = Counter(word.answer for word in record.answers)
    return Answers(
        yes=counts[Answer.YES],
        no=counts[Answer.NO],
        maybe=counts[Answer.MAYBE],
        people=sum(word.coming for word in record.answers),
        waiting=record.waiting,
    )
