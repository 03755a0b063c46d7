"""What is said of one problem: its code's sentence filled in, and codes that need more than one."""

from collections.abc import Callable
from dataclasses import replace

from coalizione_mailer.cli import downloads
from coalizione_mailer.cli.console import number
from coalizione_mailer.cli.language import _
from coalizione_mailer.cli.sentences import sentences
from coalizione_mailer.cli.system import error_of, reason
from coalizione_mailer.errors import Code, Problem


def saying(problem: Problem) -> str:
    """Say what was found and what to do."""
    said = _SAID.get(problem.code)
    return said(problem) if said else _plain(problem)


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
    Code.LETTER_UNKNOWN: _did_you_mean,
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
        return _(
            "this file is too large: {found} bytes, at most {expected} are read. See whether it is "
            "the right one."
        ).format(found=_written(found), expected=_written(problem.expected[0]))
    if found == "NUL" or "codec" in found:
        return _(
            "this is not a text file in UTF-8. If it is a spreadsheet or a document, save it as "
            "text (CSV UTF-8), then try again."
        )
    return reason(error_of(found), found)


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
