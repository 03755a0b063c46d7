"""A letter is what it shares with others, and lines of its own."""

from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.letter.overprint.outline import outline, surroundings, together

HTML = """<html><head><title>Invito</title></head><body class="a">
<div class="to"><p>Al Sindaco</p><p class="name">del Comune di Ala</p></div>
<p>Il Programma, <em>finanziato</em> dal Ministero.</p><p>{long}</p>
</body></html>""".replace("{long}", "parola " * 40)


def test_short_texts_that_are_alone_in_a_block_are_lines() -> None:
    assert outline(HTML).lines == ("Al Sindaco", "del Comune di Ala")


def test_what_stands_in_the_head_in_running_text_or_is_long_is_fixed() -> None:
    fixed = outline(HTML).fixed
    assert "<title>Invito</title>" in fixed
    assert "<em>finanziato</em>" in fixed
    assert "parola parola" in fixed


def test_letters_that_differ_in_lines_have_one_outline() -> None:
    assert outline(HTML).fixed == outline(HTML.replace("di Ala", "di Bagnolo")).fixed
    assert outline(HTML).fixed != outline(HTML.replace("Ministero", "ministero")).fixed


@given(st.text())
def test_a_letter_taken_apart_goes_together_again(text: str) -> None:
    html = f"<html><body><p>{text}</p><div>{text}</div></body></html>"
    taken = outline(html)
    assert together(taken.fixed, taken.lines) == html


def test_a_line_keeps_the_elements_around_it_and_the_one_before_it() -> None:
    first, second = surroundings(outline(HTML).fixed)
    assert (first.outer, first.outer_end) == ('<div class="to">', "</div>")
    assert first.start == "<p>"
    assert second.around(["Ala"]) == '<p data-mailer-hidden></p><p class="name">Ala</p>'


def test_lines_that_stand_together_share_one_element() -> None:
    _, second = surroundings(outline(HTML).fixed)
    assert second.around(["Ala", "Bra"]) == (
        '<p data-mailer-hidden></p><p data-mailer-together class="name">Ala\nBra</p>'
    )


def test_elements_left_open_or_void_do_not_count() -> None:
    html = "<body><section><img src='a'><p>uno<div><br><p>due</p></div></section></body>"
    (line,) = surroundings(outline(html).fixed)
    assert line.outer == "<section><p><div>"
    assert line.before + line.start == "<br data-mailer-hidden><p>"
