"""The invitation that ships: facts, forms and looks."""

import csv
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from coalizione_mailer.campaign.configuration import Configuration, Form
from coalizione_mailer.campaign.reader import load, parse
from coalizione_mailer.letter.pdf import PdfSettings, render_pdfs
from coalizione_mailer.letter.templates import LetterText, Templates
from coalizione_mailer.model import Head, Office, Recipient
from tests.letter.example import CAMPAIGN, recipient

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "templates" / "invito"
SHIPPED = load(ROOT).configuration

FACTS = [
    "Segretario Generale",
    "Prot. 166 W/LP/DI/CO-cc17",
    "Roma, 18 settembre 2017",
    "CO-ALIZIONE – Programma di azione per la formazione e il rafforzamento delle competenze",
    "XXXIV Assemblea annuale dell’ANCI",
    "mercoledì 11 ottobre p.v., ore 10.30",
    "Fiera di Vicenza, via dell’Oreficeria 16",
    "Ministero dell’Interno",
    "FAMI",
    "Fondazione Cittalia",
    "tra i 5.000 ed i 150.000 abitanti",
    "segreteria.coalizione@cittalia.com",
    "programma della giornata",
    "Veronica Nicotra",
]


def in_form(form: Form, configuration: Configuration = SHIPPED) -> Templates:
    letter = configuration.letter.model_copy(update={"form": form})
    return Templates.load(FOLDER, configuration.model_copy(update={"letter": letter}))


def written(office: Office = Office.SINDACO, form: Form = Form.INDIVIDUAL) -> LetterText:
    return in_form(form).render(recipient(office=office))


def words(html: str) -> str:
    """Return what a reader sees of an HTML text, on one line."""
    body = html[html.index("<body") :]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.mark.parametrize("form", Form)
def test_no_field_is_unknown_in_either_form(form: Form) -> None:
    assert in_form(form).check() == []


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("fact", FACTS)
def test_the_letter_and_its_email_state_the_facts(form: Form, fact: str) -> None:
    text = written(form=form)
    plain = fact.replace("’", "'").replace("–", "-")
    assert fact in words(text.html)
    assert fact in words(text.email_html)
    assert plain in " ".join(text.email_text.split())


@pytest.mark.parametrize(
    ("office", "addressee", "salutation", "courtesy"),
    [
        (Office.SINDACO, "Al Sindaco", "Caro Sindaco,", "invitarTi"),
        (Office.SINDACA, "Alla Sindaca", "Cara Sindaca,", "invitarTi"),
        (
            Office.COMMISSARIO,
            "Al Commissario straordinario",
            "Gentile Commissario,",
            "invitarLa",
        ),
        (
            Office.COMMISSARIA,
            "Alla Commissaria straordinaria",
            "Gentile Commissaria,",
            "invitarLa",
        ),
        (
            Office.COMMISSIONE,
            "Alla Commissione straordinaria",
            "Gentili Commissari,",
            "invitarVi",
        ),
    ],
)
def test_whoever_heads_the_comune_is_addressed_rightly(
    office: Office, addressee: str, salutation: str, courtesy: str
) -> None:
    text = written(office)
    assert f"{addressee} del Comune di Vicenza (VI)" in words(text.html)
    for reading in (words(text.html), words(text.email_html), text.email_text):
        assert salutation in reading
        assert courtesy in reading


def headed(head: Head, name: str = "Vicenza") -> Recipient:
    reached = recipient(name)
    return replace(reached, address=replace(reached.address, office=None), head=head)


def naming(*, names: bool = True) -> Templates:
    letter = SHIPPED.letter.model_copy(update={"names": names})
    return Templates.load(FOLDER, SHIPPED.model_copy(update={"letter": letter}))


