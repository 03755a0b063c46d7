"""How long a test waits for what comes by itself: until it is there, however slow the machine."""

import time
from collections.abc import Callable

PATIENCE = 600.0
"""Seconds after which what is waited for is taken to hang; nothing that is shown rests on it."""


def until(done: Callable[[], bool]) -> None:
    """Wait until something is so that another program or thread brings about."""
    ends = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < ends, "it hangs"
        time.sleep(0.02)  # noqa: TID251  another program works
