"""Letters printed on a form are the letters that would have been set whole."""

import io
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pikepdf
import pytest

from coalizione_mailer.errors import Code
from coalizione_mailer.letter.document import Pdf, PdfSettings
from coalizione_mailer.letter.overprint import edition as edition_module
from coalizione_mailer.letter.overprint import press
from coalizione_mailer.letter.overprint.edition import edition
from coalizione_mailer.letter.overprint.form import Form
from coalizione_mailer.letter.overprint.proof import differences
from coalizione_mailer.letter.overprint.shaping import Shaped
from coalizione_mailer.letter.pdf import render_pdfs
from coalizione_mailer.letter.typesetter import Typesetter
from tests.letter.overprint.conftest import NAMES, letter


class Desk:
    """Does each task at once, and counts the letters that were set whole."""

    def __init__(self, typesetter: Typesetter) -> None:
        self.typesetter = typesetter
        self.tasks: list[str] = []

    def submit(self, task: Any, *arguments: Any) -> "Future[Any]":
        self.tasks.append(task.__name__)
        done: Future[Any] = Future()
        done.set_result(task(self.typesetter, *arguments))
        return done

    def made(self, letters: list[str]) -> list[Pdf]:
        return list(edition(letters, self.submit, 4))


@pytest.fixture
def desk(typesetter: Typesetter) -> Desk:
    return Desk(typesetter)


def text_of(pdf: Pdf) -> bytes:
    with pikepdf.open(io.BytesIO(pdf.data)) as document:
        return document.pages[0].obj.Contents.read_bytes()


def test_every_printed_letter_is_the_letter_set_whole(desk: Desk, typesetter: Typesetter) -> None:
    letters = [letter(name) for name in NAMES]
    made = desk.made(letters)
    assert "make_form" in desk.tasks
    for html, pdf in zip(letters, made, strict=True):
        assert differences(pdf.data, typesetter.set(html).data) == ()
        assert (pdf.pages, pdf.problems) == (1, ())


def test_few_letters_are_set_whole_to_the_same_bytes(desk: Desk, typesetter: Typesetter) -> None:
    letters = [letter(name) for name in NAMES[:5]]
    assert [pdf.data for pdf in desk.made(letters)] == [typesetter.set(x).data for x in letters]
    assert set(desk.tasks) == {"make"}


def test_no_letter_has_anything_of_another(desk: Desk) -> None:
    letters = [letter(name, at=f"uno{n}@pec.example") for n, name in enumerate(NAMES)]
    made = desk.made(letters)
    contents = [text_of(pdf) for pdf in made]
    runs = [set(c.split(b"\n")) for c in contents]
    shared = set.intersection(*runs)
    for number, pdf in enumerate(made):
        own = {line for line in runs[number] - shared if line.endswith(b"TJ")}
        others = set().union(*(r for n, r in enumerate(runs) if n != number)) - shared
        assert not own & {line for line in others if line.endswith(b"TJ")} or len(own) == 3
        assert pdf.data.count(b"%%EOF") == 1


def test_the_same_letters_give_the_same_bytes(desk: Desk) -> None:
    letters = [letter(name) for name in NAMES]
    first, again = desk.made(letters), desk.made(letters)
    assert [pdf.data for pdf in first] == [pdf.data for pdf in again]
    assert len({pdf.data for pdf in first}) == len(letters)


def test_one_process_and_two_make_the_same_letters(settings: PdfSettings) -> None:
    letters = [letter(name) for name in NAMES]
    here = [pdf.data for pdf in render_pdfs(letters, settings, 1)]
    assert here == [pdf.data for pdf in render_pdfs(iter(letters), settings, 2)]


def test_a_line_that_wraps_is_set_whole_and_the_others_are_printed(
    desk: Desk, typesetter: Typesetter
) -> None:
    long = "un.indirizzo.che.non.sta.in.una.riga.sola " * 3
    letters = [letter(name, at=long if n == 7 else "") for n, name in enumerate(NAMES)]
    made = desk.made(letters)
    assert made[7].data == typesetter.set(letters[7]).data
    assert made[8].data != typesetter.set(letters[8]).data
    assert differences(made[8].data, typesetter.set(letters[8]).data) == ()


def test_lines_that_wrap_in_many_letters_have_a_form_of_their_own(
    desk: Desk, typesetter: Typesetter
) -> None:
    long = "Ufficio del protocollo generale del Comune capoluogo, stanza {} e altre"
    letters = [letter(name, at=long.format(n)) for n, name in enumerate(NAMES)]
    letters += [letter(name) for name in NAMES]
    made = desk.made(letters)
    assert desk.tasks.count("make_form") == 2
    whole = [typesetter.set(html).data for html in letters]
    assert all(differences(pdf.data, data) == () for pdf, data in zip(made, whole, strict=True))
    printed = [pdf.data != data for pdf, data in zip(made, whole, strict=True)]
    assert sum(printed[:20]) >= edition_module._FEWEST
    assert sum(printed[20:]) >= edition_module._FEWEST


