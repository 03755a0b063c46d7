"""``mailer report``: one page, in a real browser; the figures for programs; the picture."""

import dataclasses
import io
import json
import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from rich.console import Console

from coalizione_mailer.campaign import load
from coalizione_mailer.cli import funnel as funnels
from coalizione_mailer.ledger import answers, deliveries, receipts, reports
from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.ledger.words import Answer, Person, Status, Whose, Word
from coalizione_mailer.lifecycle import Event, State, Strength
from coalizione_mailer.report.funnel import Funnel
from tests.cli.desk import Mailer, change
from tests.support.browser import PROGRAM, Browser, browser
from tests.support.smtp_server import Fault, SmtpServer, Step

PAGE = Path("archive") / "rapporto.html"
# What a stranger may try: in a server's answer, in a reply, in a file of data.
SCRIPT = "<script>document.title='preso'</script>"
IMAGE = "<img src=x onerror=\"document.title='preso'\">"
STYLE = '"><style>body{display:none}</style>'


@pytest.fixture
def told(plain: Path, online: Mailer) -> Path:
    """Send six letters: one refused, one delivered, one back, the others taken; one answer."""
    change(plain, '"60/minute", "2000/day"', "")
    change(plain, 'subject = "', f'subject = "{STYLE.replace(chr(34), chr(92) + chr(34))} ')
    refused = Fault(Step.RCPT, f"550 {SCRIPT}".encode(), recipient="protocollo@pec.forli.example")
    with SmtpServer().in_thread() as server:
        server.will(refused)
        change(plain, "1025", str(server.port))
        assert online("send", "--jobs", "1", "--confirm", "166/2017").code == 3
    _come_back(plain)
    return plain


def _ledger(folder: Path) -> Ledger:
    url = load(folder).configuration.ledger.url
    return Ledger.open(url, folder, now=time.time())


def _come_back(folder: Path) -> None:
    """Let receipts and an answer come."""
    ledger = _ledger(folder)
    now = time.time()
    with ledger.writing() as connection:
        letters = {one.codice_istat: one for one in reports.overall(connection)}
        delivered, failed = letters["024116"], letters["024105"]
        kept = [
            (_receipt(1, delivered.delivery_id, Event.ACCEPTANCE, now), b"1"),
            (_receipt(2, delivered.delivery_id, Event.DELIVERY, now), b"2"),
            (_receipt(3, failed.delivery_id, Event.FAILURE, now), b"3"),
        ]
        receipts.keep(connection, kept)
        said = {delivered.delivery_id: Event.DELIVERY, failed.delivery_id: Event.FAILURE}
        deliveries.told(connection, said, now=now)
        whose = Whose("L840", "024116", "Vicenza", "VI", "Veneto")
        word = Word(
            "reply", now, now, Answer.YES, 2, (Person(SCRIPT, STYLE), Person("Anna Bianchi")), whose
        )  # fmt: skip
        answers.take(connection, [word])
        (read,) = answers.of_comuni(connection, ["L840"])
        answers.settle(connection, [dataclasses.replace(read, status=Status.STANDING)])
    ledger.close()


def _receipt(number: int, delivery: int, event: Event, at: float) -> Receipt:
    failed = event is Event.FAILURE
    return Receipt(
        sha256=f"{number:064}", identity=f"{number:064}", size=1, received_at=at,
        kind={
            Event.ACCEPTANCE: "pec-accettazione",
            Event.DELIVERY: "pec-avvenuta-consegna",
            Event.FAILURE: "pec-errore-consegna",
        }[event],
        delivery_id=delivery, strength=Strength.STRONG, event=event, final=True,
        cause="dead" if failed else None, status="5.1.1" if failed else "",
        diagnostic=f"indirizzo {IMAGE} non valido" if failed else "",
    )  # fmt: skip


@pytest.fixture
def page(told: Path, mailer: Mailer) -> Path:
    """Write the report."""
    assert mailer("report").code == 0
    return told / PAGE


def test_before_the_freeze_there_is_nothing_to_tell(campaign: Path, mailer: Mailer) -> None:
    answer = mailer("report")
    assert (answer.code, answer.out) == (9, "")
    assert answer.err == "Nothing has been sent yet, nor frozen for sending.\n"
    assert not (campaign / "archive").exists()


