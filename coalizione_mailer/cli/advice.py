"""Problems and errors turned into sentences: what was found, where, and what to do."""

import errno
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from coalizione_mailer.cli import downloads
from coalizione_mailer.cli.console import number
from coalizione_mailer.cli.language import _, ngettext
from coalizione_mailer.cli.sentences import sentences
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
    said = _SAID.get(problem.code)
    return said(problem) if said else _plain(problem)


def full(problem: Problem, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return one line: where, then what; ``names`` are those of Comuni by ISTAT code."""
    where, what = place(problem, names), sentence(problem)
    return f"{where}: {what}" if where else what[:1].upper() + what[1:]


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
    reason = _reason(error.errno, error.strerror or str(error))
    return f"{error.filename}: {reason}" if error.filename else reason


def _plain(problem: Problem) -> str:
    """Fill in the sentence of a code, with what would be right where that is known."""
    text = sentences()[problem.code]()
    if problem.expected and problem.code in _TAILS:
        text = f"{text} {_TAILS[problem.code]()}"
    return text.format(
        found=problem.found or _("nothing"),
        expected=", ".join(problem.expected),
        key=problem.key or "",
    )


def _did_you_mean() -> str:
    return _("Did you mean: {expected}?")


def _for_example() -> str:
    return _("For example: {expected}.")


def _allowed() -> str:
    return _("Allowed are: {expected}.")


_TAILS: dict[Code, Callable[[], str]] = {
    Code.KEY_MISSING: _for_example,
    Code.KEY_UNKNOWN: _did_you_mean,
    Code.VALUE_WRONG: _for_example,
    Code.VALUE_NOT_ALLOWED: _allowed,
    Code.PLAINTEXT_REMOTE: _allowed,
    Code.COMUNE_UNKNOWN: _did_you_mean,
    Code.COMUNE_AMBIGUOUS: lambda: _("Choose one: {expected}."),
    Code.REGION_UNKNOWN: _did_you_mean,
    Code.PROVINCE_UNKNOWN: _did_you_mean,
    Code.TEMPLATE_FIELD: _did_you_mean,
    Code.ADDRESS_MISTYPED: _did_you_mean,
    Code.HEAD_UNMATCHED: _did_you_mean,
    Code.POPULATION_UNKNOWN: lambda: _("It has: {expected}."),
    Code.MAILBOX_FOLDER: lambda: _("It has: {expected}."),
}
"""What is added to a sentence where it is known what would be right."""


def _unreadable(problem: Problem) -> str:
    """Say why a file cannot be read or written: too large, no text, or what the system says."""
    found = problem.found or ""
    if problem.expected:
        return _("this file is too large: {found} bytes, at most {expected} are read.").format(
            found=_written(found), expected=_written(problem.expected[0])
        )
    if found == "NUL" or "codec" in found:
        return _(
            "this is not a text file in UTF-8. If it is a spreadsheet or a document, save it as "
            "text (CSV UTF-8), then try again."
        )
    return _reason(_error_of(found), found)


def _row(problem: Problem) -> str:
    """Say what is wrong with a row: a cell, its length, its characters."""
    expected = ", ".join(problem.expected)
    if expected == "UTF-8":
        text = _("damaged characters: {found}. Save the file again, as UTF-8.")
    elif problem.key is None and expected:
        text = _("this row has {found} cells, the first row {expected}. Look for a stray comma.")
    elif problem.key is None:
        text = _("this row cannot be read: {found}. Look at its quotation marks.")
    elif expected:
        text = _("found {found}; allowed are: {expected}. Correct the row.")
    else:
        text = _("found {found}, which cannot be. Correct the row.")
    return text.format(found=problem.found or _("nothing"), expected=expected)


def _value(problem: Problem) -> str:
    """Say what is wrong with a value; of a Comune, that it is both added and left out."""
    if problem.comune is None:
        return _plain(problem)
    return _("{found} is both in include and in exclude. Take it out of one of them.").format(
        found=problem.found
    )


def _counted(problem: Problem) -> str:
    """Write the counts as the language does: 2,391 or 2.391."""
    return _plain(
        replace(
            problem,
            found=_written(problem.found or ""),
            expected=tuple(map(_written, problem.expected)),
        )
    )


def _written(count: str) -> str:
    return number(int(count)) if count.isdigit() else count


_SAID: dict[Code, Callable[[Problem], str]] = {
    Code.FILE_UNREADABLE: _unreadable,
    Code.FILE_UNWRITABLE: _unreadable,
    Code.ROW_WRONG: _row,
    Code.VALUE_WRONG: _value,
    Code.ADDRESS_RESERVED: _counted,
    Code.MESSAGE_TOO_LARGE: _counted,
    Code.BAND_EMPTY: _counted,
    Code.DISK_SHORT: _counted,
    Code.IMPORT_LOSES: _counted,
    Code.IMPORT_LOSES_HEADS: _counted,
    Code.IMPORT_SHORT: _counted,
    Code.NAME_UNSURE: _counted,
    Code.MANDATE_STALE: _counted,
    Code.MANDATE_VACANT: _counted,
    **downloads.said(),
}
"""Codes that need more than one sentence."""


def _error_of(words: str) -> int | None:
    """Find the error number behind the system's own words, which are always English."""
    return next((n for n in errno.errorcode if os.strerror(n) in words), None)


def _reason(error: int | None, words: str) -> str:
    """Say in words what the system refused."""
    reasons = {
        errno.ENOENT: _("there is no such file or folder. Check the name."),
        errno.EISDIR: _("this is a folder, and a file was expected."),
        errno.ENOTDIR: _("this is a file, and a folder was expected."),
        errno.EEXIST: _("this is there already. Choose another name."),
        errno.EACCES: _("you are not allowed to use it. Check its permissions."),
        errno.EPERM: _("you are not allowed to use it. Check its permissions."),
        errno.EROFS: _("this can only be read, not written. Choose another place."),
        errno.ENOSPC: _("the disk is full. Make room, then try again."),
        errno.ENAMETOOLONG: _("this name is too long."),
    }
    return reasons.get(error or 0, _("the system says: {words}.").format(words=words))


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
    reason = reasons.get(error.reason, _("the database says: {detail}."))
    return _("The record of the sending, {path}: {reason}").format(
        path=error.path, reason=reason.format(detail=error.detail)
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
