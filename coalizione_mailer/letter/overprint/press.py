"""The press: what a typesetter does for letters that share an outline, each a task of its own.

The tasks know nothing of each other, so that any process may do any of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from coalizione_mailer.letter.document import Pdf
from coalizione_mailer.letter.overprint.form import Form, FormError, first_page, form
from coalizione_mailer.letter.overprint.outline import body_of, head_of, surroundings, together
from coalizione_mailer.letter.overprint.proof import differences
from coalizione_mailer.letter.overprint.shaping import (
    MARK_SHEET,
    Line,
    Lines,
    Shaped,
    grouped,
    paper,
    read,
    sections,
)

if TYPE_CHECKING:
    from coalizione_mailer.letter.typesetter import Typesetter

# Lines in one element: each element costs twice as much as a line, and one line that wraps has
# all of its group set again.
_TOGETHER = 8


@dataclass(frozen=True, slots=True)
class Model:
    """The letter a form is made of: its outline, its lines, and the places of those that differ."""

    fixed: str
    lines: tuple[str, ...]
    varying: tuple[int, ...]

    @property
    def html(self) -> str:
        """The letter itself."""
        return together(self.fixed, self.lines)


@dataclass(frozen=True, slots=True)
class Measured:
    """A model set whole, and how wide its page is (CSS pixels)."""

    pdf: Pdf
    width: float


@dataclass(frozen=True, slots=True)
class Order:
    """A letter to be made: on a form, whole, or (``proof``) both, and compared."""

    html: str
    form: int | None = None
    lines: tuple[Shaped, ...] = ()
    proof: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """The letter of an order, and in what it differs from one set whole: well, in nothing."""

    pdf: Pdf
    differences: tuple[str, ...] = ()


def measure(typesetter: "Typesetter", model: Model) -> Measured:
    """Set the model whole."""
    pdf, width = typesetter.measured(model.html)
    return Measured(pdf, width)


def shape(
    typesetter: "Typesetter", model: Model, width: float, place: int, texts: Sequence[str]
) -> list[Lines | None]:
    """Set texts as they will stand at a place; None for what is not lines below each other."""
    own = Line(surroundings(model.fixed)[place], model.lines[place])
    lines = [own, own, *(Line(own.around, text) for text in texts), own]
    # They stand otherwise among their neighbours: no style rule may care.
    for most in (_TOGETHER, 1) if own.plain else (1,):
        first, second, *found, last = _set(typesetter, model, width, lines, most)
        if first == second == last:
            return found
    return [None] * len(texts)


def _set(
    typesetter: "Typesetter", model: Model, width: float, lines: Sequence[Line], most: int
) -> list[Lines | None]:
    """Set lines, so many together; then, one by one, those that do not come out as many."""
    groups = grouped(lines, most)
    html = f"{head_of(model.fixed)}{sections(groups)}</body></html>"
    page = first_page(typesetter.document(html, MARK_SHEET + paper(width, len(lines))))
    texts = read(page, [len(group) for group in groups])
    left = [
        line
        for group, set_ in zip(groups, texts, strict=True)
        if set_ is None and len(group) > 1
        for line in group
    ]
    again = iter(_set(typesetter, model, width, left, 1) if left else ())
    found: list[Lines | None] = []
    for group, set_ in zip(groups, texts, strict=True):
        found += set_ or ([None] if len(group) == 1 else islice(again, len(group)))
    return found


def make_form(
    typesetter: "Typesetter",
    model: Model,
    measured: Measured,
    own: Sequence[Shaped],
    texts: Sequence[tuple[int, str]],
) -> Form | None:
    """Make the form of a model whose differing lines are ``own``; None if it cannot be one.

    Its fonts can also set ``texts``, given with their places.
    """
    around = surroundings(model.fixed)
    lines = grouped([Line(around[place], text) for place, text in texts], _TOGETHER)
    html = f"{head_of(model.fixed)}{body_of(model.html)}{sections(lines)}</body></html>"
    try:
        return form(measured.pdf.data, typesetter.document(html, MARK_SHEET), own)
    except FormError:
        return None


def make(
    typesetter: "Typesetter", forms: Sequence[tuple[Form, Pdf]], orders: Sequence[Order]
) -> list[Made]:
    """Make letters, in their order."""
    return [_made(typesetter, forms, order) for order in orders]


def _made(typesetter: "Typesetter", forms: Sequence[tuple[Form, Pdf]], order: Order) -> Made:
    if order.form is None:
        return Made(typesetter.set(order.html))
    sheet, model = forms[order.form]
    data = sheet.overprinted(order.lines)
    printed = replace(model, data=data, shared=len(sheet.body))
    if not order.proof:
        return Made(printed)
    return Made(printed, differences(printed.data, typesetter.set(order.html).data))
