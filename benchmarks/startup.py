"""``mailer --help`` beside a bare Typer program; to reach: at most 1.5 times."""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.tools import MAILER, median_seconds

_TIMES = 11
_BARE = """
import typer
app = typer.Typer()
@app.command()
def one(x: int = 1) -> None: "One."
@app.command()
def two(x: int = 1) -> None: "Two."
app()
"""


def main() -> None:
    """Print both medians and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(_BARE, encoding="utf-8")
        theirs = median_seconds(lambda: _run(sys.executable, str(bare), "--help"), _TIMES)
        ours = median_seconds(lambda: _run(*MAILER, "--help"), _TIMES)
    print(f"bare Typer     {theirs * 1000:6.0f} ms")
    print(f"mailer --help  {ours * 1000:6.0f} ms")
    print(f"ratio          {ours / theirs:6.2f}   (to reach: at most 1.50)")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
