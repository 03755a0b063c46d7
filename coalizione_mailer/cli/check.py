"""``mailer check``: everything that can be known before sending, worst first."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coalizione_mailer.cli.advice import full, lines
from coalizione_mailer.cli.console import (
    as_results,
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
from coalizione_mailer.cli.problems import names_of, print_problems
from coalizione_mailer.errors import (
    Code,
    ExitCode,
    Problem,
    ProblemsError,
    ServerUnavailableError,
    Severity,
)

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.examination import Examination, Greeting


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
    campaign, found = _examined(context.obj)
    greeting = None
    if campaign is not None and not offline:
        greeting = _greeted(campaign, found, ask=not no_input and interactive())
    problems = _all_problems(campaign, found, greeting)
    refusal = greeting.refusal if greeting else None
    names = names_of(found.plan) if found.plan else {}
    clear = refusal is None and all(p.severity is not Severity.ERROR for p in problems)
    if as_json:
        print_json(_as_json(found, problems, refusal, names))
    else:
        with as_results():
            _print(found, problems, refusal, names)
        _print_verdict(campaign, greeting, clear=clear)
    return ExitCode.DONE if clear else ExitCode.ERROR


def _examined(root: Path) -> "tuple[Campaign | None, Examination]":
    """Look at all that needs no network, be it only at the campaign file's mistakes."""
    from coalizione_mailer.campaign import load
    from coalizione_mailer.examination import Examination, examine

    try:
        campaign = load(root)
    except ProblemsError as error:
        return None, Examination(None, tuple(error.problems))
    return campaign, examine(campaign, now=datetime.now().astimezone())


def _greeted(campaign: "Campaign", found: "Examination", *, ask: bool) -> "Greeting":
    """Greet the server as a sending would."""
    import asyncio

    from coalizione_mailer.cli.server import transport_of
    from coalizione_mailer.examination import Greeting, greet

    try:
        transport = transport_of(campaign, ask=ask)
    except ProblemsError as error:
        return Greeting(None, tuple(error.problems))
    return asyncio.run(greet(campaign, transport, found.message_bytes))


def _all_problems(
    campaign: "Campaign | None", found: "Examination", greeting: "Greeting | None"
) -> list[Problem]:
    """Put all together, the worst first."""
    problems = [*found.problems, *(greeting.problems if greeting else ())]
    if campaign is not None:
        problems += _policy(campaign, offline=greeting is None)
    order = list(Severity)
    return sorted(problems, key=lambda problem: order.index(problem.severity))


def _policy(campaign: "Campaign", *, offline: bool) -> list[Problem]:
    """Look up what the sender's domain says of ordinary mail; a server on this machine has none."""
    from coalizione_mailer.campaign.configuration import Profile
    from coalizione_mailer.examination import sender_policy, txt_records

    section = campaign.configuration
    if section.smtp.profile is not Profile.ORDINARY or section.smtp.loopback:
        return []
    address = section.sender.address
    if offline:
        domain = address.rpartition("@")[2]
        return [Problem(Code.DNS_NOT_ASKED, Severity.INFO, found=domain)]
    return sender_policy(address, txt_records)


def _as_json(
    found: "Examination",
    problems: list[Problem],
    refusal: ServerUnavailableError | None,
    names: Mapping[str, str],
) -> dict[str, Any]:
    told = [
        {
            "code": str(problem.code),
            "severity": str(problem.severity),
            "comune": problem.comune,
            "text": full(problem, names),
        }
        for problem in problems
    ]
    if refusal is not None:
        told.insert(
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
        "problems": told,
        "estimated_seconds": round(found.seconds),
    }


def _print(
    found: "Examination",
    problems: list[Problem],
    refusal: ServerUnavailableError | None,
    names: Mapping[str, str],
) -> None:
    if refusal is not None:
        for line in lines(refusal):
            say(line, "red", word=_("Error"))
    print_problems(problems, names)
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


def _print_verdict(
    campaign: "Campaign | None", greeting: "Greeting | None", *, clear: bool
) -> None:
    if campaign is not None and greeting is None:
        say(_("The server was not asked."))
    if campaign is None or not clear:
        say(_("Correct what is marked as an error, then check again."), "red")
        return
    if greeting is not None:
        smtp = campaign.configuration.smtp
        say(_("The server {host}:{port} answers.").format(host=smtp.host, port=smtp.port))
    say(_("Nothing stands in the way."), "green")
    say(_("Next: {command}").format(command=command(campaign.root, "send --dry-run")))
