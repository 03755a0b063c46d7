"""The dry run of a resend: every letter made for real, nothing sent, nothing written down."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coalizione_mailer.cli.advice import full
from coalizione_mailer.cli.console import (
    as_results,
    command,
    finishing,
    kilobytes,
    number,
    out,
    print_json,
    progress,
    say,
    span,
)
from coalizione_mailer.cli.errand import processes
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.problems import print_problems
from coalizione_mailer.cli.resent import names_of, print_outlook, records, tell_unfinished
from coalizione_mailer.errors import ExitCode, Problem

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.resend import Again, Outlook, Wishes


@dataclass(frozen=True, slots=True)
class Try:
    """What the operator asked of the dry run."""

    folder: Path | None
    as_json: bool
    limit: int | None
    jobs: int | None
    whole: bool
    words: str


@dataclass(slots=True)
class _Sum:
    """What was made: how many letters, how large, how many set again, what is to be known."""

    messages: int = 0
    bytes: int = 0
    set_again: int = 0
    problems: tuple[Problem, ...] = ()

    def add(self, again: "Again") -> None:
        """Count one letter."""
        self.messages += 1
        self.bytes += again.frozen.message_size
        self.set_again += again.set_again
        self.problems += again.problems


def try_out(ledger: "Ledger", campaign: "Campaign", wishes: "Wishes", wish: Try) -> int:
    """Make every letter that would go again, and say what would happen."""
    from coalizione_mailer.resend import Opening, outlook, prepared

    tell_unfinished(ledger)
    view = outlook(ledger, campaign, wishes)
    sendings = view.sendings[: wish.limit]
    made = _Sum()
    if sendings:
        opening = Opening(wishes.now, processes(wish.jobs))
        with progress(len(sendings), _("Letters")) as step:
            for again in prepared(ledger, campaign, sendings, opening):
                made.add(again)
                _keep(wish.folder, again)
                step()
    if wish.as_json:
        print_json(_json(campaign, view, made, wishes))
    else:
        with as_results():
            print_outlook(view, whole=wish.whole)
        _tell(campaign, view, made, wish)
    return ExitCode.DONE if made.messages else ExitCode.NOTHING_TO_DO


def _keep(folder: Path | None, again: "Again") -> None:
    """Write a message where a folder was given."""
    from coalizione_mailer.letter.message import ascii_name

    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    letter = again.sending.case.letter
    name = f"{letter.codice_istat}-{ascii_name(letter.denominazione)}.eml"
    (folder / name).write_bytes(again.message)


def _json(campaign: "Campaign", view: "Outlook", made: _Sum, wishes: "Wishes") -> dict[str, object]:
    seconds = campaign.configuration.smtp.duration(made.messages, wishes.now)
    return {
        "recipients": made.messages,
        "messages": made.messages,
        "bytes": made.bytes,
        "problems": [
            {
                "code": str(problem.code),
                "severity": str(problem.severity),
                "comune": problem.comune,
                "text": full(problem),
            }
            for problem in made.problems
        ],
        "estimated_seconds": round(seconds),
        "letters": records(view.decisions),
    }


def _tell(campaign: "Campaign", view: "Outlook", made: _Sum, wish: Try) -> None:
    say()
    if not made.messages:
        say(_("Nothing would be sent again now."))
        return
    seconds = campaign.configuration.smtp.duration(made.messages, time.time())
    out().print(f"{_('Messages')}: {number(made.messages)}, {kilobytes(made.bytes)}")
    if made.set_again:
        text = _("Set again with the new address, and nothing else changed: {n}")
        out().print(text.format(n=number(made.set_again)))
    ends = _("{span}; begun now it would end {when}").format(
        span=span(seconds), when=finishing(seconds)
    )
    out().print(f"{_('Sending takes')}: {ends}")
    print_problems(made.problems, names_of(view))
    if wish.folder is not None:
        say(
            _("All messages, to be opened with a mail program: {folder}").format(folder=wish.folder)
        )
    say(_("Nothing was sent. Everything could be."), "green")
    say(_("Next: {command}").format(command=command(campaign.root, wish.words)))
