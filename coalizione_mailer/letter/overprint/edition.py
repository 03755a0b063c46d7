"""An edition: many letters made together, on forms where they share an outline, whole otherwise.

Before the first letter leaves, some of them are set whole too and held against the printed ones;
at the first difference all of them are set whole.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from html import unescape
from itertools import islice
from typing import Any

from coalizione_mailer.errors import Code, Problem, Severity
from coalizione_mailer.letter import fonts
from coalizione_mailer.letter.document import Pdf, Submit, Task
from coalizione_mailer.letter.overprint import FEWEST
from coalizione_mailer.letter.overprint.form import Form
from coalizione_mailer.letter.overprint.operators import glyphs
from coalizione_mailer.letter.overprint.outline import Outline, outline
from coalizione_mailer.letter.overprint.press import (
    Made,
    Measured,
    Model,
    Order,
    make,
    make_form,
    measure,
    shape,
)
from coalizione_mailer.letter.overprint.shaping import Lines

# Fewer letters of one outline are set whole; and fewer of those whose texts take more lines: a
# form and its proof cost as much.
_FEWEST = FEWEST
_FEWEST_LINES = 8
_TEXTS = 300  # lines in one document of the shaper
_LETTERS = 24  # printed letters in one task
_SAMPLE = 6  # letters of each outline taken at random, for the proof


@dataclass(slots=True)
class _Sheet:
    """Letters of one outline whose texts take as many lines: their model, and its form."""

    model: Model
    members: list[int]
    measured: Measured | None = None
    form: Form | None = None


@dataclass(slots=True)
class _Group:
    """Letters of one outline: whose they are, their texts by place, and their sheets."""

    model: Model
    members: list[int]
    shaped: dict[int, dict[str, Lines | None]] = field(default_factory=dict)
    sheets: list[_Sheet] = field(default_factory=list)

    def lines(self, letter: Outline) -> list[Lines] | None:
        """Return the texts of a letter as they were set; None where one could not be."""
        found = [self.shaped[place].get(letter.lines[place]) for place in self.model.varying]
        lines = [text for text in found if text is not None]
        return lines if len(lines) == len(found) else None


def edition(letters: Sequence[str], submit: Submit, ahead: int) -> Iterator[Pdf]:
    """Return the letters' PDFs, in their order; ``ahead`` is how many tasks may be under way.

    Should a proof fail, the first PDF says so (LETTERS_WHOLE) and all are set whole.
    Raises what the typesetter raises.
    """
    outlines = [outline(letter) for letter in letters]
    groups = _groups(outlines)
    _prepare(groups, outlines, submit)
    sheets = [sheet for group in groups for sheet in group.sheets]
    printed = [
        (sheet.form, sheet.measured.pdf) for sheet in sheets if sheet.form and sheet.measured
    ]
    orders = _orders(letters, outlines, groups)
    proofs = _proved(orders, _to_prove(groups, outlines, orders), printed, submit)
    failed = next((made.differences for made in proofs.values() if made.differences), ())
    if failed:
        orders = [replace(order, form=None, proof=False) for order in orders]
        proofs = {}
    pdfs = _made(orders, proofs, printed, submit, ahead)
    if failed:
        problem = Problem(Code.LETTERS_WHOLE, Severity.INFO, found=failed[0])
        for pdf in islice(pdfs, 1):
            yield replace(pdf, problems=(*pdf.problems, problem))
    yield from pdfs


def _groups(outlines: Sequence[Outline]) -> list[_Group]:
    """Put letters of one outline together, where they are many and differ in lines."""
    members: dict[str, list[int]] = defaultdict(list)
    for number, letter in enumerate(outlines):
        members[letter.fixed].append(number)
    groups = []
    for fixed, numbers in members.items():
        own = outlines[numbers[0]].lines
        differing = {
            place
            for number in numbers
            for place, line in enumerate(outlines[number].lines)
            if line != own[place]
        }
        if len(numbers) >= _FEWEST and differing:
            groups.append(_Group(Model(fixed, own, tuple(sorted(differing))), numbers))
    return groups


def _prepare(groups: Iterable[_Group], outlines: Sequence[Outline], submit: Submit) -> None:
    """Set models and lines, then make the forms: all at once, as far as one waits for another."""
    groups = list(groups)
    models = [group.model for group in groups]
    measured: dict[Model, Measured] = _results(models, (submit(measure, one) for one in models))
    shaping = [
        (group, place, texts, submit(shape, group.model, measured[group.model].width, place, texts))
        for group in groups
        for place in group.model.varying
        for texts in _batches(_texts(group, outlines, place))
    ]
    for group, place, texts, future in shaping:
        group.shaped.setdefault(place, {}).update(zip(texts, future.result(), strict=True))
    for group in groups:
        group.sheets = _sheets(group, outlines)
    others = [s.model for g in groups for s in g.sheets if s.model not in measured]
    measured |= _results(others, (submit(measure, one) for one in others))
    forms = []
    for group in groups:
        for sheet in group.sheets:
            sheet.measured = measured[sheet.model]
            own = [line for text in group.lines(outlines[sheet.members[0]]) or () for line in text]
            cover = _cover(group, sheet, outlines)
            forms.append((sheet, submit(make_form, sheet.model, sheet.measured, own, cover)))
    for sheet, future in forms:
        sheet.form = future.result()
    for group in groups:
        group.sheets = [sheet for sheet in group.sheets if sheet.form is not None]


def _results(keys: Iterable[Model], futures: Iterable[Task]) -> dict[Model, Any]:
    waiting = dict(zip(keys, list(futures), strict=True))
    return {key: future.result() for key, future in waiting.items()}


def _sheets(group: _Group, outlines: Sequence[Outline]) -> list[_Sheet]:
    """Divide letters by how many lines their texts take, and how far apart; the many first."""
    members: dict[tuple[tuple[float, ...], ...], list[int]] = defaultdict(list)
    for number in group.members:
        if (texts := group.lines(outlines[number])) is not None:
            members[tuple(tuple(line.drop for line in text) for text in texts)].append(number)
    return [
        _Sheet(replace(group.model, lines=outlines[numbers[0]].lines), numbers)
        for numbers in sorted(members.values(), key=len, reverse=True)
        if len(numbers) >= _FEWEST_LINES
    ]


def _texts(group: _Group, outlines: Sequence[Outline], place: int) -> list[str]:
    """Return the different texts at a place that the font can set, the model's own first."""
    every = dict.fromkeys(outlines[number].lines[place] for number in group.members)
    return [text for text in every if text.strip() and not fonts.missing(unescape(text))]


