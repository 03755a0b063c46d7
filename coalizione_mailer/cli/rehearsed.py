"""The dry run on screen: progress, then what a careful secretary wants to know."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from coalizione_mailer.cli.advice import full
from coalizione_mailer.cli.console import (
    finishing_at,
    kilobytes,
    out,
    print_json,
    progress,
    say,
    span,
)
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.errors import Code, ExitCode, Problem, Severity
from coalizione_mailer.model import by_region

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.correspondence import Prepared
    from coalizione_mailer.dryrun import Size, Summary
    from coalizione_mailer.plan import Plan

SAMPLE_FOLDER = "prova"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Try:
    """What the operator asked of a dry run."""

    folder: Path | None
    as_json: bool
    only: tuple[str, ...]
    limit: int | None
    jobs: int | None


def processes(wanted: int | None) -> int:
    """Return how many processes make PDFs: all cores, unless told otherwise."""
    return wanted or os.cpu_count() or 1


def rehearse(campaign: "Campaign", wish: Try) -> int:
    """Run the dry run and print its summary; the exit code is 0 only if all could be sent."""
    from coalizione_mailer.dryrun import dry_run
    from coalizione_mailer.plan import plan

    planned = plan(campaign, wish.only)
    if wish.limit is not None:
        planned = replace(planned, recipients=planned.recipients[: wish.limit])
    sample = campaign.root / SAMPLE_FOLDER
    keeper = _Keeper(sample, wish.folder)
    with progress(len(planned.recipients), _("Letters")) as step:

        def seen(prepared: "Prepared") -> None:
            keeper.keep(prepared)
            step()

        summary = dry_run(campaign, planned, jobs=processes(wish.jobs), seen=seen)
    if wish.as_json:
        print_json(as_json(summary))
        return ExitCode.DONE if summary.sendable else ExitCode.ERROR
    _print(campaign, summary)
    say()
    if wish.folder is not None:
        say(_("The messages: {folder}").format(folder=wish.folder))
    if summary.messages:
        say(_("A sample letter: {path}").format(path=sample / "letter.pdf"))
    _print_verdict(summary)
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


def names_of(planned: "Plan") -> Mapping[str, str]:
    """Return what to call each Comune of a plan, by ISTAT code."""
    comuni = (*planned.selection.comuni, *planned.selection.without_population)
    return {c.codice_istat: f"{c.denominazione} ({c.sigla})" for c in comuni}


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
    _print_regions(planned)
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_column(style="bold")
    facts.add_column()
    facts.add_row(_("Recipients"), f"{len(planned.recipients)}")
    facts.add_row(_("Without an address"), f"{len(planned.missing)}")
    facts.add_row(_("Messages"), f"{summary.messages}, {kilobytes(summary.bytes)}")
    if summary.smallest and summary.largest:
        facts.add_row(_("Smallest"), _sized(summary.smallest))
        facts.add_row(_("Largest"), _sized(summary.largest))
    limits = ", ".join(map(str, campaign.configuration.smtp.limits)) or _("none")
    facts.add_row(_("Limits"), limits)
    facts.add_row(
        _("Sending takes"),
        _("{span}; begun now it would end at {time}").format(
            span=span(summary.seconds), time=finishing_at(summary.seconds)
        ),
    )
    out().print(facts)
    print_problems(summary.problems, names_of(planned))


def _print_regions(planned: "Plan") -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column(_("Region"))
    table.add_column(_("Recipients"), justify="right")
    for region, count in by_region(r.comune for r in planned.recipients).items():
        table.add_row(escape(region), f"{count}")
    out().print(table)
    out().print()


def _sized(size: "Size") -> str:
    return f"{kilobytes(size.bytes)}, {size.comune.denominazione}"


def print_problems(problems: Iterable[Problem], names: Mapping[str, str]) -> None:
    """Print problems by kind, the gravest kind first, a few of each in full."""
    listed = list(problems)
    kinds: Counter[tuple[Severity, Code]] = Counter((p.severity, p.code) for p in listed)
    order = list(Severity)
    for (severity, code), count in sorted(
        kinds.items(), key=lambda kind: (order.index(kind[0][0]), -kind[1])
    ):
        words = {
            Severity.ERROR: _("Error"),
            Severity.WARNING: _("Warning"),
            Severity.INFO: _("Note"),
        }
        of_kind = [p for p in listed if (p.severity, p.code) == (severity, code)]
        say()
        say(f"{words[severity]}: {code} ({count})", "red" if severity is Severity.ERROR else None)
        for problem in of_kind[:_SHOWN]:
            say(f"  {full(problem, names)}")
        if count > _SHOWN:
            more = count - _SHOWN
            say("  " + ngettext("and {n} more", "and {n} more", more).format(n=more))


def _print_verdict(summary: "Summary") -> None:
    if summary.sendable:
        say(_("Nothing was sent. Everything could be. Next: mailer send"), "green")
    else:
        say(_("Nothing was sent. Correct what is above, then try again."), "red")
