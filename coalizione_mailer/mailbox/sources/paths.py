"""The source that a path on the disk is: Maildir, mbox, folder of messages, or one message."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.mailbox.sources.files import FileSource, in_folder, in_maildir, is_maildir
from coalizione_mailer.mailbox.sources.mbox import MboxSource, is_mbox
from coalizione_mailer.mailbox.sources.protocol import Source


def sources(paths: Sequence[Path], sleep: Callable[[float], None]) -> list[Source]:
    """Return a source for each path; raises ProblemsError naming all that cannot be one."""
    found: list[Source] = []
    problems = []
    for path in paths:
        try:
            found.append(_source(path, sleep))
        except FileNotFoundError:
            problems.append(Problem(Code.FILE_MISSING, file=str(path)))
        except OSError as error:
            found_ = error.strerror or str(error)
            problems.append(Problem(Code.FILE_UNREADABLE, file=str(path), found=found_))
    if problems:
        raise ProblemsError(problems)
    return found


def _source(path: Path, sleep: Callable[[float], None]) -> Source:
    if path.is_dir():
        if is_maildir(path):
            return FileSource(partial(in_maildir, path), sleep)
        return FileSource(partial(in_folder, path), sleep)
    if is_mbox(path):
        return MboxSource(path, sleep)
    return FileSource(lambda: [path], sleep)
