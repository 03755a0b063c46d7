"""The password of a server: a file, the system's key store, or asked; never shown."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from coalizione_mailer.cli.language import _
from coalizione_mailer.errors import Code, Problem, ProblemsError

if TYPE_CHECKING:
    from coalizione_mailer.campaign import Campaign
    from coalizione_mailer.campaign.configuration import MailboxSection, SmtpSection

SERVICE = "coalizione-mailer"
_OTHERS = 0o077


def password(
    campaign: "Campaign", section: "SmtpSection | MailboxSection | None" = None, *, ask: bool
) -> str:
    """Return the password for a server, that of ``[smtp]`` if no other is named; or nothing.

    Nothing where the server wants none. Raises ProblemsError when there is no password, or others
    can read its file.
    """
    login = section or campaign.configuration.smtp
    if not login.username:
        return ""
    if login.password_file is not None:
        return _from_file(campaign.path(login.password_file))
    if stored := _from_key_store(login.username):
        return stored
    if ask:
        import getpass

        return getpass.getpass(_("Password of {user}: ").format(user=login.username))
    raise ProblemsError([Problem(Code.PASSWORD_MISSING, found=login.username)])


def _from_file(path: Path) -> str:
    try:
        # Windows has no such bits; there the folder's own permissions protect the file.
        if sys.platform != "win32" and path.stat().st_mode & _OTHERS:
            raise ProblemsError([Problem(Code.PASSWORD_READABLE, file=str(path))])
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except FileNotFoundError:
        raise ProblemsError([Problem(Code.FILE_MISSING, file=str(path))]) from None


def _from_key_store(user: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, user) or ""
    except KeyringError:
        return ""
