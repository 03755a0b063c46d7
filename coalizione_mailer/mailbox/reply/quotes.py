"""Where a quoted message begins: headers, attributions and rules of the mail programs.

Told by their form (RFC 3676, 4.5), each by looking at one line, or at a few after it: linear.
"""

import re

from coalizione_mailer.mailbox.reply.vocabulary import several

_HEADER_LINES = 6  # lines of a quoted header among which it shows itself
_HEADER = re.compile(
    r"[*_ \t]{0,4}(?P<name>[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ' -]{0,24}?)[*_ \t]{0,3}:[*_]{0,2}(?=\s"
    r"|$)(?P<value>.{0,400})"
)
_UNMARKED = re.compile(
    r"(?P<name>Da|A|Cc|Ccn|Data|Oggetto|From|To|Date|Subject)(?:\s{1,4}(?=[\"'<\w])|\s{0,3}$)"
)
_SENDER = frozenset(["da", "from", "von", "de", "mittente", "od"])
_OTHERS = frozenset(
    several(
        "inviato a oggetto data sent to subject date gesendet an betreff envoyé envoye à "
        "objet cc ccn ogg per datum poslano za zadeva reply-to inviata"
    )
)
RULED = re.compile(
    r"[>\s]{0,6}[-_=*\s]{2,60}(?:inizio\s|begin\s)?\s{0,3}"
    r"(?:messaggio\s(?:originale|inoltrato|originario)|original[\s-]message|forwarded\smessage"
    r"|messaggio\sdi\sposta\soriginale|message\sd'origine|message\soriginal"
    r"|ursprüngliche\snachricht"
    r"|weitergeleitete\snachricht|original\snachricht|inoltrato\sda)",
    re.IGNORECASE,
)
BARE = re.compile(
    r"\s{0,6}(?:inizio\smessaggio\sinoltrato|begin\sforwarded\smessage|inizio\sdel\smessaggio\s"
    r"inoltrato|messaggio\s(?:originale|inoltrato))\s{0,3}:?\s{0,6}$",
    re.IGNORECASE,
)
_ATTRIBUTED = re.compile(
    r"(?:ha\sscritto|ha\sinviato|scrive|scriveva|wrote|schrieb|a\sécrit|a\secrit"
    r"|je\snapisal\w{0,2})\s{0,3}"
    r"(?:quanto\ssegue)?\s{0,3}:\s{0,6}$",
    re.IGNORECASE,
)
_ATTRIBUTING = re.compile(
    r"[>\s]{0,6}(?:il\s(?:giorno\s)?|in\sdata\s|on\s|am\s|le\s|(?:lun|mar|mer|gio|ven"
    r"|sab|dom|mon|tue|wed|thu|fri|sat|sun)(?:[a-zì]{2,8})?[.,]?\s|\d|alle\sore|nel\smessaggio)",
    re.IGNORECASE,
)
RULE = re.compile(r"\s{0,6}[_-]{8,200}\s{0,6}$")


def header_at(lines: list[str], at: int) -> bool:
    """Whether a quoted header begins here: its sender, and soon two others of its fields."""
    first = _header_name(lines[at])
    if first not in _SENDER and first not in {"oggetto", "subject", "inviato", "sent", "data"}:
        return False
    names = {_header_name(line) for line in lines[at : at + _HEADER_LINES]}
    others = names & _OTHERS
    marked = sum(1 for line in lines[at : at + _HEADER_LINES] if _HEADER.match(line[:500]))
    enough = 2 if marked > 1 else 3  # "Da …", "A …" begin sentences too
    return bool(names & _SENDER) and len(others) >= enough and (first in _SENDER or len(others) > 2)  # noqa: PLR2004


def _header_name(line: str) -> str:
    found = _HEADER.match(line[:500])
    if found is None:  # Aruba's pages leave the colons out
        found = _UNMARKED.match(line[:500])
    return found["name"].strip().lower() if found else ""


def attribution(lines: list[str], at: int) -> int:
    """Return how many lines an attribution takes here, "Il giorno … ha scritto:"; none: 0."""
    if not _ATTRIBUTING.match(lines[at][:200]):
        return 0
    text = ""
    for count in range(1, 4):
        if at + count > len(lines) or blank(lines[at + count - 1]):
            return 0
        text += " " + lines[at + count - 1][:500].strip()
        if _ATTRIBUTED.search(text[-60:]) and re.search(r"\d|@", text):
            begins_later = count > 1 and attribution(lines[: at + count], at + count - 1)
            return 0 if begins_later else count
    return 0


def marked_soon(lines: list[str], at: int) -> bool:
    """Whether what an attribution announces is marked; else all that follows is quoted."""
    following = [line for line in lines[at : at + 12] if not blank(line)]
    return not following or any(line.lstrip().startswith(">") for line in following[:3])


def after_quote(lines: list[str], at: int) -> int:
    """Return where what a header begins ends: at the end, unless ``>`` marks what is quoted."""
    place = at
    while place < len(lines) and not blank(lines[place]):
        place += 1
    while place < len(lines) and blank(lines[place]):
        place += 1
    if place < len(lines) and lines[place].lstrip().startswith(">"):
        return place
    return len(lines)


def without_rule(lines: list[str], own: list[int]) -> int:
    """Return how many own lines are left without the rule drawn above a quoted header."""
    kept = len(own)
    while kept and blank(lines[own[kept - 1]]):
        kept -= 1
    return kept - 1 if kept and RULE.match(lines[own[kept - 1]]) else kept


def blank(line: str) -> bool:
    """Whether a line has nothing to read."""
    return not line.strip()
