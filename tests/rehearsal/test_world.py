"""The world behind the server: everything happens, and again for the same seed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from coalizione_mailer.letter.message import join
from coalizione_mailer.lifecycle import State
from coalizione_mailer.rehearsal.course import Sort
from coalizione_mailer.rehearsal.plots import (
    ARRIVES,
    CERTIFIED,
    FAILURES,
    ORDINARY,
    SAYINGS,
    Plot,
    Word,
    cast,
)
from coalizione_mailer.rehearsal.provider import Town, World
from coalizione_mailer.rehearsal.record import Taken
from coalizione_mailer.rehearsal.truth import Passage, Truth
from tests.support import letters

NOW = 1_505_721_662.0
DAY = 86400.0


def towns(count: int) -> dict[str, Town]:
    """So many towns, every fourth with an ordinary mailbox."""
    return {
        letters.address(number): Town(f"Borgo {number}", letters.address(number), number % 4 != 0)
        for number in range(count)
    }


def taken(number: int, at: float = NOW) -> Taken:
    frozen = letters.frozen(number)
    content = join(frozen.head, frozen.letter, letters.composer().frame)
    return Taken(letters.SENDER, letters.address(number), content, at, 1, secure=False, user=None)


def world(spool: Path, seed: int, count: int) -> World:
    made = World(seed, letters.SENDER, towns(count), NOW, spool)
    for number in range(count):
        made.takes(taken(number))
    return made


def kinds(files: Iterable[Path]) -> Counter[str]:
    """Count messages by what their header says they are."""
    heads = [message_from_bytes(file.read_bytes()) for file in files]
    return Counter(str(head["X-Ricevuta"] or head["X-Trasporto"] or "ordinary") for head in heads)


def test_every_plot_happens_even_to_few_and_most_letters_just_arrive() -> None:
    addresses = [letters.address(number) for number in range(60)]
    for shares in (CERTIFIED, ORDINARY):
        assert set(cast(1, addresses, shares).values()) == set(shares)
    many = Counter(cast(2, [f"a{n}@b.example" for n in range(2000)], CERTIFIED).values())
    assert 1500 < many[Plot.DELIVERED] < 1750


def test_two_recipients_are_enough_for_a_cast() -> None:
    assert len(cast(1, ["a@b.example", "c@d.example"], CERTIFIED)) == 2
    assert cast(1, [], CERTIFIED) == {}


def test_the_same_seed_gives_the_same_fates_and_another_one_others(tmp_path: Path) -> None:
    def fates(seed: int) -> dict[str, tuple[State, int]]:
        passages = world(tmp_path, seed, 40).truth.passages.values()
        return {passage.recipient: (passage.state, passage.arrived) for passage in passages}

    assert fates(3) == fates(3)
    assert fates(3) != fates(4)


def test_what_arrives_does_so_once_in_order_and_not_before_its_time(tmp_path: Path) -> None:
    made = world(tmp_path, 5, 40)
    last = made.last
    assert last is not None
    assert list(made.arrivals(NOW)) == []
    early = list(made.arrivals(NOW + DAY))
    late = list(made.arrivals(last))
    assert early
    assert late
    assert made.last is None
    assert list(made.arrivals(last + DAY)) == []
    assert len(early) + len(late) == made.written.total()


def test_every_kind_of_receipt_and_of_ordinary_mail_comes(tmp_path: Path) -> None:
    made = world(tmp_path, 6, 120)
    found = kinds(made.arrivals(NOW + 9 * DAY))
    assert {
        "accettazione",
        "non-accettazione",
        "avvenuta-consegna",
        "errore-consegna",
        "preavviso-errore-consegna",
        "presa-in-carico",
        "errore",
        "ordinary",
        "posta-certificata",
    } <= found.keys()
    assert set(made.written) == set(Sort)


def data_of(receipt: Message) -> bytes | None:
    """The certification data of a receipt as far as it came."""
    for part in receipt.walk():
        if part.get_filename() == "daticert.xml":
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            return data
    return None


def test_some_receipts_have_lost_their_certification_data_or_the_end_of_it(
    tmp_path: Path,
) -> None:
    made = world(tmp_path, 6, 120)
    found = Counter[str]()
    for file in made.arrivals(NOW + 9 * DAY):
        head = message_from_bytes(file.read_bytes())
        if head["X-Ricevuta"] and head.get_content_type() == "multipart/signed":
            data = data_of(head)
            whole = data is not None and data.endswith(b"</postacert>\n")
            found["missing" if data is None else "whole" if whole else "cut"] += 1
    assert found["missing"]
    assert found["cut"]
    assert found["whole"] > 10 * (found["missing"] + found["cut"])


@pytest.mark.parametrize("plot", Plot)
def test_a_plot_says_only_what_is_true_of_it(plot: Plot) -> None:
    said = {saying.word for saying in SAYINGS[plot]}
    assert Word.DELIVERED not in said or plot in ARRIVES
    if said & FAILURES and Word.DELIVERED not in said:
        assert plot not in ARRIVES


def test_a_full_mailbox_takes_the_next_letter_and_a_dead_one_none(tmp_path: Path) -> None:
    made = World(7, letters.SENDER, towns(60), NOW, tmp_path)
    numbers = {made.plot(letters.address(number)): number for number in range(60)}
    for plot, arrived in ((Plot.FULL, 1), (Plot.DEAD, 0)):
        number = numbers[plot]
        made.takes(taken(number))
        made.takes(taken(number, NOW + 3 * DAY))
        (passage,) = [
            passage
            for passage in made.truth.passages.values()
            if passage.recipient == letters.address(number)
        ]
        assert (passage.copies, passage.arrived) == (2, arrived)


def test_an_address_that_is_right_is_not_looked_up_in_vain(tmp_path: Path) -> None:
    made = World(8, letters.SENDER, towns(60), NOW, tmp_path)
    full = next(n for n in range(60) if made.plot(letters.address(n)) is Plot.FULL)
    assert made.looked_up(letters.address(full)) is None


def test_where_nobody_lives_nothing_arrives(tmp_path: Path) -> None:
    made = World(8, letters.SENDER, towns(4), NOW, tmp_path)
    made.takes(taken(99))
    (passage,) = made.truth.passages.values()
    assert (passage.state, passage.arrived) == (State.BOUNCED, 0)


def test_a_town_that_moved_has_its_letter_at_the_new_address(tmp_path: Path) -> None:
    made = World(8, letters.SENDER, towns(60), NOW, tmp_path)
    dead = next(n for n in range(60) if made.plot(letters.address(n)) is Plot.NO_DOMAIN)
    new = made.looked_up(letters.address(dead))
    assert new is not None
    made.takes(replace(taken(dead), recipient=new))
    (passage,) = made.truth.passages.values()
    assert (passage.state, passage.arrived) == (State.DELIVERED, 1)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (set(), State.SENT),
        ({Word.ACCEPTED}, State.ACCEPTED),
        ({Word.ACCEPTED, Word.TWELVE_HOURS}, State.ACCEPTED),
        ({Word.ACCEPTED, Word.DELAYED}, State.ACCEPTED),
        ({Word.ACCEPTED, Word.NO_USER}, State.BOUNCED),
        ({Word.NOT_ACCEPTED}, State.BOUNCED),
        ({Word.DELIVERED}, State.DELIVERED),
        ({Word.TWENTY_FOUR_HOURS, Word.DELIVERED}, State.DELIVERED),
    ],
)
def test_the_truth_is_what_true_words_say_together(said: set[Word], state: State) -> None:
    assert Passage("<a@b>", "c@d.example", said=said).state is state


def test_the_truth_counts_copies_and_knows_what_was_never_taken() -> None:
    truth = Truth()
    for arrives in (True, True, False):
        truth.taken("<a@b>", "c@d.example", arrives=arrives)
    assert truth.passages["<a@b>"].copies == 3
    assert truth.arrived(["<a@b>", "<none@b>"]) == 2
    assert truth.was_taken("<a@b>")
    assert not truth.was_taken("<none@b>")
