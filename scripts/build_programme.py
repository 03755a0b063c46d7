"""Build ``attachments/programma.pdf`` from the template beside it, by the letter's own pipeline.

Run from anywhere in the checkout: ``python scripts/build_programme.py [CAMPAIGN]``.
"""

import sys
from dataclasses import replace
from pathlib import Path

from coalizione_mailer.campaign.reader import load
from coalizione_mailer.letter.context import shared
from coalizione_mailer.letter.pdf import PdfSettings, render_pdfs
from coalizione_mailer.letter.templates import environment_of

ROOT = Path(__file__).resolve().parent.parent
NAME = "programma"


def programme(root: Path) -> bytes:
    """Return the programme of the campaign in a folder, as PDF."""
    folder = root / "attachments"
    configuration = load(root).configuration
    html = environment_of(folder).get_template(f"{NAME}.html").render(shared(configuration))
    settings = replace(PdfSettings.of(root, configuration), template=folder)
    (pdf,) = render_pdfs([html], settings, jobs=1)
    if pdf.problems:
        raise SystemExit(pdf.problems)
    return pdf.data


def main() -> None:
    """Write the programme beside its template."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    path = root / "attachments" / f"{NAME}.pdf"
    path.write_bytes(programme(root))
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
