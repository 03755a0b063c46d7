"""IMAP against a real server: only looked at, resumed, and honest about what goes wrong."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import trustme

from coalizione_mailer.errors import Code, ProblemsError, ServerUnavailableError
from coalizione_mailer.mailbox.sources import Mark, imap
from coalizione_mailer.mailbox.sources.imap import Account, ImapSource
from tests.support import imap_server
from tests.support.imap_server import PASSWORD, USER, ImapServer

SINCE = date(2017, 9, 17)
TWO = [b"Subject: %d\r\n\r\nciao\r\n" % number for number in range(2)]


@pytest.fixture(scope="module")
def shared() -> Iterator[ImapServer]:
    with imap_server.running() as running:
        yield running


@pytest.fixture
def server(shared: ImapServer) -> ImapServer:
    with shared.opened() as client:
        client.uid("STORE", "1:*", "+FLAGS", r"(\Deleted)")
        client.expunge()
    return shared


def account(server: ImapServer) -> Account:
    return Account("127.0.0.1", server.port, "none", USER, PASSWORD)


def no_sleep(_seconds: float) -> None:
    """Do not wait."""


@contextmanager
def source(
    opened: ImapServer | Account,
    *folders: str,
    marks: dict[str, Mark] | None = None,
    since: date = SINCE,
) -> Iterator[ImapSource]:
    to = account(opened) if isinstance(opened, ImapServer) else opened
    with closing(ImapSource(to, folders or ("INBOX",), marks or {}, since, no_sleep)) as made:
        yield made


def refusal(to: Account | ImapServer) -> ServerUnavailableError:
    with source(to) as reading, pytest.raises(ServerUnavailableError) as caught:
        list(reading.arrivals())
    return caught.value


def test_no_flag_of_any_message_changes(server: ImapServer) -> None:
    server.put(*TWO)
    with server.opened() as client:
        client.store("1", "+FLAGS", r"(\Flagged \Answered)")
    before = server.flags()
    assert [b"Seen" in line for line in before] == [False, False]
    with source(server) as reading:
        assert [arrival.raw for arrival in reading.arrivals()] == TWO
    assert server.flags() == before


def test_another_reading_goes_on_after_the_mark(server: ImapServer) -> None:
    server.put(*TWO)
    with source(server) as reading:
        first, second = (arrival.mark for arrival in reading.arrivals())
    assert first is not None
    assert second is not None
    with source(server, marks={"INBOX": first}) as reading:
        assert reading.pending() == 1
        assert [arrival.raw for arrival in reading.arrivals()] == TWO[1:]
    # n:* would give the last message again.
    with source(server, marks={"INBOX": second}) as reading:
        assert list(reading.arrivals()) == []


def test_another_uidvalidity_means_all_from_the_beginning(server: ImapServer) -> None:
    server.put(TWO[0], folder="Ricevute")
    with source(server, "Ricevute") as reading:
        (arrival,) = reading.arrivals()
    assert arrival.mark is not None
    later = replace(arrival.mark, uidvalidity=arrival.mark.uidvalidity + 1, uid=999)
    with source(server, "Ricevute", marks={"Ricevute": later}) as reading:
        assert [one.raw for one in reading.arrivals()] == [TWO[0]]


def test_several_folders_are_read_each_with_its_own_mark(server: ImapServer) -> None:
    server.put(TWO[0])
    server.recreate("PEC")
    server.put(TWO[1], folder="PEC")
    with source(server, "INBOX", "PEC") as reading:
        given = list(reading.arrivals())
    assert [(one.raw, one.mark and one.mark.folder) for one in given] == [
        (TWO[0], "INBOX"),
        (TWO[1], "PEC"),
    ]


def test_what_is_older_than_the_letters_is_not_even_fetched(server: ImapServer) -> None:
    server.put(*TWO)
    with source(server, since=date.today() + timedelta(days=2)) as reading:  # noqa: DTZ011  the server's own
        assert reading.pending() == 0


def test_many_and_large_messages_come_in_bounded_groups(
    server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "_BYTES_AT_ONCE", 3000)
    monkeypatch.setattr(imap, "_FETCHED_AT_ONCE", 3)
    monkeypatch.setattr(imap, "_UIDS_AT_ONCE", 7)
    monkeypatch.setattr(imap, "LARGEST", 5000)
    many = [b"Subject: %d\r\n\r\n" % n + b"x" * 60 + b"\r\n" * (n * 10) for n in range(20)]
    huge = b"Subject: enorme\r\n\r\n" + b"y" * 60 + b"\r\n" * 4000
    server.put(*many[:10], huge, *many[10:])
    with source(server) as reading:
        given = [arrival.raw for arrival in reading.arrivals()]
    assert given == [*many[:10], None, *many[10:]]


def test_a_folder_that_is_not_there_is_named_with_those_that_are(server: ImapServer) -> None:
    with source(server, "Ricevutte") as reading, pytest.raises(ProblemsError) as caught:
        reading.pending()
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == (Code.MAILBOX_FOLDER, "Ricevutte")
    assert "INBOX" in problem.expected


def test_a_wrong_password_is_refused_for_good_and_never_told(server: ImapServer) -> None:
    error = refusal(replace(account(server), password="quella-sbagliata"))
    assert (error.stage, error.permanent, error.port) == ("login", True, server.port)
    assert "quella-sbagliata" not in f"{error.detail} {error!r}"
    assert "quella-sbagliata" not in repr(replace(account(server), password="quella-sbagliata"))


def test_where_nobody_answers_is_said_so(nobody: int) -> None:
    error = refusal(Account("127.0.0.1", nobody, "none", USER, PASSWORD))
    assert (error.stage, error.permanent) == ("connect", False)


def test_who_does_not_speak_imap_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _address = listening.accept()
            with connection:
                connection.sendall(b"220 smtp.ente.example ESMTP\r\n")
                time.sleep(0.2)  # noqa: TID251  a server in a thread

        thread = threading.Thread(target=answer)
        thread.start()
        error = refusal(Account("127.0.0.1", listening.getsockname()[1], "none", USER, PASSWORD))
        thread.join(60)
    assert error.stage in {"connect", "tls", "timeout"}


@contextmanager
def dropping(server: ImapServer, after: int) -> Iterator[int]:
    """Pass on what the server says, and drop the connection after so many bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def carry() -> None:
            client, _address = listening.accept()
            upstream = socket.create_connection(("127.0.0.1", server.port))

            def up() -> None:
                with suppress(OSError):
                    while data := client.recv(65536):
                        upstream.sendall(data)

            threading.Thread(target=up, daemon=True).start()
            left = after
            with client, upstream:
                while left > 0 and (data := upstream.recv(min(left, 65536))):
                    client.sendall(data)
                    left -= len(data)
                with suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
                    upstream.shutdown(socket.SHUT_RDWR)

        thread = threading.Thread(target=carry, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(60)


def test_a_connection_lost_in_the_middle_is_made_anew_and_goes_on(server: ImapServer) -> None:
    large = [b"Subject: %d\r\n\r\n" % n + b"z" * 70 + b"\r\n" * 30_000 for n in range(3)]
    server.put(*large)
    with (
        dropping(server, 100_000) as port,
        source(replace(account(server), port=port)) as reading,
    ):
        given: list[bytes | None] = []
        with pytest.raises(ServerUnavailableError) as caught:
            given.extend(arrival.raw for arrival in reading.arrivals())
        assert (caught.value.stage, caught.value.permanent) == ("lost", False)
        reading._account = account(server)
        given += [arrival.raw for arrival in reading.arrivals()]
    assert given == large


def test_waiting_ends_when_something_comes(server: ImapServer) -> None:
    with source(server) as reading:
        assert reading.pending() == 0
        later = threading.Timer(0.3, server.put, [TWO[0]])
        later.start()
        while not reading.pending():
            reading.wait(0.2)
        later.join()
        assert [arrival.raw for arrival in reading.arrivals()] == [TWO[0]]


def test_what_came_after_the_last_look_is_not_waited_for(server: ImapServer) -> None:
    with source(server) as reading:
        assert reading.pending() == 0
        server.put(TWO[0])
        reading.wait(0.2)
        assert [arrival.raw for arrival in reading.arrivals()] == [TWO[0]]


def test_where_nothing_is_said_for_long_it_looks_by_itself(
    server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "IDLE_SECONDS", 0.2)
    with source(server) as reading:
        reading.wait(0.2)
        server.put(TWO[0])
        assert [arrival.raw for arrival in reading.arrivals()] == [TWO[0]]


@contextmanager
def scripted(found: bytes = b"", news: bytes = b"") -> Iterator[int]:
    """A mailbox that says ``found`` with what was looked for, and ``news`` in one breath with IDLE.

    It announces nothing more.
    """
    says = {
        b"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n",
        b"EXAMINE": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] .\r\n",
        b"UID": b"* SEARCH\r\n" + found,
    }

    def talk() -> None:
        connection, _address = listening.accept()
        with connection, connection.makefile("rb") as commands:
            connection.sendall(b"* OK IMAP4rev1\r\n")
            for command in commands:
                tag, _space, rest = command.rstrip().partition(b" ")
                name = rest.partition(b" ")[0]
                if name == b"IDLE":
                    connection.sendall(b"+ idling\r\n" + news)
                    assert commands.readline() == b"DONE\r\n"
                connection.sendall(says.get(name, b"") + tag + b" OK done\r\n")
                if name == b"LOGOUT":
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(60)


