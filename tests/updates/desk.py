"""A small campaign's data and official files of a few rows, as values."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from coalizione_mailer.campaign import Campaign, load
from coalizione_mailer.registry.official.values import (
    Body,
    BodyIndex,
    ComuneList,
    Figures,
    Kind,
    ListedComune,
    Mail,
    Source,
)
from coalizione_mailer.updates import Topic, Update

NOON = datetime(2026, 9, 15, 12, tzinfo=ZoneInfo("Europe/Rome"))

# Istat, cadastral code, name, province, sigla, region: the Comuni of the desk's register.
COMUNI = (
    ("016065", "C337", "Castro", "Bergamo", "BG", "Lombardia"),
    ("021008", "A952", "Bolzano", "Bolzano/Bozen", "BZ", "Trentino-Alto Adige"),
    ("024105", "L157", "Thiene", "Vicenza", "VI", "Veneto"),
    ("024116", "L840", "Vicenza", "Vicenza", "VI", "Veneto"),
    ("024128", "M436", "Sovizzo", "Vicenza", "VI", "Veneto"),
    ("028060", "G224", "Padova", "Padova", "PD", "Veneto"),
    ("035033", "H223", "Reggio nell'Emilia", "Reggio Emilia", "RE", "Emilia-Romagna"),
    ("040012", "D704", "Forlì", "Forlì-Cesena", "FC", "Emilia-Romagna"),
    ("062070", "I197", "Sant'Agata de' Goti", "Benevento", "BN", "Campania"),
    ("063049", "F839", "Napoli", "Napoli", "NA", "Campania"),
    ("075096", "M261", "Castro", "Lecce", "LE", "Puglia"),
    ("081025", "M432", "Misiliscemi", "Trapani", "TP", "Sicilia"),
)
_AREAS = {
    "Lombardia": "Nord-ovest",
    "Trentino-Alto Adige": "Nord-est",
    "Veneto": "Nord-est",
    "Emilia-Romagna": "Nord-est",
    "Campania": "Sud",
    "Puglia": "Sud",
    "Sicilia": "Isole",
}


def later(days: int) -> datetime:
    """Return noon of a later day."""
    return NOON + timedelta(days=days)


def source(kind: Kind, day: date | None = None) -> Source:
    return Source(kind, "prova", f"{kind}.csv", "0" * 64, 1000, 12, day)


def listed(*changes: tuple[str, ...], without: tuple[str, ...] = ()) -> ComuneList:
    """Make ISTAT's list of the register's Comuni; a change takes the place of its code's row."""
    rows = {row[1]: row for row in (*COMUNI, *changes) if row[1] not in without}
    return ComuneList(
        source(Kind.ISTAT),
        tuple(
            ListedComune(
                istat,
                catastale,
                name,
                "Bozen" if catastale == "A952" else "",
                provincia,
                sigla,
                regione,
                _AREAS[regione],
            )
            for istat, catastale, name, provincia, sigla, regione in rows.values()
        ),
    )


def figures(column: str = "popolazione_2025", **residents: int) -> Figures:
    """Make figures by ISTAT code: ``i024105=4000``."""
    by_istat = {code.removeprefix("i"): count for code, count in residents.items()}
    return Figures(source(Kind.POPULATION), column, by_istat, {}, {})


def index(addresses: Mapping[str, str], day: date | None = date(2026, 9, 14)) -> BodyIndex:
    """Make IPA's index of a day, of addresses by cadastral code."""
    names = {row[1]: row for row in COMUNI}
    return BodyIndex(
        source(Kind.IPA, day),
        tuple(
            Body(
                f"c_{code.lower()}",
                f"Comune di {names[code][2]}",
                "L6",
                "Pubbliche Amministrazioni",
                names[code][0],
                code,
                ("", "", ""),
                (Mail(address, certified=True, position=1),),
                day,
                2,
            )
            for code, address in addresses.items()
        ),
    )


def everybody(**other: str) -> dict[str, str]:
    """Give every Comune of the register an address, some of them another."""
    return {row[1]: f"protocollo@pec.comune.{row[1].lower()}.example" for row in COMUNI} | other


def found(update: Update, topic: Topic) -> list[tuple[str, str, str]]:
    """Return the changes of a topic: of whom, from what, to what."""
    return [(change.subject, change.before, change.after) for change in update.of(topic)]


def again(campaign: Campaign) -> Campaign:
    """Read a campaign anew."""
    return load(campaign.root)


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").splitlines()
