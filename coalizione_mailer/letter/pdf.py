"""Letters become PDFs, many at once: an iterator in, an iterator out, in the same order.

The work is spread on worker processes, started afresh (spawn) so that it goes the same way on
every system. Few letters are under way at a time, so that memory stays flat for any number.
"""

import gc
import io
import os
import signal
import sys
import tempfile
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, redirect_stdout
from ctypes import util
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from coalizione_mailer.errors import Code, Problem, ProblemsError
from coalizione_mailer.letter import fonts
from coalizione_mailer.letter.document import Pdf, PdfSettings, Submit
from coalizione_mailer.letter.overprint import FEWEST
from coalizione_mailer.letter.standing import StandingType

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from coalizione_mailer.letter.typesetter import Typesetter

__all__ = ["Pdf", "PdfSettings", "render_pdfs", "subsetter_available"]

Result = TypeVar("Result")

_COLLECT_AFTER = 100_000
# Letters made together: a whole campaign of the usual size, in 50 MB.
_EDITION = 2500
# Tasks in hand per worker: enough that none waits, few enough to weigh nothing.
_AHEAD = 4
# Tasks in the life of a worker, which leaks 30 kB with each letter.
_LIFETIME = 2000


def render_pdfs(
    letters: Iterable[str],
    settings: PdfSettings,
    jobs: int,
    standing: Path | None = None,
    meanwhile: Callable[[], bool] = lambda: False,
) -> Iterator[Pdf]:
    """Set the letters, given as HTML, on ``jobs`` processes (1: on this one).

    Letters are asked for an edition at a time; those that are in the file ``standing`` are not
    made again. While this process would wait for others it does ``meanwhile``, a little at a time,
    as long as that returns True. Closing the iterator, or an exception on the way, ends the
    workers. Raises ProblemsError if Pango is missing or a template reads too far.
    """
    workers = _Here(settings) if jobs == 1 else _Workers(settings, jobs, meanwhile)
    kept = StandingType(standing, settings)
    try:
        remaining = _heard(letters, kept, workers)
        while chunk := list(islice(remaining, _EDITION)):
            yield from _different(chunk, kept, workers.submit, jobs)
    finally:
        workers.close()
        kept.close()


def _heard(
    letters: Iterable[str], kept: StandingType, workers: "_Here | _Workers"
) -> Iterator[str]:
    """Pass letters on; at the first that is still to be made, have the workers come."""
    remaining = iter(letters)
    for html in remaining:
        yield html
        if not kept.known(html):
            workers.start()
            break
    yield from remaining


def _different(
    letters: Sequence[str], kept: StandingType, submit: Submit, jobs: int
) -> Iterator[Pdf]:
    """Make each different letter once: the circular form is one letter for all."""
    left = Counter(letters)
    ready: dict[str, Pdf] = {}
    found = kept.found(left)
    made = _made([html for html in left if html not in found], submit, jobs * _AHEAD)
    doubted = False
    for html in letters:
        if html in ready:
            pdf = ready[html]
        elif html in found:
            pdf = found.pop(html).pdf
        else:
            pdf = next(made)
            # Where a proof failed, nothing is kept: the next time shall prove, and tell, again.
            doubted |= any(problem.code is Code.LETTERS_WHOLE for problem in pdf.problems)
            if not doubted:
                kept.keep(html, pdf)
        left[html] -= 1
        if left[html]:
            ready[html] = pdf
        else:
            ready.pop(html, None)
        yield pdf


def _made(letters: Sequence[str], submit: Submit, ahead: int) -> Iterator[Pdf]:
    """Make letters: on forms, unless they are too few."""
    if len(letters) >= FEWEST:
        from coalizione_mailer.letter.overprint.edition import edition

        yield from edition(letters, submit, ahead)
    else:
        for waiting in [submit(_set, html) for html in letters]:
            yield waiting.result()


def _set(typesetter: "Typesetter", html: str) -> Pdf:
    return typesetter.set(html)


