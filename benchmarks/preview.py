"""``mailer preview`` of one Comune beside importing WeasyPrint; to reach: at most twice its time.

Seconds of processor, medians: nothing kept from before, and after a dry run, whose letter is shown.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.tools import MAILER, campaign_copy, measured

_TIMES = 7
_IMPORT = (sys.executable, "-c", "import weasyprint")


def main() -> None:
    """Print the three medians and the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        campaign = campaign_copy(Path(folder) / "campaign")
        mailer = [*MAILER, "--campaign", str(campaign)]
        preview = [*mailer, "preview", "Macomer"]
        pairs = [(_seconds(_IMPORT), _seconds(preview)) for _ in range(_TIMES)]
        shutil.rmtree(campaign / "archive", ignore_errors=True)
        measured([*mailer, "send", "--dry-run", "--json"])
        kept = statistics.median(_seconds(preview) for _ in range(_TIMES))
    theirs, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"import weasyprint          {theirs * 1000:6.0f} ms of processor")
    print(f"mailer preview             {ours * 1000:6.0f} ms")
    print(f"after a dry run            {kept * 1000:6.0f} ms")
    ratio = statistics.median(preview / importing for importing, preview in pairs)
    print(f"ratio, median of neighbours{ratio:6.2f}   (to reach: at most 2.00)")
    print(f"ratio after a dry run      {kept / theirs:6.2f}")


def _seconds(command: "list[str] | tuple[str, ...]") -> float:
    return measured(command).cpu_seconds


if __name__ == "__main__":
    main()