@pytest.mark.parametrize(
    ("head", "addressee"),
    [
        (Head(Office.SINDACO, "Ugo Nisticò"), "Al Sindaco Ugo Nisticò"),
        (Head(Office.SINDACA, "Anna D'Amico"), "Alla Sindaca Anna D’Amico"),
        (
            Head(Office.COMMISSARIO, "Ugo De Andreis"),
            "Al Commissario straordinario Ugo De Andreis",
        ),
        (
            Head(Office.COMMISSARIO, "Ugo Lo Voi", prefectural=True),
            "Al Commissario prefettizio Ugo Lo Voi",
        ),
        (
            Head(Office.COMMISSARIA, "Anna Saint-Pierre", prefectural=True),
            "Alla Commissaria prefettizia Anna Saint-Pierre",
        ),
        (Head(Office.COMMISSIONE), "Alla Commissione straordinaria"),
        (Head(Office.SINDACO, acting=True), "Al Sindaco"),
    ],
)
def test_the_letter_names_the_person_under_the_office_where_the_campaign_wants_it(
    head: Head, addressee: str
) -> None:
    text = naming().render(headed(head))
    assert f"{addressee} del Comune di Vicenza (VI)" in words(text.html)
    unnamed = naming(names=False).render(headed(head))
    for part in filter(None, head.name.replace("'", "’").split()):
        assert part not in unnamed.html
        assert part not in text.email_html
        assert part not in text.email_text


def test_the_name_stands_on_a_line_of_its_own() -> None:
    one, other = (
        naming().render(headed(Head(Office.SINDACA, name))).html.splitlines()
        for name in ("Anna Rossi", "Bruna Verdi")
    )
    different = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    assert [words(f"<body>{line}") for line in different[0]] == ["Anna Rossi", "Bruna Verdi"]
    assert len(different) == 1


def test_the_circular_form_addresses_all_mayors_and_names_no_comune() -> None:
    text = written(form=Form.CIRCULAR)
    assert (
        "Ai Sindaci dei Comuni con popolazione compresa tra i 5.000 ed i 150.000 abitanti"
        " LORO SEDI" in words(text.html)
    )
    for reading in (text.html, text.email_html, text.email_text):
        assert "Caro Sindaco, cara Sindaca," in reading
        assert "Comune di Vicenza" not in reading
        assert "vicenza@pec.example" not in reading


def test_what_differs_between_two_letters_stands_on_lines_of_its_own() -> None:
    templates = in_form(Form.INDIVIDUAL)
    one, other = (templates.render(recipient(name)).html for name in ("Vicenza", "Verona"))
    different = [
        (a, b) for a, b in zip(one.splitlines(), other.splitlines(), strict=True) if a != b
    ]
    assert [words(f"<body>{line}") for line in different[0]] == [
        "del Comune di Vicenza (VI)",
        "del Comune di Verona (VI)",
    ]
    assert len(different) == 1


def test_an_event_not_after_the_letter_has_its_year_instead_of_prossimo_venturo() -> None:
    late = SHIPPED.protocol.model_copy(update={"date": SHIPPED.event.date})
    text = in_form(Form.INDIVIDUAL, SHIPPED.model_copy(update={"protocol": late})).render(
        recipient()
    )
    for reading in (words(text.html), words(text.email_html), text.email_text):
        assert "mercoledì 11 ottobre 2017, ore 10.30" in reading
        assert "p.v." not in reading


