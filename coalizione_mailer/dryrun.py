"""The dry run: everything that ``send`` does except the network and the ledger."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.correspondence import Correspondence, Identity, Prepared, problems_of
from coalizione_mailer.errors import Problem, Severity
from coalizione_mailer.model import Comune
from coalizione_mailer.plan import Plan


@dataclass(frozen=True, slots=True)
class Size:
    """The size in bytes of the message to one Comune."""

    comune: Comune
    bytes: int


@dataclass(slots=True)
class Summary:
    """What a dry run found; sizes in bytes, ``seconds`` under the campaign's limits."""

    plan: Plan
    seconds: float
    messages: int = 0
    bytes: int = 0
    smallest: Size | None = None
    largest: Size | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def sendable(self) -> bool:
        """Whether everything could be sent."""
        return bool(self.messages) and not any(
            problem.severity is Severity.ERROR for problem in self.problems
        )

    def add(self, prepared: Prepared) -> None:
        """Count one message."""
        size = Size(prepared.recipient.comune, len(prepared.message))
        self.messages += 1
        self.bytes += size.bytes
        if self.smallest is None or size.bytes < self.smallest.bytes:
            self.smallest = size
        if self.largest is None or size.bytes > self.largest.bytes:
            self.largest = size
        self.problems += problems_of(prepared)


def dry_run(
    campaign: Campaign,
    plan: Plan,
    *,
    jobs: int,
    now: float,
    seen: Callable[[Prepared], None],
) -> Summary:
    """Render and serialise every message of the plan; ``seen`` is told of each.

    ``now`` is when the sending would begin (epoch seconds), for its estimate.

    Raises ProblemsError when the templates or attachments cannot be used at all.
    """
    smtp = campaign.configuration.smtp
    summary = Summary(plan, seconds=smtp.duration(len(plan.recipients), now))
    summary.problems += plan.problems
    correspondence = Correspondence(campaign, Identity.draft(campaign))
    for prepared in correspondence.prepared(plan.recipients, jobs):
        summary.add(prepared)
        seen(prepared)
    return summary


def write_letter(prepared: Prepared, folder: Path) -> dict[str, Path]:
    """Write one letter in all its forms into a folder and return the files by kind."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "letter.pdf": prepared.pdf.data,
        "letter.html": prepared.text.html.encode(),
        "email.html": prepared.text.email_html.encode(),
        "email.txt": prepared.text.email_text.encode(),
        "message.eml": prepared.message,
    }
    files = {}
    for name, content in contents.items():
        files[name] = folder / name
        files[name].write_bytes(content)
    return files
