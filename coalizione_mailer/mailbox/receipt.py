"""A PEC receipt, one of the kinds of RFC 6109 (2.1.1, 3): headers, certification data, text.

The headers outside are not signed: what they claim is held against what the provider certifies,
and a receipt that contradicts itself is not verified. Where ``daticert.xml`` is missing or cut,
the headers and the signed text stand in for it.
"""

import re
from dataclasses import dataclass, replace

from coalizione_mailer.mailbox import daticert, mime, verdict
from coalizione_mailer.mailbox.daticert import Daticert
from coalizione_mailer.mailbox.reading import Cause, Kind, Reading, Severity, SignatureState
from coalizione_mailer.mailbox.signature import Signed

KINDS = {
    "accettazione": Kind.PEC_ACCEPTANCE,
    "non-accettazione": Kind.PEC_NON_ACCEPTANCE,
    "presa-in-carico": Kind.PEC_TAKEN_IN_CHARGE,
    "avvenuta-consegna": Kind.PEC_DELIVERY,
    "errore-consegna": Kind.PEC_DELIVERY_ERROR,
    "preavviso-errore-consegna": Kind.PEC_DELIVERY_WARNING,
    "rilevazione-virus": Kind.PEC_VIRUS,
}
_OF_ONE = {Kind.PEC_DELIVERY, Kind.PEC_DELIVERY_ERROR, Kind.PEC_DELIVERY_WARNING, Kind.PEC_VIRUS}
# A 24 h failure is a warning to some providers and an error to others.
_NOT_DELIVERED = {Kind.PEC_DELIVERY_ERROR, Kind.PEC_DELIVERY_WARNING}
_NAMES = {"daticert.xml", "certdata.xml"}

# Blanks are counted everywhere: a stranger may write a million of them.
_IDENTIFIER = re.compile(
    r"identificativo(?:\s{1,9}del)?\s{1,9}messaggio\s{0,9}:\s{0,9}<?([^\s<>\"]{3,300})",
    re.IGNORECASE,
)
_RECIPIENT = re.compile(
    r"(?:destinat|indirizzat)[oa]\s{1,9}(?:all['\u2019`]\s?(?:utente|indirizzo)|ad|a)?\s{0,9}:?"
    r"\s{0,9}[\"\u201c«<]?\s?"
    r"([^\s<>\"'\u201c\u201d«»(),;:@]{1,128}@[^\s<>\"'\u201c\u201d«»(),;:@]{1,255})",
    re.IGNORECASE,
)
_FAULT = re.compile(
    r"(?:rilevato un(?:'anomalia| errore)|seguente errore)\s{0,9}:?\s{0,9}(.{3,600})", re.IGNORECASE
)
_QUOTED = re.compile(r"\"[^\"]{0,1000}\"|\u201c[^\u201d]{0,1000}\u201d")
_TWELVE = re.compile(r"\b(?:dodici|12)\s{0,9}(?:ore|h\b)", re.IGNORECASE)
_TWENTY_FOUR = re.compile(r"\b(?:ventiquattro|24)\s{0,9}(?:ore|h\b)", re.IGNORECASE)
# What the text of each kind calls itself, before the first quotation (RFC 6109, 3.1 to 3.3).
_TITLES = (
    (re.compile(r"(?<!non )\baccettazione\b"), {Kind.PEC_ACCEPTANCE}),
    (re.compile(r"\bnon accettazione\b"), {Kind.PEC_NON_ACCEPTANCE}),
    (re.compile(r"\bavvenuta consegna\b|\bricevuta di consegna\b"), {Kind.PEC_DELIVERY}),
    (re.compile(r"\bmancata consegna\b"), _NOT_DELIVERED),
    (re.compile(r"\bpresa in carico\b"), {Kind.PEC_TAKEN_IN_CHARGE}),
    (re.compile(r"\bproblema di sicurezza\b|\brilevazione virus\b"), {Kind.PEC_VIRUS}),
    (re.compile(r"\banomalia\b|\bmessaggio di posta certificata\b"), set[Kind]()),
)


@dataclass(frozen=True, slots=True)
class _Failure:
    final: bool = False
    outcome: Severity | None = None
    cause: Cause | None = None


def read(tree: mime.Part, value: str, signed: Signed) -> Reading:
    """Read a receipt whose X-Ricevuta is ``value``; an unknown one is kept, and changes nothing."""
    text = mime.text_body(signed.content)
    certified = certification(signed.content)
    kind = KINDS.get(value, Kind.OTHER)
    detail = (certified.detail if certified else "") or _fault(text)
    failure = _failure(kind, _error(tree, certified), detail, text)
    claimed = mime.identifier(tree.first("x-riferimento-message-id"))
    signature = signed.signature
    if _contradicts(kind, claimed, certified, text) and signature.state is SignatureState.GOOD:
        signature = replace(signature, trusted=False, reason="headers-differ")
    return Reading(
        kind=kind,
        final=failure.final,
        outcome=failure.outcome,
        cause=failure.cause,
        recipients=_recipients(kind, certified, text),
        status=verdict.status_in(detail) if failure.cause else "",
        diagnostic=detail if failure.cause else "",
        message_id=claimed or (certified.message_id if certified else ""),
        pec_id=identifier(certified, text),
        signature=signature,
        note=_note(value if kind is Kind.OTHER else "", certified),
        sender=mime.address(tree.first("from")),
        subject=tree.words("subject"),
        occurred=(certified.moment if certified else None) or mime.date(tree),
        own_id=mime.identifier(tree.first("message-id")),
        original_sender=mime.address(certified.sender) if certified else "",
    )


