"""The certification data of a PEC receipt, ``daticert.xml`` (RFC 6109, 4.4; DM 2/11/2005).

No DTD, no entity, bounded in size and depth. A file that is cut gives what is whole in it: an
element counts once its end was read.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import ParseError
from zoneinfo import ZoneInfo

from coalizione_mailer.mailbox import mime

MOST_BYTES = 1024 * 1024
MOST_DEPTH = 12
MOST_VALUES = 10_000

_ROOT = "postacert"
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>", re.IGNORECASE)
_LOOSE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_ITALY = ZoneInfo("Europe/Rome")


@dataclass(frozen=True, slots=True)
class Daticert:
    """What the provider certifies; what it does not say is empty.

    ``error`` is ``nessuno``, ``no-dest``, ``no-dominio``, ``virus`` or ``altro``; ``recipients``
    are all of the message's, each with whether it is a PEC box, never only the failed ones;
    ``delivered`` is the one recipient a delivery, failure or warning is about. ``whole`` is False
    where the file was cut.
    """

    kind: str
    error: str
    sender: str
    recipients: tuple[tuple[str, bool], ...]
    replies: str
    subject: str
    provider: str
    moment: datetime | None
    identifier: str
    message_id: str
    receipt: str
    delivered: str
    received: tuple[str, ...]
    detail: str
    whole: bool


class _Collector:
    """Receives the parser's events and keeps every finished element under its path."""

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self.path: list[str] = []
        self.words: list[list[str]] = []
        self.count = 0
        self.root = ""
        self.whole = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2].lower()
        self.root = self.root or name
        self.path.append(name)
        self.words.append([])
        if len(self.path) > MOST_DEPTH:
            raise ValueError(tag)
        for key, value in attributes.items():
            self._keep(f"{'/'.join(self.path)}@{key.lower()}", value)

    def data(self, text: str) -> None:
        if self.words:
            self.words[-1].append(text)

    def end(self, tag: str) -> None:
        del tag
        self._keep("/".join(self.path), "".join(self.words[-1]))
        self.path.pop()
        self.words.pop()
        self.whole = not self.path

    def close(self) -> None:
        """Nothing to hand over: the caller reads ``values``."""

    def _keep(self, path: str, value: str) -> None:
        self.count += 1
        if self.count <= MOST_VALUES:
            self.values.setdefault(path, []).append(" ".join(value.split()))


def parse(data: bytes) -> Daticert | None:
    """Read the file; None where it is not certification data at all, or wants a DTD."""
    data = data[:MOST_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    first = _read(data, None)
    if first is None or first.whole:
        return _named(first)
    second = _read(_mended(data), "utf-8")
    better = second if second is not None and second.count > first.count else first
    return _named(better)


def _read(data: bytes, encoding: str | None) -> _Collector | None:
    """Collect what can be read; None where a DTD or an entity is declared."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    collector = _Collector()
    try:
        parser = DefusedXMLParser(target=collector, encoding=encoding, forbid_dtd=True)
        parser.feed(data)
        parser.close()
    except DefusedXmlException:
        return None
    except (ParseError, ValueError, LookupError):
        collector.whole = False
    return collector


def _mended(data: bytes) -> bytes:
    """Return the file as UTF-8 whatever it declares, with loose ampersands written out."""
    text = _DECLARATION.sub("", mime.characters(data, "utf-8"))
    return _LOOSE_AMPERSAND.sub("&amp;", text).encode("utf-8", "replace")


def _named(read: _Collector | None) -> Daticert | None:
    """Give the values their names."""
    return _daticert(read) if read is not None and read.root == _ROOT else None


def _daticert(read: _Collector) -> Daticert:
    def every(path: str) -> list[str]:
        return read.values.get(f"{_ROOT}{path}", [])

    def one(path: str) -> str:
        return next(iter(every(path)), "")

    addresses = every("/intestazione/destinatari")
    kinds = every("/intestazione/destinatari@tipo")
    kinds += ["certificato"] * (len(addresses) - len(kinds))
    return Daticert(
        kind=one("@tipo").lower(),
        error=one("@errore").lower() or "nessuno",
        sender=one("/intestazione/mittente"),
        recipients=tuple(
            (address, kind.lower() != "esterno")
            for address, kind in zip(addresses, kinds, strict=False)
        ),
        replies=one("/intestazione/risposte"),
        subject=one("/intestazione/oggetto"),
        provider=one("/dati/gestore-emittente"),
        moment=_moment(one("/dati/data/giorno"), one("/dati/data/ora"), one("/dati/data@zona")),
        identifier=mime.identifier(one("/dati/identificativo")),
        message_id=mime.identifier(one("/dati/msgid")),
        receipt=one("/dati/ricevuta@tipo").lower(),
        delivered=mime.address(one("/dati/consegna")),
        received=tuple(every("/dati/ricezione")),
        detail=one("/dati/errore-esteso"),
        whole=read.whole,
    )


def _moment(day: str, hour: str, zone: str) -> datetime | None:
    """Read the certified moment; a zone that is not given or cannot be read is Italy's."""
    with suppress(ValueError):
        return datetime.strptime(f"{day} {hour} {zone}", "%d/%m/%Y %H:%M:%S %z")
    try:
        return datetime.strptime(f"{day} {hour}", "%d/%m/%Y %H:%M:%S").replace(tzinfo=_ITALY)
    except ValueError:
        return None
