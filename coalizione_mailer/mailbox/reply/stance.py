"""The answer in a text: every word that says yes or no, with its negation and its "perhaps".

Italian puts "non" right before the verb and its pronouns, so negation is looked for there; a
sentence with a condition or a doubt says perhaps; a question says nothing. What the words add up
to is decided in one place, ``settled``, and any disagreement is told.
"""

from dataclasses import dataclass, field

from coalizione_mailer.mailbox.reply.answer import Verdict
from coalizione_mailer.mailbox.reply.sentences import Hit, Sentence
from coalizione_mailer.mailbox.reply.vocabulary import several

_NEGATORS = frozenset(["non", "né", "nemmeno", "neppure", "neanche", "nicht"])
# What may stand between "non" and what it negates: pronouns, auxiliaries, adverbs of regret.
_BETWEEN = frozenset(
    several(
        "ci vi si mi ti lo la le gli ne piu poi purtroppo quindi certo sara è sarebbe "
        "risulta in sono siamo saremo avremo ho abbiamo avra ha hanno stato stata avendo "
        "essendo c v ce ve me te se sia fosse essere del tutto ancora"
    )
)
_LINKS = frozenset(
    several(
        "a ad di della del dell dello alla al all nel nella per poter potere dover dovere "
        "a , che l la il ci vi si mi essere"
    )
)
_MOST_LINKS = 4  # words between a refusal and what it refuses
_IF = frozenset(["se", "qualora", "ove", "laddove", "purche"])

_COURTESY_IF = frozenset(
    several(
        "possibile necessario serve servono avete vi occorre volete del gradito gradite "
        "desiderate dovesse dovessero ritenuto non anche ti"
    )
)
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
)
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
_PASSIVE = (
    "ato",
    "ata",
    "ati",
    "ate",
    "uto",
    "uta",
    "uti",
    "ute",
    "ito",
    "ita",
    "sso",
    "sto",
    "tto",
    "tta",
    "nta",
    "nto",
)
_TURNS = frozenset(["ma", "pero", "tuttavia", "mentre", "bensi", ";", ":"])
_EXTRA = frozenset(several("anche ed e con un una altri altra altro altre eventuali pure"))
_LATER = ("prossim", "futur", "ulterior", "altr", "analogh")
_YES = frozenset({"attend", "delegate", "yes", "list"})


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
    regrets = engaged = both = False
    for number, sentence in enumerate(sentences):
        hits = sentence.hits()
        names = {hit.cue.says for hit in hits}
        events += _events(number, sentence, hits)
        said |= names & {"pending", "who-pending", "internal", "maybe"}
        doubts = [hit for hit in hits if hit.cue.says == "maybe"]
        if any(
            hit.cue.says == "earlier" and not any(_overlap(hit, one) for one in doubts)
            for hit in hits
        ):
            said.add("earlier")
        if not sentence.asks and _more_perhaps(sentence, hits):
            said.add("perhaps-more")
        if sentence.asks or _requests(hits):
            said.add("question")
        regrets |= "regret" in names
        engaged |= "engaged" in names
        both |= {"regret", "engaged"} <= names
    decided = any(event.says is not Verdict.MAYBE for event in events)
    if regrets and engaged and not decided and not said & {"pending", "question"}:
        events.append(Event(Verdict.NO, 0, 0, 0, "regrets", shaky=not both))
    return _settled(events, said, sentences)


def _requests(hits: list[Hit]) -> bool:
    """Whether something is asked for that is more than courtesy."""
    courtesies = [hit for hit in hits if hit.cue.says in {"courtesy", "mask"}]
    return any(
        hit.cue.says == "question" and not any(_overlap(hit, other) for other in courtesies)
        for hit in hits
    )


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def _events(number: int, sentence: Sentence, hits: list[Hit]) -> list[Event]:
    """Return what one sentence says about coming; a question says nothing."""
    if sentence.asks:
        return []
    masks = [hit for hit in hits if hit.cue.says == "mask"]
    refusals = [hit for hit in hits if hit.cue.says == "no" and not _masked(hit, masks)]
    later = any(_word(sentence, mask).startswith(_LATER) for mask in masks)
    fixed = [hit for hit in hits if hit.cue.says == "yes"]
    doubts = [
        hit
        for hit in hits
        if hit.cue.says == "maybe" and not any(_overlap(hit, one) for one in fixed)
    ]
    events: list[Event] = []
    for hit in hits:
        if hit.cue.says not in _YES | {"no"} or _masked(hit, masks):
            continue
        if hit.cue.says != "yes" and any(_overlap(hit, other) for other in fixed):
            continue
        if hit.cue.says in _YES - {"yes"} and (
            _governed(sentence, hit, refusals) or _passive(sentence, hit) or later
        ):
            continue
        event = _event(number, sentence, hit, doubts)
        if event is not None:
            events.append(event)
            if event.says is Verdict.NO and hit.cue.says != "no":
                refusals.append(hit)
    return _without_announcing(sentence, events)


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
            and not any(w.norm in _TURNS for w in sentence.words[event.end : later[0].start])
        )
        if not announcing:
            kept.append(event)
    return kept


def _masked(hit: Hit, masks: list[Hit]) -> bool:
    return any(mask.start <= hit.start < mask.end for mask in masks)


