"""What an import of IPA's index costs, against pandas only reading the same file.

The index has 23,396 bodies, 7,896 of them Comuni with 15,253 addresses. Told apart: reading it
into values; with the choice of an address for each Comune; the import up to where the operator is
asked: read, chosen, compared with what the campaign has, 11,800 changes told; the same with both
files laid out, which comes after her yes; and the import to the question with campaign, register
and history read too, all that she waits for. Nothing was imported before, so that everything is
new. In processor time, the best of some rounds taken by turns, so that a busy machine is busy for
all.

The target is twice pandas's time to the question. The spreadsheet keeps it, with files and from
the start too: 1.3 times to the question, 1.4 at most. The CSV does not: 1.1 times for reading, 2.5
with the choice, 2.9 to the question, 3.8 with the files, 3.9 from the start: 0.3 to 0.4 s, of which
it took 0.46 with the files before. pandas's parser is C throughout, takes 0.1 s and makes nothing
of what it read; that leaves 0.1 s for 15,253 addresses to be checked, weighed and compared, six
microseconds each, and Python takes thirteen. What was tried on it: values as named tuples, plain
addresses known by one expression, a hundred lines at a time (they stay in the processor's cache;
two thousand take a third longer), files written by joining cells that need no quotes, and only when
they are wanted, no search for garbage. Passing over the lines of other bodies before they are told
apart into cells takes longer than telling them apart.
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
from coalizione_mailer.updates import Update, plan_addresses, uncollected
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
        "to the question": lambda: _asked(file, held),
        "with both files": lambda: [one.data for one in _asked(file, held).files],
        "from the start": lambda: _asked(file, Holdings(load(held.campaign.root))),
    }
    rounds = [[_seconds(step) for step in steps.values()] for _ in range(_ROUNDS)]
    best = dict(zip(steps, map(min, zip(*rounds, strict=True)), strict=True))
    print(f"{name}: pandas reads it in {best['pandas']:.3f} s")
    for step in list(steps)[1:]:
        print(f"  {step:15} {best[step]:.3f} s, {best[step] / best['pandas']:.1f} x")
    kept = "kept" if best["to the question"] <= _TARGET * best["pandas"] else "missed"
    print(f"  the question in {_TARGET:.1f} x: {kept}")


def _asked(file: Path, held: Holdings) -> Update:
    """Plan the import, as ``mailer import ipa`` does before it asks."""
    return plan_addresses(held.campaign, read_body_index(file), held)


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    with uncollected():
        start = time.process_time()
        work()
        return time.process_time() - start


if __name__ == "__main__":
    main()
