"""Who comes, how many, and whether that is all: names joined to what is said of coming.

A person counts who stands in a sentence that says yes, on the side of the verb where those stand
who come; who delegates, is stood in for, signs for an office, or is greeted does not.
"""

import re
from dataclasses import dataclass, replace

from coalizione_mailer.mailbox.reply.answer import Participant, Verdict
from coalizione_mailer.mailbox.reply.closing import Parts
from coalizione_mailer.mailbox.reply.names import Mention, mentions_of, merged, same_person
from coalizione_mailer.mailbox.reply.sentences import number_of, words_of
from coalizione_mailer.mailbox.reply.stance import Event, Stance
from coalizione_mailer.mailbox.reply.vocabulary import folded, vocabulary

_I = re.compile(
    r"\b(?:partecipo|parteciper[oò]|vengo|verr[oò]|intervengo|interverr[oò]|presenzier[oò]|aderisco"
    r"|sar[oò]|potr[oò]|posso|riesco|prendo parte|prender[oò]|il sottoscritto"
    r"|la sottoscritta|confermo la mia"
    r"|(?:la )?mia (?:presenza|partecipazione|adesione)|personalmente|ci sono"
    r"|conto di|arrivo|arriver[oò]|accetto"
    r"|accolgo|sono liet[oa]|non mancher[oò]|di persona|per me\b|presenza mia"
    r"|sia io|segnatemi|iscrivetemi|contate su di me|io)\b",
    re.IGNORECASE,
)
_WE = re.compile(
    r"\b(?:partecipiamo|parteciperemo|veniamo|verremo|interverremo|saremo|siamo"
    r"|potremo|possiamo|ci saremo"
    r"|riusciamo|prendiamo parte|prenderemo|nostra (?:presenza|partecipazione"
    r"|adesione)|aderiamo|arriveremo|arriviamo"
    r"|non mancheremo|segnateci|iscriveteci)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\b(?:confermo|confermato|ok|presente|volentieri|d'accordo|va bene|s[iì])\b", re.IGNORECASE
)
_OF_ANOTHER = re.compile(
    r"\b(?:presenza|partecipazione|adesione"
    r"|intervento)\s(?:\w{1,20}\s){0,3}?(?:de[l]{1,2}|dell['\u2019]|della|di|dei|degli"
    r"|delle|dello)\b",
    re.IGNORECASE,
)
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
_MORE = re.compile(
    r"\b(?:pi[uù]|oltre a|insieme a|assieme a|con|accompagnat[oaie] da|e|ed|nonch[eé])\s(?:a\s)?"
    r"(?P<n>un|uno|una|due|tre|quattro|cinque|\d)(?:['\u2019]|\s)(?:altr[oaie]\s"
    r"|mi[oaei]\w?\s|nostr[oaie]\s|su[oaie]\w?\s)?"
    r"(?:accompagnator\w{1,3}|accompagnatric\w{1,2}|collaborator\w{1,3}"
    r"|collaboratric\w{1,2}|collega|collegh[ie]|person[ae]|funzionari\w{0,2}"
    r"|assistent[ei]|tecnic\w{1,2}|dipendent[ei]|amministrator[ei]|assessor[ei]"
    r"|consiglier[ei]|segretari\w{0,2})",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(?:saremo|siamo|saranno|verremo|parteciperemo|veniamo|parteciperanno|sono"
        r"|arriveremo|verranno|interverranno"
        r"|interverremo)\s(?:[\w']{1,15}\s){0,3}?(?:(?:in|tutti e)\s)?(?P<a>due|tre"
        r"|quattro|cinque|sei|sette|otto|nove|dieci|\d{1,2})\b(?![./:]\d|\s(?:ottobre"
        r"|novembre|settembre|minuti|ore|giorni|km|anni))"
    r"|\b(?:in numero di|per un totale di|totale(?: di| partecipanti| persone)?:?"
        r"|numero (?:di )?(?:partecipanti|persone|presenti):?|n\.? ?partecipanti:?"
        r"|partecipanti:|persone:)[ \t]{0,2}(?:n\.?\s?)?(?P<b>una|uno|un|due|tre"
        r"|quattro|cinque|sei|sette|otto|nove|dieci|\d{1,2})\b(?![./:]\d|\))"
    r"|\b(?:n\.|nr\.|n°|numero)?\s?(?P<c>una|un|due|tre|quattro|cinque|sei|sette"
        r"|otto|nove|dieci|\d{1,2})\s(?:\(\w{1,9}\)\s)?(?:persone|persona|partecipanti"
        r"|rappresentanti|posti|delegati|componenti|unit[aà])\b",
    re.IGNORECASE,
)  # fmt: skip
_KEY = re.compile(
    r"^[\s*•-]{0,6}(?P<key>nome e cognome|cognome e nome|nome|cognome|nominativo"
    r"|partecipante|delegato|delegata|carica|ruolo|qualifica|funzione"
    r"|incarico)\s{0,3}(?:\([^)\n]{1,30}\)\s{0,2})?[:=|]\s{0,4}(?P<value>[^\n"
    r"|]{1,100})",
    re.IGNORECASE | re.MULTILINE,
)
_SELF_ROLE = re.compile(
    r"\b(?:sono (?:il|la|l['\u2019]|un|una)\s?|in qualit[aà] di\s"
    r"|nella mia qualit[aà] di\s|quale\s|come\s)(?P<role>[^\n.,;:!?]{3,80})",
    re.IGNORECASE,
)
_HEADINGS = {
    "nome": "given", "cognome": "family", "nominativo": "whole", "nominativi": "whole",
    "nome e cognome": "whole", "cognome e nome": "whole", "cognome nome": "whole",
    "nome cognome": "whole", "nome/cognome": "whole", "partecipante": "whole",
    "partecipanti": "whole", "delegato": "whole", "carica": "role", "ruolo": "role",
    "qualifica": "role", "funzione": "role", "incarico": "role", "telefono": "other",
    "cellulare": "other", "tel": "other", "email": "other", "e-mail": "other", "mail": "other",
    "recapito": "other", "comune": "other", "ente": "other", "n": "other", "nr": "other",
    "titolo": "other", "note": "other", "contatti": "other", "settore": "other", "#": "other",
}  # fmt: skip
_OTHERS_COME = re.compile(
    r"\b(?:accompagnat[oaie]|insieme|assieme|con (?:me|noi)|anche|delegazione)\b", re.IGNORECASE
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
        [*_keyed(parts.letter), *(_tabled(parts.letter) or _named(parts.letter, stance))]
    )
    perhaps = stance.perhaps_more
    writer = _writer(parts, author)
    if writer is not None and _speaks_of_self(parts, stance, bool(people), writer):
        people = merged([writer, *people])
    elif not people and writer is not None and _signed_by_office_holder(parts, stance, writer):
        people = [writer]
    people = [_completed(one, parts, author) for one in people]
    return _counted(parts.letter, stance, people, perhaps)


def _completed(one: Mention, parts: Parts, author: str) -> Mention:
    """Fill up a bare family name from who signs or sends: "l'assessore Conte", "Ada Conte"."""
    if one.whole:
        return one
    known = [*mentions_of(parts.signature, alone=True), *mentions_of(_author(author), alone=True)]
    found = next((each for each in known if each.whole and same_person(one, each)), None)
    return replace(found, role=one.role or found.role) if found else one


def _counted(letter: str, stance: Stance, people: list[Mention], perhaps: bool) -> Coming:
    """Add the number that is stated, and say whether all have names."""
    stated = _stated(letter)
    more = _more(letter)
    total = len(people) + more if more else None
    count = stated or total
    unnamed = bool(stated and stated > len(people)) or bool(more)
    plural = bool(_WE.search(letter)) and len(people) < 2 and not _office_speaks(letter)
    missing = not people
    incomplete = (
        unnamed
        or perhaps
        or (stance.who_pending and _open_ended(letter, people))
        or any(not one.whole for one in people)
    )
    if plural and people and not stated:
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
            if len(rest.split()) <= 3 and not re.search(r"[.;:!?]|\b(?:e|ma|ed)\b", rest):
                return True
    line_start = letter.rfind("\n", 0, mention.start) + 1
    line_end = letter.find("\n", mention.end)
    line = letter[line_start : line_end if line_end >= 0 else len(letter)]
    if (
        _GREETING.match(line)
        and len(letter[line_start : mention.start].split()) <= 5
        and not re.search(r"[,:]\s|\bsono\b", letter[line_start : mention.start])
    ):
        return True
    if (
        _GREETING.match(letter[line_start : mention.start])
        and len(letter[line_start : mention.start].split()) <= 4
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
    if (
        nearest.name == "delegate"
        and place < nearest.start
        and _active(sentence.words[nearest.start].norm)
    ):
        others = [event for event in events if event.name != "delegate"]
        return (
            bool(others)
            and min(others, key=lambda e: _distance(sentence, e, place, last)).says
            is not Verdict.NO
            and any(e.name == "attend" and e.start > place for e in others)
            and False
        )
    return nearest.says is not Verdict.NO


def _distance(sentence: object, event: Event, place: int, last: int) -> int:
    """Count the words between, and more for a stop between."""
    words = sentence.words  # type: ignore[attr-defined]
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
    block = letter[: max(0, start - 1)].split("\n\n")[-1] or letter[: max(0, start - 1)].rstrip()
    headed = any(each.rstrip().endswith(":") for each in block.split("\n"))
    return headed and not before and len(line) <= 90 and line.rstrip()[-1:] not in ".?!:"


def _untitled_start(text: str) -> str:
    """Return what stands before a name in its line, titles left out."""
    return re.sub(r"(?:\b[A-Za-z]{1,6}\.\s?(?:ssa|ra)?\s?){1,3}", "", text).strip()


def _keyed(letter: str) -> list[Mention]:
    """Read a form filled in: "Nome: Anna", "Cognome: Verdi", "Carica: sindaca"."""
    people: list[dict[str, str]] = []
    for found in _KEY.finditer(letter):
        key = folded(found["key"])
        value = " ".join(found["value"].split()).strip(" .,;*_")
        kind = {
            "carica": "role",
            "ruolo": "role",
            "qualifica": "role",
            "funzione": "role",
            "incarico": "role",
            "nome": "given",
            "cognome": "family",
        }.get(key, "whole")
        if (
            not people
            or (kind in people[-1] and kind != "role")
            or (kind == "whole" and people[-1])
        ):
            people.append({})
        people[-1].setdefault(kind, value)
    return [mention for each in people if (mention := _from_form(each)) is not None]


def _tabled(letter: str) -> list[Mention]:
    """Read a table by its heading: "Cognome | Nome | Carica", or columns parted by blanks."""
    found: list[Mention] = []
    kinds: list[str] = []
    for line in letter.split("\n"):
        cells = _cells(line)
        named = [_HEADINGS.get(folded(cell).strip(" :.*"), "") for cell in cells]
        if sum(bool(kind) for kind in named) >= 2:
            kinds = named
        elif kinds and len(cells) == len(kinds):
            person: dict[str, str] = {}
            for kind, cell in zip(kinds, cells, strict=True):
                if kind and cell:
                    person.setdefault(kind, cell)
            if (mention := _from_form(person)) is not None:
                found.append(mention)
        elif line.strip():
            kinds = []
    return found


def _cells(line: str) -> list[str]:
    """Return the cells of a line of a table; one for any other line."""
    parts = (
        line.strip().strip("|").split("|")
        if "|" in line
        else re.split(r"\t|\s{3,60}", line.strip())
    )
    return [part.strip() for part in parts]


def _from_form(each: dict[str, str]) -> Mention | None:
    whole = each.get("whole") or " ".join(
        part for part in (each.get("given"), each.get("family")) if part
    )
    if not whole:
        return None
    found = mentions_of(f"sig. {whole.title() if whole.islower() or whole.isupper() else whole}")
    if not found:
        return None
    role = each.get("role", "").lower() or found[0].role
    return Mention(found[0].name, role, 0, 0, 0, whole=found[0].whole)


def _writer(parts: Parts, author: str) -> Mention | None:
    """Return who signs: from the signature, filled up from the name of the sender's address."""
    signature = _signature_name(parts)
    sender = next(iter(mentions_of(_author(author), alone=True)), None)
    own = _own_role(parts.letter)
    if signature is None and sender is None:
        return None
    if signature is None:
        assert sender is not None
        return Mention(sender.name, own or sender.role, 0, 0, 0, whole=sender.whole)
    best = signature
    if (
        sender is not None
        and same_person(signature, sender)
        and sender.whole
        and len(sender.name.replace(".", "")) > len(signature.name.replace(".", ""))
    ):
        best = Mention(sender.name, signature.role, 0, 0, 0)
    return Mention(best.name, best.role or own, 0, 0, 0, whole=best.whole)


def _author(author: str) -> str:
    """Return a display name as a name: "ROSSI, Anna" too, offices as they are."""
    family, comma, given = author.partition(",")
    if comma and len(given.split()) <= 2 and family.strip() and given.strip():
        return f"{given.strip()} {family.strip()}"
    return author.strip()


def _signature_name(parts: Parts) -> Mention | None:
    found = mentions_of(parts.signature, alone=True)
    if found:
        return found[0]
    for line in parts.signature.split("\n")[:3]:
        words = line.strip(" ,.-").split()
        given = vocabulary().sets["given"]
        if (
            2 <= len(words) <= 4
            and all(word.replace("'", "").isalpha() for word in words)
            and folded(words[0]) in given
        ):
            lifted = " ".join(word.capitalize() for word in words)
            return next(
                iter(
                    mentions_of(
                        lifted + "\n" + "\n".join(parts.signature.split("\n")[1:]), alone=True
                    )
                ),
                None,
            )
    return None


def _own_role(letter: str) -> str:
    """Return the role the writer gives himself: "sono il vicesindaco di …"."""
    for found in _SELF_ROLE.finditer(letter):
        role = found["role"].strip()
        words = words_of(role)
        if words and words[0].norm in vocabulary().sets["roles"]:
            mention = next(iter(mentions_of(f"Anna Xyz, {role}")), None)
            return mention.role if mention else ""
    return ""


def _speaks_of_self(parts: Parts, stance: Stance, others: bool, writer: Mention) -> bool:
    """Whether the writer says that he comes himself."""
    for event in stance.events:
        if event.says is Verdict.NO or event.sentence >= len(stance.sentences):
            continue
        sentence = stance.sentences[event.sentence]
        start, end = sentence.words[0].start, sentence.words[-1].end
        text = parts.letter[start:end]
        words = parts.letter[
            sentence.words[event.start].start : sentence.words[
                min(event.end, len(sentence.words)) - 1
            ].end
        ]
        if _I.search(words) or re.search(
            r"\b(?:sottoscritt[oa]|vengo io|parteciper[oò] io|io (?:e|ed|che|con"
            r"|insieme|sar[oò]|ci sar[oò])|sia io|e (?:io|il sottoscritto)"
            r"|(?:la )?mia (?:presenza|partecipazione|adesione)|presenza mia"
            r"|per me|ci sar[oò]|la propria)\b",
            text,
            re.IGNORECASE,
        ):
            if re.search(r"\bpropria\b", text) and not re.search(
                r"sottoscritt", text, re.IGNORECASE
            ):
                continue
            return not _OF_ANOTHER.search(words) or "mia" in folded(text).split()
    if (
        re.search(r"\bsaremo\b", folded(parts.letter))
        and not others
        and _stated(parts.letter)
        and not _is_office(parts, writer)
    ):
        return True
    return False


def _signed_by_office_holder(parts: Parts, stance: Stance, writer: Mention) -> bool:
    """Whether a bare "confermo" is signed by one who would come, not by an office."""
    role = folded(writer.role).split()
    politician = bool(role) and role[0] in vocabulary().sets["politicians"]
    letter = parts.letter
    if (
        politician
        and role[0] in {"sindaco", "sindaca"}
        and re.search(r"\b(?:il|la) sindac[oa]\b", letter, re.IGNORECASE)
    ):
        return True
    if not politician:
        return (
            bool(_BARE.search(letter))
            and not writer.role
            and not _is_office(parts, writer)
            and False
        )
    return (
        not _OF_ANOTHER.search(letter)
        and not _WE.search(letter)
        and not any(event.name in {"delegate", "list"} for event in stance.events)
    )


def _is_office(parts: Parts, writer: Mention) -> bool:
    """Whether the signature is an office's, whoever's name stands in it."""
    role = folded(writer.role).split()
    if role and role[0] in vocabulary().sets["politicians"]:
        return False
    words = {word.norm for word in words_of(parts.signature)}
    return bool(words & vocabulary().sets["offices"])


def _stated(letter: str) -> int | None:
    """Return the number of people that is stated."""
    found = _COUNTED.search(letter)
    if found is None:
        return None
    value = folded(found["a"] or found["b"] or found["c"])
    if found["c"] and value in {"un", "una"} and not re.search(r"persona|posto", found[0]):
        return None
    number = 1 if value in {"un", "una", "uno"} else number_of(value)
    return number if number and number <= 60 else None


def _more(letter: str) -> int:
    """Return how many companions are told without names."""
    total = 0
    for found in _MORE.finditer(letter):
        rest = letter[found.end() : found.end() + 60]
        named = mentions_of(rest)
        if named and named[0].start <= 12:
            continue
        value = folded(found["n"])
        total += 1 if value in {"un", "uno", "una"} else number_of(value) or 0
    return total
