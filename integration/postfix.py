"""Postfix with STARTTLS and authentication (Dovecot's), all in a folder of its own.

Every message is delivered into one Maildir, whoever it is for. Postfix wants root for its master
process; whoever is not root is told so, and fails only in CI.
"""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from benchmarks.tools import free_port

USER, PASSWORD = "segreteria", "una parola d'ordine"
_SECONDS_TO_START = 20.0

_DOVECOT = """
protocols =
base_dir = {folder}/dovecot-run
state_dir = {folder}/dovecot-run
log_path = {folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth_port}
  }}
}}
service anvil {{
  chroot =
}}
"""

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = posta.ente.example
mydestination =
local_recipient_maps =
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
smtpd_tls_cert_file = {folder}/server.pem
smtpd_tls_key_file = {folder}/server.pem
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth_port}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_client_connection_count_limit = 0
virtual_mailbox_domains = static:all
virtual_mailbox_base = {folder}/spool
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
message_size_limit = 50000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
"""

_MASTER = """
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class Running:
    """Where the server is, whom to trust, and where its mail ends."""

    port: int
    ca_file: Path
    maildir: Path

    def delivered(self) -> list[bytes]:
        """Return every message that has reached the spool."""
        return [path.read_bytes() for path in sorted((self.maildir / "new").glob("*"))]


def missing() -> str:
    """Say what stands in the way of running Postfix here, empty if nothing does."""
    packages = {"postfix": "postfix", "dovecot": "dovecot-core"}
    if wanted := [package for name, package in packages.items() if not _found(name)]:
        return f"apt-get install {' '.join(wanted)}"
    return "" if os.geteuid() == 0 else "Postfix wants root to start"


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Start both servers and stop them at the end."""
    folder.chmod(0o755)
    port, auth_port = free_port(), free_port()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
        folder / "server.pem"
    )
    owner = pwd.getpwnam("nobody")
    for name, user in (("queue", "root"), ("data", "postfix"), ("spool", "nobody")):
        (folder / name).mkdir()
        shutil.chown(folder / name, user)
    values = {
        "folder": folder,
        "port": port,
        "auth_port": auth_port,
        "uid": owner.pw_uid,
        "gid": owner.pw_gid,
    }
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    (folder / "dovecot.conf").write_text(_DOVECOT.format(**values))
    config = folder / "postfix"
    config.mkdir()
    (config / "main.cf").write_text(_MAIN.format(**values))
    (config / "master.cf").write_text(_MASTER.format(**values).lstrip())
    dovecot = subprocess.Popen([_program("dovecot"), "-F", "-c", str(folder / "dovecot.conf")])
    try:
        subprocess.run([_program("postfix"), "-c", str(config), "start"], check=True)
        _wait_for(auth_port)
        _wait_for(port)
        yield Running(port, folder / "ca.pem", folder / "spool" / "all")
    finally:
        subprocess.run([_program("postfix"), "-c", str(config), "stop"], check=False)
        dovecot.terminate()
        dovecot.wait()


def _found(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")


def _program(name: str) -> str:
    found = _found(name)
    assert found is not None
    return found


def _wait_for(port: int) -> None:
    """Wait until somebody listens; raises TimeoutError."""
    end = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(port)
