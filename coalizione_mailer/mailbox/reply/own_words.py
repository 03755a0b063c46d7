"""What the writer wrote, apart from what the mail program quoted or added and the lawyers added.

Quotes are told by their form (``quotes``), so that answers between quoted lines are kept.
"""

import re
from dataclasses import dataclass

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.reply.page import COLOURED, PLAIN, page_lines
from coalizione_mailer.mailbox.reply.quotes import (
    BARE,
    RULED,
    after_quote,
    attribution,
    blank,
    header_at,
    marked_soon,
    without_rule,
)
from coalizione_mailer.mailbox.reply.vocabulary import folded, vocabulary

MOST_LINES = 4000
"""Lines of a message that are read; what a person writes stands in the first."""
MOST_LINE = 20_000
"""Characters of one line that are looked at."""
# Windows' letters under the name of ISO 8859-1, as all mail programs show them (WHATWG Encoding).
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0)}
_LONGEST_STAMP = 140  # characters; what is longer is a sentence


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
        skip = attribution(lines, at)
        if skip:
            end = at + skip if marked_soon(lines, at + skip) else len(lines)
            quoted.extend(range(at, end))
            at = end
            continue
        if RULED.match(line) or BARE.match(line) or header_at(lines, at):
            passed_on = "inoltrat" in line.lower() or "forward" in line.lower()
            forwarded = forwarded or passed_on
            rest = range(at, len(lines))
            after = after_quote(lines, at)
            own = own[: without_rule(lines, own)]
            quoted.extend(rest[: after - at])
            at = after
            continue
        own.append(at)
        at += 1
    return own, quoted, forwarded


def _between(own: list[int], quoted: list[int], lines: list[str]) -> bool:
    """Whether own words stand between quoted ones."""
    written = [at for at in own if not blank(lines[at])]
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
        if found[-1] and blank(found[-1][-1]) and not blank(line):
            found.append([])
        found[-1].append(line)
    return found


def _without_client_lines(lines: list[str]) -> list[str]:
    """Leave out "Inviato da iPhone" and the like."""
    return [line for line in lines if len(line) > _LONGEST_STAMP or not _stamp(line)]


def _stamp(line: str) -> bool:
    low = folded(_plain(line)).strip(" -_*<>")
    return low.startswith(vocabulary().lists["client-line"])
