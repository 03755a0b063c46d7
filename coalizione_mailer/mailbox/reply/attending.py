"""Which of the persons a letter names come: who stands on the coming side of the verb.

Who delegates, is stood in for, is greeted or only mentioned does not.
"""

import re
from collections.abc import Iterable, Iterator

from coalizione_mailer.mailbox.reply.answer import Verdict
from coalizione_mailer.mailbox.reply.mention import Mention
from coalizione_mailer.mailbox.reply.names import mentions_of, untitled
from coalizione_mailer.mailbox.reply.sentences import Sentence, Word
from coalizione_mailer.mailbox.reply.stance import Stance
from coalizione_mailer.mailbox.reply.statements import Event
from coalizione_mailer.mailbox.reply.vocabulary import several, vocabulary

_INSTEAD = re.compile(
    r"\b(?:in|al|il|per|su|a|quale)\s(?:sostituzione|posto|luogo|vece|nome|conto"
    r"|incarico|richiesta|delega"
    r"|nome e per conto|firma|disposizione|mandato|rappresentanza)\s"
    r"(?:de[il]\s|dell['\u2019]\s?|della\s|dello\s|di\s)"
    r"|\b(?:anzich[e\u00e8\u00e9]|invece (?:di|del|della|dell['\u2019])"
    r"|non (?:pi[u\u00f9]|gi[a\u00e0])|sostituisce"
    r"|sostituir[a\u00e0]|tolto|togliere|depennare|posto (?:riservato"
    r"|assegnato) (?:a|al|alla|all['\u2019])"
    r"|annullare (?:il nominativo|l['\u2019]iscrizione|la presenza) (?:di|del|della|dell['\u2019])?"
    r"|rivolgersi a|contattare|contatto|chiamare|referente|riferimento"
    r"|salut\w{1,6}|per informazioni|per conoscenza"
    r"|copia|ci legge|ringrazi\w{1,5}|inviat[oa] (?:a|al|alla|da)|scritto (?:a|al"
    r"|da|dal)|moglie|marito|in ricordo"
    r"|funerali? d\w{1,3}|compilat[oa] da|sentit[oa]|parlato con"
    r"|concordat[oa] con|d['\u2019]intesa con|accordi con|colloquio con"
    r"|telefonat[oa] (?:a|con)|disposizione (?:di|del|della)"
    r"|indicazione (?:di|del|della|dell['\u2019])|invito (?:di|del|della)|relatore"
    r"|moderatore|ministro|prefetto)\s?",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:delegat[oaie]|incaricat[oaie]|nominat[oaie]|designat[oaie]|delega"
    r"|firmat[oa])\s(?:a ci[oò]\s)?(?:da|dal|dalla|dall['\u2019]|del|della|dell['\u2019])\s?",
    re.IGNORECASE,
)
_REPLACED = re.compile(
    r"[^.;!?]{0,90}?\b(?:sarà|verrà|viene|è|sara'|verra'|e')\s(?:stat[oa]\s)?"
    r"(?:sostituit[oa]|rimpiazzat[oa])\b",
    re.IGNORECASE,
)
_INTRODUCING = re.compile(
    r"\b(?:nominativ[oi]|il (?:suo )?nome|si chiama|generalità|referente|partecipante)\b"
    r"[^.;!?\n]{0,80}$",
    re.IGNORECASE,
)
_ON_BEHALF = re.compile(
    r"\b(?:a|per|su)\s(?:nome|conto|incarico|richiesta|disposizione|indicazione)\s"
    r"(?:de[il]\s|dell['\u2019]\s?|della\s|di\s)$",
    re.IGNORECASE,
)

_OFFICES = frozenset(several("sindaco sindaca vicesindaco vicesindaca assessore assessora"))
_PRONOUNS = frozenset(several("ci vi quindi pertanto personalmente anche sia con e"))
_THROUGH = ("rappresentat", "sostituit", "deleg", "tramite", "mezzo", "attraverso")

# Another stands between, or what is said ends.
_OTHER = re.compile(
    r"[.;:!?]|\b(?:e|ma|ed|(?:vice)?sindac[oa]|assessor[ea]|presidente|consiglier[ea]"
    r"|ente|comune|amministrazione|citt[a\u00e0]|interverr\w{1,5}|parteciper\w{1,5}"
    r"|partecipa|interviene|presenzier\w{1,5}|sar[a\u00e0]|verr[a\u00e0])\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\s*(?:gent\w{0,9}|egr\w{0,6}|spett\w{0,6}|car[oaie]|carissim\w|ciao|salve"
    r"|buongiorno|buonasera|buon giorno|ill\w{0,6}|preg\w{0,10})\b[^\n]{0,80}$",
    re.IGNORECASE,
)


