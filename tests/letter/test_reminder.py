"""The reminder that ships: short, polite, and of the right letter."""

import re
from html import unescape
from pathlib import Path

import pytest

from coalizione_mailer.campaign.configuration import Form, ReminderSection, Reminding
from coalizione_mailer.campaign.reader import load
from coalizione_mailer.letter.pdf import PdfSettings, render_pdfs
from coalizione_mailer.letter.templates import LetterText, Templates
from coalizione_mailer.model import Office
from coalizione_mailer.remind import reminder_of
from tests.letter.example import recipient

ROOT = Path(__file__).parents[2]
SHIPPED = load(ROOT).configuration
OWN = SHIPPED.model_copy(
    update={"reminder": ReminderSection.model_validate({"number": 201, "date": SHIPPED.event.date})}
)
WITHOUT_NUMBER, WITH_NUMBER = reminder_of(SHIPPED), reminder_of(OWN)


def in_form(form: Form, reminding: Reminding) -> Templates:
    letter = reminding.letter.model_copy(update={"form": form})
    configuration = reminding.model_copy(update={"letter": letter})
    return Templates.load(ROOT / "templates" / "sollecito", configuration)


def written(
    office: Office = Office.SINDACO,
    form: Form = Form.INDIVIDUAL,
    reminding: Reminding = WITHOUT_NUMBER,
) -> LetterText:
    return in_form(form, reminding).render(recipient(office=office))


def words(html: str) -> str:
    body = html[html.index("<body") :]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.mark.parametrize("reminding", [WITHOUT_NUMBER, WITH_NUMBER], ids=["first's", "own"])
@pytest.mark.parametrize("form", Form)
def test_no_field_is_unknown_in_either_form(form: Form, reminding: Reminding) -> None:
    assert in_form(form, reminding).check() == []


def test_it_speaks_of_the_letter_by_number_and_date_in_every_part() -> None:
    text = written()
    for part in (words(text.html), words(text.email_html), " ".join(text.email_text.split())):
        assert (
            "con la lettera Prot. 166 W/LP/DI/CO-cc17 del 18 settembre 2017 Ti ho rivolto l" in part
        )
        assert "Rif. Prot. 166 W/LP/DI/CO-cc17" in part
        assert "11 ottobre" in part
        assert "non risulta ancora una risposta" in part
        assert "segreteria.coalizione@cittalia.com" in part
    assert "Promemoria: Invito al workshop" in words(text.html)


def test_with_a_number_of_its_own_it_bears_that_and_speaks_of_the_first() -> None:
    text = written(reminding=WITH_NUMBER)
    for part in (words(text.html), words(text.email_html), " ".join(text.email_text.split())):
        assert "Prot. 201" in part
        assert "Rif. Prot." not in part
        assert "con la lettera Prot. 166 W/LP/DI/CO-cc17 del 18 settembre 2017" in part


@pytest.mark.parametrize(
    ("office", "greeting", "asked"),
    [
        (Office.SINDACO, "Caro Sindaco,", "Ti ho rivolto"),
        (Office.SINDACA, "Cara Sindaca,", "Ti ho rivolto"),
        (Office.COMMISSARIO, "Gentile Commissario,", "Le ho rivolto"),
        (Office.COMMISSARIA, "Gentile Commissaria,", "Le ho rivolto"),
        (Office.COMMISSIONE, "Gentili Commissari,", "Vi ho rivolto"),
    ],
)
def test_each_office_is_addressed_as_its_own(office: Office, greeting: str, asked: str) -> None:
    text = written(office)
    for part in (words(text.html), words(text.email_html), text.email_text):
        assert greeting in part
    assert asked in words(text.html)


@pytest.mark.parametrize("form", Form)
def test_it_is_one_page_without_faults(form: Form) -> None:
    settings = PdfSettings.of(ROOT, WITH_NUMBER)
    (pdf,) = render_pdfs([written(form=form, reminding=WITH_NUMBER).html], settings, 1)
    assert (pdf.pages, pdf.problems) == (1, ())