def test_what_the_campaign_file_knows_is_nowhere_written_in_the_templates() -> None:
    other = CAMPAIGN.replace("FORM", "individual")
    other = other.replace('edition = "XXXIV"', 'programme = "PROVA"\nassembly = "X Festa"')
    for old, new in [
        ("Fiera di Vicenza", "Sala"),
        ("Veronica Nicotra", "Firma"),
        ("number = 166", "number = 7"),
        ("W/LP/DI/CO-cc17", "Z"),
        ("min = 5000", "min = 1"),
        ("max = 150000", "max = 2"),
        ("2017-10-11", "2031-03-01"),
        ("2017-09-18", "2031-02-01"),
        ("10:30", "16:45"),
    ]:
        assert old in other
        other = other.replace(old, new)
    text = in_form(Form.INDIVIDUAL, parse(other)).render(recipient("Aosta"))
    for reading in (words(text.html), words(text.email_html), text.email_text):
        for old in (
            *("Fiera", "Nicotra", "166", "cc17", "5.000", "150.000", "ottobre", "settembre"),
            *("10.30", "2017", "XXXIV", "cittalia.com", "Vicenza"),
        ):
            assert old not in reading
        assert "sabato 1° marzo p.v., ore 16.45" in reading


def test_plain_text_fits_76_columns_for_every_name_of_the_register() -> None:
    with (ROOT / "data" / "comuni.csv").open(encoding="utf-8-sig", newline="") as file:
        names = sorted({row["denominazione"] for row in csv.DictReader(file)}, key=len)[-20:]
    templates = in_form(Form.INDIVIDUAL)
    for name in names:
        text = templates.render(recipient(name, Office.COMMISSIONE)).email_text
        assert max(len(line) for line in text.splitlines()) <= 76


def test_the_email_needs_no_image_and_nothing_from_the_network() -> None:
    html = written().email_html
    assert "<img" not in html
    assert "url(" not in html
    assert re.findall(r'(?:href|src)="(\w+):', html) == ["mailto", "mailto"]


def test_the_email_invites_to_answer_with_the_name_of_the_comune_at_hand() -> None:
    html = in_form(Form.INDIVIDUAL).render(recipient("Reggio nell'Emilia")).email_html
    link = unescape(re.findall(r'href="(mailto:[^"]*\?[^"]*)"', html)[0])
    assert link.startswith("mailto:segreteria.coalizione@cittalia.com?subject=")
    assert unquote(link).endswith("Comune: Reggio nell'Emilia (VI)\r\n")


def test_every_style_of_the_email_is_in_its_elements_for_outlook() -> None:
    html = written().email_html
    own = re.sub(r"<!--.*?-->", "", html)
    assert not re.findall(r"<(?:td|p|h1|a)(?![^>]*style=)[\s>]", own)
    assert "max-width: 600px" in html
    assert '<table role="presentation" width="600"' in html
    assert "prefers-color-scheme: dark" in html


def test_the_longest_names_still_make_one_page_with_every_glyph() -> None:
    with (ROOT / "data" / "comuni.csv").open(encoding="utf-8-sig", newline="") as file:
        names = {row["denominazione"] for row in csv.DictReader(file)}
    longest = sorted(names, key=len)[-3:]
    templates = in_form(Form.INDIVIDUAL)
    recipients = [recipient(name, Office.COMMISSIONE) for name in longest]
    address = replace(recipients[0].address, address=f"{'protocollo.generale' * 4}@pec.example")
    recipients.append(replace(recipients[0], address=address))
    letters = [templates.render(to).html for to in recipients]
    letters.append(written(form=Form.CIRCULAR).html)
    person = " ".join(["Anna Maria Teresa", *["Šturmthöfer-Bartolomè"] * 2])
    assert len(person) == 60 + 1
    letters += [
        naming().render(headed(Head(office, person), name)).html
        for name in longest
        for office in (Office.SINDACA, Office.COMMISSARIA)
    ]
    # As long as can be before the template draws the lines together.
    letters += [
        naming().render(headed(Head(Office.SINDACA, "Anna Rossi"[: 45 - len(name)]), name)).html
        for name in longest
    ]
    letters.append(
        naming().render(headed(Head(Office.SINDACA, f"Anna {'Benedetti ' * 4}"[:42]), "Vas")).html
    )
    for pdf in render_pdfs(letters, PdfSettings.of(ROOT, SHIPPED), jobs=1):
        assert (pdf.pages, pdf.problems) == (1, ())
