"""Every source gives each message once, byte for byte, and touches nothing."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from coalizione_mailer.mailbox.sources import Arrival, Source
from coalizione_mailer.mailbox.sources.imap import Account, ImapSource
from coalizione_mailer.mailbox.sources.paths import sources
from tests.support import imap_server
from tests.support.imap_server import PASSWORD, USER

MESSAGES = [
    b"From: a@b.example\r\nSubject: uno\r\n\r\nciao\r\n",
    b"From: a@b.example\r\nSubject: due\r\n\r\n\xe8 in Latin-1\r\n.\r\nFrom qui\r\n",
    b"From: a@b.example\r\nSubject: tre\r\n\r\n" + b"x" * 70 + b"\r\n" * 40_000,
]
LATE = b"From: a@b.example\r\nSubject: quattro\r\n\r\ntardi\r\n"


@dataclass(frozen=True)
class Place:
    """A source, how a message arrives there, and what it holds that must not change."""

    source: Source
    put: Callable[[bytes], None]
    state: Callable[[], object]


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def never(_seconds: float) -> None:
    pytest.fail("it waited")


@contextmanager
def in_folder(folder: Path) -> Iterator[Place]:
    def put(raw: bytes) -> None:
        number = len(list(folder.rglob("*.*")))
        place = folder / f"mese-{number % 2}"
        place.mkdir(exist_ok=True)
        (place / f"{number:03}.EML").write_bytes(raw)

    (folder / "leggimi.txt").write_text("non è un messaggio", encoding="utf-8")
    (source,) = sources([folder], never)
    yield Place(source, put, lambda: files(folder))


@contextmanager
def in_maildir(folder: Path) -> Iterator[Place]:
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir()

    def put(raw: bytes) -> None:
        number = len(files(folder))
        name = f"{number}.mio:2,S" if number % 2 else f"{number}.mio"
        (folder / ("cur" if number % 2 else "new") / name).write_bytes(raw)

    (source,) = sources([folder], never)
    yield Place(source, put, lambda: files(folder))


@contextmanager
def in_mbox(folder: Path) -> Iterator[Place]:
    file = folder / "posta"

    def put(raw: bytes) -> None:
        with file.open("ab") as box:
            box.write(b"From a@b.example Mon Sep 18 10:00:00 2017\r\n" + raw + b"\r\n")

    put(MESSAGES[0])
    (source,) = sources([file], never)
    file.write_bytes(b"")
    yield Place(source, put, lambda: files(folder))


@contextmanager
def over_imap(_folder: Path) -> Iterator[Place]:
    with imap_server.running() as server:
        account = Account("127.0.0.1", server.port, "none", USER, PASSWORD)
        source = ImapSource(account, ["INBOX"], {}, date(2017, 1, 1), never)
        yield Place(source, server.put, server.flags)


@pytest.fixture(params=[in_folder, in_maildir, in_mbox, over_imap], ids=lambda make: make.__name__)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with request.param(tmp_path) as made:
        yield made
        made.source.close()


def bodies(arrivals: Iterator[Arrival]) -> list[bytes | None]:
    return [arrival.raw for arrival in arrivals]


def test_each_message_is_given_once_as_it_is_and_nothing_changes(place: Place) -> None:
    assert place.source.pending() == 0
    for raw in MESSAGES:
        place.put(raw)
    before = place.state()
    assert place.source.pending() == len(MESSAGES)
    given = list(place.source.arrivals())
    assert sorted(arrival.raw or b"" for arrival in given) == sorted(MESSAGES)
    assert len({arrival.origin for arrival in given}) == len(MESSAGES)
    assert place.source.pending() == 0
    assert list(place.source.arrivals()) == []
    assert place.state() == before


def test_what_comes_later_is_given_when_asked_again(place: Place) -> None:
    place.put(MESSAGES[0])
    assert bodies(place.source.arrivals()) == [MESSAGES[0]]
    place.put(LATE)
    assert place.source.pending() == 1
    assert bodies(place.source.arrivals()) == [LATE]


def test_stopped_in_the_middle_the_rest_is_given_next(place: Place) -> None:
    for raw in MESSAGES:
        place.put(raw)
    arrivals = place.source.arrivals()
    first = next(arrivals).raw
    with suppress(AttributeError):
        arrivals.close()  # type: ignore[attr-defined]
    rest = bodies(place.source.arrivals())
    assert sorted([first or b"", *(raw or b"" for raw in rest)]) == sorted(MESSAGES)
