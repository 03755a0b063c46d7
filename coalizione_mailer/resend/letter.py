"""The same letter made ready to leave again, byte for byte but for what an address changes.

What was frozen first is what leaves: its head with another ``To``, ``Date`` and ``Message-ID``, its
text and its PDF as they are. Where the letter prints the address it goes to, it is set again with
the new one; but only where setting the first again gives the very letter, which proves that nothing
else has changed since. Else it goes as it was frozen, with the former address in print.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.correspondence import Correspondence, Identity, Prepared
from coalizione_mailer.errors import Code, Problem, ProblemsError, Severity
from coalizione_mailer.ledger.rounds import First, Frozen, Round, sha256
from coalizione_mailer.letter.message import (
    Anew,
    Mailbox,
    is_canonical,
    join,
    key_of,
    readdressed,
    unique_id,
)
from coalizione_mailer.letter.overprint.proof import differences
from coalizione_mailer.letter.templates import LetterText
from coalizione_mailer.model import Address, Comune, Recipient
from coalizione_mailer.plan import book_of, mayors_of, register_of
from coalizione_mailer.resend.decision import Sending


@dataclass(frozen=True, slots=True)
class Again:
    """One letter ready to leave again; ``set_again`` tells that it was, for its new address."""

    sending: Sending
    frozen: Frozen
    message: bytes
    set_again: bool
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Originals:
    """The first letters, by cadastral code, and the frame that they share."""

    firsts: Mapping[str, First]
    frame: bytes


def letters(
    campaign: Campaign,
    sendings: Sequence[Sending],
    originals: Originals,
    opened: Round,
    jobs: int,
) -> Iterator[Again]:
    """Make the letters of a round that sends again, in order."""
    setter = _Setter(campaign, sendings, originals.firsts)
    pairs = setter.prepared(jobs)
    for sending in sendings:
        code = sending.case.codice_catastale
        first = originals.firsts[code]
        parts = proved = None
        if code in setter.wanted:
            proved = _proved(first, next(pairs), next(pairs))
        parts = proved or (first.head, first.letter)
        again = _again(sending, first, opened, parts, originals.frame)
        if proved:
            yield replace(again, set_again=True)
        elif setter.may_print(sending):
            yield replace(again, problems=(_former(sending, first),))
        else:
            yield again


class _Setter:
    """Sets letters twice, for the first address and for the new one, where they print it."""

    def __init__(
        self, campaign: Campaign, sendings: Sequence[Sending], firsts: Mapping[str, First]
    ) -> None:
        self._moved = {one.case.codice_catastale for one in sendings if not one.same}
        self.wanted: dict[str, tuple[Recipient, Recipient]] = {}
        self._correspondence: Correspondence | None = None
        if not self._moved:
            return
        try:
            self._correspondence = _first_hand(campaign, firsts)
            self._find(campaign, sendings, firsts)
        except ProblemsError:
            # What was frozen needs no template: it can still leave as it is.
            self._correspondence = None
            self.wanted = {}

    def may_print(self, sending: Sending) -> bool:
        """Tell whether the letter as it was frozen may have another address in print."""
        code = sending.case.codice_catastale
        return code in (self._moved if self._correspondence is None else self.wanted)

    def prepared(self, jobs: int) -> Iterator[Prepared]:
        """Make the first letter and the new one of each, in this order."""
        if self._correspondence is None or not self.wanted:
            return iter(())
        return self._correspondence.prepared(chain.from_iterable(self.wanted.values()), jobs)

    def _find(
        self, campaign: Campaign, sendings: Sequence[Sending], firsts: Mapping[str, First]
    ) -> None:
        """Find the letters whose text depends on the address; the address must be all."""
        assert self._correspondence is not None
        register, mayors = register_of(campaign), mayors_of(campaign)
        book = book_of(campaign, register)
        for sending in sendings:
            code = sending.case.codice_catastale
            comune = register.by_catastale.get(code)
            if code not in self._moved or comune is None:
                continue
            old, new = firsts[code].address, sending.address.address
            known = book.entries[firsts[code].channel].get(code)
            then = Address(firsts[code].channel, old, office=known.office if known else None)
            was = Recipient(comune, then, mayors.head_of(comune))
            now = replace(was, address=replace(then, address=new, channel=sending.address.channel))
            before, after = map(self._correspondence.templates.render, (was, now))
            if before != after:
                same = replace(now, address=replace(now.address, channel=then.channel))
                self.wanted[code] = (was, now if _swapped(before, old, new) == after else same)


def _first_hand(campaign: Campaign, firsts: Mapping[str, First]) -> Correspondence:
    """Write as the first round was written: with its secret, its number, its moment."""
    opened = next(iter(firsts.values())).round
    return Correspondence(
        campaign, Identity.frozen(opened.identity, opened.number, opened.frozen_at)
    )


def _swapped(text: LetterText, old: str, new: str) -> LetterText:
    return LetterText(*(getattr(text, each.name).replace(old, new) for each in fields(text)))


def _proved(first: First, was: Prepared, now: Prepared) -> tuple[bytes, bytes] | None:
    """Return the new head and letter, if the first come out again as they were.

    And if the new one is the first with one address in the place of the other. A head is compared
    to the byte, but for the Message-ID, which vouches for the bytes of the letter; a letter as the
    letters of an edition are, since one that was printed on a form has more glyphs in its fonts
    than the same letter made alone.
    """
    head = was.head.replace(was.message_id.encode(), first.message_id.encode(), 1)
    if head != first.head:
        return None
    if was.pdf.data != first.letter and differences(first.letter, was.pdf.data):
        return None
    if _swapped(was.text, first.address, now.recipient.address.address) != now.text:
        return None
    return now.head, now.pdf.data


def _again(
    sending: Sending, first: First, opened: Round, parts: tuple[bytes, bytes], frame: bytes
) -> Again:
    head, letter = parts
    last, address = sending.case.letter, sending.address
    key = key_of(opened.number, first.codice_catastale)
    domain = opened.sender.rpartition("@")[2]
    own_id = unique_id(opened.identity, key, domain, sha256(letter))
    anew = Anew(
        Mailbox(first.denominazione, address.address),
        own_id,
        Identity.frozen(opened.identity, opened.number, opened.frozen_at).date,
        tuple(dict.fromkeys((first.message_id, last.message_id))),
    )
    try:
        head = readdressed(head, anew)
    except ValueError:
        problem = Problem(Code.ADDRESS_WRONG, found=address.address, comune=last.codice_istat)
        raise ProblemsError([problem]) from None
    message = join(head, letter, frame)
    assert is_canonical(message)
    frozen = Frozen(
        recipient=Recipient(_comune(sending), Address(address.channel, address.address)),
        message_id=own_id,
        head=head,
        letter=letter,
        message_sha256=hashlib.sha256(message).hexdigest(),
        message_size=len(message),
        previous_id=last.delivery_id,
    )
    return Again(sending, frozen, message, set_again=False)


def _comune(sending: Sending) -> Comune:
    """Return the Comune as it was written to: it may be another one by now."""
    last = sending.case.letter
    return Comune(
        codice_istat=last.codice_istat,
        codice_catastale=last.codice_catastale,
        denominazione=last.denominazione,
        denominazione_altra_lingua="",
        provincia="",
        sigla=last.sigla,
        regione=last.regione,
        ripartizione="",
    )


def _former(sending: Sending, first: First) -> Problem:
    """Say that a letter leaves with the former address in print."""
    return Problem(
        Code.LETTER_FORMER,
        Severity.WARNING,
        found=first.address,
        comune=sending.case.letter.codice_istat,
    )
