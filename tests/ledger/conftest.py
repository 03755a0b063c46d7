"""Ledgers in real files, closed at the end."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from coalizione_mailer.ledger.rounds import Round
from coalizione_mailer.ledger.store import Ledger
from tests.support import letters


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What is pushed here is closed when the test has ended."""
    with ExitStack() as closing:
        yield closing


@pytest.fixture
def reopened(tmp_path: Path, stack: ExitStack) -> Callable[[], Ledger]:
    """Open the ledger of this test's folder; as often as one likes."""

    def opened() -> Ledger:
        ledger = letters.open_ledger(tmp_path)
        stack.callback(ledger.close)
        return ledger

    return opened


@pytest.fixture
def frozen(tmp_path: Path, stack: ExitStack) -> Callable[[int], tuple[Ledger, Round]]:
    """Freeze so many letters in this test's folder."""

    def made(count: int) -> tuple[Ledger, Round]:
        ledger, opened = letters.frozen_ledger(tmp_path, count)
        stack.callback(ledger.close)
        return ledger, opened

    return made
