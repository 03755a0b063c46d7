"""The counts and facts of the files that ship; ``data/README.md`` tells how they come about."""

import csv
import re
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from coalizione_mailer.campaign.configuration import ChannelChoice
from coalizione_mailer.model import Comune, by_region
from coalizione_mailer.registry import Register, read_addresses, recipients, select

DATA = Path(__file__).parents[2] / "data"


def in_band(register: Register) -> tuple[Comune, ...]:
    return select(register, minimum=5_000, maximum=150_000).comuni


def as_published(comuni: tuple[Comune, ...]) -> int:
    return sum(not comune.popolazione_sommata for comune in comuni)


def test_all_comuni_are_there_once(shipped: Register) -> None:
    assert len(shipped.comuni) == 7_896
    assert len(shipped.by_istat) == len(shipped.by_catastale) == 7_896


def test_there_are_twenty_regions_and_a_hundred_and_seven_provinces(shipped: Register) -> None:
    assert len({comune.regione for comune in shipped.comuni}) == 20
    assert len({comune.sigla for comune in shipped.comuni}) == 107
    assert Counter(comune.sigla for comune in shipped.comuni)["NA"] == 92


def test_on_the_legal_population_the_band_has_2391_comuni_three_of_them_sums(
    shipped: Register,
) -> None:
    selected = in_band(shipped)
    assert len(selected) == 2_391
    assert as_published(selected) == 2_388


def test_on_the_residents_of_2023_the_band_has_2342_comuni_three_of_them_sums(
    shipped_2023: Register,
) -> None:
    selected = in_band(shipped_2023)
    assert len(selected) == 2_342
    assert as_published(selected) == 2_339


def test_the_publication_of_2023_counts_2341_with_two_comuni_as_they_were_before_merging(
    shipped_2023: Register,
) -> None:
    summed = {each.denominazione for each in in_band(shipped_2023) if each.popolazione_sommata}
    assert summed == {"Sovizzo", "Setteville", "Uggiate con Ronago"}
    # Sovizzo had 7,440 and Uggiate-Trevano 5,137; both halves of Setteville are under 5,000.
    assert as_published(in_band(shipped_2023)) + 2 == 2_341


@pytest.mark.parametrize(
    ("name", "legal", "residents"),
    [
        ("Sovizzo", 7_885, 8_287),
        ("Setteville", 6_264, 5_760),
        ("Uggiate con Ronago", 6_205, 6_789),
        ("Santa Caterina d'Este", 2_535, 2_334),
        ("Bardello con Malgesso e Bregano", 3_687, 3_617),
        ("Moransengo-Tonengo", 409, 394),
    ],
)
def test_a_merged_comune_has_the_sum_of_its_predecessors_and_says_so(
    shipped: Register, shipped_2023: Register, name: str, legal: int, residents: int
) -> None:
    found, found_2023 = shipped.find(name), shipped_2023.find(name)
    assert (found.popolazione, found.popolazione_sommata) == (legal, True)
    assert (found_2023.popolazione, found_2023.popolazione_sommata) == (residents, True)


def test_nobody_else_has_a_sum(shipped: Register, shipped_2023: Register) -> None:
    for register in (shipped, shipped_2023):
        assert sum(comune.popolazione_sommata for comune in register.comuni) == 6


def test_misiliscemi_has_no_legal_figure_and_is_listed(shipped: Register) -> None:
    listed = select(shipped, minimum=5_000, maximum=150_000).without_population
    assert [comune.denominazione for comune in listed] == ["Misiliscemi"]


def test_three_comuni_have_no_residents_of_2023_and_are_listed(shipped_2023: Register) -> None:
    listed = select(shipped_2023, minimum=5_000, maximum=150_000).without_population
    names = {comune.denominazione for comune in listed}
    assert names == {"Misiliscemi", "Montecopiolo", "Sassofeltrio"}


def test_the_selection_is_counted_by_region(shipped: Register) -> None:
    counts = by_region(in_band(shipped))
    assert sum(counts.values()) == 2_391
    assert next(iter(counts.items())) == ("Lombardia", 463)


def test_known_comuni_are_as_they_are(shipped: Register) -> None:
    assert shipped.find("L840") == Comune(
        codice_istat="024116",
        codice_catastale="L840",
        denominazione="Vicenza",
        denominazione_altra_lingua="",
        provincia="Vicenza",
        sigla="VI",
        regione="Veneto",
        ripartizione="Nord-est",
        popolazione=111_500,
        popolazione_sommata=False,
        latitudine=45.5477021,
        longitudine=11.5454113,
    )


def test_other_languages_are_whole(shipped: Register) -> None:
    others = [each for each in shipped.comuni if each.denominazione_altra_lingua]
    assert len(others) == 124
    assert shipped.find("I479").denominazione_altra_lingua == "Sovodnje ob Soči"


def test_every_comune_is_in_italy_on_the_map(shipped: Register) -> None:
    for comune in shipped.comuni:
        assert comune.latitudine is not None
        assert comune.longitudine is not None
        assert 35 < comune.latitudine < 48
        assert 6 < comune.longitudine < 19


@pytest.mark.parametrize("name", ["comuni.csv", "indirizzi-esempio.csv"])
def test_the_files_are_utf8_with_line_feeds_sorted_by_istat_code(name: str) -> None:
    raw = (DATA / name).read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        codes = [row[0] for row in islice(csv.reader(stream), 1, None)]
    assert codes == sorted(codes)


def test_the_columns_are_those_of_the_readme() -> None:
    header = (DATA / "comuni.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    assert len(header) == 13
    assert all(f"`{column}`" in readme for column in header)


def test_the_changes_of_codes_are_as_the_readme_says() -> None:
    raw = (DATA / "variazioni.csv").read_bytes()
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    rows = list(csv.DictReader(raw.decode("utf-8").splitlines()))
    assert all(f"`{column}`" in readme for column in rows[0])
    assert [row["data"] for row in rows] == sorted(row["data"] for row in rows)
    for event, count in Counter(row["evento"] for row in rows).items():
        assert f"`{event}` ({count})" in readme
    assert f"{len(rows):,}" in readme


def test_the_readme_tells_every_count() -> None:
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for count in ("7,896", "15,792", "2,391", "2,388", "2,342", "2,339", "2,341"):
        assert count in readme


def test_the_example_book_reaches_every_comune_on_every_channel(shipped: Register) -> None:
    book = read_addresses(DATA / "indirizzi-esempio.csv")
    assert book.warnings == ()
    for choice in ChannelChoice:
        reached, problems = recipients(shipped.comuni, book, choice)
        assert (len(reached), problems) == (7_896, [])


def test_the_example_book_is_plainly_fiction() -> None:
    with (DATA / "indirizzi-esempio.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len({row["indirizzo"] for row in rows}) == len(rows) == 15_792
    for row in rows:
        assert re.fullmatch(
            r"protocollo@(pec\.)?comune(\.[a-z0-9-]+){2}\.example", row["indirizzo"]
        )
        assert (row["fonte"], row["nota"]) == ("inventato", "esempio")
