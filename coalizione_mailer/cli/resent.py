"""Letters that came back, on screen: what becomes of each, in words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from coalizione_mailer.cli.arrivals import cause_in_words
from coalizione_mailer.cli.begun import unfinished
from coalizione_mailer.cli.console import clock, err, number, say
from coalizione_mailer.cli.finding import label
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.resend.decision import SAME, Held, Hold, Sending
from coalizione_mailer.resend.proposals import Proposal, Source

if TYPE_CHECKING:
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.resend import Decision, Outlook

_SHOWN = 12


def source_in_words(source: str) -> str:
    """Say where an address is known from."""
    words = {
        Source.CORRECTION: _("the office's own correction"),
        Source.BOOK: _("the address book"),
        Source.SEEN: _("another address of the same body in IPA"),
        Source.CHANNEL: _("the other channel"),
        SAME: _("the same address once more"),
    }
    return words.get(source, source)


def hold_in_words(hold: Hold) -> str:
    """Say why a letter stays, and what would move it."""
    words = {
        Hold.CONSENT: _("there is another address to try: it waits for your word"),
        Hold.TIME: _("the same address may work later"),
        Hold.ADDRESS: _("no other address is known: mailer address set COMUNE ADDRESS --why TEXT"),
        Hold.CONTENT: _(
            "the content was refused: speak with the Comune or the provider, then --even content"
        ),
        Hold.REASON: _("nobody knows why it came back: look at mailer log COMUNE"),
    }
    return words[hold]


def tell_unfinished(ledger: "Ledger") -> None:
    """Say that a round that sends again was begun and is not done."""
    from coalizione_mailer.ledger.rounds import Kind

    for opened, waiting in unfinished(ledger).items():
        if opened.kind is Kind.RESEND:
            text = ngettext(
                "Round {round} is not done: {n} letter of it waits. mailer resend --bounced goes "
                "on with it.",
                "Round {round} is not done: {n} letters of it wait. mailer resend --bounced goes "
                "on with it.",
                waiting,
            )
            say(text.format(n=number(waiting), round=number(opened.number)), "yellow")


def print_outlook(view: "Outlook", *, whole: bool) -> None:
    """Print what goes again, then what stays and why."""
    if view.sendings:
        say()
        say(
            ngettext("{n} letter goes again:", "{n} letters go again:", len(view.sendings)).format(
                n=number(len(view.sendings))
            ),
            "bold",
        )
        _print_sendings(view.sendings, whole=whole)
    holds = Counter(one.hold for one in view.held)
    for hold in Hold:
        if count := holds[hold]:
            say()
            say(f"{hold_in_words(hold)}.", word=number(count))
            _print_held([one for one in view.held if one.hold is hold], whole=whole)


def names_of(view: "Outlook") -> dict[str, str]:
    """Return what to call each Comune of an outlook, by ISTAT code."""
    letters = [one.case.letter for one in view.decisions]
    return {letter.codice_istat: label(letter) for letter in letters}


def _print_sendings(sendings: "Sequence[Sending]", *, whole: bool) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in (_("Comune"), _("Came back from"), _("Cause"), _("Goes to"), _("Known from")):
        table.add_column(title, overflow="fold")
    for one in sendings if whole else sendings[:_SHOWN]:
        table.add_row(
            escape(label(one.case.letter)),
            escape(one.case.letter.address),
            cause_in_words(one.case.cause),
            _("as before") if one.same else escape(one.address.address),
            source_in_words(one.source),
        )
    err().print(table)
    _tell_more(len(sendings), whole=whole)


def _print_held(held: "Sequence[Held]", *, whole: bool) -> None:
    for one in held if whole else held[:_SHOWN]:
        head = (label(one.case.letter), one.case.letter.address, cause_in_words(one.case.cause))
        err().print("  " + "  ".join(head), markup=False, soft_wrap=True)
        for line in _beneath(one):
            err().print(f"    {line}", markup=False, soft_wrap=True)
    _tell_more(len(held), whole=whole)


def _beneath(held: Held) -> Iterator[str]:
    if held.case.words:
        yield held.case.words
    if held.until is not None:
        moment = datetime.fromtimestamp(held.until).astimezone()
        yield _("sent again by mailer resend --bounced {when}, or after").format(when=clock(moment))
    for proposal in held.proposals:
        yield proposed(proposal)


def proposed(proposal: Proposal) -> str:
    """Tell of a proposal on one line: the address, where it is known from, since when."""
    address = proposal.address
    parts = [source_in_words(proposal.source)]
    if address.source and address.source != proposal.source:
        parts.append(address.source)
    if address.seen:
        parts.append(f"{address.seen:%d/%m/%Y}")
    if proposal.why:
        parts.append(proposal.why)
    return f"→ {address.address}  ({', '.join(parts)})"


def _tell_more(count: int, *, whole: bool) -> None:
    if more := max(count - _SHOWN, 0) if not whole else 0:
        text = ngettext("and {n} more; all: --all", "and {n} more; all: --all", more)
        say("  " + text.format(n=number(more)))


def records(decisions: "Iterable[Decision]") -> list[dict[str, object]]:
    """Return what becomes of each letter, for programs."""
    return [_record(one) for one in decisions]


def _record(one: "Decision") -> dict[str, object]:
    letter = one.case.letter
    record: dict[str, object] = {
        "comune": letter.denominazione,
        "codice_istat": letter.codice_istat,
        "address": letter.address,
        "cause": str(one.case.cause),
        "words": one.case.words,
    }
    match one:
        case Sending():
            return record | {
                "again": True,
                "to": one.address.address,
                "channel": str(one.address.channel),
                "source": str(one.source),
            }
        case Held():
            return record | {
                "again": False,
                "hold": str(one.hold),
                "proposals": [
                    {
                        "address": each.address.address,
                        "channel": str(each.address.channel),
                        "source": str(each.source),
                        "from": each.address.source,
                        "date": each.address.seen.isoformat() if each.address.seen else None,
                    }
                    for each in one.proposals
                ],
            }
