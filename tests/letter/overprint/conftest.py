"""A typesetter, and letters that differ in three lines."""

from datetime import date
from pathlib import Path

import pytest

from coalizione_mailer.letter import fonts
from coalizione_mailer.letter.document import PdfSettings
from coalizione_mailer.letter.typesetter import Typesetter

LETTER = """<!DOCTYPE html>
<html lang="it"><head><meta charset="utf-8"><title>Invito</title>
<style>
@page {{ size: A4; margin: 20mm 25mm }}
html {{ font: 11pt/1.4 "Source Serif Pro"; color: #1b1b1b; font-variant-numeric: oldstyle-nums }}
p {{ margin: 0 0 2mm }}
.to {{ margin-left: 78mm }} .to .name {{ font-weight: 600 }} .to p + .at {{ font-size: 9pt }}
{style}
</style></head><body>
<h1>Invito</h1>
<div class="to"><p>{office}</p><p class="name">{name}</p><p class="at">{at}</p></div>
<p>Il workshop si terrà l’11 ottobre 2017 alla Fiera di Vicenza{running}, e il programma della
giornata è allegato alla presente: <em>chiediamo</em> di confermare la partecipazione.</p>
</body></html>"""

NAMES = (
    "del Comune di Ala", "della Città di Forlì", "del Comune di Niella Tanaro",
    "del Comune di Rhêmes-Notre-Dame", "del Comune di Sandigliano", "del Comune di L’Aquila",
    "del Comune di San Dorligo della Valle-Dolina", "del Comune di Fiuggi", "del Comune di Offida",
    "del Comune di Vernier/Schloß", "del Comune di Übersee", "del Comune di Villabruna 1864",
    "del Comune di Cortaccia sulla strada del vino", "del Comune di Arzignano",
    "del Comune di Hône", "del Comune di Jolanda di Savoia", "del Comune di Quero Vas",
    "del Comune di Zuglio", "del Comune di Barletta", "del Comune di Affile",
)  # fmt: skip


def letter(
    name: str, office: str = "Al Sindaco", at: str = "", style: str = "", running: str = ""
) -> str:
    """Return a letter to one Comune."""
    at = at or f"protocollo@comune{len(name)}.example"
    return LETTER.format(name=name, office=office, at=at, style=style, running=running)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> PdfSettings:
    """Return the settings of letters that read no files."""
    root: Path = tmp_path_factory.mktemp("campaign")
    return PdfSettings(root, root, "pdf/a-2a", date(2017, 9, 18), ("166/2017",))


@pytest.fixture(scope="module")
def typesetter(settings: PdfSettings) -> Typesetter:
    """Return a typesetter, with the machine's fonts hidden as in the product."""
    with fonts.machine_fonts_hidden():
        return Typesetter(settings)
