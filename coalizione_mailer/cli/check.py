"""``mailer check``: everything that can be known before sending, worst first."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coalizione_mailer.cli.advice import full, lines
from coalizione_mailer.cli.console import (
    command,
    finishing,
    interactive,
    kilobytes,
    number,
    print_json,
    say,
    span,
)
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.rehearsed import names_of, print_problems
from coalizione_mailer.errors import ExitCode, ServerUnavailableError, Severity

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.examination import Examination


def check(
    context: typer.Context,
    offline: Annotated[
        bool, typer.Option("--offline", help=_("Without asking the server."))
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("As JSON, for other programs."))
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", help=_("Never ask a question: stop instead."))
    ] = False,
) -> int:
    """List what stands in the way of sending, and what to do about it."""
    from coalizione_mailer.campaign import load
    from coalizione_mailer.examination import examine

    campaign = load(context.obj)
    found = examine(campaign, today=datetime.now().astimezone().date())
    refusal = None
    if not offline:
        refusal = _greeted(campaign, ask=not no_input and interactive())
    if as_json:
        print_json(_as_json(found, refusal))
    else:
        _print(campaign, found, refusal, offline=offline)
    return ExitCode.DONE if found.clear and refusal is None else ExitCode.ERROR


def _greeted(campaign: "Campaign", *, ask: bool) -> ServerUnavailableError | None:
    """Greet the server as a sending would."""
    from coalizione_mailer.cli.server import transport_of
    from coalizione_mailer.examination import examine_server

    return asyncio.run(examine_server(transport_of(campaign, ask=ask)))


def _as_json(found: "Examination", refusal: ServerUnavailableError | None) -> dict[str, Any]:
    names = names_of(found.plan) if found.plan else {}
    problems = [
        {
            "code": str(problem.code),
            "severity": str(problem.severity),
            "comune": problem.comune,
            "text": full(problem, names),
        }
        for problem in found.problems
    ]
    if refusal is not None:
        problems.insert(
            0,
            {
                "code": f"server-{refusal.stage}",
                "severity": str(Severity.ERROR),
                "comune": None,
                "text": " ".join(lines(refusal)),
            },
        )
    return {
        "recipients": len(found.plan.recipients) if found.plan else 0,
        "message_bytes": found.message_bytes,
        "problems": problems,
        "estimated_seconds": round(found.seconds),
    }


def _print(
    campaign: "Campaign",
    found: "Examination",
    refusal: ServerUnavailableError | None,
    *,
    offline: bool,
) -> None:
    if refusal is not None:
        for line in lines(refusal):
            say(line, "red", word=_("Error"))
    print_problems(found.problems, names_of(found.plan) if found.plan else {})
    say()
    if found.plan is not None:
        say(
            ngettext(
                "{n} letter of about {size}; sending takes {span} and would end {when}.",
                "{n} letters of about {size}; sending takes {span} and would end {when}.",
                len(found.plan.recipients),
            ).format(
                n=number(len(found.plan.recipients)),
                size=kilobytes(found.message_bytes),
                span=span(found.seconds),
                when=finishing(found.seconds),
            )
        )
    if offline:
        say(_("The server was not asked."))
    elif refusal is None:
        smtp = campaign.configuration.smtp
        say(_("The server {host}:{port} answers.").format(host=smtp.host, port=smtp.port))
    if found.clear and refusal is None:
        say(_("Nothing stands in the way."), "green")
        say(_("Next: {command}").format(command=command(campaign.root, "send --dry-run")))
    else:
        say(_("Correct what is marked as an error, then check again."), "red")
