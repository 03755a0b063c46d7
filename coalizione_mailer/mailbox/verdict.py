"""Why a letter was refused: enhanced status code (RFC 3463), SMTP code and words, judged together.

The same judge reads delivery reports and the answers of our own server. A third of all refusals
with a permanent code are about a full box, a policy or the content: so the words go before the
code, and the code decides where the words say nothing.
"""

import re
from dataclasses import dataclass
from enum import StrEnum, unique

from coalizione_mailer.mailbox.reading import Cause, Severity
from coalizione_mailer.mailbox.rules import Group, rules

MOST_WORDS = 4000
"""Characters that are looked at; a server's answer is shorter (RFC 5321, 4.5.3.1.5)."""

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_CODE = re.compile(r"(?<![\d.@-])([245][0-5]\d)(?=[ \-:;,#]|$)")
_ADDRESS = re.compile(r"<?[^\s<>@\"']{1,64}@[^\s<>@\"',;:()]{1,255}>?")
_LINK = re.compile(r"https?://[^\s<>\"]{1,500}")
_SPACE = re.compile(r"\s+")
_LETTER = re.compile(r"[^\W\d_]")


# The codes that settle it without a word (RFC 3463, section 3; RFC 7504; RFC 7505): subject.detail.
_GONE = frozenset({"1.1", "1.2", "1.3", "1.4", "1.6", "1.10", "4.4"})
_DETAILS = {
    "1.7": Cause.CONTENT,  # 1.7 to 1.9 speak of the sender's address
    "1.8": Cause.CONTENT,
    "1.9": Cause.CONTENT,
    "2.2": Cause.FULL,
    "2.3": Cause.CONTENT,  # too long for this box
    "2.4": Cause.CONTENT,  # a list that did not expand
    "3.4": Cause.CONTENT,  # too big for the system
}
_SUBJECTS = {
    "3": Cause.TEMPORARY,  # the mail system
    "4": Cause.TEMPORARY,  # network and routing
    "6": Cause.CONTENT,  # the content or its form
    "7": Cause.CONTENT,  # security and policy
}


@unique
class Moment(StrEnum):
    """The command of the SMTP dialogue that was refused (RFC 5321, 3.3); each a group of words."""

    OPENING = "before-recipient"  # nobody had been named: it is about us
    RECIPIENT = "at-recipient"
    DATA = "after-data"  # the recipient had been taken
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement; ``sure`` when words or a precise code were understood."""

    severity: Severity
    cause: Cause
    sure: bool = True


_CODES = {
    **dict.fromkeys(
        ("500", "501", "502", "503", "504", "555"), Verdict(Severity.SOFT, Cause.CONTENT)
    ),
    **dict.fromkeys(("521", "551", "553", "556"), Verdict(Severity.HARD, Cause.DEAD)),  # RFC 7504
    "552": Verdict(Severity.SOFT, Cause.FULL),
}
"""What a reply code alone says (RFC 5321, 4.2.3)."""

_NO_MAIL = frozenset({"521", "556"})
"""A host or domain that takes no mail at all, and says 5.3.2 with it (RFC 7504); alone, 5.3.2 is
any host that takes none just now (RFC 3463, 3.4)."""

_DOUBT = Verdict(Severity.SOFT, Cause.UNKNOWN)


def status_in(text: str) -> str:
    """Return the enhanced status code in a text, the most precise one; empty where there is none.

    RFC 3463: class.subject.detail; ``x.0.0`` says nothing and gives way to any other.
    """
    found = [".".join(match.groups()) for match in _STATUS.finditer(text[:MOST_WORDS])]
    precise = [code for code in found if not code.endswith(".0.0") and code[0] != "2"]
    return next(iter(precise or found), "")


def code_in(text: str) -> str:
    """Return the SMTP reply code in a text (RFC 5321, 4.2.1), 4xx or 5xx; empty where none is."""
    codes = [match.group(1) for match in _CODE.finditer(text[:MOST_WORDS])]
    return next((code for code in codes if code[0] in "45"), "")


def judge(
    status: str, code: str, text: str, *, at_recipient: bool = True, beside: str = ""
) -> Verdict:
    """Say how heavy a refusal is and why; ``status`` and ``code`` may be empty.

    ``at_recipient`` is whether RCPT is known to be what was refused: only there is a server's
    "user unknown" believed against a code of its own that says something else. ``beside`` is what
    else is said of the same refusal: only its moment is looked for there.
    """
    words = bare(text)
    group = next((each for each in rules().verdicts if each.speaks(words)), None)
    temporary = (status or code)[:1] == "4"
    lighter = _by_moment(group, words, beside, temporary=temporary)
    if lighter is not None:
        return lighter
    if group is not None and group.name != "dead-perhaps":
        if _contradicted(group, status, at_recipient=at_recipient):
            return precisely(status) or _DOUBT
        return _spoken(group, temporary=temporary)
    no_mail = status == "5.3.2" and code in _NO_MAIL
    by_code = None if no_mail else precisely(status)
    if by_code is not None:
        return by_code
    if group is not None and not temporary:
        return Verdict(group.severity, group.cause)
    return _by_reply(code or status, words)


def judge_answer(code: int | None, text: str) -> Verdict:
    """Judge an answer of the SMTP server while sending."""
    return judge(status_in(text), str(code or ""), text)


def bare(text: str) -> str:
    """Return a text as the rules compare it: small letters, one blank, no address, no link."""
    text = _LINK.sub(" ", text[:MOST_WORDS])
    return _SPACE.sub(" ", _ADDRESS.sub(" ", text)).casefold().strip()


def _by_moment(group: Group | None, words: str, beside: str, *, temporary: bool) -> Verdict | None:
    """Judge by what was refused, where that takes a death back; None where it does not."""
    if group is not None and group.severity is Severity.SOFT:
        return None
    moment = _moment(f"{words} {bare(beside)}")
    if moment is Moment.OPENING:
        return Verdict(Severity.SOFT, Cause.TEMPORARY if temporary else Cause.CONTENT)
    if moment is Moment.DATA and group is not None and group.name == "dead-user":
        return Verdict(Severity.SOFT, Cause.CONTENT)
    return None


def _moment(words: str) -> Moment:
    """Find the command that was refused; a notice of several recipients says the first's first."""
    named = rules().named
    found = {each: named[str(each)].first(words) for each in Moment if each is not Moment.UNKNOWN}
    said = {each: place for each, place in found.items() if place >= 0}
    return min(said, key=said.__getitem__) if said else Moment.UNKNOWN


