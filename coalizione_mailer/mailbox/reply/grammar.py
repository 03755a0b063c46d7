"""Italian grammar around a word that decides: its "non", its "se", what governs it.

Negation stands right before the verb and its pronouns; a condition before or behind it, up to the
next turn of the sentence.
"""

from collections.abc import Iterable

from coalizione_mailer.mailbox.reply.sentences import Hit, Sentence
from coalizione_mailer.mailbox.reply.vocabulary import several

_NEGATORS = frozenset(["non", "né", "nemmeno", "neppure", "neanche", "nicht"])
# What may stand between "non" and what it negates: pronouns, auxiliaries, adverbs of regret.
_BETWEEN = frozenset(
    several(
        "ci vi si mi ti lo la le gli ne piu poi purtroppo quindi certo sara è sarebbe "
        "risulta in sono siamo saremo avremo avro avra avranno ho abbiamo ha hanno nelle nella "
        "modo alcuna alcun ritiene ritengo stato stata avendo "
        "essendo c v ce ve me te se sia fosse essere del tutto ancora"
    )
)
_LINKS = frozenset(
    several(
        "a ad di della del dell dello alla al all nel nella per poter potere dover dovere "
        "a , che l la il ci vi si mi essere purtroppo ahime quindi pertanto percio infatti"
    )
)
_NOT_DENYING = frozenset(
    several("solo soltanto appena oltre vedo vediamo vede manchero mancheremo manchera prima dopo")
)
_STOPS = frozenset(several("ma e ed o che se pero come solo soltanto quindi pertanto dunque né"))
_NO_CONDITION = frozenset(
    several(
        "anche e , come pure chiedo chiede chiediamo chiedono sapere dire dirmi dirci indicare "
        "indicarmi indicarci capire verificare conoscere chiedere domando domandiamo"
    )
)
_POLITE = frozenset(several("posto problema disturbo fastidio inconveniente dispiace"))
_MISTAKEN = frozenset(several("sbaglio erro disturbo ricordo sbagliamo serve occorre"))
_CONDITIONAL = ("rei", "rebbe", "remmo", "rebbero")
_MOST_LINKS = 4  # words between a refusal and what it refuses
_IF = frozenset(["se", "qualora", "ove", "laddove", "purche"])
_COURTESY_IF = frozenset(
    several(
        "possibile necessario serve servono avete vi occorre volete del gradito gradite "
        "desiderate dovesse dovessero ritenuto anche ti"
    )
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
TURNS = frozenset(["ma", "pero", "tuttavia", "mentre", "bensi", ";", ":"])


def first_word(sentence: Sentence, hit: Hit) -> str:
    """Return the word a cue begins with."""
    return sentence.words[hit.start].norm


def overlap(one: Hit, other: Hit) -> bool:
    """Whether two cues share a word."""
    return one.start < other.end and other.start < one.end


def negated(sentence: Sentence, hit: Hit) -> bool:
    """Whether "non" or its like stands before a verb, its pronouns between."""
    if first_word(sentence, hit) in {"non", "né", "nessun", "nessuno", "nessuna"}:
        return False
    for place in range(hit.start - 1, max(-1, hit.start - 7), -1):
        norm = sentence.words[place].norm
        if norm in _NEGATORS:
            return True
        if norm not in _BETWEEN:
            return False
    return False


def governed(sentence: Sentence, hit: Hit, refusals: list[Hit]) -> bool:
    """Whether a word of coming only completes one of refusing: "impossibilitato a partecipare"."""
    for other in refusals:
        if overlap(hit, other):
            return True
        between = [each.norm for each in sentence.words[other.end : hit.start]]
        nobody = first_word(sentence, other).startswith("nessun") and not TURNS & set(between)
        linked = len(between) <= _MOST_LINKS and set(between) <= _LINKS - {","}
        if other.end <= hit.start and (nobody or linked):
            return True
    return False


def passive(sentence: Sentence, hit: Hit) -> bool:
    """Whether "verrà" only helps another verb: "verrà inviato"."""
    first = sentence.words[hit.start].norm
    if first not in {"viene", "vengono", "verra", "verranno"} or hit.end - hit.start > 1:
        return False
    after = sentence.words[hit.end].norm if hit.end < len(sentence.words) else ""
    return after.endswith(_PASSIVE) and not after.startswith("accompagnat")


def far_negated(sentence: Sentence, hit: Hit) -> bool:
    """Whether a "non" stands further off with no turn between: for a person to look at."""
    if first_word(sentence, hit) in {"non", "né", "nessun", "nessuno", "nessuna"}:
        return False
    for place in range(hit.start - 1, max(-1, hit.start - 6), -1):
        each = sentence.words[place]
        if each.norm in _NEGATORS:
            after = sentence.words[place + 1].norm
            return not (after in _NOT_DENYING or after.endswith("ndo"))
        if not each.text[0].isalnum() or each.norm in _STOPS:
            return False
    return False


def condition_of(sentence: Sentence, at: int, spoken: Iterable[int] = ()) -> str:
    """Say whether a place is ``inside`` a condition, ``after`` one, or in none.

    ``spoken``: where else the sentence speaks of coming; the condition has its own verb.
    """
    start = -1
    for place in range(at):
        norm = sentence.words[place].norm
        after = sentence.words[place + 1].norm if place + 1 < len(sentence.words) else ""
        if _opens_condition(sentence, place):
            start = place
        elif norm == "caso" and after in {"contrario", "di"}:
            return "after"
    if start < 0:
        return "after" if _condition_behind(sentence, at) else ""
    closed = any(w.text in {",", ":", ")"} for w in sentence.words[start + 1 : at])
    return "after" if closed or any(start < one < at for one in spoken) else "inside"


def _opens_condition(sentence: Sentence, place: int) -> bool:
    """Whether a condition begins here, and no courtesy: "se possibile", "se non sbaglio"."""
    following = [each.norm for each in sentence.words[place + 1 : place + 3]]
    if place and sentence.words[place - 1].norm in {"anche", "come"}:
        return False
    if sentence.words[place].norm not in _IF or not following or following[0] in _COURTESY_IF:
        return False
    if {each.norm for each in sentence.words[place + 2 : place + 7]} & _POLITE:
        return False
    return following[0] != "non" or following[-1] not in _COURTESY_IF | _MISTAKEN


def _condition_behind(sentence: Sentence, at: int) -> bool:
    """Whether a condition follows: "parteciperà se gli impegni lo consentono"."""
    words = sentence.words
    for place in range(at + 1, len(words)):
        norm, before = words[place].norm, words[place - 1].norm
        if words[place].text == ";" or norm in TURNS - {":"}:
            return False
        if _opens_condition(sentence, place) and (before == "," or before not in _NO_CONDITION):
            more = "anche" in {word.norm for word in words[place : place + 8]}
            return not more or (before == "," and norm != "se")
    return False


def conditional(sentence: Sentence, hit: Hit) -> bool:
    """Whether a verb is in the conditional mood: "avrebbe piacere di partecipare"."""
    verb = [each.norm for each in sentence.words[max(0, hit.start - 2) : hit.end]]
    return any(norm.endswith(_CONDITIONAL) and len(norm) > 4 for norm in verb)  # noqa: PLR2004
