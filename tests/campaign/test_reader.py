"""Every mistake in campaign.toml is told once, with its key, its line and what would be right."""

from pathlib import Path

import pytest

from coalizione_mailer.campaign import load
from coalizione_mailer.campaign.reader import parse
from coalizione_mailer.errors import Code, Problem, ProblemsError

ROOT = Path(__file__).parents[2]

GOOD = """\
[campaign]
name = "prova"
subject = "Invito"

[event]
title = "Workshop"
date = 2017-10-11
time = "10:30"
place = "Vicenza"

[protocol]
number = 166
suffix = "W/LP"
date = 2017-09-18
place = "Roma"

[sender]
name = "ANCI"
address = "segreteria@ente.example"
reply_to = "segreteria@ente.example"
signatory = { name = "Anna Rossi", role = "Il Segretario" }

[recipients]
population = "popolazione_legale_2011"
min = 5000
max = 150000
addresses = "data/rubrica.csv"
channel = "pec"

[letter]
template = "templates/invito"

[[attachments]]
path = "attachments/programma.pdf"

[smtp]
host = "127.0.0.1"
port = 1025
security = "none"
"""

MISTAKES = [
    # a typo in a key, said once and not also as a missing key
    ("subject =", "subjet =", Code.KEY_UNKNOWN, 3, "campaign.subjet", None, "campaign.subject"),
    ("[smtp]", "[smpt]", Code.KEY_UNKNOWN, 36, "smpt", None, "smtp"),
    ("role =", "rolle =", Code.KEY_UNKNOWN, 21, "sender.signatory.rolle", None,
     "sender.signatory.role"),
    ('path = "attachments/', 'paht = "attachments/', Code.KEY_UNKNOWN, 34, "attachments[0].paht",
     None, "attachments[0].path"),
    # a key of another program: all that exist are named
    ("port = 1025", "port = 1025\nstarttls = 1", Code.KEY_UNKNOWN, 39, "smtp.starttls", None,
     "smtp.host"),
    # what is missing stands where it should have been
    ("number = 166\n", "", Code.KEY_MISSING, 11, "protocol.number", None, "166"),
    (', role = "Il Segretario"', "", Code.KEY_MISSING, 21, "sender.signatory.role", None,
     '"Invito al workshop"'),
    ("[letter]\ntemplate", "[event.letter]\ntemplate", Code.KEY_MISSING, None, "letter", None,
     "[letter]"),
    # values of another type: nothing is converted
    ("port = 1025", 'port = "1025"', Code.VALUE_WRONG, 38, "smtp.port", '"1025"', "465"),
    ("number = 166", "number = 166.0", Code.VALUE_WRONG, 12, "protocol.number", "166.0", "166"),
    ("number = 166", "number = true", Code.VALUE_WRONG, 12, "protocol.number", "true", "166"),
    ("number = 166", "number = 0", Code.VALUE_WRONG, 12, "protocol.number", "0", "166"),
    ("min = 5000", "min = -1", Code.VALUE_WRONG, 25, "recipients.min", "-1", "5000"),
    ("port = 1025", "port = 70000", Code.VALUE_WRONG, 38, "smtp.port", "70000", "465"),
    ("port = 1025", 'port = 1025\nlimits = "60/minute"', Code.VALUE_WRONG, 39, "smtp.limits",
     '"60/minute"', '["60/minute", "2000/day"]'),
    ("max = 150000", 'max = 150000\nregions = "Veneto"', Code.VALUE_WRONG, 27,
     "recipients.regions", '"Veneto"', '["Veneto", "VI"]'),
    ('signatory = { name = "Anna Rossi", role = "Il Segretario" }', 'signatory = "Anna Rossi"',
     Code.VALUE_WRONG, 21, "sender.signatory", '"Anna Rossi"',
     '{ name = "Anna Rossi", role = "…" }'),
    ("[[attachments]]", "[attachments]", Code.VALUE_WRONG, 33, "attachments",
     '{ path = "attachments/programma.pdf" }', "[[attachments]]"),
    # dates and times
    ("date = 2017-10-11", 'date = "11/10/2017"', Code.VALUE_WRONG, 7, "event.date",
     '"11/10/2017"', "2017-09-18"),
    ("date = 2017-10-11", "date = 2017-10-11T10:30:00", Code.VALUE_WRONG, 7, "event.date",
     "2017-10-11 10:30:00", "2017-09-18"),
    ('time = "10:30"', 'time = "10.30"', Code.VALUE_WRONG, 8, "event.time", '"10.30"', '"10:30"'),
    ('time = "10:30"', 'time = "24:00"', Code.VALUE_WRONG, 8, "event.time", '"24:00"', '"10:30"'),
    ('time = "10:30"', "time = 10:30:00", Code.VALUE_WRONG, 8, "event.time", "10:30:00",
     '"10:30"'),
    # values from a list
    ('channel = "pec"', 'channel = "PEC"', Code.VALUE_NOT_ALLOWED, 28, "recipients.channel",
     '"PEC"', "pec"),
    ('security = "none"', 'security = "ssl"', Code.VALUE_NOT_ALLOWED, 39, "smtp.security",
     '"ssl"', "tls"),
    # nothing may bring a new line into a header
    ('subject = "Invito"', 'subject = "Invito\\r\\nBcc: a@b.example"', Code.VALUE_WRONG, 3,
     "campaign.subject", '"Invito\\r\\nBcc: a@b.example"', '"Invito al workshop"'),
    ('suffix = "W/LP"', 'suffix = "W\\u0007"', Code.VALUE_WRONG, 13, "protocol.suffix",
     '"W\\u0007"', '"W/LP"'),
    ('subject = "Invito"', 'subject = " "', Code.VALUE_WRONG, 3, "campaign.subject", '" "',
     '"Invito al workshop"'),
    ('name = "prova"', 'name = "la prova"', Code.VALUE_WRONG, 2, "campaign.name", '"la prova"',
     '"coalizione-2017"'),
    ('address = "segreteria@ente.example"', 'address = "Segreteria <s@ente.example>"',
     Code.VALUE_WRONG, 19, "sender.address", '"Segreteria <s@ente.example>"',
     '"segreteria@ente.example"'),
    ('host = "127.0.0.1"', 'host = "smtp.ente.example:587"', Code.VALUE_WRONG, 37, "smtp.host",
     '"smtp.ente.example:587"', '"smtp.ente.example"'),
    # limits
    ("port = 1025", 'port = 1025\nlimits = ["60/min"]', Code.VALUE_WRONG, 39, "smtp.limits[0]",
     '"60/min"', '["60/minute", "2000/day"]'),
    ("port = 1025", 'port = 1025\nlimits = ["60/minute", 2000]', Code.VALUE_WRONG, 39,
     "smtp.limits[1]", "2000", '["60/minute", "2000/day"]'),
    ("port = 1025", 'port = 1025\nlimits = ["0/day"]', Code.VALUE_WRONG, 39, "smtp.limits[0]",
     '"0/day"', '["60/minute", "2000/day"]'),
    # values that are right alone and wrong together
    ("min = 5000", "min = 200000", Code.BAND_EMPTY, 25, "recipients.min", "200000", "150000"),
    ('host = "127.0.0.1"', 'host = "smtp.ente.example"', Code.PLAINTEXT_REMOTE, 39,
     "smtp.security", "smtp.ente.example", "tls"),
    # what is no TOML at all
    ('name = "prova"', 'name = "prova', Code.TOML_SYNTAX, 2, None, 'name = "prova', None),
    ("number = 166", "number = 166 W/LP", Code.TOML_SYNTAX, 12, None, "number = 166 W/LP", None),
    ("date = 2017-10-11", "date = 11/10/2017", Code.TOML_SYNTAX, 7, None, "date = 11/10/2017",
     None),
    ("date = 2017-10-11", "date = 2017-13-11", Code.TOML_SYNTAX, 7, None, "date = 2017-13-11",
     None),
    ("max = 150000", "max = 150.000\nmax = 150000", Code.TOML_SYNTAX, 27, None, "max = 150000",
     None),
    ("[letter]", "[campaign]", Code.TOML_SYNTAX, 30, None, "[campaign]", None),
    ("[letter]", "[letter", Code.TOML_SYNTAX, 30, None, "[letter", None),
]  # fmt: skip