def _batches(texts: Sequence[str]) -> list[Sequence[str]]:
    return [texts[begin : begin + _TEXTS] for begin in range(0, len(texts), _TEXTS)]


def _cover(group: _Group, sheet: _Sheet, outlines: Sequence[Outline]) -> list[tuple[int, str]]:
    """Choose texts in which every glyph of the letters of a sheet occurs."""
    seen: set[tuple[bytes, int]] = set()
    chosen = []
    for place in group.model.varying:
        for text in dict.fromkeys(outlines[number].lines[place] for number in sheet.members):
            used = {
                (line.font.split(b" ", 1)[0], glyph)
                for line in group.shaped[place][text] or ()
                for glyph in glyphs(line.glyphs)
            }
            if not used <= seen:
                seen |= used
                chosen.append((place, text))
    return chosen


def _orders(
    letters: Sequence[str], outlines: Sequence[Outline], groups: Sequence[_Group]
) -> list[Order]:
    orders = [Order(letter) for letter in letters]
    sheets = ((group, sheet) for group in groups for sheet in group.sheets)
    for number, (group, sheet) in enumerate(sheets):
        for member in sheet.members:
            texts = group.lines(outlines[member]) or ()
            lines = tuple(line for text in texts for line in text)
            orders[member] = replace(orders[member], form=number, lines=lines)
    return orders


