"""A whole campaign against the world, and the report that is made of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from coalizione_mailer.campaign import load
from coalizione_mailer.exercise import Act, Wishes, play
from coalizione_mailer.ledger import answers
from coalizione_mailer.ledger.reports import Silence
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import State
from coalizione_mailer.report.account import account
from coalizione_mailer.report.figures import Answers, figures
from coalizione_mailer.report.page import page
from coalizione_mailer.report.record import read

NOW = 1_790_000_000.0


class Nobody:
    """Does not look on."""

    @contextmanager
    def watch(self, _act: Act, _day: int, _total: int) -> Iterator[Callable[[], None]]:
        yield lambda: None


def test_a_rehearsal_ends_in_a_report_that_is_right(tmp_path: Path) -> None:
    """The score was held against what truly happened; the report says the same, to the last row."""
    score = play(tmp_path, Wishes(1, 60, jobs=1, now=NOW, circular=True), Nobody())
    assert score.faults == ()
    campaign = load(tmp_path / "campagna")
    ledger = Ledger.open(campaign.configuration.ledger.url, campaign.root, now=NOW)
    end = NOW + 30 * 86_400
    with ledger.reading() as connection:
        said = answers.totals(connection)
        replied = answers.replied(connection)
    found = figures(read(campaign, ledger, Silence(end), end))
    ledger.close()
    assert found.states[State.DELIVERED] == found.funnel.delivered == score.delivered
    assert found.states[State.BOUNCED] == score.bounced
    assert found.states[State.REFUSED] == score.refused
    assert found.states[State.SENT] + found.states[State.ACCEPTED] == score.silent
    assert sum(found.states.values()) == len(found.towns) == score.letters == 60
    assert (found.funnel.selected, found.funnel.sent) == (60, score.sent)
    assert len(found.failed) == score.bounced + score.refused == sum(found.causes.values())
    assert 0 < found.funnel.recovered <= score.recovered
    assert said.yes + said.no + said.maybe > 0
    assert said.waiting == 0
    assert found.answers == Answers(said.yes, said.no, said.maybe, said.people, said.waiting)
    assert (found.funnel.answered, found.funnel.coming) == (len(replied), said.yes)
    for areas in (found.regions, found.provinces):
        for step in ("selected", "sent", "accepted", "delivered", "bounced", "recovered"):
            parts = sum(getattr(area.funnel, step) for area in areas)
            assert parts == getattr(found.funnel, step)
    assert found.course is not None
    assert sum(day.sent for day in found.course.days) >= score.sent
    written = b"".join(page(found, campaign, "0")).decode()
    rows = written.partition('id="comuni"')[2].partition("</table>")[0]
    assert rows.count("<tr data-c=") == 60
    told = account(found, campaign, "0")
    assert {one["comune"] for one in told["failed"]} == {
        town.standing.denominazione for town in found.failed
    }
