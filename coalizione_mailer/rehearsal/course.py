"""The course of one message after it was taken: everything that is written about it, and when."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, unique
from zoneinfo import ZoneInfo

from coalizione_mailer.rehearsal import people
from coalizione_mailer.rehearsal.bounces import Dialect, Reason, Return, bounce, delay
from coalizione_mailer.rehearsal.certified import Posting, Provider
from coalizione_mailer.rehearsal.daticert import Errore, Fact, Tipo
from coalizione_mailer.rehearsal.envelopes import anomaly, envelope
from coalizione_mailer.rehearsal.forgeries import forged
from coalizione_mailer.rehearsal.people import Writer
from coalizione_mailer.rehearsal.plots import ARRIVES, FAILURES, SAYINGS, Plot, Saying, Word
from coalizione_mailer.rehearsal.receipts import TWELVE_HOURS, TWENTY_FOUR_HOURS, receipt
from coalizione_mailer.rehearsal.replies import Meaning, scene

ROME = ZoneInfo("Europe/Rome")
_HOUR = 3600.0
_HALF = 0.5
_PEOPLE = 0.3
_UNTHREADED = 0.1
_FORGED = 0.02
_WRAPPED = 0.25
_MAIMED = 0.05
_ASTRAY = 0.03

_VIRUS = "5.5.1 - {name} - presenza di un virus nel messaggio"
_FACTS: Mapping[Word, tuple[Tipo, Errore, str]] = {
    Word.ACCEPTED: (Tipo.ACCETTAZIONE, Errore.NESSUNO, ""),
    Word.DELIVERED: (Tipo.AVVENUTA_CONSEGNA, Errore.NESSUNO, ""),
    Word.TWELVE_HOURS: (Tipo.PREAVVISO, Errore.ALTRO, TWELVE_HOURS),
    Word.TWENTY_FOUR_HOURS: (Tipo.PREAVVISO, Errore.ALTRO, TWENTY_FOUR_HOURS),
    Word.NO_USER: (Tipo.ERRORE_CONSEGNA, Errore.NO_DEST, "5.1.1 - {name} - indirizzo non valido"),
    Word.NO_DOMAIN: (
        Tipo.ERRORE_CONSEGNA,
        Errore.NO_DOMINIO,
        "5.1.2 - {name} - dominio non valido",
    ),
    Word.FULL: (Tipo.ERRORE_CONSEGNA, Errore.ALTRO, "5.2.2 - {name} - casella piena"),
    Word.VIRUS: (Tipo.ERRORE_CONSEGNA, Errore.VIRUS, _VIRUS),
    Word.NOT_ACCEPTED: (Tipo.NON_ACCETTAZIONE, Errore.VIRUS, _VIRUS),
}
_BY_THE_SENDERS = frozenset(
    {Word.ACCEPTED, Word.NOT_ACCEPTED, Word.TWELVE_HOURS, Word.TWENTY_FOUR_HOURS, Word.NO_DOMAIN}
)
REASONS: Mapping[Reason, int] = {
    Reason.NO_USER: 45,
    Reason.NO_DOMAIN: 15,
    Reason.FULL: 15,
    Reason.SPAM: 10,
    Reason.TIME_OUT: 15,
}
"""Why ordinary mail comes back, in a hundred."""


@unique
class Sort(StrEnum):
    """What a piece of mail is, for the tally."""

    RECEIPT = "receipt"
    BOUNCE = "bounce"
    FORGERY = "forgery"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Mail:
    """A message on its way to the sender's mailbox.

    ``word`` is what it truly says of the letter, ``meaning`` of who comes, if anything.
    """

    at: float
    content: bytes
    sort: Sort
    word: Word | None = None
    meaning: Meaning | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Who carries: the sender's provider, the recipient's, and an impostor."""

    ours: Provider
    theirs: Provider
    impostor: Provider