def test_a_name_in_running_text_is_set_whole(desk: Desk, typesetter: Typesetter) -> None:
    letters = [letter(name, running=f", {name}") for name in NAMES]
    assert [pdf.data for pdf in desk.made(letters)] == [typesetter.set(x).data for x in letters]
    assert "make_form" not in desk.tasks


def test_a_character_the_font_lacks_is_told_of_its_own_letter_only(desk: Desk) -> None:
    letters = [letter(name) for name in NAMES]
    letters[4] = letter("del Comune di 東京")
    made = desk.made(letters)
    assert [p.found for p in made[4].problems if p.code is Code.GLYPH_MISSING] == ["京", "東"]
    assert all(pdf.problems == () for n, pdf in enumerate(made) if n != 4)


@pytest.mark.parametrize("align", ["right", "center"])
def test_lines_may_begin_elsewhere_in_each_letter(
    align: str, desk: Desk, typesetter: Typesetter
) -> None:
    letters = [letter(name, style=f".to p {{ text-align: {align} }}") for name in NAMES]
    made = desk.made(letters)
    assert made[3].data != typesetter.set(letters[3]).data
    assert all(
        differences(pdf.data, typesetter.set(html).data) == ()
        for html, pdf in zip(letters, made, strict=True)
    )


@pytest.mark.parametrize(
    "style",
    [
        ".to .name { float: left }",
        ".to { display: flex; flex-wrap: wrap } .to p { margin-right: 3mm }",
        ".to .name { text-decoration: underline }",
        ".to .name::first-letter { font-size: 20pt }",
        ".to .name { display: inline-block; border: 1px solid red }",
        ".to p:nth-child(2n) { font-style: italic }",
        ".to .name { transform: rotate(2deg) }",
        ".to .name { opacity: .5 }",
        ".to .name { letter-spacing: .1em; word-spacing: 1em }",
        ".to .name { text-transform: uppercase }",
        ".to .name { font-variant-caps: small-caps }",
        ".to { width: min-content; white-space: nowrap; border-bottom: 1px solid }",
    ],
)
def test_whatever_the_style_the_letters_are_right(
    style: str, desk: Desk, typesetter: Typesetter
) -> None:
    letters = [letter(name, style=style) for name in NAMES]
    for html, pdf in zip(letters, desk.made(letters), strict=True):
        assert differences(pdf.data, typesetter.set(html).data) == ()


def wrong_glyphs(form: Form, lines: tuple[Shaped, ...]) -> tuple[Shaped, ...]:
    del form
    return (replace(lines[0], glyphs=lines[0].glyphs.replace(b"<00", b"<01", 1)), *lines[1:])


def wrong_place(form: Form, lines: tuple[Shaped, ...]) -> tuple[Shaped, ...]:
    del form
    return (replace(lines[0], x=b"100.5"), *lines[1:])


def another_letter(form: Form, lines: tuple[Shaped, ...]) -> tuple[Shaped, ...]:
    """Print the model's own lines in every letter."""
    del lines
    slots = sorted((s for page in form.pages for s in page.slots), key=lambda slot: slot.line)
    return tuple(Shaped(slot.run.x, slot.run.font, slot.run.glyphs) for slot in slots)


@pytest.mark.parametrize("mistake", [wrong_glyphs, wrong_place, another_letter])
def test_at_the_first_wrong_letter_all_are_set_whole_and_it_is_told_once(
    mistake: Any, desk: Desk, typesetter: Typesetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Form.overprinted
    monkeypatch.setattr(Form, "overprinted", lambda f, lines: right(f, mistake(f, lines)))
    letters = [letter(name) for name in NAMES]
    made = desk.made(letters)
    assert [pdf.data for pdf in made] == [typesetter.set(html).data for html in letters]
    told = [problem for pdf in made for problem in pdf.problems]
    assert [(problem.code, problem.found) for problem in told] == [(Code.LETTERS_WHOLE, "content")]


def test_the_proof_takes_ends_extremes_new_characters_and_a_sample(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    proved: list[list[int]] = []
    original = edition_module._proved

    def noted(orders: Any, numbers: Any, printed: Any, submit: Any) -> Any:
        proved.append(list(numbers))
        return original(orders, numbers, printed, submit)

    monkeypatch.setattr(edition_module, "_proved", noted)
    names = [f"del Comune di {'a' * (n % 9 + 1)}" for n in range(80)]
    names[40] = "del Comune di Ùú"
    desk.made([letter(name, at=f"a{n:02}@b.example") for n, name in enumerate(names)])
    (numbers,) = proved
    lengths = [len(name) for name in names]
    assert {0, 40, 79} <= set(numbers)
    assert {min(lengths), max(lengths)} <= {lengths[number] for number in numbers}
    assert edition_module._SAMPLE <= len(numbers) < 30


def test_the_press_measures_the_letter_it_makes_a_form_of(typesetter: Typesetter) -> None:
    model = press.Model("<body><p>\0</p></body>", ("Ala",), (0,))
    assert model.html == "<body><p>Ala</p></body>"
    assert press.measure(typesetter, model).width == pytest.approx(793.7, abs=0.1)
