"""Workbooks as an Italian office files them: real dates, a frozen heading, ready to be printed.

Rows go to the disk as they come (XlsxWriter, constant memory); the same rows give the same bytes.
Text is written as text, whatever it begins with: nothing in it runs as a formula.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique
from math import ceil
from pathlib import Path
from typing import Any

from coalizione_mailer.pages.times import in_rome
from coalizione_mailer.registry.sheets import FORMULA

Cell = str | int | float | date | datetime | None

_A4 = 9
_FIRST_YEAR = 1900
# Excel takes 32,767 signs in a cell.
_LONGEST = 32_000
_LINE = 15.0
_MOST_LINES = 20
_HEADING = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E7E6E0", "bottom": 1}


@unique
class Look(StrEnum):
    """How the cells of a column are written."""

    TEXT = "text"
    WRAPPED = "wrapped"  # on several lines where it is longer than the column is wide
    CENTRED = "centred"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    BOX = "box"  # one to tick


_RULED = {"valign": "top", "bottom": 1, "bottom_color": "#D5D2C8"}
_FORMATS: dict[Look, dict[str, object]] = {
    Look.TEXT: _RULED,
    Look.WRAPPED: _RULED | {"text_wrap": True},
    Look.CENTRED: _RULED | {"align": "center"},
    Look.NUMBER: _RULED | {"num_format": "#,##0"},
    Look.DAY: _RULED | {"align": "left", "num_format": "dd/mm/yyyy"},
    Look.MOMENT: _RULED | {"align": "left", "num_format": "dd/mm/yyyy hh:mm:ss"},
    Look.BOX: _RULED | {"align": "center", "font_size": 14},
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, its width in signs, how its cells look."""

    title: str
    width: float
    look: Look = Look.TEXT


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its tab, what stands above each printed page, how many columns are printed.

    ``summary`` stands above on the right; ``height`` is what every row has at least, in points.
    """

    name: str
    heading: str
    columns: Sequence[Column]
    printed: int
    summary: str = ""
    height: float = _LINE


class Workbook:
    """An open workbook; sheets are written one after the other, row by row."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._heading = book.add_format(_HEADING)
        self._formats = {look: book.add_format(form) for look, form in _FORMATS.items()}
        # Excel keeps such a cell text even after somebody has edited it.
        self._quoted = {
            look: book.add_format({**form, "quote_prefix": True}) for look, form in _FORMATS.items()
        }

    def write(self, sheet: Sheet, rows: Iterable[Sequence[Cell]]) -> int:
        """Write a sheet and return how many rows it has, the heading not counted."""
        page = self._book.add_worksheet(sheet.name)
        page.set_row(0, 2 * _LINE)
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, column.width)
            page.write_string(0, place, column.title, self._heading)
        count = 0
        for count, row in enumerate(rows, 1):
            if (height := max(sheet.height, _lines(sheet.columns, row) * _LINE)) > _LINE:
                page.set_row(count, height)
            for place, (column, cell) in enumerate(zip(sheet.columns, row, strict=True)):
                self._cell(page, (count, place), column.look, cell)
        self._arrange(page, sheet, count)
        return count

    def date(self, at: float, title: str) -> None:
        """Say of which moment (epoch seconds) the workbook is, and what it is called."""
        moment = in_rome(at)
        self._book.set_properties(
            {
                "title": title,
                "author": "coalizione-mailer",
                "created": moment.replace(tzinfo=None) if moment else None,
            }
        )

    def _cell(self, page: Any, place: tuple[int, int], look: Look, cell: Cell) -> None:
        match cell:
            case None | "":
                page.write_blank(*place, None, self._formats[look])
            case str():
                forms = self._quoted if cell.startswith(FORMULA) else self._formats
                page.write_string(*place, cell[:_LONGEST], forms[look])
            case date() if cell.year < _FIRST_YEAR:
                page.write_string(*place, f"{cell:%d/%m}/{cell.year:04}", self._formats[look])
            case datetime():
                page.write_datetime(*place, cell.replace(tzinfo=None), self._formats[look])
            case date():
                page.write_datetime(*place, cell, self._formats[look])
            case _:
                page.write_number(*place, cell, self._formats[look])

    def _arrange(self, page: Any, sheet: Sheet, rows: int) -> None:
        """Make it fit to be looked through and printed."""
        last = len(sheet.columns) - 1
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, rows, last)
        page.ignore_errors({"number_stored_as_text": f"A1:XFD{rows + 1}"})
        page.set_landscape()
        page.set_paper(_A4)
        page.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
        page.repeat_rows(0)
        page.print_area(0, 0, rows, sheet.printed - 1)
        page.fit_to_pages(1, 0)
        left, right = (text.replace("&", "&&") for text in (sheet.heading, sheet.summary))
        page.set_header(f"&L&B{left}" + (f"&R{right}" if right else ""))
        page.set_footer("&L&A&CPagina &P di &N")


def _lines(columns: Sequence[Column], row: Sequence[Cell]) -> int:
    """Count the lines that a row takes: not every program finds them out by itself."""
    needed = [
        sum(max(1, ceil(len(line) / column.width)) for line in cell.split("\n"))
        for column, cell in zip(columns, row, strict=True)
        if column.look is Look.WRAPPED and isinstance(cell, str)
    ]
    return min(max(needed, default=1), _MOST_LINES)


@contextmanager
def workbook(path: Path) -> Iterator[Workbook]:
    """Open a workbook at a path, whole when this ends; raises OSError."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    with tempfile.TemporaryDirectory(prefix="mailer-") as aside:
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": aside})
        try:
            yield Workbook(book)
            book.close()
        except FileCreateError as error:
            raise OSError(*error.args[0].args) from error
        finally:
            # The rows on the disk, which it leaves open when it is broken off.
            for sheet in book.worksheets():
                sheet.row_data_fh.close()
