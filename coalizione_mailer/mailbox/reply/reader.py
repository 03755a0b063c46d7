"""A reply read whole: bytes to ``Answer``. Never raises, and never trusts the quoted invitation."""

import re
from dataclasses import replace
from email.utils import parseaddr

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.classify import classify
from coalizione_mailer.mailbox.reading import Kind, Reading
from coalizione_mailer.mailbox.reply import machines
from coalizione_mailer.mailbox.reply.answer import (
    Answer,
    Occasion,
    Participant,
    ReplyKind,
    Verdict,
    Why,
)
from coalizione_mailer.mailbox.reply.attending import introduced, somebody_else
from coalizione_mailer.mailbox.reply.closing import Parts, parted
from coalizione_mailer.mailbox.reply.own_words import OwnWords, own_words
from coalizione_mailer.mailbox.reply.people import Coming, coming
from coalizione_mailer.mailbox.reply.sentences import MOST_TEXT, sentences_of
from coalizione_mailer.mailbox.reply.stance import Stance, stance_of
from coalizione_mailer.mailbox.reply.vocabulary import folded, vocabulary

_FORWARD = re.compile(r"\s*(?:i|fw|fwd|inoltro|wg)\s?:", re.IGNORECASE)
_CORRECTED = re.compile(
    r"\b(?:cognome|nome|nominativo|grafia)\s(?:esatt\w|corrett\w|giust\w)\s(?:è|e'"
    r"|e`)\s[\"“«']?(?P<name>[^\W\d_]{2,30}(?:['\u2019 ][^\W\d_]{2,30}){0,3})",
    re.IGNORECASE,
)


def read(raw: bytes, occasion: Occasion | None = None, reading: Reading | None = None) -> Answer:
    """Say what a message means for the list of participants; never raises.

    ``occasion`` is what the invitation is about, where it is known; ``reading`` what ``classify``
    said of the message, where it was asked already.
    """
    known = reading or classify(raw)
    words = OwnWords("")
    try:
        tree = mime.parse(known.inner or raw)
        words = own_words(tree)
        return _read(tree, words, occasion or Occasion(), known)
    except Exception:  # noqa: BLE001  one message must not keep the others unread: a person looks
        return Answer(
            ReplyKind.REPLY,
            own_text=words.text,
            why=(Why.CONFLICT,),
            sender=known.sender,
            references=known.references,
        )


def _read(tree: mime.Part, words: OwnWords, occasion: Occasion, known: Reading) -> Answer:
    base = Answer(
        kind=ReplyKind.REPLY,
        own_text=words.text,
        sender=known.sender or mime.address(tree.words("from")),
        subject=" ".join((known.subject or tree.words("subject")).split()),
        references=known.references,
        occurred=known.occurred or mime.date(tree),
        own_id=known.own_id,
    )
    match known.kind:
        case Kind.REPLY:
            return _by_a_person(base, tree, words, occasion)
        case Kind.AUTO_REPLY if machines.by_hand(tree, base.subject, base.own_text):
            return _by_a_person(base, tree, words, occasion)
        case Kind.AUTO_REPLY:
            dead = machines.nobody_reads(base.own_text or base.subject, base.occurred, occasion)
            return replace(base, kind=ReplyKind.AUTO_REPLY, why=(Why.NOBODY_READS,) * dead)
        case Kind.PROTOCOL_ACK:
            no = machines.refused(f"{base.subject}\n{base.own_text}")
            return replace(base, kind=ReplyKind.PROTOCOL_ACK, why=(Why.NOBODY_READS,) * no)
        case Kind.OTHER:
            return _other(base)
        case _:
            return replace(base, kind=ReplyKind.UNRELATED)


def _other(base: Answer) -> Answer:
    """Say of a message about something else whether somebody should see it: a Comune that asks."""
    said = folded(f"{base.subject} {base.own_text}"[:MOST_TEXT])
    domain = base.sender.rpartition("@")[2]
    office = "comune" in domain or "comune di" in said or "citta di" in said or "unione" in domain
    asks = any(word in said for word in vocabulary().lists["request"])
    why = (Why.OTHER_MATTER,) if office and asks else ()
    return replace(base, kind=ReplyKind.UNRELATED, why=why)


