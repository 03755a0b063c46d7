"""Sentences about the campaign's data: imports, corrections, codes of the past."""

from collections.abc import Callable

from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import Code


def sentences() -> dict[Code, Callable[[], str]]:
    """Map the codes to their sentences."""
    return {
        Code.FILE_BUSY: lambda: _(
            "this file cannot be replaced. If it is open in Excel, close it there; then run the "
            "same command again."
        ),
        Code.CODE_PREDECESSOR: lambda: _(
            "codes of Comuni that no longer exist: {found} (for example, {expected} today). Their "
            "addresses are used only where today's Comune has none: check them."
        ),
        Code.CODE_DISPUTED: lambda: _(
            "{expected} was made of several Comuni, and the address book has an address of each: "
            "{found}. None is used: put in the one of today, with mailer address set."
        ),
        Code.CODE_OLD: lambda: _(
            "Comuni under an old code: {found} (for example, {expected} today). Their addresses "
            "are used; nothing needs to be done."
        ),
        Code.CORRECTION_UNKNOWN: lambda: _(
            "no Comune has this code, so the correction {found} is not used. Correct the code."
        ),
        Code.IMPORT_LOSES: lambda: _(
            "with this file {found} of {expected} Comuni of the band would lose their address. "
            "Perhaps it is not complete: download it again."
        ),
        Code.IMPORT_SHORT: lambda: _(
            "this file has only {found} Comuni; Italy has about {expected}. Perhaps it is not "
            "complete: download it again."
        ),
        Code.IMPORT_OLDER: lambda: _(
            "this file is of {found}, older than the one in use, of {expected}. Download it again."
        ),
        Code.IMPORT_BACKWARDS: lambda: _(
            "this list is older than the one in use: codes that Comuni no longer have: {found} "
            "(for example, {expected}). Download the newest one."
        ),
        Code.IMPORT_STRANGERS: lambda: _(
            "codes that are of no Comune known here: {found} (for example, {expected}). If this "
            "file is newer than the list of Comuni, first: mailer import istat FILE."
        ),
        Code.IMPORT_LOSES_HEADS: lambda: _(
            "with this file {found} of {expected} Comuni would lose their mayor. Perhaps it is not "
            "complete: download it again."
        ),
        Code.IMPORT_MANY: lambda: _(
            "found {found} files, where one is expected; only mayors may have two. Import them one "
            "after the other."
        ),
        Code.IMPORT_UNCONFIRMED: lambda: _(
            "nothing was written: nobody confirmed. To write without being asked, add: --yes."
        ),
    }
