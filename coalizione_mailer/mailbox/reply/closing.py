"""Where a letter ends and its signature begins: kept in the own words, and known as what it is."""

import re
from dataclasses import dataclass

from coalizione_mailer.mailbox.reply.answer import Occasion
from coalizione_mailer.mailbox.reply.sentences import sentences_of
from coalizione_mailer.mailbox.reply.vocabulary import folded, vocabulary

_MOST_LINES = 14  # lines of a signature
_LONGEST = 75  # characters of a line of a signature
_LONGEST_FORMULA = 110
_MOST_LINE = 2000
_ITEM = re.compile(r"\s*(?:[-*\u2022\u00b7]\s|\d{1,2}[.)]\s|[A-Za-z' ]{2,25}:\s)")
_NAMED_FORMULA = re.compile(
    r"(?:[Ss]aluti|SALUTI|[Ss]aluto|[Cc]ordialmente|[Gg]razie|[Oo]sservanza"
    r"|[Pp]resto|[Cc]ordialità)[ \t]{0,3}[,.!-]{1,3}[ \t]{0,3}"
    r"(?P<name>(?:[A-Za-z]{2,5}\.[ \t]?){0,2}[A-ZÀ-Ý][\w'\u2019.-]{1,20}"
    r"(?:[ \t][A-ZÀ-Ý][\w'\u2019.-]{1,20}){1,3}[^\n.!?]{0,60}(?:\n[^\n.!?]{1,70}){0,8})$"
)
_CONTACT = re.compile(
    r"\b(?:tel|fax|cell|telefono|via|viale|piazza|p\.zza|corso|e-?mail|pec|c\.f"
    r"|p\.\s?iva|int|firma|firmato|firmata)\b|www\.|https?:|\S@\S|\b\d{5}\b",
    re.IGNORECASE,
)
_SPEAKS = frozenset(
    {"attend", "delegate", "yes", "no", "pending", "list", "question", "earlier", "who-pending"}
)


@dataclass(frozen=True, slots=True)
class Parts:
    """``letter`` is what is said, formula of greeting included; ``signature`` who signs."""

    letter: str
    signature: str


def parted(text: str, occasion: Occasion) -> Parts:
    """Part the own words of a reply."""
    lines = text.split("\n")
    inside = _in_line(text)
    if inside is not None:
        return Parts(text[:inside].strip(), text[inside:].strip("\n -_"))
    at = _dashes(lines)
    if at is None:
        at = _formula(lines, occasion)
    if at is None:
        at = _trailing(lines, occasion)
    return Parts("\n".join(lines[:at]).strip(), "\n".join(lines[at:]).strip("\n -_"))


def _in_line(text: str) -> int | None:
    """Find a name right behind the formula, in the same line: "Saluti, Anna Verdi"."""
    found = _NAMED_FORMULA.search(text[-400:])
    return len(text) - len(text[-400:]) + found.start("name") if found else None


def _dashes(lines: list[str]) -> int | None:
    """Find the two dashes that begin a signature (RFC 3676, 4.3)."""
    found = [
        at for at, line in enumerate(lines) if line.strip() in {"--", "---", "- -", "__", "___"}
    ]
    return found[0] if found and found[0] and len(lines) - found[0] <= 2 * _MOST_LINES else None


def _formula(lines: list[str], occasion: Occasion) -> int | None:
    """Find the last formula of greeting after which nothing is said any more."""
    words = vocabulary().lists["closing"]
    written = sum(1 for line in lines if line.strip())
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at].strip()
        if not line:
            continue
        low = folded(line[:_LONGEST_FORMULA]).strip(" .,-*")
        formal = len(line) <= _LONGEST_FORMULA and any(low.startswith(word) for word in words)
        if formal and written > 1:
            after = _after_formula(line, low)
            if after is not None and not _speaks(line, occasion):
                return at + after if at or not after else None
        if _speaks(line, occasion) or len(lines) - at > 2 * _MOST_LINES:
            return None
    return None


def _after_formula(line: str, low: str) -> int | None:
    """Return 1 where the signature begins below, 0 where it stands in the same line."""
    named = low.startswith(("il sindaco", "la sindaca", "p. il", "f.to", "firmato"))
    if named:
        return 0 if len(line) <= _LONGEST else None
    return 1


def _trailing(lines: list[str], occasion: Occasion) -> int:
    """Find the short lines at the end that say nothing; at least one line stays the letter's."""
    at = len(lines)
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    taken = 0
    while at - 1 > first and taken < _MOST_LINES:
        line = lines[at - 1].strip()
        if line and not _signing(line, occasion):
            break
        taken += bool(line)
        at -= 1
    return at


def _signing(line: str, occasion: Occasion) -> bool:
    if len(line) <= _LONGEST_FORMULA and _CONTACT.search(line) and not _speaks(line, occasion):
        return True
    return (
        len(line) <= _LONGEST
        and line[-1] not in "!?:;,"
        and not (line[-1] == "." and len(line.split()) > 4)  # noqa: PLR2004
        and not _ITEM.match(line)
        and "|" not in line
        and "   " not in line
        and not _speaks(line, occasion)
    )


def _speaks(line: str, occasion: Occasion) -> bool:
    """Whether a line says something about coming."""
    line = line[:_MOST_LINE]
    return "?" in line or any(
        hit.cue.says in _SPEAKS
        for sentence in sentences_of(line, occasion)
        for hit in sentence.hits()
    )
