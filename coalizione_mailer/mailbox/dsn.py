"""Delivery status notifications (RFC 3464 in a multipart/report, RFC 3462), read tolerantly.

Fields are found by their names wherever a report's lines are; what a mail system gets wrong
(groups without an empty line between, a recipient without its type, an Action in capitals, none
at all) costs nothing. Delivered, relayed and expanded are good news; delayed is no failure.
"""

import re
from dataclasses import dataclass
from enum import StrEnum, unique

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.verdict import code_in, status_in

MOST_RECIPIENTS = 1000
MOST_LINES = 20_000

_FIELD = re.compile(r"[ \t]{0,4}([A-Za-z][A-Za-z0-9-]{1,60})[ \t]{0,4}:[ \t]{0,8}(.*)")
_BARE = re.compile(r"[^\s<>\"]{1,250}")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")


@unique
class Action(StrEnum):
    """What was done for a recipient (RFC 3464, 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


GOOD = frozenset({Action.DELIVERED, Action.RELAYED, Action.EXPANDED})


@dataclass(frozen=True, slots=True)
class Report:
    """What one group of fields says of one recipient."""

    action: Action
    original: str = ""
    final: str = ""
    status: str = ""
    diagnostic: str = ""

    @property
    def address(self) -> str:
        """The address WE wrote to where it is known, else the one it became."""
        return self.original or self.final

    @property
    def code(self) -> str:
        """The SMTP reply code in the diagnostic."""
        return code_in(self.diagnostic)


def read_reports(texts: tuple[str, ...]) -> tuple[Report, ...]:
    """Read every recipient of the delivery-status parts of a message."""
    found: list[Report] = []
    for text in texts:
        for group in _groups(text):
            report = _report(group)
            if report is not None and len(found) < MOST_RECIPIENTS:
                found.append(report)
    return tuple(dict.fromkeys(found))


def _groups(text: str) -> list[dict[str, str]]:
    """Divide the lines into groups of fields: a recipient that comes again begins another."""
    groups: list[dict[str, str]] = [{}]
    last = ""
    for line in text.splitlines()[:MOST_LINES]:
        if not line.strip():
            if groups[-1]:
                groups.append({})
            last = ""
            continue
        match = _FIELD.fullmatch(line) if line[0] not in " \t" or not last else None
        if match is None:
            if last:
                groups[-1][last] += " " + line.strip()
            continue
        last = match.group(1).lower()
        if last in groups[-1] and last in {"final-recipient", "original-recipient"}:
            groups.append({})
        groups[-1].setdefault(last, match.group(2).strip())
    return groups


def _report(group: dict[str, str]) -> Report | None:
    """Make sense of one group; None for the group about the message and for what names nobody."""
    original = _address(group.get("original-recipient", ""))
    final = _address(group.get("final-recipient", group.get("x-actual-recipient", "")))
    if not original and not final:
        return None
    diagnostic = group.get("diagnostic-code", "") or group.get("x-notes", "")
    kind, _, words = diagnostic.partition(";")
    if words and len(kind) < 40 and " " not in kind.strip():  # noqa: PLR2004
        diagnostic = words.strip()
    status = status_in(group.get("status", ""))
    action = _action(group.get("action", ""), status)
    return None if action is None else Report(action, original, final, status, diagnostic)


def _action(word: str, status: str) -> Action | None:
    """Read the Action; where it is missing or unknown, the class of the status stands for it."""
    word = word.strip().lower().split(" ")[0].strip("();,")
    if word in set(Action):
        return Action(word)
    if word.startswith("dela"):
        return Action.DELAYED
    if word.startswith(("fail", "erro", "unde", "hard", "soft")) or status[:1] in {"4", "5"}:
        return Action.FAILED
    return Action.DELIVERED if status[:1] == "2" else None


def _address(value: str) -> str:
    """Return the address of a recipient field: type; address, in brackets maybe, maybe xtext."""
    kind, mark, rest = value.partition(";")
    value = rest if mark else kind
    if "x-local" in kind.lower() and "@" not in rest:
        return ""
    found = mime.addresses(_XTEXT.sub(_letter, value) if "@" not in value else value)
    return found[0] if found else ""


def _letter(match: re.Match[str]) -> str:
    return chr(int(match.group(1), 16))
