"""Problems on screen, by kind: what a kind has in common is said once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from coalizione_mailer.cli.advice import full, place, sentence
from coalizione_mailer.cli.advice import severity as weight
from coalizione_mailer.cli.console import number, say
from coalizione_mailer.cli.language import ngettext
from coalizione_mailer.errors import Code, Problem, Severity

if TYPE_CHECKING:
    from coalizione_mailer.plan import Plan

_SHOWN = 5
_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def print_problems(problems: Iterable[Problem], names: Mapping[str, str]) -> None:
    """Print problems by kind, the gravest kind first; what a kind has in common is said once."""
    listed = list(problems)
    kinds: Counter[tuple[Severity, Code]] = Counter((p.severity, p.code) for p in listed)
    order = list(Severity)
    for (severity, code), _count in sorted(
        kinds.items(), key=lambda kind: (order.index(kind[0][0]), -kind[1])
    ):
        of_kind = [p for p in listed if (p.severity, p.code) == (severity, code)]
        say()
        _print_kind(of_kind, names)


def _print_kind(of_kind: Sequence[Problem], names: Mapping[str, str]) -> None:
    """Print the problems of one kind, a few of them if they are many."""
    first = of_kind[0]
    word, style = weight(first.severity), _STYLES[first.severity]
    if len(of_kind) == 1:
        say(full(first, names), style, word=word)
        return
    said = {sentence(problem) for problem in of_kind}
    common = said.pop() if len(said) == 1 else ""
    say(common, style, word=f"{word} ({number(len(of_kind))})")
    for problem in of_kind[:_SHOWN]:
        say(f"  {place(problem, names) if common else full(problem, names)}")
    if more := len(of_kind[_SHOWN:]):
        say("  " + ngettext("and {n} more", "and {n} more", more).format(n=number(more)))


def names_of(planned: "Plan") -> Mapping[str, str]:
    """Return what to call each Comune of a plan, by ISTAT code."""
    comuni = (*planned.selection.comuni, *planned.selection.without_population)
    return {c.codice_istat: f"{c.denominazione} ({c.sigla})" for c in comuni}
