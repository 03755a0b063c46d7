"""Damage official files at random for so many minutes: ``python -m benchmarks.fuzz_imports 5``.

Every reader reads every damaged file; anything but values or ProblemsError is printed with the
number that makes it again, as are reads that take too long or too much memory.
"""

import io
import sys
import tempfile
import time
import tracemalloc
import zipfile
from collections import Counter
from pathlib import Path
from random import Random

from coalizione_mailer.errors import ProblemsError
from coalizione_mailer.registry.official import (
    read_body_index,
    read_comune_list,
    read_figures,
    read_heads,
)
from tests.support import official
from tests.support.mutations import mutated

_READERS = (read_body_index, read_comune_list, read_figures, read_heads)
_SECONDS = 2.0
_BYTES = 200 * 2**20
_MINUTE = 60
# Every so many files, memory is watched too: that is slow.
_TRACED = 25
# How often an archive is damaged from outside.
_OUTSIDE = 0.1


def main(minutes: float) -> int:
    """Print what came of it; return how many reads went wrong."""
    outcomes: Counter[str] = Counter()
    wrong = number = 0
    with tempfile.TemporaryDirectory() as folder:
        seeds = _seeds(Path(folder))
        path = Path(folder, "download")
        end = time.monotonic() + minutes * _MINUTE
        while time.monotonic() < end:
            number += 1
            random = Random(number)  # noqa: S311  damage, no secret
            path.write_bytes(_damaged(seeds[number % len(seeds)], random))
            if number % _TRACED == 0:
                tracemalloc.start()
            for reader in _READERS:
                outcome = _outcome(path, reader)
                outcomes[outcome] += 1
                if outcome.startswith("!"):
                    wrong += 1
                    print(number, reader.__name__, outcome, flush=True)
            tracemalloc.stop()
    print(f"{number} damaged files, {sum(outcomes.values())} reads, {wrong} wrong")
    for outcome, count in outcomes.most_common():
        print(f"{count:9} {outcome}")
    return wrong


def _seeds(folder: Path) -> list[bytes]:
    some = official.places()[::700]
    posas = official.write_posas(folder / "posas", some)
    sheet = official.write_ipa_xlsx(folder / "xlsx", some, others=3)
    paths = [
        official.write_ipa_csv(folder / "enti", some, others=3),
        sheet,
        official.zipped(sheet),
        official.write_amministrazioni(folder / "txt", some),
        official.write_classic(folder / "2016", some, layout=2016),
        official.write_classic(folder / "2020", some, layout=2020),
        official.write_situas(folder / "situas", some),
        posas,
        official.zipped(posas),
        official.write_dimensioni_json(folder / "json", some),
        official.write_maggiororgano(folder / "heads", some),
        official.write_commissioners(folder / "commissioners", official.places()[:400]),
    ]
    return [path.read_bytes() for path in paths]


def _damaged(content: bytes, random: Random) -> bytes:
    """Damage a file; an archive mostly within, since damage to itself is found at once."""
    if not content.startswith(b"PK") or random.random() < _OUTSIDE:
        return mutated(content, random)
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        hit = random.choice([name for name in given.namelist() if "docProps" not in name])
        for name in given.namelist():
            part = given.read(name)
            made.writestr(name, _damaged(part, random) if name == hit else part)
    return stream.getvalue()


def _outcome(path: Path, reader: object) -> str:
    if tracemalloc.is_tracing():
        tracemalloc.reset_peak()
    start = time.perf_counter()
    try:
        reader(path)  # type: ignore[operator]
        outcome = "values"
    except ProblemsError as error:
        outcome = str(error.problems[0].code)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        outcome = f"! {type(error).__name__}: {error}"
    if time.perf_counter() - start > _SECONDS:
        outcome = f"! {time.perf_counter() - start:.1f} s, {outcome}"
    if tracemalloc.is_tracing() and (peak := tracemalloc.get_traced_memory()[1]) > _BYTES:
        outcome = f"! {peak / 2**20:.0f} MB, {outcome}"
    return outcome


if __name__ == "__main__":
    sys.exit(bool(main(float(sys.argv[1]) if len(sys.argv) > 1 else 5)))
