"""Figures computed from a real ledger: several rounds, strange receipts, many recipients."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from coalizione_mailer.ledger import deliveries, figures, receipts, rounds, schema
from coalizione_mailer.ledger.deliveries import Choice, Settlement
from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.ledger.reports import Standing, overall
from coalizione_mailer.ledger.rounds import Kind
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import Event, Outcome, Phase, State, Strength
from coalizione_mailer.report.figures import Town
from coalizione_mailer.report.funnel import Journey
from coalizione_mailer.report.map import MOST_SIGNS, signs
from coalizione_mailer.report.page import MOST_TOWNS, listed
from coalizione_mailer.report.projection import SHEET, Place
from coalizione_mailer.report.record import funnel
from tests.support import letters

NOW = letters.FROZEN_AT + 60


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Send three letters; the third one is refused."""
    opened, first = letters.frozen_ledger(tmp_path, 3)
    with opened.writing() as connection:
        claims = deliveries.claim(connection, Choice(first.id), 3, now=NOW)
        taken = Outcome(Event.TAKEN, Phase.END_OF_DATA, 250, "ok")
        refused = Outcome(Event.REJECTED, Phase.RCPT, 550, "no")
        deliveries.settle(
            connection,
            [
                Settlement(
                    one.delivery_id, one.attempt, refused if number == 2 else taken, NOW + number
                )
                for number, one in enumerate(claims)
            ],
        )
    yield opened
    opened.close()


def came(delivery: int, event: Event, occurred: float | None, received: float) -> Receipt:
    name = f"{delivery}{event}{occurred}"
    return Receipt(
        sha256=name, identity=name, size=1, kind="pec-avvenuta-consegna", received_at=received,
        delivery_id=delivery, strength=Strength.STRONG, event=event, occurred_at=occurred,
    )  # fmt: skip


def keep(ledger: Ledger, *found: Receipt) -> None:
    with ledger.writing() as connection:
        receipts.keep(connection, [(one, b"") for one in found])
        said = {one.delivery_id: one.event for one in found if one.event and one.delivery_id}
        deliveries.told(connection, said, now=NOW)


def again(ledger: Ledger, number: int, kind: Kind) -> int:
    """Open another round with one letter, which arrives; return its delivery."""
    later = replace(letters.ROUND, number=2, identity="2", kind=kind)
    frozen = letters.frozen(number)
    with ledger.writing() as connection:
        rounds.write(
            connection, later, letters.composer().frame, {},
            [replace(frozen, message_id=f"again-{frozen.message_id}")],
        )  # fmt: skip
        opened = rounds.current(connection)
        assert opened is not None
        connection.execute(
            update(schema.deliveries)
            .where(schema.deliveries.c.round_id == opened.id)
            .values(state=State.DELIVERED.value)
        )
        return opened.id


def test_the_funnel_counts_comuni_over_rounds(ledger: Ledger) -> None:
    keep(ledger, came(1, Event.FAILURE, NOW, NOW))
    again(ledger, 0, Kind.RESEND)
    with ledger.reading() as connection:
        found = funnel(connection)
    assert (found.selected, found.sent, found.bounced) == (3, 2, 1)
    assert (found.recovered, found.delivered) == (1, 1)


def test_a_reminder_is_no_letter_of_the_funnel(ledger: Ledger) -> None:
    again(ledger, 2, Kind.REMINDER)
    with ledger.reading() as connection:
        found = funnel(connection)
        moments = figures.moments(connection)
    assert (found.selected, found.sent, found.delivered) == (3, 2, 0)
    assert len(moments.sent) == 2


def test_a_letter_said_to_have_arrived_twice_arrived_once_and_first(ledger: Ledger) -> None:
    keep(
        ledger,
        came(1, Event.DELIVERY, NOW + 300, NOW + 900),
        came(1, Event.DELIVERY, NOW + 200, NOW + 950),
    )
    with ledger.reading() as connection:
        assert figures.moments(connection).delivered == (NOW + 200,)


