"""One sender per campaign: a lock the system lets go of by itself when its owner dies."""

import getpass
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from coalizione_mailer.errors import CampaignLockedError

_LOCK = "send.lock"
_OWNER = "send.owner.json"


@contextmanager
def sole_sender(folder: Path, *, since: datetime) -> Iterator[None]:
    """Hold the sender's lock of an archive folder; raises CampaignLockedError naming its owner.

    The operating system holds the lock, so that none is ever stale; the owner is written beside
    it, only to be shown.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise _locked(folder / _OWNER) from None
    owner = folder / _OWNER
    try:
        owner.write_text(json.dumps({"owner": _myself(), "since": f"{since:%Y-%m-%d %H:%M:%S}"}))
        yield
    finally:
        with suppress(OSError):
            owner.unlink()
        lock.release()


def operator() -> str:
    """Return who works here; a container's user may have a number and no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "?"


def _myself() -> str:
    return f"{operator()}@{platform.node()} (pid {os.getpid()})"


def _locked(owner: Path) -> CampaignLockedError:
    try:
        told = json.loads(owner.read_text())
        return CampaignLockedError(str(told["owner"]), str(told["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return CampaignLockedError("?", "?")
