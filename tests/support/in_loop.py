"""Tests that are coroutines: one loop a test, nothing left running in it."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec

P = ParamSpec("P")

PATIENCE = 3600.0
"""Seconds of the loop's own time after which a test that hangs is ended."""


def in_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run a coroutine test in a loop of its own."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), PATIENCE))

    return run


def let_pass(seconds: float) -> None:
    """Put the loop's clock forward: whoever waits so long has waited enough."""
    loop = asyncio.get_running_loop()
    before = loop.time
    loop.time = lambda: before() + seconds  # type: ignore[method-assign]


async def everyone_ready() -> None:
    """Let all others of the loop come to where they wait."""
    for _ in range(50):
        await asyncio.sleep(0)
