"""A page put together from compressed pieces is the page compressed as a whole."""

import zlib

from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.letter.overprint.operators import Run, marks
from coalizione_mailer.letter.overprint.page import divide
from coalizione_mailer.letter.overprint.shaping import Shaped

FONT = b"/F1 11 Tf"
GLYPHS = st.binary(min_size=2, max_size=200).map(
    lambda glyphs: b"[<%b>] TJ" % glyphs.hex().encode()
)


def operators(texts: list[bytes], between: list[bytes]) -> list[bytes]:
    """Return a page with these strings of glyphs, and these operators around them."""
    page = list(between)
    for number, glyphs in enumerate(texts):
        page += b"BT", b"1 0 0 -1 %d %d Tm" % (10 + number, 20 * number), FONT, glyphs, b"ET"
        page += between
    return page


@given(
    st.lists(GLYPHS, min_size=1, max_size=6, unique=True),
    st.lists(st.sampled_from([b"q", b"Q", b"0 0 0 rg", b"/P <</MCID 1>> BDC"]), max_size=40),
    st.data(),
)
def test_a_printed_page_is_its_operators_with_other_lines(
    texts: list[bytes], between: list[bytes], data: st.DataObject
) -> None:
    own = operators(texts, between)
    runs = [mark for mark in marks(own) if isinstance(mark, Run)]
    # Lines are counted in the letter, not on the page; some of the page are not lines.
    order = data.draw(st.permutations(range(len(runs))))
    varying = {line: runs[place] for line, place in enumerate(order[: len(order) // 2 + 1])}
    lines = [Shaped(b"%d" % data.draw(st.integers(0, 900)), FONT, data.draw(GLYPHS)) for _ in runs]

    page = divide(own, varying)
    content, compressed = page.printed(lines)

    for line, run in varying.items():
        own[run.index - 2] = b"1 0 0 -1 " + lines[line].x + b" " + run.y + b" Tm"
        own[run.index] = lines[line].glyphs
    assert content == b"\n".join(own)
    assert zlib.decompress(compressed) == content


def test_a_page_without_lines_is_itself() -> None:
    content, compressed = divide([b"q", b"Q"], {}).printed([])
    assert content == zlib.decompress(compressed) == b"q\nQ"
