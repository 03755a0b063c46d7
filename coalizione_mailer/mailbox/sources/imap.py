"""A mailbox over IMAP (RFC 3501), only looked at: EXAMINE and BODY.PEEK change no flag.

Folders are read in the order of their UIDs, from the mark on that the last reading left; where
UIDVALIDITY is another, from the beginning. Where the server has it, IDLE waits (RFC 2177).
"""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coalizione_mailer.errors import (
    Code,
    MailerError,
    Problem,
    ProblemsError,
    ServerUnavailableError,
)
from coalizione_mailer.mailbox.sources.protocol import LARGEST, Arrival, Mark

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

IDLE_SECONDS = 25 * 60.0
"""A server may end IDLE after 29 minutes (RFC 2177): it is begun anew before."""

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_UIDS_AT_ONCE = 400
_FETCHED_AT_ONCE = 40
_BYTES_AT_ONCE = 4_000_000
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is and who opens it; ``security`` is tls, starttls or none."""

    host: str
    port: int
    security: str
    username: str
    password: str = field(repr=False)
    ca_file: Path | None = None
    timeout: float = 60.0

    @property
    def name(self) -> str:
        """What the ledger knows the mailbox by."""
        return f"imap://{self.username}@{self.host}:{self.port}"


class ImapSource:
    """Some folders of an account, from their marks on; ``since`` is the first day that matters."""

    def __init__(
        self,
        account: Account,
        folders: Sequence[str],
        marks: Mapping[str, Mark],
        since: date,
        sleep: Callable[[float], None],
    ) -> None:
        self._account = account
        self._folders = folders
        self._marks = dict(marks)
        self._since = f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        self._sleep = sleep
        self._box: BaseMailBox | None = None

    def pending(self) -> int:
        """Count the messages after the marks."""
        return sum(len(self._opened(folder)[1]) for folder in self._folders)

    def arrivals(self) -> Iterator[Arrival]:
        """Give the messages after the marks, folder by folder."""
        for folder in self._folders:
            uidvalidity, uids = self._opened(folder)
            for start in range(0, len(uids), _UIDS_AT_ONCE):
                for group, too_large in self._groups(uids[start : start + _UIDS_AT_ONCE]):
                    for uid, raw in self._fetched(group, too_large=too_large):
                        mark = Mark(self._account.name, folder, uidvalidity, uid)
                        self._marks[folder] = mark
                        yield Arrival(raw, f"{folder} UID {uid}", mark)

    def wait(self, seconds: float) -> None:
        """Wait until the server says that something came, by IDLE where there is one folder."""
        if len(self._folders) > 1 or "IDLE" not in self._connected().client.capabilities:
            self._sleep(seconds)
            return
        from imap_tools import ImapToolsError

        try:
            with self._translated("session"):
                if not self._came_meanwhile(self._folders[0]):
                    self._idle()
        except ImapToolsError:
            # Something came just before IDLE: the next look finds it.
            self.close()

    def _came_meanwhile(self, folder: str) -> bool:
        """Look once more: what came since the last look is not announced again."""
        _uidvalidity, uids = self._opened(folder)
        # Announced while it was looked for, perhaps too late to be found.
        _name, announced = self._connected().client.response("EXISTS")
        return bool(uids) or announced != [None]

    def _idle(self) -> None:
        """Wait for a line of the server's, which may have come with its answer to IDLE."""
        client = self._connected().client
        with ExitStack() as ending:
            ending.enter_context(self._connected().idle)
            ending.callback(client.sock.settimeout, self._account.timeout)
            client.sock.settimeout(IDLE_SECONDS)
            try:
                client.readline()
            except TimeoutError:
                # Nothing can be read any more after that: the connection is made anew.
                ending.pop_all()
                self.close()

    def close(self) -> None:
        """Log out, or let go of a connection that is gone."""
        box, self._box = self._box, None
        if box is not None:
            with suppress(Exception):
                box.logout()
            with suppress(Exception):
                box.client.shutdown()

    def _opened(self, folder: str) -> tuple[int, list[int]]:
        """Open a folder to be read and return its UIDVALIDITY and the UIDs after the mark."""
        box = self._connected()
        uidvalidity = self._examine(folder)
        mark = self._marks.get(folder)
        first = mark.uid + 1 if mark and mark.uidvalidity == uidvalidity else 1
        with self._translated("session"):
            found = box.uids(f"UID {first}:* SINCE {self._since}", charset=None)
        # n:* gives the last message even where its UID is below n.
        return uidvalidity, sorted(uid for uid in map(int, found) if uid >= first)

    def _examine(self, folder: str) -> int:
        """Open a folder with EXAMINE; raises ProblemsError naming the folders there are."""
        from imap_tools.errors import MailboxFolderSelectError

        box = self._connected()
        with self._translated("session"):
            try:
                box.folder.set(folder, readonly=True)
            except MailboxFolderSelectError:
                there = tuple(info.name for info in box.folder.list())
                problem = Problem(
                    Code.MAILBOX_FOLDER, key="mailbox.folders", found=folder, expected=there
                )
                raise ProblemsError([problem]) from None
            _name, values = box.client.response("UIDVALIDITY")
            # From here on it tells of what comes.
            box.client.response("EXISTS")
        return int(values[0]) if values and values[0] else 0

    def _groups(self, uids: list[int]) -> Iterator[tuple[list[int], bool]]:
        """Ask for the sizes, and put together what is fetched together; True: not at all."""
        sizes = self._sizes(uids)
        group: list[int] = []
        total = 0
        for uid in uids:
            # Without a size it has gone meanwhile.
            if uid not in sizes:
                continue
            size = sizes[uid]
            if group and (total + size > _BYTES_AT_ONCE or len(group) >= _FETCHED_AT_ONCE):
                yield group, False
                group, total = [], 0
            if size > LARGEST:
                yield [uid], True
                continue
            group.append(uid)
            total += size
        if group:
            yield group, False

    def _sizes(self, uids: list[int]) -> dict[int, int]:
        sizes = {}
        for item in self._fetch(uids, "(UID RFC822.SIZE)"):
            line = item[0] if isinstance(item, tuple) else item
            uid, size = _UID.search(line or b""), _SIZE.search(line or b"")
            if uid and size:
                sizes[int(uid[1])] = int(size[1])
        return sizes

    def _fetched(self, uids: list[int], *, too_large: bool) -> Iterator[tuple[int, bytes | None]]:
        """Fetch whole messages without marking them as read, by UID."""
        if too_large:
            yield uids[0], None
            return
        answer = self._fetch(uids, "(UID BODY.PEEK[])")
        found = {}
        for item, following in zip(answer, [*answer[1:], b""], strict=True):
            if not isinstance(item, tuple):
                continue
            # The UID stands before the message, or after it.
            after = following if isinstance(following, bytes) else b""
            if uid := _UID.search(item[0]) or _UID.search(after):
                found[int(uid[1])] = item[1]
        for uid_ in uids:
            if uid_ in found:
                yield uid_, found[uid_]

    def _fetch(self, uids: list[int], parts: str) -> list[Any]:
        with self._translated("session"):
            status, answer = self._connected().client.uid("FETCH", ",".join(map(str, uids)), parts)
            if status != "OK":
                raise imaplib.IMAP4.error(_words(answer))
        return answer

    def _connected(self) -> "BaseMailBox":
        if self._box is None:
            box = self._open()
            try:
                self._login(box)
            except BaseException:
                self._box = box
                self.close()
                raise
            self._box = box
        return self._box

    def _open(self) -> "BaseMailBox":
        from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted

        account = self._account
        where = {"host": account.host, "port": account.port, "timeout": account.timeout}
        with self._translated("connect"):
            match account.security:
                case "tls":
                    return MailBox(**where, ssl_context=self._context())
                case "starttls":
                    return MailBoxStartTls(**where, ssl_context=self._context())
                case _:
                    return MailBoxUnencrypted(**where)

    def _login(self, box: "BaseMailBox") -> None:
        account = self._account
        plain = (account.username + account.password).isascii()
        with self._translated("login"):
            (box.login if plain else box.login_utf8)(account.username, account.password, None)

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._account.ca_file)

    @contextmanager
    def _translated(self, stage: str) -> Iterator[None]:
        """Turn what a connection can suffer into ServerUnavailableError; it is then let go of."""
        from imap_tools.errors import UnexpectedCommandStatusError

        try:
            yield
        except MailerError:
            # Said already; some of them are OSError or ValueError too.
            raise
        except (imaplib.IMAP4.error, OSError, UnexpectedCommandStatusError, ValueError) as error:
            self.close()
            raise self._unavailable(stage, error) from error

    def _unavailable(self, stage: str, error: Exception) -> ServerUnavailableError:
        from imap_tools.errors import UnexpectedCommandStatusError

        account, permanent = self._account, False
        match error:
            case TimeoutError():
                stage = "timeout"
            case ssl.SSLError():
                stage, permanent = "tls", True
            case UnexpectedCommandStatusError():
                permanent = stage == "login"
            case imaplib.IMAP4.abort() | OSError():
                stage = "connect" if stage == "connect" else "lost"
            case _:
                # Refused: a login, or the protection of the connection.
                permanent = stage == "login"
                stage = "tls" if stage == "connect" else stage
        stage = "mailbox" if stage == "session" else stage
        detail = _detail(error)
        if account.password:
            detail = detail.replace(account.password, "***")
        return ServerUnavailableError(account.host, account.port, stage, detail, permanent)


def _detail(error: Exception) -> str:
    """Return the server's own words on one line."""
    result = getattr(error, "command_result", None)
    if result is not None:
        return _words(result[1])
    first = error.args[-1] if error.args else ""
    return _words([first]) or type(error).__name__


def _words(answer: Sequence[object]) -> str:
    parts = [
        part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part)
        for part in answer
        if part is not None
    ]
    return " ".join(" ".join(parts).split())[:300]
