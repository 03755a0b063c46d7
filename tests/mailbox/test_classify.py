"""Whatever arrives is read: in bounded time, without an exception, and never as what it is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalizione_mailer.mailbox import classify as module
from coalizione_mailer.mailbox.classify import MOST_DEPTH, classify
from coalizione_mailer.mailbox.library import ask_library
from coalizione_mailer.mailbox.reading import Kind, Reading
from tests.mailbox.letters_back import THEY, group, message, mixed, report
from tests.mailbox.test_dialects import EXIM, QMAIL, SENDMAIL
from tests.support.effort import takes_much


def unguarded(raw: bytes) -> Reading:
    """Classify without the net under it, so that what would be caught is seen."""
    return module._classified(raw.lstrip(), None, MOST_DEPTH)


GOOD = [report(group()), message(EXIM), message(QMAIL), mixed(SENDMAIL)]


@settings(deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_are_read_and_are_no_bounce_by_chance(raw: bytes) -> None:
    reading = unguarded(raw)
    assert isinstance(reading, Reading)
    assert reading.kind is not Kind.PEC_DELIVERY


@settings(max_examples=300, deadline=None)  # the first one reads the table of rules
@given(st.data())
def test_a_good_message_damaged_anywhere_is_still_read(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(GOOD)))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(raw)))
        end = start + data.draw(st.integers(0, 60))
        raw[start:end] = data.draw(st.binary(max_size=20))
    assert isinstance(unguarded(bytes(raw)), Reading)


@settings(deadline=None)
@given(st.data())
def test_a_good_message_cut_anywhere_is_still_read(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(GOOD))
    assert isinstance(unguarded(raw[: data.draw(st.integers(0, len(raw)))]), Reading)


@settings(deadline=None)
@given(st.text(max_size=400), st.text(max_size=60))
def test_what_a_person_writes_in_answer_is_never_a_bounce(text: str, subject: str) -> None:
    line = " ".join(subject.split())
    raw = message(
        text,
        sender=f"Anna Verdi <{THEY}>",
        subject=f"R: {line}",
        more="In-Reply-To: <x@coalizione.example>\n",
    )
    assert classify(raw).kind not in {Kind.BOUNCE, Kind.DELAY, Kind.DELIVERED}


def test_nothing_and_less_than_a_header_are_other() -> None:
    for raw in (b"", b"\n", b"\0", b"x", b"From:", b"\r\n\r\n\r\n", b"\xff\xfe"):
        assert unguarded(raw).kind is Kind.OTHER


HOSTILE = {
    "one long line of at signs": message("a@" * 200_000),
    "one long address": message("<" + "a" * 300_000 + "@" + "b." * 100_000 + ">"),
    "a million blanks": message(" " * 1_000_000 + "\n" + THEY),
    "many addresses": message("following addresses:\n" + f"{THEY}: unknown\n" * 30_000),
    "many openers": message("the following address " * 50_000),
    "the first half of a phrase, often": message("mailbox has " * 100_000),
    "many codes": message(f"<{THEY}>: " + "550 5.1.1 " * 50_000),
    "dots": message(f"<{THEY}>: " + "5." * 200_000),
    "many headers": b"X-A: b\n" * 100_000 + b"\n\n",
    "a giant header": b"Subject: " + b"=?utf-8?q?a?= " * 60_000 + b"\n\nx",
    "folded without end": b"Subject: x\n" + b" y\n" * 200_000 + b"\n",
    "many failed": message("x", more="X-Failed-Recipients: " + "a@b.example, " * 40_000 + "\n"),
    "a report without end": report(*[group(f"a{n}@x.example") for n in range(5000)]),
    "a field that goes on": report(group() + "\nDiagnostic-Code: x" + "\n y" * 100_000),
    "quotes in quotes": message("> " * 200_000),
    "protocol without number": message("protocollo n. " * 60_000, sender=THEY, subject="prot"),
    "deep html": message("<div>" * 100_000).replace(b"text/plain", b"text/html"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_made_to_hurt_takes_little_time(name: str) -> None:
    assert isinstance(unguarded(HOSTILE[name]), Reading)
    assert not takes_much(lambda: unguarded(HOSTILE[name]))


def nested(times: int) -> bytes:
    raw = message("x")
    for number in range(times):
        raw = (
            f'Subject: n\nContent-Type: multipart/mixed; boundary="b{number}"\n\n'
            f"--b{number}\nContent-Type: message/rfc822\n\n"
        ).encode() + raw
    return raw


def test_messages_within_messages_end_somewhere() -> None:
    assert classify(nested(2000)).kind in set(Kind)


def test_the_library_may_fail_and_costs_nothing() -> None:
    """Without a From it raises (6.0)."""
    assert ask_library("", "", "", ("failure notice",)) == ((), ())


def test_very_many_parts_of_which_the_library_knows_nothing() -> None:
    part = "--p\nContent-Type: text/plain\n\nx\n" * 1200
    raw = message(part, subject="Undeliverable").replace(
        b"text/plain; charset=utf-8", b'multipart/mixed; boundary="p"', 1
    )
    assert unguarded(raw).kind is Kind.BOUNCE
    assert not takes_much(lambda: unguarded(raw))


def test_a_defect_of_ours_makes_one_message_other_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(module, "read_notice", broken)
    reading = classify(message("x"))
    assert (reading.kind, reading.note) == (Kind.OTHER, "defect: ZeroDivisionError")


def test_a_charset_that_is_none_is_no_reason_to_stop() -> None:
    raw = message("x").replace(b"Subject: ", b"Subject: =?is\xff\x928859-1?q?ciao?= ")
    assert isinstance(unguarded(raw), Reading)