def problems_of(text: str) -> list[Problem]:
    with pytest.raises(ProblemsError) as caught:
        parse(text)
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("right", "wrong", "code", "line", "key", "found", "expected"),
    MISTAKES,
    ids=[f"{m[2]}-{number}" for number, m in enumerate(MISTAKES)],
)
def test_a_mistake_is_told_once_with_its_place(  # noqa: PLR0917  a row of the table
    right: str,
    wrong: str,
    code: Code,
    line: int | None,
    key: str | None,
    found: str | None,
    expected: str | None,
) -> None:
    assert right in GOOD
    (problem,) = problems_of(GOOD.replace(right, wrong, 1))
    assert (problem.code, problem.file, problem.line, problem.key, problem.found) == (
        code,
        "campaign.toml",
        line,
        key,
        found,
    )
    assert next(iter(problem.expected), None) == expected


def test_all_mistakes_are_told_at_once() -> None:
    text = GOOD.replace("number = 166", "number = 0").replace("port = 1025", 'port = "x"')
    text = text.replace('channel = "pec"', 'channel = "fax"')
    assert [(p.line, p.key) for p in problems_of(text)] == [
        (12, "protocol.number"),
        (28, "recipients.channel"),
        (38, "smtp.port"),
    ]


def test_an_empty_file_lacks_every_section_that_has_no_default() -> None:
    assert [(p.code, p.key) for p in problems_of("")] == [
        (Code.KEY_MISSING, section)
        for section in ("campaign", "event", "protocol", "sender", "recipients", "letter", "smtp")
    ]