def subsetter_available() -> bool:
    """Whether fonts are cut to size by HarfBuzz; without it a letter takes five times as long.

    Raises ProblemsError if Pango is missing.
    """
    with _engine():
        from weasyprint.text.ffi import harfbuzz, harfbuzz_subset

    return harfbuzz_subset is not None and bool(harfbuzz.hb_version_atleast(4, 1, 0))


class _Here:
    """This process, which does what it is given at once."""

    def __init__(self, settings: PdfSettings) -> None:
        self._settings = settings

    def start(self) -> None:
        """Nothing to begin."""

    @cached_property
    def _typesetter(self) -> "Typesetter":
        return _typesetter(self._settings)

    def submit(self, task: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Do a task."""
        done: Future[Result] = Future()
        done.set_result(task(self._typesetter, *arguments))
        return done

    def close(self) -> None:
        """Nothing to end."""


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """A task in the hands of another process, and what to do until it is done."""

    future: Future[Any]
    meanwhile: Callable[[], bool]

    def result(self) -> Any:
        """Wait for what comes of it, and not idly."""
        while not self.future.done() and self.meanwhile():
            pass
        return self.future.result()


class _Workers:
    """A pool of processes, replaced by a fresh one before what Pango leaks adds up.

    (``max_tasks_per_child`` is for that, but can hang: python/cpython#115634.)
    """

    def __init__(self, settings: PdfSettings, jobs: int, meanwhile: Callable[[], bool]) -> None:
        self._settings = settings
        self._jobs = jobs
        self._meanwhile = meanwhile
        self._pool: ProcessPoolExecutor | None = None
        self._submitted = 0

    def start(self) -> None:
        """Have the workers read their libraries while the letters are still being written.

        What goes wrong goes wrong again with the first task, which can report it.
        """
        if self._pool is None:
            self._pool = self._fresh()
            for _ in range(self._jobs):
                self._pool.submit(_at_desk, _nothing)

    def submit(self, task: Callable[..., Any], *arguments: Any) -> "_Elsewhere":
        """Hand a task to the next free worker."""
        if self._pool is not None and self._submitted == self._jobs * _LIFETIME:
            self._pool.shutdown(wait=False)  # it still sets the letters it has
            self._pool = None
            self._submitted = 0
        if self._pool is None:
            self._pool = self._fresh()
        self._submitted += 1
        return _Elsewhere(self._pool.submit(_at_desk, task, *arguments), self._meanwhile)

    def close(self) -> None:
        """End the workers; letters that have not begun are dropped."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _fresh(self) -> "ProcessPoolExecutor":
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        context = get_context("spawn")
        return ProcessPoolExecutor(self._jobs, context, _start_worker, (self._settings,))


@contextmanager
def _libraries_by_name() -> Iterator[None]:
    """Leave it to the system's loader to find libraries by their names, where it can.

    WeasyPrint tries several names for each: those that only ``find_library`` knows cost 22 runs of
    ``ldconfig`` and the compiler, a third of its import; then those that the loader itself knows.
    """
    ask = util.find_library
    if sys.platform == "linux":
        util.find_library = lambda name: None  # noqa: ARG005  called by its name
    try:
        yield
    finally:
        util.find_library = ask


@contextmanager
def _engine() -> Iterator[None]:
    """Import WeasyPrint quietly: it warns and prints where a program may expect results."""
    try:
        with (
            fonts.machine_fonts_hidden(),
            _libraries_by_name(),
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
    from multiprocessing import connection, parent_process

    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        _desks[0].scratch.cleanup()
        os._exit(1)


def _nothing(_typesetter: "Typesetter") -> None:
    """Do what a worker does before its first task."""


def _at_desk(task: Callable[..., Result], *arguments: Any) -> Result:
    desk = _desks[0]
    if desk.typesetter is None:
        desk.typesetter = _typesetter(desk.settings)
        # A letter makes 100,000 objects that die together: looking through them earlier is waste.
        gc.freeze()
        gc.set_threshold(_COLLECT_AFTER)
    return task(desk.typesetter, *arguments)
