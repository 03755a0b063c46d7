"""``mailer send --dry-run`` on the shipped campaign, from a cold start to its summary.

To reach: a tenth of the time that setting every letter whole takes on the same cores. Then again,
with nothing changed; and again, with a comma changed in the letter.
"""

import shutil
import statistics
import tempfile
from pathlib import Path

from benchmarks import overprint
from benchmarks.tools import MAILER, Measured, campaign_copy, measured, megabytes

_LETTERS = 2391
_TURNS = 3


def main() -> None:
    """Print all three beside the letters set whole."""
    with tempfile.TemporaryDirectory() as folder:
        campaign = campaign_copy(Path(folder) / "campaign")
        command = [*MAILER, "--campaign", str(campaign), "send", "--dry-run", "--json"]
        wholes, firsts = [], []
        for _ in range(_TURNS):
            wholes.append(overprint.milliseconds(campaign, "whole") * _LETTERS / 1000)
            shutil.rmtree(campaign / "archive", ignore_errors=True)
            firsts.append(measured(command))
        again = measured(command)
        _change(campaign)
        changed = measured(command)
    whole = statistics.median(wholes)
    first = sorted(firsts, key=lambda run: run.seconds)[_TURNS // 2]
    print(f"medians of {_TURNS} turns, one after the other; the last two once")
    print(f"set whole        {whole:6.1f} s for {_LETTERS} letters, without all else")
    runs = {"the first time": first, "nothing changed": again, "a comma changed": changed}
    for name, run in runs.items():
        print(f"{name:<16} {_told(run)}")
    print(f"ratio            {whole / first.seconds:6.1f}   (to reach: 10)")


def _told(run: Measured) -> str:
    return (
        f"{run.seconds:6.1f} s, {run.cpu_seconds:5.1f} s of processor, {megabytes(run.peak_bytes)}"
    )


def _change(campaign: Path) -> None:
    """Change a mark in the running text of the letter."""
    path = campaign / "templates" / "invito" / "letter.html"
    text = path.read_text(encoding="utf-8")
    begin = text.index("<main")
    path.write_text(text[:begin] + text[begin:].replace("</p>", ".</p>", 1), encoding="utf-8")


if __name__ == "__main__":
    main()
