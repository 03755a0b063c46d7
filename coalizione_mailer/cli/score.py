"""The score of a rehearsal on screen: what happened, and what was lost, doubled or misjudged."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import number, out, say, span
from coalizione_mailer.cli.language import _, ngettext

if TYPE_CHECKING:
    from coalizione_mailer.exercise import Fault, Score

_SHOWN = 20


def as_record(score: "Score", seed: int, seconds: float) -> dict[str, object]:
    """Return the score as other programs read it."""
    from coalizione_mailer.exercise import Wrong

    return {
        "seed": seed,
        "recipients": score.letters,
        "sent": score.sent,
        "delivered": score.delivered,
        "silent": score.silent,
        "bounced": score.bounced,
        "recovered": score.recovered,
        "dead": score.dead,
        "corrected": score.corrected,
        "refused": score.refused,
        "in_doubt": score.doubts,
        "settled_by_receipts": score.doubts - score.doubts_by_word,
        "settled_by_word": score.doubts_by_word,
        "messages": {
            "receipts": score.receipts,
            "bounces": score.bounces,
            "forgeries": score.forgeries,
            "people": score.people,
        },
        "answers": {
            "by_itself": score.answers_by_itself,
            "by_person": score.answers_by_person,
            "wrong": score.answers_wrong,
        },
        **{wrong.value: score.count(wrong) for wrong in Wrong},
        "faults": [
            {
                "wrong": fault.wrong,
                "comune": fault.comune,
                "address": fault.address,
                "ledger": fault.ledger,
                "truth": fault.truth,
            }
            for fault in score.faults
        ],
        "days": score.days,
        "seconds": round(seconds, 1),
    }


def print_score(score: "Score", seconds: float) -> None:
    """Print what happened, the verdict and what went wrong; ``seconds`` is how long it took."""
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for count, words in _rows(score):
        table.add_row(number(count), words)
    table.add_section()
    for count, words in _verdicts(score):
        table.add_row(number(count), words, style="bold red" if count else "bold green")
    out().print()
    out().print(table)
    out().print()
    took = ngettext(
        "{n} day of a campaign, played in {span}.",
        "{n} days of a campaign, played in {span}.",
        score.days,
    )
    say(took.format(n=number(score.days), span=span(seconds)))
    _print_faults(score.faults)


def _rows(score: "Score") -> Iterator[tuple[int, str]]:
    """Give what happened, in the order of a campaign."""
    yield score.letters, _("Comuni, each with its own letter")
    yield score.sent, _("letters taken by the server")
    yield score.refused, _("refused by the server")
    yield score.doubts, _("in doubt: the server did not say whether it took them")
    yield score.doubts - score.doubts_by_word, _("of these settled by receipts")
    yield score.doubts_by_word, _("of these settled by asking whoever runs the server")
    yield score.receipts, _("PEC receipts came back: some late, twice, in the wrong order")
    yield score.bounces, _("notices of ordinary mail, in five dialects")
    yield score.forgeries, _("forged receipts: none of them may count")
    yield score.people, _("answers, automatic or not, and other mail")
    yield score.delivered, _("letters delivered, with a receipt")
    yield score.silent, _("letters taken, and no further word (ordinary mail gives none)")
    yield score.bounced, _("letters that came back for good: the content, or no better address")
    yield score.recovered, _("letters that came back, were sent again, and came back no more")
    yield score.corrected, _("dead addresses, looked up and corrected")
    yield score.answers_by_itself, _("answers entered into the register without a person")
    yield score.answers_by_person, _("messages that waited, and that a person decided about")
    if missed := score.dead - score.corrected:
        yield missed, _("dead addresses that were not recognised as such")


def _verdicts(score: "Score") -> Iterator[tuple[int, str]]:
    from coalizione_mailer.exercise import Wrong

    yield score.answers_wrong, _("wrong rows in the list of participants")
    yield score.count(Wrong.LOST), _("lost")
    yield score.count(Wrong.DOUBLED), _("sent twice unknowingly")
    yield score.count(Wrong.MISJUDGED), _("misjudged")


def _print_faults(faults: "tuple[Fault, ...]") -> None:
    """Say what went wrong with whom, or that nothing did."""
    if not faults:
        say(
            _("The record says of every letter what truly happened: nothing lost, nothing twice."),
            "green",
        )
        say(
            _("The list of participants and the report say what the Comuni truly answered."),
            "green",
        )
        return
    for fault in faults[:_SHOWN]:
        said = (
            _("{comune} <{address}>: the record says {ledger}, the truth is: {truth}")
            if fault.comune
            else _("Report, {address}: it says {ledger}, the truth is: {truth}")
        )
        say(
            said.format(
                comune=fault.comune, address=fault.address, ledger=fault.ledger, truth=fault.truth
            ),
            "red",
        )
    if more := len(faults[_SHOWN:]):
        say(ngettext("and {n} more", "and {n} more", more).format(n=number(more)))