def attending(letter: str, stance: Stance) -> list[Mention]:
    """Return the persons of the letter who come."""
    mentions = mentions_of(letter)
    spans = _spans(stance)
    refused = any(event.says is Verdict.NO for event in stance.events)
    found: list[Mention] = []
    beside: list[Mention] = []
    for mention in mentions:
        if _left_out(letter, mention):
            continue
        at = _sentence_of(spans, mention.start)
        events = [event for event in stance.events if event.sentence == at]
        if not events:
            beside.append(mention)
        elif _comes(stance, events, mention):
            found.append(mention)
    alone = not refused and not found
    keep = [one for one in beside if alone or _listed(letter, one) or _introduced(letter, one)]
    for one in beside:
        if one not in keep and _goes_on(letter, one, (*found, *keep)):
            keep.append(one)
    if not found and not keep:
        return [one for one in mentions if _spoken_for(letter, one)]
    return sorted((*found, *keep), key=lambda one: one.start)


def _goes_on(letter: str, mention: Mention, taken: Iterable[Mention]) -> bool:
    """Whether a name begins the line below one that begins with a person who comes."""
    start = letter.rfind("\n", 0, mention.start) + 1
    above = letter.rfind("\n", 0, max(0, start - 1)) + 1
    if _untitled_start(letter[start : mention.start]) or start == 0:
        return False
    return any(
        above <= one.start < start and not _untitled_start(letter[above : one.start])
        for one in taken
    )


def introduced(letter: str) -> list[Mention]:
    """Return the persons of a letter that says neither yes nor no, but whose name is told."""
    return [one for one in mentions_of(letter) if _introduced(letter, one)]


def _introduced(letter: str, mention: Mention) -> bool:
    """Whether a sentence is there to tell a name: "il nominativo del Sindaco è …"."""
    return bool(_INTRODUCING.search(letter[max(0, mention.start - 90) : mention.start]))


def _spoken_for(letter: str, mention: Mention) -> bool:
    """Whether somebody writes for this person: "rispondo a nome della Sindaca …"."""
    start = min(mention.start, mention.role_start)
    return bool(_ON_BEHALF.search(letter[max(0, start - 60) : start]))


def _spans(stance: Stance) -> list[tuple[int, int]]:
    return [(each.words[0].start, each.words[-1].end) for each in stance.sentences if each.words]


def _sentence_of(spans: list[tuple[int, int]], place: int) -> int:
    return next((n for n, (start, end) in enumerate(spans) if start <= place < end), -1)


def _left_out(letter: str, mention: Mention) -> bool:
    """Whether a person is greeted, stood in for, asked for, or has delegated."""
    start = min(mention.start, mention.role_start)
    before = letter[max(0, start - 60) : start]
    before = before[before.rfind("\n\n") + 1 :]
    tail = before.rstrip(" \"'“\u2018(")
    for pattern in (_INSTEAD, _BY):
        for found in pattern.finditer(before):
            rest = untitled(before[found.end() :])[0]
            if len(rest.split()) <= 3 and not _OTHER.search(rest):  # noqa: PLR2004
                return True
    if _REPLACED.match(letter[mention.end : mention.end + 140]):
        return True
    line_start = letter.rfind("\n", 0, mention.start) + 1
    line_end = letter.find("\n", mention.end)
    line = letter[line_start : line_end if line_end >= 0 else len(letter)]
    if (
        _GREETING.match(line)
        and len(letter[line_start : mention.start].split()) <= 5  # noqa: PLR2004
        and not re.search(r"[,:]\s|\bsono\b", letter[line_start : mention.start])
    ):
        return True
    if (
        _GREETING.match(letter[line_start : mention.start])
        and len(letter[line_start : mention.start].split()) <= 4  # noqa: PLR2004
        and letter[mention.end : mention.end + 1] in ",!"
        and "," not in letter[line_start : mention.start]
    ):
        return True
    return tail.lower().endswith(
        ("autista", "autista,", "presieduta da", "presieduto da", "intitolata a", "via", "piazza")
    )


def _comes(stance: Stance, events: list[Event], mention: Mention) -> bool:
    """Whether what is said nearest to a name says that this one comes."""
    sentence = stance.sentences[events[0].sentence]
    place = next((n for n, each in enumerate(sentence.words) if each.start >= mention.start), 0)
    last = next(
        (n for n, each in enumerate(sentence.words) if each.start >= mention.end),
        len(sentence.words),
    )
    aside = [one for one in events if place < one.start and _turned(sentence, one)]
    events = [one for one in events if one not in aside] or events
    nearest = min(events, key=lambda event: (_distance(sentence, event, place, last), event.start))
    delegating = nearest.name == "delegate" and place < nearest.start
    if delegating and _active(sentence.words[nearest.start].norm):
        return False
    return nearest.says is not Verdict.NO