def _contradicted(group: Group, status: str, *, at_recipient: bool) -> bool:
    """Whether the code says that it is not the recipient who does not exist (RFC 3463).

    5.1.7 and 5.1.8 speak of the sender's address; 5.2 of a box that is there, 5.7 of a policy.
    """
    if group.name not in {"dead-user", "dead-host"}:
        return False
    elsewhere = group.name == "dead-user" and status[:3] in {"5.2", "5.7"}
    return status in {"5.1.7", "5.1.8"} or (elsewhere and not at_recipient)


def _spoken(group: Group, *, temporary: bool) -> Verdict:
    """Judge by the group of words: what is said for a time only is no death."""
    if temporary and group.severity is Severity.HARD and group.name != "dead-host":
        return Verdict(Severity.SOFT, Cause.TEMPORARY)
    return Verdict(group.severity, group.cause)


def precisely(status: str) -> Verdict | None:
    """Judge by the enhanced code alone (RFC 3463, section 3); None where it is vague."""
    if status[:1] not in {"4", "5"}:
        return None
    kind, subject, detail = status.split(".")
    if kind == "5" and f"{subject}.{detail}" in _GONE:
        return Verdict(Severity.HARD, Cause.DEAD)
    cause = _DETAILS.get(f"{subject}.{detail}") or _SUBJECTS.get(subject)
    return Verdict(Severity.SOFT, cause) if cause else None


def _by_reply(code: str, words: str) -> Verdict:
    """Judge where neither words nor a precise code say anything: the class is all there is.

    Words that are not understood are no proof that nobody is there: "nobody" is what servers say
    in the words that are best known, and a full box must never be given up for dead.
    """
    known = _CODES.get(code[:3])
    if known is not None:
        return known
    if code[:1] == "4":
        return Verdict(Severity.SOFT, Cause.TEMPORARY)
    if code and _LETTER.search(words):
        return Verdict(Severity.SOFT, Cause.UNKNOWN, sure=False)
    # Refused for good and no reason given: in most cases nobody is there.
    return Verdict(Severity.HARD, Cause.DEAD if code == "550" else Cause.UNKNOWN, sure=False)
