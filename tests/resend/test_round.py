"""Who is in a round that sends again, who never is, and what leaves in it."""

import email
import email.policy
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from coalizione_mailer.correspondence import Correspondence, Identity
from coalizione_mailer.ledger import approvals, deliveries, reports, rounds
from coalizione_mailer.ledger.deliveries import Choice
from coalizione_mailer.ledger.rounds import Kind
from coalizione_mailer.letter.message import join
from coalizione_mailer.letter.overprint.proof import differences
from coalizione_mailer.lifecycle import Event, Outcome, Phase, State
from coalizione_mailer.mailbox.reading import Cause
from coalizione_mailer.plan import plan
from coalizione_mailer.resend import (
    Again,
    Hold,
    Opening,
    Sending,
    Source,
    Wishes,
    open_round,
    outlook,
    prepared,
    withdraw,
)
from tests.resend.office import DAY, HOUR, Office, opened
from tests.support import letters

PRINTED = (
    "<html lang='it'><title>x</title>Al Sindaco del Comune di {{ comune.denominazione }}"
    "<p class='recapito'>{{ destinatario.indirizzo }}</p><p>prot. {{ protocol.label }}</p>"
)
GONE = Outcome(Event.REJECTED, Phase.RCPT, 550, "5.1.1 no such user")
SPAM = Outcome(Event.REJECTED, Phase.END_OF_DATA, 554, "5.7.1 spam message rejected")

BLANK = b"\r\n\r\n"
CODE = letters.comune(1).codice_catastale

Opener = Callable[..., Office]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Opener]:
    """Open an office with so many letters sent; closed at the end."""
    with ExitStack() as closing:

        def made(count: int, template: str = "", **answers: Outcome) -> Office:
            one = opened(tmp_path / "campagna", count, template)
            closing.callback(one.ledger.close)
            one.sent(answers={int(name[1:]): answer for name, answer in answers.items()})
            one.now += HOUR
            return one

        yield made


def codes(office: Office, **wishes: object) -> list[str]:
    """Who would go again."""
    return [one.case.letter.denominazione for one in office.outlook(**wishes).sendings]


def holds(office: Office, **wishes: object) -> dict[str, Hold]:
    return {one.case.letter.denominazione: one.hold for one in office.outlook(**wishes).held}


def test_only_what_came_back_or_was_refused_is_a_case(office: Opener) -> None:
    desk = office(5, _5=SPAM)
    desk.bounced(1, Cause.DEAD)
    desk.delivered(2)
    view = desk.outlook()
    assert {
        (one.case.letter.denominazione, one.case.cause, one.case.words) for one in view.decisions
    } == {
        ("Borgo 1", Cause.DEAD, "5.1.1 - indirizzo non valido"),
        ("Borgo 5", Cause.CONTENT, "554 5.7.1 spam message rejected"),
    }


def test_the_offices_own_correction_after_the_return_needs_no_consent(office: Opener) -> None:
    desk = office(2)
    desk.bounced(1, Cause.DEAD)
    assert holds(desk) == {"Borgo 1": Hold.ADDRESS}
    desk.corrects(1, "nuovo@borgo1.example")
    (sending,) = desk.outlook().sendings
    assert (sending.address.address, sending.source) == ("nuovo@borgo1.example", Source.CORRECTION)


def test_a_correction_of_before_the_return_waits_for_consent(office: Opener) -> None:
    desk = office(2)
    desk.bounced(1, Cause.DEAD)
    desk.corrects(1, "nuovo@borgo1.example", day="2017-09-01")
    assert holds(desk) == {"Borgo 1": Hold.CONSENT}
    assert codes(desk, sources=frozenset({Source.CORRECTION})) == ["Borgo 1"]


def test_a_newer_address_book_is_proposed_and_not_used_without_consent(office: Opener) -> None:
    desk = office(2)
    desk.bounced(1, Cause.DEAD)
    desk.imports(1, "altro@borgo1.example")
    (held,) = desk.outlook().held
    assert [(one.source, one.address.address) for one in held.proposals] == [
        (Source.BOOK, "altro@borgo1.example")
    ]
    assert desk.again() is None
    round_ = desk.again(sources=frozenset({Source.BOOK}))
    assert round_ is not None
    with desk.ledger.reading() as connection:
        (approval,) = approvals.latest(connection).values()
    assert (approval.delivery_id, approval.address, approval.source, approval.note) == (
        held.case.letter.delivery_id,
        "altro@borgo1.example",
        "ipa",
        "prova",
    )


