"""Notifications in JSON that a sending service mails instead of a bounce (Amazon SES through SNS).

The fields are those of its documentation, "Amazon SNS notification contents for Amazon SES"; what
the receiving server said is judged like any other answer, and the service's own word stands in
where it said nothing.
"""

import json
from collections.abc import Mapping

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.notice import Notice
from coalizione_mailer.mailbox.reading import Cause, Kind, Reading, Severity
from coalizione_mailer.mailbox.verdict import Verdict, code_in, judge, status_in

MOST_JSON = 256 * 1024
MOST_DIAGNOSTIC = 500
MOST_RECIPIENTS = 1000

_KINDS = {"bounce": Kind.BOUNCE, "delivery": Kind.DELIVERED, "deliverydelay": Kind.DELAY}
_FOR_GOOD = Verdict(Severity.HARD, Cause.DEAD)
_SAID = {
    "mailboxfull": Verdict(Severity.SOFT, Cause.FULL),
    "messagetoolarge": Verdict(Severity.SOFT, Cause.CONTENT),
    "contentrejected": Verdict(Severity.SOFT, Cause.CONTENT),
    "attachmentrejected": Verdict(Severity.SOFT, Cause.CONTENT),
    "permanent": _FOR_GOOD,
    "transient": Verdict(Severity.SOFT, Cause.TEMPORARY),
}
"""bounceSubType, then bounceType: "Permanent" is an address that does not take mail at all."""

Fields = Mapping[str, object]


def read_notification(tree: mime.Part, notice: Notice) -> Reading | None:
    """Read a notification about a letter; None where the text is no such JSON."""
    if not notice.text.lstrip().startswith("{"):
        return None
    text = mime.text_body(tree).lstrip()
    if len(text) > MOST_JSON:
        return None
    outer = _object(text)
    message = outer.get("Message")
    fields = _object(message) if isinstance(message, str) else outer
    word = str(fields.get("notificationType") or fields.get("eventType") or "")
    kind = _KINDS.get(word.casefold())
    return None if kind is None else _reading(kind, fields, _within(fields, word))


def _reading(kind: Kind, fields: Fields, said: Fields) -> Reading:
    failed = said.get("bouncedRecipients") or said.get("delayedRecipients")
    rows = [each for each in _list(failed) if isinstance(each, dict)]
    named = [each.get("emailAddress") for each in rows] or _list(said.get("recipients"))
    found = [address for each in named for address in mime.addresses(str(each))]
    first: Fields = rows[0] if rows else {}
    words = " ".join(str(first.get("diagnosticCode") or "").split())
    status = status_in(str(first.get("status") or "")) or status_in(words)
    verdict = _verdict(kind, said, status, words)
    head = _within(_within(fields, "mail"), "commonHeaders")
    return Reading(
        kind=kind,
        final=kind is not Kind.DELAY,
        outcome=verdict.severity if verdict else None,
        cause=verdict.cause if verdict else None,
        recipients=tuple(dict.fromkeys(found)),
        status=status,
        diagnostic=words[:MOST_DIAGNOSTIC],
        message_id=mime.identifier(str(head.get("messageId") or "")),
    )


def _verdict(kind: Kind, said: Fields, status: str, words: str) -> Verdict | None:
    if kind is Kind.DELIVERED:
        return None
    if kind is Kind.DELAY:
        return Verdict(Severity.SOFT, Cause.TEMPORARY)
    judged = judge(status, code_in(words), words) if status or words else None
    if judged is not None and judged.sure:
        return judged
    for key in ("bounceSubType", "bounceType"):
        verdict = _SAID.get(str(said.get(key)).casefold())
        if verdict is not None:
            return verdict
    return Verdict(Severity.SOFT, Cause.UNKNOWN, sure=False)


def _object(text: str) -> Fields:
    """Read the JSON object a text begins with: a footer may follow, lines may be broken in it."""
    try:
        value, _end = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _within(fields: Fields, name: str) -> Fields:
    """Return the object under a name, whose first letter may be small: "Bounce", "bounce"."""
    value = fields.get(name[:1].lower() + name[1:])
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value[:MOST_RECIPIENTS] if isinstance(value, list) else []
