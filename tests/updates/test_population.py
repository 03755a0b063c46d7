"""A column of figures: added or replaced, matched by code, and what it would move."""

import pytest

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.errors import Code
from coalizione_mailer.plan import register_of
from coalizione_mailer.registry.history import COLUMNS
from coalizione_mailer.updates import Topic, apply, plan_population
from tests.updates.desk import NOON, again, figures, found, lines

HISTORY = f"""\
{",".join(COLUMNS)}
024043,D897,Gambugliano,fuso,2024-01-22,024128,M436,Sovizzo
024999,L999,Tavernelle,fuso,2024-01-22,024128,M436,Sovizzo
"""


def test_a_new_column_stands_after_its_kin_and_changes_nothing_else(campaign: Campaign) -> None:
    before = lines(campaign.root / "data" / "comuni.csv")
    apply(campaign.root, plan_population(campaign, figures(i024105=24000), use=False), NOON)
    after = lines(campaign.root / "data" / "comuni.csv")
    assert after[0] == before[0].replace("popolazione_2023,", "popolazione_2023,popolazione_2025,")
    assert after[3] == before[3].replace("23897,", "23897,24000,")
    assert again(campaign).configuration == campaign.configuration


def test_who_would_move_is_told_before_the_column_counts(campaign: Campaign) -> None:
    update = plan_population(campaign, figures(i024105=4000, i016065=5000), use=False)
    assert found(update, Topic.BAND_IN) == [("Castro (BG)", "1426", "5000")]
    assert ("Thiene (VI)", "23262", "4000") in found(update, Topic.BAND_OUT)
    assert update.facts["counted"] == 0


def test_used_the_column_counts_and_the_comments_stay(campaign: Campaign) -> None:
    update = plan_population(campaign, figures(i024105=24000), use=True)
    assert found(update, Topic.SETTING) == [
        ("recipients.population", "popolazione_legale_2011", "popolazione_2025")
    ]
    before = lines(campaign.root / "campaign.toml")
    apply(campaign.root, update, NOON)
    after = lines(campaign.root / "campaign.toml")
    changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert len(changed) == 1
    assert changed[0][1].startswith('population = "popolazione_2025"')
    assert register_of(again(campaign)).by_catastale["L157"].popolazione == 24000


def test_the_same_figures_again_change_nothing(campaign: Campaign) -> None:
    apply(campaign.root, plan_population(campaign, figures(i024105=24000), use=False), NOON)
    assert not plan_population(campaign, figures(i024105=24000), use=False).writes


def test_predecessors_are_added_up_and_marked(campaign: Campaign) -> None:
    (campaign.root / "data" / "variazioni.csv").write_text(HISTORY, encoding="utf-8")
    update = plan_population(campaign, figures(i024043=800, i024999=7000), use=True)
    apply(campaign.root, update, NOON)
    sovizzo = register_of(again(campaign)).by_catastale["M436"]
    assert (sovizzo.popolazione, sovizzo.popolazione_sommata) == (7800, True)


def test_codes_of_nobody_are_told(campaign: Campaign) -> None:
    (told,) = plan_population(campaign, figures(i024105=1, i999999=2), use=False).warnings
    assert (told.code, told.found, told.expected) == (Code.IMPORT_STRANGERS, "1", ("999999",))


def test_too_many_codes_of_nobody_are_a_danger(campaign: Campaign) -> None:
    strangers = {f"i{number:06}": 1 for number in range(900_000, 900_101)}
    dangers = plan_population(campaign, figures("popolazione_2025", **strangers), use=False).dangers
    assert [danger.code for danger in dangers] == [Code.IMPORT_STRANGERS, Code.IMPORT_SHORT]


@pytest.mark.parametrize("use", [True, False])
def test_a_missing_figure_is_told_and_left_empty(campaign: Campaign, *, use: bool) -> None:
    update = plan_population(campaign, figures(i024105=24000), use=use)
    assert len(found(update, Topic.FIGURE_MISSING)) == 11