def test_an_address_that_came_back_is_never_proposed_again(office: Opener) -> None:
    desk = office(2)
    desk.bounced(1, Cause.DEAD)
    desk.corrects(1, "NUOVO@borgo1.example")
    second = desk.again()
    assert second is not None
    desk.sent(second)
    desk.now += HOUR
    desk.bounced(1, Cause.DEAD)
    desk.imports(1, "nuovo@borgo1.example")
    (held,) = desk.outlook().held
    assert (held.hold, held.proposals) == (Hold.ADDRESS, ())
    assert held.case.tried == {"protocollo@borgo1.example", "nuovo@borgo1.example"}


def test_the_other_channel_is_proposed_only_where_it_is_allowed(office: Opener) -> None:
    desk = office(2)
    desk.bounced(1, Cause.DEAD)
    desk.corrects(1, "info@borgo1.example", day="2017-09-01", channel="email")
    assert holds(desk) == {"Borgo 1": Hold.ADDRESS}
    (held,) = desk.outlook(other_channel=True).held
    assert [(one.address.channel, one.address.address) for one in held.proposals] == [
        ("email", "info@borgo1.example")
    ]


@pytest.mark.parametrize(("cause", "wait"), [(Cause.FULL, DAY), (Cause.TEMPORARY, 4 * HOUR)])
def test_what_time_may_heal_goes_to_the_same_address_after_a_time(
    office: Opener, cause: Cause, wait: float
) -> None:
    desk = office(2)
    desk.bounced(1, cause)
    came_back = desk.now
    (held,) = desk.outlook().held
    assert (held.hold, held.until) == (Hold.TIME, came_back + wait)
    desk.now = came_back + wait - 1
    assert codes(desk) == []
    desk.now = came_back + wait
    (sending,) = desk.outlook().sendings
    assert sending.same
    assert sending.address.address == letters.address(1)


def test_refused_content_goes_again_only_by_the_operators_explicit_word(office: Opener) -> None:
    desk = office(3, _1=SPAM, _2=GONE)
    assert holds(desk) == {"Borgo 1": Hold.CONTENT, "Borgo 2": Hold.ADDRESS}
    assert codes(desk, even=frozenset({Cause.CONTENT})) == ["Borgo 1"]


def test_what_nobody_understands_is_not_sent_again_by_itself(office: Opener) -> None:
    desk = office(2)
    desk.bounced(1, Cause.UNKNOWN)
    desk.now += 30 * DAY
    assert holds(desk) == {"Borgo 1": Hold.REASON}


def test_those_named_only_are_in_it(office: Opener) -> None:
    desk = office(3)
    for number in (1, 2):
        desk.bounced(number, Cause.FULL)
    desk.now += 2 * DAY
    assert codes(desk) == ["Borgo 1", "Borgo 2"]
    only = frozenset({letters.comune(2).codice_catastale})
    assert codes(desk, only=only) == ["Borgo 2"]


def test_the_same_letter_leaves_with_a_new_id_tied_to_the_first(office: Opener) -> None:
    desk = office(2)
    desk.bounced(1, Cause.DEAD)
    desk.corrects(1, "nuovo@borgo1.example")
    desk.now += DAY
    second = desk.again()
    assert second is not None
    assert (second.number, second.kind, second.protocol) == (2, Kind.RESEND, "166/2017")
    with desk.ledger.reading() as connection:
        first = rounds.firsts(connection, [CODE])
        (standing,) = reports.standings(connection, second.id)
    (claim,) = desk.claims(second)
    original = first[claim.codice_catastale]
    assert claim.letter == original.letter
    with desk.ledger.reading() as connection:
        message = join(claim.head, claim.letter, rounds.frame(connection, second))
    assert hashlib.sha256(message).hexdigest() == claim.message_sha256
    was, now = (
        email.message_from_bytes(each, policy=email.policy.default)
        for each in (original.head, message)
    )
    assert claim.head.partition(BLANK)[2] == original.head.partition(BLANK)[2]
    assert now["To"].addresses[0].addr_spec == "nuovo@borgo1.example"
    assert now["Message-ID"] == claim.message_id != was["Message-ID"]
    assert now["References"] == was["Message-ID"]
    assert (now["Subject"], now["From"], now["Content-Type"]) == (
        was["Subject"],
        was["From"],
        was["Content-Type"],
    )
    passed = now["Date"].datetime - was["Date"].datetime
    assert passed.total_seconds() == desk.now - letters.FROZEN_AT
    assert now.defects == []
    assert standing.round_number == 2


