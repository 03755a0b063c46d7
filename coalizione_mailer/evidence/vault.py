"""Bytes out of the ledger, held against the hash under which they were written down."""

import hashlib

from coalizione_mailer.evidence.sheaf import Exhibit, File
from coalizione_mailer.ledger.dossiers import content
from coalizione_mailer.ledger.store import Transaction
from coalizione_mailer.letter.message import join


class Vault:
    """Reads the bytes of exhibits; what letters of a round share is read once."""

    def __init__(self, connection: Transaction) -> None:
        self._connection = connection
        self._frame: tuple[str, bytes | None] = ("", None)

    def own(self, file: File) -> tuple[bytes | None, bytes | None]:
        """Return the letter's PDF and its message; None for each that is not what was frozen."""
        letter = file.dossier.letter
        pdf = content(self._connection, letter.letter_sha256)
        head = content(self._connection, letter.head_sha256)
        frame = self._framed(letter.frame_sha256)
        pdf_exhibit, message_exhibit = file.own
        message = None
        if head is not None and pdf is not None and frame is not None:
            message = join(head, pdf, frame)
        return _held(pdf, pdf_exhibit), _held(message, message_exhibit)

    def returned(self, exhibit: Exhibit) -> bytes | None:
        """Return a message that came back; None where it is not what was received."""
        return _held(content(self._connection, exhibit.sha256), exhibit)

    def _framed(self, sha256: str) -> bytes | None:
        if self._frame[0] != sha256:
            self._frame = (sha256, content(self._connection, sha256))
        return self._frame[1]


def _held(data: bytes | None, exhibit: Exhibit) -> bytes | None:
    """Return the bytes if they are those of the hash."""
    if data is None or hashlib.sha256(data).hexdigest() != exhibit.sha256:
        return None
    return data