def _governed(sentence: Sentence, hit: Hit, refusals: list[Hit]) -> bool:
    """Whether a word of coming only completes one of refusing: "impossibilitato a partecipare"."""
    for other in refusals:
        if _overlap(hit, other):
            return True
        between = [each.norm for each in sentence.words[other.end : hit.start]]
        nobody = _word(sentence, other).startswith("nessun") and not _TURNS & set(between)
        linked = len(between) <= _MOST_LINKS and set(between) <= _LINKS - {","}
        if other.end <= hit.start and (nobody or linked):
            return True
    return False


def _passive(sentence: Sentence, hit: Hit) -> bool:
    """Whether "verrà" only helps another verb: "verrà inviato"."""
    first = sentence.words[hit.start].norm
    if first not in {"viene", "vengono", "verra", "verranno"} or hit.end - hit.start > 1:
        return False
    after = sentence.words[hit.end].norm if hit.end < len(sentence.words) else ""
    return after.endswith(_PASSIVE) and not after.startswith("accompagnat")


def _event(number: int, sentence: Sentence, hit: Hit, doubts: list[Hit]) -> Event | None:
    """Return what a cue says in its place: negated, in a condition, or with a doubt."""
    negated = hit.cue.says != "yes" and _negated(sentence, hit)
    shaky = negated and (hit.cue.says == "no" or hit.cue.name == "confirms")
    refuses = hit.cue.says == "no"
    verdict = Verdict.YES if refuses == negated else Verdict.NO
    condition = _condition(sentence, hit.start)
    if condition == "inside":
        return None
    found = [
        doubt
        for doubt in doubts
        if _doubted(sentence, doubt, verdict) and not _about_another(sentence, doubt, hit)
    ]
    wish = any(_word(sentence, doubt).startswith(_WISHES) for doubt in found)
    if verdict is not Verdict.NO and _word(sentence, hit).startswith(("potre", "vorre")):
        found, wish = [*found, hit], True
    if condition == "after" or found:
        verdict = Verdict.MAYBE
    return Event(verdict, number, hit.start, hit.end, hit.cue.says, wish=wish, shaky=shaky)


def _about_another(sentence: Sentence, doubt: Hit, hit: Hit) -> bool:
    """Whether a doubt that follows is about one more person: "… e forse anche un collega"."""
    if doubt.start < hit.end:
        return False
    near = sentence.words[max(hit.end, doubt.start - 2) : doubt.end + 3]
    return any(each.norm == "anche" for each in near) or (
        any(each.norm in _EXTRA for each in near[:2])
        and any(each.norm in _EXTRA for each in near[2:])
    )


def _more_perhaps(sentence: Sentence, hits: list[Hit]) -> bool:
    """Whether a sentence that says that some come adds one who perhaps does."""
    sure = [hit for hit in hits if hit.cue.says in _YES]
    fixed = [hit for hit in hits if hit.cue.says == "yes"]
    doubts = [
        hit
        for hit in hits
        if hit.cue.says == "maybe" and not any(_overlap(hit, one) for one in fixed)
    ]
    norms = [each.norm for each in sentence.words]
    place = any(norms[at : at + 1] == ["se"] and "anche" in norms[at:] for at in range(len(norms)))
    return bool(sure) and (
        any(_about_another(sentence, doubt, sure[0]) for doubt in doubts)
        or (place and norms.index("se") >= sure[0].end)
    )


def _word(sentence: Sentence, hit: Hit) -> str:
    return sentence.words[hit.start].norm


def _doubted(sentence: Sentence, doubt: Hit, verdict: Verdict) -> bool:
    return verdict is not Verdict.NO or _word(sentence, doubt).startswith(_DOUBTS_NO)


def _negated(sentence: Sentence, hit: Hit) -> bool:
    """Whether "non" or its like stands before a verb, its pronouns between."""
    if _word(sentence, hit) in {"non", "né", "nessun", "nessuno", "nessuna"}:
        return False
    for place in range(hit.start - 1, max(-1, hit.start - 7), -1):
        norm = sentence.words[place].norm
        if norm in _NEGATORS:
            return True
        if norm not in _BETWEEN:
            return False
    return False


def _condition(sentence: Sentence, at: int) -> str:
    """Say whether a place is ``inside`` a condition, ``after`` one, or in none."""
    start = -1
    for place in range(at):
        norm = sentence.words[place].norm
        after = sentence.words[place + 1].norm if place + 1 < len(sentence.words) else ""
        if norm in _IF and after not in _COURTESY_IF:
            start = place
        elif norm == "caso" and after in {"contrario", "di"}:
            return "after"
    if start < 0:
        return "after" if _condition_behind(sentence, at) else ""
    closed = any(w.text in {",", ":", ")"} for w in sentence.words[start + 1 : at])
    return "after" if closed else "inside"


def _condition_behind(sentence: Sentence, at: int) -> bool:
    """Whether a condition follows: "parteciperà se gli impegni lo consentono"."""
    words = sentence.words
    for place in range(at + 1, len(words)):
        norm, before = words[place].norm, words[place - 1].norm
        after = words[place + 1].norm if place + 1 < len(words) else ""
        if words[place].text == ";" or norm in _TURNS - {":"}:
            return False
        if (
            norm in _IF
            and after not in _COURTESY_IF
            and before not in {"anche", "e", ",", "come", "pure"}
        ):
            return "anche" not in {word.norm for word in words[place : place + 8]}
        if norm in _IF and before == "," and after not in _COURTESY_IF and norm != "se":
            return True
        if norm == "se" and before == "," and after not in _COURTESY_IF:
            return "anche" not in {word.norm for word in words[place : place + 8]}
    return False


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
