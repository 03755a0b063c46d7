"""What the sender's domain says of its mail; the resolver is handed in."""

from collections.abc import Sequence

import dns.resolver
import pytest
from dns.exception import Timeout

from coalizione_mailer.errors import Code, Severity
from coalizione_mailer.examination import sender_policy, txt_records

SENDER = "segreteria@posta.ente.example"
SPF = "v=spf1 include:_spf.ente.example -all"
DMARC = "v=DMARC1; p=quarantine"


def found(records: dict[str, Sequence[str]]) -> list[tuple[Code, Severity]]:
    problems = sender_policy(SENDER, lambda name: records.get(name, ()))
    assert all(problem.found == "posta.ente.example" for problem in problems)
    return [(problem.code, problem.severity) for problem in problems]


@pytest.mark.parametrize("place", ["posta.ente.example", "ente.example"])
def test_a_domain_with_both_records_is_well(place: str) -> None:
    assert found({"posta.ente.example": [SPF, "other=1"], f"_dmarc.{place}": [DMARC]}) == []


@pytest.mark.parametrize(
    ("texts", "code", "severity"),
    [
        ([], Code.SPF_MISSING, Severity.WARNING),
        (["v=spf10 -all"], Code.SPF_MISSING, Severity.WARNING),
        ([SPF, SPF], Code.SPF_WRONG, Severity.WARNING),
        (["v=spf1 -all"], Code.SPF_NO_MAIL, Severity.ERROR),
    ],
)
def test_what_is_wrong_with_spf_is_named(texts: list[str], code: Code, severity: Severity) -> None:
    assert found({"posta.ente.example": texts, "_dmarc.ente.example": [DMARC]}) == [
        (code, severity)
    ]


def test_a_domain_without_dmarc_is_named() -> None:
    assert found({"posta.ente.example": [SPF], "_dmarc.example": [DMARC]}) == [
        (Code.DMARC_MISSING, Severity.WARNING)
    ]


def test_a_silent_dns_is_said_and_stands_in_nobodys_way() -> None:
    def silent(_name: str) -> Sequence[str]:
        raise OSError

    (problem,) = sender_policy(SENDER, silent)
    assert (problem.code, problem.severity) == (Code.DNS_SILENT, Severity.INFO)


@pytest.mark.parametrize("error", [dns.resolver.NXDOMAIN, dns.resolver.NoAnswer])
def test_a_name_without_records_has_none(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def resolve(*_arguments: object, **_more: object) -> None:
        raise error.__new__(error)

    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    assert txt_records("ente.example") == []


def test_nobody_answering_is_an_error_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_arguments: object, **_more: object) -> None:
        raise Timeout

    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    with pytest.raises(OSError, match=r"ente\.example"):
        txt_records("ente.example")