@dataclass(frozen=True, slots=True)
class Course:
    """The course of one message; ``dialect`` and ``reason`` are for ordinary mail that comes back.

    ``wrapped`` tells whether ordinary mail reaches the sender in an anomaly envelope.
    """

    post: Post
    posting: Posting
    name: str
    plot: Plot
    at: float
    lot: random.Random
    dialect: Dialect
    reason: Reason
    wrapped: bool

    def mail(self) -> Iterator[Mail]:
        """Give all that is written, in no order."""
        for saying in SAYINGS[self.plot]:
            yield from self._said(saying)
        if not self.posting.external and self.lot.random() < _ASTRAY:
            yield self._astray()
        if self._may_be_contradicted():
            yield self._contradiction()
        if self.plot in ARRIVES and self.lot.random() < _PEOPLE:
            yield from self._answered()

    def _said(self, saying: Saying) -> Iterator[Mail]:
        """Write what is said, as often as it is."""
        if saying.word is Word.ACCEPTED and self.posting.external and not self.wrapped:
            return  # an ordinary relay writes no receipts
        first = self.at + self.lot.uniform(saying.earliest, saying.latest)
        content, sort = self._written(saying.word, first)
        for number in range(saying.times):
            at = first if not number else first + self.lot.uniform(1.0, saying.latest)
            yield Mail(at, content, sort, saying.word)

    def _written(self, word: Word, at: float) -> tuple[bytes, Sort]:
        match word:
            case Word.BOUNCED | Word.DELAYED:
                back = self._back(at)
                notice = bounce(self.dialect, back) if word is Word.BOUNCED else delay(back)
                return self._ordinary(notice, at), Sort.BOUNCE
            case _:
                provider = self._speaker(word)
                fact = _fact(provider, word, at)
                return receipt(provider, self.posting, fact, self._share()), Sort.RECEIPT

    def _share(self) -> float:
        """Let some receipts lose their certification data, or the end of it."""
        if self.lot.random() >= _MAIMED:
            return 1.0
        return self.lot.random() if self.lot.random() < _HALF else 0.0

    def _astray(self) -> Mail:
        """Write to us what a provider tells another: nothing of whether a letter arrived."""
        at = self.at + self.lot.uniform(2.0, 60.0)
        fact = Fact(Tipo.PRESA_IN_CARICO, moment(at))
        return Mail(at, receipt(self.post.theirs, self.posting, fact), Sort.RECEIPT)

    def _speaker(self, word: Word) -> Provider:
        return self.post.ours if word in _BY_THE_SENDERS else self.post.theirs

    def _back(self, at: float) -> Return:
        return Return(
            sender=self.posting.sender,
            recipient=self.posting.recipient,
            original=self._given_to_recipient(),
            host=f"mx.{self.posting.recipient.rpartition('@')[2]}",
            at=moment(at),
            reason=self.reason,
        )

    def _given_to_recipient(self) -> bytes:
        """Return what the other side was given: a PEC provider sends an envelope, a relay us."""
        if not self.wrapped:
            return self.posting.content
        return envelope(self.post.ours, self.posting, moment(self.at))

    def _ordinary(self, content: bytes, at: float) -> bytes:
        """Let ordinary mail come to the sender."""
        if not self.wrapped:
            return content
        return anomaly(self.post.ours, content, self.posting.sender, moment(at))

    def _may_be_contradicted(self) -> bool:
        """Forge where it would show: whoever believes it is wrong in the end."""
        if self.posting.external:
            return False
        certain = self.plot in {Plot.SILENT, Plot.DEAD, Plot.VIRUS, Plot.NOT_ACCEPTED}
        return certain or self.lot.random() < _FORGED

    def _contradiction(self) -> Mail:
        """Write a receipt that says the opposite; a provider may wrap it as ordinary mail."""
        fails = any(saying.word in FAILURES for saying in SAYINGS[self.plot])
        word = Word.DELIVERED if fails else Word.NO_USER
        at = self.at + self.lot.uniform(60.0, 2 * _HOUR)
        theirs = self.post.theirs
        fact = _fact(theirs, word, at)
        colleague = self.post.ours if self.post.ours != theirs else self.post.impostor
        stranger = self.lot.choice((self.post.impostor, colleague))
        content = forged(theirs, stranger, self.posting, fact, self.lot)
        if self.lot.random() < _WRAPPED:
            content = anomaly(self.post.ours, content, self.posting.sender, moment(at))
        return Mail(at, content, Sort.FORGERY)

    def _answered(self) -> Iterator[Mail]:
        """Let somebody over there, or their program, write back."""
        at = self.at + self.lot.uniform(0.5 * _HOUR, 30 * _HOUR)
        certified = not self.posting.external
        known_as = self.posting.message_id
        if certified or self.wrapped:
            known_as = f"<{self.posting.identificativo}>"
        who, to, subject = self.posting.recipient, self.posting.sender, self.posting.subject
        writer = Writer(self.name, who, to, subject, known_as, moment(at))
        write = self.lot.choice((people.absence, people.acknowledgement, None, None))
        if write is not None:
            yield self._sent_back(writer, write(writer, self.lot), at)
            return
        if self.lot.random() < _UNTHREADED:
            writer = replace(writer, in_reply_to="")
        for reply in scene(self.lot, self.name):
            writer = replace(writer, at=moment(at))
            yield self._sent_back(writer, people.answer(writer, reply), at, reply.meaning)
            at += self.lot.uniform(2 * _HOUR, 20 * _HOUR)

    def _sent_back(
        self, writer: Writer, content: bytes, at: float, meaning: Meaning | None = None
    ) -> Mail:
        """Let what somebody over there wrote come to the sender."""
        if self.posting.external:
            come = self._ordinary(content, at)
        else:
            come = self._enveloped(writer, content)
        return Mail(at, come, Sort.PEOPLE, meaning=meaning)

    def _enveloped(self, writer: Writer, content: bytes) -> bytes:
        """Let what a PEC user writes come in an envelope of that user's provider."""
        posting = Posting(
            sender=writer.address,
            recipient=writer.to,
            external=False,
            subject=f"Re: {writer.subject}",
            message_id=writer.own_id,
            identificativo=f"opec.{writer.own_id[1:13]}@{self.post.theirs.domain}",
            content=content,
        )
        return envelope(self.post.theirs, posting, writer.at)


def moment(at: float) -> datetime:
    """Return a moment as a provider in Italy writes it, to the second."""
    return datetime.fromtimestamp(int(at), tz=ROME)


def _fact(provider: Provider, word: Word, at: float) -> Fact:
    tipo, errore, detail = _FACTS[word]
    return Fact(tipo, moment(at), errore, detail.format(name=provider.name))


def noise(lot: random.Random, to: str, at: float, names: Sequence[str]) -> Mail:
    """Write something that has nothing to do with any letter."""
    writer = Writer("", lot.choice(names), to, "", "", moment(at))
    return Mail(at, people.noise(writer, lot), Sort.PEOPLE)
