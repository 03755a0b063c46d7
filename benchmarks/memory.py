"""Freezing few letters and 100,000, of both forms, on a synthetic register: time and memory.

To see: the time of a letter stays the same, and the memory flat. What grows is the register itself,
a few hundred bytes for each Comune. Takes a quarter of an hour and 4 GB of disk.
"""

import csv
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.tools import Measured, campaign_copy, measured, megabytes

SIZES = {"circular": (2_000, 100_000), "individual": (5_000, 100_000)}


def main() -> None:
    """Print, for each form, time and peak of both sizes, and their ratios."""
    for form, sizes in SIZES.items():
        few, many = (_frozen(form, size) for size in sizes)
        growth = (many.peak_bytes - few.peak_bytes) / (sizes[1] - sizes[0])
        slower = many.seconds / sizes[1] / (few.seconds / sizes[0])
        print(
            f"{'':<11}time of a letter {slower:.2f} times, memory "
            f"{many.peak_bytes / few.peak_bytes:.2f} times ({growth:.0f} bytes a letter more)"
        )


def _frozen(form: str, size: int) -> Measured:
    """Freeze a synthetic campaign, and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        campaign = synthetic(Path(folder) / "campaign", size, form)
        command = [sys.executable, "-m", "benchmarks.freeze", "ours", str(campaign)]
        result = measured(command)
        ledger = (campaign / "archive" / "ledger.sqlite").stat().st_size
    print(
        f"{form:<11}{size:>7} letters  peak {megabytes(result.peak_bytes):>7}  "
        f"{result.seconds:6.1f} s  {result.seconds / size * 1000:5.2f} ms a letter  "
        f"ledger {megabytes(ledger)}",
        flush=True,
    )
    return result


def synthetic(folder: Path, size: int, form: str = "circular") -> Path:
    """Make a campaign with ``size`` invented Comuni, which have the names of real ones."""
    campaign_copy(folder, [('form = "individual"', f'form = "{form}"')])
    names = _names(folder / "data" / "comuni.csv")
    _write(folder / "data" / "comuni.csv", _comuni(size, names))
    _write(folder / "data" / "indirizzi-esempio.csv", _addresses(size))
    return folder


def _names(register: Path) -> list[str]:
    with register.open(encoding="utf-8", newline="") as stream:
        return [row["denominazione"] for row in csv.DictReader(stream)]


def _comuni(size: int, names: list[str]) -> Iterator[list[str]]:
    yield [
        *("codice_istat", "denominazione", "denominazione_altra_lingua", "provincia", "sigla"),
        *("regione", "ripartizione", "codice_catastale", "popolazione_legale_2011"),
        *("popolazione_2023", "popolazione_sommata", "latitudine", "longitudine"),
    ]
    for number in range(size):
        catastale = f"X{number:06}"
        yield [
            f"{number:06}",
            names[number % len(names)],
            *("", "Roma", "RM", "Lazio", "Centro"),
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
