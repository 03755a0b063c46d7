"""The letters compiled by Typst 0.15 (PyPI), each an equal letter, on as many processes.

Typst is a peer to be measured only: it is installed into a temporary folder and nowhere else.
"""

import io
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from html import unescape
from multiprocessing import get_context
from pathlib import Path
from typing import Any

_TYPST = "typst>=0.15,<0.16"
_STANDARD = "a-2a"
_SOURCE = Path(__file__).with_name("letter.typ")


def milliseconds(campaign_folder: Path, aside: Path, letters: int) -> float:
    """Return the milliseconds that a letter takes; raises CalledProcessError if there is no Typst.

    The first letters of the campaign; the start of the processes is included, as it is in ours.
    """
    if not aside.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(aside), _TYPST]
        subprocess.run(pip, check=True, capture_output=True)
    from coalizione_mailer.campaign import load
    from coalizione_mailer.letter.templates import Templates
    from coalizione_mailer.plan import plan

    campaign = load(campaign_folder)
    configuration = campaign.configuration
    templates = Templates.load(campaign.path(configuration.letter.template), configuration)
    texts = [said(templates.letter(one)) for one in plan(campaign).recipients[:letters]]
    jobs = os.cpu_count() or 1
    started = time.perf_counter()
    with ProcessPoolExecutor(jobs, get_context("spawn"), _start, (str(aside),)) as pool:
        sizes = list(pool.map(_compiled, texts, chunksize=20))
    seconds = time.perf_counter() - started
    if min(sizes) < len(_SOURCE.read_bytes()):
        raise ValueError(min(sizes))
    return seconds / len(sizes) * 1000


def said(html: str) -> str:
    """Return what a letter says, as JSON: the same words in the same order."""
    body = html[html.index("<body") :]

    def texts(part: str, tag: str = "p") -> list[str]:
        found = re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", part, re.DOTALL)
        return [unescape(re.sub(r"<[^>]+>", "", text)).strip() for text in found]

    def section(begin: str, end: str) -> str:
        return body[body.index(begin) : body.index(end)]

    main = section("<main", "</main>")
    before, _, rest = main.partition('<div class="incontro">')
    meeting, _, after = rest.partition("</div>")
    office, name, address = texts(section('<div class="destinatario', "<h1"))[-3:]
    role, signatory = texts(section('<div class="firma">', '<p class="allegati"'))
    return json.dumps(
        {
            "footer": texts(section("<footer", "</footer>")),
            "marks": texts(section('<div class="estremi">', '<div class="destinatario')),
            "body": texts(section('<p class="ente">', '<p class="ufficio">'), "span"),
            "subject": texts(section("<h1", "</h1>"), "strong")[0],
            "before": texts(before),
            "meeting": texts(meeting),
            "after": texts(after),
            "enclosed": texts(body[body.index('<p class="allegati"') :])[0],
            "office": office,
            "name": name,
            "address": address,
            "role": role,
            "signatory": signatory,
        }
    )


def _start(aside: str) -> None:
    sys.path.insert(0, aside)


def _compiled(text: str) -> int:
    """Compile one letter and return the size of its PDF, bytes."""
    import typst  # type: ignore[import-not-found]

    from coalizione_mailer.letter import fonts

    if not _compilers:
        _compilers.append(
            typst.Compiler(str(_SOURCE), font_paths=[str(fonts.folder())], ignore_system_fonts=True)
        )
    made = _compilers[0].compile(format="pdf", pdf_standards=_STANDARD, sys_inputs={"letter": text})
    return len(io.BytesIO(made).getbuffer())


_compilers: list[Any] = []
