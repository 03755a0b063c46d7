"""The index of what is handed over: the page of a Comune, that of all, and the rows of a sheet."""

from collections.abc import Collection, Iterable, Iterator

from coalizione_mailer import __version__
from coalizione_mailer.evidence.sheaf import Exhibit, File, Sheaf
from coalizione_mailer.ledger.dossiers import Extent, Sending
from coalizione_mailer.mailbox.reading import Kind
from coalizione_mailer.pages import page, vocabulary
from coalizione_mailer.pages.times import written

PAGE, SHEET = "indice.html", "indice.csv"

HEADER = (
    "Comune",
    "Provincia",
    "Codice ISTAT",
    "Invio",
    "Protocollo",
    "Documento",
    "Data e ora",
    "Firma del gestore",
    "Firmato da",
    "Legame",
    "Valore",
    "File",
    "Byte",
    "SHA-256",
    "Consegnato",
)
_YES, _NO = "sì", "no: byte alterati"


def comune_page(sheaf: Sheaf, damaged: Collection[str], *, root: bool) -> Iterator[bytes]:
    """Write the page of one Comune; below a ``root`` that says how to verify, or on its own."""
    return page("prove/comune.html", sheaf=sheaf, damaged=damaged, root=root, version=__version__)


def root_page(
    sheaves: Iterable[Sheaf],
    loose: Collection[Exhibit],
    damaged: Collection[str],
    sending: Sending,
    extent: Extent,
    latest: float,
) -> Iterator[bytes]:
    """Write the page of all Comuni."""
    return page(
        "prove/indice.html",
        sheaves=sheaves,
        loose=loose,
        damaged=damaged,
        campaign=sending.campaign,
        protocol=sending.protocol,
        extent=extent,
        latest=latest,
        version=__version__,
    )


def rows(sheaf: Sheaf, damaged: Collection[str], folder: str = "") -> Iterator[tuple[object, ...]]:
    """Give a row for each file of a Comune."""
    for file in sheaf.files:
        for exhibit in (*file.own, *file.returned):
            yield (*_whose(file), *_what(exhibit, damaged, f"{folder}{exhibit.name}"))


def loose_rows(
    exhibits: Iterable[Exhibit], damaged: Collection[str]
) -> Iterator[tuple[object, ...]]:
    """Give a row for each message that belongs to no letter."""
    for exhibit in exhibits:
        yield ("", "", "", "", "", *_what(exhibit, damaged, exhibit.name))


def _whose(file: File) -> tuple[object, ...]:
    letter = file.dossier.letter
    return (
        letter.denominazione,
        letter.sigla,
        letter.codice_istat,
        letter.round_number,
        letter.protocol,
    )


def _what(exhibit: Exhibit, damaged: Collection[str], path: str) -> tuple[object, ...]:
    receipt = exhibit.receipt
    size = "" if exhibit.size is None else exhibit.size
    told = _NO if path in damaged else _YES
    if receipt is None:
        said = (exhibit.title, written(exhibit.at), "", "", "", "")
    else:
        said = (
            vocabulary.KINDS[Kind(receipt.kind)],
            written(receipt.occurred_at),
            vocabulary.signature(receipt),
            receipt.signer,
            vocabulary.tie(receipt),
            vocabulary.worth(receipt),
        )
    return (*said, path, size, exhibit.sha256, told)
