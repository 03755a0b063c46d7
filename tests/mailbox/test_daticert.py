"""Certification data is read whole or in part, and never by way of a DTD."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalizione_mailer.mailbox.daticert import MOST_BYTES, Daticert, parse
from tests.support.pec_provider import IDENTIFIER, OURS, THEM, US, Receipt

WHOLE = Receipt(
    kind="errore-consegna",
    error="no-dest",
    detail="5.1.1 - indirizzo non valido",
    recipients=((THEM, "certificato"), ("sindaco@comune.example", "esterno")),
)


def read(data: bytes) -> Daticert:
    found = parse(data)
    assert found is not None
    return found


def test_every_element_is_read() -> None:
    found = read(WHOLE.xml())
    assert (found.kind, found.error) == ("errore-consegna", "no-dest")
    assert (found.sender, found.replies, found.subject) == (US, US, "Invito")
    assert found.recipients == ((THEM, True), ("sindaco@comune.example", False))
    assert (found.identifier, found.message_id) == (IDENTIFIER, OURS.strip("<>"))
    assert (found.delivered, found.detail) == (THEM, "5.1.1 - indirizzo non valido")
    assert found.provider == "Gestore di Prova S.p.A."
    assert found.moment is not None
    assert found.moment.isoformat() == "2017-09-20T12:15:00+02:00"
    assert found.whole


def test_a_zone_that_is_not_given_is_italy_s() -> None:
    found = read(WHOLE.xml().replace(b' zona="+0200"', b""))
    assert found.moment is not None
    assert found.moment.isoformat() == "2017-09-20T12:15:00+02:00"


def test_a_date_that_is_none_is_left_out() -> None:
    assert read(WHOLE.xml().replace(b"20/09/2017", b"31/02/2017")).moment is None


@given(st.integers(0, 2000))
@settings(deadline=None)
def test_what_is_cut_gives_whole_values_only(cut: int) -> None:
    data = WHOLE.xml()
    found = parse(data[:cut])
    whole = read(data)
    if found is not None:
        assert found.identifier in {"", whole.identifier}
        assert found.message_id in {"", whole.message_id}
        assert found.delivered in {"", whole.delivered}
        assert found.whole is (cut >= len(data) - 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf\r\n" + data,
        lambda data: data.replace(b"Invito", "Città & Comuni".encode("latin-1")),
        lambda data: data.replace(b"Invito", b"Ricerca & Sviluppo &nbsp;"),
        lambda data: data.replace(b'encoding="UTF-8"', b'encoding="nessuno"'),
    ],
    ids=["a mark before it", "Latin-1 undeclared", "loose ampersands", "no encoding"],
)
def test_providers_write_it_in_many_ways(change: object) -> None:
    assert callable(change)
    data = change(WHOLE.xml())
    found = read(data)
    assert (found.identifier, found.delivered) == (IDENTIFIER, THEM)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<altro/>",
        b"non e' XML",
        b'<!DOCTYPE postacert SYSTEM "http://x.example/a.dtd"><postacert tipo="accettazione"/>',
        b'<!DOCTYPE p [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><postacert>&b;</postacert>',
    ],
)
def test_what_is_no_certification_or_wants_a_dtd_is_not_read(data: bytes) -> None:
    assert parse(data) is None


def test_a_file_without_bounds_is_read_within_bounds() -> None:
    deep = b"<postacert tipo='accettazione'>" + b"<a>" * MOST_BYTES
    assert not read(deep).whole
    assert read(deep).kind == "accettazione"


@given(st.binary(max_size=200), st.integers(0, 1500))
@settings(deadline=None)
def test_no_broken_file_raises(junk: bytes, place: int) -> None:
    data = WHOLE.xml()
    assert parse(data[:place] + junk + data[place:]) is None or junk is not None
