"""How many come, where a number is told: "saremo in tre", "più un accompagnatore"."""

import re

from coalizione_mailer.mailbox.reply.names import mentions_of
from coalizione_mailer.mailbox.reply.sentences import number_of
from coalizione_mailer.mailbox.reply.vocabulary import folded

_MORE = re.compile(
    r"(?:\+\s?|\b(?:pi[uù]|oltre ad?|insieme ad?|assieme ad?|unitamente ad?|con"
    r"|accompagnat[oaie] da|e|ed|nonch[eé])\s)"
    r"(?:ad?\s)?(?:altr[ie]\s)?"
    r"(?P<n>un|uno|una|due|tre|quattro|cinque|\d)(?:['\u2019]|\s)(?:altr[oaie]\s"
    r"|mi[oaei]\w?\s|nostr[oaie]\s|su[oaie]\w?\s)?"
    r"(?:accompagnator\w{1,3}|accompagnatric\w{1,2}|collaborator\w{1,3}"
    r"|collaboratric\w{1,2}|collega|collegh[ie]|person[ae]|funzionari\w{0,2}"
    r"|assistent[ei]|tecnic\w{1,2}|dipendent[ei]|amministrator[ei]|assessor[ei]"
    r"|consiglier[ei]|segretari\w{0,2}|ospit[ei]|dirigent[ei]|operator[ei]"
    r"|operatric[ei]|rappresentant[ei]|volontari\w{0,2}|mediator[ei]|interpret[ei])\b",
    re.IGNORECASE,
)

_NAMING = re.compile(r"nominativ|:|\(|cioè|ossia|ovvero|nelle persone|precisamente", re.IGNORECASE)
_FIRST_NAME = re.compile(r"\bio e(?:d)? [A-ZÀ-Ý][a-zà-ÿ]{2,15}\b(?!\s[A-ZÀ-Ý])")
_COUNTED = re.compile(
    r"\b(?:saremo|siamo|saranno|verremo|parteciperemo|veniamo|parteciperanno|sono"
        r"|arriveremo|verranno|interverranno"
        r"|interverremo)\s(?:(?!ed?\s|con\s)[\w']{1,15}\s){0,3}?(?:(?:in|tutti e)\s)?(?P<a>due|tre"
        r"|quattro|cinque|sei|sette|otto|nove|dieci|\d{1,2})\b(?![./:]\d|\s(?:ottobre"
        r"|novembre|settembre|minuti|ore|giorni|km|anni))"
    r"|\b(?:in numero di|per un totale di|totale(?: di| partecipanti| persone)?:?"
        r"|numero (?:di )?(?:partecipanti|persone|presenti):?|n\.? ?partecipanti:?"
        r"|partecipanti:|persone:)[ \t]{0,2}(?:n\.?\s?)?(?P<b>una|uno|un|due|tre"
        r"|quattro|cinque|sei|sette|otto|nove|dieci|\d{1,2})\b(?![./:]\d|\))"
    r"|\b(?:n\.|nr\.|n°|numero)?\s?(?P<c>una|un|due|tre|quattro|cinque|sei|sette"
        r"|otto|nove|dieci|\d{1,2})\s(?:\(\w{1,9}\)\s)?(?:persone|persona|partecipanti"
        r"|rappresentanti|posti|delegati|componenti|amministratori"
        r"|unit[aà])\b(?!\s(?:riservat|auto\b|macchina|in\b|a sedere))",
    re.IGNORECASE,
)  # fmt: skip


def stated(letter: str) -> int | None:
    """Return the number of people that is stated."""
    found = _COUNTED.search(letter)
    if found is None:
        return None
    value = folded(found["a"] or found["b"] or found["c"])
    if found["c"] and value in {"un", "una"} and not re.search(r"persona|posto", found[0]):
        return None
    number = 1 if value in {"un", "una", "uno"} else number_of(value)
    return number if number and number <= 60 else None  # noqa: PLR2004


def more(letter: str) -> int:
    """Return how many companions are told without names."""
    total = 0
    for found in _MORE.finditer(letter):
        rest = letter[found.end() : found.end() + 90]
        rest = re.split(r"[.;\n]", rest, maxsplit=1)[0]
        named = mentions_of(rest)
        if named and (named[0].start <= 12 or _NAMING.search(rest[: named[0].start])):  # noqa: PLR2004
            continue
        value = folded(found["n"])
        total += 1 if value in {"un", "uno", "una"} else number_of(value) or 0
    return total + len(_FIRST_NAME.findall(letter))
