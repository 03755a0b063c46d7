"""Rehearse ten whole campaigns: ``python -m benchmarks.rehearsals [COMUNI [SEED]...]``.

To reach: nothing lost, nothing sent twice unknowingly, nothing misjudged, under every seed. Each
takes minutes; without COMUNI all 2,391 of the shipped campaign have their letter.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from coalizione_mailer.exercise import Act, Score, Wishes, Wrong, play

SEEDS = range(1, 11)
_COLUMNS = ("sent", "delivered", "silent", "bounced", "recovered", "refused", "doubts", "forgeries")


def main(recipients: int | None = None, seeds: list[int] | None = None) -> int:
    """Play them one after the other; 1 if anything that must not happen did."""
    titles = ("seed", *_COLUMNS, *(wrong.value for wrong in Wrong), "days", "seconds")
    print("".join(f"{title:>11}" for title in titles), flush=True)
    bad = 0
    for seed in seeds or SEEDS:
        score, seconds = _played(seed, recipients)
        wrong = [score.count(kind) for kind in Wrong]
        figures = (seed, *(getattr(score, name) for name in _COLUMNS), *wrong, score.days)
        print("".join(f"{figure:>11}" for figure in figures) + f"{seconds:>11.0f}", flush=True)
        for fault in score.faults:
            print(f"    {fault}", flush=True)
        bad += not score.perfect
    print(f"to reach: nothing lost, doubled or misjudged; missed under {bad} seeds")
    return min(bad, 1)


def _played(seed: int, recipients: int | None) -> tuple[Score, float]:
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        wishes = Wishes(seed, recipients, os.cpu_count() or 1, time.time())
        score = play(Path(folder), wishes, _Nobody())
    return score, time.perf_counter() - started


class _Nobody:
    """Looks at nothing."""

    @contextmanager
    def watch(self, _act: Act, _day: int, _total: int) -> Iterator[Callable[[], None]]:
        """See nothing."""
        yield lambda: None


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(numbers[0] if numbers else None, numbers[1:]))
