"""Addresses that look wrong, though they could exist."""

import pytest

from coalizione_mailer.errors import Code, Severity
from coalizione_mailer.examination.addresses import addresses
from coalizione_mailer.examination.domains import meant
from coalizione_mailer.model import Address, Channel, Comune, Recipient
from coalizione_mailer.registry.mailboxes import other_office

# The names of real providers are what is looked for; nothing is sent to them or looked up.
THIENE = Comune("024105", "L157", "Thiene", "", "Vicenza", "VI", "Veneto", "Nord-est")


@pytest.mark.parametrize(
    ("domain", "right", "certain"),
    [
        ("gmial.com", "gmail.com", True),
        ("legalmial.it", "legalmail.it", True),
        ("pec.iit", "pec.it", True),
        ("comune.thiene.vi.itt", "comune.thiene.vi.it", True),
        ("hotmail.con", "hotmail.com", True),
        ("arubapecc.it", "arubapec.it", False),
        ("legalmali.it", "legalmail.it", False),
    ],
)
def test_a_mistyped_domain_is_recognised(domain: str, right: str, certain: bool) -> None:  # noqa: FBT001  a column
    assert meant(domain) == (right, certain)


@pytest.mark.parametrize(
    "domain",
    ["gmail.com", "pec.it", "legalmail.it", "cert.legalmail.it", "pec.comune.thiene.vi.it",
     "comune.ti.it", "cert.ruparpiemonte.it", "per.it"],
)  # fmt: skip
def test_a_right_domain_is_left_alone(domain: str) -> None:
    assert meant(domain) is None


@pytest.mark.parametrize(
    ("local", "office"),
    [
        ("elettorale", "elettorale"),
        ("ufficio.anagrafe", "anagrafe"),
        ("ufficiotributi", "tributi"),
        ("polizia.locale", "polizia"),
        ("Sindaco", "sindaco"),
        ("protocollo", None),
        ("protocollo.tributi", None),
        ("comune.gareggiate", None),
        ("comune", None),
        ("posta", None),
        ("pec", None),
        ("garessio", None),
    ],
)
def test_an_office_that_is_not_the_protocol_is_recognised(local: str, office: str | None) -> None:
    assert other_office(local) == office


@pytest.mark.parametrize(
    ("address", "channel", "code", "severity"),
    [
        ("protocollo@gmial.com", Channel.EMAIL, Code.ADDRESS_MISTYPED, Severity.ERROR),
        ("protocollo@legalmali.it", Channel.PEC, Code.ADDRESS_MISTYPED, Severity.WARNING),
        ("comune@libero.it", Channel.PEC, Code.ADDRESS_ORDINARY, Severity.WARNING),
        ("comune@LIBERO.it", Channel.EMAIL, Code.ADDRESS_CONSUMER, Severity.INFO),
        ("anagrafe@pec.thiene.example", Channel.PEC, Code.ADDRESS_OFFICE, Severity.WARNING),
    ],
)
def test_each_doubt_names_the_comune(
    address: str, channel: Channel, code: Code, severity: Severity
) -> None:
    (problem,) = addresses([Recipient(THIENE, Address(channel, address))], "book.csv")
    assert (problem.code, problem.severity, problem.comune) == (code, severity, "024105")
    assert (problem.file, problem.found) == ("book.csv", address)


def test_ordinary_mail_is_right_where_ordinary_mail_is_meant() -> None:
    own = Recipient(THIENE, Address(Channel.EMAIL, "info@comune.thiene.vi.example"))
    assert addresses([own], "book.csv") == []
