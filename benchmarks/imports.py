"""How long it takes to read IPA's index of 23,396 bodies, against pandas reading the same file.

The whole import may take twice pandas's time; reading is to leave room for the rest.
"""

import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from coalizione_mailer.registry.official import read_body_index, read_figures
from tests.support.official import write_ipa_csv, write_ipa_xlsx, write_posas

_ROUNDS = 9
_REAL_AGES = 101


def main() -> None:
    """Print the best of some rounds, taken by turns so that a busy machine is busy for both."""
    with tempfile.TemporaryDirectory() as folder:
        table, sheet = Path(folder, "enti.csv"), Path(folder, "enti.xlsx")
        write_ipa_csv(table)
        write_ipa_xlsx(sheet)
        _compare("CSV", lambda: pd.read_csv(table, dtype=str), lambda: read_body_index(table))
        _compare(
            "XLSX",
            lambda: pd.read_excel(sheet, dtype=str, engine="calamine"),
            lambda: read_body_index(sheet),
        )
        posas = write_posas(Path(folder, "POSAS_2025_it_Comuni.csv"), ages=_REAL_AGES)
        seconds = _seconds(lambda: read_figures(posas))
        print(f"POSAS, real size ({posas.stat().st_size / 1e6:.0f} MB): {seconds:.2f} s")


def _compare(name: str, theirs: Callable[[], object], ours: Callable[[], object]) -> None:
    rounds = [(_seconds(theirs), _seconds(ours)) for _ in range(_ROUNDS)]
    pandas, mailer = (min(times) for times in zip(*rounds, strict=True))
    print(f"{name}: pandas {pandas:.3f} s, read_body_index {mailer:.3f} s: {mailer / pandas:.2f} x")


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
