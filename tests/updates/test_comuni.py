"""ISTAT's list: who is new, gone, merged, renamed, recoded; figures and places stay."""

from dataclasses import replace

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.errors import Code
from coalizione_mailer.plan import atlas_of, register_of
from coalizione_mailer.registry.history import COLUMNS
from coalizione_mailer.updates import Topic, apply, plan_comuni
from tests.updates.desk import NOON, found, lines, listed

THIENE = ("024105", "L157", "Thiene", "Vicenza", "VI", "Veneto")
NOVA = ("024200", "M999", "Thiene Sovizzo", "Vicenza", "VI", "Veneto")
MERGER = f"""\
{",".join(COLUMNS)}
024105,L157,Thiene,fuso,2026-02-21,,M999,Thiene Sovizzo
024128,M436,Sovizzo,fuso,2026-02-21,,M999,Thiene Sovizzo
"""


def test_the_same_list_changes_nothing(campaign: Campaign) -> None:
    update = plan_comuni(campaign, listed())
    assert (update.changes, update.files) == ((), ())


def test_a_short_list_is_refused_unless_it_is_allowed(campaign: Campaign) -> None:
    (danger,) = plan_comuni(campaign, listed()).dangers
    assert (danger.code, danger.found) == (Code.IMPORT_SHORT, "12")


def test_names_codes_and_provinces_follow_the_list(campaign: Campaign) -> None:
    update = plan_comuni(
        campaign, listed(("124105", "L157", "Thiene Alta", "Schio", "SC", "Veneto"))
    )
    whose = "Thiene Alta (SC)"
    assert found(update, Topic.COMUNE_RENAMED) == [(whose, "Thiene", "Thiene Alta")]
    assert found(update, Topic.COMUNE_RECODED) == [(whose, "024105", "124105")]
    assert found(update, Topic.COMUNE_MOVED) == [
        (whose, "Vicenza, VI, Veneto", "Schio, SC, Veneto")
    ]


def test_a_known_comune_keeps_its_figures_and_its_place(campaign: Campaign) -> None:
    before = register_of(campaign).by_catastale["L157"]
    apply(
        campaign.root,
        plan_comuni(campaign, listed(("124105", "L157", "Thiene", "Schio", "SC", "Veneto"))),
        NOON,
    )
    after = register_of(campaign).by_catastale["L157"]
    assert (after.codice_istat, after.sigla) == ("124105", "SC")
    assert (after.popolazione, after.latitudine) == (before.popolazione, before.latitudine)


def test_an_old_code_still_finds_its_comune(campaign: Campaign) -> None:
    apply(
        campaign.root,
        plan_comuni(campaign, listed(("124105", "L157", "Thiene", "Schio", "SC", "Veneto"))),
        NOON,
    )
    atlas = atlas_of(register_of(campaign))
    comune, same = atlas.comune("024105") or (None, False)
    assert comune is not None
    assert (comune.denominazione, same) == ("Thiene", True)


def test_a_merged_comune_has_the_sum_of_its_predecessors(campaign: Campaign) -> None:
    (campaign.root / "data" / "variazioni.csv").write_text(MERGER, encoding="utf-8")
    update = plan_comuni(campaign, listed(NOVA, without=("L157", "M436")))
    assert found(update, Topic.COMUNE_MERGED) == [
        ("Thiene (VI)", "Thiene (VI)", "Thiene Sovizzo (VI)"),
        ("Sovizzo (VI)", "Sovizzo (VI)", "Thiene Sovizzo (VI)"),
    ]
    apply(campaign.root, update, NOON)
    merged = register_of(campaign).by_catastale["M999"]
    assert (merged.popolazione, merged.popolazione_sommata) == (23262 + 7885, True)
    assert merged.latitudine == 45.70


def test_half_a_sum_is_no_figure(campaign: Campaign) -> None:
    (campaign.root / "data" / "variazioni.csv").write_text(
        MERGER.replace("024105,L157,Thiene,", "081025,M432,Misiliscemi,"), encoding="utf-8"
    )
    apply(
        campaign.root,
        plan_comuni(campaign, listed(NOVA, without=("M432", "M436"))),
        NOON,
    )
    merged = register_of(campaign).by_catastale["M999"]
    assert (merged.popolazione, merged.popolazione_sommata) == (None, False)


def test_who_is_gone_leaves_the_band_and_is_told(campaign: Campaign) -> None:
    update = plan_comuni(campaign, listed(without=("L157",)))
    assert found(update, Topic.COMUNE_GONE) == [("Thiene (VI)", "", "")]
    assert found(update, Topic.BAND_OUT) == [("Thiene (VI)", "23262", "")]


def test_a_letter_that_istat_cannot_write_does_not_spoil_a_name(campaign: Campaign) -> None:
    spoilt = ("040012", "D704", "Forl?", "Forlì-Cesena", "FC", "Emilia-Romagna")
    assert plan_comuni(campaign, listed(spoilt)).changes == ()


def test_the_register_stays_in_its_own_dialect(campaign: Campaign) -> None:
    apply(campaign.root, plan_comuni(campaign, listed(without=("L157",))), NOON)
    data = (campaign.root / "data" / "comuni.csv").read_bytes()
    assert data.startswith(b"codice_istat,denominazione,")
    assert b"\r" not in data
    assert len(lines(campaign.root / "data" / "comuni.csv")) == 12


def test_a_list_of_an_earlier_year_is_a_danger(campaign: Campaign) -> None:
    moved = ("124105", "L157", "Thiene", "Schio", "SC", "Veneto")
    apply(campaign.root, plan_comuni(campaign, listed(moved)), NOON)
    dangers = {danger.code: danger for danger in plan_comuni(campaign, listed()).dangers}
    assert dangers[Code.IMPORT_BACKWARDS].expected == ("Thiene 024105",)


def test_a_name_that_could_not_be_read_does_not_wipe_out_the_known_one(campaign: Campaign) -> None:
    given = listed()
    unread = tuple(replace(one, denominazione_altra_lingua="") for one in given.comuni)
    assert plan_comuni(campaign, replace(given, comuni=unread)).changes == ()


def test_old_codes_are_on_the_disk_before_the_register_forgets_them(campaign: Campaign) -> None:
    moved = ("124105", "L157", "Thiene", "Schio", "SC", "Veneto")
    update = plan_comuni(campaign, listed(moved))
    history, register = update.files
    assert (history.path.name, register.path.name) == ("variazioni.csv", "comuni.csv")
    # Killed between the two: the same list again ends what was begun.
    apply(campaign.root, replace(update, files=(history,)), NOON)
    again = plan_comuni(campaign, listed(moved))
    assert [written.path.name for written in again.files] == ["comuni.csv"]
