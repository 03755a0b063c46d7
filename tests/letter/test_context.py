"""What templates may speak of."""

from dataclasses import fields, replace

from coalizione_mailer.campaign.configuration import Configuration
from coalizione_mailer.letter.context import SECTIONS, context
from coalizione_mailer.model import Comune, Head, Office, Recipient
from tests.letter.example import configuration, recipient


def test_fields_have_the_names_of_the_campaign_file() -> None:
    known = context(configuration(), recipient())
    assert set(SECTIONS) < set(known)
    assert known["campaign"].subject == "Invito alla prova"
    assert known["sender"].signatory.name == "Veronica Nicotra"
    assert (known["recipients"].min, known["recipients"].max) == (5000, 150000)
    assert known["protocol"].label == "166 W/LP/DI/CO-cc17"
    assert known["letter"].form == "individual"


def test_any_further_key_of_the_event_is_there_lists_and_tables_included() -> None:
    event = context(configuration(), recipient())["event"]
    assert event.edition == "XXXIV"
    assert event.items == ["pane", "vino"]
    assert event.guest.role == "Prefetto"


def test_a_comune_has_the_columns_of_the_register() -> None:
    comune = context(configuration(), recipient("Aosta"))["comune"]
    assert set(vars(comune)) == {field.name for field in fields(Comune)}
    assert comune.denominazione == "Aosta"
    assert comune.popolazione == 113655


def test_the_addressee_comes_from_the_address_book() -> None:
    destinatario = context(configuration(), recipient(office=Office.COMMISSARIA))["destinatario"]
    assert vars(destinatario) == {
        "carica": "commissaria",
        "indirizzo": "vicenza@pec.example",
        "canale": "pec",
        "prefettizio": False,
        "nome": "",
    }


def headed(head: Head, office: Office | None = None) -> Recipient:
    reached = recipient()
    return replace(reached, address=replace(reached.address, office=office), head=head)


def test_the_official_file_says_who_heads_a_comune_where_the_address_book_does_not() -> None:
    head = Head(Office.COMMISSARIA, "Anna D'Amico", prefectural=True)
    destinatario = context(configuration(), headed(head))["destinatario"]
    assert (destinatario.carica, destinatario.prefettizio) == ("commissaria", True)
    destinatario = context(configuration(), headed(head, Office.SINDACO))["destinatario"]
    assert (destinatario.carica, destinatario.prefettizio) == ("sindaco", False)


def test_a_person_is_named_only_where_the_campaign_says_so_and_the_offices_agree() -> None:
    head = Head(Office.SINDACA, "Anna D'Amico")
    assert context(configuration(), headed(head))["destinatario"].nome == ""
    assert context(naming(), headed(head))["destinatario"].nome == "Anna D'Amico"
    assert context(naming(), headed(head, Office.SINDACA))["destinatario"].nome == "Anna D'Amico"
    assert context(naming(), headed(head, Office.SINDACO))["destinatario"].nome == ""
    assert context(naming(), recipient())["destinatario"].nome == ""


def naming() -> Configuration:
    given = configuration()
    return given.model_copy(update={"letter": given.letter.model_copy(update={"names": True})})


def test_a_circular_letter_knows_no_comune() -> None:
    known = context(configuration("circular"), recipient())
    assert set(known) == set(SECTIONS)
    assert known["letter"].form == "circular"
