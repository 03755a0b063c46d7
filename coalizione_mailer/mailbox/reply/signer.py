"""Who signs, and whether the one who signs comes: "parteciperò", "il sottoscritto"."""

import re

from coalizione_mailer.mailbox.reply.answer import Verdict
from coalizione_mailer.mailbox.reply.closing import Parts
from coalizione_mailer.mailbox.reply.headcount import stated
from coalizione_mailer.mailbox.reply.mention import Mention, same_person
from coalizione_mailer.mailbox.reply.names import mentions_of
from coalizione_mailer.mailbox.reply.sentences import words_of
from coalizione_mailer.mailbox.reply.stance import Stance
from coalizione_mailer.mailbox.reply.vocabulary import folded, vocabulary

_I = re.compile(
    r"\b(?:partecipo|parteciper[oò]|vengo|verr[oò]|intervengo|interverr[oò]|presenzier[oò]|aderisco"
    r"|sar[oò]|potr[oò]|posso|riesco|prendo parte|prender[oò]|il sottoscritto"
    r"|la sottoscritta|confermo la mia"
    r"|(?:la )?mia (?:presenza|partecipazione|adesione)|personalmente|ci sono"
    r"|conto di|arrivo|arriver[oò]|accetto"
    r"|accolgo|sono liet[oa]|non mancher[oò]|di persona|per me\b|presenza mia"
    r"|verrei|parteciperei|sarei|ci provo|(?:la|lo) scrivente"
    r"|sia io|segnatemi|iscrivetemi|contate su di me|io)\b",
    re.IGNORECASE,
)

SPEAKS_FOR_US = re.compile(
    r"\b(?:partecipiamo|parteciperemo|veniamo|verremo|interverremo|saremo|siamo"
    r"|potremo|possiamo|ci saremo"
    r"|riusciamo|prendiamo parte|prenderemo|nostra (?:presenza|partecipazione"
    r"|adesione)|aderiamo|arriveremo|arriviamo"
    r"|non mancheremo|segnateci|iscriveteci)\b",
    re.IGNORECASE,
)

_MYSELF = re.compile(
    r"\b(?:sottoscritt[oa]|(?:la|lo) scrivente|accompagner[oò]|verrei io"
    r"|vengo io|parteciper[oò] io|io (?:e|ed|che|con|insieme|sar[oò]"
    r"|ci sar[oò])|sia io|e (?:io|il sottoscritto)|(?:la )?mia (?:presenza|partecipazione"
    r"|adesione)|presenza mia|per me|(?:con|insieme a|assieme a) me|anch'io|ci sar[oò]"
    r"|la propria)\b",
    re.IGNORECASE,
)
_WITH_ME = re.compile(
    r"\b(?:(?:con|insieme a|assieme a|oltre a) me|(?:siamo|saremo|verremo) io)\b",
    re.IGNORECASE,
)
_OF_MYSELF = re.compile(r"(?i)\b(?:del|della|e il|e la) (?:sottoscritt|scrivente)")
_OF_ANOTHER = re.compile(
    r"\b(?:presenza|partecipazione|adesione"
    r"|intervento)\s(?:\w{1,20}\s){0,3}?(?:de[l]{1,2}|dell['\u2019]|della|di|dei|degli"
    r"|delle|dello)\b(?!\s?(?:sottoscritt|scrivente))",
    re.IGNORECASE,
)

_SELF_ROLE = re.compile(
    r"\b(?:sono (?:il|la|l['\u2019]|un|una)\s?|in qualit[aà] di\s"
    r"|nella mia qualit[aà] di\s|quale\s|come\s)(?P<role>[^\n.,;:!?]{3,80})",
    re.IGNORECASE,
)


def writer_of(parts: Parts, author: str) -> Mention | None:
    """Return who signs: from the signature, filled up from the name of the sender's address."""
    signature = _signature_name(parts)
    sender = _sending_person(author)
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
    role = best.role or own or (sender.role if sender is not None else "")
    return Mention(best.name, role, 0, 0, 0, whole=best.whole)


def _sending_person(author: str) -> Mention | None:
    """Return the person an address is called after; an office's name is no person's."""
    found = mentions_of(author_name(author), alone=True)
    given = vocabulary().sets["given"]
    people = (one for one in found if _has_given_name(one, given))
    return next(people, None)


def _has_given_name(one: Mention, given: frozenset[str]) -> bool:
    """Whether a given name or an initial is in a name."""
    return any(folded(part) in given or part.endswith(".") for part in one.name.split())


def author_name(author: str) -> str:
    """Return a display name as a name: "ROSSI, Anna" too, offices as they are."""
    family, comma, given = author.partition(",")
    if comma and len(given.split()) <= 2 and family.strip() and given.strip():  # noqa: PLR2004
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
            2 <= len(words) <= 4  # noqa: PLR2004
            and all(word.replace("'", "").isalpha() for word in words)
            and folded(words[0]) in given
        ):
            lifted = " ".join(word.capitalize() for word in words)
            return next(
                iter(
                    mentions_of(
                        lifted + "\n" + "\n".join(parts.signature.split("\n")[1:]),
                        alone=True,
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


def speaks_of_self(parts: Parts, stance: Stance, writer: Mention, *, others: bool) -> bool:
    """Whether the writer says that he comes himself; ``others``: somebody else is named."""
    for event in stance.events:
        if event.says is Verdict.NO or event.sentence >= len(stance.sentences):
            continue
        sentence = stance.sentences[event.sentence].words
        text = parts.letter[sentence[0].start : sentence[-1].end]
        last = min(event.end, len(sentence)) - 1
        said = parts.letter[sentence[event.start].start : sentence[last].end]
        own = re.search(r"\bpropria\b", text) and not re.search(r"(?i)sottoscritt", text)
        if not own and (_I.search(said) or _MYSELF.search(text)):
            beyond = parts.letter[sentence[event.start].start :][: len(said) + 14]
            mine = "mia" in folded(text).split() or bool(_OF_MYSELF.search(text))
            return mine or not _OF_ANOTHER.search(beyond)
    if _WITH_ME.search(parts.letter):
        return True
    included = not others and bool(re.search(r"(?i)\bsaremo\b", parts.letter))
    return included and bool(stated(parts.letter)) and not _is_office(parts, writer)


def signs_for_himself(parts: Parts, stance: Stance, writer: Mention) -> bool:
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
        return False
    return (
        not _OF_ANOTHER.search(letter)
        and not SPEAKS_FOR_US.search(letter)
        and not any(event.name in {"delegate", "list"} for event in stance.events)
    )


def _is_office(parts: Parts, writer: Mention) -> bool:
    """Whether the signature is an office's, whoever's name stands in it."""
    role = folded(writer.role).split()
    if role and role[0] in vocabulary().sets["politicians"]:
        return False
    words = {word.norm for word in words_of(parts.signature)}
    return bool(words & vocabulary().sets["offices"])
