"""Problems and errors turned into sentences: what was found, where, and what to do."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.sayings import saying
from coalizione_mailer.cli.system import reason
from coalizione_mailer.errors import (
    CampaignLockedError,
    Change,
    Code,
    ConfirmationRefusedError,
    FrozenChangedError,
    FrozenTooLateError,
    LedgerError,
    MailerError,
    NothingToDoError,
    Problem,
    ProblemsError,
    ServerUnavailableError,
    Severity,
)

_MOST = 25


def place(problem: Problem, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Say where a problem stands: file, line, key, Comune."""
    parts = []
    if problem.file:
        parts.append(problem.file)
    if problem.line:
        parts.append(_("line {line}").format(line=problem.line))
    if problem.key:
        parts.append(problem.key)
    if problem.comune:
        # Whoever has no address is named by the problem itself.
        named = problem.found if problem.code is Code.ADDRESS_MISSING else None
        parts.append(names.get(problem.comune) or named or problem.comune)
    return ", ".join(parts)


def sentence(problem: Problem) -> str:
    """Say what was found and what to do."""
    return saying(problem)


def full(problem: Problem, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return one line: where, then what; ``names`` are those of Comuni by ISTAT code."""
    where, what = place(problem, names), sentence(problem)
    if where:
        return f"{where}: {what}"
    # What somebody wrote is quoted as it was written.
    quoted = problem.found and what.startswith(problem.found)
    return what if quoted else what[:1].upper() + what[1:]


def severity(of: Severity) -> str:
    """Return the word for how much a problem weighs."""
    words = {
        Severity.ERROR: _("Error"),
        Severity.WARNING: _("Warning"),
        Severity.INFO: _("Note"),
    }
    return words[of]


def system(error: OSError) -> str:
    """Say what the operating system refused."""
    said = reason(error.errno, error.strerror or str(error))
    return f"{error.filename}: {said}" if error.filename else said


def lines(error: MailerError) -> list[str]:  # noqa: C901, PLR0911  one line a kind
    """Say what an error means and what to do, a line for each mistake."""
    match error:
        case ProblemsError():
            return _listed(error.problems)
        case FrozenChangedError():
            return _changed(error)
        case LedgerError():
            return [_ledger(error)]
        case CampaignLockedError():
            return [
                _(
                    "This campaign is being sent or changed already, by {owner}, since {since}. "
                    "Wait for that to end, or stop it in its own window with Ctrl-C. Nothing was "
                    "done here."
                ).format(owner=error.owner, since=error.since)
            ]
        case ServerUnavailableError():
            return [_server(error)]
        case ConfirmationRefusedError():
            return [
                _("Nothing was sent. To send, type {expected} when asked.").format(
                    expected=error.expected
                )
            ]
        case FrozenTooLateError():
            return [
                _(
                    "Letters have left already, so they cannot be frozen anew. To go on with "
                    "them: mailer send, without --refreeze."
                )
            ]
        case NothingToDoError():
            return [
                _("Nothing to send: no letter is waiting. To see where they are: mailer status")
            ]
        case _:
            return [str(error) or type(error).__name__]


def _listed(problems: Sequence[Problem]) -> list[str]:
    """Return a line for each problem, and for a flood of them how many more there are."""
    told = [full(problem) for problem in problems[:_MOST]]
    if more := len(problems) - len(told):
        told.append(
            ngettext("and {n} more like these", "and {n} more like these", more).format(n=more)
        )
    return told


def _changed(error: FrozenChangedError) -> list[str]:
    kinds = {"changed": _("changed"), "added": _("new"), "removed": _("gone")}

    def told(change: Change) -> str:
        return f"  {change.name}: {kinds[change.kind]}"

    head = _("Nothing was sent. This is not as it was when the letters were frozen:")
    if error.attempted:
        tail = _(
            "Letters have left already, and the others must be like them. Put this back as it "
            "was, then run again. The frozen letters are safe."
        )
    else:
        tail = _(
            "No letter has left yet. If the change is right, freeze the letters anew: mailer send "
            "--refreeze. If not, put it back as it was."
        )
    return [head, *(told(change) for change in error.changes), tail]


def _ledger(error: LedgerError) -> str:
    reasons = {
        "locked": _("it is in use, perhaps by another mailer. Wait for its end, then run again."),
        "full": _("the disk is full. Make room, then run again: nothing is lost."),
        "io": _("the disk answers with errors. Have it checked, then run again."),
        "readonly": _("it cannot be written. Check the permissions of the file and its folder."),
        "unopenable": _("it cannot be opened: {detail}."),
        "damaged": _("it is damaged: {detail}. Do not send. Take it back from a backup."),
        "newer": _("a newer version of mailer made it. Use that version."),
        "url": _("this is not the address of a database. See ledger.url in campaign.toml."),
    }
    said = reasons.get(error.reason, _("the database says: {detail}."))
    return _("The record of the sending, {path}: {reason}").format(
        path=error.path, reason=said.format(detail=error.detail)
    )


def _server(error: ServerUnavailableError) -> str:
    stages = {
        "connect": _("nobody answers. Check host and port in campaign.toml, and the network."),
        "timeout": _("no answer in time. Check the network, then run again."),
        "tls": _(
            "the connection cannot be protected: {detail}. Check security in campaign.toml, and "
            "the server's certificate."
        ),
        "login": _("the login was refused: {detail}. Check username and password."),
        "session": _("it does not take letters now: {detail}. Run again later."),
        "mailbox": _("it does not show the mailbox now: {detail}. Run again later."),
        "lost": _("the connection was lost: {detail}. What was read is safe: run again."),
    }
    return _("The server {host}:{port}: {reason}").format(
        host=error.host, port=error.port, reason=stages[error.stage].format(detail=error.detail)
    )
