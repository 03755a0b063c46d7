"""Addresses that change while letters leave: those that are frozen leave as they are."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from coalizione_mailer.campaign import load
from coalizione_mailer.errors import FrozenChangedError
from coalizione_mailer.freeze import outdated, standing_round
from coalizione_mailer.updates.settings import set_recipients
from tests.cli.desk import change
from tests.resend import office
from tests.resend.office import Office
from tests.support import letters

IMPORTED = "data/indirizzi.csv"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    """Three letters frozen."""
    made = office.opened(tmp_path / "campagna", 3)
    with closing(made.ledger):
        yield made


def one_left(desk: Office) -> None:
    """Hand over the first letter; two are waiting."""
    with desk.ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET due = 4e9 WHERE id > 1")
    desk.sent()


def imports(desk: Office) -> None:
    """Write a book of its own and name it in campaign.toml, as ``mailer import ipa`` does."""
    root = desk.campaign.root
    before = desk.campaign.path(desk.campaign.configuration.recipients.addresses)
    (root / IMPORTED).parent.mkdir(exist_ok=True)
    shutil.copyfile(before, root / IMPORTED)
    change(root, letters.address(2), "altro@borgo2.example", IMPORTED)
    written = set_recipients(root, "addresses", IMPORTED)
    assert written is not None
    (root / written[1].path).write_bytes(written[1].data)


def stops(desk: Office) -> set[str]:
    """Name what keeps the sending from going on."""
    with pytest.raises(FrozenChangedError) as stopped:
        standing_round(desk.ledger, load(desk.campaign.root))
    return {one.name for one in stopped.value.changes}


def test_an_import_that_names_its_own_book_lets_the_frozen_letters_leave(desk: Office) -> None:
    one_left(desk)
    imports(desk)
    campaign = load(desk.campaign.root)
    opened = standing_round(desk.ledger, campaign)
    assert opened is not None
    (former,) = outdated(desk.ledger, campaign, opened)
    assert (former.letter.address, former.address.address) == (
        letters.address(2),
        "altro@borgo2.example",
    )


def test_so_does_a_row_corrected_in_the_book_and_a_book_that_is_gone(desk: Office) -> None:
    one_left(desk)
    desk.imports(1, "altro@borgo1.example")  # has left
    desk.corrects(3, "nuovo@borgo3.example")
    campaign = load(desk.campaign.root)
    opened = standing_round(desk.ledger, campaign)
    assert opened is not None
    (former,) = outdated(desk.ledger, campaign, opened)
    assert former.address.address == "nuovo@borgo3.example"
    imports(desk)
    desk.campaign.path(desk.campaign.configuration.recipients.addresses).unlink()
    assert standing_round(desk.ledger, load(desk.campaign.root)) is not None


def test_before_the_first_has_left_the_letters_are_to_be_frozen_anew(desk: Office) -> None:
    imports(desk)
    assert stops(desk) >= {"campaign.toml [recipients]", IMPORTED}


def test_whatever_else_changes_with_it_stops_the_sending(desk: Office) -> None:
    one_left(desk)
    imports(desk)
    change(desk.campaign.root, "max = 150000", "max = 150001")
    assert "campaign.toml [recipients]" in stops(desk)
