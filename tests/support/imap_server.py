"""A real IMAP server for a test: Dovecot where it is installed, else pymap."""

import imaplib
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.patience import PATIENCE, until

if sys.platform != "win32":
    import grp
    import pwd

USER = "segreteria@ente.example"
PASSWORD = "parola-inventata"
# Where Debian and Fedora have Dovecot's own programs, or where whoever runs the tests has them.
_LIBEXEC = ("/usr/lib/dovecot", "/usr/libexec/dovecot")

_DOVECOT = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
disable_plaintext_auth = no
mail_location = maildir:{home}/mail
first_valid_uid = 1
service anvil {{
  chroot =
}}
service imap {{
  executable = {libexec}/imap
}}
service imap-hibernate {{
  executable = {libexec}/imap-hibernate
}}
service imap-urlauth {{
  executable = {libexec}/imap-urlauth
}}
service imap-urlauth-login {{
  executable = {libexec}/imap-urlauth-login
  chroot =
}}
service imap-urlauth-worker {{
  executable = {libexec}/imap-urlauth-worker
}}
service imap-login {{
  executable = {libexec}/imap-login
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
passdb {{
  driver = passwd-file
  args = {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
"""


@dataclass(frozen=True)
class ImapServer:
    """A server on loopback; ``home`` is where Dovecot keeps all it has, None for pymap."""

    port: int
    tls_port: int
    home: Path | None

    @contextmanager
    def opened(self, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """Open a folder as a mail program does."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            client.login(USER, PASSWORD)
            client.select(f'"{folder}"')
            yield client
        finally:
            client.logout()

    def put(self, *messages: bytes, folder: str = "INBOX") -> None:
        """Let messages arrive."""
        with self.opened() as client:
            if folder != "INBOX":
                client.create(f'"{folder}"')
            for raw in messages:
                status, answer = client.append(f'"{folder}"', "", "", raw)
                assert status == "OK", answer

    def flags(self, folder: str = "INBOX") -> list[bytes]:
        """Return UID and flags of every message, as they are for everybody."""
        with self.opened(folder) as client:
            _status, found = client.uid("FETCH", "1:*", "(UID FLAGS)")
        # Whether a session is the first to see a message is not a mark on it.
        return sorted(line.replace(b"\\Recent", b"") for line in found if isinstance(line, bytes))

    def recreate(self, folder: str) -> None:
        """Delete a folder and make it anew: another UIDVALIDITY."""
        with self.opened() as client:
            client.delete(f'"{folder}"')
            client.create(f'"{folder}"')


def has_dovecot() -> bool:
    """Whether a Dovecot is there whose configuration we know how to write."""
    program = _program()
    if program is None or _libexec() is None or sys.platform == "win32":
        return False
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return shown.stdout.startswith("2.3.")


def _program() -> str | None:
    return shutil.which("dovecot", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin")


def _libexec() -> str | None:
    named = os.environ.get("DOVECOT_LIBEXEC", "")  # noqa: TID251  what a program inherits
    return next((name for name in (named, *_LIBEXEC) if name and Path(name, "imap").exists()), None)


@contextmanager
def running(certificate: Path | None = None) -> Iterator[ImapServer]:
    """Run a server with one empty mailbox; with a certificate and key (PEM), it speaks TLS too."""
    # Not in pytest's folder: others may not look into that, and sockets want short names.
    home = Path(tempfile.mkdtemp(prefix="imap-"))
    try:
        with _dovecot(home, certificate) if has_dovecot() else _pymap(home) as server:
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _dovecot(home: Path, certificate: Path | None) -> Iterator[ImapServer]:
    assert sys.platform != "win32"
    root = os.geteuid() == 0
    # As root, Dovecot would be in danger of its own rights: it runs as nobody.
    user = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
    group = grp.getgrgid(user.pw_gid).gr_name
    for name in ("run", "state", "mail"):
        (home / name).mkdir()
    (home / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n", encoding="utf-8")
    server = ImapServer(_free_port(), _free_port(), home)
    secured = "no"
    if certificate is not None:
        shutil.copyfile(certificate, home / "cert.pem")
        secured = f"yes\nssl_cert = <{home}/cert.pem\nssl_key = <{home}/cert.pem"
    text = _DOVECOT.format(
        home=home, libexec=_libexec(), user=user.pw_name, group=group, port=server.port,
        ssl=secured,
        tls_port=server.tls_port if certificate else 0,
        uid=user.pw_uid, gid=user.pw_gid,
    )  # fmt: skip
    (home / "dovecot.conf").write_text(text, encoding="utf-8")
    if root:
        subprocess.run(["chown", "-R", f"{user.pw_name}:{group}", str(home)], check=True)
    command = [_program() or "", "-F", "-c", str(home / "dovecot.conf")]
    if root:
        command = [
            "setpriv",
            f"--reuid={user.pw_name}",
            f"--regid={group}",
            "--clear-groups",
            *command,
        ]
    with _started(command, server):
        yield server


@contextmanager
def _pymap(home: Path) -> Iterator[ImapServer]:
    server = ImapServer(_free_port(), 0, None)
    command = [
        *(sys.executable, "-c", "from pymap.main import main; main()"),
        *("--host", "127.0.0.1", "--port", str(server.port), "--no-tls"),
        *("dict", "--demo-user", USER, "--demo-password", PASSWORD),
    ]
    with _started(command, server):
        yield server
    assert home.exists()


@contextmanager
def _started(command: list[str], server: ImapServer) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(server.port, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    def up() -> bool:
        assert process.poll() is None, "the IMAP server did not come up"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
        except OSError:
            return False
        return True

    until(up)


def _free_port() -> int:
    """Find a port that no system gives to whoever asks for any, as the other tests do."""
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
