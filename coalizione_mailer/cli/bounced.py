"""What came back, by cause: how many, whose, and in the server's or the provider's own words."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from coalizione_mailer.cli.arrivals import cause_in_words
from coalizione_mailer.cli.console import number, out, say
from coalizione_mailer.cli.finding import label
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.mailbox.reading import Cause

if TYPE_CHECKING:
    from coalizione_mailer.resend import Case

_SHOWN = 12
_LONGEST = 160


def print_bounced(cases: "Sequence[Case]", *, whole: bool) -> None:
    """Print the Comuni that do not have the letter, by cause; the first dozen, or all."""
    if not cases:
        return
    counts = Counter(case.cause for case in cases)
    left = len(cases) if whole else _SHOWN
    out().print()
    out().print(_("Came back or refused, by cause:"), style="bold")
    for cause in Cause:
        if not counts[cause]:
            continue
        out().print(f"{number(counts[cause]):>6}  {cause_in_words(cause)}", markup=False)
        for case in [case for case in cases if case.cause is cause][: max(left, 0)]:
            left -= 1
            _print_case(case)
    if left < 0 or (len(cases) > _SHOWN and not whole):
        more = len(cases) - _SHOWN
        text = ngettext("and {n} more; all: --all", "and {n} more; all: --all", more)
        out().print("        " + text.format(n=number(more)), markup=False)
    say()
    say(_("What can be done with them: mailer resend"))


def _print_case(case: "Case") -> None:
    words = case.words if len(case.words) <= _LONGEST else case.words[: _LONGEST - 1] + "…"
    parts = (label(case.letter), case.letter.address, words)
    line = "  ".join(part for part in parts if part)
    out().print(f"        {line}", markup=False, soft_wrap=True)


def causes(cases: "Sequence[Case]") -> dict[str, int]:
    """Count the causes, for programs; those that are there."""
    counts = Counter(case.cause for case in cases)
    return {str(cause): counts[cause] for cause in Cause if counts[cause]}
