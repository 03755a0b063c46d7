"""What can be known before the first letter leaves."""

from datetime import datetime
from pathlib import Path

import pytest

from coalizione_mailer.campaign import load
from coalizione_mailer.errors import Code, Severity
from coalizione_mailer.examination import Examination, examine
from coalizione_mailer.hours import ROME
from coalizione_mailer.shipped import copy_to

BEFORE_THE_EVENT = datetime(2017, 9, 20, 10, tzinfo=ROME)
AFTER_THE_EVENT = datetime(2017, 10, 12, 10, tzinfo=ROME)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "campaign"
    copy_to(root)
    change(root, "regions = []", 'regions = ["Molise"]')
    return root


def change(root: Path, old: str, new: str) -> None:
    path = root / "campaign.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def found(root: Path, now: datetime = BEFORE_THE_EVENT) -> Examination:
    return examine(load(root), now=now)


def codes(root: Path, now: datetime = BEFORE_THE_EVENT) -> dict[Code, Severity]:
    return {p.code: p.severity for p in found(root, now).problems}


def to_a_real_server(root: Path, *more: str) -> None:
    change(root, 'host = "127.0.0.1"', "\n".join(['host = "smtp.ente.example"', *more]))
    change(root, 'security = "none"', 'security = "tls"')


def test_the_shipped_campaign_has_nothing_in_its_way_before_the_event(folder: Path) -> None:
    seen = found(folder)
    assert seen.problems[0].code is Code.ADDRESS_RESERVED
    assert seen.clear
    assert seen.plan is not None
    assert len(seen.plan.recipients) == 11
    assert seen.message_bytes > 50_000
    assert seen.seconds == 10.0


def test_an_event_that_is_over_is_only_a_warning_while_trying_on_this_machine(folder: Path) -> None:
    assert codes(folder, AFTER_THE_EVENT)[Code.EVENT_PAST] is Severity.WARNING


def test_an_event_that_is_over_stands_in_the_way_of_a_real_server(folder: Path) -> None:
    to_a_real_server(folder)
    seen = codes(folder, AFTER_THE_EVENT)
    assert seen[Code.EVENT_PAST] is Severity.ERROR
    assert seen[Code.ADDRESS_RESERVED] is Severity.ERROR


def test_an_event_on_its_own_day_is_not_over(folder: Path) -> None:
    assert Code.EVENT_PAST not in codes(folder, datetime(2017, 10, 11, 8, tzinfo=ROME))


def test_an_event_before_its_letter_cannot_be_meant(folder: Path) -> None:
    change(folder, "date = 2017-10-11", "date = 2017-09-01")
    assert codes(folder)[Code.EVENT_BEFORE_LETTER] is Severity.ERROR


def test_a_wrong_template_is_found_without_rendering_a_letter(folder: Path) -> None:
    path = folder / "templates" / "invito" / "email.txt"
    path.write_text("{{ comune.denominazone }}", encoding="utf-8")
    assert codes(folder)[Code.TEMPLATE_FIELD] is Severity.ERROR


def test_a_message_above_what_pec_carries_is_found(folder: Path) -> None:
    (folder / "attachments" / "programma.pdf").write_bytes(b"%PDF" + bytes(25_000_000))
    assert codes(folder)[Code.MESSAGE_TOO_LARGE] is Severity.ERROR


def test_errors_come_before_warnings(folder: Path) -> None:
    change(folder, "date = 2017-10-11", "date = 2017-09-01")
    problems = found(folder).problems
    severities = [problem.severity for problem in problems]
    assert severities == sorted(severities, key=list(Severity).index)
    assert severities[0] is Severity.ERROR


def test_aruba_takes_more_than_pec_promises_and_that_is_a_warning(folder: Path) -> None:
    change(folder, 'host = "127.0.0.1"', 'host = "127.0.0.1"\nprovider = "aruba"')
    (folder / "attachments" / "programma.pdf").write_bytes(b"%PDF" + bytes(25_000_000))
    assert codes(folder)[Code.MESSAGE_TOO_LARGE] is Severity.WARNING


def test_a_real_server_without_limits_of_pace_is_a_warning(folder: Path) -> None:
    change(folder, 'limits = ["60/minute", "2000/day"]', "limits = []")
    assert Code.LIMITS_MISSING not in codes(folder)
    to_a_real_server(folder)
    assert codes(folder)[Code.LIMITS_MISSING] is Severity.WARNING


def test_a_mistyped_address_for_the_answers_stands_in_the_way(folder: Path) -> None:
    # A slip of the pen is known by the real provider's name; nothing is sent.
    change(folder, 'reply_to = "segreteria.coalizione@cittalia.com"', 'reply_to = "io@gmial.com"')
    (problem,) = [p for p in found(folder).problems if p.code is Code.ADDRESS_MISTYPED]
    assert (problem.severity, problem.key, problem.expected) == (
        Severity.ERROR,
        "sender.reply_to",
        ("io@gmail.com",),
    )


