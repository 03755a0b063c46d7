"""The secretary's desk: a small campaign, and ``mailer`` started as she starts it."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from coalizione_mailer.cli import language
from tests.support.patience import PATIENCE

ROOT = Path(__file__).parents[2]
CATALOGUE = language.FOLDER / "it" / "LC_MESSAGES" / f"{language.DOMAIN}.po"

REGISTER = """\
codice_istat,denominazione,denominazione_altra_lingua,provincia,sigla,regione,ripartizione,\
codice_catastale,popolazione_legale_2011,popolazione_2023,popolazione_sommata,latitudine,longitudine
016065,Castro,,Bergamo,BG,Lombardia,Nord-ovest,C337,1426,1300,,45.80,10.06
021008,Bolzano,Bozen,Bolzano/Bozen,BZ,Trentino-Alto Adige,Nord-est,A952,102575,106107,,46.5,11.4
024105,Thiene,,Vicenza,VI,Veneto,Nord-est,L157,23262,23897,,45.70,11.47
024116,Vicenza,,Vicenza,VI,Veneto,Nord-est,L840,111500,110293,,45.54,11.53
024128,Sovizzo,,Vicenza,VI,Veneto,Nord-est,M436,7885,8287,popolazione_legale_2011,45.52,11.44
028060,Padova,,Padova,PD,Veneto,Nord-est,G224,206192,206496,,45.40,11.87
035033,Reggio nell'Emilia,,Reggio Emilia,RE,Emilia-Romagna,Nord-est,H223,162082,169545,,44.7,10.6
040012,Forlì,,Forlì-Cesena,FC,Emilia-Romagna,Nord-est,D704,116434,116700,,44.22,12.04
062070,Sant'Agata de' Goti,,Benevento,BN,Campania,Sud,I197,11310,10592,,41.08,14.50
063049,Napoli,,Napoli,NA,Campania,Sud,F839,962003,913462,,40.85,14.25
075096,Castro,,Lecce,LE,Puglia,Sud,M261,2452,2381,,40.00,18.42
081025,Misiliscemi,,Trapani,TP,Sicilia,Isole,M432,,,,37.92,12.58
"""

BOOK = """\
codice_istat,canale,indirizzo,fonte,data,nota
024105,pec,protocollo@pec.thiene.example,inventato,2017-09-01,esempio
024116,pec,protocollo@pec.vicenza.example,inventato,2017-09-01,esempio
024128,pec,protocollo@pec.sovizzo.example,inventato,2017-09-01,esempio
021008,pec,protocollo@pec.bolzano.example,inventato,2017-09-01,esempio
040012,pec,protocollo@pec.forli.example,inventato,2017-09-01,esempio
062070,pec,protocollo@pec.santagata.example,inventato,2017-09-01,esempio
016065,pec,protocollo@pec.castrobg.example,inventato,2017-09-01,esempio
"""

CHOSEN = ("021008", "024105", "024116", "024128", "040012", "062070")
"""Who is in the band of 5,000 to 150,000, by ISTAT code."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


Mailer = Callable[..., Answer]


def change(campaign: Path, before: str, after: str, file: str = "campaign.toml") -> None:
    """Change one place of a file of the campaign."""
    path = campaign / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def started(arguments: tuple[str, ...], environment: Mapping[str, str]) -> Answer:
    """Start ``mailer`` with no language of the machine's own, and wait for its end."""
    own = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", language.VARIABLE)
    inherited = {name: value for name, value in os.environ.items() if name not in own}  # noqa: TID251  what a program inherits
    done = subprocess.run(
        [sys.executable, "-m", "coalizione_mailer.cli.main", *arguments],
        env={**inherited, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def launched(*arguments: str) -> "subprocess.Popen[bytes]":
    """Start ``mailer`` in English and do not wait for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "coalizione_mailer.cli.main", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "MAILER_LANG": "en"},  # noqa: TID251  inherited
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
