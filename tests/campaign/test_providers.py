"""The presets of PEC providers: what need not be written, and what wins."""

from pathlib import Path

import pytest

from coalizione_mailer.campaign.configuration import Configuration, Security
from coalizione_mailer.campaign.providers import NOT_PUBLISHED, PRESETS, Provider
from coalizione_mailer.campaign.reader import parse
from coalizione_mailer.errors import Code, ProblemsError

ROOT = Path(__file__).parents[2]
GOOD = (ROOT / "campaign.toml").read_text(encoding="utf-8")
BEFORE, _, _ = GOOD.partition("[smtp]")


def with_smtp(*lines: str) -> Configuration:
    return parse("\n".join([BEFORE, "[smtp]", *lines]))


@pytest.mark.parametrize("provider", Provider)
def test_a_provider_fills_in_its_server(provider: Provider) -> None:
    smtp = with_smtp(f'provider = "{provider}"').smtp
    preset = PRESETS[provider]
    assert smtp.preset == preset
    assert (smtp.host, smtp.port, smtp.security) == (preset.host, 465, Security.TLS)
    assert tuple(str(limit) for limit in smtp.limits) == preset.limits


@pytest.mark.parametrize("provider", Provider)
def test_the_page_on_the_campaign_file_has_the_same_figures(provider: Provider) -> None:
    preset = PRESETS[provider]
    page = (ROOT / "docs" / "campaign-file.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith(f"| {preset.name} | ")]
    _, name, key, server, limits, largest, _ = (cell.strip() for cell in row.split("|"))
    assert (name, key) == (preset.name, f"`{provider}`")
    assert server.startswith(f"`{preset.host}:{preset.port}`, {preset.security.upper()}")
    assert limits.startswith(
        ", ".join(text.replace("/", " a ") for text in preset.limits) or NOT_PUBLISHED
    )
    assert largest.startswith(
        f"{preset.largest // 1_000_000} MB" if preset.largest else NOT_PUBLISHED
    )


def test_what_is_written_wins() -> None:
    smtp = with_smtp('provider = "legalmail"', "port = 587", 'limits = ["2/minute"]').smtp
    assert (smtp.host, smtp.port) == ("sendm.cert.legalmail.it", 587)
    assert [str(limit) for limit in smtp.limits] == ["2/minute"]


def test_a_whole_letter_is_answered_within_ten_minutes_unless_the_file_says_otherwise() -> None:
    assert with_smtp('provider = "legalmail"').smtp.dot_timeout == 600
    assert with_smtp('provider = "legalmail"', "timeout = 5").smtp.dot_timeout == 5


def test_legalmail_takes_six_a_minute_and_asks_for_an_agreement() -> None:
    preset = PRESETS[Provider.LEGALMAIL]
    assert (preset.limits, preset.by_agreement) == (("6/minute",), True)


def test_without_a_provider_the_server_is_required() -> None:
    with pytest.raises(ProblemsError) as caught:
        with_smtp('profile = "pec"')
    assert [problem.key for problem in caught.value.problems] == [
        "smtp.host",
        "smtp.port",
        "smtp.security",
    ]


@pytest.mark.parametrize("value", ['"arruba"', "3", "[]"])
def test_an_unknown_provider_is_told_with_those_there_are(value: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        with_smtp(f"provider = {value}", 'host = "x.example"', "port = 465", 'security = "tls"')
    (problem,) = caught.value.problems
    assert (problem.code, problem.key) == (Code.VALUE_NOT_ALLOWED, "smtp.provider")
    assert problem.expected == tuple(Provider)


@pytest.mark.parametrize(
    ("line", "key"),
    [('hours = "9-18"', "smtp.hours"), ("hours = 9", "smtp.hours"),
     ('days = ["lun"]', "smtp.days[0]")],
)  # fmt: skip
def test_hours_that_are_none_are_told(line: str, key: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        with_smtp('provider = "aruba"', line)
    (problem,) = caught.value.problems
    assert problem.key == key
