"""Spreadsheets as rows of text: OOXML through calamine, bounded before it looks.

calamine lays every sheet out as one rectangle: two cells far from each other take the memory of
all that is between them. So where cells stand is checked in the XML first (ECMA-376, 18.3.1.4).
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time

from coalizione_mailer.errors import Code, MailerError
from coalizione_mailer.registry.official.container import BROKEN, Content, bound
from coalizione_mailer.registry.official.look import Look, refuse

MAX_ROWS = 99_999
MAX_COLUMNS = 104
_MAX_SHEETS = 12

# A row or a cell that says in no usual way that it is within the limits, A1 to CZ99999.
_NEAR = rb'r="(?:[A-C]?[A-Z])?[0-9]{1,5}"'
_FAR = re.compile(rb"<(?:c|row)\s(?!%b)(?=[^>]*?\br\s*=)(?![^>]*?\s%b)" % (_NEAR, _NEAR))
_PREFIX = re.compile(rb"<([A-Za-z][\w.-]*:)worksheet[\s>]")


def sheets(content: Content) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """Give each sheet as its rows, with their numbers; cells as trimmed text.

    Raises ProblemsError: FILE_TRUNCATED, FILE_TOO_LARGE.
    """
    from python_calamine import CalamineWorkbook

    with _broken(content.file):
        _check(content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content.raw))
        count = min(len(book.sheet_names), _MAX_SHEETS)
    for number in range(count):
        with _broken(content.file):
            sheet = book.get_sheet_by_index(number)
        yield _rows(sheet.iter_rows(), content.file)


@contextmanager
def _broken(file: str) -> Iterator[None]:
    """Turn whatever the libraries raise on a broken spreadsheet into one problem."""
    try:
        yield
    except (MailerError, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException:  # noqa: BLE001  a panic of Rust's is no Exception
        refuse(Code.FILE_TRUNCATED, file, Look.XLSX)


def _rows(cells: Iterable[Sequence[object]], file: str) -> Iterator[tuple[int, list[str]]]:
    with _broken(file):
        for line, row in enumerate(cells, start=1):
            yield line, [cell.strip() if type(cell) is str else text(cell) for cell in row]


def text(cell: object) -> str:
    """Write a cell as a person would: whole numbers without decimals, days as ISO 8601."""
    match cell:
        case bool():
            return str(int(cell))
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
        case _:
            return str(cell).strip()


def _check(content: Content) -> None:
    """Unpack every part once, bounded, and look where the cells stand."""
    unpacked = 0
    with zipfile.ZipFile(io.BytesIO(content.raw)) as archive:
        for member in archive.infolist():
            bound(unpacked + member.file_size, len(content.raw), content.file)
            try:
                part = archive.read(member)
            except BROKEN:
                refuse(Code.FILE_TRUNCATED, content.file, Look.XLSX)
            unpacked += len(part)
            if b"sheetData" in part:
                _check_places(part, content.file)


def _check_places(xml: bytes, file: str) -> None:
    if prefix := _PREFIX.search(xml[:4096]):
        xml = xml.replace(b"<" + prefix[1], b"<").replace(b"</" + prefix[1], b"</")
    rows = xml.partition(b"</sheetData")[0].split(b"<row")
    if len(rows) > MAX_ROWS + 1:
        refuse(Code.FILE_TOO_LARGE, file, "rows", str(MAX_ROWS))
    # Cells without a reference stand beside the one before.
    if max(row.count(b"<c") for row in rows[1:] or rows) > MAX_COLUMNS:
        refuse(Code.FILE_TOO_LARGE, file, "columns", str(MAX_COLUMNS))
    if b"\0" in xml[:64] or _FAR.search(xml):
        refuse(Code.FILE_TOO_LARGE, file, "rows", str(MAX_ROWS))
