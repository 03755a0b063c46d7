"""The end of a campaign: the list of participants and the report, held against the truth."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from coalizione_mailer.exercise.office import Act, Office
from coalizione_mailer.exercise.score import Fault, Standings, Wrong, true_state
from coalizione_mailer.exercise.secretary import Kept, Row, Secretary
from coalizione_mailer.ledger.reports import Silence
from coalizione_mailer.ledger.words import Answer
from coalizione_mailer.lifecycle import FAILED, State
from coalizione_mailer.rehearsal.truth import Truth
from coalizione_mailer.report.figures import Figures, figures
from coalizione_mailer.report.record import read
from coalizione_mailer.rsvp import entries
from coalizione_mailer.rsvp.entering import reader


def listed(office: Office, standings: Standings) -> Kept:
    """Enter the answers, let a person decide what waits; see if list and report are right."""
    campaign, ledger, truth = office.stage.campaign, office.ledger, office.world.truth
    if pending := entries.pending(ledger):
        with office.onlooker.watch(Act.ANSWERS, office.day, pending) as step:
            entries.enter(ledger, reader(campaign, ledger), office.clock.now, step)
    codes = office.stage.codes
    secretary = Secretary(ledger, truth, standings, codes)
    kept = secretary.keep(office.clock.now)
    now = office.clock.now()
    said = figures(read(campaign, ledger, Silence(now), now))
    wrong = differences(said, standings, truth, codes, secretary.rows())
    return replace(kept, reported=tuple(wrong))


def differences(
    found: Figures,
    standings: Standings,
    truth: Truth,
    codes: Iterable[str],
    rows: Mapping[str, Row],
) -> Iterator[Fault]:
    """Name each figure of the report that is not the true one; ``rows`` are the true answers."""
    true = _true(standings, truth, codes) | _answered(rows)
    for name, said in _said(found).items():
        if said != true[name]:
            yield Fault(Wrong.MISJUDGED, "", name, str(said), str(true[name]))


def _said(found: Figures) -> dict[str, int]:
    funnel, told = found.funnel, found.answers
    return {
        "selected": funnel.selected,
        "sent": funnel.sent,
        "delivered": funnel.delivered,
        "bounced": funnel.bounced,
        "recovered": funnel.recovered,
        "answered": funnel.answered,
        "coming": funnel.coming,
        "yes": told.yes,
        "no": told.no,
        "maybe": told.maybe,
        "people": told.people,
        "waiting": told.waiting,
    }


def _true(standings: Standings, truth: Truth, codes: Iterable[str]) -> dict[str, int]:
    """Count Comuni by what truly became of their letters, in the order of the rounds."""
    letters = [standings.of_comune(code) for code in codes]
    fates = [[true_state(one, truth) for one in own] for own in letters]
    taken = [any(truth.was_taken(one.message_id) for one in own) for own in letters]
    return {
        "selected": len(letters),
        "sent": sum(taken),
        "delivered": sum(State.DELIVERED in own for own in fates),
        "bounced": sum(State.BOUNCED in own for own in fates),
        "recovered": sum(_recovered(own) for own in fates),
    }


def _recovered(fates: Sequence[State]) -> bool:
    """Tell whether a letter failed and a later one was delivered."""
    first = next((place for place, state in enumerate(fates) if state in FAILED), len(fates))
    return State.DELIVERED in fates[first:]


def _answered(rows: Mapping[str, Row]) -> dict[str, int]:
    given = [row.answer for row in rows.values()]
    return {
        "answered": len(rows),
        "coming": given.count(Answer.YES.value),
        "yes": given.count(Answer.YES.value),
        "no": given.count(Answer.NO.value),
        "maybe": given.count(Answer.MAYBE.value),
        "people": sum(row.number for row in rows.values()),
        "waiting": 0,
    }
