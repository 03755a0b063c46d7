"""What the reader of replies finds, as words of the register: whose, how sure, and why not.

The ledger adds what no message says of itself: to whom we wrote, and what was tied to which letter.
"""

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.ledger import answers
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.ledger.words import Answer, Doubt, Person, Unread, Whose, Word
from coalizione_mailer.lifecycle import Strength
from coalizione_mailer.mailbox.reply.answer import ReplyKind, Why
from coalizione_mailer.model import Comune
from coalizione_mailer.plan import register_of
from coalizione_mailer.rsvp.atlas import Atlas
from coalizione_mailer.rsvp.entries import Reader
from coalizione_mailer.rsvp.reading import Entry, occasion_of
from coalizione_mailer.rsvp.reading import Reader as ReplyReader

_BY_ADDRESS = "address"
_ANSWERED = (Why.COMUNE_UNKNOWN.value, Why.STRANGER.value)
"""Doubts that are none where it is known whom the message answers, or whose address it is from."""


def reader(campaign: Campaign, ledger: Ledger) -> Reader:
    """Return what reads the messages of a ledger; raises ProblemsError for a wrong register."""
    with ledger.reading() as connection:
        threads, invited = answers.threads(connection), answers.invited(connection)
    event = campaign.configuration.event.model_dump()
    replies = ReplyReader(Atlas(register_of(campaign)), threads, occasion_of(event))

    def read(one: Unread, raw: bytes) -> Word:
        return word_of(replies.read(raw), one, invited)

    return read


def word_of(entry: Entry, one: Unread, invited: set[str]) -> Word:
    """Make a word of what was read and of what the ledger knows."""
    comune, why = _placed(entry, one)
    kind = entry.answer.kind
    if kind is ReplyKind.REPLY and comune and comune.codice_catastale not in invited:
        why = (*why, Doubt.NOT_INVITED.value)
    said = entry.answer
    return Word(
        kind.value,
        one.said_at,
        one.said_at,
        answer=Answer(said.answer.value) if said.answer else None,
        people=said.count,
        participants=tuple(Person(person.name, person.role) for person in said.participants),
        comune=comune,
        own_text=said.own_text,
        doubtful=bool(why),
        why=why,
    )


def _placed(entry: Entry, one: Unread) -> tuple[Whose | None, tuple[str, ...]]:
    """Say whose a message is: as its reader found, held against whose letter it was tied to."""
    found = whose(entry.comune) if entry.comune else None
    why = tuple(reason.value for reason in entry.why)
    known = one.strength is Strength.STRONG or one.tied_by == _BY_ADDRESS
    if one.delivery is None or not known:
        return found, why
    if found is None or found.codice_catastale == one.delivery.codice_catastale:
        return one.delivery, tuple(reason for reason in why if reason not in _ANSWERED)
    return found, tuple(dict.fromkeys((*why, Why.COMUNE_CONTRADICTED.value)))


def whose(comune: Comune) -> Whose:
    """Return a Comune as the register of answers keeps it."""
    return Whose(
        comune.codice_catastale,
        comune.codice_istat,
        comune.denominazione,
        comune.sigla,
        comune.regione,
    )
