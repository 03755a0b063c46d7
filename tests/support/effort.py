"""What a piece of work costs, whatever the machine and whoever else works on it."""

import time
from collections.abc import Callable
from functools import cache

_MUCH = 100.0


def takes_much(work: Callable[[], object]) -> bool:
    """Tell whether work costs the processor more than a hundred million multiplications.

    What grows faster than its input costs far more. What is imported at first does not count.
    """
    return all(_seconds(work) > _MUCH * _measure() for _ in range(2))


@cache
def _measure() -> float:
    return min(_seconds(lambda: sum(n * n for n in range(1_000_000))) for _ in range(3))


def _seconds(work: Callable[[], object]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started
