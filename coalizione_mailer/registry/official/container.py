"""From a downloaded file to the bytes of its one table: archives opened, everything bounded."""

import hashlib
import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from coalizione_mailer.errors import Code
from coalizione_mailer.registry.official.look import Look, look, refuse
from coalizione_mailer.registry.tabular import read_bytes

# The largest official file, POSAS, has 30 MB unpacked.
MAX_UNPACKED = 200 * 2**20
# Text of this kind is packed 5 to 20 times smaller; below the floor a bomb does no harm.
_MAX_RATIO = 150
_RATIO_FLOOR = 8 * 2**20
_MAX_MEMBERS = 2000
_MAX_DIRECTORY = 2**20
_CHUNK = 2**20

# All that zipfile and its decompressors raise on bytes that are not what they seem.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
)
_TABLES = (".csv", ".txt", ".tsv", ".xlsx", ".xls", ".json")
_ARCHIVES = (".zip", ".gz", ".7z", ".rar", ".tar")
_END = b"PK\x05\x06"
_END_FORMAT = struct.Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True)
class Content:
    """The table of an official file: ``sha256`` and ``size`` are of the file as downloaded.

    ``file`` is where it lies, ``name`` that of the table itself (the archive's member).
    """

    file: str
    name: str
    sha256: str
    size: int
    look: Look
    raw: bytes


def read_content(path: Path) -> Content:
    """Read the one table in a file, out of its ZIP or gzip where it is in one.

    Raises ProblemsError: FILE_MISSING, FILE_UNREADABLE, FILE_NOT_OFFICIAL (``found`` is a
    ``Look``), FILE_TOO_LARGE (``found`` says of what there is too much), FILE_TRUNCATED.
    """
    file = str(path)
    packed = read_bytes(path)
    name, raw = path.name, packed
    kind = look(raw)
    if kind is Look.GZIP:
        name, raw = path.stem, _gunzip(packed, file)
        kind = _inner(raw, file)
    elif kind is Look.ZIP:
        archive = _Archive(packed, file)
        kind = archive.look()
        if kind is Look.ZIP:
            name, raw = archive.table()
            kind = _inner(raw, file)
    if kind not in {Look.TEXT, Look.JSON, Look.XLSX}:
        refuse(Code.FILE_NOT_OFFICIAL, file, kind)
    digest = hashlib.sha256(packed).hexdigest()
    return Content(file, name, digest, len(packed), kind, raw)


def _inner(raw: bytes, file: str) -> Look:
    """Say what an archive held; another archive is refused, a spreadsheet is checked."""
    kind = look(raw)
    if kind is Look.ZIP:
        kind = _Archive(raw, file).look()
    return Look.ZIP_NESTED if kind in {Look.ZIP, Look.GZIP, Look.ARCHIVE} else kind


def _gunzip(packed: bytes, file: str) -> bytes:
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        raw = reader.decompress(packed, MAX_UNPACKED + 1)
    except zlib.error:
        refuse(Code.FILE_TRUNCATED, file, Look.GZIP)
    bound(len(raw), len(packed), file)
    if not reader.eof:
        refuse(Code.FILE_TRUNCATED, file, Look.GZIP)
    return raw


def bound(unpacked: int, packed: int, file: str) -> None:
    """Refuse what unpacks to too much, in bytes or for its size."""
    if unpacked > MAX_UNPACKED:
        refuse(Code.FILE_TOO_LARGE, file, "bytes", str(MAX_UNPACKED))
    if unpacked > _RATIO_FLOOR and unpacked > packed * _MAX_RATIO:
        refuse(Code.FILE_TOO_LARGE, file, "ratio", str(_MAX_RATIO))


class _Archive:
    """A ZIP in memory: what it is, and its one table."""

    def __init__(self, packed: bytes, file: str) -> None:
        self._file = file
        self._check_directory(packed)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(packed))
            self._members = self._zip.infolist()
        except BROKEN:
            refuse(Code.FILE_TRUNCATED, file, Look.ZIP)
        if len(self._members) > _MAX_MEMBERS:
            refuse(Code.FILE_TOO_LARGE, file, "members", str(_MAX_MEMBERS))

    def look(self) -> Look:
        """Tell a spreadsheet, a document and a plain archive from each other."""
        names = {member.filename for member in self._members}
        if "xl/workbook.bin" in names:
            return Look.XLS
        if "content.xml" in names:
            return Look.ODS
        if "xl/workbook.xml" in names:
            return Look.XLSX
        if "word/document.xml" in names or "ppt/presentation.xml" in names:
            return Look.WORD
        return Look.ZIP

    def table(self) -> tuple[str, bytes]:
        """Return name and bytes of the one table; refuse none, several, locked, nested."""
        tables = [member for member in self._members if _counts(member, _TABLES)]
        if not tables:
            nested = any(_counts(member, _ARCHIVES) for member in self._members)
            empty = Look.ZIP_NESTED if nested else Look.ZIP_EMPTY
            refuse(Code.FILE_NOT_OFFICIAL, self._file, empty, *_TABLES)
        if len(tables) > 1:
            names = (PurePosixPath(member.filename).name for member in tables[:5])
            refuse(Code.FILE_NOT_OFFICIAL, self._file, Look.ZIP_MANY, *names)
        if tables[0].flag_bits & 1:
            refuse(Code.FILE_NOT_OFFICIAL, self._file, Look.ZIP_LOCKED)
        return PurePosixPath(tables[0].filename).name, self._unpacked(tables[0])

    def _unpacked(self, member: zipfile.ZipInfo) -> bytes:
        bound(member.file_size, member.compress_size, self._file)
        try:
            with self._zip.open(member) as stream:
                raw = stream.read(MAX_UNPACKED + 1)
        except BROKEN:
            refuse(Code.FILE_TRUNCATED, self._file, Look.ZIP)
        bound(len(raw), member.compress_size, self._file)
        return raw

    def _check_directory(self, packed: bytes) -> None:
        """Refuse a directory too large to be read: a member is an object of 500 bytes."""
        place = packed.rfind(_END)
        if place < 0 or len(packed) < place + _END_FORMAT.size:
            refuse(Code.FILE_TRUNCATED, self._file, Look.ZIP)
        size = _END_FORMAT.unpack_from(packed, place)[5]
        if size > _MAX_DIRECTORY:
            refuse(Code.FILE_TOO_LARGE, self._file, "members", str(_MAX_MEMBERS))


def _counts(member: zipfile.ZipInfo, endings: tuple[str, ...]) -> bool:
    """Tell whether a member is what its name's end says, and no system's own file."""
    name = PurePosixPath(member.filename).name.lower()
    hidden = member.filename.startswith("__MACOSX") or name.startswith(".")
    return not member.is_dir() and not hidden and name.endswith(endings)
