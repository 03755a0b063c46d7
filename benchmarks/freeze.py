"""Freezing 2,391 individual letters, beside setting each whole, Typst, and the obvious loop.

To reach: 8 times as fast as whole letters on the same cores, faster than Typst compiling equal
letters on as many processes, under 400 MB. Ours is the whole freeze, start and ledger included,
with nothing kept from before; the others are letters only.

The obvious loop: one process, WeasyPrint's one-line call for each letter, the style sheet and the
font read again each time, no HarfBuzz subsetter. It is measured on the first letters only, since
the whole takes a quarter of an hour; ours is measured on all of them, start and ledger included.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import overprint, typst
from benchmarks.tools import Measured, campaign_copy, measured, megabytes

_TURNS = 3
_OBVIOUS_LETTERS = 40
_TYPST_LETTERS = 2391


def main() -> None:
    """Print the medians of turns taken one after the other, per letter, and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        campaign = campaign_copy(Path(folder) / "campaign")
        here = [sys.executable, "-m", "benchmarks.freeze"]
        printed = subprocess.run(
            [*here, "obvious", str(campaign)], check=True, capture_output=True, text=True
        )
        obvious = float(printed.stdout) * 1000
        turns = [_turn(campaign, Path(folder)) for _ in range(_TURNS)]
        again = measured([*here, "again", str(campaign)])
        letters = _count(campaign)
    whole = median(turn.whole for turn in turns)
    peer = median(turn.typst for turn in turns)
    ours = sorted((turn.ours for turn in turns), key=lambda one: one.seconds)[_TURNS // 2]
    per_letter = ours.seconds / letters * 1000
    print(f"{os.cpu_count()} processes; medians of {_TURNS} turns, one after the other")
    print(f"obvious loop   {obvious:7.1f} ms a letter ({_OBVIOUS_LETTERS} letters, once)")
    print(f"set whole      {whole:7.1f} ms a letter")
    if peer:
        print(f"Typst          {peer:7.1f} ms a letter ({_TYPST_LETTERS} letters)")
    print(f"mailer freeze  {per_letter:7.1f} ms a letter ({letters} letters)")
    print(
        f"               {ours.seconds:7.1f} s in all, start and ledger included, "
        f"{ours.cpu_seconds:.1f} s of processor"
    )
    print(
        f"frozen again   {again.seconds:7.1f} s in all, letters kept, "
        f"{again.cpu_seconds:.1f} s of processor (once)"
    )
    print(f"to whole       {whole / per_letter:7.1f} times (to reach: 8)")
    if peer:
        print(f"to Typst       {peer / per_letter:7.1f} times (to reach: 1)")
    print(f"to the loop    {obvious / per_letter:7.1f} times")
    peak = max(turn.ours.peak_bytes for turn in turns)
    print(f"memory         {megabytes(peak):>7}   (to stay under: 400 MB)")


@dataclass(frozen=True, slots=True)
class _Turn:
    """One turn of each: milliseconds a letter, and our freeze."""

    whole: float
    typst: float
    ours: Measured


def _turn(campaign: Path, folder: Path) -> _Turn:
    whole = overprint.milliseconds(campaign, "whole")
    peer = _typst(campaign, folder / "typst")
    shutil.rmtree(campaign / "archive", ignore_errors=True)
    command = [sys.executable, "-m", "benchmarks.freeze", "ours", str(campaign)]
    return _Turn(whole, peer, measured(command))


def _typst(campaign: Path, aside: Path) -> float:
    """Return Typst's milliseconds, 0 where it cannot be had."""
    try:
        return typst.milliseconds(campaign, aside, _TYPST_LETTERS)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"Typst: not to be had here ({type(error).__name__})")
        return 0.0


def freeze_all(campaign_folder: Path) -> None:
    """Freeze a campaign as ``send`` does, and send nothing."""
    from coalizione_mailer.campaign import load
    from coalizione_mailer.freeze import freeze
    from coalizione_mailer.ledger.store import Ledger
    from coalizione_mailer.plan import plan

    campaign = load(campaign_folder)
    now = time.time()
    ledger = Ledger.open(campaign.configuration.ledger.url, campaign.root, now=now)
    jobs = os.cpu_count() or 1
    recipients = plan(campaign).recipients
    freeze(ledger, campaign, recipients, jobs=jobs, now=now, seen=lambda _prepared: None)


def _count(campaign: Path) -> int:
    from coalizione_mailer.campaign import load
    from coalizione_mailer.plan import plan

    return len(plan(load(campaign)).recipients)


def obvious_loop(campaign_folder: Path) -> float:
    """Return the seconds that each letter takes in the obvious loop."""
    import weasyprint
    from weasyprint.pdf import fonts as pdf_fonts

    from coalizione_mailer.campaign import load
    from coalizione_mailer.letter import fonts
    from coalizione_mailer.letter.templates import Templates
    from coalizione_mailer.plan import plan

    pdf_fonts.harfbuzz_subset = None
    campaign = load(campaign_folder)
    configuration = campaign.configuration
    folder = campaign.path(configuration.letter.template)
    templates = Templates.load(folder, configuration)
    faces = f"<style>{fonts.stylesheet(fonts.folder().as_uri() + '/')}</style></head>"
    letters = [
        templates.render(recipient).html.replace("</head>", faces, 1)
        for recipient in plan(campaign).recipients[:_OBVIOUS_LETTERS]
    ]
    started = time.perf_counter()
    for html in letters:
        weasyprint.HTML(string=html, base_url=str(folder)).write_pdf(
            pdf_variant=configuration.letter.pdf_variant
        )
    return (time.perf_counter() - started) / len(letters)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["obvious", folder]:
            print(obvious_loop(Path(folder)))
        case ["ours", folder]:
            freeze_all(Path(folder))
        case ["again", folder]:
            (Path(folder) / "archive" / "ledger.sqlite").unlink()
            freeze_all(Path(folder))
        case _:
            main()
