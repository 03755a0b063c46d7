"""10,000 and 100,000 small messages to smtp-sink: rate, memory, ledger; resuming and status."""

import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.sending import frozen, send
from benchmarks.tools import MAILER, campaign_copy, free_port, megabytes, peak_memory, smtp_sink

SIZES = (10_000, 100_000)
_LEFT = 10
_ATTACHMENT, _LETTER = 500, 500


def main() -> None:
    """Print the figures of both sizes, and how they grow."""
    port = free_port()
    rates = []
    with tempfile.TemporaryDirectory() as folder, smtp_sink(port):
        for size in SIZES:
            root = campaign_copy(Path(folder) / str(size)) / "archive"
            ledger, opened, message = frozen(root, size, _ATTACHMENT, _LETTER)
            with peak_memory() as peak:
                seconds = send(ledger, opened, port, size - _LEFT)
            resumed = send(ledger, opened, port, _LEFT)
            ledger.close()
            rates.append(size / seconds)
            disk = (root / "ledger.sqlite").stat().st_size
            print(
                f"{size:>7} messages of {message / 1000:.0f} kB  {rates[-1]:5.0f} a second  "
                f"memory {megabytes(peak())}  ledger {megabytes(disk)}  "
                f"resumed and ended in {resumed:.2f} s  status in {_status(root.parent):.2f} s",
                flush=True,
            )
    print(f"ratio    {rates[1] / rates[0]:.2f}   (1 where time grows with the number only)")


def _status(campaign: Path) -> float:
    """Return the seconds that ``mailer status`` works, its start-up taken away."""
    command = [*MAILER, "--campaign", str(campaign), "status", "--json"]
    return _seconds(command) - _seconds([*MAILER, "--version"])


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
