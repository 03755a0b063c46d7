"""Damage official files at random for so many minutes: ``python -m benchmarks.fuzz_imports 5``.

Every reader reads every damaged file; anything but values or ProblemsError is printed with the
number that makes it again, as are reads that take too long or too much memory.
"""

import sys
import tempfile
import time
import tracemalloc
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


def main(minutes: float) -> int:
    """Print what came of it; return how many reads went wrong."""
    outcomes: Counter[str] = Counter()
    wrong = number = 0
    with tempfile.TemporaryDirectory() as folder:
        seeds = _seeds(Path(folder))
        path = Path(folder, "download")
        end = time.monotonic() + minutes * _MINUTE
        tracemalloc.start()
        while time.monotonic() < end:
            number += 1
            path.write_bytes(mutated(seeds[number % len(seeds)], Random(number)))  # noqa: S311  damage, no secret
            for reader in _READERS:
                outcome = _outcome(path, reader)
                outcomes[outcome] += 1
                if outcome.startswith("!"):
                    wrong += 1
                    print(number, reader.__name__, outcome, flush=True)
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
    return [path.read_bytes() for path in paths] + [_sheet(sheet, number) for number in range(40)]


def _sheet(sheet: Path, number: int) -> bytes:
    """Return a spreadsheet damaged within, its archive being whole."""
    import io
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(sheet) as given, zipfile.ZipFile(stream, "w") as made:
        for name in given.namelist():
            part = given.read(name)
            made.writestr(name, mutated(part, Random(number)) if "sheet1" in name else part)
    return stream.getvalue()


def _outcome(path: Path, reader: object) -> str:
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
    if (peak := tracemalloc.get_traced_memory()[1]) > _BYTES:
        outcome = f"! {peak / 2**20:.0f} MB, {outcome}"
    return outcome


if __name__ == "__main__":
    sys.exit(bool(main(float(sys.argv[1]) if len(sys.argv) > 1 else 5)))
