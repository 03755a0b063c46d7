"""The garbage collector waits for an import, and only for it."""

import gc

import pytest

from coalizione_mailer.updates import uncollected


def test_it_waits_and_goes_on_afterwards() -> None:
    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_a_file_that_could_not_be_read() -> None:
    with pytest.raises(OSError, match="gone"), uncollected():
        raise OSError("gone")
    assert gc.isenabled()


def test_where_it_was_off_it_stays_off() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
