"""Letters made and frozen on screen: what was seen in the plan, how far it is."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import progress, say
from coalizione_mailer.cli.errand import processes
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.problems import names_of, print_problems
from coalizione_mailer.cli.readiness import examined
from coalizione_mailer.errors import ProblemsError

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.ledger.rounds import Round
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.plan import Plan


def freeze_plan(
    ledger: "Ledger", campaign: "Campaign", planned: "Plan", jobs: int | None
) -> "Round":
    """Look at a plan as ``mailer check`` does, say what is to be known, and freeze its letters.

    Raises ProblemsError for what stands in the way, LedgerError; then nothing is frozen.
    """
    from coalizione_mailer.freeze import freeze

    names = names_of(planned)
    with _named(names):
        print_problems(examined(campaign, planned), names)
        say()
        say(_("Freezing the letters: from now on they stay as they are. Nothing leaves yet."))
        with progress(len(planned.recipients), _("Letters")) as step:
            return freeze(
                ledger,
                campaign,
                planned.recipients,
                jobs=processes(jobs),
                now=time.time(),
                seen=lambda _prepared: step(),
            )


@contextmanager
def _named(names: Mapping[str, str]) -> Iterator[None]:
    """Give the Comuni of any problem their names: codes are for programs."""
    try:
        yield
    except ProblemsError as error:
        raise ProblemsError(
            [
                replace(problem, comune=names.get(problem.comune or "", problem.comune))
                for problem in error.problems
            ]
        ) from error
