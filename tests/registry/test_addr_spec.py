"""What passes as a mail address."""

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.registry.addr_spec import addr_spec, is_reserved


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("protocollo@pec.comune.vicenza.example", "protocollo@pec.comune.vicenza.example"),
        ("Protocollo@PEC.Comune.Vicenza.EXAMPLE", "Protocollo@pec.comune.vicenza.example"),
        ("comune.l-aquila+atti@a-b.example", "comune.l-aquila+atti@a-b.example"),
        ("mailto:a@b.example", "a@b.example"),
        ("sindaco@comune.forlì.example", "sindaco@comune.xn--forl-tpa.example"),
        ("info@comune.XN--FORL-TPA.example", "info@comune.xn--forl-tpa.example"),
        ("eventi+invito@comune.example", "eventi+invito@comune.example"),
        ("o'brien@b.example", "o'brien@b.example"),
        ("a@b.test", "a@b.test"),
        ("a" * 64 + "@b.example", "a" * 64 + "@b.example"),
    ],
)
def test_a_plain_address_passes_with_its_domain_in_one_form(written: str, expected: str) -> None:
    assert addr_spec(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "@",
        "a@",
        "@b.example",
        "a@b",
        "a@b.1",
        "a@b..example",
        "a@.b.example",
        "a@-b.example",
        "a@b-.example",
        "a.@b.example",
        ".a@b.example",
        "a..b@c.example",
        "a b@c.example",
        "a@b.example, c@d.example",
        "a@b.example;c@d.example",
        "Comune <a@b.example>",
        '"a b"@c.example',
        "a@[127.0.0.1]",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\n",
        "a\x00@b.example",
        "sindacò@b.example",
        "a@straße.example",
        "a@comune .example",
        "a@" + "x" * 64 + ".example",
        "a@" + "x." * 130 + "example",
        "a" * 65 + "@b.example",
        "a@\u3002.example",
        "a@b\uff0eexample",
        "a@xn--.example",
        "a@xn--a.example",
        "user%host@b.example",
        "host!user@b.example",
    ],
)
def test_anything_else_does_not(written: str) -> None:
    assert addr_spec(written) is None


@given(st.text() | st.builds("{}@{}.example".format, st.text(), st.text()))
def test_what_passes_is_ascii_on_one_line_with_one_at(text: str) -> None:
    found = addr_spec(text)
    if found is not None:
        assert found.isascii()
        assert found.isprintable()
        assert found.count("@") == 1
        assert not set(found) & set(' ,;:<>"()[]\\')


@given(st.emails(domains=st.just("comune.example")))
def test_what_passes_passes_again_unchanged(text: str) -> None:
    found = addr_spec(text)
    if found is not None:
        assert addr_spec(found) == found


LABELS = st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True)
PARTS = st.lists(LABELS, min_size=2, max_size=5).map(".".join)
LOCALS = st.from_regex(r"[A-Za-z0-9._+-]{1,70}", fullmatch=True)


@given(st.builds("{}@{}".format, LOCALS, PARTS))
def test_what_passes_passes_the_library_too(text: str) -> None:
    found = addr_spec(text)
    if found is not None:
        seen = validate_email(
            text, allow_smtputf8=False, check_deliverability=False, globally_deliverable=False,
            strict=True,
        )  # fmt: skip
        assert seen.ascii_email == found


@pytest.mark.parametrize(
    ("address", "reserved"),
    [
        ("a@b.example", True),
        ("a@example", True),
        ("a@EXAMPLE.com", True),
        ("a@sub.example.org.", True),
        # Not reserved, though they look like it; nothing is sent.
        ("a@counterexample.com", False),
        ("a@example.it", False),
    ],
)
def test_domains_that_reach_nobody_are_known(address: str, reserved: bool) -> None:  # noqa: FBT001  a column
    assert is_reserved(address) is reserved
