"""Bounces: the report (RFC 3464) first, then the notice in words, then flufl.bounce.

The issue names the library before our own rules; measured on real bounces our rules find more and
are faster, and the library then finds what they leave. ``python -m benchmarks.bounces`` shows it.
"""

from collections.abc import Iterable

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.dialects import Sighting, Weight, sightings
from coalizione_mailer.mailbox.dsn import GOOD, Action, Report, read_reports
from coalizione_mailer.mailbox.library import ask_library
from coalizione_mailer.mailbox.notice import Notice, mentioned_id
from coalizione_mailer.mailbox.outside import Outside, outside_of
from coalizione_mailer.mailbox.reading import Cause, Kind, Reading, Severity
from coalizione_mailer.mailbox.rules import rules
from coalizione_mailer.mailbox.verdict import Verdict, code_in, judge, status_in

MOST_DIAGNOSTIC = 500
MOST_ABOUT = 12


def read_bounce(tree: mime.Part, notice: Notice) -> Reading | None:
    """Read a bounce, a delay or a delivery notice; None where the message is none of them."""
    look = outside_of(tree)
    if look.person:
        return None
    texts = notice.reports
    if not texts and (look.daemon or look.failure) and "final-recipient" in notice.text.lower():
        texts = (notice.text,)
    reports = read_reports(texts)
    if reports:
        return _from_reports(reports, notice)
    return _from_words(look, notice, tree)


def _from_reports(reports: tuple[Report, ...], notice: Notice) -> Reading:
    """Make one reading of what is said of each recipient: a failure outweighs all else."""
    failed = [each for each in reports if each.action is Action.FAILED]
    late = [each for each in reports if each.action is Action.DELAYED]
    good = [each for each in reports if each.action in GOOD]
    chosen = failed or late or good
    judged = [_judged(each, notice) for each in chosen]
    verdict = _together(judged)
    first = chosen[0]
    if not failed:
        verdict = _patient(verdict)
    kind = Kind.BOUNCE if failed else Kind.DELAY if late else Kind.DELIVERED
    return Reading(
        kind=kind,
        final=kind is not Kind.DELAY,
        outcome=None if kind is Kind.DELIVERED else verdict.severity,
        cause=None if kind is Kind.DELIVERED else verdict.cause,
        recipients=_addresses(each.address for each in chosen),
        status=_status(first, _about(notice, first)),
        diagnostic=" ".join(first.diagnostic.split())[:MOST_DIAGNOSTIC],
        message_id=notice.message_id or mentioned_id(notice.lines),
        pec_id=notice.pec_id,
    )


def _status(report: Report, words: str = "") -> str:
    """Return the most precise of the field, the server's words and those for people."""
    said = status_in(report.diagnostic) or status_in(words)
    vague = not report.status or report.status.endswith(".0.0")
    return said if said and vague else report.status


def _judged(report: Report, notice: Notice) -> Verdict:
    """Judge by the report, and where it is vague, by the words written for people."""
    asked = "rcpt" in f"{report.diagnostic}\n{notice.text}".casefold()
    words = _about(notice, report)
    verdict = judge(
        _status(report), report.code, report.diagnostic, at_recipient=asked, beside=words
    )
    if verdict.sure and verdict.cause is not Cause.UNKNOWN:
        return verdict
    code = report.code or code_in(words)
    other = judge(_status(report, words), code, words, at_recipient=asked)
    return other if other.sure else verdict


def _about(notice: Notice, report: Report) -> str:
    """Return the lines of the notice that follow a recipient's address."""
    for small in dict.fromkeys((report.address.lower(), report.final.lower())):
        for number, line in enumerate(notice.lines):
            if small and small in line.lower():
                return "\n".join(notice.lines[number : number + MOST_ABOUT])
    return ""


def _together(verdicts: list[Verdict]) -> Verdict:
    """Make one of several: hard only where all are, so that nobody alive is given up."""
    soft = next((each for each in verdicts if each.severity is Severity.SOFT), None)
    return soft or verdicts[0]


def _patient(verdict: Verdict) -> Verdict:
    """Judge a delay: nothing is dead while it is still being tried."""
    if verdict.severity is Severity.SOFT and verdict.cause is not Cause.UNKNOWN:
        return verdict
    return Verdict(Severity.SOFT, Cause.TEMPORARY)


def _from_words(look: Outside, notice: Notice, tree: mime.Part) -> Reading | None:
    """Read a notice that has no report."""
    seen = sightings(notice) if look.possible or (look.unreturnable and notice.returned) else None
    if seen is None or (seen and all(_to_its_reader(each, look, notice) for each in seen)):
        return None
    text = notice.text.casefold()
    subject = tree.words("subject").casefold()
    kind = _kind(text, subject)
    if kind is Kind.DELIVERED:
        return None if not look.daemon else _reading(kind, seen, look, notice)
    strong = [each for each in seen if each.weight > Weight.MENTIONED]
    if not look.sure and not _convincing(strong, look, notice, text):
        return None
    if seen or look.failed:
        return _reading(kind, seen, look, notice)
    head = (tree.words("from"), tree.words("to"), tree.words("subject"))
    late, dead = ask_library(*head, notice.lines)
    if dead or late:
        found = tuple(Sighting(each, Weight.SAID, 0, notice.text) for each in (dead or late))
        return _reading(kind, found, look, notice)
    return _without_address(kind, look, notice)