def _to_prove(
    groups: Sequence[_Group], outlines: Sequence[Outline], orders: Sequence[Order]
) -> list[int]:
    """Choose the letters to be proved: first, last, shortest, longest, new characters, a sample."""
    every: set[int] = set()
    for group in groups:
        members = [number for number in group.members if orders[number].form is not None]
        if not members:
            continue
        texts = {
            number: [outlines[number].lines[place] for place in group.model.varying]
            for number in members
        }
        chosen = {end for sheet in group.sheets for end in (sheet.members[0], sheet.members[-1])}
        for place in range(len(group.model.varying)):
            by_length = sorted(members, key=lambda number: len(texts[number][place]))
            chosen |= {by_length[0], by_length[-1]}
        chosen |= set(sorted(members, key=lambda number: _lot(texts[number]))[:_SAMPLE])
        characters = {number: set("".join(found)) for number, found in texts.items()}
        every |= chosen | set(_new_characters(characters, chosen))
    return sorted(every)


def _new_characters(characters: dict[int, set[str]], chosen: Iterable[int]) -> list[int]:
    """Choose few letters in which every character occurs that the chosen ones have not."""
    more = []
    left = set().union(*characters.values()).difference(*(characters[n] for n in chosen))
    while left:
        number = max(characters, key=lambda number: len(characters[number] & left))
        left -= characters[number]
        more.append(number)
    return more


def _lot(texts: Sequence[str]) -> bytes:
    """Return a number drawn for a letter, the same each time."""
    return sha256("\0".join(texts).encode()).digest()


def _proved(
    orders: Sequence[Order],
    numbers: Sequence[int],
    printed: Sequence[tuple[Form, Pdf]],
    submit: Submit,
) -> dict[int, Made]:
    asked = [replace(orders[number], proof=True) for number in numbers]
    waiting = [submit(make, *_with_forms([order], printed)) for order in asked]
    return {
        number: made
        for number, future in zip(numbers, waiting, strict=True)
        for made in future.result()
    }


def _made(
    orders: Sequence[Order],
    proofs: dict[int, Made],
    printed: Sequence[tuple[Form, Pdf]],
    submit: Submit,
    ahead: int,
) -> Iterator[Pdf]:
    """Make the letters that the proof has not made yet, some tasks ahead of what is asked for."""
    waiting: deque[tuple[Sequence[int], Task]] = deque()
    done: dict[int, Made] = dict(proofs)
    following = iter(_tasks(orders, proofs))
    for number in range(len(orders)):
        while number not in done:
            while len(waiting) < ahead and (task := next(following, None)) is not None:
                arguments = _with_forms([orders[one] for one in task], printed)
                waiting.append((task, submit(make, *arguments)))
            numbers, future = waiting.popleft()
            done |= zip(numbers, future.result(), strict=True)
        yield done.pop(number).pdf


def _tasks(orders: Sequence[Order], proofs: dict[int, Made]) -> Iterator[list[int]]:
    """Divide the letters still to be made: many printed ones to a task, or one set whole."""
    task: list[int] = []
    for number, order in enumerate(orders):
        if number in proofs:
            continue
        if order.form is None:
            yield [number]
            continue
        task.append(number)
        if len(task) == _LETTERS:
            yield task
            task = []
    if task:
        yield task


def _with_forms(
    orders: Sequence[Order], printed: Sequence[tuple[Form, Pdf]]
) -> tuple[list[tuple[Form, Pdf]], list[Order]]:
    """Pack orders with the forms they need, and no more text than they need."""
    numbers = sorted({order.form for order in orders if order.form is not None})
    place = {number: index for index, number in enumerate(numbers)}
    packed = [
        order
        if order.form is None
        else replace(order, form=place[order.form], html=order.html if order.proof else "")
        for order in orders
    ]
    return [(printed[number]) for number in numbers], packed
