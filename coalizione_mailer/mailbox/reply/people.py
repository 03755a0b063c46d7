"""Who comes, how many, and whether that is all: names joined to what is said of coming.

A person counts who stands in a sentence that says yes, on the side of the verb where those stand
who come; who delegates, is stood in for, signs for an office, or is greeted does not.
"""

import re
from dataclasses import dataclass, replace

from coalizione_mailer.mailbox.reply.answer import Participant, Verdict
from coalizione_mailer.mailbox.reply.closing import Parts
from coalizione_mailer.mailbox.reply.forms import filled_in, tabled
from coalizione_mailer.mailbox.reply.headcount import more, stated
from coalizione_mailer.mailbox.reply.mention import Mention, merged, same_person
from coalizione_mailer.mailbox.reply.names import mentions_of
from coalizione_mailer.mailbox.reply.sentences import Sentence
from coalizione_mailer.mailbox.reply.signer import (
    SPEAKS_FOR_US,
    author_name,
    signs_for_himself,
    speaks_of_self,
    writer_of,
)
from coalizione_mailer.mailbox.reply.stance import Stance
from coalizione_mailer.mailbox.reply.statements import Event

_INSTEAD = re.compile(
    r"\b(?:in|al|per|su|a|quale)\s(?:sostituzione|posto|luogo|vece|nome|conto"
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

_GREETING = re.compile(
    r"^\s*(?:gent\w{0,9}|egr\w{0,6}|spett\w{0,6}|car[oaie]|carissim\w|ciao|salve"
    r"|buongiorno|buonasera|buon giorno|ill\w{0,6}|preg\w{0,10})\b[^\n]{0,80}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Coming:
    """Who comes; ``missing`` when nobody is named who must be, ``incomplete`` when some are not."""

    participants: tuple[Participant, ...] = ()
    count: int | None = None
    missing: bool = False
    incomplete: bool = False


def coming(parts: Parts, stance: Stance, author: str) -> Coming:
    """Say who comes, from the letter, its signature and the name of the sender's address."""
    if stance.verdict not in {Verdict.YES, Verdict.MAYBE} or not stance.events:
        return Coming()
    people = merged(
        [*filled_in(parts.letter), *(tabled(parts.letter) or _named(parts.letter, stance))]
    )
    writer = writer_of(parts, author)
    if writer is not None and speaks_of_self(parts, stance, writer, others=bool(people)):
        people = merged([writer, *people])
    elif not people and writer is not None and signs_for_himself(parts, stance, writer):
        people = [writer]
    people = [_completed(one, parts, author) for one in people]
    return _counted(parts.letter, stance, people)


def _completed(one: Mention, parts: Parts, author: str) -> Mention:
    """Fill up a bare family name from who signs or sends: "l'assessore Conte", "Ada Conte"."""
    if one.whole:
        return one
    known = [
        *mentions_of(parts.signature, alone=True),
        *mentions_of(author_name(author), alone=True),
    ]
    found = next((each for each in known if each.whole and same_person(one, each)), None)
    return replace(found, role=one.role or found.role) if found else one


def _counted(letter: str, stance: Stance, people: list[Mention]) -> Coming:
    """Add the number that is stated, and say whether all have names."""
    told, extra = stated(letter), more(letter)
    count = told or (len(people) + extra if extra else None)
    unnamed = bool(told and told > len(people)) or bool(extra)
    plural = bool(SPEAKS_FOR_US.search(letter)) and len(people) < 2 and not _office_speaks(letter)  # noqa: PLR2004
    missing = not people
    incomplete = (
        unnamed
        or stance.perhaps_more
        or (stance.who_pending and _open_ended(letter, people))
        or any(not one.whole for one in people)
    )
    if plural and people and not told:
        incomplete = True
    if count is None and people and not incomplete and not stance.earlier:
        count = len(people)
    participants = tuple(Participant(one.name, one.role) for one in people)
    return Coming(participants, count, missing=missing, incomplete=incomplete)


def _office_speaks(letter: str) -> bool:
    """Whether "we" is the office that writes, and not those who come."""
    return not re.search(
        r"\b(?:saremo|parteciperemo|verremo|veniamo|interverremo|partecipiamo"
        r"|ci siamo|arriveremo)\b",
        letter,
        re.IGNORECASE,
    )


def _open_ended(letter: str, people: list[Mention]) -> bool:
    """Whether unnamed companions are promised, and not only the ones already named."""
    return not people or bool(
        re.search(
            r"\b(?:seguir|comunicher|far[oò]|faremo|riserv|qualcun"
            r"|altr[oaie] (?:person|collegh|component|partecip)|eventual|definir"
            r"|un(?:o|a)? (?:collaborat|accompagnat|rappresentan|delegat|colleg"
            r"|funzionari))",
            letter,
            re.IGNORECASE,
        )
    )


def _named(letter: str, stance: Stance) -> list[Mention]:
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
    keep = [one for one in beside if _listed(letter, one) or (not refused and not found)]
    return sorted((*found, *keep), key=lambda one: one.start)


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
            rest = before[found.end() :]
            if len(rest.split()) <= 3 and not re.search(r"[.;:!?]|\b(?:e|ma|ed)\b", rest):  # noqa: PLR2004
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
    nearest = min(events, key=lambda event: (_distance(sentence, event, place, last), event.start))
    delegating = nearest.name == "delegate" and place < nearest.start
    if delegating and _active(sentence.words[nearest.start].norm):
        return False
    return nearest.says is not Verdict.NO


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
    return norm.startswith(
        ("deleg", "incaric", "design", "nomin", "mand", "invi")
    ) and not norm.endswith(("ato", "ata", "ati", "ate"))


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