def certification(content: mime.Part) -> Daticert | None:
    """Return the certification data among the parts, never the one of an enclosed message.

    RFC 6109 calls the file ``certdata.xml``, the providers ``daticert.xml``.
    """
    parts = [part for part in mime.walk(content) if not part.parts]
    named = [part for part in parts if part.filename.lower() in _NAMES]
    others = [part for part in parts if part.content_type in {"application/xml", "text/xml"}]
    found = (daticert.parse(part.content) for part in (*named, *others))
    return next((each for each in found if each is not None), None)


def identifier(certified: Daticert | None, text: str) -> str:
    """Return the provider's ``identificativo``, from the text where it is not certified."""
    if certified and certified.identifier:
        return certified.identifier
    found = _IDENTIFIER.findall(text)
    return found[-1] if found else ""


def _recipients(kind: Kind, certified: Daticert | None, text: str) -> tuple[str, ...]:
    """Return the one recipient that a delivery, failure, warning or virus notice is about.

    In the text it comes after the subject, which strangers write: the last one counts.
    """
    if kind not in _OF_ONE:
        return ()
    if certified and certified.delivered:
        return (certified.delivered,)
    found = _RECIPIENT.findall(text)
    if found:
        return (mime.address(found[-1]),)
    if certified and len(certified.recipients) == 1:
        return (mime.address(certified.recipients[0][0]),)
    return ()


def _error(tree: mime.Part, certified: Daticert | None) -> str:
    """Return the kind of error; a virus is told by a header too (RFC 6109, 3.2.3)."""
    error = certified.error if certified else ""
    unsaid = error in {"", "nessuno", "altro"}
    return "virus" if unsaid and tree.first("x-verificasicurezza").lower() == "errore" else error


def _failure(kind: Kind, error: str, detail: str, text: str) -> _Failure:
    """Say what a receipt means for the letter: final or not, how heavy, why."""
    outcome, cause = _judged(error, detail)
    match kind:
        case Kind.PEC_DELIVERY:
            found = _Failure(final=True)
        case Kind.PEC_DELIVERY_WARNING if _given_up(detail, text):
            found = _Failure(final=True, outcome=Severity.SOFT, cause=Cause.TEMPORARY)
        case Kind.PEC_DELIVERY_WARNING:
            found = _Failure(cause=Cause.TEMPORARY)
        case Kind.PEC_DELIVERY_ERROR:
            found = _Failure(final=True, outcome=outcome, cause=cause)
        case Kind.PEC_NON_ACCEPTANCE:  # our own provider wants the message otherwise
            cause = Cause.CONTENT if cause is Cause.UNKNOWN else cause
            found = _Failure(final=True, outcome=outcome, cause=cause)
        case Kind.PEC_VIRUS:
            found = _Failure(outcome=Severity.SOFT, cause=Cause.CONTENT)
        case _:
            found = _Failure()
    return found


def _judged(error: str, detail: str) -> tuple[Severity, Cause]:
    """Judge a failure by the certified error, and by its words where that is ``altro``."""
    if error in {"no-dest", "no-dominio"}:
        return Severity.HARD, Cause.DEAD
    if error == "virus":
        return Severity.SOFT, Cause.CONTENT
    found = verdict.judge(verdict.status_in(detail), "", detail)
    # An address is called dead only where the provider says so.
    return found.severity if found.sure else Severity.SOFT, found.cause


def _given_up(detail: str, text: str) -> bool:
    """Whether a warning is the second one, at 24 hours, after which nothing more will come.

    The first speaks of the next twelve hours too, so that any twelve means the first.
    """
    for words in (detail, _QUOTED.sub(" ", text)):
        if _TWELVE.search(words):
            return False
        if _TWENTY_FOUR.search(words):
            return True
    return False


def _fault(text: str) -> str:
    """Return the error that the text tells of, on one line."""
    found = _FAULT.search(text)
    return " ".join(found.group(1).split()) if found else ""


def _contradicts(kind: Kind, claimed: str, certified: Daticert | None, text: str) -> bool:
    """Whether the unsigned headers say something else than what is signed.

    Of ids only what is before the ``@`` is compared: providers rewrite the domain.
    """
    ours = certified.message_id if certified else ""
    if claimed and ours and claimed.partition("@")[0] != ours.partition("@")[0]:
        return True
    if certified and certified.kind in KINDS:
        real = KINDS[certified.kind]
        return kind not in {Kind.OTHER, real} and not {kind, real} <= _NOT_DELIVERED
    head = " ".join(re.split('["\u201c]', text, maxsplit=1)[0].lower().split())
    named = [kinds for title, kinds in _TITLES if title.search(head)]
    return bool(named) and kind is not Kind.OTHER and not any(kind in kinds for kinds in named)


def _note(unknown: str, certified: Daticert | None) -> str:
    """Return what was odd, as short fixed words."""
    words = []
    if unknown:
        words.append(f"unknown-receipt {unknown[:40]}")
    if certified is None:
        words.append("daticert-missing")
    elif not certified.whole:
        words.append("daticert-cut")
    return ", ".join(words)
