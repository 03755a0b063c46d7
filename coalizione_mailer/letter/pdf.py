"""Letters become PDFs, many at once: an iterator in, an iterator out, in the same order.

The work is spread on worker processes, started afresh (spawn) so that it goes the same way on
every system. Few letters are under way at a time, so that memory stays flat for any number.
"""

import gc
import io
import os
import signal
import tempfile
import threading
import warnings
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import date
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.letter import fonts

if TYPE_CHECKING:
    from coalizione_mailer.campaign.configuration import Configuration
    from coalizione_mailer.letter.typesetter import Typesetter

Result = TypeVar("Result")

_COLLECT_AFTER = 100_000
# Letters in hand per worker: enough that none waits, few enough to weigh nothing.
_AHEAD = 4
# Letters in the life of a worker, which leaks 30 kB with each.
_LIFETIME = 2000
# Results kept in case the next letter is the same: the circular form is one letter.
_RECENT = 8


@dataclass(frozen=True, slots=True)
class PdfSettings:
    """How the letters of a campaign are set.

    Templates read files under ``template`` and ``root`` (the campaign's folder) only.
    ``date`` is the letter's, for the metadata; ``keywords`` are added to the template's own.
    """

    root: Path
    template: Path
    variant: str
    date: date
    keywords: tuple[str, ...] = ()

    @classmethod
    def of(cls, root: Path, configuration: "Configuration") -> "PdfSettings":
        """Return the settings of a campaign in its folder."""
        letter, protocol = configuration.letter, configuration.protocol
        return cls(
            root, root / letter.template, letter.pdf_variant, protocol.date, (protocol.label,)
        )


@dataclass(frozen=True, slots=True)
class Pdf:
    """The PDF of a letter, how many pages it has, and what is wrong with it."""

    data: bytes
    pages: int
    problems: tuple[Problem, ...] = ()


def render_pdfs(letters: Iterable[str], settings: PdfSettings, jobs: int) -> Iterator[Pdf]:
    """Set the letters, given as HTML, on ``jobs`` processes (1: on this one).

    Letters are asked for a few at a time. Closing the iterator, or an exception on the way,
    ends the workers. Raises ProblemsError if Pango is missing or a template reads too far.
    """
    if jobs == 1:
        typesetter = _typesetter(settings)
        return map(_remembering(typesetter.set), letters)
    return _spread(letters, settings, jobs)


def subsetter_available() -> bool:
    """Whether fonts are cut to size by HarfBuzz; without it a letter takes five times as long.

    Raises ProblemsError if Pango is missing.
    """
    with _engine():
        from weasyprint.text.ffi import harfbuzz, harfbuzz_subset

    return harfbuzz_subset is not None and bool(harfbuzz.hb_version_atleast(4, 1, 0))


def _spread(letters: Iterable[str], settings: PdfSettings, jobs: int) -> Iterator[Pdf]:
    workers = _Workers(settings, jobs)
    submit = _remembering(workers.submit)
    waiting: deque[Future[Pdf]] = deque()
    try:
        for html in letters:
            waiting.append(submit(html))
            if len(waiting) >= jobs * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        workers.close()


class _Workers:
    """A pool of processes, replaced by a fresh one before what Pango leaks adds up.

    (``max_tasks_per_child`` is for that, but can hang: python/cpython#115634.)
    """

    def __init__(self, settings: PdfSettings, jobs: int) -> None:
        self._settings = settings
        self._jobs = jobs
        self._pool = self._fresh()
        self._submitted = 0

    def submit(self, html: str) -> Future[Pdf]:
        """Hand a letter to the next free worker."""
        if self._submitted == self._jobs * _LIFETIME:
            self._pool.shutdown(wait=False)  # it still sets the letters it has
            self._pool = self._fresh()
            self._submitted = 0
        self._submitted += 1
        return self._pool.submit(_set_letter, html)

    def close(self) -> None:
        """End the workers; letters that have not begun are dropped."""
        self._pool.shutdown(cancel_futures=True)

    def _fresh(self) -> ProcessPoolExecutor:
        context = get_context("spawn")
        return ProcessPoolExecutor(self._jobs, context, _start_worker, (self._settings,))


def _remembering(make: Callable[[str], Result]) -> Callable[[str], Result]:
    """Wrap a function so that the same letter, come again shortly, is not made again."""
    recent: OrderedDict[str, Result] = OrderedDict()

    def made(html: str) -> Result:
        if html not in recent:
            recent[html] = make(html)
            if len(recent) > _RECENT:
                recent.popitem(last=False)
        return recent[html]

    return made


@contextmanager
def _engine() -> Iterator[None]:
    """Import WeasyPrint quietly: it warns and prints where a program may expect results."""
    try:
        with (
            fonts.machine_fonts_hidden(),
            warnings.catch_warnings(),
            redirect_stdout(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    except OSError as error:  # cffi found no Pango, GObject or fontconfig to open
        raise ProblemsError([Problem(Code.PANGO_MISSING, found=str(error))]) from error


def _typesetter(settings: PdfSettings) -> "Typesetter":
    with _engine():
        from coalizione_mailer.letter.typesetter import Typesetter
    return Typesetter(settings)


@dataclass(slots=True)
class _Desk:
    """What a worker process keeps between letters."""

    settings: PdfSettings
    scratch: tempfile.TemporaryDirectory[str]
    typesetter: "Typesetter | None" = None


_desks: list[_Desk] = []


def _start_worker(settings: PdfSettings) -> None:
    """Prepare a worker process; errors wait for the first letter, which can report them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    # WeasyPrint copies fonts into a temporary folder that it leaves behind in a worker.
    scratch = tempfile.TemporaryDirectory(prefix="coalizione-mailer-")
    tempfile.tempdir = scratch.name
    _desks.append(_Desk(settings, scratch))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker when its parent is gone, even if killed: it would wait for ever."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        _desks[0].scratch.cleanup()
        os._exit(1)


def _set_letter(html: str) -> Pdf:
    desk = _desks[0]
    if desk.typesetter is None:
        desk.typesetter = _typesetter(desk.settings)
        # A letter makes 100,000 objects that die together: looking through them earlier is waste.
        gc.freeze()
        gc.set_threshold(_COLLECT_AFTER)
    return desk.typesetter.set(html)