def test_the_page_lies_in_the_archive_and_its_size_is_told(told: Path, mailer: Mailer) -> None:
    answer = mailer("report")
    size = (told / PAGE).stat().st_size
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.split() == [str(PAGE), f"{size / 1000:.0f}", "kB"]


@pytest.mark.usefixtures("told")
def test_the_page_can_be_written_elsewhere(tmp_path: Path, mailer: Mailer) -> None:
    assert mailer("report", "--out", str(tmp_path / "altrove" / "r.html")).code == 0
    assert (tmp_path / "altrove" / "r.html").read_bytes().startswith(b"<!DOCTYPE html>")


@pytest.mark.usefixtures("told")
def test_where_the_page_cannot_be_written_is_one_message(tmp_path: Path, mailer: Mailer) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    answer = mailer("report", "--out", str(tmp_path / "file" / "r.html"))
    assert answer.code == 1
    assert str(tmp_path / "file" / "r.html") in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.usefixtures("told")
def test_programs_get_the_figures(mailer: Mailer) -> None:
    answer = mailer("report", "--json")
    told: dict[str, Any] = json.loads(answer.out)
    assert told["funnel"] == {
        "selected": 6, "sent": 5, "accepted": 1, "delivered": 1,
        "bounced": 1, "recovered": 0, "answered": 1, "coming": 1,
    }  # fmt: skip
    assert {state: count for state, count in told["states"].items() if count} == {
        "sent": 3, "delivered": 1, "bounced": 1, "refused": 1,
    }  # fmt: skip
    assert told["causes"] == {"dead": 1, "refused": 1}
    assert told["answers"] == {"yes": 1, "no": 0, "maybe": 0, "people": 2, "waiting": 0}
    assert {one["comune"]: one["said"] for one in told["failed"]} == {
        "Forlì": f"550 {SCRIPT}",
        "Thiene": f"5.1.1 indirizzo {IMAGE} non valido",
    }
    veneto = next(area for area in told["regions"] if area["name"] == "Veneto")
    assert (veneto["selected"], veneto["delivered"], veneto["bounced"]) == (3, 1, 1)
    assert len(told["rounds"][0]["inputs"]["data/comuni.csv"]) == 64


def test_a_comune_of_the_band_that_nobody_wrote_to_is_named(told: Path, mailer: Mailer) -> None:
    change(told, "028060,Padova,,Padova,PD,Veneto,Nord-est,G224,206192",
           "028060,Padova,,Padova,PD,Veneto,Nord-est,G224,106192", "data/comuni.csv")  # fmt: skip
    left_out = json.loads(mailer("report", "--json").out)["left_out"]
    assert left_out == [{"comune": "Padova", "province": "PD", "codice_istat": "028060"}]
    assert mailer("report").code == 0
    assert "<li>Padova (PD)</li>" in (told / PAGE).read_text(encoding="utf-8")


@pytest.mark.usefixtures("told")
def test_the_figures_for_programs_are_those_of_the_status(mailer: Mailer) -> None:
    report = json.loads(mailer("report", "--json").out)
    status = json.loads(mailer("status", "--json").out)
    assert (report["states"], report["funnel"]["selected"]) == (status["states"], status["total"])


def test_the_page_is_one_file_that_names_no_other(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"(?:src|href|action|data)=\"(?!#)[^\"]*\"", text) == []
    assert re.findall(r"url\(|@import|https?://", text) == []
    assert "default-src &#39;none&#39;" in text


def test_the_funnel_is_drawn_on_the_screen() -> None:
    screen = Console(file=io.StringIO(), width=80)
    screen.print(funnels.picture(Funnel(selected=2391, sent=1196, delivered=1), "#"))
    assert isinstance(screen.file, io.StringIO)
    lines = screen.file.getvalue().splitlines()
    assert [line.count("#") for line in lines] == [30, 15, 0, 1, 0, 0, 0, 0]


@pytest.fixture
def at(page: Path, tmp_path: Path) -> Iterator[Browser]:
    """Open the report in a real browser."""
    if PROGRAM is None:
        pytest.skip("no Chromium is installed")
    with browser(tmp_path / "profilo") as opened:
        opened.show(page)
        yield opened