def test_a_contract_that_forbids_programs_is_said(folder: Path) -> None:
    assert Code.PROVIDER_TERMS not in codes(folder)
    change(folder, 'host = "127.0.0.1"', 'host = "127.0.0.1"\nprovider = "legalmail"')
    assert codes(folder)[Code.PROVIDER_TERMS] is Severity.WARNING


@pytest.mark.parametrize(
    ("day", "named"),
    [("2017-11-01", "Ognissanti"), ("2018-04-02", "Lunedì dell'Angelo"), ("2017-10-15", "domenica"),
     ("2017-10-14", "sabato")],
)  # fmt: skip
def test_a_day_when_offices_are_closed_is_named(folder: Path, day: str, named: str) -> None:
    change(folder, "date = 2017-10-11", f"date = {day}")
    (problem,) = [p for p in found(folder).problems if p.code is Code.EVENT_HOLIDAY]
    assert (problem.severity, problem.found, problem.expected) == (
        Severity.WARNING,
        day,
        (named,),
    )


def test_a_letter_dated_ahead_is_told(folder: Path) -> None:
    early = datetime(2017, 9, 17, 23, tzinfo=ROME)
    assert codes(folder, early)[Code.LETTER_AHEAD] is Severity.WARNING


@pytest.mark.parametrize(
    ("title", "wrong"),
    [
        ("Workshop di mercoledì", ()),
        ("Workshop di Mercoledi 11 ottobre", ()),
        ("Workshop di giovedì", (("giovedì", "mercoledì"),)),
        ("Workshop di mercoledì 12 ottobre", (("mercoledì 12 ottobre", "giovedì"),)),
        ("Workshop di mercoledì 11 ottobre 2018", (("mercoledì 11 ottobre 2018", "giovedì"),)),
        ("Workshop del lunedì 30 febbraio", (("lunedì 30 febbraio", "2017"),)),
        ("Workshop sulle domeniche", ()),
    ],
)
def test_a_day_of_the_week_is_held_against_the_calendar(
    folder: Path, title: str, wrong: tuple[tuple[str, str], ...]
) -> None:
    change(folder, 'Workshop di apertura del Programma CO-ALIZIONE"\ndate', f'{title}"\ndate')
    named = [p for p in found(folder).problems if p.code is Code.WEEKDAY_WRONG]
    assert tuple((p.found, p.expected[0]) for p in named if p.key == "event.title") == wrong


def test_a_letter_that_names_another_day_of_the_week_is_told(folder: Path) -> None:
    path = folder / "templates" / "invito" / "email.txt"
    path.write_text("Vi aspettiamo martedì\n11 ottobre.", encoding="utf-8")
    assert codes(folder)[Code.WEEKDAY_WRONG] is Severity.ERROR


def test_pv_for_a_day_more_than_a_year_away_is_told(folder: Path) -> None:
    path = folder / "templates" / "invito" / "email.txt"
    path.write_text("Il {{ event.date | giorno }} p.v.", encoding="utf-8")
    assert Code.PV_WRONG not in codes(folder)
    change(folder, "date = 2017-10-11", "date = 2018-10-11")
    assert codes(folder)[Code.PV_WRONG] is Severity.ERROR


def test_a_pace_that_ends_after_the_event_is_told(folder: Path) -> None:
    change(folder, '"60/minute", "2000/day"', '"1/day"')
    late = datetime(2017, 10, 9, 10, tzinfo=ROME)
    assert Code.SENDING_LATE not in codes(folder)
    assert codes(folder, late)[Code.SENDING_LATE] is Severity.WARNING
    to_a_real_server(folder)
    assert codes(folder, late)[Code.SENDING_LATE] is Severity.WARNING


def test_the_finishing_hour_knows_the_working_hours(folder: Path) -> None:
    change(folder, 'profile = "pec"', 'profile = "pec"\nhours = "09:00-10:00"')
    assert found(folder).seconds == 23 * 3600 + 10.0


def test_without_a_plan_templates_and_attachments_are_still_looked_at(folder: Path) -> None:
    change(folder, "include = []", 'include = ["Nessundove"]')
    (folder / "attachments" / "programma.pdf").unlink()
    (folder / "templates" / "invito" / "email.txt").write_text("{{ boh }}", encoding="utf-8")
    assert {Code.COMUNE_UNKNOWN, Code.FILE_MISSING, Code.TEMPLATE_FIELD} <= set(codes(folder))