@pytest.mark.parametrize("when", ["found", "news"])
def test_news_told_with_another_answer_are_not_waited_for_again(when: str) -> None:
    with (
        scripted(**{when: b"* 1 EXISTS\r\n"}) as port,
        source(Account("127.0.0.1", port, "none", USER, PASSWORD)) as reading,
    ):
        reading.wait(0.2)


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ImapServer, Path]]:
    if not imap_server.has_dovecot():
        pytest.skip("only Dovecot is given a certificate here")
    folder = tmp_path_factory.mktemp("tls")
    trusted = trustme.CA()
    trusted.cert_pem.write_to_path(str(folder / "ca.pem"))
    trusted.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
        str(folder / "cert.pem")
    )
    with imap_server.running(folder / "cert.pem") as running:
        running.put(TWO[0])
        yield running, folder / "ca.pem"


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_servers_certificate_must_be_trusted(
    secured: tuple[ImapServer, Path], security: str
) -> None:
    server, ca_file = secured
    port = server.tls_port if security == "tls" else server.port
    trusting = replace(account(server), security=security, port=port, ca_file=ca_file)
    with source(trusting) as reading:
        assert [arrival.raw for arrival in reading.arrivals()] == [TWO[0]]
    error = refusal(replace(trusting, ca_file=None))
    assert (error.stage, error.permanent) == ("tls", True)
