"""Python's garbage collector, told to wait while an official file is read and planned."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no circular garbage meanwhile.

    An import makes some hundred thousand values and none that leads back to itself, so that each
    goes when nobody needs it any more; the collector would look through all of them time and
    again, for half of the time that an import takes, and find nothing.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
