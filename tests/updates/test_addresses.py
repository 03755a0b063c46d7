"""IPA's index: addresses new, changed, gone; the office's own words never lost."""

from datetime import date
from pathlib import Path

from coalizione_mailer.campaign import Campaign
from coalizione_mailer.errors import Code
from coalizione_mailer.plan import book_of, register_of
from coalizione_mailer.updates import Topic, Update, apply, plan_addresses
from tests.updates.desk import NOON, again, everybody, found, index, later, lines

BOOK = Path("data", "indirizzi.csv")
CORRECTIONS = Path("data", "correzioni.csv")
BEFORE, NOW = "protocollo@pec.comune.l157.example", "protocollo@pec.thiene.example"


def imported(campaign: Campaign, **other: str) -> Campaign:
    """Import an index in which some Comuni have another address than usual."""
    apply(campaign.root, plan_addresses(campaign, index(everybody(**other))), NOON)
    return again(campaign)


def planned(campaign: Campaign, **other: str) -> Update:
    return plan_addresses(campaign, index(everybody(**other)))


def used(campaign: Campaign, code: str) -> str | None:
    register = register_of(campaign)
    address = book_of(campaign, register).address_for(
        register.by_catastale[code], campaign.configuration.recipients.channel
    )
    return address.address if address else None


def correct(campaign: Campaign, address: str, day: str = "2026-09-01") -> None:
    (campaign.root / CORRECTIONS).write_text(
        f"codice_istat;canale;indirizzo;fonte;data;nota\n024105;pec;{address};io;{day};telefonata\n",
        encoding="utf-8",
    )


def edit(campaign: Campaign, before: str, after: str) -> None:
    """Change the address book as Excel would leave it."""
    path = campaign.root / BOOK
    text = path.read_text(encoding="utf-8-sig")
    assert before in text
    path.write_bytes(text.replace(before, after).replace("\n", "\r\n").encode("cp1252"))


def test_the_first_import_takes_the_place_of_the_invented_addresses(campaign: Campaign) -> None:
    update = planned(campaign)
    assert len(found(update, Topic.ADDRESS_NEW)) == 12
    assert found(update, Topic.SETTING) == [
        ("recipients.addresses", "data/indirizzi-esempio.csv", "data/indirizzi.csv")
    ]
    apply(campaign.root, update, NOON)
    assert used(again(campaign), "L157") == BEFORE
    assert lines(campaign.root / BOOK)[3].split(";")[:5] == [
        "024105",
        "L157",
        "Thiene",
        "pec",
        BEFORE,
    ]


def test_the_same_index_again_changes_nothing(campaign: Campaign) -> None:
    assert not planned(imported(campaign)).writes


def test_a_newer_index_with_the_same_addresses_changes_nothing(campaign: Campaign) -> None:
    update = plan_addresses(imported(campaign), index(everybody(), date(2026, 10, 1)))
    assert not update.writes


def test_new_and_old_address_are_shown(campaign: Campaign) -> None:
    update = planned(imported(campaign), L157=NOW)
    assert found(update, Topic.ADDRESS_CHANGED) == [("Thiene (VI)", BEFORE, NOW)]


def test_an_address_that_is_gone_is_shown_and_missed(campaign: Campaign) -> None:
    rest = {code: one for code, one in everybody().items() if code != "L157"}
    update = plan_addresses(imported(campaign), index(rest))
    assert found(update, Topic.ADDRESS_GONE) == [("Thiene (VI)", BEFORE, "")]
    assert found(update, Topic.ADDRESS_MISSING) == [("Thiene (VI)", "", "")]
    assert [danger.code for danger in update.dangers] == [Code.IMPORT_LOSES]


# A private provider is known by its name; nothing is sent there or looked up.
def test_a_private_providers_mailbox_in_the_band_is_pointed_out(campaign: Campaign) -> None:
    update = planned(imported(campaign), L157="comune.thiene@libero.it")
    assert found(update, Topic.ADDRESS_CONSUMER) == [("Thiene (VI)", "", "comune.thiene@libero.it")]
    assert update.dangers == ()
    assert found(planned(imported(campaign)), Topic.ADDRESS_CONSUMER) == []