def test_it_opens_without_a_complaint_and_asks_for_nothing(at: Browser, page: Path) -> None:
    assert (at.trouble, at.asked) == ([], [page.as_uri()])


def test_what_strangers_wrote_is_text(at: Browser) -> None:
    assert at.evaluate("document.title").startswith("Rapporto sull’invio")
    assert at.evaluate("getComputedStyle(document.body).display") == "block"
    assert at.evaluate("document.querySelectorAll('img, iframe, object').length") == 0
    assert at.evaluate("[document.scripts.length, document.querySelectorAll('style').length]") == [
        1,
        1,
    ]
    shown = at.evaluate("document.body.textContent")
    for words in (SCRIPT, IMAGE, STYLE):
        assert words in shown


def test_were_there_markup_it_would_not_run(at: Browser, page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    hole = text.replace("</main>", f"{SCRIPT}{IMAGE}</main>")
    page.write_text(hole, encoding="utf-8")
    at.show(page)
    assert at.evaluate("document.images.length") == 1
    assert at.evaluate("document.title").startswith("Rapporto")
    refused = [one for one in at.trouble if "Content Security Policy" in one]
    assert len(refused) >= 2  # the script, and the picture or what it would have run


def test_the_map_has_a_sign_for_every_letter_of_the_ledger(at: Browser, told: Path) -> None:
    counted = at.evaluate(
        "[...document.querySelectorAll('.segni use')].reduce((sums, sign) => {"
        "  const state = sign.getAttribute('href').slice(3);"
        "  sums[state] = (sums[state] ?? 0) + Number(sign.dataset.n); return sums }, {})"
    )
    legend = at.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.legenda tbody tr')].map((row) =>"
        "  [row.dataset.stato, Number(row.cells[1].textContent)]))"
    )
    ledger = _ledger(told)
    with ledger.reading() as connection:
        counts = reports.overall_counts(connection)
    ledger.close()
    assert counted == legend == {str(state): n for state, n in counts.items() if n}


def test_signs_lie_in_their_regions(at: Browser) -> None:
    """The browser's own geometry says in which border each point is."""
    places = at.evaluate(
        "[...document.querySelectorAll('.segni use')].map((sign) => {"
        "  const at = sign.transform.baseVal[0].matrix, svg = document.getElementById('mappa');"
        "  const point = svg.createSVGPoint(); point.x = at.e; point.y = at.f;"
        "  return [...document.querySelectorAll('.regioni path')]"
        "    .filter((path) => path.isPointInFill(point)).length })"
    )
    assert places == [1] * 6


def test_the_search_finds_a_comune_and_says_where_its_letter_is(at: Browser) -> None:
    at.evaluate("document.getElementById('domanda').focus()")
    at.write("sant agata")
    assert at.evaluate("document.getElementById('esito').textContent") == "1 Comune"
    found = at.evaluate("document.getElementById('trovati').textContent")
    assert found == "Sant'Agata de' Goti (BN): inviata"
    assert at.evaluate("document.querySelector('.trovato').id") == "m-I197"


def test_the_search_says_when_nobody_is_called_so(at: Browser) -> None:
    at.evaluate("document.getElementById('domanda').focus()")
    at.write("atlantide")
    said = at.evaluate("document.getElementById('esito').textContent")
    assert said == "Nessun Comune si chiama così."
    assert at.evaluate("document.querySelectorAll('.trovato').length") == 0


def test_a_link_may_bring_the_search(at: Browser, page: Path) -> None:
    at.show(page, "#cerca=FORL%C3%8C")
    assert at.evaluate("document.querySelector('.trovato').id") == "m-D704"


def test_the_mouse_over_a_sign_reads_its_name(at: Browser) -> None:
    x, y = at.evaluate(
        "(() => { const sign = document.getElementById('m-A952'); sign.scrollIntoView();"
        "  const box = sign.getBoundingClientRect();"
        "  return [box.x + box.width / 2, box.y + box.height / 2] })()"
    )
    at.point(x, y)
    bubble = at.until("document.getElementById('fumetto').textContent")
    assert bubble == "Bolzano (BZ): inviata"


