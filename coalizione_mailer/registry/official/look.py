"""What a file is by its first bytes, whatever its name says: web page, archive, text."""

import re
from enum import StrEnum, unique
from typing import NoReturn

from coalizione_mailer.errors import Code, Problem, ProblemsError


@unique
class Look(StrEnum):
    """What a file looks like; the first six can hold a table."""

    TEXT = "text"
    JSON = "json"
    XLSX = "xlsx"
    XLS = "xls"
    ZIP = "zip"
    GZIP = "gzip"
    # No table, or none that can be read.
    ODS = "ods"
    EMPTY = "empty"
    HTML = "html"
    XML = "xml"
    PDF = "pdf"
    RTF = "rtf"
    WORD = "word"
    IMAGE = "image"
    ARCHIVE = "archive"
    BINARY = "binary"
    # Archives that do not say which table is meant.
    ZIP_EMPTY = "zip-empty"
    ZIP_MANY = "zip-many"
    ZIP_LOCKED = "zip-locked"
    ZIP_NESTED = "zip-nested"
    # A table, and none of the official ones; or one that does not say its year.
    TABLE = "table"
    YEARLESS = "yearless"


# How much of a file is looked at.
HEAD = 65_536

_MAGIC = (
    (b"PK\x03\x04", Look.ZIP),
    (b"PK\x05\x06", Look.ZIP),
    (b"\x1f\x8b", Look.GZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Look.XLS),
    (b"%PDF-", Look.PDF),
    (b"{\\rtf", Look.RTF),
    (b"7z\xbc\xaf\x27\x1c", Look.ARCHIVE),
    (b"Rar!", Look.ARCHIVE),
    (b"BZh", Look.ARCHIVE),
    (b"\xfd7zXZ\x00", Look.ARCHIVE),
    (b"\x89PNG", Look.IMAGE),
    (b"\xff\xd8\xff", Look.IMAGE),
    (b"GIF8", Look.IMAGE),
)
UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SPACE = b"\xef\xbb\xbf \t\r\n"
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|table|title|script|meta|div|center|h1)\b", re.IGNORECASE
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def look(raw: bytes) -> Look:
    """Say what bytes look like: by their magic number, or else by how the text begins."""
    head = raw[:HEAD]
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    if head.startswith(UTF16):
        head = head.decode("utf-16", errors="ignore").encode()
    start = head.lstrip(_SPACE)
    if not start:
        return Look.EMPTY
    if start.startswith(b"<"):
        return Look.HTML if _HTML.search(start[:2048]) else Look.XML
    if start.startswith((b"{", b"[")):
        return Look.JSON
    return Look.BINARY if _CONTROL.search(head) else Look.TEXT


def refuse(code: Code, file: str, found: str, *expected: str) -> NoReturn:
    """Raise ProblemsError with one problem of a whole file."""
    raise ProblemsError([Problem(code, file=file, found=found, expected=expected)])
