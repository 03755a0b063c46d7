"""What the operating system refuses, in words of our own; its words are always English."""

import errno
import os

from coalizione_mailer.cli.language import _


def error_of(words: str) -> int | None:
    """Find the error number behind the system's own words, which are always English."""
    return next((n for n in errno.errorcode if os.strerror(n) in words), None)


def reason(error: int | None, words: str) -> str:
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
