"""The answer in a text: what all its sentences say about coming, added up in one place.

Italian's negation and conditions are ``grammar``'s, a sentence's yes and no ``statements``'. What
they add up to is decided in ``_settled``, and any disagreement is told.
"""

from dataclasses import dataclass, field

from coalizione_mailer.mailbox.reply.answer import Verdict
from coalizione_mailer.mailbox.reply.grammar import TURNS, overlap
from coalizione_mailer.mailbox.reply.sentences import Hit, Sentence
from coalizione_mailer.mailbox.reply.statements import Event, events_of, more_perhaps

_UNSURE = frozenset({"cannot", "bare"})
_FEW = 5  # words and stops


@dataclass(frozen=True, slots=True)
class Stance:
    """All that a text says about coming, and what else it says."""

    events: tuple[Event, ...] = ()
    verdict: Verdict | None = None
    conflict: bool = False
    pending: bool = False
    question: bool = False
    earlier: bool = False
    who_pending: bool = False
    internal: bool = False
    perhaps_more: bool = False
    sentences: tuple[Sentence, ...] = field(default=(), repr=False)


def stance_of(sentences: list[Sentence]) -> Stance:
    """Read what the sentences say about coming."""
    events: list[Event] = []
    said: set[str] = set()
    regrets = engaged = False
    for number, sentence in enumerate(sentences):
        hits = sentence.hits()
        names = {hit.cue.says for hit in hits}
        events += events_of(number, sentence, hits)
        said |= names & {"pending", "who-pending", "internal", "maybe"}
        other = [hit for hit in hits if hit.cue.says in {"maybe", "ours"}]
        if any(
            hit.cue.says == "earlier" and not any(overlap(hit, one) for one in other)
            for hit in hits
        ):
            said.add("earlier")
        if not sentence.asks and more_perhaps(sentence, hits):
            said.add("perhaps-more")
        if sentence.asks or _requests(sentence, hits):
            said.add("question")
        regrets |= "regret" in names
        engaged |= "engaged" in names
    events = _surer(events, regrets=regrets and engaged)
    decided = any(event.says is not Verdict.MAYBE for event in events)
    if regrets and engaged and not decided and not said & {"pending", "question"}:
        events.append(Event(Verdict.NO, 0, 0, 0, "regrets", shaky=not _excused(sentences)))
    return _settled(events, said, sentences)


def _excused(sentences: list[Sentence]) -> bool:
    """Whether one is sorry for being engaged, and nothing turns it: in one sentence, or two.

    Alone, a regret is only a few words: "Ci dispiace molto." What is longer regrets something else.
    """
    sorry: list[int] = []
    engaged: list[int] = []
    for number, sentence in enumerate(sentences):
        hits = [hit for hit in sentence.hits() if hit.cue.says in {"regret", "engaged"}]
        said = {hit.cue.says for hit in hits}
        last = max((hit.end for hit in hits), default=0)
        turned = any(each.norm in TURNS for each in sentence.words[last:])
        if said == {"regret", "engaged"} and not turned:
            return True
        if said == {"regret"} and len(sentence.words) <= _FEW:
            sorry.append(number)
        elif said == {"engaged"} and not turned:
            engaged.append(number)
    return any(abs(one - other) == 1 for one in sorry for other in engaged)


def _surer(events: list[Event], *, regrets: bool) -> list[Event]:
    """Leave out what only sounds like a no, where a plain no stands, or a yes behind it."""
    sure = [event for event in events if event.name not in _UNSURE]
    kept = []
    for event in events:
        behind = [one for one in sure if (one.sentence, one.start) > (event.sentence, event.start)]
        plain = regrets or any(one.says is Verdict.NO for one in sure) or bool(behind)
        if event.name not in _UNSURE or not plain:
            kept.append(event)
    return kept


def _requests(sentence: Sentence, hits: list[Hit]) -> bool:
    """Whether something is asked for that is more than courtesy."""
    courtesies = [hit for hit in hits if hit.cue.says in {"courtesy", "mask"}]
    return any(
        hit.cue.says == "question"
        and not any(overlap(hit, other) for other in courtesies)
        and not _unasked(sentence, hit)
        for hit in hits
    )


def _unasked(sentence: Sentence, hit: Hit) -> bool:
    """Whether a "non" takes the request back; it does not reach behind a comma."""
    before = {each.norm for each in sentence.words[max(0, hit.start - 2) : hit.start]}
    return "non" in before and all(each.text != "," for each in sentence.words[hit.start : hit.end])


def _settled(events: list[Event], said: set[str], sentences: list[Sentence]) -> Stance:
    """Add up what was said: the only place where yes and no meet."""
    plain = [event for event in events if event.name != "list"]
    yes = [event for event in plain if event.says is Verdict.YES]
    no = [event for event in plain if event.says is Verdict.NO]
    maybe = [event for event in plain if event.says is Verdict.MAYBE]
    if no and maybe and all(event.wish for event in maybe) and maybe[0].sentence <= no[0].sentence:
        maybe = []  # "I should like to come, but I cannot"
    if not plain:
        listed = [event for event in events if event.says is Verdict.YES]
        yes, maybe = listed, [event for event in events if event.says is Verdict.MAYBE]
    verdict, conflict = _verdict(yes, no, maybe, said)
    shaky = any(event.shaky for event in (*yes, *no))
    return Stance(
        events=tuple(events),
        verdict=verdict,
        conflict=conflict or shaky,
        pending="pending" in said,
        question="question" in said,
        earlier="earlier" in said,
        who_pending="who-pending" in said,
        internal="internal" in said,
        perhaps_more=bool(yes and maybe) or "perhaps-more" in said,
        sentences=tuple(sentences),
    )


def _verdict(
    yes: list[Event],
    no: list[Event],
    maybe: list[Event],
    said: set[str],
) -> tuple[Verdict | None, bool]:
    """Return the answer, and whether the words disagree."""
    pending = "pending" in said
    if yes and no:
        return _both(yes, no, said)
    if yes:
        open_ = pending and "who-pending" not in said
        return (Verdict.MAYBE if open_ else Verdict.YES), False
    if no:
        return (Verdict.MAYBE if maybe or pending else Verdict.NO), False
    if maybe or pending or ("maybe" in said and "internal" not in said):
        return Verdict.MAYBE, False
    return None, False


def _both(yes: list[Event], no: list[Event], said: set[str]) -> tuple[Verdict, bool]:
    """Return the answer where yes and no are both said.

    One who cannot, and then another who comes, is a yes; in a correction the last word counts.
    """
    first_no = (no[0].sentence, no[0].start)
    last_no = (no[-1].sentence, no[-1].start)
    last_yes = (yes[-1].sentence, yes[-1].start)
    if last_yes > last_no:
        after = [event for event in yes if (event.sentence, event.start) > first_no]
        sure = any(event.name == "delegate" for event in after)
        return Verdict.YES, not sure
    if "earlier" in said:
        return Verdict.NO, True
    if any(event.name == "delegate" for event in yes):
        return Verdict.YES, True
    return Verdict.NO, True
