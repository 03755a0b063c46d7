"""The published formats: how each is recognised, and what its columns are called over the years.

Names of columns are compared in plain form (``tabular.plain``): line feeds, spaces, case and
punctuation drift from year to year, words seldom do.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from coalizione_mailer.registry.official.values import Kind


class Quoting(Enum):
    """How cells are kept apart in the text of a format."""

    RFC4180 = auto()
    LINES = auto()
    """As RFC 4180, but a row never goes over the end of its line: quotes may be broken."""
    NONE = auto()
    """Quotation marks are letters like others."""


@dataclass(frozen=True, slots=True)
class Format:
    """A published format: ``columns`` are patterns by our names, of which all ``needed`` exist."""

    name: str
    kind: Kind
    needed: tuple[str, ...]
    columns: dict[str, str]
    quoting: Quoting = Quoting.RFC4180
    max_rows: int = 200_000

    def places(self, header: Sequence[str]) -> dict[str, int]:
        """Return where our columns stand in a header of plain names; the first of each counts."""
        places = {column: self._place(column, header) for column in self.columns}
        return {column: place for column, place in places.items() if place is not None}

    def fits(self, header: Sequence[str]) -> bool:
        """Tell whether a header is this format's."""
        return all(self._place(column, header) is not None for column in self.needed)

    def _place(self, column: str, header: Sequence[str]) -> int | None:
        fits = re.compile(self.columns[column]).fullmatch
        return next((place for place, name in enumerate(header) if fits(name)), None)


def _mails() -> dict[str, str]:
    cells = {}
    for position in range(1, 6):
        cells[f"mail{position}"] = f"mail_?{position}"
        cells[f"type{position}"] = f"tipo_mail_?{position}"
    return cells


ENTI = Format(
    "IPA enti",
    Kind.IPA,
    ("codice_ipa", "name", "category", "mail1", "type1"),
    {
        "codice_ipa": "codice_ipa",
        "name": "denominazione_ente",
        "category": "codice_categoria",
        "typology": "tipologia",
        "istat": "codice_comune_istat",
        "catastale": "codice_catastale_comune",
        "given": "nome_responsabile",
        "family": "cognome_responsabile",
        "title": "titolo_responsabile",
        "updated": "data_aggiornamento",
        **_mails(),
    },
)
AMMINISTRAZIONI = Format(
    "IPA amministrazioni",
    Kind.IPA,
    ("codice_ipa", "name", "typology", "mail1", "type1"),
    {
        "codice_ipa": "cod_amm",
        "name": "des_amm",
        "typology": "tipologia_istat",
        "given": "nome_resp",
        "family": "cogn_resp",
        "title": "titolo_resp",
        **_mails(),
    },
    Quoting.NONE,
)
_LIST = {
    "istat": r"codice_comune_(formato_)?alfanumerico",
    "catastale": r"codice_catast(ale|o)(_del_comune)?",
    "name": r"denominazione_in_italiano|comune_dizione_italiana",
    "other": r"denominazione_(altra_lingua|in_tedesco)|comune_dizione_straniera",
    "provincia": r"denominazione_dell_unit.{0,3}_territoriale.*|denominazione_provincia"
    r"|provincia_uts",
    "metropolitan": r"denominazione_citt.{0,3}_metropolitana",
    "sigla": "sigla_automobilistica",
    "regione": r"(denominazione_)?regione",
    "ripartizione": "ripartizione_geografica",
}
_LIST_NEEDED = ("istat", "catastale", "name", "provincia", "sigla", "regione")
CLASSIC = Format(
    "ISTAT Elenco-comuni-italiani",
    Kind.ISTAT,
    _LIST_NEEDED,
    _LIST
    | {"istat": r"codice_comune_formato_alfanumerico", "legal": r"popolazione_legale_\d{4}.*"},
)
SITUAS = Format(
    "ISTAT SITUAS",
    Kind.ISTAT,
    _LIST_NEEDED,
    _LIST | {"istat": r"codice_comune_alfanumerico", "legal": r"popolazione_legale_\d{4}.*"},
)
POSAS = Format(
    "ISTAT POSAS",
    Kind.POPULATION,
    ("istat", "name", "age"),
    {
        "istat": "codice_comune",
        "name": "comune|denominazione",
        "age": r"et.{1,3}",
        "men": "(totale_)?maschi",
        "women": "(totale_)?femmine",
        "total": "totale",
    },
    max_rows=2_000_000,
)
DIMENSIONS = Format(
    "ISTAT SITUAS dimensioni",
    Kind.POPULATION,
    ("istat", "name", "legal", "census"),
    {"istat": "pro_com_t", "name": "comune", "legal": "pop_leg", "census": "anno_censimento"},
)
_HEADS = {
    "name": "denominazione_comune",
    "sigla": "sigla_provincia",
    "population": "popolazione_censita.*",
    "family": "cognome",
    "given": "nome",
    "sex": "sesso",
    "office": "descrizione_carica",
    "elected": "data_elezione",
    "in_office": "data_entrata_in_carica",
}
_HEADS_NEEDED = ("name", "sigla", "family", "given", "office", "elected")
MAGGIORORGANO = Format(
    "DAIT maggiororgano",
    Kind.MAYORS,
    (*_HEADS_NEEDED, "sex", "task"),
    _HEADS | {"task": "incarico"},
    Quoting.LINES,
)
SINDACI = Format(
    "DAIT sindaciincarica", Kind.MAYORS, (*_HEADS_NEEDED, "sex"), _HEADS, Quoting.LINES
)
ORGANI = Format(
    "DAIT organistraordinariincarica", Kind.MAYORS, _HEADS_NEEDED, _HEADS, Quoting.LINES
)

# In the order they are tried: what has more columns first.
FORMATS = (
    ENTI,
    AMMINISTRAZIONI,
    CLASSIC,
    SITUAS,
    POSAS,
    DIMENSIONS,
    MAGGIORORGANO,
    SINDACI,
    ORGANI,
)


def recognise(header: Sequence[str]) -> Format | None:
    """Return the format whose header this is, if any."""
    return next((format_ for format_ in FORMATS if format_.fits(header)), None)


def names(*kinds: Kind) -> tuple[str, ...]:
    """Return the names of the formats of some kinds."""
    return tuple(format_.name for format_ in FORMATS if format_.kind in kinds)
