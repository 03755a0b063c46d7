"""The register of who is coming, as the commands of ``mailer rsvp`` open and speak of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import number, progress, say
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.ledger.words import OPERATOR, Answer, Doubt, Whose, Word
from coalizione_mailer.mailbox.reply.answer import Why

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.registry.register import Register
    from coalizione_mailer.rsvp.entries import Entered

_SHOWN_FROM = 20


class Desk:
    """What the commands need: the campaign, its ledger, its Comuni."""

    def __init__(self, campaign: "Campaign", ledger: "Ledger") -> None:
        self.campaign = campaign
        self.ledger = ledger

    @cached_property
    def register(self) -> "Register":
        """The Comuni; raises ProblemsError."""
        from coalizione_mailer.plan import register_of

        return register_of(self.campaign)

    def find(self, text: str) -> Whose:
        """Find a Comune by name or code; raises ProblemsError."""
        comune = self.register.find(text)
        return Whose(
            comune.codice_catastale,
            comune.codice_istat,
            comune.denominazione,
            comune.sigla,
            comune.regione,
        )

    def read(self) -> "Entered":
        """Enter what came back and was not read yet, and say what it brought."""
        entered = enter(self.campaign, self.ledger)
        if entered.read:
            tell_entered(entered.standing, entered.waiting)
        return entered


@contextmanager
def desk(root: Path) -> Iterator[Desk | None]:
    """Open the register of a campaign's folder; None where nothing was frozen yet, and say so."""
    from coalizione_mailer.campaign import load
    from coalizione_mailer.ledger import addressees
    from coalizione_mailer.ledger.store import Ledger

    campaign = load(root)
    url = campaign.configuration.ledger.url
    ledger = Ledger.open_existing(url, campaign.root, now=time.time())
    if ledger is None:
        say(_("Nothing has been sent yet, nor frozen for sending."))
        yield None
        return
    try:
        with ledger.reading() as connection:
            frozen = addressees.first_frozen(connection) is not None
        if not frozen:
            say(_("Nothing has been sent yet, nor frozen for sending."))
        yield Desk(campaign, ledger) if frozen else None
    finally:
        ledger.close()


def enter(campaign: "Campaign", ledger: "Ledger") -> "Entered":
    """Read for an answer what came back and was not read for one yet; raises LedgerError."""
    from coalizione_mailer.rsvp import entries
    from coalizione_mailer.rsvp.entering import reader

    waiting = entries.pending(ledger)
    if not waiting:
        return entries.Entered()
    read = reader(campaign, ledger)
    if waiting < _SHOWN_FROM:
        return entries.enter(ledger, read, time.time)
    with progress(waiting, _("Answers")) as step:
        return entries.enter(ledger, read, time.time, step)


def tell_entered(standing: int, waiting: int) -> None:
    """Say how many answers were entered, and how many wait for a person."""
    if standing:
        say(
            ngettext(
                "{n} answer was entered into the register.",
                "{n} answers were entered into the register.",
                standing,
            ).format(n=number(standing))
        )
    if waiting:
        say(
            ngettext(
                "{n} answer waits for you to look at it: mailer rsvp review",
                "{n} answers wait for you to look at them: mailer rsvp review",
                waiting,
            ).format(n=number(waiting)),
            "yellow",
        )


def answer_in_words(answer: Answer | None) -> str:
    """Say what was answered."""
    match answer:
        case Answer.YES:
            return _("yes")
        case Answer.NO:
            return _("no")
        case Answer.MAYBE:
            return _("maybe")
        case None:
            return _("no answer")


def doubt_in_words(reason: str) -> str:
    """Say why an answer waits."""
    words = {
        Why.NO_ANSWER.value: _("it says neither yes nor no"),
        Why.MAYBE.value: _("it says perhaps"),
        Why.REPLACES.value: _("it changes or completes an earlier answer"),
        Why.QUESTION.value: _("it asks for something that waits for your answer"),
        Why.WHO_MISSING.value: _("it does not say who comes"),
        Why.WHO_INCOMPLETE.value: _("some names are missing, or not certain"),
        Why.CONFLICT.value: _("its words are not clear, or contradict each other"),
        Why.MERGED.value: _("the answer is written into the text of the invitation"),
        Why.NOBODY_READS.value: _("nobody will read the invitation before the event"),
        Why.OTHER_MATTER.value: _("the Comune asks for something else"),
        Why.TOO_LONG.value: _("the message is very long"),
        Why.COMUNE_UNKNOWN.value: _("nothing says which Comune it is from"),
        Why.COMUNE_CONTRADICTED.value: _("the signs of which Comune it is contradict each other"),
        Why.STRANGER.value: _("it comes from a private address, not as an answer to the letter"),
        Doubt.ALTERS.value: _("it differs from the answer on record"),
        Doubt.NOT_INVITED.value: _("no letter was sent to this Comune"),
        Doubt.UNREADABLE.value: _("the message cannot be read"),
    }
    return words[reason]


def comune_in_words(comune: Whose | None) -> str:
    """Name a Comune with its province."""
    return f"{comune.denominazione} ({comune.sigla})" if comune else _("Comune not known")


def people_in_words(word: Word) -> str:
    """Say how many come, and who."""
    names = "; ".join(
        plain(f"{one.name} ({one.role})" if one.role else one.name) for one in word.participants
    )
    count = word.people if word.people is not None else len(word.participants)
    if not count:
        return names
    said = ngettext("{n} person", "{n} people", count).format(n=number(count))
    return f"{said}: {names}" if names else said


def source_in_words(word: Word) -> str:
    """Say from whom an answer is known, and who confirmed it."""
    if word.kind == OPERATOR:
        return _("entered by {who}").format(who=word.decided_by)
    sender = plain(word.sender)
    if word.by_operator:
        return _("{sender}, confirmed by {who}").format(sender=sender, who=word.decided_by)
    return sender


def day(at: float) -> str:
    """Write a day of the operator's calendar."""
    return f"{datetime.fromtimestamp(at).astimezone():%d/%m/%Y}"


def plain(text: str) -> str:
    """Leave out of what others wrote all that could move or colour the screen; lines stay."""
    return "".join(sign for sign in text if sign.isprintable() or sign == "\n")