def _to_its_reader(seen: Sighting, look: Outside, notice: Notice) -> bool:
    """Whether a notice speaks of whom it is sent to, and shows no code and no returned message.

    A bounce goes to the sender and speaks of the recipient: "your box is full" is a trick.
    """
    if look.failed or look.unreturnable or notice.returned:
        return False
    coded = status_in(seen.text) or code_in(seen.text)
    return not coded and seen.address.lower() in look.readers


def _kind(text: str, subject: str) -> Kind:
    named = rules().named
    if named["delivered"].speaks(subject) or (
        named["delivered"].speaks(text) and not named["failure-subject"].speaks(subject)
    ):
        return Kind.DELIVERED
    late = named["delay"].speaks(subject) or named["delay"].speaks(text)
    return Kind.DELAY if late and not named["gave-up"].speaks(text) else Kind.BOUNCE


def _convincing(strong: list[Sighting], look: Outside, notice: Notice, text: str) -> bool:
    """Whether a notice that only may be one says enough: an address, and why."""
    if not strong:
        return look.daemon and rules().named["gave-up"].speaks(text)
    said = "\n".join(each.text for each in strong)
    coded = bool(status_in(said) or code_in(said))
    if look.daemon:
        return (
            bool(notice.returned) or coded or judge("", "", said).sure or judge("", "", text).sure
        )
    if not (notice.returned or look.unreturnable or look.robot or coded):
        # Nothing but words: a person writes of a failure in sentences, a system in a list.
        strong = [each for each in strong if each.weight >= Weight.BEGINS]
        if look.personal or not strong:
            return False
    if look.failure and any(each.weight is Weight.ANNOUNCED for each in strong):
        return True
    if not (look.failure or look.robot or coded):
        return False  # an answering machine that sends the letter back with its absence
    return judge(status_in(said), code_in(said), said).sure or (
        notice.returned is not None and judge("", "", text).sure
    )


def _reading(kind: Kind, seen: tuple[Sighting, ...], look: Outside, notice: Notice) -> Reading:
    """Put a reading together from what was seen, or from the header that Exim and Gmail write."""
    addresses = _addresses(each.address for each in seen)
    if look.failed and not _says_otherwise(seen, look):
        addresses = _addresses(look.failed)
    said = [each.text for each in seen] or [notice.text]
    judged = [_judged_words(each, notice) for each in said]
    verdict = _together(judged)
    first = next((each for each in said if status_in(each)), said[0])
    if kind is Kind.DELAY:
        verdict = _patient(verdict)
    good = kind is Kind.DELIVERED
    return Reading(
        kind=kind,
        final=kind is not Kind.DELAY,
        outcome=None if good else verdict.severity,
        cause=None if good else verdict.cause,
        recipients=addresses,
        status=status_in(first) or status_in(notice.text),
        diagnostic=_diagnostic(first),
        message_id=notice.message_id or mentioned_id(notice.lines),
        pec_id=notice.pec_id,
    )


def _diagnostic(text: str) -> str:
    """Return what a notice says on one line, without its rows of dashes."""
    lines = (line.strip() for line in text.splitlines())
    words = " ".join(line for line in lines if line.strip("-=*_#~+ "))
    return " ".join(words.split())[:MOST_DIAGNOSTIC]


def _says_otherwise(seen: tuple[Sighting, ...], look: Outside) -> bool:
    """Whether the notice announces addresses that the header has not: those we wrote to."""
    failed = {each.lower() for each in look.failed}
    return any(
        each.weight is Weight.ANNOUNCED and each.address.lower() not in failed for each in seen
    ) and len(seen) >= len(failed)


def _judged_words(text: str, notice: Notice) -> Verdict:
    """Judge by what is said of an address, and by the whole notice where that is nothing."""
    verdict = judge(status_in(text), code_in(text), text)
    if verdict.sure:
        return verdict
    whole = judge(status_in(notice.text), code_in(notice.text), notice.text)
    return whole if whole.sure else verdict


def _without_address(kind: Kind, look: Outside, notice: Notice) -> Reading | None:
    """Read a notice that names nobody: the returned message may, when it had one recipient."""
    if not look.sure:
        return None
    if len(notice.written_to) == 1:
        return _reading(
            kind, (Sighting(notice.written_to[0], Weight.MENTIONED, 0, notice.text),), look, notice
        )
    return _reading(kind, (), look, notice)


def _addresses(found: Iterable[str]) -> tuple[str, ...]:
    """Return addresses each once, as first written."""
    unique: dict[str, str] = {}
    for each in found:
        unique.setdefault(each.lower(), each)
    return tuple(unique.values())