def _by_a_person(base: Answer, tree: mime.Part, words: OwnWords, occasion: Occasion) -> Answer:
    parts = parted(words.text, occasion)
    if not parts.letter:
        parts = Parts(parts.signature, "")
    stance = stance_of(sentences_of(parts.letter, occasion))
    if stance.verdict is None and stance.earlier and introduced(parts.letter):
        stance = replace(stance, verdict=Verdict.YES)  # only a name is put right
    about = bool(base.references) or _about(base, words, occasion)
    if _unrelated(base, stance, about=about):
        return _other(base)
    who = coming(parts, stance, parseaddr(tree.words("from"))[0])
    verdict = _verdict(base, words, stance)
    who = _corrected(parts, who) if verdict is not None and stance.earlier else who
    if verdict in {None, Verdict.NO}:
        who = Coming(instead=verdict is Verdict.NO and somebody_else(parts.letter, stance))
    why = _reasons(verdict, words, stance, who, about=about or _mentions_event(base))
    return replace(
        base,
        answer=verdict,
        participants=who.participants,
        count=who.count,
        body=parts.letter,
        signature=parts.signature,
        replaces_earlier=stance.earlier,
        why=why,
    )


def _unrelated(base: Answer, stance: Stance, *, about: bool) -> bool:
    """Whether a mail outside the thread is about something else."""
    if base.references:
        return False
    said = f" {folded(f'{base.subject} {base.own_text}'[:MOST_TEXT])} "
    advertised = sum(word in said for word in vocabulary().lists["spam"])
    if advertised > 1 and "comune" not in base.sender:
        return True
    return not about and not any(event.name != "list" for event in stance.events)


def _about(base: Answer, words: OwnWords, occasion: Occasion) -> bool:
    """Whether a mail speaks of our invitation by itself, or quotes it."""
    said = f" {folded(f'{base.subject} {base.own_text} {words.quoted[:3000]}'[:MOST_TEXT])} "
    return any(word in said for word in vocabulary().lists["about"]) or any(
        f" {word}" in said for word in occasion.words
    )


def _mentions_event(base: Answer) -> bool:
    """Whether a mail speaks of some event at all."""
    said = folded(f"{base.subject} {base.own_text}"[:MOST_TEXT])
    return any(word in said for word in vocabulary().lists["event"])


def _verdict(base: Answer, words: OwnWords, stance: Stance) -> Verdict | None:
    """Return the answer; an internal mail that reached us by mistake has none."""
    if stance.internal and (
        words.forwarded or _FORWARD.match(base.subject) or stance.verdict is None
    ):
        return None
    if (
        stance.verdict is None
        and stance.question
        and not words.forwarded
        and not _FORWARD.match(base.subject)
    ):
        return Verdict.MAYBE
    return stance.verdict


def _corrected(parts: Parts, who: Coming) -> Coming:
    """Put the right family name in place of the wrong one, where that is all that is told."""
    found = _CORRECTED.search(parts.letter)
    if found is None or not who.participants:
        return who
    right = found["name"].title() if found["name"].isupper() else found["name"]
    first = who.participants[0]
    if right.split()[-1].casefold() == first.name.split()[-1].casefold():
        return who
    name = right if " " in right else " ".join((*first.name.split()[:-1], right))
    return replace(
        who,
        participants=(Participant(name, first.role), *who.participants[1:]),
        count=None,
    )


def _reasons(
    verdict: Verdict | None,
    words: OwnWords,
    stance: Stance,
    who: Coming,
    *,
    about: bool,
) -> tuple[Why, ...]:
    """Return every reason for a person to look."""
    coming_ = verdict is Verdict.YES
    settled = coming_ and bool(who.participants) and _settles(stance)
    reasons = {
        Why.NO_ANSWER: verdict is None,
        Why.MAYBE: verdict is Verdict.MAYBE,
        Why.REPLACES: stance.earlier,
        Why.QUESTION: stance.question,
        Why.WHO_MISSING: coming_ and who.missing,
        Why.WHO_INCOMPLETE: coming_ and who.incomplete,
        Why.CONFLICT: verdict is not None
        and (not about or (stance.conflict and not settled) or who.instead),
        Why.MERGED: words.merged,
        Why.TOO_LONG: len(words.text) > MOST_TEXT,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def _settles(stance: Stance) -> bool:
    """Whether one who cannot is followed by others who come: no contradiction then."""
    no = [event for event in stance.events if event.says is Verdict.NO]
    yes = [event for event in stance.events if event.says is Verdict.YES and event.name != "list"]
    if not no or not yes or any(event.shaky for event in (*no, *yes)):
        return False
    return (yes[-1].sentence, yes[-1].start) > (no[-1].sentence, no[-1].start)
