"""Memory of freezing 2,000 and 100,000 letters of the circular form, on a synthetic register.

To see: it stays flat. What grows is the register itself, a few hundred bytes for each Comune.
"""

import csv
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.tools import campaign_copy, measured, megabytes

SIZES = (2_000, 100_000)


def main() -> None:
    """Print the peak for both sizes, and their ratio."""
    peaks = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            campaign = synthetic(Path(folder) / "campaign", size)
            command = [sys.executable, "-m", "benchmarks.freeze", "ours", str(campaign)]
            result = measured(command)
            ledger = (campaign / "archive" / "ledger.sqlite").stat().st_size
        peaks.append(result.peak_bytes)
        print(
            f"{size:>7} letters  peak {megabytes(result.peak_bytes):>7}  "
            f"{result.seconds:6.1f} s  {size / result.seconds:6.0f} letters/s  "
            f"ledger {megabytes(ledger)}"
        )
    growth = (peaks[1] - peaks[0]) / (SIZES[1] - SIZES[0])
    print(f"ratio   {peaks[1] / peaks[0]:.2f}   ({growth:.0f} bytes for each further letter)")


def synthetic(folder: Path, size: int) -> Path:
    """Make a campaign in circular form with ``size`` invented Comuni."""
    campaign_copy(folder, [('form = "individual"', 'form = "circular"')])
    _write(folder / "data" / "comuni.csv", _comuni(size))
    _write(folder / "data" / "indirizzi-esempio.csv", _addresses(size))
    return folder


def _comuni(size: int) -> Iterator[list[str]]:
    yield [
        *("codice_istat", "denominazione", "denominazione_altra_lingua", "provincia", "sigla"),
        *("regione", "ripartizione", "codice_catastale", "popolazione_legale_2011"),
        *("popolazione_2023", "popolazione_sommata", "latitudine", "longitudine"),
    ]
    for number in range(size):
        catastale = f"X{number:06}"
        yield [
            *(f"{number:06}", f"Comune {number}", "", "Roma", "RM", "Lazio", "Centro"),
            *(catastale, "10000", "10000", "", "41.9", "12.5"),
        ]


def _addresses(size: int) -> Iterator[list[str]]:
    yield ["codice_istat", "canale", "indirizzo", "fonte", "data", "nota"]
    for number in range(size):
        yield [f"{number:06}", "pec", f"protocollo@c{number:06}.example", "", "2026-01-01", ""]


def _write(path: Path, rows: Iterator[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


if __name__ == "__main__":
    main()
