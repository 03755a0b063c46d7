"""What came back, looked at and sent again; the sending itself is that of ``send``."""

from dataclasses import replace
from typing import TYPE_CHECKING

from coalizione_mailer.cli.console import as_results, command, print_json, say
from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import ExitCode, NothingToDoError, Problem
from coalizione_mailer.lifecycle import State

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.cli.errand import Errand
    from coalizione_mailer.ledger.rounds import Round
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.resend import Outlook, Wishes


def look(
    ledger: "Ledger", campaign: "Campaign", wishes: "Wishes", *, as_json: bool, whole: bool
) -> int:
    """Show what came back and what could be done; nothing is changed."""
    from coalizione_mailer.cli.resent import print_outlook, records, tell_unfinished
    from coalizione_mailer.resend import outlook

    tell_unfinished(ledger)
    view = outlook(ledger, campaign, wishes)
    if as_json:
        print_json(records(view.decisions))
        return ExitCode.DONE if view.decisions else ExitCode.NOTHING_TO_DO
    with as_results():
        print_outlook(view, whole=whole)
    return told_next(campaign, view)


def told_next(campaign: "Campaign", view: "Outlook") -> int:
    """Say what could be done next with what came back."""
    say()
    if not view.decisions:
        say(_("Nothing is to be sent again: no letter came back that is not settled since."))
        return ExitCode.NOTHING_TO_DO
    words = []
    if any(one.proposals for one in view.held):
        words += ["resend --review", "resend --proposals proposte.csv"]
    if view.sendings:
        words.append("resend --bounced --dry-run")
    for each in words:
        say(_("Next: {command}").format(command=command(campaign.root, each)))
    return ExitCode.DONE


def send_again(campaign: "Campaign", wishes: "Wishes", errand: "Errand") -> int:
    """Send again as ``send`` sends: the same question, the same limits, the same record."""
    from coalizione_mailer.cli.sending import carry_out

    confirmed = replace(errand, protocol=_protocol(campaign))

    def opening(ledger: "Ledger", campaign: "Campaign", errand: "Errand") -> "Round":
        return _opened(ledger, campaign, wishes, errand.jobs)

    return carry_out(campaign, confirmed, opening)


def _protocol(campaign: "Campaign") -> str:
    """Return the protocol of the letter that was sent first, whatever the campaign file says."""
    import time

    from coalizione_mailer.ledger import rounds
    from coalizione_mailer.ledger.store import Ledger

    url = campaign.configuration.ledger.url
    ledger = Ledger.open(url, campaign.root, now=time.time())
    try:
        with ledger.reading() as connection:
            return rounds.every(connection)[0].protocol
    finally:
        ledger.close()


def _opened(ledger: "Ledger", campaign: "Campaign", wishes: "Wishes", jobs: int | None) -> "Round":
    """Return the round that is not done yet, or open one; raises NothingToDoError."""
    from coalizione_mailer.cli.begun import going_on
    from coalizione_mailer.cli.errand import processes
    from coalizione_mailer.cli.problems import print_problems
    from coalizione_mailer.cli.resent import names_of, print_outlook
    from coalizione_mailer.ledger import reports
    from coalizione_mailer.ledger.rounds import Kind
    from coalizione_mailer.resend import Opening, open_round, outlook

    if standing := going_on(ledger, Kind.RESEND):
        return standing
    view = outlook(ledger, campaign, wishes)
    print_outlook(view, whole=True)
    problems: list[Problem] = []
    opening = Opening(
        wishes.now,
        processes(jobs),
        note=" ".join(f"--from {source}" for source in sorted(wishes.sources)),
        seen=lambda again: problems.extend(again.problems),
    )
    opened = open_round(ledger, campaign, view.sendings, opening) if view.sendings else None
    if opened is None:
        told_next(campaign, view)
        with ledger.reading() as connection:
            raise NothingToDoError(reports.overall_counts(connection)[State.IN_DOUBT])
    print_problems(problems, names_of(view))
    return opened
