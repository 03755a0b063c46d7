"""What one sentence says about coming: each word of coming or refusing, in its place.

A question says nothing; a doubt or a condition makes a yes or a no a perhaps.
"""

from dataclasses import dataclass

from coalizione_mailer.mailbox.reply.answer import Verdict
from coalizione_mailer.mailbox.reply.grammar import (
    TURNS,
    condition_of,
    conditional,
    far_negated,
    first_word,
    governed,
    negated,
    overlap,
    passive,
)
from coalizione_mailer.mailbox.reply.sentences import Hit, Sentence
from coalizione_mailer.mailbox.reply.vocabulary import several

_DOUBTS_NO = (
    "forse",
    "probabil",
    "difficil",
    "credo",
    "penso",
    "quasi",
    "dovre",
    "potre",
    "ritengo",
    "tem",
)
_DOUBT_NO = frozenset(several("con mi pare sembra in al"))  # "in forse", "al momento"
_WISHES = (
    "vorr",
    "sare",
    "verre",
    "partecipere",
    "piacere",
    "desider",
    "interess",
    "avre",
    "gradi",
    "intenzion",
    "potre",
)
_EXTRA = frozenset(several("anche ed e con un una altri altra altro altre eventuali pure"))
_LATER = ("prossim", "futur", "ulterior", "altr", "analogh")
SAYS_YES = frozenset({"attend", "delegate", "yes", "list"})


@dataclass(frozen=True, slots=True)
class Event:
    """One thing said about coming: ``says`` yes, no or perhaps, in a sentence, at its words."""

    says: Verdict
    sentence: int
    start: int
    end: int
    name: str
    wish: bool = False
    shaky: bool = False


def events_of(number: int, sentence: Sentence, hits: list[Hit]) -> list[Event]:
    """Return what one sentence says about coming; a question says nothing."""
    if sentence.asks:
        return []
    masks = [hit for hit in hits if hit.cue.says == "mask"]
    fixed, doubts = _fixed_and_doubts(hits)
    doubts = [doubt for doubt in doubts if not _masked(doubt, masks)]
    heard = [
        hit
        for hit in hits
        if hit.cue.says in SAYS_YES | {"no"}
        and not _masked(hit, masks)
        and (hit.cue.says == "yes" or not any(overlap(hit, other) for other in fixed))
    ]
    refusals = [hit for hit in hits if hit.cue.says == "no" and not _masked(hit, masks)]
    later = any(first_word(sentence, mask).startswith(_LATER) for mask in masks)
    spoken = [hit.start for hit in hits if hit.cue.says in SAYS_YES | {"no"}]
    events: list[Event] = []
    for hit in heard:
        if hit.cue.says in SAYS_YES - {"yes"} and (
            governed(sentence, hit, refusals) or passive(sentence, hit) or later
        ):
            continue
        event = _event(number, sentence, hit, doubts, spoken)
        if event is not None:
            events.append(event)
            if event.says is Verdict.NO and hit.cue.says != "no":
                refusals.append(hit)
    if events or fixed or doubts:
        return _without_announcing(sentence, events)
    return _unsure(number, sentence, hits, masks)


def _fixed_and_doubts(hits: list[Hit]) -> tuple[list[Hit], list[Hit]]:
    """Return the turns that are a yes whatever they are made of, and the doubts outside them."""
    fixed = [hit for hit in hits if hit.cue.says == "yes"]
    return fixed, [
        hit
        for hit in hits
        if hit.cue.says == "maybe" and not any(overlap(hit, one) for one in fixed)
    ]


def _unsure(number: int, sentence: Sentence, hits: list[Hit], masks: list[Hit]) -> list[Event]:
    """Return a "non" far before "partecipare", or "non posso …": a no for a person to look at."""
    return [
        Event(Verdict.NO, number, hit.start, hit.end, hit.cue.says, shaky=True)
        for hit in hits
        if not _masked(hit, masks)
        and (hit.cue.says == "cannot" or (hit.cue.says == "bare" and far_negated(sentence, hit)))
    ][:1]


def _without_announcing(sentence: Sentence, events: list[Event]) -> list[Event]:
    """Leave out a "confermo" that only announces: "confermo che non potrò venire"."""
    refused = [event for event in events if event.says is Verdict.NO]
    kept = []
    for event in events:
        norm = sentence.words[event.start].norm
        later = [one for one in refused if one.start >= event.end]
        announcing = (
            bool(later)
            and event.says is Verdict.YES
            and norm.startswith(("conferm", "comunic", "inform", "segnal"))
            and "che" in {w.norm for w in sentence.words[event.end : later[0].start]}
            and not any(w.norm in TURNS for w in sentence.words[event.end : later[0].start])
        )
        if not announcing:
            kept.append(event)
    return kept


def _masked(hit: Hit, masks: list[Hit]) -> bool:
    return any(mask.start <= hit.start < mask.end for mask in masks)


def _event(
    number: int, sentence: Sentence, hit: Hit, doubts: list[Hit], spoken: list[int]
) -> Event | None:
    """Return what a cue says in its place: negated, in a condition, or with a doubt."""
    refuses = hit.cue.says == "no"
    denied = hit.cue.says != "yes" and negated(sentence, hit)
    far = not denied and hit.cue.says in {"attend", "delegate"} and far_negated(sentence, hit)
    shaky = far or (denied and (refuses or hit.cue.name == "confirms"))
    verdict = Verdict.YES if refuses == (denied or far) else Verdict.NO
    condition = condition_of(sentence, hit.start, spoken)
    if condition == "inside":
        return None
    found = [
        doubt
        for doubt in doubts
        if _doubted(sentence, doubt, verdict) and not _about_another(sentence, doubt, hit)
    ]
    wish = any(first_word(sentence, doubt).startswith(_WISHES) for doubt in found)
    if verdict is not Verdict.NO and conditional(sentence, hit):
        found, wish = [*found, hit], True
    if condition == "after" or found:
        verdict = Verdict.MAYBE
    return Event(verdict, number, hit.start, hit.end, hit.cue.says, wish=wish, shaky=shaky)


def _doubted(sentence: Sentence, doubt: Hit, verdict: Verdict) -> bool:
    first = first_word(sentence, doubt)
    return verdict is not Verdict.NO or first.startswith(_DOUBTS_NO) or first in _DOUBT_NO


def _about_another(sentence: Sentence, doubt: Hit, hit: Hit) -> bool:
    """Whether a doubt that follows is about one more person: "… e forse anche un collega"."""
    if doubt.start < hit.end:
        return False
    near = sentence.words[max(hit.end, doubt.start - 2) : doubt.end + 3]
    return any(each.norm == "anche" for each in near) or (
        any(each.norm in _EXTRA for each in near[:2])
        and any(each.norm in _EXTRA for each in near[2:])
    )


def more_perhaps(sentence: Sentence, hits: list[Hit]) -> bool:
    """Whether a sentence that says that some come adds one who perhaps does."""
    sure = [hit for hit in hits if hit.cue.says in SAYS_YES]
    _fixed, doubts = _fixed_and_doubts(hits)
    norms = [each.norm for each in sentence.words]
    place = any(norms[at : at + 1] == ["se"] and "anche" in norms[at:] for at in range(len(norms)))
    return bool(sure) and (
        any(_about_another(sentence, doubt, sure[0]) for doubt in doubts)
        or (place and norms.index("se") >= sure[0].end)
    )
