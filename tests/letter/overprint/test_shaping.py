"""Lines that share an element while they are set are those that have one of their own."""

import pytest

from coalizione_mailer.letter.overprint import press
from coalizione_mailer.letter.overprint.outline import outline, surroundings
from coalizione_mailer.letter.overprint.shaping import Line, Lines, grouped
from coalizione_mailer.letter.typesetter import Typesetter
from tests.letter.overprint.conftest import NAMES, letter

STRANGE = (
    "del Comune  di Ala", " del Comune di Bra ", "del&nbsp;Comune di Este", "del\nComune di Fumo",
    "del Comune di San Gregorio nelle Alpi e di Val di Zoldo, di Rocca di sopra e di sotto",
    "&#8203;", "Pretoro\u00adrocca", "d&#39;Adda &amp; C.",
)  # fmt: skip


def shaped(
    typesetter: Typesetter, style: str, texts: list[str], together: int
) -> list[Lines | None]:
    taken = outline(letter(NAMES[0], style=style))
    place = taken.lines.index(NAMES[0])
    model = press.Model(taken.fixed, taken.lines, (place,))
    width = press.measure(typesetter, model).width
    patch = pytest.MonkeyPatch()
    with patch.context() as patched:
        patched.setattr(press, "_TOGETHER", together)
        return press.shape(typesetter, model, width, place, texts)


@pytest.mark.parametrize(
    "style",
    [
        "",
        ".to .name { text-indent: 8mm }",
        ".to .name::first-line { font-size: 14pt }",
        ".to .name::first-letter { font-size: 14pt }",
        ".to .name { text-align: justify; hyphens: auto }",
        ".to .name { text-align: right }",
        ".to .name { white-space: nowrap }",
        ".to .name { white-space: pre }",
        ".to .name { white-space: pre-wrap; overflow-wrap: anywhere; width: 30mm }",
        ".to .name { font-variant-caps: small-caps; letter-spacing: .1em; line-height: 3 }",
        ".to .name { text-transform: uppercase; word-spacing: 1mm }",
        ".to .name { max-lines: 1; block-ellipsis: auto }",
    ],
)
def test_whatever_the_style_lines_together_are_as_lines_apart(
    style: str, typesetter: Typesetter
) -> None:
    texts = [*NAMES, *STRANGE]
    apart = shaped(typesetter, style, texts, 1)
    assert shaped(typesetter, style, texts, 8) == apart
    assert any(apart) or "first-letter" in style


def test_only_plain_lines_of_one_place_stand_together() -> None:
    first, *_ = around = surroundings(outline(letter(NAMES[0])).fixed)
    lines = [Line(first, text) for text in ("Ala", "Bra", "Este", "a  b", "Fumo", "Gallo")]
    lines.append(Line(around[1], "Hône"))
    groups = [[line.text for line in group] for group in grouped(lines, 2)]
    assert groups == [["Ala", "Bra"], ["Este"], ["a  b"], ["Fumo", "Gallo"], ["Hône"]]


@pytest.mark.parametrize("text", STRANGE[:2] + STRANGE[3:4] + STRANGE[5:7])
def test_a_line_with_other_white_space_or_what_is_not_seen_stands_alone(text: str) -> None:
    first, *_ = surroundings(outline(letter(NAMES[0])).fixed)
    assert not Line(first, text).plain
    assert Line(first, "dell’Unione d&#39;Adda&nbsp;2").plain
