"""Standing type: letters already made are kept for the next printing, as printers keep theirs.

A letter is found by the SHA-256 of all it comes from, and used only if all of it still has the
SHA-256 it was kept with. The file can be deleted at any time; damaged or locked, it is done
without. Of letters printed on one form, what they share is kept once.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from coalizione_mailer.errors import Code, Problem, Severity
from coalizione_mailer.letter import fonts
from coalizione_mailer.letter.document import Pdf, PdfSettings

MOST_BYTES = 160 * 2**20
"""How large the file may grow, but for a few letters: a dozen corrections of a usual campaign."""

_PATIENCE = 1  # seconds for another program to be done with the file
_FEWEST = 16  # letters for which a file is begun
_TOGETHER = 100  # letters written in one transaction
_LAYOUT = 1
_LIBRARIES = (
    *("weasyprint", "pydyf", "pikepdf", "tinycss2", "cssselect2", "tinyhtml5", "pyphen"),
    *("fonttools", "pillow"),
)
_TABLES = f"""
PRAGMA auto_vacuum = FULL;
PRAGMA journal_mode = WAL;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS bodies (sha256 BLOB PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS letters (
  key BLOB PRIMARY KEY, printing INTEGER NOT NULL, body BLOB NOT NULL, tail BLOB NOT NULL,
  pages INTEGER NOT NULL, problems TEXT NOT NULL, sha256 BLOB NOT NULL
);
PRAGMA user_version = {_LAYOUT};
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter as it was kept: what it shares with others, its own, its pages and problems."""

    body: bytes
    tail: bytes
    pages: int
    problems: str

    @property
    def pdf(self) -> Pdf:
        """The letter."""
        shared = len(self.body)
        return Pdf(self.body + self.tail, self.pages, _problems(self.problems), shared=shared)


class StandingType:
    """The letters kept in a file, for the settings of a campaign; without a file, none."""

    def __init__(self, path: Path | None, settings: PdfSettings) -> None:
        # What changes with every letter kept cannot be part of what letters are known by.
        inside = path is not None and path.resolve().is_relative_to(settings.template.resolve())
        self._path = None if inside else path
        self._settings = settings
        self._connection: sqlite3.Connection | None = None
        self._printing = 0
        self._full = False
        self._waiting: list[tuple[str, Pdf]] = []

    def known(self, html: str) -> bool:
        """Tell whether a letter is in the file, without looking at it closer."""
        row = None
        with self._forgiving():
            row = self._row(html)
        return row is not None

    def found(self, letters: Iterable[str]) -> dict[str, Kept]:
        """Return those of the letters that are there, each exactly as it was kept."""
        found: dict[str, Kept] = {}
        with self._forgiving():
            for html in letters:
                row = self._row(html)
                if row is not None and (kept := self._verified(self._key(html), *row)) is not None:
                    found[html] = kept
            self._touch(found)
        return found

    def keep(self, html: str, pdf: Pdf) -> None:
        """Keep a letter, unless more went into it than its key says."""
        if self._path is None or self._full or not pdf.lasting:
            return
        self._waiting.append((html, pdf))
        if len(self._waiting) >= _TOGETHER:
            self._write()

    def close(self) -> None:
        """Write what is waiting, and let the file go."""
        begun = self._path is not None and self._path.exists()
        if self._waiting and (begun or len(self._waiting) >= _FEWEST):
            self._write()
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _row(self, html: str) -> tuple[Any, ...] | None:
        if (connection := self._opened(make=False)) is None:
            return None
        query = "SELECT body, tail, pages, problems, sha256 FROM letters WHERE key = ?"
        with closing(connection.execute(query, (self._key(html),))) as rows:
            row: tuple[Any, ...] | None = rows.fetchone()
            return row

    def _verified(
        self, key: bytes, body: bytes, tail: bytes, pages: int, problems: str, digest: bytes
    ) -> Kept | None:
        """Return a letter whose bytes, pages and problems are those that were kept."""
        kept = Kept(self._body(body) if body else b"", tail, pages, problems)
        return kept if _digest(key, pages, problems, kept.body, tail) == digest else None

    def _body(self, name: bytes) -> bytes:
        if name not in self._bodies and self._connection is not None:
            query = "SELECT content FROM bodies WHERE sha256 = ?"
            with closing(self._connection.execute(query, (name,))) as rows:
                self._bodies[name] = next(rows, (b"",))[0]
        return self._bodies.get(name, b"")

    @cached_property
    def _bodies(self) -> dict[bytes, bytes]:
        return {}

    def _touch(self, letters: Iterable[str]) -> None:
        """Note that letters were asked for: those not asked for longest go first."""
        if self._connection is not None:
            keys = [(self._next_printing(), self._key(html)) for html in letters]
            with self._connection:
                self._connection.executemany("UPDATE letters SET printing = ? WHERE key = ?", keys)

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        with self._forgiving():
            if (connection := self._opened(make=True)) is None:
                return
            bodies, rows = {}, []
            for html, pdf in waiting:
                key, body = self._key(html), pdf.data[: pdf.shared]
                name = hashlib.sha256(body).digest() if body else b""
                bodies[name] = body
                problems = json.dumps([asdict(problem) for problem in pdf.problems])
                digest = _digest(key, pdf.pages, problems, pdf.data)
                tail = pdf.data[pdf.shared :]
                rows.append((key, self._next_printing(), name, tail, pdf.pages, problems, digest))
            with connection:
                connection.executemany(
                    "INSERT OR REPLACE INTO bodies VALUES (?, ?)", bodies.items()
                )
                connection.executemany(
                    "INSERT OR REPLACE INTO letters VALUES (?, ?, ?, ?, ?, ?, ?)", rows
                )
                self._make_room(connection)

    def _make_room(self, connection: sqlite3.Connection) -> None:
        """Drop the letters of the oldest printings while the file is too large.

        If that is this one, it keeps what it has and takes no more.
        """
        while _bytes(connection) > MOST_BYTES:
            query = "SELECT min(printing) FROM letters"
            (oldest,) = connection.execute(query).fetchone()
            if oldest in {None, self._printing}:
                self._full = True
                return
            connection.execute("DELETE FROM letters WHERE printing = ?", (oldest,))
            connection.execute("DELETE FROM bodies WHERE sha256 NOT IN (SELECT body FROM letters)")

    def _next_printing(self) -> int:
        """Return the number of this printing."""
        if not self._printing and self._connection is not None:
            rows = self._connection.execute("SELECT coalesce(max(printing), 0) + 1 FROM letters")
            self._printing = rows.fetchone()[0]
        return self._printing

    def _opened(self, *, make: bool) -> sqlite3.Connection | None:
        if self._connection is None and self._path is not None and (make or self._path.exists()):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
            self._connection = sqlite3.connect(self._path, timeout=_PATIENCE)
            layout = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if layout != _LAYOUT:
                self._connection.executescript(_TABLES)
            self._connection.execute("PRAGMA synchronous = NORMAL")
        return self._connection

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        """Go on without the file where it cannot be used; away with it where it is damaged."""
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            path, self._path, self._waiting = self._path, None, []
            self.close()
            damaged = not isinstance(error, (sqlite3.OperationalError, OSError))
            if path is not None and damaged:
                for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                    with suppress(OSError):
                        path.with_name(name).unlink()

    def _key(self, html: str) -> bytes:
        return hashlib.sha256(self._surroundings + html.encode("utf-8", "surrogatepass")).digest()

    @cached_property
    def _surroundings(self) -> bytes:
        """The SHA-256 of all that a letter comes from beside its own text."""
        settings = self._settings
        told = [settings.variant, settings.date.isoformat(), list(settings.keywords), _LAYOUT]
        told += [[name, _version(name)] for name in _LIBRARIES]
        here = Path(__file__).parent
        for folder, files in (
            (here, [*here.rglob("*.py"), *here.glob("*.conf")]),
            (fonts.folder(), [fonts.folder() / name for name in fonts.FACES]),
            (settings.template, settings.template.rglob("*")),
        ):
            told += [
                [path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()]
                for path in sorted(files)
                if path.is_file()
            ]
        return hashlib.sha256(json.dumps(told).encode()).digest()


def _digest(key: bytes, pages: int, problems: str, *data: bytes) -> bytes:
    """Return the hash of all that is kept of a letter, and of what it is kept under."""
    digest = hashlib.sha256(key + b"%d\0" % pages + problems.encode() + b"\0")
    for part in data:
        digest.update(part)
    return digest.digest()


def _problems(text: str) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            **{
                **fields,
                "code": Code(fields["code"]),
                "severity": Severity(fields["severity"]),
                "expected": tuple(fields["expected"]),
            }
        )
        for fields in json.loads(text)
    )


def _bytes(connection: sqlite3.Connection) -> int:
    """Return how much of the file is in use."""
    query = "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, "
    query += "pragma_freelist_count, pragma_page_size"
    size: int = connection.execute(query).fetchone()[0]
    return size


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