def test_a_letter_that_prints_its_address_is_set_again_and_nothing_else_changes(
    office: Opener,
) -> None:
    desk = office(2, PRINTED)
    desk.bounced(1, Cause.DEAD)
    desk.corrects(1, "nuovo@borgo1.example")
    view = desk.outlook()
    again = list(_prepared(desk, view.sendings))
    assert [one.set_again for one in again] == [True]
    with desk.ledger.reading() as connection:
        first = rounds.firsts(connection, [CODE])[CODE]
    # As a freeze at the first hour would have made it, had the address been known.
    then = Identity.frozen(desk.round.identity, 1, desk.round.frozen_at)
    (was,) = (one for one in plan(desk.campaign).recipients if one.comune.codice_catastale == CODE)
    assert was.address.address == "nuovo@borgo1.example"
    writer = Correspondence(desk.campaign, then)
    (expected,) = writer.prepared([was], jobs=1)
    assert again[0].frozen.letter == expected.pdf.data != first.letter
    before = writer.templates.render(
        replace(was, address=replace(was.address, address=first.address))
    )
    assert before.html.replace(first.address, "nuovo@borgo1.example") == expected.text.html
    assert before.html != expected.text.html
    # The text of the e-mail names no address: it is as it was.
    assert again[0].frozen.head.partition(BLANK)[2] == first.head.partition(BLANK)[2]


def test_a_letter_that_was_printed_on_a_form_is_known_again_when_made_alone(
    office: Opener,
) -> None:
    lines = "<p>{{ comune.denominazione }}</p><p>{{ destinatario.indirizzo }}</p>"
    desk = office(20, f"<html lang='it'><title>x</title><body>{lines}</body></html>")
    for kept in desk.campaign.root.rglob("letters-made.sqlite*"):
        kept.unlink()
    desk.bounced(1, Cause.DEAD)
    desk.corrects(1, "nuovo@borgo1.example")
    (again,) = _prepared(desk, desk.outlook().sendings)
    assert again.set_again
    with desk.ledger.reading() as connection:
        first = rounds.firsts(connection, [CODE])[CODE]
    assert "content" in differences(again.frozen.letter, first.letter)


def test_where_a_template_has_changed_the_letter_stays_as_it_was_frozen(office: Opener) -> None:
    desk = office(2, PRINTED)
    desk.bounced(1, Cause.DEAD)
    desk.corrects(1, "nuovo@borgo1.example")
    template = desk.campaign.root / "invito" / "letter.html"
    template.write_text(PRINTED + "<p>Altro testo</p>", encoding="utf-8")
    (again,) = _prepared(desk, desk.outlook().sendings)
    with desk.ledger.reading() as connection:
        first = rounds.firsts(connection, [CODE])
    assert again.frozen.letter == first[CODE].letter
    assert not again.set_again
    assert [(one.code, one.found) for one in again.problems] == [
        ("letter-former", letters.address(1))
    ]


def test_templates_that_cannot_be_read_any_more_stop_nobody(office: Opener) -> None:
    desk = office(2, PRINTED)
    desk.bounced(1, Cause.DEAD)
    desk.bounced(2, Cause.FULL)
    desk.corrects(1, "nuovo@borgo1.example")
    desk.now += 2 * DAY
    (desk.campaign.root / "invito" / "letter.html").write_text("{{ boh }}", encoding="utf-8")
    again = list(_prepared(desk, desk.outlook().sendings))
    assert [(one.set_again, len(one.problems)) for one in again] == [(False, 1), (False, 0)]


