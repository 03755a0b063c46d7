"""A message to send, and certificates of an authority that nobody else knows."""

import ssl
from pathlib import Path

import pytest
import trustme

from coalizione_mailer.letter.message import join
from coalizione_mailer.model import Envelope
from tests.support import letters


@pytest.fixture(scope="session")
def message() -> bytes:
    """A letter as it leaves, with lines that begin with dots."""
    frozen = letters.frozen(1)
    content = join(frozen.head, frozen.letter, letters.composer().frame)
    assert b"\r\n." in content
    return content


@pytest.fixture
def envelope() -> Envelope:
    return Envelope(letters.SENDER, letters.address(1), "r1.a001.5eed")


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(scope="session")
def server_context(authority: trustme.CA) -> ssl.SSLContext:
    """What a server on loopback needs to be believed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context
