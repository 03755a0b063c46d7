"""The screen: results on stdout, all else on stderr, nothing that moves without a terminal."""

import csv
import json
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from rich.console import Console
from rich.text import Text

from coalizione_mailer.cli.language import _, ngettext

_PLAIN_WIDTH = 160
_PLAIN_STEP = 10.0


# Where sentences go instead of a plain stderr: above the bar on the screen, or to the results.
_drawn: list[Console] = []


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PLAIN_WIDTH
    return Console(stderr=stderr, width=width, highlight=False, emoji=False)


def out() -> Console:
    """Return the console for results."""
    return _console(stderr=False)


def err() -> Console:
    """Return the console for everything else; while a bar is drawn, the one that knows of it."""
    return _drawn[-1] if _drawn else _console(stderr=True)


def say(text: str = "", style: str | None = None, *, word: str = "") -> None:
    """Print a line, to stderr unless it is a result; a ``word`` before it alone has the style."""
    console = err()
    line = Text(text, style="" if word else style or "")
    if word:
        line = Text.assemble((f"{word}: ", f"bold {style}" if style else "bold"), line)
    # Between words on a screen; in a file or a pipe a line stays a line.
    console.print(line, soft_wrap=not console.is_terminal)


@contextmanager
def as_results() -> Iterator[None]:
    """Let what is said be the result of the command: it goes to stdout."""
    _drawn.append(out())
    try:
        yield
    finally:
        _drawn.pop()


def interactive() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def command(root: Path, words: str) -> str:
    """Write a command of this campaign as it must be typed from here."""
    place = "" if root == Path() else f" --campaign {shlex.quote(str(root))}"
    return f"mailer{place} {words}"


def print_json(value: Any) -> None:
    """Print one JSON value to stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def print_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print CSV to stdout; cells that a spreadsheet would run as a formula are made text."""
    from coalizione_mailer.registry.sheets import harmless

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])


def number(value: float, digits: int = 0) -> str:
    """Write a number as the language of the screen does: 2,391 or 2.391; 78.5 or 78,5."""
    # The translation shows how it writes these figures; its two marks are then used for all.
    sample = _("1,234.5")
    marks = {",": sample[1], ".": sample[5]}
    return "".join(marks.get(sign, sign) for sign in f"{value:,.{digits}f}")


def clock(moment: datetime) -> str:
    """Write a time of the near future as a person says it: at 10:42, or with the day."""
    today = datetime.now(moment.tzinfo).date()
    if moment.date() == today:
        return _("at {time}").format(time=f"{moment:%H:%M}")
    return _("on {date} at {time}").format(date=f"{moment:%d/%m/%Y}", time=f"{moment:%H:%M}")


def finishing(seconds: float) -> str:
    """Write the time that is so many seconds away."""
    return clock(datetime.now().astimezone() + timedelta(seconds=seconds))


def span(seconds: float) -> str:
    """Write a duration: 45 s, 1 min 26 s, 12 min, 3 h 20 min, 1 day 2 h."""
    whole = round(seconds)
    if whole < 60:  # noqa: PLR2004
        return _("{n} s").format(n=whole)
    if whole < 600:  # noqa: PLR2004
        minutes, seconds = divmod(whole, 60)
        rest = " " + _("{n} s").format(n=seconds) if seconds else ""
        return _("{n} min").format(n=minutes) + rest
    minutes = (whole + 30) // 60
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [
        ngettext("{n} day", "{n} days", days).format(n=days) if days else "",
        _("{n} h").format(n=hours) if hours else "",
        _("{n} min").format(n=minutes) if minutes and not days else "",
    ]
    return " ".join(part for part in parts if part)


def kilobytes(size: int) -> str:
    """Write a size: 12 kB, 3.4 MB, 1.20 GB (SI units)."""
    if size < 1_000_000:  # noqa: PLR2004
        return f"{number(size / 1000)} kB"
    if size < 1_000_000_000:  # noqa: PLR2004
        return f"{number(size / 1_000_000, 1)} MB"
    return f"{number(size / 1_000_000_000, 2)} GB"


@contextmanager
def progress(total: int, title: str) -> Iterator[Callable[[], None]]:
    """Show how far a long work is and when it ends; call what is given once for each done."""
    if err().is_terminal:
        with _moving(total, title) as step:
            yield step
    else:
        yield _still(total, title)


@contextmanager
def _moving(total: int, title: str) -> Iterator[Callable[[], None]]:
    """Draw a bar."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[ends]}"),
    )
    watch = _Watch(total)
    with Progress(*columns, console=err(), transient=False) as bar:
        task = bar.add_task(title, total=total, ends="")

        def step() -> None:
            ends = watch.step()
            bar.update(task, completed=watch.done, ends=ends)

        _drawn.append(bar.console)
        try:
            yield step
        finally:
            _drawn.pop()


def _still(total: int, title: str) -> Callable[[], None]:
    """Print a line now and then."""
    watch = _Watch(total)
    last = monotonic()

    def step() -> None:
        nonlocal last
        ends = watch.step()
        now = monotonic()
        if watch.done == total or now - last >= _PLAIN_STEP:
            last = now
            say(f"{title}: {watch.done}/{total}  {ends}".rstrip())

    return step


class _Watch:
    """Tells from what was really done when the rest will be.

    The first one is left out of the rate: it pays for what all share.
    """

    def __init__(self, total: int) -> None:
        self.done = 0
        self._total = total
        self._started = self._first = monotonic()

    def step(self) -> str:
        """Count one more, and say the rate and the hour of the end; nothing at the very first."""
        now = monotonic()
        self.done += 1
        if self.done == 1:
            self._first = now
        if self.done >= self._total:
            elapsed = now - self._started
            rate = self.done / elapsed if elapsed > 0 else 0.0
            return _("in {span}, {rate} a second").format(rate=number(rate, 1), span=span(elapsed))
        if self.done == 1 or now == self._first:
            return ""
        rate = (self.done - 1) / (now - self._first)
        left = (self._total - self.done) / rate
        return _("{rate} a second, ends {when}").format(rate=number(rate, 1), when=finishing(left))
