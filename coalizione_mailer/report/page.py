"""The report as a page: one HTML file that asks nothing of the network.

All text from outside is escaped by the templates; should any markup slip through all the same, the
page's own policy lets no script run but the one it came with, and nothing be fetched.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from importlib.resources import files

from coalizione_mailer import pages
from coalizione_mailer.campaign import Campaign
from coalizione_mailer.lifecycle import FAILED
from coalizione_mailer.pages.attendance import ANSWERS
from coalizione_mailer.report import map as chart
from coalizione_mailer.report.figures import Figures, Town
from coalizione_mailer.report.projection import SHEET

MOST_TOWNS = 8_000
"""Longer lists make a page that a browser is slow to open; the spreadsheet has them whole."""
MOST_ROWS = 1_000

_FOLDER = files("coalizione_mailer.pages") / "templates" / "rapporto"
_NOWHERE = "base-uri 'none'; form-action 'none'"


def page(figures: Figures, campaign: Campaign, version: str) -> Iterator[bytes]:
    """Write the page of a campaign, piece by piece."""
    from markupsafe import Markup

    style, program = (
        _FOLDER.joinpath(name).read_text("utf-8") for name in ("stile.css", "programma.js")
    )
    signs = chart.signs(figures.towns)
    return pages.page(
        "rapporto/pagina.html",
        figure=figures,
        campagna=campaign.configuration,
        confini=chart.borders(),
        segni=signs,
        singoli=all(sign.code for sign in signs),
        senza_luogo=len(figures.towns) - sum(sign.count for sign in signs),
        foglio=SHEET,
        elencati=listed(figures.towns),
        righe=MOST_ROWS,
        risposte=ANSWERS,
        versione=version,
        stile=Markup(style),  # noqa: S704  our own file, as the next one
        programma=Markup(program),  # noqa: S704
        sicurezza=policy(style, program),
    )


def policy(style: str, program: str) -> str:
    """Return the page's Content-Security-Policy: its own style and script, by hash, and no more."""
    return f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(program)}; {_NOWHERE}"


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def listed(towns: Sequence[Town]) -> Sequence[Town]:
    """Return the Comuni of the list by name: all, or if too many those without the letter first."""
    if len(towns) > MOST_TOWNS:
        troubled = sorted(towns, key=lambda town: not _troubled(town))
        towns = troubled[:MOST_TOWNS]
    return sorted(towns, key=lambda town: town.standing.denominazione)


def _troubled(town: Town) -> bool:
    return town.standing.state in FAILED or town.silent