def test_a_late_delivery_takes_a_letter_out_of_the_round_that_waits(office: Opener) -> None:
    desk = office(3)
    for number in (1, 2):
        desk.bounced(number, Cause.FULL)
    first = desk.standing(1).delivery_id
    desk.now += 2 * DAY
    second = desk.again()
    assert second is not None
    desk.delivered(1, first)
    with desk.ledger.reading() as connection:
        assert deliveries.waiting(connection, Choice(second.id)) == 1
    assert [one.denominazione for one in desk.claims(second)] == ["Borgo 2"]
    assert desk.standing(1).state is State.DELIVERED
    with desk.ledger.reading() as connection:
        assert reports.overall_counts(connection) == dict.fromkeys(State, 0) | {
            State.DELIVERED: 1,
            State.SENDING: 1,
            State.SENT: 1,
        }
        assert deliveries.next_due(connection, Choice(second.id)) is None


def test_what_was_heard_of_between_plan_and_opening_is_not_in_the_round(office: Opener) -> None:
    desk = office(3)
    for number in (1, 2):
        desk.bounced(number, Cause.FULL)
    desk.now += 2 * DAY
    view = desk.outlook()
    assert len(view.sendings) == 2
    desk.delivered(1)
    second = open_round(desk.ledger, desk.campaign, view.sendings, Opening(desk.now))
    assert second is not None
    assert [one.denominazione for one in desk.claims(second)] == ["Borgo 2"]
    desk.delivered(2)
    assert open_round(desk.ledger, desk.campaign, view.sendings, Opening(desk.now)) is None
    with desk.ledger.reading() as connection:
        assert [one.number for one in rounds.every(connection)] == [1, 2]


def test_a_third_round_names_both_letters_before_it(office: Opener) -> None:
    desk = office(1)
    ids = [desk.standing(1).message_id]
    for turn in (2, 3):
        desk.bounced(1, Cause.FULL)
        desk.now += 2 * DAY
        again = desk.again()
        assert again is not None
        assert again.number == turn
        desk.sent(again)
        ids.append(desk.standing(1).message_id)
    with desk.ledger.reading() as connection:
        told = reports.of_comune(connection, CODE)
    assert [one.message_id for one in told] == ids
    assert len(set(ids)) == 3
    desk.bounced(1, Cause.FULL)
    desk.now += 2 * DAY
    (fourth,) = _prepared(desk, desk.outlook().sendings)
    own = re.MULTILINE | re.DOTALL
    references = re.search(rb"^References: (.*?)\r\n(?! )", fourth.frozen.head, own)
    assert references
    assert references[1].decode().split() == [ids[0], ids[2]]


def test_a_round_of_which_nothing_left_is_taken_back_whole(office: Opener) -> None:
    desk = office(2)
    desk.bounced(1, Cause.FULL)
    desk.now += 2 * DAY
    second = desk.again()
    assert second is not None
    assert desk.states() == [State.QUEUED, State.SENT]
    assert withdraw(desk.ledger, second)
    assert desk.states() == [State.BOUNCED, State.SENT]
    third = desk.again()
    assert third is not None
    desk.sent(third)
    assert not withdraw(desk.ledger, third)
    assert not withdraw(desk.ledger, desk.round)


def test_an_approval_holds_until_that_address_comes_back_too(office: Opener) -> None:
    desk = office(1)
    desk.bounced(1, Cause.DEAD)
    desk.imports(1, "altro@borgo1.example")
    again = desk.again(sources=frozenset({Source.BOOK}))
    assert again is not None
    assert withdraw(desk.ledger, again)
    (sending,) = desk.outlook().sendings
    assert sending.address.address == "altro@borgo1.example"
    third = desk.again()
    assert third is not None
    desk.sent(third)
    desk.now += HOUR
    desk.bounced(1, Cause.DEAD)
    assert desk.outlook().sendings == ()


def test_an_outlook_afresh_knows_of_no_consent(office: Opener) -> None:
    desk = office(1)
    desk.bounced(1, Cause.DEAD)
    desk.imports(1, "altro@borgo1.example")
    again = desk.again(sources=frozenset({Source.BOOK}))
    assert again is not None
    assert withdraw(desk.ledger, again)
    view = outlook(desk.ledger, desk.campaign, Wishes(desk.now, afresh=True))
    assert [one.hold for one in view.held] == [Hold.CONSENT]


def _prepared(desk: Office, sendings: Sequence[Sending]) -> Iterator[Again]:
    return prepared(desk.ledger, desk.campaign, sendings, Opening(desk.now))
