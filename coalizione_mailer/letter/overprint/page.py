"""A page of a form: what all letters share is compressed once, what differs for each letter.

Deflate streams can be put together from pieces that end on a byte (RFC 1951, section 3.2.4); what
goes around them is the header and checksum of RFC 1950.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coalizione_mailer.letter.overprint.operators import Operators, Run, moved
from coalizione_mailer.letter.overprint.shaping import Shaped

_HEADER = b"\x78\x9c"
_LEVEL = 9  # once for all letters
_OWN_LEVEL = 5
_OWN_WINDOW, _OWN_MEMORY = -9, 1  # a line is short, and the smallest state is made fastest


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between two lines, and the same compressed."""

    content: bytes
    deflated: bytes


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a line goes: its number in the letter, and the run that it replaces."""

    line: int
    run: Run


@dataclass(frozen=True, slots=True)
class Page:
    """The content of a page: pieces, and the slots between them."""

    pieces: tuple[Piece, ...]
    slots: tuple[Slot, ...]

    def printed(self, lines: Sequence[Shaped]) -> tuple[bytes, bytes]:
        """Return the content of the page of a letter with these lines, plain and compressed."""
        first = self.pieces[0]
        plain, deflated = [first.content], [_HEADER, first.deflated]
        for slot, piece in zip(self.slots, self.pieces[1:], strict=True):
            line = lines[slot.line]
            own = b"\n".join((moved(slot.run, line.x), slot.run.font, line.glyphs))
            plain += own, piece.content
            deflated += _own(own), piece.deflated
        content = b"".join(plain)
        deflated.append(zlib.adler32(content).to_bytes(4, "big"))
        return content, b"".join(deflated)


def divide(operators: Operators, runs: Mapping[int, Run]) -> Page:
    """Divide the operators of a page at the runs that lines replace, by the lines' numbers.

    A run is three operators: its matrix, its font, its glyphs.
    """
    slots, pieces, begin = [], [], 0
    for line, run in sorted(runs.items(), key=lambda item: item[1].index):
        before = b"\n".join((*operators[begin : run.index - 2], b""))
        pieces.append(b"\n" * bool(begin) + before)
        slots.append(Slot(line, run))
        begin = run.index + 1
    *others, last = (*pieces, b"\n" * bool(begin) + b"\n".join(operators[begin:]))
    deflated = [Piece(content, _deflated(content, zlib.Z_SYNC_FLUSH)) for content in others]
    return Page((*deflated, Piece(last, _deflated(last, zlib.Z_FINISH))), tuple(slots))


def _deflated(content: bytes, end: int) -> bytes:
    compressor = zlib.compressobj(_LEVEL, wbits=-zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush(end)


def _own(content: bytes) -> bytes:
    compressor = zlib.compressobj(_OWN_LEVEL, wbits=_OWN_WINDOW, memLevel=_OWN_MEMORY)
    return compressor.compress(content) + compressor.flush(zlib.Z_SYNC_FLUSH)
