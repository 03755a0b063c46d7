"""What the writer wrote, apart from what the mail program quoted or added and the lawyers added.

Quotes are told by their form (RFC 3676, 4.5: ``>``; headers, attributions and rules of the mail
programs), so that answers between quoted lines are kept. Everything looks at one line, or at a few
after it: linear.
"""

import re
from dataclasses import dataclass

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.reply.page import COLOURED, PLAIN, page_lines
from coalizione_mailer.mailbox.reply.vocabulary import folded, several, vocabulary

MOST_LINES = 4000
"""Lines of a message that are read; what a person writes stands in the first."""
MOST_LINE = 20_000
"""Characters of one line that are looked at."""
# Windows' letters under the name of ISO 8859-1, as all mail programs show them (WHATWG Encoding).
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0)}
_LONGEST_STAMP = 140  # characters; what is longer is a sentence
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
_RULED = re.compile(
    r"[>\s]{0,6}[-_=*\s]{2,60}(?:inizio\s|begin\s)?\s{0,3}"
    r"(?:messaggio\s(?:originale|inoltrato|originario)|original[\s-]message|forwarded\smessage"
    r"|messaggio\sdi\sposta\soriginale|message\sd'origine|message\soriginal"
    r"|ursprüngliche\snachricht"
    r"|weitergeleitete\snachricht|original\snachricht|inoltrato\sda)",
    re.IGNORECASE,
)
_BARE = re.compile(
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
_RULE = re.compile(r"\s{0,6}[_-]{8,200}\s{0,6}$")


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The lines a person wrote; ``quoted`` what stood below or between, without marks.

    ``merged``: answers are written, in colour, into what is quoted. ``forwarded``: what is quoted
    is a message passed on.
    """

    text: str
    quoted: str = ""
    merged: bool = False
    forwarded: bool = False
    interlinear: bool = False


def own_words(tree: mime.Part) -> OwnWords:
    """Return the writer's own words of a message; never raises."""
    lines = _lines(tree)
    own, quoted, forwarded = _parted(lines)
    merged = _in_colour(lines, own, quoted)
    between = _between(own, quoted, lines)
    kept = _without_client_lines(_without_notices([lines[at] for at in own]))
    return OwnWords(
        text=_plain("\n".join(kept)).strip(),
        quoted=_plain("\n".join(_unmarked(lines[at]) for at in quoted)).strip(),
        merged=merged,
        forwarded=forwarded,
        interlinear=between,
    )


def _lines(tree: mime.Part) -> list[str]:
    """Return the lines of the text a person sees: plain if there is one, else the page's."""
    leaves = [part for part in mime.walk(tree) if not part.parts and not part.attached]
    for part in leaves:
        if part.content_type == "text/plain" and part.text.strip():
            return _unflowed(part)[:MOST_LINES]
    for part in leaves:
        if part.content_type == "text/html" and (
            lines := page_lines(part.text.translate(_WINDOWS))
        ):
            return lines[:MOST_LINES]
    return []


def _unflowed(part: mime.Part) -> list[str]:
    """Return the lines of a plain text, those that were only flowed put together (RFC 3676)."""
    text = part.text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    text = text.translate(_WINDOWS)
    text = text.replace(COLOURED, "").replace(PLAIN, "")
    lines = text.split("\n")
    kind = part.first("content-type")
    if mime.parameter(kind, "format").lower() != "flowed":
        return lines
    joined: list[list[str]] = []
    open_at: int | None = None
    delete = mime.parameter(kind, "delsp").lower() == "yes"
    for line in lines:
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        flowed = content.endswith(" ") and content != "-- "
        body = content[:-1] if flowed and delete else content
        if open_at == depth and content != "-- ":
            joined[-1].append(body)
        else:
            joined.append([("> " if depth else "") + body])
        open_at = depth if flowed else None
    return ["".join(pieces) for pieces in joined]


def _parted(lines: list[str]) -> tuple[list[int], list[int], bool]:
    """Say which lines are own and which are quoted, and whether a message is passed on."""
    own: list[int] = []
    quoted: list[int] = []
    forwarded = False
    at = 0
    while at < len(lines):
        line = lines[at][:MOST_LINE]
        if line.lstrip().startswith(">"):
            quoted.append(at)
            at += 1
            continue
        skip = _attribution(lines, at)
        if skip:
            end = at + skip if _marked_soon(lines, at + skip) else len(lines)
            quoted.extend(range(at, end))
            at = end
            continue
        if _RULED.match(line) or _BARE.match(line) or _header_at(lines, at):
            passed_on = "inoltrat" in line.lower() or "forward" in line.lower()
            forwarded = forwarded or passed_on
            rest = range(at, len(lines))
            after = _after_quote(lines, at)
            own = own[: _without_rule(lines, own)]
            quoted.extend(rest[: after - at])
            at = after
            continue
        own.append(at)
        at += 1
    return own, quoted, forwarded


def _marked_soon(lines: list[str], at: int) -> bool:
    """Whether what an attribution announces is marked; else all that follows is quoted."""
    following = [line for line in lines[at : at + 12] if not _blank(line)]
    return not following or any(line.lstrip().startswith(">") for line in following[:3])


def _after_quote(lines: list[str], at: int) -> int:
    """Return where what a header begins ends: at the end, unless ``>`` marks what is quoted."""
    place = at
    while place < len(lines) and not _blank(lines[place]):
        place += 1
    while place < len(lines) and _blank(lines[place]):
        place += 1
    if place < len(lines) and lines[place].lstrip().startswith(">"):
        return place
    return len(lines)


def _blank(line: str) -> bool:
    return not line.strip()


def _without_rule(lines: list[str], own: list[int]) -> int:
    """Return how many own lines are left without the rule drawn above a quoted header."""
    kept = len(own)
    while kept and _blank(lines[own[kept - 1]]):
        kept -= 1
    return kept - 1 if kept and _RULE.match(lines[own[kept - 1]]) else kept


def _header_at(lines: list[str], at: int) -> bool:
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


def _attribution(lines: list[str], at: int) -> int:
    """Return how many lines an attribution takes here, "Il giorno … ha scritto:"; none: 0."""
    if not _ATTRIBUTING.match(lines[at][:200]):
        return 0
    text = ""
    for count in range(1, 4):
        if at + count > len(lines) or _blank(lines[at + count - 1]):
            return 0
        text += " " + lines[at + count - 1][:500].strip()
        if _ATTRIBUTED.search(text[-60:]) and re.search(r"\d|@", text):
            begins_later = count > 1 and _attribution(lines[: at + count], at + count - 1)
            return 0 if begins_later else count
    return 0


def _between(own: list[int], quoted: list[int], lines: list[str]) -> bool:
    """Whether own words stand between quoted ones."""
    written = [at for at in own if not _blank(lines[at])]
    marked = [at for at in quoted if lines[at].lstrip().startswith(">")]
    if not written or not marked:
        return False
    inside = [at for at in written if marked[0] < at < marked[-1]]
    return bool(inside)


def _in_colour(lines: list[str], own: list[int], quoted: list[int]) -> bool:
    """Whether words in colour stand in what is quoted, or the writer says so."""
    said = folded(" ".join(_plain(lines[at]) for at in own)[:MOST_LINE])
    if any(word in said for word in vocabulary().lists["merged"]):
        return bool(quoted)
    for at in quoted:
        for piece in lines[at].split(COLOURED)[1:]:
            words = piece.partition(PLAIN)[0]
            if re.search(r"[^\W\d_]{2}", words) and "@" not in words and "http" not in words:
                return True
    return False


def _unmarked(line: str) -> str:
    return re.sub(r"^[>\s]{1,40}", "", line) if line.lstrip().startswith(">") else line


def _plain(text: str) -> str:
    return text.replace(COLOURED, "").replace(PLAIN, "")


def _without_notices(lines: list[str]) -> list[str]:
    """Leave out the paragraphs that lawyers, scanners and friends of trees add."""
    kept: list[str] = []
    for paragraph in _paragraphs(lines):
        at = next(
            (n for n, line in enumerate(paragraph) if _opens_notice(paragraph, n, line)),
            None,
        )
        kept.extend(paragraph if at is None else paragraph[:at])
    return kept


def _opens_notice(paragraph: list[str], at: int, line: str) -> bool:
    """Whether a notice begins with this line; it lasts to the end of its paragraph."""
    words = vocabulary().lists
    start = folded(_plain(line[:400])).strip(" *_-#=|/.:")[:300]
    if any(start.startswith(word) for word in words["footer-line"]):
        return True
    if not any(start.startswith(word) for word in words["notice-start"]):
        return False
    rest = folded(_plain(" ".join(paragraph[at:]))[:3000])
    return sum(word in rest for word in words["notice-word"]) >= 2  # noqa: PLR2004


def _paragraphs(lines: list[str]) -> list[list[str]]:
    """Return runs of lines, each with the empty lines after it."""
    found: list[list[str]] = [[]]
    for line in lines:
        if found[-1] and _blank(found[-1][-1]) and not _blank(line):
            found.append([])
        found[-1].append(line)
    return found


def _without_client_lines(lines: list[str]) -> list[str]:
    """Leave out "Inviato da iPhone" and the like."""
    return [line for line in lines if len(line) > _LONGEST_STAMP or not _stamp(line)]


def _stamp(line: str) -> bool:
    low = folded(_plain(line)).strip(" -_*<>")
    return low.startswith(vocabulary().lists["client-line"])