def test_an_unprotected_connection_stays_on_this_machine() -> None:
    for host in ("127.0.0.1", "localhost", "::1", "127.9.9.9"):
        parse(GOOD.replace("127.0.0.1", host))
    parse(GOOD.replace("127.0.0.1", "smtp.ente.example").replace('"none"', '"starttls"'))


def test_what_is_left_out_has_its_default() -> None:
    configuration = parse(GOOD)
    assert configuration.letter.form == "individual"
    assert configuration.letter.pdf_variant == "pdf/a-2a"
    assert configuration.smtp.profile == "pec"
    assert configuration.ledger.url == "sqlite:///archive/ledger.sqlite"
    assert configuration.recipients.comuni == Path("data/comuni.csv")
    assert configuration.mailbox.host is None


def test_further_keys_of_the_event_are_kept_for_the_templates() -> None:
    configuration = parse(GOOD.replace("[protocol]", 'relatrice = "Anna"\n\n[protocol]'))
    assert configuration.event.model_dump()["relatrice"] == "Anna"


def test_the_protocol_confirms_by_number_and_year_and_prints_with_its_suffix() -> None:
    protocol = parse(GOOD).protocol
    assert (protocol.confirmation, protocol.label) == ("166/2017", "166 W/LP")
    bare = parse(GOOD.replace('suffix = "W/LP"\n', "")).protocol
    assert bare.label == "166"


def test_the_shipped_campaign_is_right() -> None:
    campaign = load(ROOT)
    assert campaign.configuration.protocol.confirmation == "166/2017"
    assert campaign.path(Path("data/comuni.csv")) == ROOT / "data" / "comuni.csv"


def test_a_file_may_begin_with_the_mark_of_windows(tmp_path: Path) -> None:
    (tmp_path / "campaign.toml").write_text(GOOD, encoding="utf-8-sig")
    assert load(tmp_path).configuration.campaign.name == "prova"


def test_a_folder_without_a_campaign_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        load(tmp_path / "nowhere")
    (problem,) = caught.value.problems
    assert problem.code is Code.CAMPAIGN_MISSING
    assert problem.file == str(tmp_path / "nowhere" / "campaign.toml")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00", "perché".encode("cp1252"), None])
def test_a_file_that_is_no_text_is_told_as_such(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "campaign.toml"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(ProblemsError) as caught:
        load(tmp_path)
    assert [(p.code, p.file) for p in caught.value.problems] == [(Code.FILE_UNREADABLE, str(path))]


def test_values_are_shown_as_they_are_written() -> None:
    text = GOOD.replace('channel = "pec"', 'channel = ["pec", { a = true }]')
    (problem,) = problems_of(text)
    assert problem.found == '["pec", { a = true }]'
