"""Run every benchmark, or those named: ``python -m benchmarks startup sending``."""

import sys

from benchmarks import dry_run, freeze, imports, memory, overprint, preview, scale, sending, startup

ALL = {
    "startup": startup.main,
    "freeze": freeze.main,
    "dry_run": dry_run.main,
    "preview": preview.main,
    "overprint": overprint.main,
    "sending": sending.main,
    "memory": memory.main,
    "scale": scale.main,
    "imports": imports.main,
}


def main(names: list[str]) -> int:
    """Run the benchmarks of these names, all of them without names."""
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(ALL)}")
        return 2
    for name in names or ALL:
        print(f"\n== {name} ==", flush=True)
        ALL[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
