"""Making all letters on forms, beside setting each one whole, on the same cores in one run.

To reach: 8 times. Letters only: no messages and no ledger, which are the same for both.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.tools import campaign_copy, measured, megabytes
from coalizione_mailer.letter.overprint import edition
from coalizione_mailer.letter.pdf import PdfSettings, render_pdfs
from coalizione_mailer.letter.templates import Templates

_WHOLE_LETTERS = 300  # set whole, for the time of one
_TIMES = 3
_HERE = (sys.executable, "-m", "benchmarks.overprint")


def main() -> None:
    """Print both, per letter, their ratio, and what a form costs."""
    with tempfile.TemporaryDirectory() as folder:
        campaign = campaign_copy(Path(folder) / "campaign")
        whole = statistics.median(milliseconds(campaign, "whole") for _ in range(_TIMES))
        printed = statistics.median(milliseconds(campaign, "forms") for _ in range(_TIMES))
        memory = measured([*_HERE, "forms", str(campaign)]).peak_bytes
    print(f"{os.cpu_count()} processes, medians of {_TIMES}, start of the processes included")
    print(f"set whole        {whole:7.2f} ms a letter ({_WHOLE_LETTERS} letters)")
    print(f"printed on forms {printed:7.2f} ms a letter (all), proofs included")
    print(f"ratio            {whole / printed:7.1f}   (to reach: 8)")
    print(f"memory           {megabytes(memory):>7}   (to stay under: 400 MB)")


def milliseconds(campaign: Path, how: str) -> float:
    """Return the milliseconds that a letter takes, set ``whole`` or printed on ``forms``."""
    command = [*_HERE, how, str(campaign)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout) * 1000


def make(campaign_folder: Path, *, whole: bool) -> float:
    """Return the seconds that a letter takes."""
    from coalizione_mailer.campaign import load
    from coalizione_mailer.plan import plan

    campaign = load(campaign_folder)
    configuration = campaign.configuration
    recipients = plan(campaign).recipients
    if whole:
        edition._FEWEST = sys.maxsize  # noqa: SLF001  no outline has so many letters
        recipients = recipients[:_WHOLE_LETTERS]
    templates = Templates.load(campaign.path(configuration.letter.template), configuration)

    def letters() -> Iterator[str]:
        for recipient in recipients:
            yield templates.render(recipient).html

    settings = PdfSettings.of(campaign.root, configuration)
    started = time.perf_counter()
    made = sum(1 for _pdf in render_pdfs(letters(), settings, os.cpu_count() or 1))
    return (time.perf_counter() - started) / made


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["whole", folder]:
            print(make(Path(folder), whole=True))
        case ["forms", folder]:
            print(make(Path(folder), whole=False))
        case _:
            main()