def test_a_private_providers_mailbox_is_told_of_the_address_that_is_used(
    campaign: Campaign,
) -> None:
    correct(campaign, "thiene@libero.it")
    update = planned(imported(campaign))
    assert found(update, Topic.ADDRESS_CONSUMER) == [("Thiene (VI)", "", "thiene@libero.it")]
    correct(campaign, "protocollo@pec.thiene.example")
    update = planned(imported(campaign), L157="thiene@libero.it")
    assert found(update, Topic.ADDRESS_CONSUMER) == []


def test_an_older_index_is_a_danger(campaign: Campaign) -> None:
    update = plan_addresses(imported(campaign), index(everybody(L157=NOW), date(2026, 9, 1)))
    (danger,) = update.dangers
    assert (danger.code, danger.found, danger.expected) == (
        Code.IMPORT_OLDER,
        "2026-09-01",
        ("2026-09-14",),
    )


def test_an_import_never_touches_the_corrections(campaign: Campaign) -> None:
    correct(campaign, "mio@pec.thiene.example")
    before = (campaign.root / CORRECTIONS).read_bytes()
    after = imported(imported(campaign), L157=NOW)
    assert (after.root / CORRECTIONS).read_bytes() == before
    assert used(after, "L157") == "mio@pec.thiene.example"


def test_a_correction_that_became_official_is_superfluous(campaign: Campaign) -> None:
    correct(campaign, NOW)
    update = planned(imported(campaign), L157=NOW.upper().replace("PEC", "pec"))
    assert [one for one, *_ in found(update, Topic.CORRECTION_SUPERFLUOUS)] == ["Thiene (VI)"]


def test_a_newer_official_address_contradicts_a_correction(campaign: Campaign) -> None:
    correct(campaign, "mio@pec.thiene.example")
    update = planned(imported(campaign), L157=NOW)
    assert found(update, Topic.CORRECTION_CONTRADICTED) == [
        ("Thiene (VI)", "mio@pec.thiene.example", NOW)
    ]


def test_an_official_address_that_stays_contradicts_nothing(campaign: Campaign) -> None:
    correct(campaign, "mio@pec.thiene.example")
    update = planned(imported(campaign), L840="protocollo@pec.vicenza.example")
    assert found(update, Topic.CORRECTION_CONTRADICTED) == []


def test_what_was_edited_by_hand_becomes_a_correction(campaign: Campaign) -> None:
    edited = imported(campaign)
    edit(edited, BEFORE, "mio@pec.thiene.example")
    update = planned(edited, L840="protocollo@pec.vicenza.example")
    assert found(update, Topic.ROW_EDITED) == [("Thiene (VI)", BEFORE, "mio@pec.thiene.example")]
    assert found(update, Topic.ADDRESS_CHANGED) == [
        ("Vicenza (VI)", "protocollo@pec.comune.l840.example", "protocollo@pec.vicenza.example")
    ]
    assert update.files[0].path == CORRECTIONS, "killed before the book, they are kept"
    records = apply(edited.root, update, later(1))
    assert {one.file_scritto for one in records} == {BOOK.as_posix(), "data/indirizzi-visti.csv"}
    assert used(edited, "L157") == "mio@pec.thiene.example"
    assert BEFORE in (edited.root / BOOK).read_text(encoding="utf-8-sig")
    assert "mio@pec.thiene.example" in (edited.root / CORRECTIONS).read_text(encoding="utf-8-sig")


def test_a_book_that_excel_only_saved_again_is_not_edited(campaign: Campaign) -> None:
    edited = imported(campaign)
    edit(edited, "016065;", "16065;")
    assert found(planned(edited), Topic.ROW_EDITED) == []


def test_a_book_of_the_offices_own_making_is_kept(campaign: Campaign) -> None:
    (campaign.root / BOOK).write_text(
        "codice_istat;canale;indirizzo\n024105;pec;mio@pec.thiene.example\n", encoding="utf-8"
    )
    apply(campaign.root, planned(campaign), NOON)
    assert used(again(campaign), "L157") == "mio@pec.thiene.example"
    assert used(again(campaign), "L840") == "protocollo@pec.comune.l840.example"


def test_without_the_record_the_copies_tell_what_was_edited(campaign: Campaign) -> None:
    edited = imported(campaign)
    edit(edited, BEFORE, "mio@pec.thiene.example")
    (edited.root / "data" / "fonti.csv").unlink()
    update = planned(edited, L840="protocollo@pec.vicenza.example")
    assert found(update, Topic.ROW_EDITED) == [("Thiene (VI)", BEFORE, "mio@pec.thiene.example")]
