"""What a reply says, together with what only the ledger knows."""

from dataclasses import replace

import pytest

from coalizione_mailer.ledger.words import Answer, Doubt, Person, Unread
from coalizione_mailer.lifecycle import Strength
from coalizione_mailer.mailbox.reply.answer import Answer as Said
from coalizione_mailer.mailbox.reply.answer import Participant, ReplyKind, Verdict, Why
from coalizione_mailer.rsvp.entering import whose, word_of
from coalizione_mailer.rsvp.reading import Entry
from tests.support import letters

HERE, THERE = letters.comune(1), letters.comune(2)
INVITED = {HERE.codice_catastale, THERE.codice_catastale}
SAID = Said(
    ReplyKind.REPLY, Verdict.YES, (Participant("Mario Rossi", "sindaco"),), 1, own_text="Vengo."
)
LOOSE = Unread(7, "0" * 64, "reply", 5.0, "/none", Strength.NONE, "", None)
THREAD = replace(LOOSE, tied="1/strong", strength=Strength.STRONG, delivery=whose(HERE))
SENDER = replace(
    THREAD, tied="1/weak", strength=Strength.WEAK, tied_by="address", delivery=whose(HERE)
)


def test_what_was_said_is_taken_as_it_was_read() -> None:
    word = word_of(Entry(SAID, HERE, ()), THREAD, INVITED)
    assert (word.answer, word.people) == (Answer.YES, 1)
    assert word.participants == (Person("Mario Rossi", "sindaco"),)
    assert (word.comune, word.own_text, word.doubtful) == (whose(HERE), "Vengo.", False)


@pytest.mark.parametrize("known", [THREAD, SENDER], ids=["the thread", "the sender's address"])
def test_the_ledger_knows_whose_it_is_where_the_message_does_not_say(known: Unread) -> None:
    word = word_of(Entry(SAID, None, (Why.COMUNE_UNKNOWN, Why.STRANGER)), known, INVITED)
    assert (word.comune, word.doubtful, word.why) == (whose(HERE), False, ())


def test_what_the_ledger_answers_takes_no_other_doubt_away() -> None:
    word = word_of(Entry(SAID, None, (Why.QUESTION, Why.COMUNE_UNKNOWN)), THREAD, INVITED)
    assert (word.doubtful, word.why) == (True, (Why.QUESTION,))


@pytest.mark.parametrize("known", [THREAD, SENDER], ids=["the thread", "the sender's address"])
def test_a_message_that_speaks_for_another_comune_is_looked_at(known: Unread) -> None:
    word = word_of(Entry(SAID, THERE, ()), known, INVITED)
    assert (word.comune, word.why) == (whose(THERE), (Why.COMUNE_CONTRADICTED,))


def test_a_weak_tie_by_its_subject_tells_nothing_of_whose_it_is() -> None:
    loose = replace(SENDER, tied_by="subject")
    word = word_of(Entry(SAID, None, (Why.COMUNE_UNKNOWN,)), loose, INVITED)
    assert (word.comune, word.why) == (None, (Why.COMUNE_UNKNOWN,))


def test_a_comune_that_nobody_wrote_to_is_looked_at() -> None:
    word = word_of(Entry(SAID, THERE, ()), LOOSE, {HERE.codice_catastale})
    assert (word.comune, word.why) == (whose(THERE), (Doubt.NOT_INVITED,))
    machine = replace(SAID, kind=ReplyKind.AUTO_REPLY, answer=None)
    assert word_of(Entry(machine, THERE, ()), LOOSE, set()).doubtful is False
