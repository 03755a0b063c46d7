"""Where the letters of these tests are set."""

from datetime import date
from pathlib import Path

import pytest

from coalizione_mailer.letter.pdf import PdfSettings


@pytest.fixture
def settings(tmp_path: Path) -> PdfSettings:
    """Return the settings of a campaign in a folder of its own, with a template folder."""
    template = tmp_path / "templates" / "invito"
    template.mkdir(parents=True)
    return PdfSettings(tmp_path, template, "pdf/a-2a", date(2017, 9, 18), ("166/2017",))