@pytest.mark.parametrize(
    ("occurred", "counted"),
    [(1e18, NOW + 500), (-1e18, letters.FROZEN_AT), (0.0, letters.FROZEN_AT), (None, NOW + 500)],
)
def test_no_receipt_speaks_of_the_future_or_of_before_the_freeze(
    ledger: Ledger, occurred: float | None, counted: float
) -> None:
    keep(ledger, came(1, Event.DELIVERY, occurred, NOW + 500))
    with ledger.reading() as connection:
        assert figures.moments(connection).delivered == (counted,)


def test_what_is_only_perhaps_about_a_letter_is_counted_apart(ledger: Ledger) -> None:
    weak = replace(came(2, Event.DELIVERY, NOW, NOW), strength=Strength.WEAK, event=None)
    keep(ledger, weak)
    with ledger.reading() as connection:
        assert (figures.unsure(connection), funnel(connection).delivered) == (1, 0)


@pytest.fixture
def standing(ledger: Ledger) -> Standing:
    """Return where one letter is."""
    with ledger.reading() as connection:
        return overall(connection)[0]


def town(standing: Standing, number: int, state: State, spot: Place | None) -> Town:
    own = replace(
        standing, state=state, codice_catastale=f"A{number}", denominazione=f"Borgo {number:06}"
    )
    return Town(own, Journey(), "Vicenza", spot, silent=False, failure=None, answer=None)


def test_signs_that_must_be_seen_are_drawn_last(standing: Standing) -> None:
    towns = [town(standing, n, state, Place(n, n)) for n, state in enumerate(State)]
    drawn = [sign.state for sign in signs(towns)]
    assert drawn[:2] == [State.DELIVERED, State.ACCEPTED]
    assert set(drawn[-3:]) == {State.REFUSED, State.BOUNCED, State.IN_DOUBT}
    assert set(drawn) == set(State)


def test_few_signs_are_large_and_many_are_small(standing: Standing) -> None:
    sizes = [
        signs([town(standing, n, State.SENT, Place(n, n)) for n in range(count)])[0].size
        for count in (10, 400, 1000, 2391)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (2.0, 1.0)


def test_who_has_no_letter_is_seen_among_many(standing: Standing) -> None:
    sought = {State.BOUNCED, State.REFUSED, State.IN_DOUBT}
    towns = [town(standing, n, state, Place(n, n)) for n, state in enumerate(State)]
    sizes = {sign.state: sign.size for sign in signs(towns)}
    assert {state for state in State if sizes[state] > sizes[State.DELIVERED]} == sought


def test_who_has_no_place_has_no_sign(standing: Standing) -> None:
    off = Place(SHEET.x + 1, 0)
    towns = [town(standing, 1, State.SENT, None), town(standing, 2, State.SENT, off)]
    assert signs(towns) == []


def test_too_many_for_a_map_are_gathered_and_none_is_lost(standing: Standing) -> None:
    every = [State.DELIVERED, State.DELIVERED, State.BOUNCED]
    towns = [
        town(standing, n, every[n % 3], Place(n * 7 % SHEET.x, n * 13 % SHEET.y))
        for n in range(3 * MOST_SIGNS)
    ]
    found = signs(towns)
    assert len(found) < MOST_SIGNS
    for state in set(every):
        counted = sum(sign.count for sign in found if sign.state is state)
        assert counted == sum(one.standing.state is state for one in towns)


def test_a_list_that_is_cut_keeps_those_without_the_letter(standing: Standing) -> None:
    towns = [
        town(standing, n, State.BOUNCED if n % 40 == 0 else State.DELIVERED, None)
        for n in range(4 * MOST_TOWNS)
    ]
    kept = listed(towns)
    assert len(kept) == MOST_TOWNS
    assert sum(one.standing.state is State.BOUNCED for one in kept) == MOST_TOWNS // 10
    names = [one.standing.denominazione for one in kept]
    assert names == sorted(names)
