"""What an import of IPA's index costs, against pandas only reading the same file.

The index has 23,396 bodies, 7,896 of them Comuni with 15,253 addresses. Told apart: reading it
into values; with the choice of an address for each Comune; the whole import up to where the
operator is asked: read, chosen, compared with what the campaign has, 11,800 changes told and both
files laid out as they would be written. The register is there already and nothing was imported
before, so that everything is new. In processor time, the best of some rounds taken by turns, so
that a busy machine is busy for all.

The target is twice pandas's time for the whole. The spreadsheet keeps it: 0.9 times for reading,
1.1 with the choice, 1.4 for the whole. The CSV does not: 1.2, 2.6 and 5.1 times, half a second.
pandas's parser is C throughout, takes 0.1 s and makes nothing of what it read; that leaves 0.1 s
for 15,253 addresses to be checked, weighed, compared and written twice, six microseconds each,
and Python takes twenty-five. A quarter of the whole is reading, a quarter choosing, a third the
two files. What was tried on it: values as named tuples, plain addresses known by one expression,
tables written some lines at a time, no search for garbage; before, it took thirteen times.
"""

import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from coalizione_mailer.campaign import load
from coalizione_mailer.registry.choosing import choose
from coalizione_mailer.registry.official import read_body_index, read_figures
from coalizione_mailer.shipped import copy_to
from coalizione_mailer.updates import plan_addresses, uncollected
from coalizione_mailer.updates.holdings import Holdings
from tests.support.official import write_ipa_csv, write_ipa_xlsx, write_posas

_ROUNDS = 9
_REAL_AGES = 101
_TARGET = 2.0


def main() -> None:
    """Print for each file how often pandas's time the steps of an import take."""
    with tempfile.TemporaryDirectory() as folder:
        table, sheet = Path(folder, "enti.csv"), Path(folder, "enti.xlsx")
        write_ipa_csv(table)
        write_ipa_xlsx(sheet)
        copy_to(Path(folder, "campaign"))
        held = _held(Path(folder, "campaign"))
        _compare("CSV", lambda: pd.read_csv(table, dtype=str), table, held)
        _compare("XLSX", lambda: pd.read_excel(sheet, dtype=str, engine="calamine"), sheet, held)
        posas = write_posas(Path(folder, "POSAS_2025_it_Comuni.csv"), ages=_REAL_AGES)
        seconds = _seconds(lambda: read_figures(posas))
        print(f"POSAS, real size ({posas.stat().st_size / 1e6:.0f} MB): {seconds:.2f} s")


def _held(root: Path) -> Holdings:
    """Read what an import reads of a campaign whatever the file, and index it."""
    held = Holdings(load(root))
    held.atlas.comune("A001")
    return held


def _compare(name: str, theirs: Callable[[], object], file: Path, held: Holdings) -> None:
    steps = {
        "pandas": theirs,
        "read": lambda: read_body_index(file),
        "read and chosen": lambda: choose(read_body_index(file), held.register),
        "whole": lambda: plan_addresses(held.campaign, read_body_index(file), held),
    }
    rounds = [[_seconds(step) for step in steps.values()] for _ in range(_ROUNDS)]
    best = dict(zip(steps, map(min, zip(*rounds, strict=True)), strict=True))
    print(f"{name}: pandas reads it in {best['pandas']:.3f} s")
    for step in list(steps)[1:]:
        print(f"  {step:15} {best[step]:.3f} s, {best[step] / best['pandas']:.1f} x")
    kept = "kept" if best["whole"] <= _TARGET * best["pandas"] else "missed"
    print(f"  the whole in {_TARGET:.1f} x: {kept}")


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    with uncollected():
        start = time.process_time()
        work()
        return time.process_time() - start


if __name__ == "__main__":
    main()