def _turned(sentence: Sentence, event: Event) -> bool:
    """Whether what is said only holds for who stands behind it: "bensì l'assessore …"."""
    return sentence.words[event.start].norm == "bensi"


def _distance(sentence: Sentence, event: Event, place: int, last: int) -> int:
    """Count the words between, and more for a stop between."""
    words = sentence.words
    if event.start <= place < event.end:
        return 0
    low, high = (event.end, place) if event.end <= place else (last, event.start)
    between = words[low:high]
    return (
        len(between)
        + sum(3 for each in between if each.text in {",", ";", ":"})
        + sum(12 for each in between if each.norm in {"ma", "pero", "tuttavia", "mentre", "bensi"})
    )


def _active(norm: str) -> bool:
    """Whether it is the subject who delegates or sends: "delega", not "è delegato"."""
    return norm in {"ha", "ho", "hanno", "abbiamo"} or (
        norm.startswith(("deleg", "incaric", "design", "nomin", "mand", "invi", "conferi", "affid"))
        and not norm.endswith(("ato", "ata", "ati", "ate"))
    )


def _listed(letter: str, mention: Mention) -> bool:
    """Whether a person stands in a list or a table."""
    start = letter.rfind("\n", 0, mention.start) + 1
    end = letter.find("\n", mention.end)
    line = letter[start : end if end >= 0 else len(letter)]
    if "|" in line or "   " in line or re.match(r"\s*(?:[-*•·]|\d{1,2}[.)])\s", line):
        return True
    before = _untitled_start(letter[start : mention.start])
    block = (
        letter[: max(0, start - 1)].rpartition("\n\n")[2] or letter[: max(0, start - 1)].rstrip()
    )
    headed = any(each.rstrip().endswith(":") for each in block.split("\n"))
    return headed and not before and len(line) <= 90 and line.rstrip()[-1:] not in ".?!:"  # noqa: PLR2004


def _untitled_start(text: str) -> str:
    """Return what stands before a name in its line, titles left out."""
    return re.sub(r"(?:\b[A-Za-z]{1,6}\.\s?(?:ssa|ra)?\s?){1,3}", "", text).strip()


def nameless(letter: str, stance: Stance, people: list[Mention]) -> list[str]:
    """Return the offices that come and whose holders have no name: "il Sindaco e l'assessore X"."""
    mentions = mentions_of(letter)
    found: dict[str, None] = {}
    for event in stance.events:
        if event.says is Verdict.NO or event.name not in {"attend", "yes"}:
            continue
        words = stance.sentences[event.sentence].words
        if any(each.norm.startswith(_THROUGH) for each in words[event.start : event.end + 2]):
            continue
        for place in (*_beside(event, words), *_subject(event, words)):
            office = words[place]
            named = any(
                min(one.role_start, one.start) <= office.end and office.start <= one.end
                for one in mentions
            )
            if not named:
                found[office.norm] = None
    held = {word[:-1] for one in people for word in one.role.split()}
    return [office for office in found if office[:-1] not in held]


def _beside(event: Event, words: tuple[Word, ...]) -> Iterator[int]:
    """Give the places of offices that stand right before a verb of coming or right behind it."""
    for place in range(max(1, event.start - 3), min(len(words), event.end + 4)):
        if words[place].norm not in _OFFICES or words[place - 1].norm not in {"il", "la", "l"}:
            continue
        between = words[event.end : place - 1]
        if place < event.start:
            between = words[place + 1 : event.start]
        if all(each.norm in _PRONOUNS for each in between):
            yield place


def _subject(event: Event, words: tuple[Word, ...]) -> Iterator[int]:
    """Give the place of the office a sentence begins with: "Il Sindaco mi dice che verrà"."""
    begins = len(words) > 1 and words[0].norm in {"il", "la", "l"} and words[1].norm in _OFFICES
    reported = event.start > 1 and words[event.start - 1].norm == "che"
    roles = vocabulary().sets["roles"]
    nobody = not any(
        each.capital or each.norm in roles for each in words[event.end : event.end + 4]
    )
    if begins and reported and nobody:
        yield 1


def somebody_else(letter: str, stance: Stance) -> bool:
    """Whether a no is followed by somebody with a role: perhaps the one who comes instead."""
    refused = [event for event in stance.events if event.says is Verdict.NO]
    if not refused:
        return False
    last = refused[-1]
    words = stance.sentences[last.sentence].words
    end = words[min(last.end, len(words)) - 1].end if words else 0
    return any(
        one.start > end and one.role and not _left_out(letter, one) for one in mentions_of(letter)
    )
