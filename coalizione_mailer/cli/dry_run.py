"""The dry run on screen: progress, then what a careful secretary wants to know."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

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
from coalizione_mailer.cli.problems import names_of, print_problems
from coalizione_mailer.errors import Code, ExitCode, Severity
from coalizione_mailer.model import by_region

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.correspondence import Prepared
    from coalizione_mailer.dryrun import Size, Summary
    from coalizione_mailer.pace import Limit
    from coalizione_mailer.plan import Plan

SAMPLE_FOLDER = "prova"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Try:
    """What the operator asked of a dry run; ``words`` are those of the command that sends."""

    folder: Path | None
    as_json: bool
    only: tuple[str, ...]
    limit: int | None
    leave_out_missing: bool
    jobs: int | None
    words: str = "send"

    @property
    def partial(self) -> bool:
        """Whether some letters only are tried."""
        return bool(self.only) or self.limit is not None


def tolerant(planned: "Plan", *, leave_out_missing: bool) -> "Plan":
    """Make a missing address a warning where the operator said to go without."""
    if not leave_out_missing:
        return planned
    problems = tuple(
        replace(problem, severity=Severity.WARNING)
        if problem.code is Code.ADDRESS_MISSING
        else problem
        for problem in planned.problems
    )
    return replace(planned, problems=problems)


def show(campaign: "Campaign", wish: Try, planned: "Plan | None" = None) -> int:
    """Run the dry run and print its summary; the exit code is 0 only if all could be sent.

    Without a plan, it is the campaign's own.
    """
    from coalizione_mailer.dryrun import dry_run
    from coalizione_mailer.plan import plan

    planned = planned or plan(campaign, wish.only)
    planned = tolerant(planned, leave_out_missing=wish.leave_out_missing)
    if wish.limit is not None:
        planned = replace(planned, recipients=planned.recipients[: wish.limit])
    sample = campaign.root / SAMPLE_FOLDER
    keeper = _Keeper(sample, wish.folder)
    with progress(len(planned.recipients), _("Letters")) as step:

        def seen(prepared: "Prepared") -> None:
            keeper.keep(prepared)
            step()

        summary = dry_run(campaign, planned, jobs=processes(wish.jobs), now=time.time(), seen=seen)
    if wish.as_json:
        print_json(as_json(summary))
        return ExitCode.DONE if summary.sendable else ExitCode.ERROR
    say()
    with as_results():
        _print(campaign, summary)
    say()
    if wish.folder is not None:
        say(
            _("All messages, to be opened with a mail program: {folder}").format(folder=wish.folder)
        )
    if summary.messages:
        say(_("A letter to look at: {path}").format(path=sample / "letter.pdf"))
    _print_verdict(campaign, summary, wish)
    return ExitCode.DONE if summary.sendable else ExitCode.ERROR


class _Keeper:
    """Keeps the first letter as a sample, and every message where a folder was given."""

    def __init__(self, sample: Path, folder: Path | None) -> None:
        self._sample: Path | None = sample
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def keep(self, prepared: "Prepared") -> None:
        """Write what is to be kept of one letter."""
        from coalizione_mailer.dryrun import write_letter
        from coalizione_mailer.letter.message import ascii_name

        if self._sample is not None:
            write_letter(prepared, self._sample)
            self._sample = None
        if self._folder is not None:
            comune = prepared.recipient.comune
            name = f"{comune.codice_istat}-{ascii_name(comune.denominazione)}.eml"
            (self._folder / name).write_bytes(prepared.message)


def as_json(summary: "Summary") -> dict[str, Any]:
    """Return the summary as other programs read it (design, section 3)."""
    names = names_of(summary.plan)
    return {
        "recipients": len(summary.plan.recipients),
        "messages": summary.messages,
        "bytes": summary.bytes,
        "problems": [
            {
                "code": str(problem.code),
                "severity": str(problem.severity),
                "comune": problem.comune,
                "text": full(problem, names),
            }
            for problem in summary.problems
        ],
        "estimated_seconds": round(summary.seconds),
    }


def _print(campaign: "Campaign", summary: "Summary") -> None:
    planned = summary.plan
    if planned.recipients:
        _print_regions(planned)
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_column(style="bold")
    facts.add_column()
    for title, text in _facts(campaign, summary):
        facts.add_row(title, escape(text))
    out().print(facts)
    print_problems(summary.problems, names_of(planned))


def _facts(campaign: "Campaign", summary: "Summary") -> Iterator[tuple[str, str]]:
    """Give what a careful secretary wants to know before she sends."""
    planned = summary.plan
    tried, chosen = len(planned.recipients), len(planned.selection.comuni)
    missing = len(planned.missing)
    whole = tried + missing == chosen
    yield (
        _("Recipients"),
        number(tried)
        if whole
        else _("{n} of {all}").format(n=number(tried), all=number(chosen - missing)),
    )
    yield _("Without an address"), number(missing)
    yield _("Messages"), f"{number(summary.messages)}, {kilobytes(summary.bytes)}"
    if summary.smallest and summary.largest:
        yield _("Smallest"), _sized(summary.smallest)
        yield _("Largest"), _sized(summary.largest)
    limits = campaign.configuration.smtp.limits
    yield _("At most"), ", ".join(_paced(limit) for limit in limits) or _("without limits")
    yield (
        _("Sending takes"),
        _("{span}; begun now it would end {when}").format(
            span=span(summary.seconds), when=finishing(summary.seconds)
        ),
    )


def _paced(limit: "Limit") -> str:
    """Write a limit in words: 60 a minute."""
    words = {
        1: _("{n} a second"),
        60: _("{n} a minute"),
        3600: _("{n} an hour"),
        86400: _("{n} a day"),
    }
    return words[limit.seconds].format(n=number(limit.count))


def _print_regions(planned: "Plan") -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column(_("Region"))
    table.add_column(_("Recipients"), justify="right")
    for region, count in by_region(r.comune for r in planned.recipients).items():
        table.add_row(escape(region), number(count))
    out().print(table)
    out().print()


def _sized(size: "Size") -> str:
    return f"{kilobytes(size.bytes)}, {size.comune.denominazione}"


def _print_verdict(campaign: "Campaign", summary: "Summary", wish: Try) -> None:
    if not summary.sendable:
        say(_("Nothing was sent. Correct what is above, then try again."), "red")
    elif wish.partial:
        say(_("Nothing was sent. What was tried could be."), "green")
        words = f"{wish.words} --dry-run"
        say(_("Next, try all: {command}").format(command=command(campaign.root, words)))
    else:
        say(_("Nothing was sent. Everything could be."), "green")
        say(_("Next: {command}").format(command=command(campaign.root, wish.words)))
