"""What every test starts from."""

import signal
import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# A shell that starts us in the background has us ignore Ctrl-C, and so the programs we start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says how fast the machine is, and nothing of what is shown.
settings.register_profile(
    "patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


@pytest.fixture
def nobody() -> Iterator[int]:
    """Give a port of this machine at which nobody listens, nor begins to."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        yield port