def test_the_keyboard_sorts_a_table(at: Browser) -> None:
    rows = (
        "[...document.querySelectorAll('section[aria-labelledby=regioni] tbody tr')]"
        ".map((row) => row.cells[0].textContent)"
    )
    assert at.evaluate(rows) == ["Campania", "Emilia-Romagna", "Trentino-Alto Adige", "Veneto"]
    head = "document.querySelectorAll('section[aria-labelledby=regioni] thead button')[1]"
    at.evaluate(f"{head}.focus()")
    at.press("Enter", "\r")
    assert at.evaluate(rows)[0] == "Veneto"
    assert at.evaluate(f"{head}.closest('th').getAttribute('aria-sort')") == "descending"
    at.press("Enter", "\r")
    assert at.evaluate(rows)[-1] == "Veneto"


def test_without_scripts_it_says_the_same(at: Browser, page: Path) -> None:
    at.without_scripts()
    at.show(page)
    assert at.evaluate("document.querySelectorAll('.segni use title').length") == 6
    assert at.evaluate("document.getElementById('cerca').hidden")
    assert at.trouble == []


def test_headings_landmarks_and_alternatives_are_there(at: Browser) -> None:
    levels = at.evaluate("[...document.querySelectorAll('h1,h2,h3')].map((h) => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for landmark in ("header", "nav", "main", "footer"):
        assert at.evaluate(f"document.querySelectorAll('body > {landmark}').length") == 1
    pictures = "svg[role=img]"
    named = at.evaluate(
        f"[...document.querySelectorAll('{pictures}')].map((svg) =>"
        "  svg.getAttribute('aria-labelledby').split(' ')"
        "    .map((id) => document.getElementById(id).textContent.trim().length > 10))"
    )
    assert named == [[True, True], [True, True]]
    loose = "svg:not([role=img]):not([aria-hidden=true])"
    assert at.evaluate(f"document.querySelectorAll('{loose}').length") == 0
    unnamed = at.evaluate(
        "[...document.querySelectorAll('th:not([scope])')].map((cell) => cell.outerHTML)"
    )
    assert unnamed == []
    doubled = "[...document.querySelectorAll('[id]')].map((one) => one.id)"
    ids = at.evaluate(doubled)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_signs_stand_out(at: Browser, page: Path, scheme: str) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11: 4.5:1 for words, 3:1 for what is drawn."""
    at.prefer(scheme)
    at.show(page)
    ratio = _ratios(at)
    words = {"inchiostro", "tenue", "accento", "collegamento"}
    grounds = {"foglio", "tinta"}
    assert {w: ratio(w, g) >= 4.5 for w in words for g in grounds} == dict.fromkeys(words, True)
    states = [str(state) for state in State]
    assert [state for state in states if ratio(state, "foglio") < 3.0] == []
    assert [state for state in states if ratio(state, "terra") < 3.0] == []


def test_pictures_of_it_are_taken(at: Browser, page: Path, tmp_path: Path) -> None:
    light = at.picture()
    at.prefer("dark")
    at.show(page)
    dark = at.picture()
    (tmp_path / "chiaro.png").write_bytes(light)
    (tmp_path / "scuro.png").write_bytes(dark)
    assert light.startswith(b"\x89PNG")
    assert light != dark


def test_it_prints_on_a4(at: Browser, tmp_path: Path) -> None:
    (tmp_path / "r.pdf").write_bytes(at.printed())
    with pikepdf.open(tmp_path / "r.pdf") as printed:
        sizes = {tuple(round(float(n)) for n in one.mediabox[2:]) for one in printed.pages}
        assert sizes == {(595, 842)}
        assert 3 <= len(printed.pages) <= 8


def _ratios(at: Browser) -> Callable[[str, str], float]:
    """Return a function that tells the contrast of two of the page's colours."""

    def light(name: str) -> float:
        value = at.evaluate(
            f"getComputedStyle(document.documentElement).getPropertyValue('--{name}').trim()"
        )
        parts = [int(value[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def ratio(one: str, other: str) -> float:
        lighter, darker = sorted((light(one), light(other)), reverse=True)
        return (lighter + 0.05) / (darker + 0.05)

    return ratio
