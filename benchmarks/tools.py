"""What the benchmarks share: campaigns to measure on, memory of a whole process tree."""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

MAILER = (sys.executable, "-m", "coalizione_mailer.cli.main")


def campaign_copy(folder: Path, changes: Sequence[tuple[str, str]] = ()) -> Path:
    """Copy the shipped campaign and replace pieces of its ``campaign.toml``."""
    from coalizione_mailer.shipped import copy_to

    copy_to(folder)
    path = folder / "campaign.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        if old not in text:
            raise ValueError(old)
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return folder


def median_seconds(work: Callable[[], object], times: int) -> float:
    """Do something several times and return the median of its seconds."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


@dataclass(frozen=True, slots=True)
class Measured:
    """A command that was run: seconds, and the highest memory of all its processes together.

    ``cpu_seconds`` are those of all its processes: what it costs whatever else the machine does.
    """

    seconds: float
    peak_bytes: int
    cpu_seconds: float = 0.0


def measured(command: Sequence[str], expected: int = 0) -> Measured:
    """Run a command to its end; pages that its processes share count once.

    Raises CalledProcessError for another exit code than the one expected.
    """
    started, cpu = time.perf_counter(), cpu_of_children()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, tree_bytes(process.pid))
        try:
            process.wait(0.25)
        except subprocess.TimeoutExpired:
            continue
    if process.returncode != expected:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Measured(time.perf_counter() - started, peak, cpu_of_children() - cpu)


def cpu_of_children() -> float:
    """Return the seconds of processor that ended processes of this one have used (POSIX)."""
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tree_bytes(pid: int) -> int:
    """Return the memory of a process and its children (PSS where the system tells it)."""
    total = 0
    try:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            memory = process.memory_full_info()
            total += getattr(memory, "pss", 0) or memory.rss
    except psutil.Error:
        pass
    return total


@contextmanager
def smtp_sink(port: int) -> Iterator[None]:
    """Run Postfix's smtp-sink, which takes every message and forgets it."""
    program = postfix_program("smtp-sink")
    user = ("-u", "nobody") if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    with subprocess.Popen([program, *user, f"127.0.0.1:{port}", "1024"], cwd="/tmp") as sink:  # noqa: S108
        time.sleep(0.5)
        try:
            yield
        finally:
            sink.terminate()


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def postfix_program(name: str) -> str:
    """Find a program of Debian's postfix package; raises FileNotFoundError saying so."""
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
    if found is None:
        raise FileNotFoundError(f"{name}: apt-get install postfix")
    return found


@contextmanager
def peak_memory() -> Iterator[Callable[[], int]]:
    """Watch the memory of this process while something runs; what is given tells its peak."""
    peak = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.05):
            peak = max(peak, tree_bytes(os.getpid()))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield lambda: peak
    finally:
        done.set()
        thread.join()


def megabytes(size: float) -> str:
    """Write a size."""
    return f"{size / 1e6:.0f} MB"
