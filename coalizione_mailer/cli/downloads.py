"""What ``mailer import`` says of a file that is none of the official ones, or not the one meant."""

from collections.abc import Callable

from coalizione_mailer.cli.console import number
from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import Code, Problem

_MEGABYTE = 2**20


def sentences() -> dict[Code, Callable[[], str]]:
    """Map the codes of the official files to their sentences."""
    return {
        Code.FILE_NOT_OFFICIAL: lambda: _("this is none of the official files."),
        Code.FILE_OTHER_KIND: lambda: _(
            "this is {found}. To read it: mailer import {expected}, and the file's name."
        ),
        Code.FILE_TOO_LARGE: lambda: _("there is more in this file than is read."),
        Code.FILE_TRUNCATED: lambda: _(
            "this file is cut short or damaged. Download it again, and wait for the end."
        ),
        Code.TOTAL_MISSING: lambda: _(
            "{found} has its ages, but no total. The file may be cut short: download it again."
        ),
        Code.TOTAL_WRONG: lambda: _(
            "the total, {found}, is not the sum of the ages, {expected}. The file may be damaged: "
            "download it again."
        ),
    }


def said() -> dict[Code, Callable[[Problem], str]]:
    """Map the codes that need more than one sentence."""
    return {Code.FILE_NOT_OFFICIAL: _not_official, Code.FILE_TOO_LARGE: _too_large}


def _not_official(problem: Problem) -> str:
    """Say what a file looks like, and what was expected or what to do."""
    found = problem.found or ""
    names = ", ".join(problem.expected)
    if found in (archives := _archives()):
        return archives[found]().format(names=names)
    looks = _looks()
    text = looks[found]() if found in looks else _("this is no table.")
    if names:
        text = f"{text} " + _("Expected is one of: {names}.").format(names=names)
    return text


def _looks() -> dict[str, Callable[[], str]]:
    return {
        "empty": lambda: _("this file is empty. Download it again."),
        "html": lambda: _(
            "this is a web page, whatever its name says: perhaps the site's error page. Open the "
            "site in a browser and download the file again."
        ),
        "xml": lambda: _("this is an XML file, no table. Download the CSV or the XLSX instead."),
        "json": lambda: _("this is a JSON file of another kind."),
        "pdf": lambda: _("this is a PDF, no table. Download the CSV or the XLSX instead."),
        "rtf": lambda: _("this is a text document, no table. Download the CSV or the XLSX."),
        "word": lambda: _("this is a text document, no table. Download the CSV or the XLSX."),
        "image": lambda: _("this is an image, no table. Download the CSV or the XLSX."),
        "xls": lambda: _(
            "this is a spreadsheet in Excel's old or binary form. Open it in Excel, save it as "
            ".xlsx or as CSV, and import that."
        ),
        "ods": lambda: _(
            "this is an OpenDocument spreadsheet. Open it, save it as .xlsx or as CSV, and import "
            "that."
        ),
        "archive": lambda: _("this is an archive. Unpack it, and import the table in it."),
        "binary": lambda: _("this is no text and no spreadsheet."),
        "table": lambda: _("this is a table, but its columns are not those of an official file."),
        "yearless": lambda: _(
            "the file does not say its year, neither in its title nor in its name. Download it "
            "again, and leave its name and its first line as they are."
        ),
    }


def _archives() -> dict[str, Callable[[], str]]:
    return {
        "zip-empty": lambda: _("there is no table in this archive (looked for: {names})."),
        "zip-many": lambda: _(
            "there is more than one table in this archive: {names}. Unpack it, and import the one "
            "you mean."
        ),
        "zip-locked": lambda: _("this archive asks for a password. Unpack it first."),
        "zip-nested": lambda: _(
            "there is another archive in this archive. Unpack it, and import the table in it."
        ),
    }


def _too_large(problem: Problem) -> str:
    """Say of what there is too much."""
    found = problem.found or ""
    most = problem.expected[0] if problem.expected else ""
    if most.isdigit():
        most = number(int(most) // _MEGABYTE if found == "bytes" else int(most))
    texts: dict[str, Callable[[], str]] = {
        "bytes": lambda: _(
            "unpacked, this file has more than {most} MB, which no official file has."
        ),
        "ratio": lambda: _(
            "this file unpacks to more than {most} times its size, which no official file does."
        ),
        "rows": lambda: _("this file has more than {most} rows, which no official file has."),
        "columns": lambda: _("this file has more than {most} columns, which no official file has."),
        "members": lambda: _("this archive has more than {most} files, which no official one has."),
    }
    text = texts[found]() if found in texts else _("there is more in this file than is read.")
    return text.format(most=most)
